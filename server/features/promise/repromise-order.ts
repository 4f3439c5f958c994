import { Fault } from "#server/domain/fault.ts";
import type { RepromisedView, RepromiseRequest } from "#server/domain/quote.ts";
import type { RepromiseCause } from "#server/domain/repromise.ts";
import { channelOfOffer } from "./channel-of.ts";
import { isMadeFor } from "./hold-offer.ts";
import { issueCertificate, proofOf } from "./issue-certificate.ts";
import { type OrderKey, readOrderToMove } from "./order-to-move.ts";
import { placeWish, wishedBy } from "./place-wish.ts";
import type { PromiseServices } from "./promise-services.ts";

/** Who moves an order, and why. */
export type Mover =
  | { readonly actor: "shopper" }
  | { readonly actor: "ops"; readonly userId: string; readonly cause: RepromiseCause };

/**
 * Moves a confirmed order to the window of an offer that was quoted for it: all of it, in one transaction, with a certificate of the
 * new decision beside the old ones; or nothing, and the old promise stands. The first confirmed window stays the promise.
 *
 * Whoever asked for the change pays the price of the new window, dearer or cheaper. When it is not the shopper who did, they pay
 * what they did before, or less.
 * Faults: not-found, wrong-state (picked, over, or moved meanwhile), offer-expired, offer-invalid, id-reused, and what says that the
 * window can no longer be had.
 */
export async function repromiseOrder(
  services: PromiseServices,
  key: OrderKey,
  { holdId, offer, after }: RepromiseRequest,
  mover: Mover,
): Promise<RepromisedView> {
  const { db, offerKeys } = services;
  // Asked before anything is computed: for a repeated request what it has moved must not stand in the way.
  const [known] = await db`
    select r.number, extract(epoch from t.now_at)::float8 as now_sec
    from (select app.now() as now_at) t
    left join public.repromises r on r.hold_id = ${holdId}
      and r.order_id = (select o.id from public.orders o where ${"token" in key ? db`o.token = ${key.token}` : db`o.id = ${key.orderId}`})`;
  if (known?.number) return { number: known.number };

  const order = await readOrderToMove(db, key);
  if (order.repromises !== after) throw new Fault("wrong-state", String(order.repromises));
  const claims = offerKeys.verify(offer, known?.now_sec);
  if (claims === "expired") throw new Fault("offer-expired");
  if (
    claims === "invalid" ||
    claims.rgn !== order.regionId ||
    claims.svc !== order.service ||
    channelOfOffer(claims) !== order.channelId ||
    !isMadeFor(claims, { lines: [...order.lines], destination: order.destination })
  )
    throw new Fault("offer-invalid");

  const { reason, note } = mover.actor === "shopper" ? BY_THE_SHOPPER : mover.cause;
  const priceCents = reason === "shopper_asked" ? claims.prc : Math.min(claims.prc, order.priceCents);
  const wish = {
    ...wishedBy(claims),
    regionId: order.regionId,
    lines: order.lines,
    unitCents: order.unitCents,
    destination: order.destination,
    priceCents,
    fingerprint: `repromise ${order.orderId} ${after}`,
    excludedNodeIds: order.refusedNodeIds,
    insteadOf: { orderId: order.orderId },
  };
  return placeWish(services, wish, holdId, async (tx, { parts, decision }) => {
    const proof = proofOf(holdId, () => decision, priceCents);
    // What is placed is the server's to write; who asked for it is theirs, and the function asks again.
    if (mover.actor === "ops")
      await tx`select set_config('request.jwt.claims', ${JSON.stringify({ sub: mover.userId, role: "authenticated" })}, true)`;
    const [row] = await tx`
      select app.repromise_order(${order.orderId}, ${after}, ${holdId}, ${tx.json(parts as never)}, ${mover.actor}, ${reason}, ${note}) as number,
        extract(epoch from app.now())::integer as now_sec`;
    if (proof)
      await issueCertificate(tx, offerKeys, order.orderId, { ...proof, orderNumber: order.number, iat: row?.now_sec });
    return { number: row?.number };
  });
}

const BY_THE_SHOPPER = { reason: "shopper_asked", note: "" } as const;
