import { ReleaseRequest, ReleaseView } from "#server/domain/quote.ts";
import { shopperProcedure } from "#server/trpc/procedure.ts";

/** promise.release: gives an unconfirmed hold back. Safe to repeat. Faults: not-found, wrong-state (it is confirmed). */
export const release = shopperProcedure
  .meta({ kind: "hold" })
  .input(ReleaseRequest)
  .output(ReleaseView)
  .mutation(async ({ ctx, input }) => {
    const [row] = await ctx.db`select app.release_hold(${input.holdId}) as state`;
    return ReleaseView.parse(row);
  });
