import * as z from "zod";
import { RegionId } from "#server/domain/id.ts";
import { SourcingRules } from "#server/domain/sourcing-rules.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** promise.setSourcingRules: replaces a region's rules; who did is recorded. What is promised stays. Faults: not-found. */
export const setSourcingRules = opsProcedure
  .input(z.strictObject({ regionId: RegionId, rules: SourcingRules }))
  .output(SourcingRules)
  .mutation(({ ctx, input: { regionId, rules } }) =>
    ctx.asCaller(async (tx) => {
      const { weights, ...rest } = rules;
      const row = {
        most_nodes: rest.mostNodes,
        least_part_cents: rest.leastPartCents,
        split_cents: rest.splitCents,
        busy_percent: rest.busyPercent,
        busy_hour_cents: rest.busyHourCents,
        ...Object.fromEntries(Object.entries(weights).map(([term, percent]) => [`${term}_weight_percent`, percent])),
      };
      await tx`select app.set_sourcing_rules(${regionId}, ${tx.json(row)})`;
      return rules;
    }),
  );
