import { spawn } from "node:child_process";
import { join } from "node:path";
import { PROJECT_DIR } from "../project-dir.ts";

export interface ToolResult {
  readonly code: number;
  /** Standard output and error as they came. */
  readonly output: string;
}

/** Runs a command that the project has installed, to its end. */
export function runTool(name: string, args: readonly string[]): Promise<ToolResult> {
  const child = spawn(join(PROJECT_DIR, "node_modules", ".bin", name), args, {
    cwd: PROJECT_DIR,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
