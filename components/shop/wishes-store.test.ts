import { expect, test } from "vitest";
import * as domain from "#server/domain/delivery-wishes.ts";
import {
  isTooNarrow,
  LEAST_VISIT_MINUTES,
  MAX_GATE_CODE_CHARS,
  MAX_SAFE_PLACE_CHARS,
  MOST_FLOORS,
  NO_WISHES,
  visitKey,
  visitWishesOf,
} from "./wishes-store.ts";

test("the limits are those of the server", () => {
  const limits = { LEAST_VISIT_MINUTES, MAX_GATE_CODE_CHARS, MAX_SAFE_PLACE_CHARS, MOST_FLOORS };
  expect(domain).toMatchObject(limits);
});

test("what is half entered is no wish, and what is one the server takes", () => {
  expect(visitWishesOf(NO_WISHES)).toBeUndefined();
  expect(visitWishesOf({ ...NO_WISHES, notBefore: "1", floor: "0", hasLift: true })).toBeUndefined();
  expect(visitWishesOf({ ...NO_WISHES, floor: "99" })).toBeUndefined();
  const narrow = { ...NO_WISHES, notBefore: "18:30", notAfter: "18:45", floor: "3" };
  expect(isTooNarrow(narrow)).toBe(true);
  expect(visitWishesOf(narrow)).toEqual({ floor: 3, hasLift: false });
  const wishes = visitWishesOf({ ...narrow, notAfter: "19:00" });
  expect(wishes).toEqual({ notBefore: "18:30", notAfter: "19:00", floor: 3, hasLift: false });
  expect(domain.VisitWishes.safeParse(wishes).success).toBe(true);
});

test("other wishes have another key", () => {
  const keys = [
    undefined,
    { notBefore: "18:00" },
    { notAfter: "18:00" },
    { floor: 1 },
    { floor: 1, hasLift: true },
  ].map(visitKey);
  expect(new Set(keys).size).toBe(keys.length);
});
