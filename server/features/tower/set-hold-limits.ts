import * as z from "zod";
import { HoldLimits } from "#server/domain/hold-limits.ts";
import { RegionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ regionId: RegionId, limits: HoldLimits });

/** Sets how much may be held and not confirmed; who did is recorded. What is held already stays. Faults: not-found. */
export const setHoldLimits = opsProcedure
  .input(Input)
  .output(HoldLimits)
  .mutation(({ ctx, input: { regionId, limits } }) =>
    ctx.asCaller(async (tx) => {
      const { perCheckout, perAddress, perNetwork, unconfirmedPercent } = limits;
      await tx`select app.set_hold_limits(${regionId}, ${perCheckout}, ${perAddress}, ${perNetwork}, ${unconfirmedPercent})`;
      return limits;
    }),
  );
