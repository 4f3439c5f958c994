import * as z from "zod";
import { OrderId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ orderId: OrderId });
const Output = z.object({ orderId: OrderId });

/** A parked order goes on: its parts are to be picked again. Safe to repeat. Faults: not-found. */
export const unparkOrder = opsProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input: { orderId } }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.unpark_order(${orderId})`;
      return { orderId };
    }),
  );
