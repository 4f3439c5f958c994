-- What a resource says that a channel has of it is the sum of the channel's claims.
with said as (
  select 'work' as kind, concat_ws(' ', b.node_id, b.starts_at) as resource, x.key as channel_id, x.value::bigint as units
  from public.work_buckets b cross join jsonb_each_text(b.claimed_by) x
  union all
  select 'pickup', w.id::text, x.key, x.value::bigint from public.pickup_windows w cross join jsonb_each_text(w.claimed_by) x
  union all
  select 'parcel', concat_ws(' ', d.carrier_id, d.node_id, d.day), x.key, x.value::bigint
  from public.carrier_days d cross join jsonb_each_text(d.claimed_by) x
  union all
  select 'lane', concat_ws(' ', r.lane_id, r.day), x.key, x.value::bigint from public.lane_runs r cross join jsonb_each_text(r.claimed_by) x
), claimed as (
  select c.kind,
    case c.kind
      when 'work' then concat_ws(' ', c.node_id, c.bucket_at)
      when 'pickup' then c.pickup_window_id::text
      when 'parcel' then concat_ws(' ', c.carrier_id, c.node_id, c.day)
      else concat_ws(' ', c.lane_id, c.day)
    end as resource,
    h.channel_id::text, sum(c.units) as units
  from public.claims c join public.holds h on h.id = c.hold_id
  where c.kind in ('work', 'pickup', 'parcel', 'lane') and h.channel_id <> 'SHOP'
  group by 1, 2, 3 having sum(c.units) <> 0
)
select kind, resource, channel_id, said.units as said, claimed.units as claimed
from said full join claimed using (kind, resource, channel_id)
where said.units is distinct from claimed.units;
