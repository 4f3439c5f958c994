-- Lanes: what the network carries between its own nodes, so that goods of one can be collected at another.
--
-- A lane is a timetable, from a node to another; the horizon dates it into runs, one for each day on which it leaves. A run takes a
-- number of orders, as a pickup window does, and like all that is limited it is a row with a limit and an amount claimed.

create table public.lanes (
  id app.code primary key,
  from_node_id app.code not null references public.nodes,
  to_node_id app.code not null references public.nodes,
  -- The days on which it leaves, 1 Monday to 7 Sunday.
  works_on text not null default '1234567' check (works_on ~ '^1?2?3?4?5?6?7?$' and works_on <> ''),
  -- Each in the zone of its own node.
  departs time not null,
  arrives time not null,
  arrives_after_days smallint not null default 0 check (arrives_after_days between 0 and 7),
  -- From the arrival until what came with it can be collected.
  handling_min smallint not null default 30 check (handling_min between 0 and 1440),
  -- What an order on it costs: its share of the run, and a kilogram, to the gram.
  base_cents integer not null check (base_cents between 0 and 10000000),
  kg_cents integer not null check (kg_cents between 0 and 10000000),
  limit_orders integer not null check (limit_orders between 0 and 100000),
  carries_chilled boolean not null default false,
  carries_frozen boolean not null default false,
  is_active boolean not null default true,
  check (from_node_id <> to_node_id)
);
create index lanes_from_node on public.lanes (from_node_id);
create index lanes_to_node on public.lanes (to_node_id);
comment on table public.lanes is 'What goes from one node to another by a timetable: days, times, handling at the receiving node, cost of an order, orders a run.';

create table public.lane_runs (
  lane_id app.code not null references public.lanes,
  -- On which it leaves, in the zone of the node that it leaves.
  day date not null,
  leaves_at timestamptz not null,
  arrives_at timestamptz not null,
  -- Handled: what it brought can be collected from then on.
  ready_at timestamptz not null,
  limit_orders integer not null check (limit_orders >= 0),
  claimed_orders integer not null default 0 check (claimed_orders >= 0),
  usual_orders integer check (usual_orders >= 0),
  changed_by xid8 not null default pg_current_xact_id(),
  revision integer not null default 1,
  primary key (lane_id, day),
  check (claimed_orders <= limit_orders),
  check (leaves_at < arrives_at and arrives_at <= ready_at),
  constraint closed_lane_runs_offer_nothing check (usual_orders is null or limit_orders = claimed_orders)
);
create index lane_runs_changed on public.lane_runs (changed_by);
comment on table public.lane_runs is 'A lane on one day: when it leaves, when what it brings can be collected, and how many orders it takes.';
comment on column public.lane_runs.usual_orders is 'Not null: closed by the calendar or by its lane, and the limit that comes back. Meanwhile the limit is what is claimed, and falls with it.';

