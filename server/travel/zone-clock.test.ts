import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { zoneClock } from "./zone-clock.ts";

test("a zone clock reads what Temporal reads, in summer, in winter and in zones with odd offsets", () => {
  const zones = ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"];
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }), (zone, epochSec) => {
      const there = Temporal.Instant.fromEpochMilliseconds(epochSec * 1000).toZonedDateTimeISO(zone);
      expect(zoneClock(zone).read(epochSec)).toEqual({
        minuteOfDay: there.hour * 60 + there.minute,
        weekend: there.dayOfWeek >= 6,
      });
    }),
    { numRuns: 500 },
  );
});

test("a zone that does not exist is refused", () => {
  expect(() => zoneClock("Atlantis/Centre")).toThrow(RangeError);
});
