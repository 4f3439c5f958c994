import type { Queryable } from "#server/db/database.ts";
import type { CalendarScope } from "#server/domain/calendar.ts";
import { Fault } from "#server/domain/fault.ts";

/**
 * The name and the zone of a calendar that the caller may look at: a region's for ops, a node's for who works there. One that
 * is somebody else's looks like one that does not exist. Faults: not-found.
 */
export async function requireScope(
  tx: Queryable,
  { regionId, nodeId }: CalendarScope,
): Promise<{ name: string; timeZone: string }> {
  const [row] = await tx<{ name: string; timeZone: string }[]>`
    select coalesce(n.name, r.name) as name, coalesce(n.time_zone, r.time_zone) as "timeZone"
    from public.regions r left join public.nodes n on n.id = ${nodeId} and n.region_id = r.id and app.may_work_at(n.id)
    where r.id = ${regionId} and case when ${nodeId}::text is null then app.staff_role() = 'ops' else n.id is not null end`;
  if (!row) throw new Fault("not-found", nodeId ?? regionId);
  return row;
}
