import type { EdgeSnapshotBody } from "../domain/edge-snapshot.ts";
import type { OfferClaims, OfferPart, OfferVerdict } from "../domain/offer.ts";
import type { ReasonCode } from "../domain/reason.ts";
import { SECONDS_PER_HOUR } from "../domain/units.ts";

type NodeSnapshot = EdgeSnapshotBody["nodes"][string];
type Run = NonNullable<NodeSnapshot["runs"]>[number];

/**
 * What a snapshot says about an offer at `nowSec` of the platform's time.
 *
 * It says gone only where the hold would refuse too, so it may count too much but never too little: an offer that is
 * still good must not be greyed out. Of an offer's own signature and age it knows nothing.
 */
export function judgeOffer(offer: OfferClaims, snapshot: EdgeSnapshotBody, nowSec: number): OfferVerdict {
  let isKnown = true;
  for (const part of offer.pts) {
    const node = snapshot.nodes[part.nod];
    const reason = node && partRefusal(offer, part, node, nowSec);
    if (reason) return { status: "gone", reason };
    isKnown &&= node !== undefined && (offer.svc !== "parcel" || node.runs !== undefined);
  }
  return { status: isKnown ? "ok" : "unsure" };
}

function partRefusal(offer: OfferClaims, part: OfferPart, node: NodeSnapshot, nowSec: number): ReasonCode | undefined {
  if (node.paused) return "node_paused";
  return pickingRefusal(part, node, nowSec) ?? movingRefusal(offer, part, node, nowSec);
}

/** Picking is claimed from whole hours that end by `by`; of the running hour only the share still to come counts. */
function pickingRefusal(part: OfferPart, node: NodeSnapshot, nowSec: number): ReasonCode | undefined {
  if (part.by <= nowSec) return "cut_off_passed";
  let free = 0;
  let anyHour = false;
  node.hours.forEach((start, hour) => {
    const end = start + SECONDS_PER_HOUR;
    const toCome = Math.min(SECONDS_PER_HOUR, end - nowSec);
    if (end > part.by || toCome <= 0) return;
    anyHour = true;
    free += ((node.freeSec[hour] ?? 0) * toCome) / SECONDS_PER_HOUR;
  });
  if (free >= part.pck) return undefined;
  return anyHour ? "picking_full" : "cut_off_passed";
}

function movingRefusal(
  offer: OfferClaims,
  part: OfferPart,
  node: NodeSnapshot,
  nowSec: number,
): ReasonCode | undefined {
  const [start, end] = offer.win;
  if (offer.svc === "parcel") {
    // Any run that arrives then will do, as it will for the hold.
    const isTaken = (run: Run) =>
      run.start >= start && run.end <= end && run.leaves > nowSec && run.limitG >= part.wgt && run.free > 0;
    return !node.runs || node.runs.some(isTaken) ? undefined : "carrier_full";
  }
  const same = (window: { start: number; end: number }) => window.start === start && window.end === end;
  if (offer.svc === "pickup") return node.pickups.some((at) => same(at) && at.free > 0) ? undefined : "pickup_full";
  const takes = node.windows.some((at) => same(at) && at.freeG >= part.wgt && at.freeMl >= part.vol);
  return takes ? undefined : "vans_full";
}
