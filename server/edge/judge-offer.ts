import { OWN_SHOP } from "../domain/channel.ts";
import type { EdgeSnapshotBody } from "../domain/edge-snapshot.ts";
import { MAX_ALTERNATIVES, type OfferClaims, type OfferPart } from "../domain/offer.ts";
import type { ReasonCode } from "../domain/reason.ts";
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from "../domain/units.ts";

type NodeSnapshot = EdgeSnapshotBody["nodes"][string];
type Run = NonNullable<NodeSnapshot["runs"]>[number];
type LaneRun = NonNullable<NodeSnapshot["lanes"]>[number];

export type Judgement = { readonly status: "ok" | "unsure" } | { readonly status: "gone"; readonly reason: ReasonCode };

/**
 * What a snapshot says about an offer at `nowSec` of the platform's time.
 *
 * It says gone only where the nodes that the offer names cannot serve it any more, so of these it may count too much but never too little:
 * an offer that is still good must not be greyed out. Whether another node could step in, as it may at the hold, it does not know: it has
 * no stock. Of an offer's own signature and age it knows nothing.
 */
export function judgeOffer(offer: OfferClaims, snapshot: EdgeSnapshotBody, nowSec: number): Judgement {
  let isKnown = true;
  for (const part of offer.pts) {
    const node = snapshot.nodes[part.nod];
    const store = snapshot.nodes[offer.col ?? part.nod];
    const reason = node && store && partRefusal(offer, part, node, store, nowSec);
    if (reason) return { status: "gone", reason };
    const knowsHow = (offer.svc !== "parcel" || node?.runs) && (part.lan === undefined || node?.lanes);
    isKnown &&= node !== undefined && store !== undefined && knowsHow !== undefined;
  }
  // What others may have is free here too: of a channel with a share that says nothing.
  const isLimited = snapshot.limited?.includes(offer.chn ?? OWN_SHOP);
  return { status: isKnown && !isLimited ? "ok" : "unsure" };
}

/** The windows nearest in time in which the offer's nodes could still serve it, each to be picked as long before as its own. */
export function alternativesTo(
  offer: OfferClaims,
  snapshot: EdgeSnapshotBody,
  nowSec: number,
): { start: number; end: number }[] {
  const [start] = offer.win;
  const node = snapshot.nodes[offer.col ?? offer.pts[0]!.nod];
  const windows = (offer.svc === "pickup" ? node?.pickups : offer.svc === "delivery" ? node?.windows : undefined) ?? [];
  return windows
    .filter((window) => {
      const pts = offer.pts.map((part) => {
        const lane = part.lan === undefined ? undefined : latestRun(offer, snapshot.nodes[part.nod], window.start);
        const later = lane ? lane.leaves - part.lan! : window.start - start;
        return { ...part, by: part.by + later, ...(lane && { lan: lane.leaves }) };
      });
      return judgeOffer({ ...offer, win: [window.start, window.end], pts }, snapshot, nowSec).status === "ok";
    })
    .sort((a, b) => Math.abs(a.start - start) - Math.abs(b.start - start))
    .slice(0, MAX_ALTERNATIVES)
    .map(({ start, end }) => ({ start, end }));
}

/** The last run to the offer's store that is ready for a window, if any is. */
function latestRun(offer: OfferClaims, node: NodeSnapshot | undefined, startSec: number): LaneRun | undefined {
  return node?.lanes
    ?.filter((run) => run.to === offer.col && isReadyFor(run, startSec))
    .reduce<LaneRun | undefined>((last, run) => (last && last.leaves > run.leaves ? last : run), undefined);
}

/** What is brought waits a day at the longest. */
function isReadyFor({ ready }: LaneRun, startSec: number): boolean {
  return ready <= startSec && ready > startSec - SECONDS_PER_DAY;
}

function partRefusal(
  offer: OfferClaims,
  part: OfferPart,
  node: NodeSnapshot,
  store: NodeSnapshot,
  nowSec: number,
): ReasonCode | undefined {
  if (node.paused || store.paused) return "node_paused";
  return pickingRefusal(part, node, nowSec) ?? movingRefusal(offer, part, node, store, nowSec);
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
  store: NodeSnapshot,
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
  const place = (offer.svc === "pickup" ? store.pickups : node.windows).find(same);
  if (place?.orderBy !== undefined && place.orderBy <= nowSec) return "cut_off_passed";
  if (offer.svc === "pickup") {
    if (!store.pickups.some((at) => same(at) && at.free > 0)) return "pickup_full";
    // Any run that is ready then will do, as it will for the hold.
    const takes = (run: LaneRun) =>
      run.to === offer.col && isReadyFor(run, start) && run.leaves > nowSec && run.free > 0;
    return part.lan === undefined || !node.lanes || node.lanes.some(takes) ? undefined : "transfer_full";
  }
  const takes = node.windows.some((at) => same(at) && at.freeG >= part.wgt && at.freeMl >= part.vol);
  return takes ? undefined : "vans_full";
}
