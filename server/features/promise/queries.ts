import type { Queryable } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { type ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import type { ChannelShares } from "#server/domain/channel-shares.ts";
import { Fault } from "#server/domain/fault.ts";
import type { SourcingRules } from "#server/domain/sourcing-rules.ts";

export interface RegionRow {
  readonly id: string;
  readonly timeZone: string;
  readonly currency: string;
  /** What one floor takes by the stairs, and all of them with a lift, each time a driver goes up. */
  readonly stairsSec: number;
  readonly liftSec: number;
}

export interface NodeRow {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly lng: number;
  readonly lat: number;
  readonly offersPickup: boolean;
  readonly paused: boolean;
  readonly pickSetupSec: number;
  readonly pickLineSec: number;
  readonly pickUnitSec: number;
  readonly handoverSec: number;
  readonly handlingCents: number;
  readonly pickHourCents: number;
  /** Of its service area: see service-areas.ts. Null where there is no such limit, or no area at all. */
  readonly mostDriveSec: number | null;
  readonly areaRevision: string | null;
}

export interface SkuRow {
  readonly id: string;
  readonly name: string;
  readonly priceCents: number;
  readonly weightG: number;
  readonly volumeMl: number;
  readonly temperature: "ambient" | "chilled" | "frozen";
  /** Goods that name the same come from one node. */
  readonly keptWith: string | null;
}

/** By channel other than the own shop: what it has of a claimed amount. Null: they have none of it. */
export type ClaimedBy = Readonly<Record<string, number>> | null;

/** Rows that have changed since a former reading, as parallel arrays; instants in epoch seconds. See app.read_quote_facts. */
export interface NetworkChanges {
  /** Give it back to read only what changes from here on. */
  readonly asOf: string;
  readonly hours: {
    readonly nodeId: readonly string[];
    readonly startSec: readonly number[];
    readonly limitSec: readonly number[];
    readonly freeSec: readonly number[];
    readonly claimedBy: readonly ClaimedBy[];
    readonly revision: readonly number[];
  };
  readonly pickups: {
    readonly id: readonly string[];
    readonly nodeId: readonly string[];
    readonly startSec: readonly number[];
    readonly endSec: readonly number[];
    readonly free: readonly number[];
    readonly limit: readonly number[];
    readonly claimedBy: readonly ClaimedBy[];
    readonly priceCents: readonly number[];
    readonly closed: readonly boolean[];
    readonly orderBySec: readonly (number | null)[];
    readonly revision: readonly number[];
  };
  readonly shifts: {
    readonly id: readonly string[];
    readonly nodeId: readonly string[];
    readonly startSec: readonly number[];
    readonly version: readonly number[];
    readonly planned: readonly boolean[];
    readonly revision: readonly number[];
  };
  readonly runs: { readonly [Column in keyof RunRow]: readonly RunRow[Column][] };
  readonly laneRuns: { readonly [Column in keyof LaneRunRow]: readonly LaneRunRow[Column][] };
}

/** A run of a lane to a node, with the lane's terms. Instants in epoch seconds. See public.lane_runs. */
export interface LaneRunRow {
  readonly laneId: string;
  /** When it leaves: "2026-11-22". */
  readonly day: string;
  readonly fromNodeId: string;
  /** To which it goes. */
  readonly nodeId: string;
  /** When it leaves, when it arrives, and from when on what it brought can be collected. */
  readonly startSec: number;
  readonly arrivesSec: number;
  readonly readySec: number;
  readonly baseCents: number;
  readonly kgCents: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly free: number;
  readonly limit: number;
  readonly claimedBy: ClaimedBy;
  readonly closed: boolean;
  readonly revision: number;
}

/** A run of a carrier from a node, with the carrier's terms. Instants in epoch seconds. See public.carrier_days. */
export interface RunRow {
  readonly closed: boolean;
  /** Until when by the rule of its node or region; null: until it leaves. */
  readonly orderBySec: number | null;
  readonly nodeId: string;
  readonly carrierId: string;
  /** The carrier's name. */
  readonly carrier: string;
  /** When it fetches, "2026-11-22", and until when on that day. */
  readonly day: string;
  readonly leavesSec: number;
  /** When it brings, and between which hours. */
  readonly arrivesOn: string;
  readonly startSec: number;
  readonly endSec: number;
  readonly baseCents: number;
  readonly kgCents: number;
  /** What the shopper pays; null: what the carrier takes. */
  readonly priceCents: number | null;
  readonly limitG: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly free: number;
  readonly limit: number;
  readonly claimedBy: ClaimedBy;
  readonly revision: number;
}

/** The nodes of a region in the order of their ids, and by what one knows whether they still are as they were: see app.nodes_version. */
export interface NodesRead {
  readonly version: string;
  readonly rows: readonly NodeRow[];
}

/** One answer of app.read_quote_facts, with the region, its nodes, the goods and their stock as the same statement sees them. */
export interface QuoteFactsRow {
  readonly region: RegionRow;
  readonly nodes: NodesRead;
  /** In any order; of a SKU that there is not, none. */
  readonly skus: readonly SkuRow[];
  readonly nowSec: number;
  /** The nodes that take orders. */
  readonly nodeIds: readonly string[];
  /** Of their levels of the SKUs asked for, the units that could be promised: see app.read_stock. */
  readonly stock: {
    readonly nodeId: readonly string[];
    readonly skuId: readonly string[];
    readonly units: readonly number[];
  };
  readonly rules: SourcingRules;
  /** Of the channel that asks; null: it has none. */
  readonly shares: ChannelShares | null;
  readonly windows: {
    readonly startSec: readonly number[];
    readonly endSec: readonly number[];
    readonly priceCents: readonly number[];
    /** Until when by the region's rule; null: always. */
    readonly orderBySec: readonly (number | null)[];
  };
  /** Of windows that a node cuts off at an instant of its own. Parallel arrays. */
  readonly cutOffs: {
    readonly nodeId: readonly string[];
    readonly startSec: readonly number[];
    readonly endSec: readonly number[];
    readonly orderBySec: readonly number[];
  };
  readonly changes: NetworkChanges;
}

export async function readRegion(db: Queryable, regionId: string): Promise<RegionRow> {
  const [row] = await db<RegionRow[]>`select ${regionColumns(db)} from public.regions where id = ${regionId}`;
  if (!row) throw new Fault("not-found", regionId);
  return row;
}

export function readNodes(db: Queryable, regionId: string): Promise<NodeRow[]> {
  return db<NodeRow[]>`select ${nodeColumns(db)} ${nodesOf(db, regionId)} order by id`;
}

const regionColumns = (db: Queryable) => db`
  id, time_zone as "timeZone", currency, stairs_sec as "stairsSec", lift_sec as "liftSec"`;

const skuColumns = (db: Queryable) => db`
  id, name, price_cents as "priceCents", weight_g as "weightG", volume_ml as "volumeMl", temperature, kept_with as "keptWith"`;

const nodeColumns = (db: Queryable) => db`
  id, name, address, lng, lat, offers_pickup as "offersPickup", paused_at is not null as paused,
  pick_setup_sec as "pickSetupSec", pick_line_sec as "pickLineSec", pick_unit_sec as "pickUnitSec",
  handover_sec as "handoverSec", handling_cents as "handlingCents", pick_hour_cents as "pickHourCents",
  a.most_drive_sec as "mostDriveSec", a.revision::text as "areaRevision"`;

const nodesOf = (db: Queryable, regionId: string) => db`
  from public.nodes left join public.service_areas a on a.node_id = id where region_id = ${regionId}`;

/** The goods of a cart, in the order of its lines. Faults: not-found, naming the SKU. */
export async function readSkus(db: Queryable, lines: readonly CartLine[]): Promise<SkuRow[]> {
  const ids = lines.map((line) => line.skuId);
  return skusInOrder(ids, await db<SkuRow[]>`select ${skuColumns(db)} from public.skus where id = any (${ids})`);
}

/** One row for each id. Faults: not-found, naming the SKU. */
export function skusInOrder(ids: readonly string[], rows: readonly SkuRow[]): SkuRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row) throw new Fault("not-found", id);
    return row;
  });
}

