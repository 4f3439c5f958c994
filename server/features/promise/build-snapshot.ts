import type { EdgeSnapshotBody } from "#server/domain/edge-snapshot.ts";
import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import { openWindowsOf } from "./open-windows.ts";
import type { PromiseServices } from "./promise-services.ts";
import type { LaneRunRow, NodeRow } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";

type NodeBody = EdgeSnapshotBody["nodes"][string];

/**
 * Builds what the edge knows of a region, of the facts and plans that a quote would see, and publishes it as the next
 * version. Returns the version that is published then.
 *
 * A window stays in a node's list while some planned van of it has load left and could stop once more in the window if the
 * door lay on its way: an offer that finds no such van would fail at the hold too. A snapshot is as old as its reading
 * began, and of two that were built at once the later one stays.
 */
export async function buildSnapshot(services: PromiseServices, regionId: string): Promise<number> {
  const { db } = services;
  const facts = await readFacts(db, services.mirrorOf(regionId), regionId, []);
  const { nodes } = facts;
  const fleet = services.fleetOf(facts.region);
  // Nothing is read before the facts, whose time is the snapshot's: it shows no state that is older than it says.
  const [limited, [clock], loaded] = await Promise.all([
    db<{ id: string }[]>`select id from public.channels where region_id = ${regionId} and is_limited order by id`,
    db`select extract(epoch from shift)::integer as shift_sec from app.clock`,
    fleet.load(db, facts.shifts.id, facts.shifts.version),
  ]);

  const spans = facts.windows.startSec.map((startSec, w) => ({
    startSec: startSec - fleet.originSec,
    endSec: facts.windows.endSec[w]! - fleet.originSec,
  }));
  const open = openWindowsOf(fleet.travel, nodes, loaded, spans);
  const nodeOf = new Map(nodes.map((node) => [node.id, node]));
  /** By node, then by window. */
  const room = new Map<string, Map<number, { freeG: number; freeMl: number }>>(nodes.map(({ id }) => [id, new Map()]));
  for (const [s, { nodeId, row }] of loaded.entries()) {
    const node = nodeOf.get(nodeId);
    if (!node || row.startSec - node.handoverSec <= facts.nowSec) continue;
    const freeG = row.limitG - row.claimedG;
    const freeMl = row.limitMl - row.claimedMl;
    const ofNode = room.get(nodeId)!;
    for (const w of open[s]!) {
      const best = ofNode.get(w);
      ofNode.set(w, { freeG: Math.max(best?.freeG ?? 0, freeG), freeMl: Math.max(best?.freeMl ?? 0, freeMl) });
    }
  }

  const lanesFrom = Map.groupBy(
    nodes.flatMap(({ id }) => facts.laneRunsTo(id)).filter(({ startSec }) => startSec > facts.nowSec),
    ({ fromNodeId }) => fromNodeId,
  );
  const body: EdgeSnapshotBody = {
    builtAt: Math.round(facts.nowSec),
    clockShiftSec: clock!.shift_sec,
    ...(limited.length > 0 && { limited: limited.map(({ id }) => id) }),
    nodes: Object.fromEntries(
      nodes.map((node) => [node.id, bodyOf(node, facts, room.get(node.id)!, lanesFrom.get(node.id))]),
    ),
  };
  const [published] = await db`
    insert into public.edge_snapshots as s (region_id, version, built_at, body)
    values (${regionId}, 1, to_timestamp(${facts.nowSec}), ${db.json(body)})
    on conflict (region_id) do update set version = s.version + 1, built_at = excluded.built_at, body = excluded.body
    -- One from the future is of before the clock was set back.
    where s.built_at <= excluded.built_at or s.built_at > app.now()
    returning version::integer`;
  const [row] = published
    ? [published]
    : await db`select version::integer from public.edge_snapshots where region_id = ${regionId}`;
  return row!.version;
}

function bodyOf(
  node: NodeRow,
  facts: QuoteFacts,
  room: ReadonlyMap<number, { freeG: number; freeMl: number }>,
  lanes: readonly LaneRunRow[] = [],
): NodeBody {
  const { windows } = facts;
  const work = facts.workOf(node.id);
  const hours: number[] = [];
  const freeSec: number[] = [];
  work.startSec.forEach((startSec, h) => {
    if (startSec <= facts.nowSec - SECONDS_PER_HOUR) return;
    hours.push(startSec);
    freeSec.push(work.freeSec[h]!);
  });
  const pickups = facts.pickupsOf(node.id);
  return {
    paused: node.paused,
    hours,
    freeSec,
    windows: [...room]
      .sort(([a], [b]) => a - b)
      .map(([w, free]) => {
        const orderBySec = facts.cutOffs.orderBySec(node.id, w);
        return { start: windows.startSec[w]!, end: windows.endSec[w]!, ...free, ...orderBy(orderBySec) };
      }),
    pickups: pickups.startSec.map((start, p) => ({
      start,
      end: pickups.endSec[p]!,
      free: pickups.free[p]!,
      ...orderBy(pickups.orderBySec[p]),
    })),
    runs: facts
      .runsOf(node.id)
      .filter(({ leavesSec }) => leavesSec > facts.nowSec)
      .map(({ leavesSec, startSec, endSec, limitG, free, orderBySec }) => ({
        leaves: leavesSec,
        start: startSec,
        end: endSec,
        limitG,
        free,
        ...orderBy(orderBySec),
      })),
    lanes: lanes.map(({ nodeId, startSec, readySec, free }) => ({
      to: nodeId,
      leaves: startSec,
      ready: readySec,
      free,
    })),
  };
}

/** Left out where nothing cuts it off. */
function orderBy(epochSec: number | null | undefined): { orderBy?: number } {
  return epochSec != null && Number.isFinite(epochSec) ? { orderBy: epochSec } : {};
}
