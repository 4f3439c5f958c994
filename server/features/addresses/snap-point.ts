import { z } from "zod";
import { shopperProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ lng: z.number().min(-180).max(180), lat: z.number().min(-85).max(85) });

/** Too far from any road is an answer, not a fault: the picker says so and stays open. */
const Output = z.discriminatedUnion("reachable", [
  z.object({
    reachable: z.literal(true),
    /** Where the van would stop. */
    lng: z.number(),
    lat: z.number(),
    /** How far that is from the point that was picked. */
    offM: z.int(),
  }),
  z.object({ reachable: z.literal(false), reason: z.literal("outside_area") }),
]);

/** Where a van would stop for a point that was picked on the map. */
export const snapPoint = shopperProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) => {
    const place = ctx.platform.travel().snap(input.lng, input.lat);
    return place
      ? { reachable: true, lng: place.lng, lat: place.lat, offM: Math.round(place.offM) }
      : { reachable: false, reason: "outside_area" };
  });
