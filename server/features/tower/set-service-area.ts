import * as z from "zod";
import { NodeId } from "#server/domain/id.ts";
import { ServiceArea } from "#server/domain/service-area.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ nodeId: NodeId, area: ServiceArea });

const Output = z.object({
  nodeId: NodeId,
  /** What stood there before: give it back to undo the change. */
  former: ServiceArea,
});

/**
 * Sets to which doors the vans of a node go; without a limit and an area, to every door. What is promised stays promised; who did
 * is recorded. Faults: not-found.
 */
export const setServiceArea = opsProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input: { nodeId, area } }) =>
    ctx.asCaller(async (tx) => {
      const [former] = await tx<z.input<typeof ServiceArea>[]>`
        select most_drive_sec as "mostDriveSec", area from public.service_areas where node_id = ${nodeId}`;
      const geometry = area.area === null ? null : tx.json(area.area);
      await tx`select app.set_service_area(${nodeId}, ${area.mostDriveSec}, ${geometry})`;
      return { nodeId, former: former ?? { mostDriveSec: null, area: null } };
    }),
  );
