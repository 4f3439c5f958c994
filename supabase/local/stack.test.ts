import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient } from "@supabase/supabase-js";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { freePort } from "./free-port.ts";
import { startPostgres } from "./postgres-server.ts";
import { livePostmaster } from "./postmaster.ts";
import { startStack } from "./stack.ts";
import { define, startTestStack, type TestStack } from "./test-stack.ts";

let world: TestStack;
beforeAll(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  // Durable: without, a killed server forgets what it committed in its last moments, and one is killed below.
  world = await startTestStack({ durable: true });
  await define(
    world,
    `
    create table public.probe (n int);
    alter table public.probe enable row level security;
    create policy everyone on public.probe using (true);
    grant select on public.probe to anon;
    insert into public.probe values (1);
    `,
  );
});
afterAll(() => world?.stop());

const options = { gatewayPort: 0, postgresPort: 0, durable: false, siteUrl: "http://127.0.0.1:3000" };

test("a second stack on the same folder is refused with a sentence that says who holds it", async () => {
  await expect(startStack({ ...options, stateDir: world.stateDir })).rejects.toThrow(
    new RegExp(`Kept already runs on ${world.stateDir} \\(process ${process.pid}, since`),
  );
});

test("a taken gateway port is one sentence, before anything is created", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-stack-"));
  const gatewayPort = Number(new URL(world.stack.gatewayUrl).port);
  await expect(startStack({ ...options, stateDir, gatewayPort })).rejects.toThrow(
    `Port ${gatewayPort} on 127.0.0.1 is taken by another program: stop it, or set KEPT_GATEWAY_PORT to another port.`,
  );
  expect(readdirSync(stateDir)).toEqual([]);
  rmSync(stateDir, { recursive: true });
});

test("keys are for the owner's eyes only", () => {
  for (const file of ["secrets.json", "signing-key.json"]) {
    expect(statSync(join(world.stateDir, file)).mode & 0o777).toBe(0o600);
  }
});

test("a damaged key file is one sentence that says what deleting it costs", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-stack-"));
  writeFileSync(join(stateDir, "secrets.json"), '{"publishableKey":');
  await expect(startStack({ ...options, stateDir })).rejects.toThrow(/secrets\.json is damaged .* sign-ins then end/);
  rmSync(stateDir, { recursive: true });
});

test("requests and broadcasts go on after Postgres was killed and started again under the gateway", async () => {
  const anon = world.client();
  const heard: unknown[] = [];
  const channel = anon.channel("after", { config: { private: false } });
  channel.on("broadcast", { event: "*" }, ({ payload }) => heard.push(payload.n));
  await new Promise<void>((resolve) => channel.subscribe((status) => status === "SUBSCRIBED" && resolve()));

  const { port } = world.stack.postgres;
  process.kill(
    Number(readFileSync(join(world.stateDir, "postgres/data/postmaster.pid"), "utf8").split("\n")[0]),
    "SIGKILL",
  );
  await expect.poll(() => world.stack.postgres.isAlive()).toBe(false);
  // Long enough for attempts to reconnect that fail.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await startPostgres({ stateDir: world.stateDir, port });

  const select = async () => (await anon.from("probe").select()).data;
  await expect.poll(select, { timeout: 15_000, interval: 200 }).toEqual([{ n: 1 }]);
  let n = 0;
  const send = async () => {
    await world.sql`select realtime.send(jsonb_build_object('n', ${++n}::int), 'again', 'after', false)`.catch(
      () => {},
    );
    return heard.length;
  };
  await expect.poll(send, { timeout: 15_000, interval: 200 }).toBeGreaterThan(0);
});

/** A stack in a process of its own, which stops it on SIGTERM. */
async function stackProcess(stateDir: string, gatewayPort: number): Promise<ChildProcess> {
  const script = `
    import { startStack } from ${JSON.stringify(new URL("./stack.ts", import.meta.url).href)};
    const stack = await startStack(${JSON.stringify({ ...options, gatewayPort, stateDir })});
    process.on("SIGTERM", async () => { await stack.stop(); process.exit(0); });
    process.on("SIGUSR2", () => process.exit(3));
    console.log("up " + stack.publishableKey);
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (data) => String(data).includes("up") && resolve());
    child.once("exit", () => reject(new Error("the stack did not start")));
  });
  return child;
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));

test("a stack with clients connected stops within two seconds of SIGTERM", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-stack-"));
  const gatewayPort = await freePort();
  const child = await stackProcess(stateDir, gatewayPort);
  const { publishableKey } = JSON.parse(readFileSync(join(stateDir, "secrets.json"), "utf8"));
  const client = createClient(`http://127.0.0.1:${gatewayPort}`, publishableKey);
  const channel = client.channel("room");
  await new Promise<void>((resolve) => channel.subscribe((status) => status === "SUBSCRIBED" && resolve()));

  const began = performance.now();
  child.kill("SIGTERM");
  expect(await ended(child)).toBe(0);
  expect(performance.now() - began).toBeLessThan(2000);
  client.realtime.disconnect();
  rmSync(stateDir, { recursive: true });
});

test("a process that exits without stopping its stack leaves no Postgres behind", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-stack-"));
  const child = await stackProcess(stateDir, 0);
  const postmaster = () => livePostmaster(join(stateDir, "postgres/data"));
  expect(postmaster()).toBeDefined();
  child.kill("SIGUSR2");
  expect(await ended(child)).toBe(3);
  await expect.poll(postmaster, { timeout: 5000 }).toBeUndefined();
  rmSync(stateDir, { recursive: true });
});

test("after a stack was killed, the next one takes over its lock, its server and its data", async () => {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-stack-"));
  const child = await stackProcess(stateDir, 0);
  child.kill("SIGKILL");
  await ended(child);
  const lines: string[] = [];
  const next = await startStack({ ...options, stateDir, log: (line) => lines.push(line) });
  await next.stop();
  expect(lines[0]).toMatch(/^adopting the Postgres that still runs/);
  rmSync(stateDir, { recursive: true });
});
