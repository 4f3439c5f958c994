import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleEdge } from "#bin/edge-bundle.ts";
import { startTestStack, type TestStack } from "#supabase/local/test-stack.ts";
import type { EdgeSnapshotBody } from "../domain/edge-snapshot.ts";
import type { OfferClaims } from "../domain/offer.ts";
import { type OfferKeys, openOfferKeys } from "../keys/offer-keys.ts";
import { type RunningWorker, runWorkerd } from "./test-workerd.ts";

// The bundle as it is deployed, in the runtime that it is deployed to, against the Data API that it reads.

let dir = "";
let code = "";
let stack: TestStack;
let keys: OfferKeys;
let worker: RunningWorker;
let nowSec = 0;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "kept-edge-"));
  keys = openOfferKeys(dir, {});
  nowSec = Math.floor(Date.now() / 1000);
  [stack, code] = await Promise.all([startTestStack(), bundleEdge()]);
  await stack.sql`
    insert into public.regions (id, name, time_zone, currency, lng, lat) values ('DEMO', 'Demo', 'Europe/Lisbon', 'EUR', 0, 0)`;
  await writeSnapshot(1);
  worker = await runWorkerd(code, {
    SUPABASE_URL: stack.stack.gatewayUrl,
    PUBLISHABLE_KEY: stack.stack.publishableKey,
    OFFER_PUBLIC_JWK: JSON.stringify(keys.publicJwk),
    // As many as these tests ask for, and hardly another one while they run.
    KEPT_RATE_LIMITS: "check=400/0.001",
  });
});
afterAll(async () => {
  await worker?.stop();
  await stack?.stop();
  rmSync(dir, { recursive: true, force: true });
});

function offer(change: Partial<OfferClaims> = {}): string {
  return keys.sign([
    {
      iss: "kept",
      jti: randomUUID(),
      iat: nowSec - 60,
      exp: nowSec + 600,
      rgn: "DEMO",
      svc: "delivery",
      win: [nowSec + 14_400, nowSec + 21_600],
      prc: 490,
      crt: "cart",
      plc: "1.00000,2.00000",
      pts: [{ nod: "ST-01", pck: 60, by: nowSec + 10_800, wgt: 1000, vol: 1000 }],
      ...change,
    },
  ])[0]!;
}

async function writeSnapshot(version: number, ageSec = 0): Promise<void> {
  const body: EdgeSnapshotBody = {
    builtAt: nowSec,
    clockShiftSec: 0,
    nodes: {
      "ST-01": {
        paused: false,
        hours: [nowSec],
        freeSec: [3600],
        windows: [{ start: nowSec + 14_400, end: nowSec + 21_600, freeG: 1000, freeMl: 1000 }],
        pickups: [],
      },
    },
  };
  await stack.sql`
    insert into public.edge_snapshots (region_id, version, built_at, body)
    values ('DEMO', ${version}, now() - make_interval(secs => ${ageSec}), ${stack.sql.json(body)})
    on conflict (region_id) do update set version = excluded.version, built_at = excluded.built_at`;
}

async function check(
  offers: readonly string[],
): Promise<{ verdicts: unknown[]; snapshot: { version: number } | null }> {
  const response = await fetch(worker.url, { method: "POST", body: JSON.stringify({ offers }) });
  expect(response.status).toBe(200);
  return response.json();
}

test("requests that arrive together in a cold isolate share one read, even when the first of them hangs up", async () => {
  const good = offer();
  const hangUp = AbortSignal.timeout(5);
  fetch(worker.url, { method: "POST", body: JSON.stringify({ offers: [good] }), signal: hangUp }).catch(() => {});
  const rush = await Promise.all(Array.from({ length: 40 }, () => check([good])));
  for (const { verdicts } of rush) expect(verdicts).toEqual([{ status: "ok" }]);
});

