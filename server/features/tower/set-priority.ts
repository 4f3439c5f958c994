import * as z from "zod";
import { PriorityClass } from "#server/domain/channel.ts";
import { OrderId } from "#server/domain/id.ts";
import { MAX_NOTE_CHARS, words } from "#server/domain/words.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** tower.setPriority: gives an order another class; who did, and why, is recorded. Faults: not-found, wrong-state (it has ended). */
export const setPriority = opsProcedure
  .input(z.strictObject({ orderId: OrderId, priorityClass: PriorityClass, note: words(1, MAX_NOTE_CHARS) }))
  .output(z.object({ priorityClass: PriorityClass }))
  .mutation(({ ctx, input: { orderId, priorityClass, note } }) =>
    ctx.asCaller(async (tx) => {
      const [row] = await tx<[{ priorityClass: number }]>`
        select app.set_order_priority(${orderId}, ${priorityClass}, ${note}) as "priorityClass"`;
      return row;
    }),
  );
