import type { DeliveryWindow, FleetShift, SourceNode, WindowAnswer } from "#server/core/promise/delivery-windows.ts";

/** At most this share of a trip of its own: three quarters of the way are driven anyway. */
const NEARBY_SHARE = 1 / 4;

/**
 * Whether a feasible answer's van comes close by anyway: it has other stops already, and what it drives more for this
 * door costs at most a quarter of driving there and back for nothing else. The price plays no part in it.
 */
export function isVanNearby(
  answer: Pick<WindowAnswer, "costCents">,
  node: Pick<SourceNode, "handlingCents">,
  { route, rates, home }: Pick<FleetShift, "route" | "rates" | "home">,
  { travel }: Pick<DeliveryWindow, "travel">,
  serviceSec: number,
): boolean {
  if (route.length === 0) return false;
  const { centsPerM, centsPerSec } = rates;
  const detourCents = answer.costCents - node.handlingCents - serviceSec * centsPerSec;
  const aloneCents =
    (travel.homeToM[home]! + travel.homeFromM[home]!) * centsPerM +
    (travel.homeToSec[home]! + travel.homeFromSec[home]!) * centsPerSec;
  return detourCents <= aloneCents * NEARBY_SHARE;
}
