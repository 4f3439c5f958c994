import * as z from "zod";
import { readRegionDay } from "#server/db/read-region-day.ts";
import { NodeId } from "#server/domain/id.ts";
import { Day, Instant } from "#server/domain/instant.ts";
import { storeProcedure } from "#server/trpc/procedure.ts";
import { regionOfMyNode } from "./region-of-my-node.ts";

const Input = z.strictObject({ nodeId: NodeId, day: Day.optional() });

const Hour = z.object({
  startsAt: Instant,
  /** What the manager asked for, what is offered (never below what is promised), and what is promised. */
  targetSec: z.int(),
  limitSec: z.int(),
  claimedSec: z.int(),
});

const Output = z.object({
  now: Instant,
  timeZone: z.string(),
  today: Day,
  day: Day,
  lastDay: Day,
  hours: z.array(Hour),
});

/** The picking work of a node, hour by hour of a day. Faults: not-found. */
export const readCapacity = storeProcedure
  .input(Input)
  .output(Output)
  .query(({ ctx, input }) =>
    ctx.asCaller(async (tx) => {
      const day = await readRegionDay(tx, await regionOfMyNode(tx, input.nodeId), input.day);
      const hours = await tx<z.input<typeof Hour>[]>`
        select starts_at as "startsAt", target_sec as "targetSec", limit_sec as "limitSec", claimed_sec as "claimedSec"
        from public.work_buckets
        where node_id = ${input.nodeId} and starts_at >= ${day.from} and starts_at < ${day.to}
        order by starts_at`;
      return { now: day.now, timeZone: day.timeZone, today: day.today, day: day.day, lastDay: day.lastDay, hours };
    }),
  );
