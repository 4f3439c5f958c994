import { randomUUID } from "node:crypto";
import type { Parcel } from "#server/core/promise/delivery-windows.ts";
import { type CartLine, canonicalPlace, type Destination } from "#server/domain/cart.ts";
import { OFFER_ISSUER, OFFER_TTL_SEC, type OfferClaims } from "#server/domain/offer.ts";
import { cartDigest } from "./cart-digest.ts";

/** Writes one window's offer, to be signed with the others of its quote. Instants are epoch seconds. */
export type OfferWriter = (
  service: OfferClaims["svc"],
  nodeId: string,
  window: readonly [startSec: number, endSec: number],
  priceCents: number,
  pickSec: number,
  pickBySec: number,
) => OfferClaims;

/** What all offers of one quote share is computed once. */
export function offerWriter(
  regionId: string,
  nowSec: number,
  lines: readonly CartLine[],
  destination: Destination,
  parcel: Parcel,
): OfferWriter {
  const iat = Math.floor(nowSec);
  const crt = cartDigest(lines);
  const plc = canonicalPlace(destination);
  return (svc, nod, window, prc, pck, by) => ({
    iss: OFFER_ISSUER,
    jti: randomUUID(),
    iat,
    exp: iat + OFFER_TTL_SEC,
    rgn: regionId,
    svc,
    nod,
    win: [window[0], window[1]],
    prc,
    crt,
    plc,
    pck,
    by,
    wgt: parcel.weightG,
    vol: parcel.volumeMl,
  });
}
