import * as z from "zod";
import { ChannelId, ChannelTerms } from "#server/domain/channel.ts";
import { RegionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** tower.setChannel: adds a channel or changes it; who did is recorded. What is promised stays. Faults: not-found. */
export const setChannel = opsProcedure
  .input(z.strictObject({ regionId: RegionId, channelId: ChannelId, terms: ChannelTerms }))
  .output(ChannelTerms)
  .mutation(({ ctx, input: { regionId, channelId, terms } }) =>
    ctx.asCaller(async (tx) => {
      const row = { name: terms.name, is_active: terms.isActive, priority_class: terms.priorityClass };
      await tx`select app.set_channel(${regionId}, ${channelId}, ${tx.json(row)})`;
      return terms;
    }),
  );