/** What one snapshot of the database says about region, nodes and goods, and what has changed in the network since `asOf`; the nodes only where they are others than `known`. Faults: not-found (the region). */
export async function readQuoteFacts(
  db: Queryable,
  regionId: string,
  skuIds: readonly string[],
  asOf: string,
  channelId: ChannelId = OWN_SHOP,
  known?: NodesRead,
): Promise<QuoteFactsRow> {
  type Read = Omit<QuoteFactsRow, "stock" | "region" | "nodes" | "skus">;
  const [row] = await db<
    {
      facts: Read;
      stock: QuoteFactsRow["stock"];
      region: RegionRow | null;
      version: string;
      nodes: NodeRow[] | null;
      skus: SkuRow[];
    }[]
  >`
    select app.read_quote_facts(${regionId}, ${asOf}::xid8, ${channelId}) as facts,
      app.read_stock(${regionId}, ${skuIds as string[]}::text[], ${channelId}) as stock,
      (select to_json(r) from (select ${regionColumns(db)} from public.regions where id = ${regionId}) r) as region,
      v.version, case when v.version is distinct from ${known?.version ?? null}::text then (
        select coalesce(json_agg(n order by n.id), '[]') from (select ${nodeColumns(db)} ${nodesOf(db, regionId)}) n
      ) end as nodes,
      (select coalesce(json_agg(s), '[]') from (select ${skuColumns(db)} from public.skus where id = any (${skuIds as string[]})) s) as skus
    from app.nodes_version(${regionId}) v (version)`;
  if (!row?.region) throw new Fault("not-found", regionId);
  const nodes = row.nodes === null ? known! : { version: row.version, rows: row.nodes };
  return { ...row.facts, stock: row.stock, region: row.region, nodes, skus: row.skus };
}

