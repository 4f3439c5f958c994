import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import { canonicalCart, canonicalPlace, type Destination, leftOut } from "#server/domain/cart.ts";
import { Fault } from "#server/domain/fault.ts";
import type { HoldId } from "#server/domain/id.ts";
import type { OfferClaims } from "#server/domain/offer.ts";
import { HoldRequest, HoldView } from "#server/domain/quote.ts";
import { HoldState } from "#server/domain/state.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";
import { cartDigest } from "./cart-digest.ts";
import { type Asker, placeWish, wishedBy } from "./place-wish.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { packDecision } from "./record-decision.ts";

export const HOLD_TTL_SEC = 600;

/**
 * Turns a signed offer into a hold on stock, picking time and a place in a route or at the counter.
 *
 * Computes outside the locks and lets the database verify inside them; after repeated refusals it takes the locks first.
 * The offer's price stands even when another node or van serves the window by now. Where it is asked for instead of
 * another hold, that one ends in the same transaction, or lives on when this one is refused. `clientAddress` is the
 * shopper's network address, null where nobody knows it.
 * Faults: offer-expired, offer-invalid, id-reused, too-much-held, what says that the window can no longer be had, and of
 * the hold that it is asked for instead of: not-found, wrong-state (it is confirmed).
 */
export async function holdOffer(
  services: PromiseServices,
  request: HoldRequest,
  clientAddress: string | null = null,
): Promise<HoldView> {
  const { db } = services;
  const fingerprint = createHash("sha256")
    .update(`${request.offer} ${canonicalCart(request.lines)} ${canonicalPlace(request.destination)}`)
    .digest("base64url");

  // Asked before anything is computed: for a repeated request its own hold must not stand in the way.
  const [known] = await db`
    select extract(epoch from t.now_at)::float8 as now_sec, t.now_at, h.state, h.expires_at, h.fingerprint
    from (select app.now() as now_at) t left join public.holds h on h.id = ${request.holdId}`;
  if (known?.state) {
    if (known.fingerprint !== fingerprint) throw new Fault("id-reused", request.holdId);
    return toHoldView(request.holdId, known);
  }

  const claims = services.offerKeys.verify(request.offer, known?.now_sec);
  if (claims === "expired") throw new Fault("offer-expired");
  if (claims === "invalid" || !isMadeFor(claims, request)) throw new Fault("offer-invalid");

  const wish = {
    ...wishedBy(claims),
    regionId: claims.rgn,
    lines: request.lines,
    destination: request.destination,
    fingerprint,
    asker: askerOf(services, request, clientAddress),
    ...(request.insteadOf && { insteadOf: { holdId: request.insteadOf } }),
  };
  const placed = await placeWish(services, wish, request.holdId, async (tx, { parts, decision }) => {
    const { holdId, insteadOf } = request;
    const json = tx.json(parts as never);
    const [row] = insteadOf
      ? await tx`select * from app.swap_hold(${insteadOf}, ${holdId}, ${json}, ${HOLD_TTL_SEC})`
      : await tx`select * from app.place_hold(${holdId}, ${json}, ${HOLD_TTL_SEC})`;
    await tx`select app.keep_decision(${holdId}, ${packDecision(decision)})`;
    const missing = request.wanted && leftOut(request.wanted, request.lines);
    if (missing) await tx`select app.note_left_out(${holdId}, ${tx.json(Object.fromEntries(missing))})`;
    return row;
  });
  return toHoldView(request.holdId, placed);
}

/** Digests under the installation's key: of a network address anybody could try out all there are. */
export function askerOf(
  { offerKeys }: PromiseServices,
  { checkoutId, destination }: Pick<HoldRequest, "checkoutId" | "destination">,
  clientAddress: string | null,
): Asker {
  return {
    checkoutId: checkoutId ?? randomUUID(),
    addressKey: offerKeys.disguise("address", `${canonicalPlace(destination)} ${wordsOf(destination)}`),
    networkKey: clientAddress && offerKeys.disguise("network", clientAddress),
  };
}

/** What tells one door of a house from another, however it is written: "Rua A, 7 1º" and "rua a 7, 1o". */
function wordsOf({ address }: Destination): string {
  return address
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** Whether an offer was made for this cart and this door. */
export function isMadeFor(
  claims: OfferClaims,
  request: Pick<HoldRequest, "lines" | "wanted" | "destination">,
): boolean {
  const { lines, wanted, destination } = request;
  // An offer for less than was asked for is held by who says so: nobody gets less without knowing.
  const asked = wanted && cartDigest(wanted);
  return claims.crt === cartDigest(lines) && claims.ask === asked && claims.plc === canonicalPlace(destination);
}

const HoldRow = z.object({ state: HoldState, expires_at: z.date(), now_at: z.date() });

export function toHoldView(holdId: HoldId, row: unknown): HoldView {
  const { state, expires_at, now_at } = HoldRow.parse(row);
  return { holdId, state, expiresAt: expires_at.toISOString(), now: now_at.toISOString() };
}

/** promise.hold */
export const hold = shopperProcedure
  .meta({ kind: "hold" })
  .input(HoldRequest)
  .output(HoldView)
  .mutation(({ ctx, input }) => holdOffer(promiseServices(ctx.platform), input, ctx.clientAddress));
