import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CheckResponse, MAX_OFFERS_PER_CHECK, type OfferClaims } from "../domain/offer.ts";
import { type OfferKeys, openOfferKeys } from "../keys/offer-keys.ts";
import { offerReader, type ReadOffer } from "./offer-token.ts";
import { createPromiseCheck } from "./promise-check.ts";
import type { ReadSnapshot, Snapshot } from "./snapshot-source.ts";

const T0 = 1_800_000_000;
const ADDRESS = "http://edge.test/api/promise/check";

let dir = "";
let keys: OfferKeys;
let readOffer: ReadOffer;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "kept-check-"));
  keys = openOfferKeys(dir, {});
  readOffer = await offerReader([keys.publicJwk]);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const claims: OfferClaims = {
  iss: "kept",
  jti: "0b0e7c56-1c1e-4d6a-9a52-0d6a3f0a8a11",
  iat: T0,
  exp: T0 + 600,
  rgn: "DEMO",
  svc: "pickup",
  win: [T0 + 14_400, T0 + 21_600],
  prc: 0,
  crt: "cart",
  plc: "1.00000,2.00000",
  pts: [{ nod: "ST-01", pck: 60, by: T0 + 10_800, wgt: 1000, vol: 1000 }],
};

function snapshotWith(free: number, body: Partial<Snapshot["body"]> = {}): Snapshot {
  const pickups = [{ start: claims.win[0], end: claims.win[1], free }];
  const nodes = { "ST-01": { paused: false, hours: [T0], freeSec: [3600], windows: [], pickups } };
  return { version: 7, builtAtMs: T0 * 1000, body: { builtAt: T0, clockShiftSec: 0, nodes, ...body } };
}

const open: ReadSnapshot = async () => snapshotWith(1);

async function check(offers: unknown, readSnapshot = open, nowMs = T0 * 1000 + 1500): Promise<CheckResponse> {
  const handle = createPromiseCheck({ readOffer, readSnapshot, nowMs: () => nowMs });
  const response = await handle(new Request(ADDRESS, { method: "POST", body: JSON.stringify({ offers }) }));
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBeNull();
  return CheckResponse.parse(await response.json());
}

async function refusal(init: RequestInit): Promise<Response> {
  return createPromiseCheck({ readOffer, readSnapshot: open, nowMs: () => T0 * 1000 })(new Request(ADDRESS, init));
}

test("each offer gets its own verdict, in the order asked, with the age of what it rests on", async () => {
  const good = keys.sign([claims])[0]!;
  const late = keys.sign([{ ...claims, exp: T0 + 1 }])[0]!;
  const full = keys.sign([{ ...claims, iat: T0 - 60, win: [T0 + 1, T0 + 2] }])[0]!;
  expect(await check([late, good, `${good}x`, full, good])).toEqual({
    verdicts: [
      { status: "expired" },
      { status: "ok" },
      { status: "invalid" },
      {
        status: "gone",
        reason: "pickup_full",
        alternatives: [{ startsAt: "2027-01-15T12:00:00.000Z", endsAt: "2027-01-15T14:00:00.000Z" }],
      },
      { status: "ok" },
    ],
    snapshot: { version: 7, ageMs: 1500 },
  });
});

test("without a snapshot, or with one older than a minute, the edge is unsure", async () => {
  const good = keys.sign([claims])[0]!;
  expect(await check([good], async () => undefined)).toEqual({ verdicts: [{ status: "unsure" }], snapshot: null });
  const minute = T0 * 1000 + 60_000;
  expect((await check([good], open, minute)).verdicts).toEqual([{ status: "ok" }]);
  expect(await check([good], open, minute + 1)).toEqual({
    verdicts: [{ status: "unsure" }],
    snapshot: { version: 7, ageMs: 60_001 },
  });
});

test("an offer greys out only by a snapshot that is younger than itself", async () => {
  const offer = keys.sign([claims])[0]!;
  const takenAt = (builtAt: number) => check([offer], async () => snapshotWith(0, { builtAt }), T0 * 1000 + 9000);
  // The offer may have been made anywhere in its second, and the snapshot half a second before the one it names.
  for (const builtAt of [T0 - 30, T0, T0 + 1])
    expect((await takenAt(builtAt)).verdicts).toEqual([{ status: "unsure" }]);
  expect((await takenAt(T0 + 2)).verdicts).toEqual([{ status: "gone", reason: "pickup_full", alternatives: [] }]);
});

