import { expect, test } from "vitest";
import { createRoute } from "../routing/route.ts";
import { isVanNearby } from "./van-nearby.ts";

// One cent a second, nothing a metre. Home to the door and back: 600 + 600 s, so a trip of its own costs 1,200 cents and
// a quarter of it 300.
const row = (sec: number) => Int32Array.of(sec);
const none = row(0);
const rows = { toSec: row(600), toM: none, fromSec: row(600), fromM: none };
const stop = { windowStartSec: [0], windowEndSec: [7200], serviceSec: [180], legSec: [500], legM: [0] };
const oneStop = createRoute(0, 28_800, stop, 500, 0);
const empty = createRoute(
  0,
  28_800,
  { windowStartSec: [], windowEndSec: [], serviceSec: [], legSec: [], legM: [] },
  0,
  0,
);

function judged(detourSec: number, route = oneStop): boolean {
  // 180 s at the door belong to the part's way, and are no driving.
  const part = {
    terms: { handlingCents: 200, pickingCents: 0, busyCents: 0, routeCents: 180 + detourSec },
    load: { weightG: 1, volumeMl: 1, needs: 0, serviceSec: 180 },
  };
  return isVanNearby(part, { route, homeRow: 0, centsPerM: 0, centsPerSec: 1 }, rows);
}

test("a van is nearby when its detour is at most a quarter of a trip of its own", () => {
  expect(judged(300)).toBe(true);
  expect(judged(301)).toBe(false);
});

test("a van without any stop is not nearby, however short the way", () => {
  expect(judged(0, empty)).toBe(false);
});
