import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Service, startService } from "./service.ts";

let dir: string;
let services: Service[];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kept-service-"));
  services = [];
});
afterEach(async () => {
  for (const service of services) await service.stop();
  rmSync(dir, { recursive: true });
});

function start(script: string): Service {
  const file = join(dir, "program.ts");
  writeFileSync(file, script);
  const place = { dir, port: 4999, portVariable: "KEPT_PORT" };
  const logFile = join(dir, "program.log");
  const service = startService({ name: "program", args: [file], env: process.env, logFile, place });
  services.push(service);
  return service;
}

/** The pid that a program wrote for us. */
const pidIn = (name: string) => Number(readFileSync(join(dir, name), "utf8"));

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

test("a service that ends by itself is named, with its last words", async () => {
  const service = start(`console.log("about to fail"); process.exit(7)`);
  const { message } = await service.crashed;
  expect(message).toMatch(/^program ended unexpectedly \(exit code 7\)\..*\n {2}about to fail$/s);
});

test.each([
  ["ENOSPC: no space left on device, write", /^program ended unexpectedly\. The disk that holds \S+ is full: [^\n]+$/],
  [
    "listen EADDRINUSE: address already in use",
    /^program ended unexpectedly\. Port 4999 on 127\.0\.0\.1 is taken [^\n]+$/,
  ],
])("a service that ends because of the machine says so in one sentence: %s", async (words, sentence) => {
  const service = start(`throw new Error(${JSON.stringify(words)})`);
  expect((await service.crashed).message).toMatch(sentence);
});

test("a service that is stopped did not crash", async () => {
  const service = start(`process.send("ready"); setInterval(() => {}, 1000)`);
  await service.saysReady;
  await service.stop();
  expect(await Promise.race([service.crashed, "nothing"])).toBe("nothing");
});

test("a service that ignores the request to stop is killed, and its children with it", async () => {
  const service = start(`
    import { spawn } from "node:child_process";
    import { writeFileSync } from "node:fs";
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 1000);
    const child = spawn("sh", ["-c", "trap '' TERM; sleep 60 & wait; wait"]);
    writeFileSync(${JSON.stringify(join(dir, "own"))}, String(process.pid));
    writeFileSync(${JSON.stringify(join(dir, "child"))}, String(child.pid));
    process.send("ready");
  `);
  await service.saysReady;
  const began = performance.now();
  await service.stop();
  expect(performance.now() - began).toBeLessThan(1900);
  await expect.poll(() => [isAlive(pidIn("own")), isAlive(pidIn("child"))]).toEqual([false, false]);
});

test("a service ends when the process that started it is killed", async () => {
  const starter = spawn(
    process.execPath,
    [
      "--input-type=module-typescript",
      "--eval",
      `
      import { writeFileSync } from "node:fs";
      import { startService } from ${JSON.stringify(new URL("./service.ts", import.meta.url).href)};
      const logFile = ${JSON.stringify(join(dir, "orphan.log"))};
      const args = ["--input-type=module-typescript", "--eval", \`
        import { writeFileSync } from "node:fs";
        writeFileSync(${JSON.stringify(join(dir, "orphan"))}, String(process.pid));
        process.send("ready");
        setInterval(() => {}, 1000);
      \`];
      const place = { dir: ${JSON.stringify(dir)} };
      await startService({ name: "orphan", args, env: process.env, logFile, place }).saysReady;
      process.kill(process.pid, "SIGKILL");
      `,
    ],
    { stdio: "inherit" },
  );
  await new Promise((resolve) => starter.once("exit", resolve));
  await expect.poll(() => isAlive(pidIn("orphan")), { timeout: 5000 }).toBe(false);
});
