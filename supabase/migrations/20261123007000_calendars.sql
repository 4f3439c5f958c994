-- Calendars and cut-offs: days that are not as the week says, windows that are not given, and until when each can be ordered.
--
-- The weekly rules say what a usual day is. An entry of the calendar excepts one day, and counts for a day that is opened
-- later as for one that is open already. What is opened stands in rows, so an exception stands in the same rows: beside what
-- holds now they keep what is usual, which comes back when the entry goes. Nothing is deleted, and nothing that is promised is
-- broken: it is shown as being at stake, and people decide.
--
-- A cut-off is an instant on the row that it closes. It is computed once, in the zone of whoever it belongs to, when the row
-- is opened and when the rule changes; nobody who quotes, holds or sits at the edge computes in local time.

alter table public.nodes add column time_zone text check (length(time_zone) between 1 and 60);
comment on column public.nodes.time_zone is 'The node''s own zone where it is not its region''s. Opening hours, pickup windows and the shifts that start here are local to it.';

create view app.node_zones with (security_invoker = true) as
select n.id as node_id, n.region_id, coalesce(n.time_zone, r.time_zone) as time_zone
from public.nodes n join public.regions r on r.id = n.region_id;

-- --------------------------------------------------------------------------------------------------------- the entries

create table public.calendar_days (
  id bigint generated always as identity primary key,
  region_id app.code not null references public.regions on delete cascade,
  -- Null: the whole region, every node of which is closed unless it has an entry of its own.
  node_id app.code references public.nodes on delete cascade,
  day date not null,
  name text not null check (length(name) between 1 and 80),
  -- A node's: other hours, other picking seconds in an hour, or both. All null: closed.
  opens time,
  closes time,
  work_sec integer check (work_sec between 0 and 3600000),
  unique nulls not distinct (region_id, node_id, day),
  check ((opens is null) = (closes is null)),
  check (closes > opens),
  check (node_id is not null or (opens is null and work_sec is null))
);
create index calendar_days_of_node on public.calendar_days (node_id, day);
comment on table public.calendar_days is 'Days that are not as the week says: holidays of a region, and closed or otherwise open days of a node. A node''s own entry counts before its region''s.';

create table public.blackouts (
  id bigint generated always as identity primary key,
  region_id app.code not null references public.regions on delete cascade,
  node_id app.code references public.nodes on delete cascade,
  service text not null check (service in ('delivery', 'pickup', 'parcel')),
  day date not null,
  -- The local start of the one window; null: all of the service's on that day.
  starts time,
  name text not null check (length(name) between 1 and 80),
  unique nulls not distinct (region_id, node_id, service, day, starts),
  -- Delivery windows are the region's, and a parcel has a day, no window.
  check (service <> 'delivery' or node_id is null),
  check (service <> 'parcel' or starts is null)
);
create index blackouts_by_day on public.blackouts (region_id, day);
comment on table public.blackouts is 'Windows of one service that are not given on one day.';

create table public.cut_offs (
  id bigint generated always as identity primary key,
  region_id app.code not null references public.regions on delete cascade,
  -- Null: the region's rule, for every node that has none of its own for this service and weekday.
  node_id app.code references public.nodes on delete cascade,
  service text not null check (service in ('delivery', 'pickup', 'parcel')),
  weekday smallint not null check (weekday between 1 and 7),
  -- Local time, so many days before the window's (or the carrier's) day. Null: only the lead counts.
  order_by time,
  lead_days smallint not null default 0 check (lead_days between 0 and 14),
  least_lead_min integer not null default 0 check (least_lead_min between 0 and 20160),
  unique nulls not distinct (region_id, node_id, service, weekday),
  check (order_by is not null or (least_lead_min > 0 and lead_days = 0))
);
create index cut_offs_of_node on public.cut_offs (node_id);
comment on table public.cut_offs is 'Until when a window can be ordered: by a local time, and at the least so long before it starts; whichever is sooner.';

-- ----------------------------------------------------------------------------------------------- what stands in the rows

alter table public.work_buckets
  -- What the target would be without the calendar; null where the calendar says nothing.
  add column usual_sec integer check (usual_sec >= 0);
alter table public.pickup_windows
  add column usual_orders integer check (usual_orders >= 0),
  add column order_by_at timestamptz,
  add constraint closed_pickup_windows_offer_nothing check (usual_orders is null or limit_orders = claimed_orders);
alter table public.carrier_days
  add column usual_parcels integer check (usual_parcels >= 0),
  add column order_by_at timestamptz,
  add constraint closed_carrier_days_offer_nothing check (usual_parcels is null or limit_parcels = claimed_parcels);
alter table public.windows add column closed boolean not null default false, add column order_by_at timestamptz;
alter table public.shifts add column closed boolean not null default false;
comment on column public.pickup_windows.usual_orders is 'Not null: closed by the calendar, and the limit that comes back with the day. Meanwhile the limit is what is claimed, and falls with it.';
comment on column public.carrier_days.usual_parcels is 'Not null: closed by the calendar, and the limit that comes back with the day. Meanwhile the limit is what is claimed, and falls with it.';
comment on column public.shifts.closed is 'Its node is closed that day: it takes no further stop and drives what it has.';
comment on column public.windows.order_by_at is 'The instant from which on it cannot be ordered, by the region''s rule; null: none. See window_cut_offs for nodes with a rule of their own.';

create table public.window_cut_offs (
  window_id uuid not null references public.windows on delete cascade,
  node_id app.code not null references public.nodes on delete cascade,
  order_by_at timestamptz not null,
  primary key (window_id, node_id)
);
create index window_cut_offs_of_node on public.window_cut_offs (node_id);
comment on table public.window_cut_offs is 'Delivery windows that a node''s own rule cuts off at another instant than the region''s.';

