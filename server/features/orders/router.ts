import { router } from "#server/trpc/procedure.ts";
import { changeDoor } from "./change-door.ts";
import { readOrder } from "./read-order.ts";

export const ordersRouter = router({ byToken: readOrder, changeDoor });
