import { join } from "node:path";
import { build } from "esbuild";
import { PROJECT_DIR } from "./project-dir.ts";

/**
 * The promise check as one ES module, ready to be deployed as a Worker. It needs no compatibility flag: platform
 * "neutral" knows no Node modules, so the bundle fails where one is imported.
 */
export async function bundleEdge(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(PROJECT_DIR, "server", "edge", "worker.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    target: "es2023",
    minify: true,
    legalComments: "none",
    logLevel: "silent",
  });
  return outputFiles[0]!.text;
}
