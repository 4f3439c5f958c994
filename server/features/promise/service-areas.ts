import { type Area, createArea, isInArea } from "#server/core/geo/area.ts";
import type { Queryable } from "#server/db/database.ts";
import { AREA_DRIVE_MINUTE, AreaGeometry, partsOf } from "#server/domain/service-area.ts";
import { createTravelRow, type Place, type Travel } from "#server/travel/travel.ts";
import type { NodeRow } from "./queries.ts";

/**
 * To which doors the vans of which nodes go. Areas are kept by their revision, of which every reading of the nodes brings the
 * latest: any process may keep them, and none is asked that has changed.
 */
export interface ServiceAreas {
  /** By node: 1 where its vans go to the door. */
  reach(db: Queryable, nodes: readonly NodeRow[], door: Place): Promise<Uint8Array>;
}

export function createServiceAreas(travel: Travel): ServiceAreas {
  const known = new Map<string, { readonly revision: string; readonly area: Area | null }>();

  async function load(db: Queryable, nodes: readonly NodeRow[]): Promise<void> {
    const stale = nodes.filter(
      ({ id, areaRevision }) => areaRevision !== null && known.get(id)?.revision !== areaRevision,
    );
    if (stale.length === 0) return;
    const rows = await db<{ id: string; revision: string; area: unknown }[]>`
      select node_id as id, revision::text, area from public.service_areas where node_id = any (${stale.map(({ id }) => id)})`;
    for (const { id, revision, area } of rows) known.set(id, { revision, area: area === null ? null : areaOf(area) });
  }

  return {
    async reach(db, nodes, door) {
      await load(db, nodes);
      const reaches = new Uint8Array(nodes.length).fill(1);
      const limited = nodes.flatMap(({ mostDriveSec }, n) => (mostDriveSec === null ? [] : n));
      for (const [n, { id, areaRevision }] of nodes.entries()) {
        const area = areaRevision === null ? null : known.get(id)?.area;
        if (area && !isInArea(area, door.lng, door.lat)) reaches[n] = 0;
      }
      const asked = limited.filter((n) => reaches[n]);
      if (asked.length === 0) return reaches;
      const homes = travel.snapAll(
        asked.map((n) => nodes[n]!.lng),
        asked.map((n) => nodes[n]!.lat),
      );
      const way = createTravelRow(asked.length);
      travel.manyToOne(homes, door, travel.periodAt(AREA_DRIVE_MINUTE, false), way);
      for (const [i, n] of asked.entries()) if (way.durationSec[i]! > nodes[n]!.mostDriveSec!) reaches[n] = 0;
      return reaches;
    },
  };
}

function areaOf(geometry: unknown): Area {
  const parts = partsOf(AreaGeometry.parse(geometry));
  return createArea(parts.map((rings) => rings.map((ring) => Float64Array.from(ring.flat()))));
}
