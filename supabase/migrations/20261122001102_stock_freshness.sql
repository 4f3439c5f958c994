-- Stock that nobody has confirmed for long is promised from more carefully, and in the end not at all.
--
-- The rule is data, per region: after so many hours without a count, so much of what is on hand is held back on top of
-- the safety stock; 100 percent takes the level out. Time alone moves a level from step to step, so nothing is stored: what
-- is available is computed where it is asked for, by one view.

create table public.stock_freshness_steps (
  region_id app.code not null references public.regions on delete cascade,
  after_hours integer not null check (after_hours between 1 and 8784),
  held_back_percent integer not null check (held_back_percent between 1 and 100),
  primary key (region_id, after_hours)
);
comment on table public.stock_freshness_steps is 'From this age of its last count on, so much of a level is held back; 100: it is not promised from.';

-- What a region begins with suits a network that is counted by hand every week or two, and a count that was missed once.
-- A region with a nightly feed is better served by hours, and says so.
create function app.begin_stock_freshness() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.stock_freshness_steps (region_id, after_hours, held_back_percent)
  select new.id, days * 24, percent from (values (14, 10), (21, 25), (28, 50), (42, 100)) step (days, percent);
  return null;
end
$$;
create trigger regions_begin_with_a_rule after insert on public.regions
  for each row execute function app.begin_stock_freshness();
insert into public.stock_freshness_steps (region_id, after_hours, held_back_percent)
select r.id, days * 24, percent from public.regions r, (values (14, 10), (21, 25), (28, 50), (42, 100)) step (days, percent);

-- What can be promised of each level now. Whoever asks how much is there to promise asks this view and nothing else.
--
-- A view and not a function, because a quote asks it a thousand times and a view costs no call. The two sub-selects without
-- a reference to the level run once a query, so a level younger than every region's first step costs one comparison.
create view app.available_stock with (security_invoker = true) as
select l.node_id, l.sku_id, l.on_hand - l.shortage - l.reserved - l.safety - age.held_back as available, age.held_back,
  l.confirmed_at, l.confirmed_by
from public.inventory_levels l
cross join lateral (
  select case
    when l.confirmed_at > (select app.now() - make_interval(hours => min(s.after_hours)) from public.stock_freshness_steps s) then 0
    when l.confirmed_at is null then greatest(l.on_hand - l.shortage, 0)
    else ceil(greatest(l.on_hand - l.shortage, 0) * coalesce((
      select s.held_back_percent from public.nodes n join public.stock_freshness_steps s on s.region_id = n.region_id
      where n.id = l.node_id and l.confirmed_at <= (select app.now()) - make_interval(hours => s.after_hours)
      order by s.after_hours desc limit 1), 0) / 100.0)::integer
  end as held_back
) age;
comment on view app.available_stock is 'available = on hand - shortage - reserved - safety - what its age holds back; at most this is promised.';
comment on table public.inventory_levels is 'What can be promised of it is in app.available_stock.';

