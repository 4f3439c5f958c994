import { createHash } from "node:crypto";
import { faultOfError } from "#server/db/fault-of-error.ts";
import { canonicalPlace } from "#server/domain/cart.ts";
import { Fault, type FaultCode } from "#server/domain/fault.ts";
import { HoldView, RedirectRequest } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { readHeldWish } from "./held-wish.ts";
import { askerOf, HOLD_TTL_SEC, toHoldView } from "./hold-offer.ts";
import { placeWish } from "./place-wish.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { packDecision } from "./record-decision.ts";

/** Of the shopper or of the old hold: another door would be refused as well. */
const NOT_OF_THE_DOOR: ReadonlySet<FaultCode> = new Set([
  "not-found",
  "wrong-state",
  "id-reused",
  "too-much-held",
  "hold-expired",
]);

/**
 * Takes what a hold has for another door: its window, its visit and its goods, at its price. The network is asked anew with all
 * that the hold claims at hand, and the answer takes the hold's place in one transaction; or nothing has happened and the hold
 * lives on for the door that it was made for. What is collected stays where it is collected.
 * Faults: door-out-of-reach, hold-expired, too-much-held, wrong-state (it is an order by now), id-reused.
 */
export async function redirectHold(
  services: PromiseServices,
  request: RedirectRequest,
  clientAddress: string | null = null,
): Promise<HoldView> {
  const { db } = services;
  const { holdId, insteadOf, destination } = request;
  const fingerprint = createHash("sha256")
    .update(`redirect ${insteadOf} ${canonicalPlace(destination)} ${destination.address}`)
    .digest("base64url");
  const known = async (): Promise<HoldView | undefined> => {
    const [row] = await db`
      select app.now() as now_at, h.state, h.expires_at, h.fingerprint from public.holds h where h.id = ${holdId}`;
    if (row && row.fingerprint !== fingerprint) throw new Fault("id-reused", holdId);
    return row && toHoldView(holdId, row);
  };
  const before = await known();
  if (before) return before;
  const { leftOut, isOver, ...held } = await readHeldWish(db, insteadOf, fingerprint);
  if (isOver) throw new Fault("hold-expired", insteadOf);
  const wish = { ...held, destination, asker: askerOf(services, request, clientAddress) };
  try {
    const placed = await placeWish(services, wish, holdId, async (tx, { parts, decision }) => {
      const [row] =
        await tx`select * from app.swap_hold(${insteadOf}, ${holdId}, ${tx.json(parts as never)}, ${HOLD_TTL_SEC})`;
      await tx`select app.keep_decision(${holdId}, ${packDecision(decision)})`;
      if (leftOut) await tx`select app.note_left_out(${holdId}, ${tx.json(leftOut)})`;
      return row;
    });
    return toHoldView(holdId, placed);
  } catch (error) {
    const fault = faultOfError(error);
    // The same request, asked twice at once: what stood in the way of this one was the other.
    const placed = fault && (await known());
    if (placed) return placed;
    if (!fault || NOT_OF_THE_DOOR.has(fault.code)) throw error;
    throw new Fault("door-out-of-reach", fault.code, { cause: error });
  }
}

/** promise.redirect */
export const redirect = shopperProcedure
  .meta({ kind: "hold" })
  .input(RedirectRequest)
  .output(HoldView)
  .mutation(({ ctx, input }) => redirectHold(promiseServices(ctx.platform), input, ctx.clientAddress));
