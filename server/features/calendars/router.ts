import { router } from "#server/trpc/procedure.ts";
import { clearBlackout } from "./clear-blackout.ts";
import { clearDay } from "./clear-day.ts";
import { listAtStake } from "./list-at-stake.ts";
import { readCalendar } from "./read-calendar.ts";
import { setBlackout } from "./set-blackout.ts";
import { setCutOffs } from "./set-cut-offs.ts";
import { setDay } from "./set-day.ts";

/** Days that are not as the week says, windows that are not given, and until when they can be ordered. */
export const calendarsRouter = router({
  read: readCalendar,
  atStake: listAtStake,
  setDay,
  clearDay,
  setBlackout,
  clearBlackout,
  setCutOffs,
});
