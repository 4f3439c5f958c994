import * as z from "zod";
import { ChannelId } from "#server/domain/channel.ts";
import { ChannelShares, SharedResource } from "#server/domain/channel-shares.ts";
import { Fault } from "#server/domain/fault.ts";
import { RegionId } from "#server/domain/id.ts";
import { Instant } from "#server/domain/instant.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

/** What a channel has of all that is to come of one kind, and where it has most. */
const Use = z.object({
  percent: z.number(),
  mostPercent: z.number(),
  /** Null where it has none. */
  mostAt: Instant.nullable(),
  mostNode: z.string().nullable(),
});

const Output = z.object({
  timeZone: z.string(),
  channels: z.array(
    z.object({
      channelId: ChannelId,
      name: z.string(),
      shares: ChannelShares,
      /** Null where there is nothing of the kind to come. */
      uses: z.record(SharedResource, Use.nullable()),
    }),
  ),
});

interface UseRow extends z.input<typeof Use> {
  readonly channelId: string;
  readonly resource: SharedResource;
}

/**
 * tower.channelShares: the most that each channel of a region may have, and what it has of the week to come, the own shop first.
 * Faults: not-found.
 */
export const listChannelShares = opsProcedure
  .input(z.strictObject({ regionId: RegionId }))
  .output(Output)
  .query(({ ctx, input: { regionId } }) =>
    ctx.asCaller(async (tx) => {
      const channels = await tx<{ channelId: string; name: string; timeZone: string; shares: ChannelShares }[]>`
        select c.id as "channelId", c.name, r.time_zone as "timeZone", json_build_object('picking', c.picking_percent, 'pickup', c.pickup_percent,
          'parcel', c.parcel_percent, 'transfer', c.transfer_percent, 'delivery', c.delivery_percent, 'lapsesHours', c.share_lapses_hours) as shares
        from public.channels c join public.regions r on r.id = c.region_id
        where c.region_id = ${regionId} order by c.id <> 'SHOP', c.name, c.id`;
      if (channels.length === 0) throw new Fault("not-found", regionId);
      const uses = await tx<UseRow[]>`
        with span as materialized (select app.now() as first, app.now() + interval '7 days' as last),
        counted as (
          select 'picking' as resource, b.node_id, b.starts_at, b.limit_sec as most, b.claimed_sec as claimed, b.claimed_by
          from public.work_buckets b, span where b.starts_at between span.first and span.last and b.usual_sec is null
          union all
          select 'pickup', w.node_id, w.starts_at, w.limit_orders, w.claimed_orders, w.claimed_by
          from public.pickup_windows w, span where w.starts_at between span.first and span.last and w.usual_orders is null
          union all
          select 'parcel', d.node_id, d.leaves_at, d.limit_parcels, d.claimed_parcels, d.claimed_by
          from public.carrier_days d, span where d.leaves_at between span.first and span.last and d.usual_parcels is null
          union all
          select 'transfer', l.from_node_id, r.leaves_at, r.limit_orders, r.claimed_orders, r.claimed_by
          from public.lane_runs r join public.lanes l on l.id = r.lane_id, span
          where r.leaves_at between span.first and span.last and r.usual_orders is null
        ),
        driven as materialized (
          select s.shift_id, o.channel_id, o.window_starts_at, o.window_ends_at, sum(s.leg_sec + s.service_sec) as sec
          from public.stops s join public.holds o on o.id = s.hold_id, span
          where o.region_id = ${regionId} and o.window_starts_at between span.first and span.last group by 1, 2, 3, 4
        ),
        used as (
          select c.id as channel_id, x.resource, x.node_id, x.starts_at, x.most, case
            when c.id <> 'SHOP' then coalesce((x.claimed_by ->> c.id)::integer, 0)
            else x.claimed - coalesce((select sum(y.value::integer) from jsonb_each_text(x.claimed_by) y), 0)
          end as has
          from counted x join public.nodes n on n.id = x.node_id and n.region_id = ${regionId}
          cross join (select id::text from public.channels where region_id = ${regionId}) c
          union all
          select c.id, 'delivery', s.node_id, w.starts_at,
            extract(epoch from least(w.ends_at, s.ends_at) - greatest(w.starts_at, s.starts_at))::integer, coalesce(v.sec, 0)
          from public.shifts s
          join public.windows w on w.region_id = s.region_id and w.starts_at < s.ends_at and w.ends_at > s.starts_at and not w.closed
          cross join (select id::text from public.channels where region_id = ${regionId}) c
          cross join span
          left join driven v on (v.shift_id, v.channel_id, v.window_starts_at, v.window_ends_at) = (s.id, c.id, w.starts_at, w.ends_at)
          where s.region_id = ${regionId} and s.state = 'planned' and not s.closed and w.starts_at between span.first and span.last
        ),
        ranked as (
          select u.*, 100.0 * u.has / u.most as percent,
            row_number() over (partition by u.channel_id, u.resource order by u.has::float8 / u.most desc, u.starts_at, u.node_id) as place
          from used u where u.most > 0
        )
        select r.channel_id as "channelId", r.resource, (100.0 * sum(r.has) / sum(r.most))::float8 as percent, max(r.percent)::float8 as "mostPercent",
          min(r.starts_at) filter (where r.place = 1 and r.has > 0) as "mostAt",
          (select n.name from public.nodes n where n.id = min(r.node_id::text) filter (where r.place = 1 and r.has > 0)) as "mostNode"
        from ranked r group by 1, 2`;
      const usedOf = (channelId: string, resource: SharedResource) =>
        uses.find((use) => use.channelId === channelId && use.resource === resource) ?? null;
      return {
        timeZone: channels[0]!.timeZone,
        channels: channels.map(({ channelId, name, shares }) => ({
          channelId: ChannelId.parse(channelId),
          name,
          shares,
          uses: {
            picking: usedOf(channelId, "picking"),
            pickup: usedOf(channelId, "pickup"),
            parcel: usedOf(channelId, "parcel"),
            transfer: usedOf(channelId, "transfer"),
            delivery: usedOf(channelId, "delivery"),
          },
        })),
      };
    }),
  );
