import * as z from "zod";
import { Fault } from "#server/domain/fault.ts";
import { NodeId, SkuId } from "#server/domain/id.ts";
import { NamedInstant } from "#server/domain/instant.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ nodeId: NodeId, skuId: SkuId, at: NamedInstant });
const Output = z.object({
  /** What the books said at that instant. */
  bookedUnits: z.int(),
  /** What was there, by everything that has been told since. */
  knownUnits: z.int(),
});

/** What a node had on hand of a SKU at an instant. Faults: not-found. */
export const readStockAsOf = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<z.input<typeof Output>[]>`
        select booked as "bookedUnits", known as "knownUnits" from app.stock_as_of(${input.nodeId}, ${input.skuId}, ${input.at})`;
      if (!row) throw new Fault("not-found", `${input.nodeId} ${input.skuId}`);
      return row;
    }),
  );
