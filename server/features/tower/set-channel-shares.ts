import * as z from "zod";
import { ChannelId } from "#server/domain/channel.ts";
import { ChannelShares } from "#server/domain/channel-shares.ts";
import { RegionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** tower.setChannelShares: how much one channel may have at most; who said so is recorded. What is promised stays. Faults: not-found. */
export const setChannelShares = opsProcedure
  .input(z.strictObject({ regionId: RegionId, channelId: ChannelId, shares: ChannelShares }))
  .output(ChannelShares)
  .mutation(({ ctx, input: { regionId, channelId, shares } }) =>
    ctx.asCaller(async (tx) => {
      const { lapsesHours, ...percents } = shares;
      const row = { ...percents, lapses_hours: lapsesHours };
      await tx`select app.set_channel_shares(${regionId}, ${channelId}, ${tx.json(row)})`;
      return shares;
    }),
  );
