import * as z from "zod";
import { Fault } from "#server/domain/fault.ts";
import { HoldLimits } from "#server/domain/hold-limits.ts";
import { RegionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ regionId: RegionId });

const Output = z.object({
  limits: HoldLimits,
  /** What is held and not confirmed at this moment. */
  held: z.object({
    holds: z.int(),
    /** The most that one checkout, address or network address holds. */
    ofOneCheckout: z.int(),
    ofOneAddress: z.int(),
    ofOneNetwork: z.int(),
  }),
});

/** How much may be held and not confirmed, and how much is. Faults: not-found. */
export const readHoldLimits = opsProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input: { regionId } }) =>
    ctx.asCaller(async (tx) => {
      const [limits] = await tx<[z.input<typeof HoldLimits>?]>`
        select per_checkout as "perCheckout", per_address as "perAddress", per_network as "perNetwork",
          unconfirmed_percent as "unconfirmedPercent"
        from public.hold_limits where region_id = ${regionId}`;
      if (!limits) throw new Fault("not-found", regionId);
      const [held] = await tx<[z.input<typeof Output>["held"]]>`
        with live as materialized (
          select checkout_id, address_key, network_key from public.holds
          where region_id = ${regionId} and state = 'held' and expires_at > app.now() and id = lead_id
        )
        select (select count(*)::int from live) as holds,
          (select coalesce(max(n), 0)::int from (select count(checkout_id) as n from live group by checkout_id) x) as "ofOneCheckout",
          (select coalesce(max(n), 0)::int from (select count(address_key) as n from live group by address_key) x) as "ofOneAddress",
          (select coalesce(max(n), 0)::int from (select count(network_key) as n from live group by network_key) x) as "ofOneNetwork"`;
      return { limits, held };
    }),
  );
