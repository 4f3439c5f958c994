import type { Queryable } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { type NetworkMirror, type PickupWindows, UNREAD, type WorkColumns } from "./network-mirror.ts";
import { type QuoteFactsRow, readQuoteFacts } from "./queries.ts";

/** All that a quote has to know of a cart's region, no older than one moment of the database. */
export interface QuoteFacts extends Pick<QuoteFactsRow, "nowSec" | "nodeIds" | "windows"> {
  /** What a node can still pick, by hour; some of the hours are past. */
  workOf(nodeId: string): WorkColumns;
  pickupsOf(nodeId: string): PickupWindows;
  /** Planned shifts of the nodes with the cart that have not left, and the version of each one's plan. */
  readonly shifts: { readonly id: readonly string[]; readonly version: readonly number[] };
}

/** Reads what changed since the mirror last did, in one round trip. */
export async function readFacts(
  db: Queryable,
  mirror: NetworkMirror,
  regionId: string,
  lines: readonly CartLine[],
): Promise<QuoteFacts> {
  let since = mirror.asOf;
  let row = await readQuoteFacts(db, regionId, lines, since);
  if (since !== UNREAD && !mirror.covers(row.nowSec)) {
    since = UNREAD;
    row = await readQuoteFacts(db, regionId, lines, since);
  }
  mirror.absorb(row.changes, since, row.nowSec);
  const { nowSec, nodeIds, windows } = row;
  return {
    nowSec,
    nodeIds,
    windows,
    workOf: mirror.workOf,
    pickupsOf: (nodeId) => mirror.pickupsOf(nodeId, nowSec),
    shifts: mirror.plannedShifts(nodeIds, nowSec),
  };
}
