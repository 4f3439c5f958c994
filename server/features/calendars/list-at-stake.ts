import * as z from "zod";
import { CalendarScope, WallTime } from "#server/domain/calendar.ts";
import { OrderId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { FulfilmentState, Service } from "#server/domain/state.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";
import { requireScope } from "./require-scope.ts";

const MAX_LISTED = 50;

/** An entry of a calendar, or with `service` a blackout; made already or about to be. */
const Input = z.strictObject({
  ...CalendarScope.shape,
  day: Day,
  hours: z.strictObject({ opens: WallTime, closes: WallTime }).nullable(),
  workSec: z.int().nullable(),
  service: Service.nullable(),
  starts: WallTime.nullable(),
});

const AtStake = z.object({
  orderId: OrderId,
  number: z.int(),
  service: Service,
  state: FulfilmentState,
  nodeName: z.string(),
  startsAt: Instant,
  endsAt: Instant,
  /** Its window is not given, its node picks nothing then, its van's node is closed, or an end of the run that brings it to the store. */
  why: z.enum(["window", "picking", "van", "run"]),
});

const Output = z.object({
  count: z.int(),
  timeZone: z.string(),
  /** The soonest of them. */
  promises: z.array(AtStake),
});

/** What is promised and would be kept on a day that is otherwise. Nothing is changed. Faults: not-found. */
export const listAtStake = storeProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const { timeZone } = await requireScope(tx, input);
      const { regionId, nodeId, day, hours, workSec, service, starts } = input;
      const rows = await tx<z.input<typeof AtStake>[]>`
        select p.order_id as "orderId", p.number, p.service, p.state, n.name as "nodeName",
          p.window_starts_at as "startsAt", p.window_ends_at as "endsAt", p.why
        from app.promises_at_stake(${regionId}, ${nodeId}, ${day}, ${hours?.opens ?? null}, ${hours?.closes ?? null},
          ${hours === null && workSec !== null}, ${service}, ${starts}) p
        join public.nodes n on n.id = p.node_id`;
      return { count: rows.length, timeZone, promises: rows.slice(0, MAX_LISTED) };
    }),
  );
