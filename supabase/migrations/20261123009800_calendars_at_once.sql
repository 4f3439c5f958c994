-- Opening the coming days and settling cut-offs, as they were and many times faster: what a row needs is joined, where a function
-- was called for each (one that states its search path is never inlined), and what exists already is not asked about.

create or replace function app.hours_of(nodes text[], first_day date, last_day date)
returns table (node_id app.code, starts_at timestamptz, sec integer, usual_sec integer, excepted boolean)
language sql stable set search_path = '' as $$
  select o.node_id, hour.starts_at, sum(part.sec)::integer, sum(part.usual_sec)::integer, bool_or(o.excepted)
  from app.opening_of(nodes, first_day - 1, last_day + 1) o
  cross join lateral (
    select (o.day + o.opens) at time zone o.time_zone as opens_at, (o.day + o.closes) at time zone o.time_zone as closes_at,
           (o.day + o.usual_opens) at time zone o.time_zone as usually_opens_at, (o.day + o.usual_closes) at time zone o.time_zone as usually_closes_at
  ) open
  cross join lateral generate_series(
    date_trunc('hour', least(opens_at, usually_opens_at), 'UTC'), greatest(closes_at, usually_closes_at) - interval '1 second', interval '1 hour'
  ) hour (starts_at)
  cross join lateral (
    -- Nothing without hours, or where a change of the clock turns them round; least() and greatest() pass over nulls.
    select case when opens_at is null then 0 else floor(o.work_sec * greatest(0, extract(epoch from
             least(hour.starts_at + interval '1 hour', closes_at) - greatest(hour.starts_at, opens_at))) / 3600)::integer end as sec,
           case when usually_opens_at is null then 0 else floor(o.usual_work_sec * greatest(0, extract(epoch from
             least(hour.starts_at + interval '1 hour', usually_closes_at) - greatest(hour.starts_at, usually_opens_at))) / 3600)::integer end as usual_sec
  ) part
  where hour.starts_at + interval '1 hour' > first_day::timestamp at time zone o.time_zone
    and hour.starts_at < (last_day + 1)::timestamp at time zone o.time_zone
  group by o.node_id, hour.starts_at
$$;

