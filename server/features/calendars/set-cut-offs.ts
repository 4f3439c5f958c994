import * as z from "zod";
import { CalendarScope, CutOff } from "#server/domain/calendar.ts";
import { Service } from "#server/domain/state.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ ...CalendarScope.shape, service: Service, cutOffs: z.array(CutOff).max(7) });

/** Replaces the week of a service's cut-offs, for a region or one node. Safe to repeat. Faults: not-found, invalid-request. */
export const setCutOffs = opsProcedure.input(Input).mutation(({ ctx, input: { regionId, nodeId, service, cutOffs } }) =>
  ctx.asCaller(async (tx) => {
    const rules = cutOffs.map(({ weekday, orderBy, leadDays, leastLeadMin }) => ({
      weekday,
      order_by: orderBy,
      lead_days: leadDays,
      least_lead_min: leastLeadMin,
    }));
    await tx`select app.set_cut_offs(${regionId}, ${nodeId}, ${service}, ${tx.json(rules)})`;
  }),
);