-- A closed row that gives a claim back has no room for another: what comes back is gone with the day.
create function app.keep_pickup_window_closed() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.limit_orders := least(new.limit_orders, new.claimed_orders);
  return new;
end
$$;
create trigger keep_closed before insert or update on public.pickup_windows
  for each row when (new.usual_orders is not null) execute function app.keep_pickup_window_closed();
create function app.keep_carrier_day_closed() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.limit_parcels := least(new.limit_parcels, new.claimed_parcels);
  return new;
end
$$;
create trigger keep_closed before insert or update on public.carrier_days
  for each row when (new.usual_parcels is not null) execute function app.keep_carrier_day_closed();

-- As it was, in the node's zone.
create or replace function app.date_carrier_run() returns trigger
language plpgsql set search_path = '' as $$
declare
  service public.carrier_services;
  zone text;
begin
  select * into strict service from public.carrier_services c where (c.carrier_id, c.node_id) = (new.carrier_id, new.node_id);
  select z.time_zone into strict zone from app.node_zones z where z.node_id = new.node_id;
  new.leaves_at := (new.day + service.cut_off) at time zone zone;
  -- A week has at least one working day.
  select x.day into new.arrives_on
  from (select new.day + i as day from generate_series(0, 7 * (service.transit_days + 1)) i) x
  where strpos(service.works_on, extract(isodow from x.day)::text) > 0 and (x.day > new.day or service.transit_days = 0)
  order by x.day offset greatest(service.transit_days - 1, 0) limit 1;
  new.arrives_from := greatest((new.arrives_on + service.delivers_from) at time zone zone, new.leaves_at);
  new.arrives_until := (new.arrives_on + service.delivers_until) at time zone zone;
  -- Nothing is fetched on a day off. A run that is there stays: parcels may be promised with it.
  if tg_op = 'INSERT' and (strpos(service.works_on, extract(isodow from new.day)::text) = 0 or new.arrives_from >= new.arrives_until) then
    return null;
  end if;
  return new;
end
$$;

-- ------------------------------------------------------------------------------------------------------- what a day is

-- When each of the nodes is open on each of the days, by the calendar and without it. A closed day has no row in `opens`.
create function app.opening_of(nodes text[], first_day date, last_day date)
returns table (node_id app.code, time_zone text, day date, excepted boolean, opens time, closes time, work_sec integer,
               usual_opens time, usual_closes time, usual_work_sec integer)
language sql stable set search_path = '' as $$
  select z.node_id, z.time_zone, d.day, c.id is not null,
         case when not c.closed or c.id is null then coalesce(c.opens, h.opens) end,
         case when not c.closed or c.id is null then coalesce(c.closes, h.closes) end,
         -- A weekday that is closed all year has no picking of its own: the busiest other day stands for it.
         coalesce(c.work_sec, h.work_sec, (select max(x.work_sec) from public.node_hours x where x.node_id = z.node_id), 0),
         h.opens, h.closes, h.work_sec
  from app.node_zones z
  cross join lateral (select first_day + i as day from generate_series(0, last_day - first_day) i) d
  left join public.node_hours h on h.node_id = z.node_id and h.weekday = extract(isodow from d.day)
  left join lateral (
    select x.*, x.opens is null and x.work_sec is null as closed
    from public.calendar_days x
    where x.region_id = z.region_id and x.day = d.day and (x.node_id = z.node_id or x.node_id is null)
    order by x.node_id nulls last limit 1
  ) c on true
  where z.node_id = any (nodes)
$$;

-- The part of an hour's work that lies between two instants; none without them, or where a change of the clock turns them round.
create function app.work_within(hour_sec integer, opens_at timestamptz, closes_at timestamptz, starts_at timestamptz) returns integer
language sql immutable set search_path = '' as $$
  -- least() and greatest() pass over nulls.
  select case when opens_at is null then 0 else floor(hour_sec * greatest(0,
    extract(epoch from least(starts_at + interval '1 hour', closes_at) - greatest(starts_at, opens_at))) / 3600)::integer end
$$;

-- The picking hours that touch the days, as instants, with the work of each: what the calendar makes of it, and what is usual.
--
-- A day of 23, 24.5 or 25 hours has as many as it lasts. An hour that the node is open for in part (it opens at half past, or
-- its zone is half an hour off) offers that part of the work; one that belongs to two local days offers what both give it.
create function app.hours_of(nodes text[], first_day date, last_day date)
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
    select app.work_within(o.work_sec, opens_at, closes_at, hour.starts_at) as sec,
           app.work_within(o.usual_work_sec, usually_opens_at, usually_closes_at, hour.starts_at) as usual_sec
  ) part
  where hour.starts_at + interval '1 hour' > first_day::timestamp at time zone o.time_zone
    and hour.starts_at < (last_day + 1)::timestamp at time zone o.time_zone
  group by o.node_id, hour.starts_at
$$;

-- The calendar has a node closed on a day.
create function app.is_closed(node_id app.code, day date) returns boolean
language sql stable set search_path = '' as $$
  select coalesce((
    select x.opens is null and x.work_sec is null
    from public.calendar_days x join public.nodes n on n.id = is_closed.node_id
    where x.region_id = n.region_id and x.day = is_closed.day and (x.node_id = n.id or x.node_id is null)
    order by x.node_id nulls last limit 1
  ), false)
$$;

