import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "@playwright/test";
import { PROJECT_DIR } from "#bin/project-dir.ts";

/** How to start the browser that the journeys run in. */
export interface Browser {
  readonly executablePath: string;
  readonly env: NodeJS.ProcessEnv;
}

const SYSTEM_BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * The first of: the one CHROMIUM_PATH names; Playwright's own, where it was downloaded; the one among our packages, which
 * needs neither download nor installation (Linux, x64); the system's.
 *
 * The package comes before the system's because it is the same everywhere, fonts too, and because a distribution's
 * `chromium` may be a stub that starts something else.
 */
export function findBrowser(): Browser {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return { executablePath: CHROMIUM_PATH, env: process.env };
  const own = chromium.executablePath();
  if (existsSync(own)) return { executablePath: own, env: process.env };
  if (process.platform === "linux" && process.arch === "x64") return packagedBrowser();
  const system = SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (system) return { executablePath: system, env: process.env };
  throw new Error('There is no browser for the journeys: run "npx playwright install chromium", or set CHROMIUM_PATH.');
}

/** @sparticuz/chromium, unpacked once per version into a folder of ours, with the libraries and fonts it brings. */
function packagedBrowser(): Browser {
  const packageDir = join(PROJECT_DIR, "node_modules", "@sparticuz", "chromium");
  const { version } = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8")) as { version: string };
  const dir = join(PROJECT_DIR, "node_modules", ".cache", `chromium-${version}`);
  if (!existsSync(dir)) unpack(dir);
  return {
    executablePath: join(dir, "chromium"),
    env: { ...process.env, LD_LIBRARY_PATH: join(dir, "al2023", "lib"), FONTCONFIG_PATH: join(dir, "fonts") },
  };
}

/**
 * The package unpacks into the temporary folder and takes whatever lies there for its own, of any version and however
 * incomplete; so it gets an empty one in a process of its own, and the result is moved into place whole. It brings its
 * libraries along only where it believes to be on Amazon's Linux.
 */
function unpack(dir: string): void {
  const draft = `${dir}.${process.pid}.part`;
  mkdirSync(draft, { recursive: true });
  const script = 'const { default: chromium } = await import("@sparticuz/chromium"); await chromium.executablePath();';
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    cwd: PROJECT_DIR,
    env: { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`The browser could not be unpacked into ${draft}: ${stderr}`);
  // Its own looks for fonts where Amazon has them.
  writeFileSync(join(draft, "fonts", "fonts.conf"), fontConfiguration(dir));
  try {
    renameSync(draft, dir);
  } catch (error) {
    // Another run was quicker.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(dir)) throw error;
  }
}

function fontConfiguration(dir: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(dir, "fonts")}</dir>
  <cachedir>${join(dir, "fonts-cache")}</cachedir>
</fontconfig>
`;
}