/** A shift with its route, as one statement sees both: version and stops belong together. Instants in epoch seconds. */
export interface RouteRow {
  readonly id: string;
  readonly nodeId: string;
  readonly version: number;
  readonly startSec: number;
  readonly endSec: number;
  readonly limitG: number;
  readonly limitMl: number;
  readonly claimedG: number;
  readonly claimedMl: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly kmCents: number;
  readonly hourCents: number;
  readonly homeLegSec: number;
  readonly homeLegM: number;
  readonly stopIds: readonly string[];
  readonly lng: readonly number[];
  readonly lat: readonly number[];
  readonly windowStartSec: readonly number[];
  readonly windowEndSec: readonly number[];
  readonly serviceSec: readonly number[];
  readonly legSec: readonly number[];
  readonly legM: readonly number[];
  readonly weightG: readonly number[];
  readonly volumeMl: readonly number[];
}

export function readRoutes(db: Queryable, shiftIds: readonly string[]): Promise<RouteRow[]> {
  return db<RouteRow[]>`
    select s.id, s.node_id as "nodeId", s.plan_version as version,
      extract(epoch from s.starts_at)::integer as "startSec", extract(epoch from s.ends_at)::integer as "endSec",
      s.limit_weight_g as "limitG", s.limit_volume_ml as "limitMl", s.claimed_weight_g as "claimedG", s.claimed_volume_ml as "claimedMl",
      v.carries_chilled as "carriesChilled", v.carries_frozen as "carriesFrozen", v.km_cents as "kmCents", v.hour_cents as "hourCents",
      s.return_leg_sec as "homeLegSec", s.return_leg_m as "homeLegM",
      r.ids as "stopIds", r.lng, r.lat, r.window_start as "windowStartSec", r.window_end as "windowEndSec",
      r.service as "serviceSec", r.leg_sec as "legSec", r.leg_m as "legM", r.weight_g as "weightG", r.volume_ml as "volumeMl"
    from public.shifts s
    join public.vehicles v on v.id = s.vehicle_id
    cross join lateral (
      select coalesce(array_agg(t.id order by t.position), '{}') as ids,
        coalesce(array_agg(t.lng order by t.position), '{}') as lng,
        coalesce(array_agg(t.lat order by t.position), '{}') as lat,
        coalesce(array_agg(extract(epoch from t.window_starts_at)::integer order by t.position), '{}') as window_start,
        coalesce(array_agg(extract(epoch from t.window_ends_at)::integer order by t.position), '{}') as window_end,
        coalesce(array_agg(t.service_sec order by t.position), '{}') as service,
        coalesce(array_agg(t.leg_sec order by t.position), '{}') as leg_sec,
        coalesce(array_agg(t.leg_m order by t.position), '{}') as leg_m,
        coalesce(array_agg(t.weight_g order by t.position), '{}') as weight_g,
        coalesce(array_agg(t.volume_ml order by t.position), '{}') as volume_ml
      from public.stops t where t.shift_id = s.id
    ) r
    where s.id = any (${shiftIds as string[]})`;
}

/** Windows to come that a day of the calendar closes; epoch seconds. */
export function readClosedWindows(db: Queryable, regionId: string): Promise<{ startSec: number; endSec: number }[]> {
  return db<{ startSec: number; endSec: number }[]>`
    select extract(epoch from starts_at)::integer as "startSec", extract(epoch from ends_at)::integer as "endSec"
    from public.windows where region_id = ${regionId} and closed and ends_at > app.now() order by starts_at, ends_at`;
}

/** By shift: what its vehicle is called. */
export async function readVehicleNames(
  db: Queryable,
  shiftIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db<{ id: string; name: string }[]>`
    select s.id, v.name from public.shifts s join public.vehicles v on v.id = s.vehicle_id where s.id = any (${shiftIds as string[]})`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
