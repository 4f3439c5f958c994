import { asCaller, type Database, type DatabaseCaller } from "#server/db/database.ts";
import { FAULTS, type FaultCode } from "#server/domain/fault.ts";
import { problemOf, problemResponse } from "#server/domain/problem.ts";
import { StockSource } from "./stock-event.ts";
import { MAX_FEED_LINES, takeStockFeed } from "./take-stock-feed.ts";

/**
 * A bulk feed of stock: POST `?source=NAME` with one event a line (application/x-ndjson), as ops. Answers a FeedSummary: 200,
 * or 413 when the feed has more lines than it may, of which the first then count. docs/stock-feed.md is for integrators.
 */
export async function answerStockFeed(
  request: Request,
  { db, caller }: { readonly db: Database; readonly caller: DatabaseCaller | null },
): Promise<Response> {
  if (!caller) return refusal("not-signed-in", "send a bearer token of an account with the role ops");
  const [staff] = await asCaller(db, caller, (tx) => tx<{ role: string | null }[]>`select app.staff_role() as role`);
  if (staff?.role !== "ops") return refusal("forbidden", "a feed needs the role ops");
  const source = StockSource.safeParse(new URL(request.url).searchParams.get("source"));
  if (!source.success)
    return refusal("invalid-request", "source must be a code of capitals, digits and hyphens that is not one of ours");
  if (!/^application\/(x-ndjson|jsonl)\b/.test(request.headers.get("content-type") ?? ""))
    return refusal("invalid-request", "the body must be application/x-ndjson: one event a line", 415);
  if (!request.body) return refusal("invalid-request", "the body is empty");

  const { isTooLong, ...summary } = await takeStockFeed(db, source.data, request.body);
  if (!isTooLong) return Response.json(summary, { headers: NO_STORE });
  const detail = `a feed has at most ${MAX_FEED_LINES} lines; those count, send the rest as another`;
  return refusal("invalid-request", detail, 413, summary);
}

const NO_STORE = { "Cache-Control": "no-store" };

function refusal(
  code: FaultCode,
  detail: string,
  status: number = FAULTS[code].httpStatus,
  more: object = {},
): Response {
  return problemResponse({ ...problemOf(code, detail), status, ...more });
}