test("in workerd, offers are ok, gone, expired, invalid or unsure as the Data API's snapshot says", async () => {
  const offers = [
    offer(),
    offer({ pts: [{ nod: "ST-01", pck: 60, by: nowSec + 10_800, wgt: 1001, vol: 1000 }] }),
    offer({ exp: nowSec - 1 }),
    `${offer()}x`,
    offer({ rgn: "ELSEWHERE" }),
  ];
  expect(await check(offers)).toEqual({
    verdicts: [
      { status: "ok" },
      { status: "gone", reason: "vans_full", alternatives: [] },
      { status: "expired" },
      { status: "invalid" },
      { status: "unsure" },
    ],
    snapshot: { version: 1, ageMs: expect.any(Number) },
  });
});

test("what is not a check request gets its typed refusal in workerd too", async () => {
  const bad = await fetch(worker.url, { method: "POST", body: '{"offers":[]}' });
  expect([bad.status, (await bad.json()).code]).toEqual([400, "invalid-request"]);
  const wrong = await fetch(worker.url);
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  const long = await fetch(worker.url, { method: "POST", body: "x".repeat(200_000) });
  expect(long.status).toBe(413);
});

test("requests that overlap across a refresh are all answered, and a new snapshot arrives behind them", async () => {
  await writeSnapshot(2);
  const good = offer();
  const rush = await Promise.all(Array.from({ length: 40 }, () => check([good])));
  for (const { verdicts } of rush) expect(verdicts).toEqual([{ status: "ok" }]);
  await expect.poll(async () => (await check([good])).snapshot?.version, { timeout: 5000 }).toBe(2);
});

test("a busy edge fails nobody while the Data API takes a second for each answer", async () => {
  const good = offer();
  const slow = createServer(async (_, response) => {
    await sleep(1000);
    const body = { builtAt: nowSec, clockShiftSec: 0, nodes: {} };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify([{ version: 1, built_at: new Date().toISOString(), body }]));
  });
  await new Promise<void>((ready) => slow.listen(0, "127.0.0.1", ready));
  const address = slow.address();
  const busy = await runWorkerd(code, {
    SUPABASE_URL: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    PUBLISHABLE_KEY: "sb_publishable_x",
    OFFER_PUBLIC_JWK: JSON.stringify(keys.publicJwk),
    KEPT_RATE_LIMITS: "off",
  });
  try {
    const statuses = new Map<number, number>();
    const endsAt = performance.now() + 3000;
    const shopper = async () => {
      while (performance.now() < endsAt) {
        const { status } = await fetch(busy.url, { method: "POST", body: JSON.stringify({ offers: [good] }) });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 16 }, shopper));
    expect([...statuses.keys()]).toEqual([200]);
  } finally {
    await busy.stop();
    slow.closeAllConnections();
    slow.close();
  }
});

test("a snapshot that nobody has renewed for a minute makes the edge unsure", async () => {
  await writeSnapshot(3, 61);
  await expect.poll(async () => (await check([offer()])).verdicts, { timeout: 5000 }).toEqual([{ status: "unsure" }]);
});

test("who asks too often is turned away, whatever a forwarding header says, and nobody else is", async () => {
  const ask = (headers: Record<string, string>) =>
    fetch(worker.url, { method: "POST", body: "{}", headers: { "cf-connecting-ip": "192.0.2.1", ...headers } });
  const statuses = new Set<number>();
  for (let i = 0; i < 400; i++) statuses.add((await ask({ "x-forwarded-for": `198.51.100.${i % 200}` })).status);
  expect([...statuses]).toEqual([400]);
  const refusal = await ask({ "x-forwarded-for": "203.0.113.1" });
  expect([refusal.status, refusal.headers.get("content-type")]).toEqual([429, "application/problem+json"]);
  expect(Number(refusal.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await ask({ "cf-connecting-ip": "192.0.2.2" })).status).toBe(400);
});

test("the bundle stays small enough to start in milliseconds", () => {
  expect(code.length).toBeLessThan(130_000);
  expect(gzipSync(code).length).toBeLessThan(40_000);
});
