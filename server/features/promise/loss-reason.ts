import type { Loss } from "#server/core/promise/furthest-loss.ts";
import { PARCEL_STAGE, type ParcelStage } from "#server/core/promise/parcel-problem.ts";
import { PICKUP_STAGE, type PickupStage } from "#server/core/promise/pickup-problem.ts";
import { STAGE, type Stage } from "#server/core/promise/promise-problem.ts";
import { instant } from "#server/domain/instant.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";

export const DELIVERY_REASON: Record<Stage, ReasonCode> = {
  [STAGE.noStock]: "out_of_stock",
  [STAGE.outsideArea]: "outside_area",
  [STAGE.noShift]: "no_shift",
  [STAGE.goods]: "no_vehicle_for_goods",
  [STAGE.tooFar]: "vans_too_far",
  [STAGE.cutOff]: "cut_off_passed",
  [STAGE.picking]: "picking_full",
  [STAGE.vansFull]: "vans_full",
};

export const PARCEL_REASON: Record<ParcelStage, ReasonCode> = {
  [PARCEL_STAGE.noStock]: "out_of_stock",
  [PARCEL_STAGE.noCarrier]: "no_carrier",
  [PARCEL_STAGE.cold]: "no_cold_parcel",
  [PARCEL_STAGE.tooHeavy]: "parcel_too_heavy",
  [PARCEL_STAGE.cutOff]: "cut_off_passed",
  [PARCEL_STAGE.picking]: "picking_full",
  [PARCEL_STAGE.carrierFull]: "carrier_full",
};

export const PICKUP_REASON: Record<PickupStage, ReasonCode> = {
  [PICKUP_STAGE.noStock]: "out_of_stock",
  [PICKUP_STAGE.noRun]: "no_transfer",
  [PICKUP_STAGE.cutOff]: "cut_off_passed",
  [PICKUP_STAGE.picking]: "picking_full",
  [PICKUP_STAGE.runFull]: "transfer_full",
};

/** What is said of the check at which something was lost; its seconds count from `originSec`. */
export function reasonOfLoss<S extends number>(
  codes: Record<S, ReasonCode>,
  { stage, atSec }: Loss<S>,
  originSec: number,
): Reason {
  const code = codes[stage];
  return atSec === undefined ? { code } : { code, at: instant(originSec + atSec) };
}
