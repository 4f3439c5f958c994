-- What the calendar puts at stake, of what is collected at another node than it is picked at: its window where it is collected, and its
-- run where either end is closed while it runs.
create or replace function app.promises_at_stake(region_id app.code, node_id app.code, day date, opens time, closes time, open_otherwise boolean,
                                      service text default null, starts time default null)
returns table (order_id uuid, number integer, service text, state text, node_id app.code, window_starts_at timestamptz, window_ends_at timestamptz, why text)
language sql stable security definer set search_path = '' as $$
  with affected as (
    select z.node_id, z.time_zone from app.node_zones z
    where z.region_id = promises_at_stake.region_id and (promises_at_stake.node_id is null or z.node_id = promises_at_stake.node_id)
      -- A node with an entry of its own does not follow its region's.
      and (promises_at_stake.node_id is not null or promises_at_stake.service is not null or not exists (
        select from public.calendar_days c where c.node_id = z.node_id and c.day = promises_at_stake.day))
  ), promised as (
    select f.order_id, o.number, h.service, f.state, h.node_id, h.window_starts_at, h.window_ends_at, h.id as hold_id, h.lane_id, h.lane_day, a.time_zone as node_zone, c.time_zone as counter_zone, r.time_zone as region_zone
    from public.holds h
    join public.fulfilments f on f.hold_id = h.id and f.state in ('to_pick', 'ready', 'handed_over', 'received')
    join public.orders o on o.id = f.order_id
    join public.regions r on r.id = h.region_id
    left join affected a on a.node_id = h.node_id
    left join affected c on c.node_id = h.pickup_node_id
    where h.region_id = promises_at_stake.region_id and h.state = 'confirmed'
      and ((select app.staff_role()) = 'ops' or h.node_id in (select app.my_nodes()) or h.pickup_node_id in (select app.my_nodes()))
      and h.window_ends_at > promises_at_stake.day::timestamp at time zone r.time_zone - interval '1 day'
  ), reasons as (
    select p.*, case
      when p.service = 'delivery' and promises_at_stake.node_id is null and (p.window_starts_at at time zone p.region_zone)::date = promises_at_stake.day
        and (promises_at_stake.service is null or (promises_at_stake.service = 'delivery'
          and (promises_at_stake.starts is null or (p.window_starts_at at time zone p.region_zone)::time = promises_at_stake.starts))) then 'window'
      when p.service = 'pickup' and p.counter_zone is not null and (p.window_starts_at at time zone p.counter_zone)::date = promises_at_stake.day
        and case
          when promises_at_stake.service is not null then promises_at_stake.service = 'pickup'
            and (promises_at_stake.starts is null or (p.window_starts_at at time zone p.counter_zone)::time = promises_at_stake.starts)
          when promises_at_stake.opens is not null then (p.window_starts_at at time zone p.counter_zone)::time < promises_at_stake.opens
            or p.window_ends_at > (promises_at_stake.day + promises_at_stake.closes) at time zone p.counter_zone
          else not open_otherwise
        end then 'window'
      -- Neither end of its run is closed while it runs.
      when p.lane_id is not null and promises_at_stake.service is null and promises_at_stake.opens is null and not open_otherwise
        and exists (
          select from public.lane_runs r where (r.lane_id, r.day) = (p.lane_id, p.lane_day) and (
            p.node_zone is not null and r.day = promises_at_stake.day and p.state in ('to_pick', 'ready')
            or p.counter_zone is not null and (r.arrives_at at time zone p.counter_zone)::date = promises_at_stake.day and p.state <> 'received')
        ) then 'run'
      when p.service = 'parcel' and p.node_zone is not null and (promises_at_stake.service = 'parcel' or (promises_at_stake.service is null and promises_at_stake.opens is null and not open_otherwise))
        and exists (
          select from public.claims c
          where c.hold_id = p.hold_id and c.kind = 'parcel' and c.day = promises_at_stake.day and c.units > 0
            and not exists (select from public.claims x where x.reverses = c.id)
        ) and p.state <> 'handed_over' then 'window'
      when promises_at_stake.service is null and promises_at_stake.opens is null and not open_otherwise and p.node_zone is not null and p.service = 'delivery' and p.state <> 'handed_over' and exists (
          select from public.stops s join public.shifts v on v.id = s.shift_id
          where s.hold_id = p.hold_id and v.state = 'planned' and (v.starts_at at time zone p.node_zone)::date = promises_at_stake.day
        ) then 'van'
      when promises_at_stake.service is null and not open_otherwise and p.node_zone is not null and p.state = 'to_pick' and exists (
          select from public.claims c
          where c.hold_id = p.hold_id and c.kind = 'work' and c.units > 0 and not exists (select from public.claims x where x.reverses = c.id)
            and (c.bucket_at at time zone p.node_zone)::date = promises_at_stake.day
            and (promises_at_stake.opens is null
              or c.bucket_at + interval '1 hour' <= (promises_at_stake.day + promises_at_stake.opens) at time zone p.node_zone
              or c.bucket_at >= (promises_at_stake.day + promises_at_stake.closes) at time zone p.node_zone)
        ) then 'picking'
    end as why
    from promised p
  )
  select x.order_id, x.number, x.service, x.state, x.node_id, x.window_starts_at, x.window_ends_at, x.why
  from reasons x where x.why is not null
  order by x.window_starts_at, x.number
$$;