-- A pickup window is given: it lies within the hours of its day, and no blackout names it.
create function app.gives_pickup(node_id app.code, starts_at timestamptz, ends_at timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from app.node_zones z
    cross join lateral (select (gives_pickup.starts_at at time zone z.time_zone)::date as day) d
    join app.opening_of(array[z.node_id::text], d.day, d.day) o on (o.day + o.opens) at time zone z.time_zone <= gives_pickup.starts_at
      and (o.day + o.closes) at time zone z.time_zone >= gives_pickup.ends_at
    where z.node_id = gives_pickup.node_id and not exists (
      select from public.blackouts b
      where b.region_id = z.region_id and b.day = d.day and b.service = 'pickup' and (b.node_id is null or b.node_id = z.node_id)
        and (b.starts is null or (b.day + b.starts) at time zone z.time_zone = gives_pickup.starts_at)
    )
  )
$$;

-- A delivery window is given: neither its region's calendar nor a blackout has it closed.
create function app.gives_delivery(region_id app.code, starts_at timestamptz) returns boolean
language sql stable set search_path = '' as $$
  select not exists (
    select from public.regions r
    cross join lateral (select (gives_delivery.starts_at at time zone r.time_zone)::date as day) d
    where r.id = gives_delivery.region_id and (
      exists (select from public.calendar_days c where c.region_id = r.id and c.node_id is null and c.day = d.day)
      or exists (
        select from public.blackouts b
        where b.region_id = r.id and b.day = d.day and b.service = 'delivery'
          and (b.starts is null or (b.day + b.starts) at time zone r.time_zone = gives_delivery.starts_at)
      )
    )
  )
$$;

-- A carrier calls at a node on a day.
create function app.gives_parcels(node_id app.code, day date) returns boolean
language sql stable set search_path = '' as $$
  select not app.is_closed(gives_parcels.node_id, gives_parcels.day) and not exists (
    select from public.blackouts b join public.nodes n on n.id = gives_parcels.node_id
    where b.region_id = n.region_id and b.day = gives_parcels.day and b.service = 'parcel' and (b.node_id is null or b.node_id = n.id)
  )
$$;

-- The instant from which on a rule takes no order for what starts at `starts_at` on the local day `day`; null without a rule.
create function app.order_by(rule public.cut_offs, day date, starts_at timestamptz, time_zone text) returns timestamptz
language sql immutable set search_path = '' as $$
  select least((day - rule.lead_days + rule.order_by) at time zone time_zone, starts_at - make_interval(mins => rule.least_lead_min))
$$;

-- The rule of a node, or else its region's.
create function app.cut_off_of(region_id app.code, node_id app.code, service text, day date) returns public.cut_offs
language sql stable set search_path = '' as $$
  select c from public.cut_offs c
  where c.region_id = cut_off_of.region_id and (c.node_id = cut_off_of.node_id or c.node_id is null)
    and c.service = cut_off_of.service and c.weekday = extract(isodow from cut_off_of.day)
  order by c.node_id nulls last limit 1
$$;

-- -------------------------------------------------------------------------------------------------- bringing rows in line

