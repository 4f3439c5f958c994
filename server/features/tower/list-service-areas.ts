import * as z from "zod";
import { Fault } from "#server/domain/fault.ts";
import { NodeId, RegionId } from "#server/domain/id.ts";
import { ServiceArea } from "#server/domain/service-area.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ regionId: RegionId });

const Output = z.array(ServiceArea.extend({ nodeId: NodeId }));

/** To which doors the vans of a region's nodes go; a node that is not named goes to every door. Faults: not-found. */
export const listServiceAreas = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input: { regionId } }) =>
    ctx.asCaller(async (tx) => {
      const [region] = await tx`select from public.regions where id = ${regionId}`;
      if (!region) throw new Fault("not-found", regionId);
      return tx<z.input<typeof Output>>`
        select a.node_id as "nodeId", a.most_drive_sec as "mostDriveSec", a.area
        from public.service_areas a join public.nodes n on n.id = a.node_id where n.region_id = ${regionId} order by a.node_id`;
    }),
  );
