import { z } from "zod";
import { Destination } from "#server/domain/cart.ts";
import { RegionId } from "#server/domain/id.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ regionId: RegionId, limit: z.int().min(1).max(50).default(12) });

const Output = z.array(Destination);

/** Addresses to try the shop with: no person lives in them. Empty for a region that has none. */
export const listSamples = shopperProcedure
  .input(Input)
  .output(Output)
  .query(
    ({ ctx, input }) => ctx.db<Destination[]>`
      select label as address, lng, lat from public.sample_addresses
      where region_id = ${input.regionId} order by label limit ${input.limit}`,
  );
