import { instant } from "#server/domain/instant.ts";
import type { OfferClaims } from "#server/domain/offer.ts";
import type { WindowView } from "#server/domain/quote.ts";
import type { Reason } from "#server/domain/reason.ts";
import type { OfferKeys } from "#server/keys/offer-keys.ts";

/** Windows as the database gives them: arrays in parallel, epoch seconds. */
export interface WindowColumns {
  readonly startSec: readonly number[];
  readonly endSec: readonly number[];
  readonly priceCents: readonly number[];
}

/** What a quote found for a window: the offer it makes, or why it makes none. */
export type WindowOutcome =
  | {
      readonly claims: OfferClaims;
      /** How many times somebody comes to the door. */
      readonly deliveries: number;
      /** Names, of a parcel. */
      readonly carriers: readonly string[];
      readonly isVanNearby: boolean;
      readonly orderBySec: number;
      /** When all that is brought to the store can be collected; nothing is, where it is missing or null. */
      readonly broughtBySec?: number | null;
    }
  | { readonly reason: Reason };

/** All windows of a quote in their order, the open ones with offers under one signature. */
export function toWindowViews(
  windows: WindowColumns,
  outcomes: readonly WindowOutcome[],
  offerKeys: OfferKeys,
): WindowView[] {
  const tokens = offerKeys.sign(outcomes.flatMap((outcome) => ("claims" in outcome ? outcome.claims : [])));
  let signed = 0;
  return outcomes.map((outcome, i) => {
    const window = {
      startsAt: instant(windows.startSec[i]!),
      endsAt: instant(windows.endSec[i]!),
      priceCents: windows.priceCents[i]!,
    };
    return "claims" in outcome
      ? {
          open: true,
          ...window,
          offer: tokens[signed++]!,
          deliveries: outcome.deliveries,
          carriers: [...outcome.carriers],
          isVanNearby: outcome.isVanNearby,
          orderBy: instant(outcome.orderBySec),
          broughtBy: outcome.broughtBySec == null ? null : instant(outcome.broughtBySec),
        }
      : { open: false, ...window, reason: outcome.reason };
  });
}
