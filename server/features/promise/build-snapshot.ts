import { findOpenWindows } from "#server/core/promise/find-open-windows.ts";
import { EdgeSnapshotBody } from "#server/domain/edge-snapshot.ts";
import { prepareFleet } from "./fleet.ts";
import type { PromiseServices } from "./promise-services.ts";
import { readNodes, readRegion } from "./queries.ts";

/** The least a stop takes at the door; a van that has no room for this has room for nothing. */
const LEAST_SERVICE_SEC = 120;

/**
 * Builds what the edge knows of a region and publishes it as the next version.
 *
 * A window stays in a node's list while some planned van of it has load left and could stop once more in the window if the
 * door lay on its way: an offer that finds no such van would fail at the hold too. Returns the version.
 */
export async function buildSnapshot(services: PromiseServices, regionId: string): Promise<number> {
  const { db } = services;
  const region = await readRegion(db, regionId);
  const fleet = services.fleetOf(region);
  const [[clock], nodes, hours, pickups, runs, windows, shifts] = await Promise.all([
    db`select extract(epoch from app.now())::integer as now_sec, extract(epoch from shift)::integer as shift_sec from app.clock`,
    readNodes(db, regionId),
    db`
      select b.node_id, array_agg(extract(epoch from b.starts_at)::integer order by b.starts_at) as starts,
        array_agg(b.limit_sec - b.claimed_sec order by b.starts_at) as free
      from public.work_buckets b join public.nodes n on n.id = b.node_id and n.region_id = ${regionId}
      where b.starts_at > app.now() - interval '1 hour' group by b.node_id`,
    db`
      select w.node_id, extract(epoch from w.starts_at)::integer as start, extract(epoch from w.ends_at)::integer as "end",
        w.limit_orders - w.claimed_orders as free
      from public.pickup_windows w join public.nodes n on n.id = w.node_id and n.region_id = ${regionId}
      where w.ends_at > app.now() order by w.node_id, w.starts_at`,
    db`
      select d.node_id, extract(epoch from d.leaves_at)::integer as leaves, extract(epoch from d.arrives_from)::integer as start,
        extract(epoch from d.arrives_until)::integer as "end", s.limit_weight_g as limit_g, d.limit_parcels - d.claimed_parcels as free
      from public.carrier_days d
      join public.carrier_services s on (s.carrier_id, s.node_id) = (d.carrier_id, d.node_id)
      join public.nodes n on n.id = d.node_id and n.region_id = ${regionId}
      where d.leaves_at > app.now() order by d.node_id, d.leaves_at, d.carrier_id`,
    db`
      select extract(epoch from w.starts_at)::integer as start, extract(epoch from w.ends_at)::integer as "end"
      from public.windows w where w.region_id = ${regionId} and w.ends_at > app.now() order by w.starts_at`,
    db`
      select s.id, s.plan_version from public.shifts s
      where s.region_id = ${regionId} and s.state = 'planned' and s.starts_at > app.now()`,
  ]);
  const loaded = await fleet.load(
    db,
    shifts.map((row) => row.id as string),
    shifts.map((row) => row.plan_version as number),
  );

  const planned = prepareFleet(fleet.travel, nodes, loaded);
  const spans = windows.map(({ start, end }) => ({ startSec: start - fleet.originSec, endSec: end - fleet.originSec }));
  const room = new Map<string, { start: number; end: number; freeG: number; freeMl: number }[]>();
  for (const [w, shifts] of findOpenWindows(planned.routes, spans, LEAST_SERVICE_SEC).entries()) {
    const byNode = new Map<number, { freeG: number; freeMl: number }>();
    for (const s of shifts) {
      const { node, route, freeG, freeMl } = planned.routes.shifts[s]!;
      if (fleet.originSec + route.startSec - nodes[node]!.handoverSec <= clock!.now_sec) continue;
      const best = byNode.get(node);
      byNode.set(node, { freeG: Math.max(best?.freeG ?? 0, freeG), freeMl: Math.max(best?.freeMl ?? 0, freeMl) });
    }
    for (const [node, free] of byNode) {
      const { id } = nodes[node]!;
      if (!room.has(id)) room.set(id, []);
      room.get(id)!.push({ start: windows[w]!.start, end: windows[w]!.end, ...free });
    }
  }

  const body = EdgeSnapshotBody.parse({
    builtAt: clock!.now_sec,
    clockShiftSec: clock!.shift_sec,
    nodes: Object.fromEntries(
      nodes.map((node) => {
        const work = hours.find((row) => row.node_id === node.id);
        return [
          node.id,
          {
            paused: node.paused,
            hours: work?.starts ?? [],
            freeSec: work?.free ?? [],
            windows: room.get(node.id) ?? [],
            pickups: pickups
              .filter((row) => row.node_id === node.id)
              .map(({ start, end, free }) => ({ start, end, free })),
            runs: runs
              .filter((row) => row.node_id === node.id)
              .map(({ leaves, start, end, limit_g, free }) => ({ leaves, start, end, limitG: limit_g, free })),
          },
        ];
      }),
    ),
  });
  const [row] = await db`
    insert into public.edge_snapshots as s (region_id, version, built_at, body)
    values (${regionId}, 1, app.now(), ${db.json(body)})
    on conflict (region_id) do update set version = s.version + 1, built_at = excluded.built_at, body = excluded.body
    returning version::integer`;
  return row!.version;
}
