import type { ShiftRow } from "./driving-data.ts";

/**
 * The run that matters at `now`, of shifts in the order of their start: the one under way, else the next to leave, which
 * may be overdue. A van leaves at its shift's start with everything on board, so one that was empty then is not a run.
 */
export function dueShift(
  shifts: readonly Pick<ShiftRow, "shiftId" | "state" | "startsAt" | "endsAt" | "stopCount">[],
  now: string,
): ShiftRow["shiftId"] | undefined {
  const due =
    shifts.find(({ state }) => state === "under_way") ??
    shifts.find(
      ({ state, startsAt, endsAt, stopCount }) =>
        state === "planned" && endsAt > now && (startsAt > now || stopCount > 0),
    );
  return due?.shiftId;
}
