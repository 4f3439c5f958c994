import * as z from "zod";
import { ShiftId } from "#server/domain/id.ts";
import { replanHold } from "#server/features/promise/contract.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ shiftId: ShiftId });

const Output = z.object({
  /** Stops that lost their van, and how many of them have another one by now; the rest stand as exceptions. */
  displaced: z.int(),
  replanned: z.int(),
});

/**
 * A van falls out before it left. Each of its stops gets a place in another van of the node if one can keep its promise;
 * the worker goes on trying for the others. Safe to repeat: then there is nothing left to displace.
 * Faults: not-found, wrong-state (it has left, or orders are on board), plan-moved.
 */
export const cancelShift = opsProcedure
  .input(Input)
  .output(Output)
  .mutation(async ({ ctx, input }) => {
    const [{ holdIds }] = await ctx.asCaller(
      (tx) => tx<[{ holdIds: string[] }]>`select app.cancel_shift(${input.shiftId}) as "holdIds"`,
    );
    let replanned = 0;
    // One after the other: each plan stands on the routes that the one before has changed.
    for (const holdId of holdIds) if (await replanHold(ctx.platform, holdId)) replanned++;
    return { displaced: holdIds.length, replanned };
  });
