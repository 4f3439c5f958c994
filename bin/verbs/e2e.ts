import { spawn } from "node:child_process";
import { join } from "node:path";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import type { Verb } from "#bin/verb.ts";

export const verb: Verb = {
  summary: "Runs the journeys in a real browser against a whole platform of its own.",
  usage: `[PLAYWRIGHT ARGUMENTS]

For example: kept e2e porto --project phone --headed`,
  run: (args) => runJourneys(args),
};

/** Answers Playwright's exit code. `env` is added to ours. */
export function runJourneys(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  const cli = join(PROJECT_DIR, "node_modules", "@playwright", "test", "cli.js");
  const config = join(PROJECT_DIR, "e2e", "playwright.config.ts");
  const child = spawn(process.execPath, [cli, "test", "--config", config, ...args], {
    cwd: PROJECT_DIR,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, ...env },
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}