-- Replaces a region's rule: steps = [{ after_hours, held_back_percent }], both rising; none: age holds nothing back.
--
-- Locks     the region.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such region · KPARG  not a rule: nobody is helped by a level that age makes more available.
create function app.set_stock_freshness(region_id app.code, steps jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform from public.regions r where r.id = set_stock_freshness.region_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if exists (
    select from (
      select x.after_hours, x.held_back_percent, lag(x.after_hours) over step as hours_before, lag(x.held_back_percent) over step as percent_before
      from rows from (jsonb_to_recordset(steps) as (after_hours integer, held_back_percent integer)) with ordinality x (after_hours, held_back_percent, place)
      window step as (order by x.place)
    ) s
    where (s.after_hours between 1 and 8784 and s.held_back_percent between 1 and 100) is not true
      or s.after_hours <= s.hours_before or s.held_back_percent <= s.percent_before
  ) then
    raise exception using errcode = 'KPARG', message = 'the steps do not rise', detail = region_id;
  end if;
  delete from public.stock_freshness_steps s where s.region_id = set_stock_freshness.region_id;
  insert into public.stock_freshness_steps (region_id, after_hours, held_back_percent)
  select set_stock_freshness.region_id, x.after_hours, x.held_back_percent
  from jsonb_to_recordset(steps) x (after_hours integer, held_back_percent integer);
  perform app.record_event(region_id, 'stock_freshness_set', null, null, null, null, jsonb_build_object('steps', steps));
  insert into app.outbox (region_id, kind) values (set_stock_freshness.region_id, 'capacity');
end
$$;

alter table public.stock_freshness_steps enable row level security;
grant select on public.stock_freshness_steps to authenticated, service_role;
create policy staff_read on public.stock_freshness_steps for select to authenticated using ((select app.staff_role()) is not null);
-- It shows of levels and rules what its caller may see of them.
grant select on app.available_stock to authenticated, service_role;
revoke execute on function app.begin_stock_freshness(), app.set_stock_freshness(app.code, jsonb) from public;
grant execute on function app.set_stock_freshness(app.code, jsonb) to authenticated, service_role;

-- ------------------------------------------------------------------------- the two that ask, as they were but for the view

-- Takes every claim of a hold, or raises and leaves nothing.
--
-- Locks     inventory levels, work buckets, pickup window, carrier day, shift: in that order, each kind by its key.
-- Raises    KPSTK KPWRK KPWIN KPCAR KPVAN KPPLN KPDEP KPBUG; detail names the resource.
create or replace function app.take_claims(hold_id uuid, request app.hold_request) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz;
  short text;
  shift public.shifts;
begin
  -- The ledger would say more than the rows: an hour named twice is one update but two claims.
  if coalesce(jsonb_array_length(request.lines), 0) = 0
     or (select coalesce(sum((x.value ->> 'sec')::integer), 0) from jsonb_array_elements(request.work) x) <> request.pick_sec
     or exists (select from jsonb_array_elements(request.work) x group by (x.value ->> 'starts_at')::timestamptz having count(*) > 1)
     or not exists (select from public.nodes n where n.id = request.node_id and n.region_id = request.region_id) then
    raise exception using errcode = 'KPBUG', message = 'no goods, other work than the order''s, or a node of another region';
  end if;
  if (select n.paused_at is not null from public.nodes n where n.id = request.node_id) then
    raise exception using errcode = 'KPWRK', message = 'the node is paused', detail = request.node_id;
  end if;

  -- stock
  perform from public.inventory_levels l
  where l.node_id = request.node_id
    and l.sku_id in (select x.value ->> 'sku_id' from jsonb_array_elements(request.lines) x)
  order by l.node_id, l.sku_id
  for no key update;

  select x.value ->> 'sku_id' into short
  from jsonb_array_elements(request.lines) x
  left join app.available_stock l on l.node_id = request.node_id and l.sku_id = x.value ->> 'sku_id'
  where coalesce(l.available, 0) < (x.value ->> 'units')::integer
  order by 1 limit 1;
  if found then
    raise exception using errcode = 'KPSTK', message = 'not enough stock', detail = short;
  end if;

  update public.inventory_levels l
  set reserved = l.reserved + x.units
  from (select value ->> 'sku_id' as sku_id, (value ->> 'units')::integer as units from jsonb_array_elements(request.lines)) x
  where l.node_id = request.node_id and l.sku_id = x.sku_id;

  -- picking work
  perform from public.work_buckets b
  where b.node_id = request.node_id
    and b.starts_at in (select (x.value ->> 'starts_at')::timestamptz from jsonb_array_elements(request.work) x)
  order by b.node_id, b.starts_at
  for no key update;

  -- The hour is read after the locks: a caller that waited may have waited past its cut-off.
  as_of := app.now();
  if request.pick_by <= as_of then
    raise exception using errcode = 'KPWIN', message = 'too late to pick for this window', detail = request.pick_by::text;
  end if;

  select x.value ->> 'starts_at' into short
  from jsonb_array_elements(request.work) x
  left join public.work_buckets b on b.node_id = request.node_id and b.starts_at = (x.value ->> 'starts_at')::timestamptz
  where coalesce(b.limit_sec - b.claimed_sec, 0) < (x.value ->> 'sec')::integer
     or (x.value ->> 'starts_at')::timestamptz + interval '1 hour' <= as_of
     or (x.value ->> 'starts_at')::timestamptz >= request.pick_by
  order by 1 limit 1;
  if found then
    raise exception using errcode = 'KPWRK', message = 'not enough picking capacity', detail = short;
  end if;

  update public.work_buckets b
  set claimed_sec = b.claimed_sec + x.sec
  from (select (value ->> 'starts_at')::timestamptz as starts_at, (value ->> 'sec')::integer as sec from jsonb_array_elements(request.work)) x
  where b.node_id = request.node_id and b.starts_at = x.starts_at;

  insert into public.claims (hold_id, kind, units, reason, node_id, sku_id, bucket_at, at)
  select take_claims.hold_id, 'stock', (x.value ->> 'units')::integer, 'held', request.node_id, (x.value ->> 'sku_id')::app.code, null::timestamptz, as_of
  from jsonb_array_elements(request.lines) x
  union all
  select take_claims.hold_id, 'work', (x.value ->> 'sec')::integer, 'held', request.node_id, null, (x.value ->> 'starts_at')::timestamptz, as_of
  from jsonb_array_elements(request.work) x;

  -- a way to move
  case request.service
  when 'pickup' then
    perform from public.pickup_windows w where w.id = request.pickup_window_id for no key update;
    update public.pickup_windows w set claimed_orders = w.claimed_orders + 1
    where w.id = request.pickup_window_id and w.node_id = request.node_id and w.claimed_orders < w.limit_orders
      and (w.starts_at, w.ends_at) = (request.window_starts_at, request.window_ends_at);
    if not found then
      raise exception using errcode = 'KPWIN', message = 'the pickup window is full', detail = coalesce(request.pickup_window_id::text, '');
    end if;
    insert into public.claims (hold_id, kind, units, reason, pickup_window_id, at)
    values (take_claims.hold_id, 'pickup', 1, 'held', request.pickup_window_id, as_of);

  when 'parcel' then
    perform from public.carrier_days d
    where (d.carrier_id, d.node_id, d.day) = (request.carrier_id, request.node_id, request.carrier_day) for no key update;
    update public.carrier_days d set claimed_parcels = d.claimed_parcels + 1
    where (d.carrier_id, d.node_id, d.day) = (request.carrier_id, request.node_id, request.carrier_day)
      and d.claimed_parcels < d.limit_parcels;
    if not found then
      raise exception using errcode = 'KPCAR', message = 'the carrier takes no more parcels that day', detail = coalesce(request.carrier_id, '');
    end if;
    insert into public.claims (hold_id, kind, units, reason, carrier_id, node_id, day, at)
    values (take_claims.hold_id, 'parcel', 1, 'held', request.carrier_id, request.node_id, request.carrier_day, as_of);

  when 'delivery' then
    select * into shift from public.shifts s where s.id = request.shift_id and s.node_id = request.node_id for no key update;
    if not found or shift.state <> 'planned' or shift.starts_at <= app.now() then
      raise exception using errcode = 'KPDEP', message = 'the shift no longer takes stops', detail = coalesce(request.shift_id::text, '');
    end if;
    -- A locking select returns the row as it is once the lock is ours, not as the statement first saw it.
    if shift.plan_version is distinct from request.plan_version then
      raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = request.shift_id::text;
    end if;
    if shift.claimed_weight_g + request.weight_g > shift.limit_weight_g
       or shift.claimed_volume_ml + request.volume_ml > shift.limit_volume_ml then
      raise exception using errcode = 'KPVAN', message = 'the van is full', detail = request.shift_id::text;
    end if;
    update public.shifts s
    set claimed_weight_g = s.claimed_weight_g + request.weight_g, claimed_volume_ml = s.claimed_volume_ml + request.volume_ml
    where s.id = shift.id;

    insert into public.stops (id, shift_id, hold_id, position, lng, lat, window_starts_at, window_ends_at, service_sec,
                              weight_g, volume_ml, leg_sec, leg_m, arrive_at, start_at, depart_at)
    select take_claims.hold_id, shift.id, take_claims.hold_id, 1000000, request.lng, request.lat, request.window_starts_at,
           request.window_ends_at, request.service_sec, request.weight_g, request.volume_ml, (x.value ->> 'leg_sec')::integer,
           (x.value ->> 'leg_m')::integer, (x.value ->> 'arrive_at')::timestamptz, (x.value ->> 'start_at')::timestamptz,
           (x.value ->> 'start_at')::timestamptz + make_interval(secs => request.service_sec)
    from jsonb_array_elements(request.route -> 'stops') x
    where (x.value ->> 'id')::uuid = take_claims.hold_id;
    if not found then
      raise exception using errcode = 'KPBUG', message = 'the route does not name the new stop';
    end if;
    perform app.write_route(shift.id, request.route);

    insert into public.claims (hold_id, kind, units, reason, shift_id, at)
    values (take_claims.hold_id, 'weight', request.weight_g, 'held', shift.id, as_of),
           (take_claims.hold_id, 'volume', request.volume_ml, 'held', shift.id, as_of);
  end case;
end
$$;

-- What a quote needs of one region in one round trip and one snapshot: the time, the nodes that have the whole cart, the
-- delivery windows, and what has changed since a former answer's `asOf` ('0' for everything).
--
-- { nowSec, nodeIds: [], windows: { startSec: [], endSec: [], priceCents: [] }, changes: { asOf,
--     hours: { nodeId: [], startSec: [], freeSec: [], revision: [] },
--     pickups: { id: [], nodeId: [], startSec: [], endSec: [], free: [], priceCents: [], revision: [] },
--     shifts: { id: [], nodeId: [], startSec: [], version: [], planned: [], revision: [] } } }
-- in epoch seconds, arrays in parallel. One JSON value, because a client reads thousands of numbers from it many times
-- faster than from arrays of Postgres (measured: 10 ms against 1 for a region of 27 nodes).
--
-- Without sequential scans, because the planner knows nothing of `since` and would read every row to find three.
create or replace function app.read_quote_facts(region_id app.code, skus text[], units integer[], since xid8 default '0') returns json
language plpgsql stable set search_path = '' set enable_seqscan = off as $$
declare
  as_of timestamptz := app.now();
begin
  return json_build_object(
    'nowSec', extract(epoch from as_of),
    'nodeIds', (
      select coalesce(array_agg(n.id order by n.id), '{}')
      from public.nodes n
      where n.region_id = read_quote_facts.region_id and n.paused_at is null
        and not exists (
          select from unnest(skus, units) line (sku_id, units)
          left join app.available_stock l on l.node_id = n.id and l.sku_id = line.sku_id
          where coalesce(l.available, 0) < line.units
        )
    ),
    'windows', (
      select json_build_object(
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer order by x.starts_at), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer order by x.starts_at), '{}'),
        'priceCents', coalesce(array_agg(x.price_cents order by x.starts_at), '{}'))
      from public.windows x where x.region_id = read_quote_facts.region_id and x.ends_at > as_of
    ),
    'changes', json_build_object(
      'asOf', pg_snapshot_xmin(pg_current_snapshot())::text,
      'hours', (
        select json_build_object(
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
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
          'planned', coalesce(array_agg(x.state = 'planned'), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.shifts x
        where x.changed_by >= since and x.region_id = read_quote_facts.region_id and x.starts_at > as_of
      )
    )
  );
end
$$;
