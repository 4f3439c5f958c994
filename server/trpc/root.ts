import { addressesRouter } from "../features/addresses/router.ts";
import { calendarsRouter } from "../features/calendars/router.ts";
import { catalogueRouter } from "../features/catalogue/router.ts";
import { drivingRouter } from "../features/driving/router.ts";
import { inventoryRouter } from "../features/inventory/router.ts";
import { ordersRouter } from "../features/orders/router.ts";
import { pickingRouter } from "../features/picking/router.ts";
import { promiseRouter } from "../features/promise/router.ts";
import { staffRouter } from "../features/staff/router.ts";
import { towerRouter } from "../features/tower/router.ts";
import { router } from "./procedure.ts";

/** The table of contents of everything that the screens can ask for: one router a context. */
export const rootRouter = router({
  addresses: addressesRouter,
  calendars: calendarsRouter,
  catalogue: catalogueRouter,
  driving: drivingRouter,
  inventory: inventoryRouter,
  orders: ordersRouter,
  picking: pickingRouter,
  promise: promiseRouter,
  staff: staffRouter,
  tower: towerRouter,
});

export type RootRouter = typeof rootRouter;
