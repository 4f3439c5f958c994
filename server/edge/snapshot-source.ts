import * as z from "zod";
import { EdgeSnapshotBody } from "../domain/edge-snapshot.ts";

export interface Snapshot {
  readonly version: number;
  /** When it was built, in milliseconds of the platform's time. */
  readonly builtAtMs: number;
  readonly body: EdgeSnapshotBody;
}

/** Keeps the runtime alive for work that goes on after the answer: a Worker's `waitUntil`. */
export type KeepAlive = (work: Promise<unknown>) => void;

/** The newest snapshot of a region that is known without waiting long, or undefined. Never rejects. */
export type ReadSnapshot = (regionId: string, keepAlive?: KeepAlive) => Promise<Snapshot | undefined>;

export interface SnapshotSourceOptions {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  readonly nowMs?: () => number;
}

/** Younger than this, a snapshot is used as it is. */
const FRESH_MS = 300;
/** Younger than this it is used, and read again behind the answer. Older: the process was idle, so the answer waits. */
const USABLE_MS = 1_000;
const TIMEOUT_MS = 2_000;
/** After a failure nobody asks for this long, and nobody waits for the next answers either. */
const RETRY_MS = 1_000;
const USABLE_AFTER_FAILURE_MS = 5_000;
/** How often a request looks whether what another one reads has come. */
const LOOK_MS = 10;

const Rows = z.array(z.object({ version: z.int(), built_at: z.string(), body: EdgeSnapshotBody })).max(1);

/** What was read last, and from when on it is read again behind the answer and before it. */
interface Known {
  readonly snapshot: Snapshot | undefined;
  readonly refreshAtMs: number;
  readonly waitAtMs: number;
}

/**
 * Reads snapshots through the Data API, so that a check in the common case waits for no network.
 *
 * A Data API that does not answer costs one request its patience (2 s); the next ones go on with what is known, whose
 * age then says how far to trust it. So do those that come while one reads, unless nothing is known or the isolate was idle.
 *
 * Requests share what was read, never the promise of it: a Worker's runtime ends a request that waits for what another one has begun.
 */
export function createSnapshotSource(options: SnapshotSourceOptions): ReadSnapshot {
  const { nowMs = Date.now } = options;
  const cache = new Map<string, Known>();
  /** By region that is being read: until when at the longest, for whoever reads may be gone. */
  const underWayUntil = new Map<string, number>();
  const isUnderWay = (regionId: string) => (underWayUntil.get(regionId) ?? 0) > nowMs();

  function load(regionId: string, keepAlive?: KeepAlive): Promise<Snapshot | undefined> {
    const known = cache.get(regionId)?.snapshot;
    const loading = fetchSnapshot(options, regionId, known)
      .then(
        (snapshot) => ({ snapshot, restMs: FRESH_MS, usableMs: USABLE_MS }),
        () => ({ snapshot: known, restMs: RETRY_MS, usableMs: USABLE_AFTER_FAILURE_MS }),
      )
      .then(({ snapshot, restMs, usableMs }) => {
        const now = nowMs();
        cache.set(regionId, { snapshot, refreshAtMs: now + restMs, waitAtMs: now + usableMs });
        underWayUntil.delete(regionId);
        return snapshot;
      });
    underWayUntil.set(regionId, nowMs() + TIMEOUT_MS);
    // Even when somebody waits for it: a Worker ends the requests of a client that hangs up, and others want it too.
    keepAlive?.(loading);
    return loading;
  }

  /** Waits for what another request reads; reads for itself where that one has died. */
  async function waitFor(regionId: string, keepAlive?: KeepAlive): Promise<Snapshot | undefined> {
    while (underWayUntil.has(regionId)) {
      if (!isUnderWay(regionId)) return load(regionId, keepAlive);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return cache.get(regionId)?.snapshot;
  }

  return async (regionId, keepAlive) => {
    const known = cache.get(regionId);
    const now = nowMs();
    if (known && now < known.refreshAtMs) return known.snapshot;
    const isRead = isUnderWay(regionId);
    if (known && now < known.waitAtMs + (isRead ? TIMEOUT_MS : 0)) {
      if (!isRead) void load(regionId, keepAlive);
      return known.snapshot;
    }
    return isRead ? waitFor(regionId, keepAlive) : load(regionId, keepAlive);
  };
}

async function fetchSnapshot(
  { supabaseUrl, publishableKey }: SnapshotSourceOptions,
  regionId: string,
  known: Snapshot | undefined,
): Promise<Snapshot | undefined> {
  const url = new URL("/rest/v1/edge_snapshots", supabaseUrl);
  url.searchParams.set("select", "version,built_at,body");
  url.searchParams.set("region_id", `eq.${regionId}`);
  // What is known already is not sent again: a snapshot is some 150 kB, and changes less often than it is asked for.
  if (known) url.searchParams.set("version", `neq.${known.version}`);
  const answer = await fetch(url, { headers: { apikey: publishableKey }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok) throw new Error(`the Data API answered ${answer.status}`);
  const [row] = Rows.parse(await answer.json());
  return row ? { version: row.version, builtAtMs: Date.parse(row.built_at), body: row.body } : known;
}
