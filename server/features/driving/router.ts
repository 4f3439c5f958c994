import { router } from "#server/trpc/procedure.ts";
import { arriveAtStop } from "./arrive-at-stop.ts";
import { deliverStop } from "./deliver-stop.ts";
import { failStop } from "./fail-stop.ts";
import { listShifts } from "./list-shifts.ts";
import { readRunSheet } from "./read-run-sheet.ts";
import { reportPosition } from "./report-position.ts";
import { startShift } from "./start-shift.ts";

/** The driver's run: which shift, which doors, what happened at each. */
export const drivingRouter = router({
  shifts: listShifts,
  runSheet: readRunSheet,
  start: startShift,
  arrive: arriveAtStop,
  deliver: deliverStop,
  fail: failStop,
  reportPosition,
});
