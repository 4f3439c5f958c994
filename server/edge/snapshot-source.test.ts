import { createServer, type Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createSnapshotSource, type ReadSnapshot } from "./snapshot-source.ts";

// A server in the place of the Data API: only the wire is imitated, so that it can be slow, wrong and away.
interface DataApi {
  readonly asked: URL[];
  readonly keys: (string | undefined)[];
  status: number;
  body: string;
  /** Holds answers back until it is called. */
  release: (() => void) | undefined;
}

let api: DataApi;
let server: Server;
let supabaseUrl = "";
let now = 0;

beforeEach(async () => {
  api = { asked: [], keys: [], status: 200, body: rows(1), release: undefined };
  now = Date.parse("2026-11-23T08:00:00Z");
  server = createServer(async (request, response) => {
    api.asked.push(new URL(request.url ?? "", "http://x"));
    api.keys.push(request.headers.apikey as string | undefined);
    const { status, body } = api;
    const { promise, resolve } = Promise.withResolvers<void>();
    if (api.release) api.release = resolve;
    else resolve();
    await promise;
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  supabaseUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function rows(version: number): string {
  return JSON.stringify([{ version, built_at: "2026-11-23T08:00:00+00:00", body: { builtAt: 1, nodes: {} } }]);
}

function open(): ReadSnapshot {
  return createSnapshotSource({ supabaseUrl, publishableKey: "sb_publishable_x", nowMs: () => now });
}

/** A source whose work behind an answer can be waited for. */
function observed(): { read: ReadSnapshot; settle: () => Promise<unknown> } {
  const work: Promise<unknown>[] = [];
  const source = open();
  return { read: (region) => source(region, (more) => work.push(more)), settle: () => Promise.all(work) };
}

test("a snapshot is asked for by region with the publishable key, in one request", async () => {
  const read = open();
  expect(await read("DEMO")).toEqual({
    version: 1,
    builtAtMs: Date.parse("2026-11-23T08:00:00Z"),
    body: { builtAt: 1, clockShiftSec: 0, nodes: {} },
  });
  expect(api.asked.map(String)).toEqual([
    "http://x/rest/v1/edge_snapshots?select=version%2Cbuilt_at%2Cbody&region_id=eq.DEMO",
  ]);
  expect(api.keys).toEqual(["sb_publishable_x"]);
});

test("many checks at once ask once, and again nothing while the snapshot is fresh", async () => {
  const read = open();
  const all = await Promise.all(Array.from({ length: 50 }, () => read("DEMO")));
  expect(new Set(all.map((snapshot) => snapshot?.version))).toEqual(new Set([1]));
  now += 299;
  await read("DEMO");
  expect(api.asked).toHaveLength(1);
  await read("OTHER");
  expect(api.asked).toHaveLength(2);
});

test("a stale snapshot answers at once, and one request behind the answer brings the next", async () => {
  const { read, settle } = observed();
  await read("DEMO");
  api.body = rows(2);
  now += 300;
  const during = await Promise.all([read("DEMO"), read("DEMO"), read("DEMO")]);
  expect(during.map((snapshot) => snapshot?.version)).toEqual([1, 1, 1]);
  await settle();
  expect((await read("DEMO"))?.version).toBe(2);
  expect(api.asked).toHaveLength(2);
});

test("a snapshot that is known is not sent again", async () => {
  const read = open();
  const first = await read("DEMO");
  api.body = "[]";
  now += 5000;
  expect(await read("DEMO")).toBe(first);
  expect(api.asked.map((url) => url.searchParams.get("version"))).toEqual([null, "neq.1"]);
});

test("after a pause the answer waits for a new snapshot", async () => {
  const read = open();
  await read("DEMO");
  api.body = rows(2);
  now += 5000;
  expect((await read("DEMO"))?.version).toBe(2);
});

test("while a slow Data API is read, those who come go on with what is known", async () => {
  const { read, settle } = observed();
  await read("DEMO");
  api.body = rows(2);
  api.release = () => {};
  for (const passedMs of [400, 900, 900]) {
    now += passedMs;
    expect((await Promise.all([read("DEMO"), read("DEMO")])).map((snapshot) => snapshot?.version)).toEqual([1, 1]);
    await expect.poll(() => api.asked.length).toBe(2);
  }
  api.release();
  await settle();
  expect((await read("DEMO"))?.version).toBe(2);
  expect(api.asked).toHaveLength(2);
});

test("those who wait for a reader that died read for themselves, one for all", async () => {
  const read = open();
  api.release = () => {};
  void read("DEMO");
  await expect.poll(() => api.asked.length).toBe(1);
  const waiting = [read("DEMO"), read("DEMO")];
  await sleep(50);
  expect(api.asked).toHaveLength(1);
  api.release = undefined;
  now += 2001;
  expect((await Promise.all(waiting)).map((snapshot) => snapshot?.version)).toEqual([1, 1]);
  expect(api.asked).toHaveLength(2);
});

test("a Data API that fails is not asked by every check, and what was known stays known", async () => {
  const { read, settle } = observed();
  await read("DEMO");
  for (const [status, body] of [
    [500, rows(9)],
    [200, "not json"],
    [200, '[{"version":"x"}]'],
  ] as const) {
    Object.assign(api, { status, body });
    now += 1000;
    const before = api.asked.length;
    for (let i = 0; i < 10; i++) expect((await read("DEMO"))?.version).toBe(1);
    await settle();
    for (let i = 0; i < 10; i++) expect((await read("DEMO"))?.version).toBe(1);
    await settle();
    expect(api.asked.length - before).toBe(1);
  }
  Object.assign(api, { status: 200, body: rows(3) });
  now += 1000;
  await read("DEMO");
  await settle();
  expect((await read("DEMO"))?.version).toBe(3);
});

test("a Data API that is away from the start leaves the edge without a snapshot, and without an error", async () => {
  server.close();
  const read = open();
  expect(await read("DEMO")).toBeUndefined();
  expect(await read("DEMO")).toBeUndefined();
});

test("a Data API that never answers costs two seconds, once", async () => {
  api.release = () => {};
  const read = open();
  const first = read("DEMO");
  await sleep(100);
  expect(await Promise.race([first.then(() => "answered"), sleep(500).then(() => "waiting")])).toBe("waiting");
  expect(await first).toBeUndefined();
  // Only the first has waited: the next one is not even asked.
  expect(await read("DEMO")).toBeUndefined();
  expect(api.asked).toHaveLength(1);
});

test("a region without a snapshot is remembered as such", async () => {
  api.body = "[]";
  const read = open();
  expect(await read("NONE")).toBeUndefined();
  expect(await read("NONE")).toBeUndefined();
  expect(api.asked).toHaveLength(1);
});
