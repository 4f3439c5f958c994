import * as z from "zod";
import { Fault } from "#server/domain/fault.ts";
import { NodeId, SkuId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ nodeId: NodeId, skuId: SkuId });
const Output = z.object({
  onHandUnits: z.int(),
  reservedUnits: z.int(),
  /** Reserved, and by the books not there. */
  shortageUnits: z.int(),
  safetyUnits: z.int(),
  /** Held back because nobody has counted for long. */
  heldBackUnits: z.int(),
  /** What can be promised; below zero where even the safety stock is promised. */
  availableUnits: z.int(),
  /** When and by which source it was last counted; null: never. */
  confirmedAt: Instant.nullable(),
  confirmedBy: z.string().nullable(),
});

/** What a node has of a SKU now, and how sure that is. Faults: not-found. */
export const readLevel = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<z.input<typeof Output>[]>`
        select l.on_hand as "onHandUnits", l.reserved as "reservedUnits", l.shortage as "shortageUnits", l.safety as "safetyUnits",
          a.held_back as "heldBackUnits", a.available as "availableUnits", l.confirmed_at as "confirmedAt", l.confirmed_by as "confirmedBy"
        from public.inventory_levels l join app.available_stock a on (a.node_id, a.sku_id) = (l.node_id, l.sku_id)
        where (l.node_id, l.sku_id) = (${input.nodeId}, ${input.skuId})`;
      if (!row) throw new Fault("not-found", `${input.nodeId} ${input.skuId}`);
      return row;
    }),
  );
