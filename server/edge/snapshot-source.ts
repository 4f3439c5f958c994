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

const Rows = z.array(z.object({ version: z.int(), built_at: z.string(), body: EdgeSnapshotBody })).max(1);

/**
 * Reads snapshots through the Data API, so that a check in the common case waits for no network.
 *
 * A Data API that does not answer costs one request its patience (2 s); the next ones go on with what is known, whose
 * age then says how far to trust it.
 */
export function createSnapshotSource(options: SnapshotSourceOptions): ReadSnapshot {
  const { nowMs = Date.now } = options;
  const cache = new Map<string, { snapshot: Snapshot | undefined; refreshAtMs: number; waitAtMs: number }>();
  const underWay = new Map<string, Promise<Snapshot | undefined>>();

  function load(regionId: string, keepAlive?: KeepAlive): Promise<Snapshot | undefined> {
    const running = underWay.get(regionId);
    if (running) return running;
    const known = cache.get(regionId)?.snapshot;
    const loading = fetchSnapshot(options, regionId, known)
      .then(
        (snapshot) => ({ snapshot, restMs: FRESH_MS, usableMs: USABLE_MS }),
        () => ({ snapshot: known, restMs: RETRY_MS, usableMs: USABLE_AFTER_FAILURE_MS }),
      )
      .then(({ snapshot, restMs, usableMs }) => {
        const now = nowMs();
        cache.set(regionId, { snapshot, refreshAtMs: now + restMs, waitAtMs: now + usableMs });
        underWay.delete(regionId);
        return snapshot;
      });
    underWay.set(regionId, loading);
    // Even when somebody waits for it: a Worker ends the requests of a client that hangs up, and others wait for them too.
    keepAlive?.(loading);
    return loading;
  }

  return async (regionId, keepAlive) => {
    const known = cache.get(regionId);
    const now = nowMs();
    if (!known || now >= known.waitAtMs) return load(regionId, keepAlive);
    if (now >= known.refreshAtMs) void load(regionId, keepAlive);
    return known.snapshot;
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
