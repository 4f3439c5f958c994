import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "#bin/project-dir.ts";

export interface RunningWorker {
  readonly url: string;
  stop(): Promise<void>;
}

/** Runs a module Worker in `workerd` on a free port of 127.0.0.1, with texts for bindings and this machine for a network. */
export async function runWorkerd(module: string, bindings: Readonly<Record<string, string>>): Promise<RunningWorker> {
  const dir = mkdtempSync(join(tmpdir(), "kept-workerd-"));
  const texts = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`);
  writeFileSync(join(dir, "worker.js"), module);
  writeFileSync(
    join(dir, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      bindings = [${texts.join(", ")}],
      globalOutbound = "loopback"
    )),
    (name = "loopback", network = (allow = ["local", "private"]))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`,
  );
  const workerd = join(PROJECT_DIR, "node_modules", ".bin", "workerd");
  const child = spawn(workerd, ["serve", join(dir, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  return {
    url: `http://127.0.0.1:${await listeningPort(child)}/api/promise/check`,
    async stop() {
      child.kill();
      if (child.exitCode === null) await once(child, "exit");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** workerd takes a free port and says which, as a line of JSON on the control pipe. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const control = child.stdio[3];
  if (!control || !("setEncoding" in control)) throw new Error("workerd has no control pipe");
  let text = "";
  for await (const chunk of control.setEncoding("utf8")) {
    text += chunk;
    for (const line of text.split("\n").slice(0, -1)) {
      const event = JSON.parse(line) as { event: string; port?: number };
      if (event.event === "listen" && event.port) return event.port;
    }
  }
  throw new Error("workerd ended before it listened");
}
