import type * as z from "zod";
import { FAULTS } from "../domain/fault.ts";
import { instant } from "../domain/instant.ts";
import {
  CheckRequest,
  type CheckResponse,
  MAX_OFFERS_PER_CHECK,
  type OfferClaims,
  type OfferVerdict,
} from "../domain/offer.ts";
import { readText } from "../domain/read-text.ts";
import { alternativesTo, judgeOffer } from "./judge-offer.ts";
import type { ReadOffer } from "./offer-token.ts";
import type { KeepAlive, ReadSnapshot, Snapshot } from "./snapshot-source.ts";

export interface PromiseCheckOptions {
  readonly readOffer: ReadOffer;
  readonly readSnapshot: ReadSnapshot;
  /** Wall clock; a snapshot says how far the platform's time runs ahead of it. */
  readonly nowMs?: () => number;
}

/** An older snapshot says too little about now. */
export const MAX_SNAPSHOT_AGE_MS = 60_000;

/** As many offers of the longest kind as a request may name, and the JSON around them. */
const MAX_BODY_BYTES = MAX_OFFERS_PER_CHECK * 2052 + 64;

/**
 * Whether offers are still good: POST a CheckRequest, receive a CheckResponse. Advisory, because the hold decides.
 *
 * Stands on Web APIs alone, so it runs wherever a `Request` does. Refusals carry `{ code, sentence, fields }`: 400 for
 * input that is not a CheckRequest, 405 for another method, 413 for a body that is too long.
 */
export function createPromiseCheck({ readOffer, readSnapshot, nowMs = Date.now }: PromiseCheckOptions) {
  return async (request: Request, keepAlive?: KeepAlive): Promise<Response> => {
    if (request.method !== "POST") return refuse(405, [], { allow: "POST" });
    const text = await readText(request, MAX_BODY_BYTES);
    if (text === undefined) return refuse(413);
    const input = CheckRequest.safeParse(parseJson(text));
    if (!input.success) return refuse(400, input.error.issues);
    // Nobody may store the answer to a POST that does not ask for it, and to say so again takes workerd longer than to judge the offers.
    return Response.json(await checkOffers(input.data.offers, keepAlive));
  };

  async function checkOffers(tokens: readonly string[], keepAlive?: KeepAlive): Promise<CheckResponse> {
    const offers = await Promise.all(tokens.map(readOffer));
    const regions = new Set(offers.flatMap((offer) => (offer ? [offer.rgn] : [])));
    const known = await Promise.all(
      [...regions].map(async (region) => [region, await readSnapshot(region, keepAlive)] as const),
    );
    const snapshots = new Map(known);
    // Read after whatever was waited for, and once: the verdicts of an answer belong to one instant.
    const now = nowMs();
    const verdicts = offers.map((offer) => verdictOn(offer, offer && snapshots.get(offer.rgn), now));
    const newest = known.flatMap(([, snapshot]) => snapshot ?? []).sort((a, b) => ageMs(a, now) - ageMs(b, now))[0];
    return { verdicts, snapshot: newest ? { version: newest.version, ageMs: ageMs(newest, now) } : null };
  }
}

function verdictOn(offer: OfferClaims | undefined, snapshot: Snapshot | undefined, nowMs: number): OfferVerdict {
  if (!offer) return { status: "invalid" };
  const nowSec = Math.floor(nowMs / 1000) + (snapshot?.body.clockShiftSec ?? 0);
  if (offer.exp <= nowSec) return { status: "expired" };
  if (!snapshot || ageMs(snapshot, nowMs) > MAX_SNAPSHOT_AGE_MS) return { status: "unsure" };
  const verdict = judgeOffer(offer, snapshot.body, nowSec);
  if (verdict.status !== "gone") return verdict;
  if (mayPrecede(snapshot, offer)) return { status: "unsure" };
  const alternatives = alternativesTo(offer, snapshot.body, nowSec);
  return {
    ...verdict,
    alternatives: alternatives.map(({ start, end }) => ({ startsAt: instant(start), endsAt: instant(end) })),
  };
}

/**
 * Whether the snapshot may show what was before the offer was made: then the offer knows better, for capacity that came
 * back in between is in the offer and not yet in the snapshot. An offer's instant is cut to the second and a snapshot's is
 * rounded to it, so only the second after the next one is later for certain.
 */
function mayPrecede({ body }: Snapshot, offer: OfferClaims): boolean {
  return body.builtAt <= offer.iat + 1;
}

function ageMs(snapshot: Snapshot, nowMs: number): number {
  return Math.max(0, nowMs + snapshot.body.clockShiftSec * 1000 - snapshot.builtAtMs);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(
  status: 400 | 405 | 413,
  issues: readonly z.core.$ZodIssue[] = [],
  headers: HeadersInit = {},
): Response {
  const fields = issues.slice(0, 20).map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const problem = { code: "invalid-request", sentence: FAULTS["invalid-request"].sentence, fields };
  return Response.json(problem, { status, headers: { "cache-control": "no-store", ...headers } });
}