create or replace function app.settle_cut_offs(region_id app.code) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  zone text;
begin
  select r.time_zone into strict zone from public.regions r where r.id = settle_cut_offs.region_id;

  update public.pickup_windows w set order_by_at = x.order_by_at
  from (
    select w.id, least((d.day - rule.lead_days + rule.order_by) at time zone z.time_zone, w.starts_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    from app.node_zones z join public.pickup_windows w on w.node_id = z.node_id
    cross join lateral (select (w.starts_at at time zone z.time_zone)::date as day) d
    left join lateral (
      select c.* from public.cut_offs c
      where c.region_id = settle_cut_offs.region_id and (c.node_id = z.node_id or c.node_id is null)
        and c.service = 'pickup' and c.weekday = extract(isodow from d.day)
      order by c.node_id nulls last limit 1
    ) rule on true
    where z.region_id = settle_cut_offs.region_id and w.ends_at > as_of
    order by w.id for no key update of w
  ) x
  where w.id = x.id and w.order_by_at is distinct from x.order_by_at;

  -- That the carrier leaves is another cut-off, which the run has by itself.
  update public.carrier_days c set order_by_at = x.order_by_at
  from (
    select c.carrier_id, c.node_id, c.day,
           least((c.day - rule.lead_days + rule.order_by) at time zone z.time_zone, c.leaves_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    from app.node_zones z join public.carrier_days c on c.node_id = z.node_id
    left join lateral (
      select x.* from public.cut_offs x
      where x.region_id = settle_cut_offs.region_id and (x.node_id = z.node_id or x.node_id is null)
        and x.service = 'parcel' and x.weekday = extract(isodow from c.day)
      order by x.node_id nulls last limit 1
    ) rule on true
    where z.region_id = settle_cut_offs.region_id and c.leaves_at > as_of
    order by c.carrier_id, c.node_id, c.day for no key update of c
  ) x
  where (c.carrier_id, c.node_id, c.day) = (x.carrier_id, x.node_id, x.day) and c.order_by_at is distinct from x.order_by_at;

  update public.windows w set order_by_at = x.order_by_at
  from (
    select w.id, least((d.day - rule.lead_days + rule.order_by) at time zone zone, w.starts_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    from public.windows w
    cross join lateral (select (w.starts_at at time zone zone)::date as day) d
    left join public.cut_offs rule on rule.region_id = w.region_id and rule.node_id is null and rule.service = 'delivery'
      and rule.weekday = extract(isodow from d.day)
    where w.region_id = settle_cut_offs.region_id and w.ends_at > as_of
    order by w.id for no key update of w
  ) x
  where w.id = x.id and w.order_by_at is distinct from x.order_by_at;

  with wanted as (
    select w.id as window_id, c.node_id, least((d.day - c.lead_days + c.order_by) at time zone z.time_zone, w.starts_at - make_interval(mins => c.least_lead_min)) as order_by_at
    from public.cut_offs c
    join app.node_zones z on z.node_id = c.node_id
    join public.windows w on w.region_id = c.region_id and w.ends_at > as_of
    cross join lateral (select (w.starts_at at time zone z.time_zone)::date as day) d
    where c.region_id = settle_cut_offs.region_id and c.service = 'delivery' and c.weekday = extract(isodow from d.day)
  ), gone as (
    delete from public.window_cut_offs o using public.windows w
    where w.id = o.window_id and w.region_id = settle_cut_offs.region_id and w.ends_at > as_of
      and not exists (select from wanted x where (x.window_id, x.node_id) = (o.window_id, o.node_id))
  )
  insert into public.window_cut_offs as o (window_id, node_id, order_by_at)
  select x.window_id, x.node_id, x.order_by_at from wanted x order by 1, 2
  on conflict (window_id, node_id) do update set order_by_at = excluded.order_by_at where o.order_by_at <> excluded.order_by_at;
end
$$;

create or replace function app.open_horizon(region_id app.code) returns table (day date, windows integer, shifts integer)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  region public.regions;
  nodes text[];
  first_day date;
  last_day date;
begin
  select * into strict region from public.regions r where r.id = open_horizon.region_id for no key update;
  nodes := array(select n.id::text from public.nodes n where n.region_id = region.id order by n.id);
  first_day := (app.now() at time zone region.time_zone)::date;
  last_day := first_day + region.horizon_days - 1;

  insert into public.work_buckets (node_id, starts_at, target_sec, limit_sec, usual_sec)
  select h.node_id, h.starts_at, h.sec, h.sec, case when h.excepted then h.usual_sec end
  from app.hours_of(nodes, first_day, last_day) h order by 1, 2
  on conflict do nothing;

  insert into public.pickup_windows (node_id, starts_at, ends_at, price_cents, limit_orders, usual_orders)
  select n.id, x.starts_at, x.ends_at, w.price_cents, w.limit_orders,
         case when not coalesce((o.day + o.opens) at time zone o.time_zone <= x.starts_at and (o.day + o.closes) at time zone o.time_zone >= x.ends_at, false)
           or exists (
             select from public.blackouts b
             where b.region_id = region.id and b.day = o.day and b.service = 'pickup' and (b.node_id is null or b.node_id = n.id)
               and (b.starts is null or b.starts = w.starts)
           ) then w.limit_orders end
  from public.nodes n
  join app.opening_of(nodes, first_day, last_day) o on o.node_id = n.id
  join public.window_rules w on w.region_id = region.id and w.service = 'pickup' and w.weekday = extract(isodow from o.day)
    and ((o.opens <= w.starts and o.closes >= w.ends) or (o.usual_opens <= w.starts and o.usual_closes >= w.ends))
  cross join lateral (
    select (o.day + w.starts) at time zone o.time_zone as starts_at, (o.day + w.ends) at time zone o.time_zone as ends_at
  ) x
  where n.offers_pickup and x.ends_at > x.starts_at
    and not exists (select from public.pickup_windows p where (p.node_id, p.starts_at, p.ends_at) = (n.id, x.starts_at, x.ends_at))
  order by 1, 2, 3
  on conflict do nothing;

  insert into public.carrier_days (carrier_id, node_id, day, limit_parcels, usual_parcels)
  select c.carrier_id, c.node_id, d.day, c.day_limit_parcels, case when not app.gives_parcels(c.node_id, d.day) then c.day_limit_parcels end
  from public.carrier_services c
  cross join (select first_day + i as day from generate_series(0, last_day - first_day) i) d
  where c.node_id = any (nodes)
    and not exists (select from public.carrier_days e where (e.carrier_id, e.node_id, e.day) = (c.carrier_id, c.node_id, d.day))
  order by 1, 2, 3
  on conflict do nothing;

  insert into public.shifts (region_id, vehicle_id, node_id, driver_id, starts_at, ends_at, limit_weight_g, limit_volume_ml)
  select region.id, v.id, v.node_id, r.driver_id, x.starts_at, x.ends_at, v.limit_weight_g, v.limit_volume_ml
  from public.shift_rules r
  join public.vehicles v on v.id = r.vehicle_id
  join app.node_zones z on z.node_id = v.node_id and z.region_id = region.id
  join (select first_day + i as day from generate_series(0, last_day - first_day) i) d on r.weekday = extract(isodow from d.day)
  cross join lateral (
    select (d.day + r.starts) at time zone z.time_zone as starts_at, (d.day + r.ends) at time zone z.time_zone as ends_at
  ) x
  where x.ends_at > x.starts_at
    and case when exists (select from public.shifts e where (e.vehicle_id, e.starts_at) = (v.id, x.starts_at)) then false else not app.is_closed(v.node_id, d.day) end
  order by 2, 5
  on conflict do nothing;

  insert into public.windows (region_id, starts_at, ends_at, price_cents, closed)
  select region.id, x.starts_at, x.ends_at, w.price_cents, not app.gives_delivery(region.id, x.starts_at)
  from public.window_rules w
  join (select first_day + i as day from generate_series(0, last_day - first_day) i) d on w.weekday = extract(isodow from d.day)
  cross join lateral (
    select (d.day + w.starts) at time zone region.time_zone as starts_at, (d.day + w.ends) at time zone region.time_zone as ends_at
  ) x
  where w.region_id = region.id and w.service = 'delivery' and x.ends_at > x.starts_at
    and not exists (select from public.windows e where (e.region_id, e.starts_at, e.ends_at) = (region.id, x.starts_at, x.ends_at))
  order by 2, 3
  on conflict do nothing;

  perform app.settle_cut_offs(region.id);

  return query
    select d.day,
           (select count(*)::integer from public.windows w
            where w.region_id = region.id and not w.closed and (w.starts_at at time zone region.time_zone)::date = d.day),
           (select count(*)::integer from public.shifts s
            where s.region_id = region.id and not s.closed and (s.starts_at at time zone region.time_zone)::date = d.day)
    from (select first_day + i as day from generate_series(0, last_day - first_day) i) d;
end
$$;

create or replace function app.settle_day(region_id app.code, nodes text[], day date, with_hours boolean) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
begin
  if with_hours then
    perform from public.work_buckets b
    join app.hours_of(nodes, settle_day.day, settle_day.day) h on (h.node_id, h.starts_at) = (b.node_id, b.starts_at)
    order by b.node_id, b.starts_at for no key update of b;
    update public.work_buckets b
    set target_sec = x.target_sec, usual_sec = x.usual_sec, limit_sec = greatest(x.target_sec, b.claimed_sec)
    from (
      select b.node_id, b.starts_at, case when h.excepted then coalesce(h.sec, 0) else b.usual_sec end as target_sec,
             case when h.excepted then coalesce(b.usual_sec, b.target_sec) end as usual_sec
      from app.node_zones z
      join public.work_buckets b on b.node_id = z.node_id
        and b.starts_at + interval '1 hour' > settle_day.day::timestamp at time zone z.time_zone
        and b.starts_at < (settle_day.day + 1)::timestamp at time zone z.time_zone
      left join app.hours_of(nodes, settle_day.day, settle_day.day) h on (h.node_id, h.starts_at) = (b.node_id, b.starts_at)
      where z.node_id = any (nodes) and b.starts_at + interval '1 hour' > as_of
        -- Without an entry, and never changed by one: none of the calendar's business.
        and (h.excepted or b.usual_sec is not null)
    ) x
    where (b.node_id, b.starts_at) = (x.node_id, x.starts_at)
      and (b.target_sec, b.usual_sec) is distinct from (x.target_sec, x.usual_sec);
  end if;

  perform from public.pickup_windows w join app.node_zones z on z.node_id = w.node_id
  where w.node_id = any (nodes) and w.ends_at > as_of and (w.starts_at at time zone z.time_zone)::date = settle_day.day
  order by w.id for no key update of w;
  update public.pickup_windows w
  set usual_orders = case when x.given then null else w.limit_orders end,
      limit_orders = case when x.given then greatest(w.usual_orders, w.claimed_orders) else w.claimed_orders end
  from (
    select w.id, coalesce((o.day + o.opens) at time zone o.time_zone <= w.starts_at and (o.day + o.closes) at time zone o.time_zone >= w.ends_at, false)
           and not exists (
             select from public.blackouts b
             where b.region_id = settle_day.region_id and b.day = o.day and b.service = 'pickup' and (b.node_id is null or b.node_id = w.node_id)
               and (b.starts is null or (b.day + b.starts) at time zone o.time_zone = w.starts_at)
           ) as given
    from app.opening_of(nodes, settle_day.day, settle_day.day) o
    join public.pickup_windows w on w.node_id = o.node_id and w.ends_at > as_of and (w.starts_at at time zone o.time_zone)::date = o.day
  ) x
  where w.id = x.id and (w.usual_orders is null) <> x.given;

  perform from public.carrier_days c where c.node_id = any (nodes) and c.day = settle_day.day
  order by c.carrier_id, c.node_id, c.day for no key update;
  update public.carrier_days c
  set usual_parcels = case when x.given then null else c.limit_parcels end,
      limit_parcels = case when x.given then greatest(c.usual_parcels, c.claimed_parcels) else c.claimed_parcels end
  from (select n.id, app.gives_parcels(n.id, settle_day.day) as given from public.nodes n where n.id = any (nodes)) x
  where c.node_id = x.id and c.day = settle_day.day and (c.usual_parcels is null) <> x.given;

  perform from public.shifts s join app.node_zones z on z.node_id = s.node_id
  where s.node_id = any (nodes) and s.starts_at > as_of and (s.starts_at at time zone z.time_zone)::date = settle_day.day
  order by s.id for no key update of s;
  update public.shifts s set closed = x.closed
  from (
    select s.id, app.is_closed(s.node_id, settle_day.day) as closed
    from public.shifts s join app.node_zones z on z.node_id = s.node_id
    where s.node_id = any (nodes) and s.starts_at > as_of and (s.starts_at at time zone z.time_zone)::date = settle_day.day
  ) x
  where s.id = x.id and s.closed <> x.closed;

  update public.windows w set closed = not x.given
  from (
    select w.id, app.gives_delivery(w.region_id, w.starts_at) as given
    from public.windows w join public.regions r on r.id = w.region_id
    where w.region_id = settle_day.region_id and w.ends_at > as_of and (w.starts_at at time zone r.time_zone)::date = settle_day.day
    order by w.id for no key update of w
  ) x
  where w.id = x.id and w.closed = x.given;
end
$$;

drop function app.work_within(integer, timestamptz, timestamptz, timestamptz), app.order_by(public.cut_offs, date, timestamptz, text), app.cut_off_of(app.code, app.code, text, date),
  app.gives_pickup(app.code, timestamptz, timestamptz);
