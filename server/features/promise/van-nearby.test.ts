import { expect, test } from "vitest";
import { createRoute } from "#server/core/routing/route.ts";
import { isVanNearby } from "./van-nearby.ts";

// One cent a second, nothing a metre. Home to the door and back: 600 + 600 s, so a trip of its own costs 1,200 cents and
// a quarter of it 300.
const row = (sec: number) => Int32Array.of(sec);
const none = row(0);
const travel = {
  toSec: none,
  toM: none,
  fromSec: none,
  fromM: none,
  homeToSec: row(600),
  homeToM: none,
  homeFromSec: row(600),
  homeFromM: none,
};
const stop = { windowStartSec: [0], windowEndSec: [7200], serviceSec: [180], legSec: [500], legM: [0] };
const oneStop = createRoute(0, 28_800, stop, 500, 0);
const empty = createRoute(
  0,
  28_800,
  { windowStartSec: [], windowEndSec: [], serviceSec: [], legSec: [], legM: [] },
  0,
  0,
);
const rates = { centsPerM: 0, centsPerSec: 1 };

function judged(detourSec: number, route = oneStop): boolean {
  // 200 cents of handling and 180 s at the door belong to the answer's cost, and are no driving.
  const costCents = 200 + 180 + detourSec;
  return isVanNearby({ costCents }, { handlingCents: 200 }, { route, rates, home: 0 }, { travel }, 180);
}

test("a van is nearby when its detour is at most a quarter of a trip of its own", () => {
  expect(judged(300)).toBe(true);
  expect(judged(301)).toBe(false);
});

test("a van without any stop is not nearby, however short the way", () => {
  expect(judged(0, empty)).toBe(false);
});
