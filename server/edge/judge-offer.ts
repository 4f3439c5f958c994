import type { EdgeSnapshotBody } from "../domain/edge-snapshot.ts";
import { MAX_ALTERNATIVES, type OfferClaims, type OfferPart } from "../domain/offer.ts";
import type { ReasonCode } from "../domain/reason.ts";
import { SECONDS_PER_HOUR } from "../domain/units.ts";

type NodeSnapshot = EdgeSnapshotBody["nodes"][string];
type Run = NonNullable<NodeSnapshot["runs"]>[number];

export type Judgement = { readonly status: "ok" | "unsure" } | { readonly status: "gone"; readonly reason: ReasonCode };

/**
 * What a snapshot says about an offer at `nowSec` of the platform's time.
 *
 * It says gone only where the hold would refuse too, so it may count too much but never too little: an offer that is
 * still good must not be greyed out. Of an offer's own signature and age it knows nothing.
 */
export function judgeOffer(offer: OfferClaims, snapshot: EdgeSnapshotBody, nowSec: number): Judgement {
  let isKnown = true;
  for (const part of offer.pts) {
    const node = snapshot.nodes[part.nod];
    const reason = node && partRefusal(offer, part, node, nowSec);
    if (reason) return { status: "gone", reason };
    isKnown &&= node !== undefined && (offer.svc !== "parcel" || node.runs !== undefined);
  }
  return { status: isKnown ? "ok" : "unsure" };
}

/** The windows nearest in time in which the offer's nodes could still serve it, each to be picked as long before as its own. */
export function alternativesTo(
  offer: OfferClaims,
  snapshot: EdgeSnapshotBody,
  nowSec: number,
): { start: number; end: number }[] {
  const [start] = offer.win;
  const node = snapshot.nodes[offer.pts[0]!.nod];
  const windows = (offer.svc === "pickup" ? node?.pickups : offer.svc === "delivery" ? node?.windows : undefined) ?? [];
  return windows
    .filter((window) => {
      const pts = offer.pts.map((part) => ({ ...part, by: part.by + window.start - start }));
      return judgeOffer({ ...offer, win: [window.start, window.end], pts }, snapshot, nowSec).status === "ok";
    })
    .sort((a, b) => Math.abs(a.start - start) - Math.abs(b.start - start))
    .slice(0, MAX_ALTERNATIVES)
    .map(({ start, end }) => ({ start, end }));
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
      run.start >= start &&
      run.end <= end &&
      Math.min(run.leaves, run.orderBy ?? run.leaves) > nowSec &&
      run.limitG >= part.wgt &&
      run.free > 0;
    return !node.runs || node.runs.some(isTaken) ? undefined : "carrier_full";
  }
  const same = (window: { start: number; end: number }) => window.start === start && window.end === end;
  const place = (offer.svc === "pickup" ? node.pickups : node.windows).find(same);
  if (place?.orderBy !== undefined && place.orderBy <= nowSec) return "cut_off_passed";
  if (offer.svc === "pickup") return node.pickups.some((at) => same(at) && at.free > 0) ? undefined : "pickup_full";
  const takes = node.windows.some((at) => same(at) && at.freeG >= part.wgt && at.freeMl >= part.vol);
  return takes ? undefined : "vans_full";
}
