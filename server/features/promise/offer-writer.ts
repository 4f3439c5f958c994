import { randomUUID } from "node:crypto";
import type { CartLoad } from "#server/core/promise/cart-load.ts";
import { type CartLine, canonicalPlace, type Destination, leftOut } from "#server/domain/cart.ts";
import { type ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import { Fault } from "#server/domain/fault.ts";
import { OFFER_ISSUER, OFFER_TTL_SEC, type OfferClaims } from "#server/domain/offer.ts";
import { cartDigest } from "./cart-digest.ts";

/** What one node would pick and send. Epoch seconds. */
export interface OfferedPart {
  readonly nodeId: string;
  readonly pickSec: number;
  readonly pickBySec: number;
  readonly load: Pick<CartLoad, "weightG" | "volumeMl">;
  /** When the run of a lane leaves that takes it to where it is collected. */
  readonly laneLeavesSec?: number;
}

/** Parts as a search found them, in seconds from its origin. */
export function offeredParts(
  parts: readonly (Omit<OfferedPart, "nodeId" | "laneLeavesSec"> & { readonly node: number })[],
  nodes: readonly { readonly id: string }[],
  originSec: number,
): OfferedPart[] {
  return parts.map(({ node, pickSec, pickBySec, load }) => ({
    nodeId: nodes[node]!.id,
    pickSec,
    pickBySec: originSec + pickBySec,
    load,
  }));
}

/** Writes one window's offer, to be signed with the others of its quote. Instants are epoch seconds. */
export type OfferWriter = (
  service: OfferClaims["svc"],
  window: readonly [startSec: number, endSec: number],
  priceCents: number,
  parts: readonly OfferedPart[],
  besides?: Pick<OfferClaims, "vst" | "col">,
) => OfferClaims;

/** What all offers of one quote share is computed once. Faults: invalid-request, where the lines are not less of what was wanted. */
export function offerWriter(
  regionId: string,
  nowSec: number,
  lines: readonly CartLine[],
  destination: Destination,
  channelId: ChannelId,
  /** Where the lines are what there is of another cart. */
  wanted?: readonly CartLine[],
): OfferWriter {
  const iat = Math.floor(nowSec);
  const channel = channelId !== OWN_SHOP && { chn: channelId };
  const crt = cartDigest(lines);
  if (wanted && !leftOut(wanted, lines)) throw new Fault("invalid-request", "wanted");
  const asked = wanted && { ask: cartDigest(wanted) };
  const plc = canonicalPlace(destination);
  return (svc, window, prc, parts, besides) => ({
    iss: OFFER_ISSUER,
    jti: randomUUID(),
    iat,
    exp: iat + OFFER_TTL_SEC,
    rgn: regionId,
    ...channel,
    svc,
    win: [window[0], window[1]],
    prc,
    crt,
    ...asked,
    plc,
    ...besides,
    pts: parts.map(({ nodeId, pickSec, pickBySec, load, laneLeavesSec }) => ({
      nod: nodeId,
      pck: pickSec,
      by: pickBySec,
      wgt: load.weightG,
      vol: load.volumeMl,
      ...(laneLeavesSec !== undefined && { lan: laneLeavesSec }),
    })),
  });
}
