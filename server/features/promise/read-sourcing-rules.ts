import * as z from "zod";
import { Fault } from "#server/domain/fault.ts";
import { RegionId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { SourcingRules } from "#server/domain/sourcing-rules.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Change = z.object({ at: Instant, by: z.string().nullable() });

const Output = z.object({
  rules: SourcingRules,
  /** Null where nobody ever did. */
  changed: Change.nullable(),
  timeZone: z.string(),
  currency: z.string(),
});

/** promise.sourcingRules: a region's rules, and who changed them last. Faults: not-found. */
export const readSourcingRules = opsProcedure
  .input(z.strictObject({ regionId: RegionId }))
  .output(Output)
  .query(({ ctx, input: { regionId } }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<[z.input<typeof Output>?]>`
        select jsonb_build_object(
            'mostNodes', s.most_nodes, 'leastPartCents', s.least_part_cents, 'splitCents', s.split_cents,
            'busyPercent', s.busy_percent, 'busyHourCents', s.busy_hour_cents,
            'weights', jsonb_build_object(
              'handling', s.handling_weight_percent, 'picking', s.picking_weight_percent, 'busy', s.busy_weight_percent,
              'route', s.route_weight_percent, 'carrier', s.carrier_weight_percent, 'split', s.split_weight_percent,
              'transfer', s.transfer_weight_percent)) as rules,
          r.time_zone as "timeZone", r.currency
        from public.sourcing_rules s join public.regions r on r.id = s.region_id where s.region_id = ${regionId}`;
      if (!row) throw new Fault("not-found", regionId);
      const [changed] = await tx<[z.input<typeof Change>?]>`
        select e.at, a.name as by from public.events e left join public.staff a on a.user_id = e.actor
        where e.region_id = ${regionId} and e.kind = 'sourcing_rules_set' order by e.id desc limit 1`;
      return { ...row, changed: changed ?? null };
    }),
  );
