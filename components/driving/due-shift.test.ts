import { expect, test } from "vitest";
import { ShiftId } from "#server/domain/id.ts";
import type { ShiftState } from "#server/domain/state.ts";
import { dueShift } from "./due-shift.ts";

const idOf = (n: number) => ShiftId.parse(`00000000-0000-4000-8000-00000000000${n}`);
const ids = [idOf(0), idOf(1), idOf(2)] as const;
const at = (hour: number) => `2026-03-02T${String(hour).padStart(2, "0")}:00:00.000Z`;
const run = (n: 0 | 1 | 2, state: ShiftState, from: number, stopCount: number) => ({
  shiftId: ids[n],
  state,
  startsAt: at(from),
  endsAt: at(from + 6),
  stopCount,
});

test("the run under way comes before all others, also when it is late", () => {
  expect(dueShift([run(1, "under_way", 8, 3), run(0, "planned", 6, 2)], at(20))).toBe(ids[1]);
});

test("a run that should have left is due until its shift is over", () => {
  const shifts = [run(0, "planned", 8, 3), run(1, "planned", 14, 1)];
  expect(dueShift(shifts, at(9))).toBe(ids[0]);
  expect(dueShift(shifts, at(14))).toBe(ids[1]);
});

test("a shift without stops is a run before its departure and none after it", () => {
  const shifts = [run(0, "planned", 8, 0), run(1, "planned", 14, 0)];
  expect(dueShift(shifts, at(7))).toBe(ids[0]);
  expect(dueShift(shifts, at(8))).toBe(ids[1]);
});

test("with nothing but what is over there is no run", () => {
  expect(dueShift([run(0, "done", 8, 3), run(1, "planned", 8, 0), run(2, "cancelled", 14, 0)], at(9))).toBeUndefined();
});
