import type { Queryable } from "#server/db/database.ts";
import { Fault } from "#server/domain/fault.ts";

/** The region of a node that the caller may work at. A foreign node looks like an unknown one. Faults: not-found. */
export async function regionOfMyNode(tx: Queryable, nodeId: string): Promise<string> {
  const [node] = await tx<{ regionId: string }[]>`
    select region_id as "regionId" from public.nodes where id = ${nodeId} and app.may_work_at(id)`;
  if (!node) throw new Fault("not-found", nodeId);
  return node.regionId;
}
