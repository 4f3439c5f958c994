import * as z from "zod";
import { NodeId, RegionId } from "#server/domain/id.ts";
import { NodeKind, StaffRole } from "#server/domain/state.ts";
import { anyStaffProcedure } from "#server/trpc/procedure.ts";

const Region = z.object({ id: RegionId, name: z.string(), timeZone: z.string(), currency: z.string() });

const Node = z.object({
  id: NodeId,
  regionId: RegionId,
  kind: NodeKind,
  name: z.string(),
  address: z.string(),
  offersPickup: z.boolean(),
});

const Output = z.object({
  userId: z.uuid(),
  name: z.string(),
  role: StaffRole,
  regions: z.array(Region),
  /** Where the caller may work: for ops everywhere, for a driver nowhere. */
  nodes: z.array(Node),
});

/** Who is signed in, and where they may work. Faults: not-signed-in, forbidden (an account that is nobody's). */
export const readMe = anyStaffProcedure.output(Output).query(({ ctx }) =>
  ctx.asCaller(async (tx) => {
    const regions = await tx<z.input<typeof Region>[]>`
      select id, name, time_zone as "timeZone", currency from public.regions order by id`;
    const nodes = await tx<z.input<typeof Node>[]>`
      select id, region_id as "regionId", kind, name, address, offers_pickup as "offersPickup" from public.nodes n
      where (select app.staff_role()) = 'ops' or n.id in (select app.my_nodes())
      order by name, id`;
    return { ...ctx.staff, regions, nodes };
  }),
);
