import { expect, test } from "vitest";
import type { LngLat } from "#server/domain/units.ts";
import { REPORT_HOLDS_SEC, type VanRoute, vanPosition } from "./van-position.ts";

const NOW = new Date("2026-03-02T10:30:00Z");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

// Two legs north along a meridian, 0.1 degrees and twenty minutes each.
const ROAD: LngLat[][] = [
  [
    [9, 45],
    [9, 45.1],
  ],
  [
    [9, 45.1],
    [9, 45.2],
  ],
  [
    [9, 45.2],
    [9, 45],
  ],
];
const DOORS: VanRoute["stops"] = [
  { lng: 9, lat: 45.1, legSec: 1200, state: "planned", finishedAt: null },
  { lng: 9, lat: 45.2, legSec: 1200, state: "planned", finishedAt: null },
];
const ROUTE: VanRoute = { startedAt: minutesAgo(5).toISOString(), finishedAt: null, stops: DOORS };
const asked = () => ROAD;
const neverAsked = () => {
  throw new Error("the road is not needed here");
};

test("a quarter of the leg's time takes the van a quarter of the way", () => {
  expect(vanPosition(NOW, ROUTE, undefined, asked)).toEqual({
    lng: 9,
    lat: expect.closeTo(45.025, 9),
    at: NOW,
    source: "estimated",
  });
});

test("after a door the next leg starts when that door was left", () => {
  const stops = [{ ...DOORS[0]!, state: "delivered" as const, finishedAt: minutesAgo(10).toISOString() }, DOORS[1]!];
  const position = vanPosition(NOW, { ...ROUTE, startedAt: minutesAgo(60).toISOString(), stops }, undefined, asked);
  expect(position?.lat).toBeCloseTo(45.15, 9);
});

test("a van that should have arrived long ago is drawn at the door, not beyond", () => {
  const late = { ...ROUTE, startedAt: minutesAgo(300).toISOString() };
  expect(vanPosition(NOW, late, undefined, asked)?.lat).toBeCloseTo(45.1, 9);
});

test("a van at a door is at the door", () => {
  const stops = [{ ...DOORS[0]!, state: "arrived" as const }, DOORS[1]!];
  expect(vanPosition(NOW, { ...ROUTE, stops }, undefined, neverAsked)).toMatchObject({
    lat: 45.1,
    source: "estimated",
  });
});

test("what the phone said lately outranks the plan, what it said long ago does not", () => {
  const fresh = { lng: 9.5, lat: 45.5, at: minutesAgo(REPORT_HOLDS_SEC / 60) };
  expect(vanPosition(NOW, ROUTE, fresh, neverAsked)).toEqual({ ...fresh, source: "reported" });
  const stale = { ...fresh, at: minutesAgo(REPORT_HOLDS_SEC / 60 + 1) };
  expect(vanPosition(NOW, ROUTE, stale, asked)?.source).toBe("estimated");
});

test("before it leaves and after its last door a van is nowhere on the map", () => {
  expect(vanPosition(NOW, { ...ROUTE, startedAt: null }, undefined, neverAsked)).toBeNull();
  expect(vanPosition(NOW, { ...ROUTE, finishedAt: NOW.toISOString() }, undefined, neverAsked)).toBeNull();
  const stops = DOORS.map((door) => ({
    ...door,
    state: "delivered" as const,
    finishedAt: minutesAgo(1).toISOString(),
  }));
  expect(vanPosition(NOW, { ...ROUTE, stops }, undefined, neverAsked)).toBeNull();
});