test("a simulated day is judged by its own clock", async () => {
  const ahead = async () => snapshotWith(1, { clockShiftSec: 86_400 });
  const wall = (T0 - 86_400) * 1000 + 2000;
  expect(await check([keys.sign([claims])[0]!], ahead, wall)).toEqual({
    verdicts: [{ status: "ok" }],
    snapshot: { version: 7, ageMs: 2000 },
  });
  expect((await check([keys.sign([{ ...claims, exp: T0 }])[0]!], ahead, wall)).verdicts).toEqual([
    { status: "expired" },
  ]);
});

test("a proved offer is remembered, yet still expires", async () => {
  const good = keys.sign([claims])[0]!;
  expect((await check([good])).verdicts).toEqual([{ status: "ok" }]);
  expect((await check([good], open, claims.exp * 1000)).verdicts).toEqual([{ status: "expired" }]);
});

test("an offer of either key is read while the key is being changed", async () => {
  const next = openOfferKeys(join(dir, "next"), {});
  const both = await offerReader([keys.publicJwk, next.publicJwk]);
  expect(await both(next.sign([claims])[0]!)).toEqual(claims);
  expect(await both(keys.sign([claims])[0]!)).toEqual(claims);
  expect(await readOffer(next.sign([claims])[0]!)).toBeUndefined();
});

test("a token that was changed anywhere is not read", async () => {
  const token = keys.sign([claims])[0]!;
  for (let at = 0; at < token.length; at = token.indexOf(".", at) + 1 || token.length) {
    expect(await readOffer(token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1))).toBeUndefined();
  }
  for (const junk of [
    "",
    "..",
    "a.b.c",
    `${token}.`,
    `${token}.x`,
    token.replace(".", ".="),
    ` ${token}`,
    `${token}=`,
    `${token} `,
  ]) {
    expect(await readOffer(junk)).toBeUndefined();
  }
});

test("what is not a check request is refused with the fields and without a stack", async () => {
  const long = "x".repeat(2049);
  const bodies = ["", "{", "null", "[]", "{}", '{"offers":[]}', '{"offers":[1]}', '{"offers":["short"]}'];
  const offers = Array.from({ length: MAX_OFFERS_PER_CHECK + 1 }, () => "x".repeat(20));
  bodies.push(
    JSON.stringify({ offers: [long] }),
    JSON.stringify({ offers }),
    JSON.stringify({ offers: [offers[0]], more: 1 }),
  );
  for (const body of bodies) {
    const response = await refusal({ method: "POST", body });
    expect(response.status).toBe(400);
    const answer = await response.json();
    expect(answer).toEqual({ code: "invalid-request", sentence: expect.any(String), fields: expect.any(Array) });
    expect(answer.fields.length).toBeGreaterThan(0);
  }
});

test("another method is refused and told which one is right", async () => {
  for (const method of ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"]) {
    const response = await refusal({ method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await response.json()).code).toBe("invalid-request");
  }
});

test("the longest allowed request fits, and a longer body is refused before it is read to its end", async () => {
  const full = { offers: Array.from({ length: MAX_OFFERS_PER_CHECK }, () => "x".repeat(2048)) };
  const verdicts = (await check(full.offers)).verdicts;
  expect(verdicts).toHaveLength(MAX_OFFERS_PER_CHECK);

  const endlessHead = { method: "POST", duplex: "half" } as RequestInit;
  let pulled = 0;
  const endless = () =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1000;
        controller.enqueue(new Uint8Array(1000));
      },
    });
  const headers = { "content-length": "200000" };
  expect((await refusal({ ...endlessHead, body: endless(), headers })).status).toBe(413);
  expect(pulled).toBeLessThan(3000);
  expect((await refusal({ ...endlessHead, body: endless() })).status).toBe(413);
  expect(pulled).toBeLessThan(140_000);
});
