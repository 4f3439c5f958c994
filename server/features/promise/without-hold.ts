import type { Queryable } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import type { Place } from "#server/travel/travel.ts";
import { withoutClaimed } from "./channel-shares.ts";
import { type Fleet, type LoadedShift, loadShift } from "./fleet.ts";
import type { NodeRow, RouteRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";

// The network as it would be without one hold, or without one order. Its shopper wants something else instead of it, so nothing
// that it claims may stand in the way: not the last unit, not the last place in the van, not the stop at their own door.

/** What a new hold takes the place of: a hold that is not confirmed, or all that is left to do of an order. */
export type Instead = { readonly holdId: string } | { readonly orderId: string };

/** What a quote leaves out of the network. */
export interface Ended {
  readonly instead?: Instead;
  /** Nodes that must not serve it, because they have refused. */
  readonly refusedNodeIds: ReadonlySet<string>;
}

/** For a request that may name a hold. */
export function endedHold(holdId: string | undefined): Ended {
  return { ...(holdId !== undefined && { instead: { holdId } }), refusedNodeIds: new Set() };
}

/** What all of its parts claim. */
export interface HoldClaims {
  /** Through which all of them are claimed. */
  readonly channelId: ChannelId;
  readonly stock: readonly { readonly nodeId: string; readonly skuId: string; readonly units: number }[];
  readonly work: readonly { readonly nodeId: string; readonly hourSec: number; readonly sec: number }[];
  readonly pickupIds: readonly string[];
  readonly parcels: readonly { readonly nodeId: string; readonly carrierId: string; readonly day: string }[];
  readonly lanes: readonly { readonly laneId: string; readonly day: string }[];
  readonly rides: readonly Ride[];
}

interface Ride {
  readonly shiftId: string;
  readonly stopId: string;
  readonly weightG: number;
  readonly volumeMl: number;
}

const NO_CLAIMS: HoldClaims = {
  channelId: OWN_SHOP,
  stock: [],
  work: [],
  pickupIds: [],
  parcels: [],
  lanes: [],
  rides: [],
};

/** None of a hold that is confirmed, over and given back or unknown, nor of parts that are picked or wait for a node. */
export async function readClaims(db: Queryable, instead: Instead | undefined): Promise<HoldClaims> {
  if (instead === undefined) return NO_CLAIMS;
  const holds =
    "holdId" in instead
      ? db`select h.id from public.holds h where h.lead_id = ${instead.holdId} and h.state = 'held'`
      : db`select f.hold_id from public.fulfilments f where f.order_id = ${instead.orderId} and f.state = 'to_pick'`;
  const rows = await db<ClaimRow[]>`
    select c.kind, c.hold_id as "holdId", c.units, c.node_id as "nodeId", c.sku_id as "skuId",
      extract(epoch from c.bucket_at)::integer as "hourSec", c.pickup_window_id as "pickupId", c.shift_id as "shiftId",
      c.carrier_id as "carrierId", c.lane_id as "laneId", c.day::text as day, h.channel_id as "channelId"
    from app.open_claims(array(${holds})) c join public.holds h on h.id = c.hold_id`;
  const of = (kind: string) => rows.filter((row) => row.kind === kind);
  return {
    channelId: ChannelId.parse(rows[0]?.channelId ?? OWN_SHOP),
    stock: of("stock").map(({ nodeId, skuId, units }) => ({ nodeId, skuId, units })),
    work: of("work").map(({ nodeId, hourSec, units }) => ({ nodeId, hourSec, sec: units })),
    pickupIds: of("pickup").map(({ pickupId }) => pickupId),
    parcels: of("parcel").map(({ nodeId, carrierId, day }) => ({ nodeId, carrierId, day })),
    lanes: of("lane").map(({ laneId, day }) => ({ laneId, day })),
    rides: of("weight").map(({ shiftId, holdId: stopId, units: weightG }) => {
      const volumeMl = of("volume").find((row) => row.holdId === stopId)?.units ?? 0;
      return { shiftId, stopId, weightG, volumeMl };
    }),
  };
}

interface ClaimRow {
  readonly kind: string;
  readonly holdId: string;
  readonly units: number;
  readonly nodeId: string;
  readonly skuId: string;
  readonly hourSec: number;
  readonly pickupId: string;
  readonly shiftId: string;
  readonly carrierId: string;
  readonly laneId: string;
  readonly day: string;
  readonly channelId: string;
}

/** What a quote or a hold of these lines goes by, with the claims given back. */
export function factsWithout(facts: QuoteFacts, lines: readonly CartLine[], claims: HoldClaims): QuoteFacts {
  if (claims === NO_CLAIMS) return facts;
  const { stock, workOf, pickupsOf, runsOf, laneRunsTo } = facts;
  const unitsOf = (nodeId: string, skuId: string) =>
    claims.stock
      .filter((claim) => claim.nodeId === nodeId && claim.skuId === skuId)
      .reduce((sum, claim) => sum + claim.units, 0);
  return {
    ...facts,
    stock: new Map(
      [...stock].map(([nodeId, units]) => [nodeId, units.map((free, i) => free + unitsOf(nodeId, lines[i]!.skuId))]),
    ),
    workOf(nodeId) {
      const hours = workOf(nodeId);
      const given = claims.work.filter((claim) => claim.nodeId === nodeId);
      if (given.length === 0) return hours;
      // The mirror's own stays as it is: others read it too.
      const freeSec = hours.freeSec.slice();
      const claimedBy = hours.claimedBy.slice();
      for (const { hourSec, sec } of given) {
        const hour = hours.startSec.indexOf(hourSec);
        if (hour < 0) continue;
        freeSec[hour]! += sec;
        claimedBy[hour] = withoutClaimed(claimedBy[hour]!, claims.channelId, sec);
      }
      return { ...hours, freeSec, claimedBy };
    },
    pickupsOf(nodeId) {
      const windows = pickupsOf(nodeId);
      const ours = windows.id.map((id) => (claims.pickupIds.includes(id) ? 1 : 0));
      return {
        ...windows,
        free: windows.free.map((free, w) => free + ours[w]!),
        claimedBy: windows.claimedBy.map((by, w) => withoutClaimed(by, claims.channelId, ours[w]!)),
      };
    },
    runsOf: (nodeId) =>
      runsOf(nodeId).map((run) => {
        const ours = claims.parcels.filter(
          (parcel) => parcel.nodeId === nodeId && parcel.carrierId === run.carrierId && parcel.day === run.day,
        );
        if (ours.length === 0) return run;
        const claimedBy = withoutClaimed(run.claimedBy, claims.channelId, ours.length);
        return { ...run, free: run.free + ours.length, claimedBy };
      }),
    laneRunsTo: (nodeId) =>
      laneRunsTo(nodeId).map((run) => {
        const ours = claims.lanes.filter(({ laneId, day }) => laneId === run.laneId && day === run.day).length;
        if (ours === 0) return run;
        return { ...run, free: run.free + ours, claimedBy: withoutClaimed(run.claimedBy, claims.channelId, ours) };
      }),
  };
}

/** As if these nodes had nothing to promise. */
export function withoutNodes(facts: QuoteFacts, nodeIds: ReadonlySet<string>): QuoteFacts {
  if (nodeIds.size === 0) return facts;
  return { ...facts, stock: new Map([...facts.stock].filter(([nodeId]) => !nodeIds.has(nodeId))) };
}

/** The plans without these stops, each at the version that was read: whoever removes them counts that. */
export function plansWithout(
  fleet: Fleet,
  nodes: readonly NodeRow[],
  loaded: readonly LoadedShift[],
  { rides }: HoldClaims,
): readonly LoadedShift[] {
  if (rides.length === 0) return loaded;
  return loaded.map((shift) => {
    const node = nodes.find(({ id }) => id === shift.nodeId);
    if (!node) return shift;
    // Parts of an order may have come into one van one after the other.
    return rides
      .filter(({ shiftId }) => shiftId === shift.id)
      .reduce((left, ride) => withoutRide(fleet, node, left, ride), shift);
  });
}

function withoutRide(fleet: Fleet, node: NodeRow, shift: LoadedShift, ride: Ride): LoadedShift {
  const position = shift.row.stopIds.indexOf(ride.stopId);
  if (position < 0) return shift;
  const row = withoutStop(fleet, shift, fleet.travel.snap(node.lng, node.lat), position);
  const lighter = { ...row, claimedG: row.claimedG - ride.weightG, claimedMl: row.claimedMl - ride.volumeMl };
  return loadShift(lighter, fleet.travel, fleet.periodAt, fleet.originSec);
}

function withoutStop({ travel }: Fleet, shift: LoadedShift, home: Place | null, position: number): RouteRow {
  const { row, stopPeriod, homePeriod } = shift;
  const next = position + 1;
  const isLast = next === row.stopIds.length;
  const before = position === 0 ? home : placeAt(shift, position - 1);
  const behind = isLast ? home : placeAt(shift, next);
  // By way of the door that falls away, as the database joins them: never wrong, often not the shortest.
  const viaSec = row.legSec[position]! + (isLast ? row.homeLegSec : row.legSec[next]!);
  const viaM = row.legM[position]! + (isLast ? row.homeLegM : row.legM[next]!);
  const direct = before && behind && travel.leg(before, behind, isLast ? homePeriod : stopPeriod[next]!);
  const isShorter = direct && direct.durationSec < viaSec;
  const legSec = isShorter ? direct.durationSec : viaSec;
  const legM = isShorter ? direct.distanceM : viaM;
  const isEmpty = row.stopIds.length === 1;
  const cut = <T>(values: readonly T[]) => values.toSpliced(position, 1);
  const joined = (values: readonly number[], value: number) =>
    isLast ? cut(values) : values.toSpliced(position, 2, value);
  return {
    ...row,
    homeLegSec: isEmpty ? 0 : isLast ? legSec : row.homeLegSec,
    homeLegM: isEmpty ? 0 : isLast ? legM : row.homeLegM,
    stopIds: cut(row.stopIds),
    lng: cut(row.lng),
    lat: cut(row.lat),
    windowStartSec: cut(row.windowStartSec),
    windowEndSec: cut(row.windowEndSec),
    serviceSec: cut(row.serviceSec),
    legSec: joined(row.legSec, legSec),
    legM: joined(row.legM, legM),
    weightG: cut(row.weightG),
    volumeMl: cut(row.volumeMl),
  };
}

function placeAt({ places, row }: LoadedShift, position: number): Place | null {
  const edge = places.edge[position]!;
  if (edge < 0) return null;
  return { lng: row.lng[position]!, lat: row.lat[position]!, offM: 0, edge, along: places.along[position]! };
}