-- A lane runs on a day: it is in use, works on that day, and neither of its nodes is closed, the one when it leaves and the other
-- when it arrives.
create function app.gives_lane(lane_id app.code, day date, arrives_at timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select l.is_active and strpos(l.works_on, extract(isodow from gives_lane.day)::text) > 0
    and not app.is_closed(l.from_node_id, gives_lane.day)
    and not app.is_closed(l.to_node_id, (gives_lane.arrives_at at time zone z.time_zone)::date)
  from public.lanes l join app.node_zones z on z.node_id = l.to_node_id where l.id = gives_lane.lane_id
$$;

-- Dates a run by its lane, each end in its own node's zone. One with which something is promised keeps the times that it was
-- promised by, and one that a change of the clock would have arrive before it leaves is left out.
create function app.date_lane_run() returns trigger
language plpgsql set search_path = '' as $$
declare
  lane public.lanes;
  leaves timestamptz;
  arrives timestamptz;
begin
  select * into strict lane from public.lanes l where l.id = new.lane_id;
  if tg_op = 'UPDATE' and new.claimed_orders > 0 then
    return new;
  end if;
  select (new.day + lane.departs) at time zone z.time_zone into strict leaves from app.node_zones z where z.node_id = lane.from_node_id;
  select (new.day + lane.arrives_after_days + lane.arrives) at time zone z.time_zone into strict arrives
  from app.node_zones z where z.node_id = lane.to_node_id;
  if leaves >= arrives then
    return case tg_op when 'UPDATE' then new end;
  end if;
  new.leaves_at := leaves;
  new.arrives_at := arrives;
  new.ready_at := arrives + make_interval(mins => lane.handling_min);
  if tg_op = 'INSERT' and not app.gives_lane(new.lane_id, new.day, arrives) then
    new.usual_orders := new.limit_orders;
  end if;
  return new;
end
$$;
create trigger date_run before insert or update of day on public.lane_runs for each row execute function app.date_lane_run();

create function app.keep_lane_run_closed() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.limit_orders := least(new.limit_orders, new.claimed_orders);
  return new;
end
$$;
create trigger keep_closed before insert or update on public.lane_runs
  for each row when (new.usual_orders is not null) execute function app.keep_lane_run_closed();

-- As with hours, pickup windows, carriers' days and shifts: who reads only changes must see every one, and no row go.
create trigger note_change before update on public.lane_runs for each row execute function app.note_change();
create trigger refuse_delete before delete or truncate on public.lane_runs for each statement execute function app.refuse_delete();

-- Closes those runs of the lanes that are still to leave between two days and are not given any more, and brings back those that
-- are again. What is promised stays.
--
-- Locks     the runs, by lane and day.
create function app.settle_lane_runs(lanes text[], first_day date, last_day date) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
begin
  perform from public.lane_runs r
  where r.lane_id = any (lanes) and r.day between first_day and last_day and r.leaves_at > as_of
  order by r.lane_id, r.day for no key update;
  update public.lane_runs r
  set usual_orders = case when x.given then null else r.limit_orders end,
      limit_orders = case when x.given then greatest(r.usual_orders, r.claimed_orders) else r.claimed_orders end
  from (
    select r.lane_id, r.day, app.gives_lane(r.lane_id, r.day, r.arrives_at) as given
    from public.lane_runs r where r.lane_id = any (lanes) and r.day between first_day and last_day and r.leaves_at > as_of
  ) x
  where (r.lane_id, r.day) = (x.lane_id, x.day) and (r.usual_orders is null) <> x.given;
end
$$;

-- Other times, terms or days of a lane count for runs that have yet to leave; what was promised stays with its hold.
-- Locks     the lane's runs, in the order of their days.
create function app.renew_lane_runs() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform from public.lane_runs r where r.lane_id = new.id and r.leaves_at > app.now() order by r.day for no key update;
  -- Each is written, whether it is dated anew or not: its terms are read with it.
  update public.lane_runs r set day = r.day where r.lane_id = new.id and r.leaves_at > app.now();
  perform app.settle_lane_runs(array[new.id::text], '-infinity', 'infinity');
  return null;
end
$$;
create trigger renew_runs after update on public.lanes for each row when (old is distinct from new) execute function app.renew_lane_runs();

-- Between carrier days and shifts, as in the lock order: new is the line for lane runs.
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

  -- A run arrives a week after it leaves at the latest, and a day is not the same day everywhere.
  perform app.settle_lane_runs(
    array(select l.id::text from public.lanes l where l.from_node_id = any (nodes) or l.to_node_id = any (nodes)), settle_day.day - 8, settle_day.day + 1);

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

-- New: the runs of lanes.
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

  insert into public.lane_runs (lane_id, day, limit_orders)
  select l.id, d.day, l.limit_orders
  from public.lanes l
  join (select first_day + i as day from generate_series(0, last_day - first_day) i) d on strpos(l.works_on, extract(isodow from d.day)::text) > 0
  where l.from_node_id = any (nodes) and l.is_active
    and not exists (select from public.lane_runs e where (e.lane_id, e.day) = (l.id, d.day))
  order by 1, 2
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

revoke execute on function app.gives_lane(app.code, date, timestamptz), app.date_lane_run(), app.keep_lane_run_closed(),
  app.settle_lane_runs(text[], date, date), app.renew_lane_runs() from public;
grant execute on function app.gives_lane(app.code, date, timestamptz), app.settle_lane_runs(text[], date, date) to service_role;

alter table public.lanes enable row level security;
alter table public.lane_runs enable row level security;
grant select on public.lanes, public.lane_runs to authenticated, service_role;
create policy ops_reads on public.lanes for select to authenticated using ((select app.staff_role()) = 'ops');
create policy ops_reads on public.lane_runs for select to authenticated using ((select app.staff_role()) = 'ops');
create policy node_reads on public.lanes for select to authenticated
  using (from_node_id in (select app.my_nodes()) or to_node_id in (select app.my_nodes()));
-- Through the policies of lanes.
create policy node_reads on public.lane_runs for select to authenticated using (lane_id in (select l.id from public.lanes l));
