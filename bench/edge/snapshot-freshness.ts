import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { HoldId, NodeId } from "#server/domain/id.ts";
import { createSnapshotSource } from "#server/edge/snapshot-source.ts";
import { holdOffer } from "#server/features/promise/hold-offer.ts";
import { quotePickup } from "#server/features/promise/quote-pickup.ts";
import type { BenchRegion } from "../bench-region.ts";
import type { Figures } from "../figures.ts";
import { shareOf } from "../percentiles.ts";

const LOOK_EVERY_MS = 5;
const LOST_AFTER_MS = 30_000;

/**
 * How long after a hold's commit the snapshot that shows it is published, and until an edge knows it that is asked all the
 * time; `count` holds, one after the other, each given back again. `nodeId` is a counter that nobody else picks up at.
 */
export async function measureFreshness(
  region: BenchRegion,
  nodeId: string,
  count: number,
  prefix: string,
): Promise<Figures> {
  const published: number[] = [];
  const known: number[] = [];
  const readEdge = createSnapshotSource({
    supabaseUrl: region.stack.gatewayUrl,
    publishableKey: region.stack.publishableKey,
  });
  for (let i = 0; i < count; i++) {
    const probe = await holdAtCounter(region, nodeId);
    const committedAt = performance.now();
    const shows = (free: number | undefined) => free === probe.freeAfter;
    const edge = until(async () => {
      const snapshot = await readEdge(region.regionId);
      const pickups = snapshot?.body.nodes[nodeId]?.pickups;
      return shows(pickups?.find(({ start }) => start === probe.startSec)?.free);
    });
    await until(async () => shows(await publishedFree(region, nodeId, probe.startSec)));
    published.push(performance.now() - committedAt);
    await edge;
    known.push(performance.now() - committedAt);
    await region.db`select app.release_hold(${probe.holdId})`;
    // So that a change meets the worker anywhere in its beat.
    await sleep(300 + 37 * (i % 11));
  }
  published.sort((a, b) => a - b);
  known.sort((a, b) => a - b);
  return {
    [`${prefix}_snapshot_after_commit_p50_ms`]: shareOf(published, 0.5),
    [`${prefix}_snapshot_after_commit_p95_ms`]: shareOf(published, 0.95),
    [`${prefix}_edge_knows_after_commit_p50_ms`]: shareOf(known, 0.5),
    [`${prefix}_edge_knows_after_commit_p95_ms`]: shareOf(known, 0.95),
  };
}

async function holdAtCounter(region: BenchRegion, nodeId: string) {
  for (;;) {
    const request = region.draw();
    const { windows } = await quotePickup(region.services, { ...request, nodeId: NodeId.parse(nodeId) });
    const open = windows.filter((window) => window.open);
    const window = open[Math.floor(open.length / 2)];
    if (!window?.open) continue;
    const startSec = Date.parse(window.startsAt) / 1000;
    const holdId = HoldId.parse(randomUUID());
    const { lines, destination } = request;
    await holdOffer(region.services, { holdId, offer: window.offer, lines, destination });
    const [row] = await region.db`
      select limit_orders - claimed_orders as free from public.pickup_windows
      where node_id = ${nodeId} and starts_at = to_timestamp(${startSec})`;
    return { holdId, startSec, freeAfter: row!.free as number };
  }
}

async function publishedFree(region: BenchRegion, nodeId: string, startSec: number): Promise<number | undefined> {
  const [row] = await region.db`
    select (p ->> 'free')::integer as free
    from public.edge_snapshots s, json_array_elements(s.body -> 'nodes' -> ${nodeId} -> 'pickups') p
    where s.region_id = ${region.regionId} and (p ->> 'start')::integer = ${startSec}`;
  return row?.free;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > LOST_AFTER_MS) throw new Error("a snapshot never showed a hold");
    await sleep(LOOK_EVERY_MS);
  }
}
