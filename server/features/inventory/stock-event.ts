import * as z from "zod";
import type { Database } from "#server/db/database.ts";
import { retryDeadlocks } from "#server/db/retry-deadlocks.ts";
import { NodeId, SkuId } from "#server/domain/id.ts";
import { NamedInstant } from "#server/domain/instant.ts";

const MOST_COUNTED = 10_000_000;
const MOST_MOVED = 1_000_000;

/** What a source tells of one level: how much is there, or how much more or less there is. */
export const StockEvent = z
  .strictObject({
    /** The source's own name for it; told again, it has no further effect. */
    eventId: z.string().regex(/^[A-Za-z0-9._:-]{1,80}$/, "must be 1 to 80 letters, digits or . _ : -"),
    /** Rises from event to event of the source about this level. */
    seq: z.int().min(0),
    nodeId: NodeId,
    skuId: SkuId,
    kind: z.enum(["count", "delta"]),
    units: z.int().min(-MOST_COUNTED).max(MOST_COUNTED),
    /** When it was counted or moved. */
    at: NamedInstant,
  })
  .refine(({ kind, units }) => (kind === "count" ? units >= 0 : units !== 0 && Math.abs(units) <= MOST_MOVED), {
    path: ["units"],
    message: `a count is 0 or more; a delta is not 0 and at most ${MOST_MOVED} either way`,
  });
export type StockEvent = z.output<typeof StockEvent>;

/** Sources that are our own: a count of theirs would pass for an import. */
const OUR_SOURCES = new Set(["OPENING", "IMPORT"]);

/** The name of a till system, a warehouse, a counting app. */
export const StockSource = z
  .string()
  .max(32)
  .regex(/^[A-Z0-9](-?[A-Z0-9]){0,31}$/)
  .refine((source) => !OUR_SOURCES.has(source));

/** What became of an event: see app.record_stock_events. */
export const StockOutcome = z.enum([
  "applied",
  "superseded",
  "duplicate",
  "event_id_reused",
  "seq_reused",
  "unknown_node",
  "unknown_sku",
  "in_the_future",
  "busy",
]);
export type StockOutcome = z.output<typeof StockOutcome>;

const MOST_TRIES = 3;

/**
 * Records events of one source in one transaction; answers their outcomes in the same order. Unless `patient`, those about a
 * level that is locked are `busy` and must be told again. Safe to repeat.
 *
 * The commit does not wait for the disk, for the levels are locked meanwhile: {@link flushStockEvents} before anything is
 * acknowledged.
 */
export async function recordStockEvents(
  db: Database,
  source: string,
  events: readonly StockEvent[],
  patient: boolean,
): Promise<StockOutcome[]> {
  const rows = events.map(({ eventId, nodeId, skuId, ...rest }) => ({
    event_id: eventId,
    node_id: nodeId,
    sku_id: skuId,
    ...rest,
  }));
  const outcomes = await retryDeadlocks(
    MOST_TRIES,
    () => db<{ outcome: string }[]>`
      select outcome
      from (select set_config('synchronous_commit', 'off', true)) durability,
        app.record_stock_events(${source}, ${db.json(rows)}, ${patient})
      order by place`,
  );
  return outcomes.map(({ outcome }) => StockOutcome.parse(outcome));
}

/** Resolves once everything recorded before is on disk: commits reach it in their order, and this one waits for it. */
export async function flushStockEvents(db: Database): Promise<void> {
  await db`select pg_logical_emit_message(true, 'kept', 'stock events')`;
}
