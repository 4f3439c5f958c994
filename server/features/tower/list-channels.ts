import * as z from "zod";
import { ChannelId, ChannelTerms } from "#server/domain/channel.ts";
import { Fault } from "#server/domain/fault.ts";
import { RegionId } from "#server/domain/id.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Channel = ChannelTerms.extend({
  channelId: ChannelId,
  /** Levels of which something is kept back from it. */
  levelsKeptBack: z.int(),
  ordersUnderWay: z.int(),
});

/** tower.channels: through whom carts of a region are bought, the own shop first. Faults: not-found. */
export const listChannels = opsProcedure
  .input(z.strictObject({ regionId: RegionId }))
  .output(z.array(Channel))
  .query(({ ctx, input: { regionId } }) =>
    ctx.asCaller(async (tx) => {
      const channels = await tx<z.input<typeof Channel>[]>`
        select c.id as "channelId", c.name, c.is_active as "isActive", c.priority_class as "priorityClass",
          (select count(*)::int from public.channel_safety k where (k.region_id, k.channel_id) = (c.region_id, c.id)) as "levelsKeptBack",
          (select count(*)::int from public.orders o
           where o.region_id = c.region_id and o.channel_id = c.id and o.finished_at is null) as "ordersUnderWay"
        from public.channels c where c.region_id = ${regionId} order by c.id <> 'SHOP', c.name, c.id`;
      if (channels.length === 0) throw new Fault("not-found", regionId);
      return channels;
    }),
  );
