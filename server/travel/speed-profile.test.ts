import { describe, expect, test } from "vitest";
import { ROAD_CLASSES } from "./map-source.ts";
import { PERIODS, periodAt, travelTimeDs } from "./speed-profile.ts";

const named = (hour: number, minute: number, weekend = false) => PERIODS[periodAt(hour * 60 + minute, weekend)];

describe("the period of a local time", () => {
  test.each([
    [0, 0, "night"],
    [6, 29, "night"],
    [6, 30, "morning-peak"],
    [9, 30, "midday"],
    [15, 59, "midday"],
    [16, 0, "evening-peak"],
    [19, 30, "evening"],
    [22, 0, "night"],
    [23, 59, "night"],
  ])("%i:%i on a weekday is %s", (hour, minute, period) => {
    expect(named(hour, minute)).toBe(period);
  });

  test("knows no peaks on a weekend", () => {
    const periods = new Set(Array.from({ length: 24 * 60 }, (_, minute) => PERIODS[periodAt(minute, true)]));
    expect([...periods].sort()).toEqual(["evening", "midday", "night"]);
  });
});

describe("travel time", () => {
  const road = (roadClass: (typeof ROAD_CLASSES)[number], limitKph = 0, surface: "paved" | "unpaved" = "paved") => ({
    roadClass,
    limitKph,
    surface,
  });

  test("of a residential street of 230 m with no known limit is 36 s at night: 23 km/h", () => {
    expect(travelTimeDs(road("residential"), 230, "night")).toBe(360);
  });

  test("grows with traffic, and never falls below a tenth of a second", () => {
    for (const roadClass of ROAD_CLASSES) {
      const times = PERIODS.map((period) => travelTimeDs(road(roadClass), 1000, period));
      expect(Math.min(...times)).toBe(times[PERIODS.indexOf("night")]);
      expect(travelTimeDs(road(roadClass), 0, "night")).toBe(1);
    }
  });

  test("keeps below a posted limit and to what an unpaved road bears", () => {
    for (const roadClass of ROAD_CLASSES)
      for (const limitKph of [20, 30, 50, 90, 120]) {
        const kph = 36_000 / travelTimeDs(road(roadClass, limitKph), 1000, "night");
        expect(kph).toBeLessThanOrEqual(limitKph);
      }
    expect(travelTimeDs(road("primary", 90, "unpaved"), 1000, "night")).toBeGreaterThan(
      travelTimeDs(road("primary", 90), 1000, "night"),
    );
  });

  test("falls with the importance of a road", () => {
    const times = ROAD_CLASSES.filter((one) => one !== "living_street").map((one) =>
      travelTimeDs(road(one), 1000, "night"),
    );
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});
