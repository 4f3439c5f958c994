import type { Queryable } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import type { ChannelId } from "#server/domain/channel.ts";
import { type CutOffs, cutOffsOf } from "./cut-offs.ts";
import {
  type NetworkMirror,
  type PickupWindows,
  type PlannedShifts,
  UNREAD,
  type WorkColumns,
} from "./network-mirror.ts";
import {
  type LaneRunRow,
  type NodeRow,
  type QuoteFactsRow,
  type RunRow,
  readQuoteFacts,
  type SkuRow,
  skusInOrder,
} from "./queries.ts";

/** All that a quote has to know of a cart's region, no older than one moment of the database. */
export interface QuoteFacts
  extends Pick<QuoteFactsRow, "region" | "nowSec" | "nodeIds" | "rules" | "shares" | "windows"> {
  /** All nodes of the region, in the order of their ids; the same object while nothing of them has changed. */
  readonly nodes: readonly NodeRow[];
  /** Of the lines, in their order. */
  readonly skus: readonly SkuRow[];
  readonly cutOffs: CutOffs;
  /** By node that takes orders: the units that it could promise of each line. */
  readonly stock: ReadonlyMap<string, Int32Array>;
  /** What a node picks and can still pick, by hour; some of the hours are past. */
  workOf(nodeId: string): WorkColumns;
  pickupsOf(nodeId: string): PickupWindows;
  /** Runs of carriers, some of which have just left. */
  runsOf(nodeId: string): readonly RunRow[];
  /** Runs of lanes to a node, some of which have just left. */
  laneRunsTo(nodeId: string): readonly LaneRunRow[];
  /** Planned shifts of the nodes that take orders, and have not left, and the version of each one's plan. */
  readonly shifts: PlannedShifts;
}

/**
 * Reads what changed since the mirror last did, and what the channel could be promised of the goods, in one round trip.
 * Faults: not-found (region or SKU).
 */
export async function readFacts(
  db: Queryable,
  mirror: NetworkMirror,
  regionId: string,
  lines: readonly CartLine[],
  channelId?: ChannelId,
): Promise<QuoteFacts> {
  const read = await readRegionFacts(db, mirror, regionId, skuIdsOf(lines), channelId);
  return factsOf(read, mirror, lines);
}

/** What one statement says of a region, and of some goods for a channel. */
export interface RegionFacts {
  readonly row: QuoteFactsRow;
  readonly stock: ReadonlyMap<string, StockOfSku>;
}

/** The nodes that have some of a SKU, by their place among those that take orders, and the units that each could promise. */
interface StockOfSku {
  readonly places: readonly number[];
  readonly units: readonly number[];
}

/** Brings the mirror up to date as well. Faults: not-found (region). */
export async function readRegionFacts(
  db: Queryable,
  mirror: NetworkMirror,
  regionId: string,
  skuIds: readonly string[],
  channelId?: ChannelId,
): Promise<RegionFacts> {
  let since = mirror.asOf;
  let row = await readQuoteFacts(db, regionId, skuIds, since, channelId, mirror.nodes);
  if (since !== UNREAD && !mirror.covers(row.nowSec)) {
    since = UNREAD;
    row = await readQuoteFacts(db, regionId, skuIds, since, channelId, mirror.nodes);
  }
  mirror.absorb(row.changes, since, row.nowSec);
  mirror.nodes = row.nodes;
  return { row, stock: stockBySku(row) };
}

/** What a reading, of these goods at least, says for a cart. Faults: not-found (SKU). */
export function factsOf({ row, stock }: RegionFacts, mirror: NetworkMirror, lines: readonly CartLine[]): QuoteFacts {
  const { region, nowSec, nodeIds, rules, shares, windows } = row;
  const skuIds = skuIdsOf(lines);
  return {
    region,
    nodes: row.nodes.rows,
    skus: skusInOrder(skuIds, row.skus),
    nowSec,
    nodeIds,
    stock: stockByNode(nodeIds, stock, skuIds),
    rules,
    shares,
    windows,
    cutOffs: cutOffsOf(row),
    workOf: mirror.workOf,
    pickupsOf: (nodeId) => mirror.pickupsOf(nodeId, nowSec),
    runsOf: (nodeId) => mirror.runsOf(nodeId, nowSec),
    laneRunsTo: (nodeId) => mirror.laneRunsTo(nodeId, nowSec),
    shifts: mirror.plannedShifts(nodeIds, nowSec),
  };
}

function skuIdsOf(lines: readonly CartLine[]): string[] {
  return lines.map((line) => line.skuId);
}

function stockBySku({ nodeIds, stock }: QuoteFactsRow): ReadonlyMap<string, StockOfSku> {
  const placeOf = new Map(nodeIds.map((id, place) => [id, place]));
  const bySku = new Map<string, { places: number[]; units: number[] }>();
  for (const [i, skuId] of stock.skuId.entries()) {
    let ofSku = bySku.get(skuId);
    if (!ofSku) {
      ofSku = { places: [], units: [] };
      bySku.set(skuId, ofSku);
    }
    ofSku.places.push(placeOf.get(stock.nodeId[i]!)!);
    ofSku.units.push(stock.units[i]!);
  }
  return bySku;
}

function stockByNode(
  nodeIds: readonly string[],
  stock: ReadonlyMap<string, StockOfSku>,
  skuIds: readonly string[],
): ReadonlyMap<string, Int32Array> {
  const rows = nodeIds.map(() => new Int32Array(skuIds.length));
  for (const [line, skuId] of skuIds.entries()) {
    const { places, units } = stock.get(skuId) ?? NONE;
    for (let i = 0; i < places.length; i++) rows[places[i]!]![line] = units[i]!;
  }
  return new Map(nodeIds.map((id, place) => [id, rows[place]!]));
}

const NONE: StockOfSku = { places: [], units: [] };
