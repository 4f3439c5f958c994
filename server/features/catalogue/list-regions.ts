import { z } from "zod";
import { RegionId } from "#server/domain/id.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

const Region = z.object({
  regionId: RegionId,
  name: z.string(),
  timeZone: z.string(),
  currency: z.string(),
  /** Where a map of it opens. */
  lng: z.number(),
  lat: z.number(),
});

const Output = z.array(Region);

/** The regions that are served, by name. */
export const listRegions = shopperProcedure.output(Output).query(
  ({ ctx }) => ctx.db<z.input<typeof Region>[]>`
    select id as "regionId", name, time_zone as "timeZone", currency, lng, lat from public.regions order by name, id`,
);
