import { expect, test } from "vitest";
import { forecastRoute } from "./forecast-route.ts";

const stops = {
  legSec: [600, 300],
  serviceSec: [120, 120],
  windowStartSec: [0, 3000],
  windowEndSec: [2000, 5000],
  arrivedSec: [-1, -1],
};

test("a van on time waits for the window and is late for nobody", () => {
  // Free at 1000: there at 1600, done 1720, at the second stop 2020, which opens at 3000.
  expect(forecastRoute(1000, 1000, stops)).toEqual({ etaSec: Int32Array.of(1600, 2020), lateSec: 0 });
});

test("a van that stands still is late from the second on which it cannot make it any more", () => {
  // The first window closes at 2000: expected now, at 1999 it could still start, at 2000 it is a second late.
  expect(forecastRoute(1999, 1000, stops).lateSec).toBe(0);
  expect(forecastRoute(2000, 1000, stops).lateSec).toBe(1);
});

test("a van at the door counts from its arrival, and a long stop delays the rest", () => {
  const atTheDoor = { ...stops, arrivedSec: [1600, -1] };
  // Arrived 1600 and still there at 4900: leaves now, 300 s on to the second stop, whose window closes at 5000.
  expect(forecastRoute(4900, 1000, atTheDoor)).toEqual({ etaSec: Int32Array.of(1600, 5200), lateSec: 201 });
});