-- Writes the cut-offs of everything that is still ahead in a region as its rules have them. What is right already is not touched.
--
-- Locks     pickup windows by id, carrier days by their key, then delivery windows; the caller has the region.
create function app.settle_cut_offs(region_id app.code) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  zone text;
begin
  select r.time_zone into strict zone from public.regions r where r.id = settle_cut_offs.region_id;

  update public.pickup_windows w set order_by_at = x.order_by_at
  from (
    select w.id, app.order_by(app.cut_off_of(z.region_id, z.node_id, 'pickup', d.day), d.day, w.starts_at, z.time_zone) as order_by_at
    from app.node_zones z join public.pickup_windows w on w.node_id = z.node_id
    cross join lateral (select (w.starts_at at time zone z.time_zone)::date as day) d
    where z.region_id = settle_cut_offs.region_id and w.ends_at > as_of
    order by w.id for no key update of w
  ) x
  where w.id = x.id and w.order_by_at is distinct from x.order_by_at;

  -- That the carrier leaves is another cut-off, which the run has by itself.
  update public.carrier_days c set order_by_at = x.order_by_at
  from (
    select c.carrier_id, c.node_id, c.day,
           app.order_by(app.cut_off_of(z.region_id, z.node_id, 'parcel', c.day), c.day, c.leaves_at, z.time_zone) as order_by_at
    from app.node_zones z join public.carrier_days c on c.node_id = z.node_id
    where z.region_id = settle_cut_offs.region_id and c.leaves_at > as_of
    order by c.carrier_id, c.node_id, c.day for no key update of c
  ) x
  where (c.carrier_id, c.node_id, c.day) = (x.carrier_id, x.node_id, x.day) and c.order_by_at is distinct from x.order_by_at;

  update public.windows w set order_by_at = x.order_by_at
  from (
    select w.id, app.order_by(app.cut_off_of(w.region_id, null, 'delivery', d.day), d.day, w.starts_at, zone) as order_by_at
    from public.windows w
    cross join lateral (select (w.starts_at at time zone zone)::date as day) d
    where w.region_id = settle_cut_offs.region_id and w.ends_at > as_of
    order by w.id for no key update of w
  ) x
  where w.id = x.id and w.order_by_at is distinct from x.order_by_at;

  with wanted as (
    select w.id as window_id, c.node_id, app.order_by(c, d.day, w.starts_at, z.time_zone) as order_by_at
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

-- Brings what is open already on a day in line with the calendar: closes what is closed now, and brings back what is not.
--
-- An hour's target is the calendar's while it has an entry, and what it was before once it has none; a hand that turned the
-- dial meanwhile is forgotten with the entry. What has begun and what is promised stays.
-- Locks     work buckets (node, hour), pickup windows (id), carrier days (key), shifts (id), then delivery windows; the caller
--           has the region.
-- Retry     safe.
create function app.settle_day(region_id app.code, nodes text[], day date, with_hours boolean) returns void
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
    select w.id, app.gives_pickup(w.node_id, w.starts_at, w.ends_at) as given
    from public.pickup_windows w join app.node_zones z on z.node_id = w.node_id
    where w.node_id = any (nodes) and w.ends_at > as_of and (w.starts_at at time zone z.time_zone)::date = settle_day.day
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

-- ------------------------------------------------------------------------------------------------------------- opening

-- Opens windows, pickup windows, picking hours, shifts and carrier days of the coming days: delivery windows in the region's
-- zone, everything of a node in the node's own.
--
-- What exists is left as it is, so a repeated call only adds what was missing. Local times that a change to summer time skips
-- or doubles become the instant that Postgres gives them, and what would then end before it starts is left out. What the
-- calendar closes is opened closed, so that an entry that goes away leaves a usual day; a van of a closed node has no shift.
-- Locks     the region: nobody writes its calendar meanwhile.
-- Retry     safe.
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
         case when not app.gives_pickup(n.id, x.starts_at, x.ends_at) then w.limit_orders end
  from public.nodes n
  join app.opening_of(nodes, first_day, last_day) o on o.node_id = n.id
  join public.window_rules w on w.region_id = region.id and w.service = 'pickup' and w.weekday = extract(isodow from o.day)
    and ((o.opens <= w.starts and o.closes >= w.ends) or (o.usual_opens <= w.starts and o.usual_closes >= w.ends))
  cross join lateral (
    select (o.day + w.starts) at time zone o.time_zone as starts_at, (o.day + w.ends) at time zone o.time_zone as ends_at
  ) x
  where n.offers_pickup and x.ends_at > x.starts_at
  order by 1, 2, 3
  on conflict do nothing;

  insert into public.carrier_days (carrier_id, node_id, day, limit_parcels, usual_parcels)
  select c.carrier_id, c.node_id, d.day, c.day_limit_parcels, case when not app.gives_parcels(c.node_id, d.day) then c.day_limit_parcels end
  from public.carrier_services c
  cross join (select first_day + i as day from generate_series(0, last_day - first_day) i) d
  where c.node_id = any (nodes)
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
  where x.ends_at > x.starts_at and not app.is_closed(v.node_id, d.day)
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

-- ------------------------------------------------------------------------------------------------- what people may change

-- Begins a change of a region's calendar, for those that run with their owner's rights: asks who is calling, locks the region, and refuses a day that is over.
--
-- Raises    KPNTF  no such region or node of the caller's · KPARG  the day is over, or too far ahead to be meant.
create function app.begin_calendar_change(region_id app.code, node_id app.code, day date) returns void
language plpgsql volatile set search_path = '' as $$
declare
  today date;
begin
  -- A node's own calendar is its manager's as well; a region's is for ops alone.
  if app.staff_role() is distinct from 'ops' and (begin_calendar_change.node_id is null or not app.may_work_at(begin_calendar_change.node_id)) then
    raise exception using errcode = 'KPNTF', message = 'no such region or node', detail = coalesce(begin_calendar_change.node_id, begin_calendar_change.region_id);
  end if;
  perform from public.regions r where r.id = begin_calendar_change.region_id for no key update;
  if not found or (begin_calendar_change.node_id is not null and not exists (
    select from public.nodes n where n.id = begin_calendar_change.node_id and n.region_id = begin_calendar_change.region_id
  )) then
    raise exception using errcode = 'KPNTF', message = 'no such region or node', detail = coalesce(begin_calendar_change.node_id, begin_calendar_change.region_id);
  end if;
  select (app.now() at time zone coalesce(z.time_zone, r.time_zone))::date into today
  from public.regions r left join app.node_zones z on z.node_id = begin_calendar_change.node_id
  where r.id = begin_calendar_change.region_id;
  if begin_calendar_change.day < today or begin_calendar_change.day > today + 730 then
    raise exception using errcode = 'KPARG', message = 'the day is over, or more than two years ahead', detail = begin_calendar_change.day::text;
  end if;
end
$$;

-- Brings the rows in line, opens what an entry adds or gives back, and tells: the last step of every change of a calendar.
create function app.end_calendar_change(region_id app.code, node_id app.code, day date, with_hours boolean, kind text, data jsonb) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform app.settle_day(end_calendar_change.region_id,
    array(select n.id::text from public.nodes n where n.region_id = end_calendar_change.region_id
            and (end_calendar_change.node_id is null or n.id = end_calendar_change.node_id) order by n.id),
    end_calendar_change.day, with_hours);
  perform from app.open_horizon(end_calendar_change.region_id);
  perform app.record_event(end_calendar_change.region_id, kind, null, null, end_calendar_change.node_id, null, data || jsonb_build_object('day', end_calendar_change.day));
  insert into app.outbox (region_id, kind) values (end_calendar_change.region_id, 'capacity');
end
$$;

-- Excepts a day: a holiday of a region (node_id null: everything closed), or a node's closed or otherwise open day.
--
-- Locks     the region, then as settle_day.
-- Retry     safe; an entry that says the same already is left alone, and nothing is told twice.
-- Raises    KPNTF  no such region or node of the caller's · KPARG  the day is over, or an entry that makes no sense.
create function app.set_calendar_day(region_id app.code, node_id app.code, day date, name text, opens time default null, closes time default null, work_sec integer default null)
returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.begin_calendar_change(set_calendar_day.region_id, set_calendar_day.node_id, set_calendar_day.day);
  insert into public.calendar_days as c (region_id, node_id, day, name, opens, closes, work_sec)
  values (set_calendar_day.region_id, set_calendar_day.node_id, set_calendar_day.day, set_calendar_day.name,
          set_calendar_day.opens, set_calendar_day.closes, set_calendar_day.work_sec)
  on conflict on constraint calendar_days_region_id_node_id_day_key do update
  set (name, opens, closes, work_sec) = (excluded.name, excluded.opens, excluded.closes, excluded.work_sec)
  where (c.name, c.opens, c.closes, c.work_sec) is distinct from (excluded.name, excluded.opens, excluded.closes, excluded.work_sec);
  if found then
    perform app.end_calendar_change(set_calendar_day.region_id, set_calendar_day.node_id, set_calendar_day.day, true, 'calendar_day_set',
      jsonb_build_object('name', set_calendar_day.name, 'opens', set_calendar_day.opens, 'closes', set_calendar_day.closes, 'work_sec', set_calendar_day.work_sec));
  end if;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'KPARG', message = 'not an entry of a calendar', detail = set_calendar_day.day::text;
end
$$;

-- Takes an entry back: the day is a usual one again, with what is promised in it.
--
-- Locks     as set_calendar_day.
-- Retry     safe.
-- Raises    KPNTF  no such region or node of the caller's · KPARG  the day is over.
create function app.clear_calendar_day(region_id app.code, node_id app.code, day date) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.begin_calendar_change(clear_calendar_day.region_id, clear_calendar_day.node_id, clear_calendar_day.day);
  delete from public.calendar_days c
  where c.region_id = clear_calendar_day.region_id and c.node_id is not distinct from clear_calendar_day.node_id and c.day = clear_calendar_day.day;
  if found then
    perform app.end_calendar_change(clear_calendar_day.region_id, clear_calendar_day.node_id, clear_calendar_day.day, true, 'calendar_day_cleared', '{}');
  end if;
end
$$;

-- Gives no windows of a service on a day: the one that starts at `starts`, or all of them. A delivery window is its region's; a
-- pickup window a node's, or with node_id null that of every node.
--
-- Locks     as set_calendar_day.
-- Retry     safe.
-- Raises    KPNTF  no such region or node of the caller's · KPARG  the day is over, or a blackout that makes no sense.
create function app.set_blackout(region_id app.code, node_id app.code, service text, day date, starts time, name text) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.begin_calendar_change(set_blackout.region_id, set_blackout.node_id, set_blackout.day);
  insert into public.blackouts as b (region_id, node_id, service, day, starts, name)
  values (set_blackout.region_id, set_blackout.node_id, set_blackout.service, set_blackout.day, set_blackout.starts, set_blackout.name)
  on conflict on constraint blackouts_region_id_node_id_service_day_starts_key do update
  set name = excluded.name where b.name <> excluded.name;
  if found then
    perform app.end_calendar_change(set_blackout.region_id, set_blackout.node_id, set_blackout.day, false, 'blackout_set',
      jsonb_build_object('service', set_blackout.service, 'starts', set_blackout.starts, 'name', set_blackout.name));
  end if;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'KPARG', message = 'not a blackout', detail = set_blackout.day::text;
end
$$;

-- Takes a blackout back.
--
-- Locks     as set_calendar_day.
-- Retry     safe.
-- Raises    KPNTF  no such region or node of the caller's · KPARG  the day is over.
create function app.clear_blackout(region_id app.code, node_id app.code, service text, day date, starts time) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  perform app.begin_calendar_change(clear_blackout.region_id, clear_blackout.node_id, clear_blackout.day);
  delete from public.blackouts b
  where b.region_id = clear_blackout.region_id and b.node_id is not distinct from clear_blackout.node_id and b.service = clear_blackout.service
    and b.day = clear_blackout.day and b.starts is not distinct from clear_blackout.starts;
  if found then
    perform app.end_calendar_change(clear_blackout.region_id, clear_blackout.node_id, clear_blackout.day, false, 'blackout_cleared',
      jsonb_build_object('service', clear_blackout.service, 'starts', clear_blackout.starts));
  end if;
end
$$;

-- Replaces the cut-offs of a service for a region, or for one node of it: rules = [{ weekday, order_by, lead_days,
-- least_lead_min }]; none: the node has its region's, the region none. For ops alone.
--
-- Locks     the region, then as settle_cut_offs.
-- Retry     safe; the same rules again change nothing.
-- Raises    KPNTF  not ops, or no such region or node · KPARG  not rules, or a weekday twice.
create function app.set_cut_offs(region_id app.code, node_id app.code, service text, rules jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  before jsonb;
  after jsonb;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = set_cut_offs.region_id;
  end if;
  perform app.begin_calendar_change(set_cut_offs.region_id, set_cut_offs.node_id, null);
  select jsonb_agg(to_jsonb(c) - 'id' order by c.weekday) into before from public.cut_offs c
  where c.region_id = set_cut_offs.region_id and c.node_id is not distinct from set_cut_offs.node_id and c.service = set_cut_offs.service;
  delete from public.cut_offs c
  where c.region_id = set_cut_offs.region_id and c.node_id is not distinct from set_cut_offs.node_id and c.service = set_cut_offs.service;
  insert into public.cut_offs (region_id, node_id, service, weekday, order_by, lead_days, least_lead_min)
  select set_cut_offs.region_id, set_cut_offs.node_id, set_cut_offs.service, x.weekday, x.order_by, coalesce(x.lead_days, 0), coalesce(x.least_lead_min, 0)
  from jsonb_to_recordset(set_cut_offs.rules) x (weekday smallint, order_by time, lead_days smallint, least_lead_min integer);
  select jsonb_agg(to_jsonb(c) - 'id' order by c.weekday) into after from public.cut_offs c
  where c.region_id = set_cut_offs.region_id and c.node_id is not distinct from set_cut_offs.node_id and c.service = set_cut_offs.service;
  if after is distinct from before then
    perform app.settle_cut_offs(set_cut_offs.region_id);
    perform app.record_event(set_cut_offs.region_id, 'cut_offs_set', null, null, set_cut_offs.node_id, null,
      jsonb_build_object('service', set_cut_offs.service, 'rules', set_cut_offs.rules));
    insert into app.outbox (region_id, kind) values (set_cut_offs.region_id, 'capacity');
  end if;
exception when check_violation or not_null_violation or unique_violation then
  raise exception using errcode = 'KPARG', message = 'not cut-offs', detail = set_cut_offs.service;
end
$$;

-- What is promised and would have to be kept although the day is otherwise: what an entry puts at stake, before it is made and
-- after. The arguments are an entry of calendar_days; with `service` those of a blackout.
--
-- why: window (it is not given any more), picking (it is to be picked while the node is closed), van (its van's node is closed).
-- Runs as its caller, who sees their own.
create function app.promises_at_stake(region_id app.code, node_id app.code, day date, opens time, closes time, open_otherwise boolean,
                                      service text default null, starts time default null)
returns table (order_id uuid, number integer, service text, state text, node_id app.code, window_starts_at timestamptz, window_ends_at timestamptz, why text)
language sql stable set search_path = '' as $$
  with affected as (
    select z.node_id, z.time_zone from app.node_zones z
    where z.region_id = promises_at_stake.region_id and (promises_at_stake.node_id is null or z.node_id = promises_at_stake.node_id)
      -- A node with an entry of its own does not follow its region's.
      and (promises_at_stake.node_id is not null or promises_at_stake.service is not null or not exists (
        select from public.calendar_days c where c.node_id = z.node_id and c.day = promises_at_stake.day))
  ), promised as (
    select f.order_id, o.number, h.service, f.state, h.node_id, h.window_starts_at, h.window_ends_at, h.id as hold_id, a.time_zone as node_zone, r.time_zone as region_zone
    from public.holds h
    join public.fulfilments f on f.hold_id = h.id and f.state in ('to_pick', 'ready', 'handed_over')
    join public.orders o on o.id = f.order_id
    join public.regions r on r.id = h.region_id
    left join affected a on a.node_id = h.node_id
    where h.region_id = promises_at_stake.region_id and h.state = 'confirmed'
      and h.window_ends_at > promises_at_stake.day::timestamp at time zone r.time_zone - interval '1 day'
  ), reasons as (
    select p.*, case
      when p.service = 'delivery' and promises_at_stake.node_id is null and (p.window_starts_at at time zone p.region_zone)::date = promises_at_stake.day
        and (promises_at_stake.service is null or (promises_at_stake.service = 'delivery'
          and (promises_at_stake.starts is null or (p.window_starts_at at time zone p.region_zone)::time = promises_at_stake.starts))) then 'window'
      when p.service = 'pickup' and p.node_zone is not null and (p.window_starts_at at time zone p.node_zone)::date = promises_at_stake.day
        and case
          when promises_at_stake.service is not null then promises_at_stake.service = 'pickup'
            and (promises_at_stake.starts is null or (p.window_starts_at at time zone p.node_zone)::time = promises_at_stake.starts)
          when promises_at_stake.opens is not null then (p.window_starts_at at time zone p.node_zone)::time < promises_at_stake.opens
            or p.window_ends_at > (promises_at_stake.day + promises_at_stake.closes) at time zone p.node_zone
          else not open_otherwise
        end then 'window'
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

-- --------------------------------------------------------------------------------------------------- what a hold must pass

-- Refuses what the calendar does not give, or what it is too late to order. The resources are locked and claimed by now, so
-- that the hour is later than any wait. An order that is promised already and only changes hands is not asked.
--
-- Of a window that is being closed in this very moment a hold either waits (a pickup window, a carrier's day, a shift) or comes
-- before it, and is among what is at stake.
-- Raises    KPWIN  the window is not given, or its cut-off has passed · KPDEP  the van's node is closed that day.
create function app.check_calendar(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  refused text;
begin
  select coalesce(x.order_by_at, p.window_starts_at)::text into refused
  from unnest(parts) p
  cross join lateral (
    select coalesce(c.order_by_at, w.order_by_at) as order_by_at, w.closed
    from public.windows w left join public.window_cut_offs c on c.window_id = w.id and c.node_id = p.node_id
    where p.service = 'delivery' and w.region_id = p.region_id and (w.starts_at, w.ends_at) = (p.window_starts_at, p.window_ends_at)
    union all
    select w.order_by_at, w.usual_orders is not null from public.pickup_windows w where p.service = 'pickup' and w.id = p.pickup_window_id
    union all
    select d.order_by_at, d.usual_parcels is not null from public.carrier_days d
    where p.service = 'parcel' and (d.carrier_id, d.node_id, d.day) = (p.carrier_id, p.node_id, p.carrier_day)
  ) x
  where x.closed or x.order_by_at <= as_of
  limit 1;
  if found then
    raise exception using errcode = 'KPWIN', message = 'the window is not given, or its cut-off has passed', detail = refused;
  end if;
  select s.id::text into refused from unnest(parts) p join public.shifts s on s.id = p.shift_id and s.closed limit 1;
  if found then
    raise exception using errcode = 'KPDEP', message = 'the node of the van is closed that day', detail = refused;
  end if;
end
$$;

-- Holds stock, picking time and ways to move for one cart, at each node that serves a part of it: all of it, or nothing.
--
-- parts = [app.hold_request]; the first is the lead's, whose hold_id is the hold's; the price of the whole is their sum.
-- Locks     the hold, then as lock_hold_keys, then as take_claims.
-- Retry     safe; a repeated call returns what the first one made, whatever became of it since.
-- Raises    KPLIM  one too many; and what begin_hold and take_claims raise.
create or replace function app.place_hold(hold_id uuid, parts jsonb, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(place_hold.parts);
begin
  if app.begin_hold(place_hold.hold_id, requests, ttl_sec) then
    perform app.lock_hold_keys(requests[1].region_id, requests[1].checkout_id, requests[1].address_key, requests[1].network_key);
    perform app.check_hold_counts(place_hold.hold_id);
    perform app.take_claims(requests);
    perform app.check_hold_shares(requests);
    perform app.check_calendar(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
end
$$;

-- Changes a hold for another one of the same shopper, whose own claims never stand in the way: what the old one gives back is
-- there for the new one to take. When that cannot be had, nothing has happened and the old one lives on.
--
-- An old hold that is over is no hindrance: the new one is placed if it can be. Where the old one has a stop in a route that
-- the new one joins, the caller names the plan version that it read and computes the route without the old stop.
-- Locks     the old hold, then the new one, then as lock_hold_keys, then as lock_resources over both.
-- Retry     safe; a repeated call returns what the first one made, whatever became of it since.
-- Raises    KPNTF  no such hold to change · KPSTA  it is confirmed; and what place_hold raises.
create or replace function app.swap_hold(old_id uuid, hold_id uuid, parts jsonb, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(swap_hold.parts);
  olds uuid[];
  old public.holds;
  left_shifts uuid[];
begin
  olds := array(select h.id from public.holds h where h.lead_id = old_id order by h.id for no key update);
  select * into old from public.holds h where h.id = old_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = old_id::text;
  end if;
  if app.begin_hold(swap_hold.hold_id, requests, ttl_sec) then
    if exists (select from public.fulfilments f where f.hold_id = old.id) then
      raise exception using errcode = 'KPSTA', message = 'the hold is confirmed', detail = old_id::text;
    end if;
    perform app.lock_hold_keys(requests[1].region_id, requests[1].checkout_id, requests[1].address_key, requests[1].network_key);
    if old.state = 'held' then
      perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);
      left_shifts := array(select s.shift_id from public.stops s where s.hold_id = any (olds));
      perform app.end_holds(olds, case when old.expires_at <= app.now() then 'expired' else 'released' end);
      -- Of one node each, so that a shift has lost one stop at most, and its version has risen by one.
      for i in 1 .. cardinality(requests) loop
        if requests[i].shift_id = any (left_shifts) then
          requests[i].plan_version := requests[i].plan_version + 1;
        end if;
      end loop;
    end if;
    perform app.check_hold_counts(swap_hold.hold_id);
    perform app.take_claims(requests);
    perform app.check_hold_shares(requests);
    perform app.check_calendar(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = swap_hold.hold_id;
end
$$;

-- As it was, and besides: closed windows, runs and shifts are left out, and each window and run says until when it can be
-- ordered (null: always), with the nodes that cut it off at an instant of their own.
create or replace function app.read_quote_facts(region_id app.code, skus text[], since xid8 default '0') returns json
language plpgsql stable set search_path = '' set enable_seqscan = off as $$
declare
  as_of timestamptz := app.now();
  -- Ascending, as width_bucket wants them, and a breath later than the age itself, which counts as reached.
  steps timestamptz[];
  percents integer[];
  open_nodes text[] := array(
    select n.id from public.nodes n where n.region_id = read_quote_facts.region_id and n.paused_at is null order by n.id
  );
begin
  select array_agg(as_of - make_interval(hours => s.after_hours) + interval '1 microsecond' order by s.after_hours desc), array_agg(s.held_back_percent order by s.after_hours desc)
  into steps, percents
  from public.stock_freshness_steps s where s.region_id = read_quote_facts.region_id;
  -- Beyond the last threshold nothing is held back; width_bucket knows no empty array.
  steps := coalesce(steps, array['-infinity'::timestamptz]);
  percents := coalesce(percents, array[0]) || 0;

  return json_build_object(
    'nowSec', extract(epoch from as_of),
    'nodeIds', open_nodes,
    'stock', (
      select json_build_object(
        'nodeId', coalesce(array_agg(l.node_id), '{}'),
        'skuId', coalesce(array_agg(l.sku_id), '{}'),
        'units', coalesce(array_agg(
          l.on_hand - l.shortage - l.reserved - l.safety - ceil(greatest(l.on_hand - l.shortage, 0) * (case
            when l.confirmed_at is null then 100
            else percents[width_bucket(l.confirmed_at, steps) + 1]
          end) / 100.0)::integer), '{}'))
      from public.inventory_levels l where l.sku_id = any (skus) and l.node_id = any (open_nodes)
    ),
    'rules', (
      select json_build_object(
        'mostNodes', r.most_nodes, 'leastPartCents', r.least_part_cents, 'splitCents', r.split_cents,
        'busyPercent', r.busy_percent, 'busyHourCents', r.busy_hour_cents)
      from public.sourcing_rules r where r.region_id = read_quote_facts.region_id
    ),
    'windows', (
      select json_build_object(
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer order by x.starts_at, x.ends_at), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer order by x.starts_at, x.ends_at), '{}'),
        'priceCents', coalesce(array_agg(x.price_cents order by x.starts_at, x.ends_at), '{}'),
        'orderBySec', coalesce(array_agg(date_part('epoch', x.order_by_at)::integer order by x.starts_at, x.ends_at), '{}'))
      from public.windows x where x.region_id = read_quote_facts.region_id and x.ends_at > as_of and not x.closed
    ),
    'cutOffs', (
      select json_build_object(
        'nodeId', coalesce(array_agg(c.node_id), '{}'),
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer), '{}'),
        'orderBySec', coalesce(array_agg(date_part('epoch', c.order_by_at)::integer), '{}'))
      from public.windows x join public.window_cut_offs c on c.window_id = x.id
      where x.region_id = read_quote_facts.region_id and x.ends_at > as_of and not x.closed
    ),
    'changes', json_build_object(
      'asOf', pg_snapshot_xmin(pg_current_snapshot())::text,
      'hours', (
        select json_build_object(
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
          'limitSec', coalesce(array_agg(x.limit_sec), '{}'),
          'freeSec', coalesce(array_agg(x.limit_sec - x.claimed_sec), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.work_buckets x join public.nodes n on n.id = x.node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.starts_at > as_of - interval '1 hour'
      ),
      'pickups', (
        select json_build_object(
          'id', coalesce(array_agg(x.id), '{}'),
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
          'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer), '{}'),
          'free', coalesce(array_agg(x.limit_orders - x.claimed_orders), '{}'),
          'priceCents', coalesce(array_agg(x.price_cents), '{}'),
          'closed', coalesce(array_agg(x.usual_orders is not null), '{}'),
          'orderBySec', coalesce(array_agg(date_part('epoch', x.order_by_at)::integer), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.pickup_windows x join public.nodes n on n.id = x.node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.ends_at > as_of
      ),
      'shifts', (
        select json_build_object(
          'id', coalesce(array_agg(x.id), '{}'),
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
          'version', coalesce(array_agg(x.plan_version), '{}'),
          'planned', coalesce(array_agg(x.state = 'planned' and not x.closed), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.shifts x
        where x.changed_by >= since and x.region_id = read_quote_facts.region_id and x.starts_at > as_of
      ),
      'runs', (
        select json_build_object(
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'carrierId', coalesce(array_agg(x.carrier_id), '{}'),
          'carrier', coalesce(array_agg(c.name), '{}'),
          'day', coalesce(array_agg(x.day), '{}'),
          'leavesSec', coalesce(array_agg(date_part('epoch', x.leaves_at)::integer), '{}'),
          'arrivesOn', coalesce(array_agg(x.arrives_on), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.arrives_from)::integer), '{}'),
          'endSec', coalesce(array_agg(date_part('epoch', x.arrives_until)::integer), '{}'),
          'baseCents', coalesce(array_agg(s.base_cents), '{}'),
          'kgCents', coalesce(array_agg(s.kg_cents), '{}'),
          'priceCents', coalesce(array_agg(s.price_cents), '{}'),
          'limitG', coalesce(array_agg(s.limit_weight_g), '{}'),
          'carriesChilled', coalesce(array_agg(s.carries_chilled), '{}'),
          'carriesFrozen', coalesce(array_agg(s.carries_frozen), '{}'),
          'free', coalesce(array_agg(x.limit_parcels - x.claimed_parcels), '{}'),
          'closed', coalesce(array_agg(x.usual_parcels is not null), '{}'),
          'orderBySec', coalesce(array_agg(date_part('epoch', x.order_by_at)::integer), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.carrier_days x
        join public.carrier_services s on (s.carrier_id, s.node_id) = (x.carrier_id, x.node_id)
        join public.carriers c on c.id = x.carrier_id
        join public.nodes n on n.id = x.node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.leaves_at > as_of - interval '1 day'
      )
    )
  );
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

do $$
declare
  t text;
begin
  for t in select unnest(array['calendar_days', 'blackouts', 'cut_offs', 'window_cut_offs']) loop
    execute format('alter table public.%I enable row level security', t);
    execute format('grant select on public.%I to anon, authenticated, service_role', t);
    execute format('create policy everyone_reads on public.%I for select to anon, authenticated using (true)', t);
  end loop;
end
$$;
grant select on app.node_zones to authenticated, service_role;

revoke execute on function app.keep_pickup_window_closed(), app.keep_carrier_day_closed(), app.opening_of(text[], date, date),
  app.hours_of(text[], date, date), app.work_within(integer, timestamptz, timestamptz, timestamptz), app.is_closed(app.code, date),
  app.gives_pickup(app.code, timestamptz, timestamptz), app.gives_delivery(app.code, timestamptz), app.gives_parcels(app.code, date),
  app.order_by(public.cut_offs, date, timestamptz, text), app.cut_off_of(app.code, app.code, text, date), app.settle_cut_offs(app.code),
  app.settle_day(app.code, text[], date, boolean), app.begin_calendar_change(app.code, app.code, date),
  app.end_calendar_change(app.code, app.code, date, boolean, text, jsonb), app.check_calendar(app.hold_request[]),
  app.set_calendar_day(app.code, app.code, date, text, time, time, integer), app.clear_calendar_day(app.code, app.code, date),
  app.set_blackout(app.code, app.code, text, date, time, text), app.clear_blackout(app.code, app.code, text, date, time),
  app.set_cut_offs(app.code, app.code, text, jsonb),
  app.promises_at_stake(app.code, app.code, date, time, time, boolean, text, time) from public;
grant execute on function app.opening_of(text[], date, date), app.promises_at_stake(app.code, app.code, date, time, time, boolean, text, time),
  app.set_calendar_day(app.code, app.code, date, text, time, time, integer), app.clear_calendar_day(app.code, app.code, date),
  app.set_blackout(app.code, app.code, text, date, time, text), app.clear_blackout(app.code, app.code, text, date, time),
  app.set_cut_offs(app.code, app.code, text, jsonb)
to authenticated, service_role;
grant execute on function app.settle_cut_offs(app.code), app.settle_day(app.code, text[], date, boolean), app.check_calendar(app.hold_request[])
to service_role;
