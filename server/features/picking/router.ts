import { router } from "#server/trpc/procedure.ts";
import { collectTransfer } from "./collect-transfer.ts";
import { finishParcel } from "./finish-parcel.ts";
import { handOver } from "./hand-over.ts";
import { loseTransfer } from "./lose-transfer.ts";
import { markReady } from "./mark-ready.ts";
import { readCapacity } from "./read-capacity.ts";
import { readQueue } from "./read-queue.ts";
import { receiveTransfer } from "./receive-transfer.ts";
import { rejectFulfilment } from "./reject-fulfilment.ts";
import { setCapacity } from "./set-capacity.ts";

/** What happens at a node: picking, handing over, and how much of it can be promised. */
export const pickingRouter = router({
  queue: readQueue,
  markReady,
  handOver,
  finishParcel,
  receiveTransfer,
  collectTransfer,
  loseTransfer,
  reject: rejectFulfilment,
  capacity: readCapacity,
  setCapacity,
});
