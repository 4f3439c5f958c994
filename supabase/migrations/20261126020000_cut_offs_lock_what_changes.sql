-- Only windows and runs whose cut-off changes are locked. A change of a calendar, which has locked shifts by then, locked all windows and
-- runs of its region once more here: against the lock order, so that it and a swap could wait for each other, and every hold at a
-- counter waited for it. After such a change only rows that the same transaction has added get a cut-off.
create or replace function app.settle_cut_offs(region_id app.code) returns void
language plpgsql set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  zone text;
begin
  select r.time_zone into strict zone from public.regions r where r.id = settle_cut_offs.region_id;

  update public.pickup_windows w set order_by_at = x.order_by_at
  from (
    select w.id, settled.order_by_at
    from app.node_zones z join public.pickup_windows w on w.node_id = z.node_id
    cross join lateral (select (w.starts_at at time zone z.time_zone)::date as day) d
    left join lateral (
      select c.* from public.cut_offs c
      where c.region_id = settle_cut_offs.region_id and (c.node_id = z.node_id or c.node_id is null)
        and c.service = 'pickup' and c.weekday = extract(isodow from d.day)
      order by c.node_id nulls last limit 1
    ) rule on true
    cross join lateral (
      select least((d.day - rule.lead_days + rule.order_by) at time zone z.time_zone, w.starts_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    ) settled
    where z.region_id = settle_cut_offs.region_id and w.ends_at > as_of and w.order_by_at is distinct from settled.order_by_at
    order by w.id for no key update of w
  ) x
  where w.id = x.id;

  -- That the carrier leaves is another cut-off, which the run has by itself.
  update public.carrier_days c set order_by_at = x.order_by_at
  from (
    select c.carrier_id, c.node_id, c.day, settled.order_by_at
    from app.node_zones z join public.carrier_days c on c.node_id = z.node_id
    left join lateral (
      select x.* from public.cut_offs x
      where x.region_id = settle_cut_offs.region_id and (x.node_id = z.node_id or x.node_id is null)
        and x.service = 'parcel' and x.weekday = extract(isodow from c.day)
      order by x.node_id nulls last limit 1
    ) rule on true
    cross join lateral (
      select least((c.day - rule.lead_days + rule.order_by) at time zone z.time_zone, c.leaves_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    ) settled
    where z.region_id = settle_cut_offs.region_id and c.leaves_at > as_of and c.order_by_at is distinct from settled.order_by_at
    order by c.carrier_id, c.node_id, c.day for no key update of c
  ) x
  where (c.carrier_id, c.node_id, c.day) = (x.carrier_id, x.node_id, x.day);

  update public.windows w set order_by_at = x.order_by_at
  from (
    select w.id, settled.order_by_at
    from public.windows w
    cross join lateral (select (w.starts_at at time zone zone)::date as day) d
    left join public.cut_offs rule on rule.region_id = w.region_id and rule.node_id is null and rule.service = 'delivery'
      and rule.weekday = extract(isodow from d.day)
    cross join lateral (
      select least((d.day - rule.lead_days + rule.order_by) at time zone zone, w.starts_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    ) settled
    where w.region_id = settle_cut_offs.region_id and w.ends_at > as_of and w.order_by_at is distinct from settled.order_by_at
    order by w.id for no key update of w
  ) x
  where w.id = x.id;

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
