#!/usr/bin/env node
// The command line starts here in plain JavaScript, so that even an old Node can say what is wrong.
// The project runs on the Node that it installs itself (package "node"); a host's older Node only hands over to it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED_MAJOR = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) {
  const { main } = await import("./kept.ts");
  process.exitCode = await main(process.argv.slice(2));
} else {
  const own = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(own)) {
    console.error(
      `kept needs Node ${NEEDED_MAJOR} and this is ${process.version}. Run "npm ci" in ${root} without --ignore-scripts: it brings the right Node along.`,
    );
    process.exit(1);
  }
  const child = spawn(own, process.argv.slice(1), {
    stdio: "inherit",
    env: { ...process.env, PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH ?? ""}` },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 128 : (code ?? 1)));
}
