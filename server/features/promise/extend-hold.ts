import type { Database } from "#server/db/database.ts";
import { ExtendRequest, HoldView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { HOLD_TTL_SEC, toHoldView } from "./hold-offer.ts";

/**
 * Gives a hold its whole time anew, once. A repeated wish answers what the first one got.
 * Faults: not-found, hold-expired, wrong-state (it was extended before, or is not held any more).
 */
export async function extendHold(db: Database, { holdId, extensionId }: ExtendRequest): Promise<HoldView> {
  const [row] = await db`select * from app.extend_hold(${holdId}, ${extensionId}, ${HOLD_TTL_SEC})`;
  return toHoldView(holdId, row);
}

/** promise.extend */
export const extend = shopperProcedure
  .meta({ kind: "hold" })
  .input(ExtendRequest)
  .output(HoldView)
  .mutation(({ ctx, input }) => extendHold(ctx.db, input));
