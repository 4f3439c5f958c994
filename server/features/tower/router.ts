import { router } from "#server/trpc/procedure.ts";
import { cancelShift } from "./cancel-shift.ts";
import { failOrder } from "./fail-order.ts";
import { listChannelShares } from "./list-channel-shares.ts";
import { listChannels } from "./list-channels.ts";
import { listExceptions } from "./list-exceptions.ts";
import { listOrders } from "./list-orders.ts";
import { listServiceAreas } from "./list-service-areas.ts";
import { parkOrder } from "./park-order.ts";
import { quoteChange, quotePickupChange } from "./quote-change.ts";
import { readDriveReach } from "./read-drive-reach.ts";
import { readHoldLimits } from "./read-hold-limits.ts";
import { readOrder } from "./read-order.ts";
import { readOverview } from "./read-overview.ts";
import { readRoutes } from "./read-routes.ts";
import { repromise } from "./repromise.ts";
import { resolveException } from "./resolve-exception.ts";
import { setChannel } from "./set-channel.ts";
import { setChannelShares } from "./set-channel-shares.ts";
import { setHoldLimits } from "./set-hold-limits.ts";
import { setPriority } from "./set-priority.ts";
import { setServiceArea } from "./set-service-area.ts";
import { traceRoute } from "./trace-route.ts";
import { unparkOrder } from "./unpark-order.ts";

/** The control tower: what operations see and decide. */
export const towerRouter = router({
  overview: readOverview,
  routes: readRoutes,
  traceRoute,
  cancelShift,
  exceptions: listExceptions,
  resolveException,
  orders: listOrders,
  order: readOrder,
  quoteChange,
  quotePickupChange,
  repromise,
  parkOrder,
  unparkOrder,
  failOrder,
  setPriority,
  channels: listChannels,
  setChannel,
  channelShares: listChannelShares,
  setChannelShares,
  holdLimits: readHoldLimits,
  setHoldLimits,
  serviceAreas: listServiceAreas,
  setServiceArea,
  driveReach: readDriveReach,
});
