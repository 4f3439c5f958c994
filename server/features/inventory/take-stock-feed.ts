import * as z from "zod";
import type { Database } from "#server/db/database.ts";
import { readLines } from "./read-lines.ts";
import { flushStockEvents, recordStockEvents, StockEvent, type StockOutcome } from "./stock-event.ts";

/** As many levels as a large store chain counts overnight; a longer feed is sent in parts. */
export const MAX_FEED_LINES = 50_000;
/**
 * Events to a transaction, which waits for nobody with levels locked. A reservation waits for at most the rest of one, so it
 * is small; each costs a round trip, so it is not one. docs/benchmarks.md has the measurement.
 */
export const BATCH_EVENTS = 25;
const MAX_LINE_CHARS = 1000;
const MAX_LISTED_FAULTS = 100;

export interface FeedFault {
  readonly line: number;
  /** Why the line changed nothing: it cannot be read, or what the database said of it. */
  readonly code: "invalid" | Exclude<StockOutcome, "applied" | "superseded" | "duplicate" | "busy">;
  readonly detail: string;
}

interface FeedEvent {
  readonly line: number;
  readonly event: StockEvent;
}

/** What became of a feed, line by line. */
export interface FeedSummary {
  /** Lines read, without empty ones. */
  lines: number;
  applied: number;
  superseded: number;
  duplicate: number;
  /** Lines that changed nothing because something is wrong with them; the first hundred are listed. */
  refused: number;
  readonly faults: FeedFault[];
  /** There was more than a feed may have: what was read up to here counts, the rest was not read. */
  isTooLong: boolean;
}

/**
 * Takes a feed of stock events, one JSON object a line, as it streams in: small batches, each its own transaction, so that
 * a reservation never waits for more than one of them. A bad line is listed and changes nothing; the lines around it count,
 * for a nightly feed of fifty thousand must not be lost to one. Sent again, it changes nothing more.
 */
export async function takeStockFeed(
  db: Database,
  source: string,
  body: AsyncIterable<Uint8Array>,
): Promise<FeedSummary> {
  const summary: FeedSummary = {
    lines: 0,
    applied: 0,
    superseded: 0,
    duplicate: 0,
    refused: 0,
    faults: [],
    isTooLong: false,
  };
  const refuse = (fault: FeedFault): void => {
    summary.refused++;
    if (summary.faults.length < MAX_LISTED_FAULTS) summary.faults.push(fault);
  };

  let batch: FeedEvent[] = [];
  let busy: FeedEvent[] = [];
  const record = async (told: readonly FeedEvent[], patient: boolean): Promise<void> => {
    if (told.length === 0) return;
    const outcomes = await recordStockEvents(
      db,
      source,
      told.map(({ event }) => event),
      patient,
    );
    outcomes.forEach((outcome, i) => {
      const { line, event } = told[i]!;
      if (outcome === "busy") busy.push(told[i]!);
      else if (outcome === "applied" || outcome === "superseded" || outcome === "duplicate") summary[outcome]++;
      else refuse({ line, code: outcome, detail: detailOf(outcome, event) });
    });
  };

  for await (const { line, text } of readLines(body, MAX_LINE_CHARS)) {
    if (text !== null && text.trim() === "") continue;
    if (summary.lines === MAX_FEED_LINES) {
      summary.isTooLong = true;
      break;
    }
    summary.lines++;
    const read = readEvent(text);
    if (typeof read === "string") refuse({ line, code: "invalid", detail: read });
    else {
      batch.push({ line, event: read });
      if (batch.length < BATCH_EVENTS) continue;
      await record(batch, false);
      // What was busy is told again with the next ones, when its shopper has probably done; where much is, an import is under
      // way, and the feed waits for it with nothing locked.
      while (busy.length > BATCH_EVENTS / 2) await record([busy.shift()!], true);
      batch = busy;
      busy = [];
    }
  }
  await record(batch, false);
  // Alone, an event waits for its level with nothing else locked.
  const patiently = busy;
  busy = [];
  for (const last of patiently) await record([last], true);
  await flushStockEvents(db);
  summary.faults.sort((a, b) => a.line - b.line);
  return summary;
}

/** The event, or what is wrong with the line. */
function readEvent(text: string | null): StockEvent | string {
  if (text === null) return `longer than ${MAX_LINE_CHARS} characters`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  const event = StockEvent.safeParse(value);
  return event.success ? event.data : z.prettifyError(event.error).slice(0, 300);
}

/** The thing that is at fault. */
function detailOf(code: StockOutcome, { nodeId, skuId, eventId, seq, at }: StockEvent): string {
  switch (code) {
    case "unknown_node":
      return nodeId;
    case "unknown_sku":
      return skuId;
    case "seq_reused":
      return String(seq);
    case "in_the_future":
      return at;
    default:
      return eventId;
  }
}
