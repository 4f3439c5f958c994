import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "#server/domain/fault.ts";
import { climbOf, narrowWindows } from "./visit.ts";

const at = (iso: string) => Date.parse(iso) / 1000;
const span = (from: string, to: string) => ({ startSec: at(from), endSec: at(to) });
const ZONES = ["Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Pacific/Auckland"];

test("a window of 18 to 20 in which the van may come from 18:30 on is one of 18:30 to 20", () => {
  const evening = span("2026-03-02T18:00:00Z", "2026-03-02T20:00:00Z");
  expect(narrowWindows([evening], { notBefore: "18:30" }, "Europe/Lisbon")).toEqual([
    span("2026-03-02T18:30:00Z", "2026-03-02T20:00:00Z"),
  ]);
  expect(narrowWindows([evening], { notBefore: "17:00", notAfter: "19:00" }, "Europe/Lisbon")).toEqual([
    span("2026-03-02T18:00:00Z", "2026-03-02T19:00:00Z"),
  ]);
  expect(narrowWindows([evening], {}, "Europe/Lisbon")).toEqual([evening]);
});

test("a window of which less than half an hour is left is none, and one that is short by itself stays", () => {
  const evening = span("2026-03-02T18:00:00Z", "2026-03-02T20:00:00Z");
  expect(narrowWindows([evening], { notBefore: "19:31" }, "Europe/Lisbon")).toEqual([null]);
  expect(narrowWindows([evening], { notAfter: "18:00" }, "Europe/Lisbon")).toEqual([null]);
  const short = span("2026-03-02T18:00:00Z", "2026-03-02T18:20:00Z");
  expect(narrowWindows([short], { notBefore: "17:00" }, "Europe/Lisbon")).toEqual([short]);
});

test("times that leave no window half an hour are refused", () => {
  const narrow = () => narrowWindows([], { notBefore: "18:00", notAfter: "18:29" }, "Europe/Lisbon");
  expect(narrow).toThrow(Fault);
  expect(narrow).toThrow(/half an hour/);
});

test("on a day on which the clock is changed, a time is what the clock on the wall shows then", () => {
  // New York, 8 March 2026: at 2:00 the clock is put forward to 3:00, so that 04:00 comes three hours after midnight.
  const night = span("2026-03-08T05:00:00Z", "2026-03-08T10:00:00Z");
  expect(narrowWindows([night], { notBefore: "04:00" }, "America/New_York")).toEqual([
    span("2026-03-08T08:00:00Z", "2026-03-08T10:00:00Z"),
  ]);
});

// The oracle walks the window minute by minute and asks the platform's calendar what the clock shows.
test("what is left of a window are the minutes at which the clock is within the wish", () => {
  const clocks = new Map(
    ZONES.map((zone) => [
      zone,
      new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }),
    ]),
  );
  const wall = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const drawn = fc.record({
    zone: fc.constantFrom(...ZONES),
    quarter: fc.integer({ min: at("2026-01-01T00:00:00Z") / 900, max: at("2026-12-31T00:00:00Z") / 900 }),
    minutes: fc.integer({ min: 45, max: 300 }),
    from: fc.integer({ min: 0, max: 1400 }),
    length: fc.integer({ min: 30, max: 700 }),
  });
  fc.assert(
    fc.property(drawn, ({ zone, quarter, minutes, from, length }) => {
      const clock = clocks.get(zone)!;
      const until = Math.min(1439, from + length);
      if (until - from < 30) return;
      const shows = (sec: number) => clock.format(sec * 1000);
      const startSec = quarter * 900;
      const seconds = Array.from({ length: minutes }, (_, i) => startSec + i * 60);
      // One day, and no clock that is changed within it: those have an example above.
      const clockSteps = seconds.slice(1).every((sec, i) => shows(sec) > shows(seconds[i]!));
      if (!clockSteps) return;
      const inside = seconds.filter((sec) => shows(sec) >= wall(from) && shows(sec) < wall(until));
      const [left] = narrowWindows(
        [{ startSec, endSec: startSec + minutes * 60 }],
        { notBefore: wall(from), notAfter: wall(until) },
        zone,
      );
      const expected = inside.length >= 30 ? { startSec: inside[0]!, endSec: inside.at(-1)! + 60 } : null;
      expect(left).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("every floor counts by the stairs, a lift takes what it takes, and nobody climbs to the ground floor", () => {
  const rule = { stairsSec: 20, liftSec: 45 };
  expect(climbOf({ floor: 3 }, rule).climbSec).toBe(60);
  expect(climbOf({ floor: 3, hasLift: false }, rule).climbSec).toBe(60);
  expect(climbOf({ floor: 9, hasLift: true }, rule).climbSec).toBe(45);
  expect(climbOf({ floor: 0, hasLift: true }, rule)).toEqual({ floor: 0, hasLift: true, climbSec: 0 });
  expect(climbOf({}, rule)).toEqual({ floor: null, hasLift: null, climbSec: 0 });
});
