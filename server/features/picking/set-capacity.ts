import * as z from "zod";
import { NodeId } from "#server/domain/id.ts";
import { NamedInstant } from "#server/domain/instant.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";

/** A thousand pickers: the most that an hour can be given. */
const MAX_TARGET_SEC = 3_600_000;

const Input = z.strictObject({
  nodeId: NodeId,
  startsAt: NamedInstant,
  targetSec: z.int().min(0).max(MAX_TARGET_SEC),
});

const Output = z.object({ limitSec: z.int(), claimedSec: z.int() });

/**
 * Sets what picking offers in one hour. What is promised stays promised: the limit follows the target down to it and no
 * further. Safe to repeat. Faults: not-found (also for an hour in which the node is closed).
 */
export const setCapacity = storeProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<[z.input<typeof Output>]>`
        select limit_sec as "limitSec", claimed_sec as "claimedSec"
        from app.set_capacity(${input.nodeId}, ${input.startsAt}, ${input.targetSec})`;
      return row;
    }),
  );
