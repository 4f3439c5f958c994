"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useChanges } from "#components/trpc/use-changes.ts";
import type { CheckResponse } from "#server/domain/offer.ts";
import type { ReasonCode } from "#server/domain/reason.ts";

const CHECK_EVERY_MS = 10_000;
/** So many offers fit one check. */
const MAX_OFFERS = 64;
/** A burst of changes makes one quote, and a busy region no more than one in this time. */
const REQUOTE_AFTER_MS = 800;
const REQUOTE_EVERY_MS = 6_000;

const NOTHING_GONE: ReadonlyMap<string, ReasonCode> = new Map();

/**
 * Watches the offers on the screen while the shopper hesitates: what the edge says is gone comes back with its reason.
 *
 * It asks every ten seconds, when the tab is looked at again, and whenever the region's capacity has changed. The edge
 * can only close windows; `onStale` asks for a new quote when offers have run out, or when capacity has changed while
 * something was closed, because it may be open again.
 */
export function useOfferWatch({
  regionId,
  offers,
  hasClosed,
  onStale,
}: {
  regionId: string;
  offers: readonly string[];
  hasClosed: boolean;
  onStale: () => void;
}): ReadonlyMap<string, ReasonCode> {
  const [gone, setGone] = useState(NOTHING_GONE);
  const snapshotVersion = useRef<number | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const quotedAt = useRef(0);
  const stale = useEffectEvent(onStale);

  const requote = useEffectEvent((afterMs: number) => {
    if (timer.current !== undefined) return;
    const wait = Math.max(afterMs, quotedAt.current + REQUOTE_EVERY_MS - Date.now());
    timer.current = setTimeout(() => {
      timer.current = undefined;
      quotedAt.current = Date.now();
      stale();
    }, wait);
  });

  const check = useEffectEvent(async (signal: AbortSignal) => {
    if (document.visibilityState !== "visible") return;
    const asked = offers.slice(0, MAX_OFFERS);
    if (asked.length === 0) return;
    const answer = await checkOffers(asked, signal);
    if (!answer) return;
    const lost = asked.flatMap((offer, place): [string, ReasonCode][] => {
      const verdict = answer.verdicts[place];
      return verdict?.status === "gone" ? [[offer, verdict.reason]] : [];
    });
    setGone((known) => merged(known, asked, lost));
    if (answer.verdicts.some(({ status }) => status === "expired" || status === "invalid")) requote(0);
    const version = answer.snapshot?.version ?? null;
    const moved = version !== null && snapshotVersion.current !== null && version !== snapshotVersion.current;
    snapshotVersion.current = version ?? snapshotVersion.current;
    if (moved && (hasClosed || lost.length > 0)) requote(REQUOTE_AFTER_MS);
  });

  const running = useRef<AbortController>(undefined);
  const checkNow = useEffectEvent(() => {
    running.current?.abort();
    running.current = new AbortController();
    void check(running.current.signal);
  });

  const shown = offers.join();
  useEffect(() => {
    void shown;
    checkNow();
    const every = setInterval(checkNow, CHECK_EVERY_MS);
    const seen = () => checkNow();
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("focus", seen);
    return () => {
      clearInterval(every);
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("focus", seen);
      running.current?.abort();
    };
  }, [shown]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const heard = useRef(false);
  useChanges(`windows:${regionId}`, () => {
    // The first word only says that we are listening now; what is on the screen was quoted a moment ago.
    const first = !heard.current;
    heard.current = true;
    checkNow();
    if (!first && hasClosed) requote(REQUOTE_AFTER_MS);
  });

  return gone;
}

/** Verdicts replace what was known of the same offers; of others it stays. */
function merged(
  known: ReadonlyMap<string, ReasonCode>,
  asked: readonly string[],
  lost: readonly [string, ReasonCode][],
): ReadonlyMap<string, ReasonCode> {
  const next = new Map(known);
  for (const offer of asked) next.delete(offer);
  for (const [offer, reason] of lost) next.set(offer, reason);
  const same = next.size === known.size && [...next].every(([offer, reason]) => known.get(offer) === reason);
  return same ? known : next;
}

/** Null when the edge gave no answer: the picker goes on with what it has, the hold will say. */
async function checkOffers(offers: readonly string[], signal: AbortSignal): Promise<CheckResponse | null> {
  try {
    const response = await fetch("/api/promise/check", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ offers }),
      signal,
    });
    return response.ok ? ((await response.json()) as CheckResponse) : null;
  } catch {
    return null;
  }
}
