import * as z from "zod";
import { RegionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** From so many hours without a count on, so much of what is on hand is held back; at 100 it is not promised from. */
const Step = z.strictObject({ afterHours: z.int().min(1).max(8784), heldBackPercent: z.int().min(1).max(100) });
const Input = z.strictObject({ regionId: RegionId, steps: z.array(Step).max(20) });

/** Replaces a region's rule for stock that was not counted for long. Faults: not-found; invalid-request when steps do not rise. */
export const setFreshness = opsProcedure
  .input(Input)
  .output(z.void())
  .mutation(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const steps = input.steps.map((s) => ({ after_hours: s.afterHours, held_back_percent: s.heldBackPercent }));
      await tx`select app.set_stock_freshness(${input.regionId}, ${tx.json(steps)})`;
    }),
  );
