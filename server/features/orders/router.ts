import { router } from "#server/trpc/procedure.ts";
import { changeDoor } from "./change-door.ts";
import { quoteChange, quotePickupChange } from "./quote-change.ts";
import { readOrder } from "./read-order.ts";
import { reschedule } from "./reschedule.ts";

export const ordersRouter = router({ byToken: readOrder, changeDoor, quoteChange, quotePickupChange, reschedule });
