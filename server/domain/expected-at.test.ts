import { expect, test } from "vitest";
import { expectedAt } from "./expected-at.ts";

const stop = { windowStartsAt: "2026-03-02T11:00:00.000Z", startAt: "2026-03-02T11:20:00.000Z", etaAt: null };

test("before the van left, the plan says when", () => {
  expect(expectedAt(stop)).toBe(stop.startAt);
});

test("on the road, the drive says when, earlier or later than planned", () => {
  expect(expectedAt({ ...stop, etaAt: "2026-03-02T11:05:00.000Z" })).toBe("2026-03-02T11:05:00.000Z");
  expect(expectedAt({ ...stop, etaAt: "2026-03-02T13:05:00.000Z" })).toBe("2026-03-02T13:05:00.000Z");
});

test("a van that would come before the window is expected when the window opens", () => {
  expect(expectedAt({ ...stop, etaAt: "2026-03-02T08:42:00.000Z" })).toBe(stop.windowStartsAt);
});
