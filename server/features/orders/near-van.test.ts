import { expect, test } from "vitest";
import { isNear, roadAhead } from "./near-van.ts";

const now = new Date("2026-11-23T09:00:00Z");
const inMinutes = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();

test("a van is near when few doors come before, whatever the clock says", () => {
  expect(isNear(now, { doorsBefore: 2, startAt: inMinutes(60), etaAt: null })).toBe(true);
  expect(isNear(now, { doorsBefore: 3, startAt: inMinutes(60), etaAt: null })).toBe(false);
});

test("a van is near when it is a quarter of an hour away, whatever comes before", () => {
  expect(isNear(now, { doorsBefore: 5, startAt: inMinutes(40), etaAt: inMinutes(15) })).toBe(true);
  expect(isNear(now, { doorsBefore: 5, startAt: inMinutes(10), etaAt: inMinutes(16) })).toBe(false);
});

test("the road ahead begins at the van and leaves out what it has driven", () => {
  const leg = [
    [0, 0],
    [0.01, 0],
    [0.02, 0],
    [0.03, 0],
  ] as const;
  expect(roadAhead([0.0101, 0.0001], leg)).toEqual([
    [0.0101, 0.0001],
    [0.02, 0],
    [0.03, 0],
  ]);
  expect(roadAhead([0, 0], [])).toEqual([]);
});
