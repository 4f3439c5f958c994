import { randomUUID } from "node:crypto";
import type { Parcel } from "#server/core/promise/delivery-windows.ts";
import { type CartLine, canonicalPlace, type Destination } from "#server/domain/cart.ts";
import { OFFER_ISSUER, OFFER_TTL_SEC, type OfferClaims } from "#server/domain/offer.ts";
import type { OfferKeys } from "#server/keys/offer-keys.ts";
import { cartDigest } from "./cart-digest.ts";

/** Signs one window's offer. Instants are epoch seconds. */
export type OfferSigner = (
  service: OfferClaims["svc"],
  nodeId: string,
  window: readonly [startSec: number, endSec: number],
  priceCents: number,
  pickSec: number,
  pickBySec: number,
) => string;

/** What all offers of one quote share is computed once. */
export function offerSigner(
  offerKeys: OfferKeys,
  regionId: string,
  nowSec: number,
  lines: readonly CartLine[],
  destination: Destination,
  parcel: Parcel,
): OfferSigner {
  const iat = Math.floor(nowSec);
  const crt = cartDigest(lines);
  const plc = canonicalPlace(destination);
  return (svc, nod, window, prc, pck, by) =>
    offerKeys.sign({
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
