import * as z from "zod";
import { OrderId } from "#server/domain/id.ts";
import { NamedInstant } from "#server/domain/instant.ts";
import { ParkCause } from "#server/domain/parking.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({
  orderId: OrderId,
  /** Minted by the browser: a retried click parks once. */
  parkingId: z.uuid(),
  cause: ParkCause,
  /** By when it must go on; an exception opens then, or half an hour before its picking must begin. */
  releaseBy: NamedInstant,
});
const Output = z.object({ orderId: OrderId });

/**
 * Parks an order: nobody picks it or hands it over, and what it claims stays. Safe to repeat.
 * Faults: not-found, wrong-state (all of it has left, or it is parked), plan-moved (another node is taking a part over),
 * invalid-request (a date that is over).
 */
export const parkOrder = opsProcedure
  .input(Input)
  .output(Output)
  .mutation(({ ctx, input: { orderId, parkingId, cause, releaseBy } }) =>
    ctx.asCaller(async (tx) => {
      await tx`select app.park_order(${orderId}, ${parkingId}, ${cause.reason}, ${cause.note}, ${releaseBy})`;
      return { orderId };
    }),
  );
