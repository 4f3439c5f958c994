-- Reservations: the one way to take, keep and give back what a promise needs.
--
-- Lock order, everywhere: hold -> inventory level (node, sku) -> work bucket (node, hour) -> pickup window -> carrier day
-- -> shift (id). The hold's lock also guards its stop, its fulfilment and its order, which nobody locks first.
--
-- Locks are `for no key update`: foreign-key checks of concurrent inserts take `for key share` on the same rows and must
-- not queue behind a reservation. Lock in one statement, compare in the next: under read committed each statement has a
-- fresh snapshot, so the comparison sees what a competing hold committed while this one waited.
--
-- Faults (the table in server/domain/fault.ts knows each): KPNTF not found · KPDUP id used for another request ·
-- KPSTK stock · KPWRK picking capacity · KPWIN pickup window or cut-off · KPCAR carrier day · KPVAN load · KPPLN the
-- plan has moved on · KPDEP the shift no longer takes stops · KPEXP hold expired · KPSTA wrong state · KPBUG the caller
-- computed nonsense.

create type app.hold_request as (
  region_id app.code,
  node_id app.code,
  service text,
  fingerprint text,
  window_starts_at timestamptz,
  window_ends_at timestamptz,
  price_cents integer,
  lng double precision,
  lat double precision,
  address text,
  service_sec integer,
  weight_g integer,
  volume_ml integer,
  pick_sec integer,
  pick_by timestamptz,
  lines jsonb, -- [{ sku_id, units, price_cents }]
  work jsonb, -- [{ starts_at, sec }], together pick_sec
  pickup_window_id uuid,
  carrier_id app.code,
  carrier_day date,
  shift_id uuid,
  plan_version integer,
  route jsonb -- the whole route with the new stop in it: see app.write_route
);

create function app.record_event(
  region_id app.code, kind text, hold_id uuid, order_id uuid, node_id app.code, shift_id uuid, data jsonb default '{}'
) returns void
language sql volatile set search_path = '' as $$
  insert into public.events (at, region_id, actor, kind, hold_id, order_id, node_id, shift_id, data)
  values (app.now(), region_id, (select auth.uid()), kind, hold_id, order_id, node_id, shift_id, data)
$$;

-- -------------------------------------------------------------------------------------------------------------- routes

-- Writes a whole route at the version it was computed on.
--
-- route = { return_leg_sec, return_leg_m, stops: [{ id, leg_sec, leg_m, arrive_at, start_at }] } in driving order.
-- The caller holds the shift's lock and has inserted or removed stops. Every stop of the shift must be named once.
-- Raises    KPBUG  the route names other stops, its times cannot be driven, or the van leaves before an order can be
--                  picked; a_plan_keeps_its_promise (check) a stop would start outside its window.
create function app.write_route(shift_id uuid, route jsonb) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  shift public.shifts;
  version integer;
begin
  select * into strict shift from public.shifts s where s.id = write_route.shift_id;

  if jsonb_array_length(route -> 'stops') <> (select count(*) from public.stops s where s.shift_id = write_route.shift_id)
     or exists (
       select from (select s.id from public.stops s where s.shift_id = write_route.shift_id) planned
       full join (select (x.value ->> 'id')::uuid as id from jsonb_array_elements(route -> 'stops') x) named using (id)
       where planned.id is null or named.id is null
     ) then
    raise exception using errcode = 'KPBUG', message = 'the route does not name each stop of the shift once', detail = write_route.shift_id::text;
  end if;

  update public.stops s
  set position = r.place - 1,
      leg_sec = r.leg_sec,
      leg_m = r.leg_m,
      arrive_at = r.arrive_at,
      start_at = r.start_at,
      depart_at = r.start_at + make_interval(secs => s.service_sec)
  from (
    select x.ordinality as place, (x.value ->> 'id')::uuid as id, (x.value ->> 'leg_sec')::integer as leg_sec,
           (x.value ->> 'leg_m')::integer as leg_m, (x.value ->> 'arrive_at')::timestamptz as arrive_at,
           (x.value ->> 'start_at')::timestamptz as start_at
    from jsonb_array_elements(route -> 'stops') with ordinality x
  ) r
  where s.id = r.id;

  if exists (
       select from (
         select s.arrive_at, s.leg_sec, coalesce(lag(s.depart_at) over (order by s.position), shift.starts_at) as left_at
         from public.stops s where s.shift_id = write_route.shift_id
       ) legs
       where arrive_at < left_at + make_interval(secs => leg_sec)
     )
     or (select max(s.depart_at) + make_interval(secs => (route ->> 'return_leg_sec')::integer) > shift.ends_at
         from public.stops s where s.shift_id = write_route.shift_id) then
    raise exception using errcode = 'KPBUG', message = 'the route cannot be driven in the times it states', detail = write_route.shift_id::text;
  end if;

  if exists (
    select from public.stops s join public.holds h on h.id = s.hold_id
    where s.shift_id = write_route.shift_id and h.pick_by > shift.starts_at
  ) then
    raise exception using errcode = 'KPBUG', message = 'the van leaves before an order can be picked', detail = write_route.shift_id::text;
  end if;

  update public.shifts s
  set plan_version = s.plan_version + 1,
      return_leg_sec = (route ->> 'return_leg_sec')::integer,
      return_leg_m = (route ->> 'return_leg_m')::integer
  where s.id = write_route.shift_id
  returning s.plan_version into version;
  return version;
end
$$;

-- Takes stops out of their routes without computing a travel time.
--
-- The leg that follows becomes the two legs by way of the removed stop: longer than the direct one, never shorter, and
-- the times of all other stops stay as they were, so the plan stays drivable until the worker tightens it. The caller
-- holds the locks of the holds and of the shifts.
create function app.remove_stops(hold_ids uuid[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  gone public.stops;
begin
  for gone in
    select * from public.stops s where s.hold_id = any (hold_ids) order by s.shift_id, s.position desc
  loop
    delete from public.stops s where s.id = gone.id;
    update public.stops s
    set leg_sec = s.leg_sec + gone.leg_sec, leg_m = s.leg_m + gone.leg_m
    where s.shift_id = gone.shift_id and s.position = gone.position + 1;
    if not found then
      update public.shifts s
      set return_leg_sec = case when gone.position = 0 then 0 else s.return_leg_sec + gone.leg_sec end,
          return_leg_m = case when gone.position = 0 then 0 else s.return_leg_m + gone.leg_m end
      where s.id = gone.shift_id;
    end if;
    update public.stops s set position = s.position - 1 where s.shift_id = gone.shift_id and s.position > gone.position;
    update public.shifts s set plan_version = s.plan_version + 1 where s.id = gone.shift_id;
  end loop;
end
$$;

-- ------------------------------------------------------------------------------------------------------------ claiming

-- Takes every claim of a hold, or raises and leaves nothing.
--
-- Locks     inventory levels, work buckets, pickup window, carrier day, shift: in that order, each kind by its key.
-- Raises    KPSTK KPWRK KPWIN KPCAR KPVAN KPPLN KPDEP KPBUG; detail names the resource.
create function app.take_claims(hold_id uuid, request app.hold_request) returns void
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
  left join public.inventory_levels l on l.node_id = request.node_id and l.sku_id = x.value ->> 'sku_id'
  where coalesce(l.on_hand - l.reserved - l.safety, 0) < (x.value ->> 'units')::integer
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

create function app.open_claims(hold_ids uuid[]) returns setof public.claims
language sql stable set search_path = '' as $$
  select c.* from public.claims c
  where c.hold_id = any (hold_ids) and c.reverses is null
    and not exists (select from public.claims r where r.reverses = c.id)
$$;

-- Gives back every open claim of the holds, once.
--
-- Locks     as take_claims, over all the holds together; the caller holds the holds' locks, taken in id order.
-- Retry     safe: a claim that was given back is not open.
create function app.return_claims(hold_ids uuid[], reason text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz;
begin
  -- Which claims are open cannot change while the holds are locked.
  perform from public.inventory_levels l
  where (l.node_id, l.sku_id) in (select c.node_id, c.sku_id from app.open_claims(hold_ids) c where c.kind = 'stock')
  order by l.node_id, l.sku_id for no key update;
  perform from public.work_buckets b
  where (b.node_id, b.starts_at) in (select c.node_id, c.bucket_at from app.open_claims(hold_ids) c where c.kind = 'work')
  order by b.node_id, b.starts_at for no key update;
  perform from public.pickup_windows w
  where w.id in (select c.pickup_window_id from app.open_claims(hold_ids) c where c.kind = 'pickup')
  order by w.id for no key update;
  perform from public.carrier_days d
  where (d.carrier_id, d.node_id, d.day) in (select c.carrier_id, c.node_id, c.day from app.open_claims(hold_ids) c where c.kind = 'parcel')
  order by d.carrier_id, d.node_id, d.day for no key update;
  perform from public.shifts s
  where s.id in (select c.shift_id from app.open_claims(hold_ids) c where c.kind in ('weight', 'volume'))
  order by s.id for no key update;

  update public.inventory_levels l set reserved = l.reserved - c.units
  from (select node_id, sku_id, sum(units)::integer as units from app.open_claims(hold_ids) where kind = 'stock' group by 1, 2) c
  where (l.node_id, l.sku_id) = (c.node_id, c.sku_id);

  update public.work_buckets b
  set claimed_sec = b.claimed_sec - c.units, limit_sec = greatest(b.target_sec, b.claimed_sec - c.units)
  from (select node_id, bucket_at, sum(units)::integer as units from app.open_claims(hold_ids) where kind = 'work' group by 1, 2) c
  where (b.node_id, b.starts_at) = (c.node_id, c.bucket_at);

  update public.pickup_windows w set claimed_orders = w.claimed_orders - c.units
  from (select pickup_window_id, sum(units)::integer as units from app.open_claims(hold_ids) where kind = 'pickup' group by 1) c
  where w.id = c.pickup_window_id;

  update public.carrier_days d set claimed_parcels = d.claimed_parcels - c.units
  from (select carrier_id, node_id, day, sum(units)::integer as units from app.open_claims(hold_ids) where kind = 'parcel' group by 1, 2, 3) c
  where (d.carrier_id, d.node_id, d.day) = (c.carrier_id, c.node_id, c.day);

  perform app.remove_stops(hold_ids);
  update public.shifts s
  set claimed_weight_g = s.claimed_weight_g - c.weight_g, claimed_volume_ml = s.claimed_volume_ml - c.volume_ml
  from (
    select shift_id, coalesce(sum(units) filter (where kind = 'weight'), 0)::integer as weight_g,
           coalesce(sum(units) filter (where kind = 'volume'), 0)::integer as volume_ml
    from app.open_claims(hold_ids) where kind in ('weight', 'volume') group by 1
  ) c
  where s.id = c.shift_id;

  as_of := app.now();
  insert into app.outbox (region_id, kind, shift_id)
  select distinct s.region_id, 'plan', s.id from public.shifts s
  where s.id in (select c.shift_id from app.open_claims(hold_ids) c where c.kind = 'weight');
  insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, bucket_at, pickup_window_id, carrier_id, day, shift_id, at)
  select c.hold_id, c.kind, -c.units, c.id, return_claims.reason, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.shift_id, as_of
  from app.open_claims(hold_ids) c
  order by c.id;
end
$$;

-- ------------------------------------------------------------------------------------------------- the life of a hold

-- Holds stock, picking time and a way to move for one cart in one window: all of it, or nothing.
--
-- Locks     the hold, then as take_claims.
-- Retry     safe; a repeated call returns what the first one made, whatever became of it since.
-- Raises    KPDUP  the id was used for another request; and what take_claims raises.
create function app.place_hold(hold_id uuid, request jsonb, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  r app.hold_request := jsonb_populate_record(null::app.hold_request, request);
  as_of timestamptz := app.now();
begin
  insert into public.holds (id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents,
                            lng, lat, address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at)
  values (place_hold.hold_id, r.region_id, r.node_id, r.service, 'held', r.fingerprint, r.window_starts_at, r.window_ends_at, r.price_cents,
          r.lng, r.lat, r.address, r.service_sec, r.weight_g, r.volume_ml, r.pick_sec, r.pick_by, as_of, as_of + make_interval(secs => ttl_sec))
  on conflict (id) do nothing;
  if not found then
    if not exists (select from public.holds h where h.id = place_hold.hold_id and h.fingerprint = r.fingerprint) then
      raise exception using errcode = 'KPDUP', message = 'the hold id was used for another request', detail = place_hold.hold_id::text;
    end if;
    return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
    return;
  end if;

  insert into public.hold_lines (hold_id, sku_id, units, price_cents)
  select place_hold.hold_id, (x.value ->> 'sku_id')::app.code, (x.value ->> 'units')::integer, (x.value ->> 'price_cents')::integer
  from jsonb_array_elements(r.lines) x;

  perform app.take_claims(place_hold.hold_id, r);
  perform app.record_event(r.region_id, 'hold_placed', place_hold.hold_id, null, r.node_id, r.shift_id);
  insert into app.outbox (region_id, kind, shift_id) values (r.region_id, 'capacity', r.shift_id);

  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
end
$$;

-- Turns a hold into a promise: an order, and the fulfilment by the node that holds its claims.
--
-- order = { token, customer_name, customer_phone, customer_note }
-- Locks     the hold.
-- Retry     safe; the same order id returns the same order.
-- Raises    KPNTF  no such hold · KPEXP  its time is over · KPSTA  it was released, or confirmed for another order.
create function app.confirm_hold(hold_id uuid, order_id uuid, customer jsonb)
returns table (order_number integer, token text, confirmed_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  hold public.holds;
  as_of timestamptz;
begin
  select * into hold from public.holds h where h.id = confirm_hold.hold_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = confirm_hold.hold_id::text;
  end if;
  as_of := app.now();

  -- Asked first, whatever became of the hold since: its node may have rejected the order before the caller asked again.
  return query
    select o.number, o.token, o.confirmed_at from public.orders o
    join public.fulfilments f on f.order_id = o.id
    where o.id = confirm_hold.order_id and f.hold_id = hold.id;
  if found then
    return;
  end if;
  if hold.state in ('confirmed', 'fulfilled') then
    raise exception using errcode = 'KPSTA', message = 'the hold was confirmed for another order', detail = hold.id::text;
  end if;
  if hold.state = 'expired' or (hold.state = 'held' and hold.expires_at <= as_of) then
    raise exception using errcode = 'KPEXP', message = 'the hold has expired', detail = hold.id::text;
  end if;
  if hold.state <> 'held' then
    raise exception using errcode = 'KPSTA', message = 'the hold was released', detail = hold.id::text;
  end if;

  update public.holds h set state = 'confirmed', settled_at = as_of where h.id = hold.id;

  insert into public.orders (id, region_id, token, service, state, customer_name, customer_phone, customer_note, address, lng, lat,
                             promise_starts_at, promise_ends_at, price_cents, goods_cents, confirmed_at)
  values (confirm_hold.order_id, hold.region_id, customer ->> 'token', hold.service, 'confirmed', customer ->> 'customer_name',
          customer ->> 'customer_phone', coalesce(customer ->> 'customer_note', ''), hold.address, hold.lng, hold.lat,
          hold.window_starts_at, hold.window_ends_at, hold.price_cents,
          (select coalesce(sum(l.units * l.price_cents), 0) from public.hold_lines l where l.hold_id = hold.id), as_of)
  on conflict (id) do nothing;
  if not found then
    raise exception using errcode = 'KPDUP', message = 'the order id is taken', detail = confirm_hold.order_id::text;
  end if;
  insert into public.order_lines (order_id, sku_id, units, price_cents)
  select confirm_hold.order_id, l.sku_id, l.units, l.price_cents from public.hold_lines l where l.hold_id = hold.id;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  values (confirm_hold.order_id, hold.id, hold.node_id, 'to_pick', hold.pick_by, as_of);

  perform app.record_event(hold.region_id, 'order_confirmed', hold.id, confirm_hold.order_id, hold.node_id,
    (select s.shift_id from public.stops s where s.hold_id = hold.id));
  return query select o.number, o.token, o.confirmed_at from public.orders o where o.id = confirm_hold.order_id;
end
$$;

-- Gives a hold back before it was confirmed.
--
-- Locks     the hold, then as return_claims.
-- Retry     safe; a hold that is over stays as it ended.
-- Raises    KPNTF  no such hold · KPSTA  it is confirmed.
create function app.release_hold(hold_id uuid) returns text
language plpgsql volatile set search_path = '' as $$
declare
  hold public.holds;
begin
  select * into hold from public.holds h where h.id = release_hold.hold_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = release_hold.hold_id::text;
  end if;
  if hold.state in ('released', 'expired') then
    return hold.state;
  end if;
  if hold.state <> 'held' then
    raise exception using errcode = 'KPSTA', message = 'the hold is confirmed', detail = hold.id::text;
  end if;
  perform app.return_claims(array[hold.id], 'released');
  update public.holds h set state = 'released', settled_at = app.now() where h.id = hold.id;
  perform app.record_event(hold.region_id, 'hold_released', hold.id, null, hold.node_id, null);
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
  return 'released';
end
$$;

-- Ends holds whose time is over, at most so many, in the order of their ids; returns how many.
--
-- Locks     the due holds that nobody else has locked, in id order, then as return_claims.
-- Retry     safe.
create function app.expire_holds(at_most integer default 50) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  due uuid[];
begin
  select array_agg(d.id) into due
  from (
    select h.id from public.holds h where h.state = 'held' and h.expires_at <= as_of
    order by h.id limit at_most for no key update skip locked
  ) d;
  if due is null then
    return 0;
  end if;
  perform app.return_claims(due, 'expired');
  update public.holds h set state = 'expired', settled_at = app.now() where h.id = any (due);
  perform app.record_event(h.region_id, 'hold_expired', h.id, null, h.node_id, null) from public.holds h where h.id = any (due);
  insert into app.outbox (region_id, kind) select distinct h.region_id, 'capacity' from public.holds h where h.id = any (due);
  return cardinality(due);
end
$$;

-- Writes improved routes of one region, all of them or none.
--
-- plans = [{ shift_id, plan_version, route }]; stops may move between the named shifts. Only planned shifts move.
-- Locks     the holds of all stops (id order), then the shifts (id order).
-- Raises    KPPLN  a shift has moved on, or a stop that would change vans is loaded · KPDEP  a shift no longer takes
--                  changes · KPVAN  a load would not fit · KPBUG.
create function app.apply_plan(plans jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  ids uuid[] := array(select (p.value ->> 'shift_id')::uuid from jsonb_array_elements(plans) p);
  moving uuid[];
  destinations uuid[];
  p record;
  as_of timestamptz;
begin
  if cardinality(ids) <> (select count(distinct i) from unnest(ids) i) then
    raise exception using errcode = 'KPBUG', message = 'a plan names each shift once';
  end if;
  perform from public.holds h where h.id in (select s.hold_id from public.stops s where s.shift_id = any (ids)) order by h.id for no key update;
  perform from public.shifts s where s.id = any (ids) order by s.id for no key update;
  as_of := app.now();
  for p in
    select s.id, s.state, s.plan_version, s.starts_at, x.value ->> 'shift_id' as named, (x.value ->> 'plan_version')::integer as expected
    from jsonb_array_elements(plans) x left join public.shifts s on s.id = (x.value ->> 'shift_id')::uuid
  loop
    if p.id is null or p.state <> 'planned' or p.starts_at <= as_of then
      raise exception using errcode = 'KPDEP', message = 'a shift no longer takes changes', detail = coalesce(p.named, '');
    end if;
    if p.plan_version is distinct from p.expected then
      raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = p.named;
    end if;
  end loop;

  -- Stops that change vans take their load claims along: the old ones are reversed, new ones taken.
  select coalesce(array_agg(s.id order by s.id), '{}'), coalesce(array_agg((x.value ->> 'shift_id')::uuid order by s.id), '{}')
  into moving, destinations
  from jsonb_array_elements(plans) x
  cross join lateral jsonb_array_elements(x.value -> 'route' -> 'stops') r
  join public.stops s on s.id = (r.value ->> 'id')::uuid and s.shift_id <> (x.value ->> 'shift_id')::uuid;
  if exists (
    select from unnest(moving, destinations) m (id, to_shift)
    join public.stops s on s.id = m.id
    join public.shifts a on a.id = s.shift_id
    join public.shifts b on b.id = m.to_shift
    where a.id <> all (ids) or a.node_id <> b.node_id
  ) then
    raise exception using errcode = 'KPBUG', message = 'a stop moves only between named shifts of one node';
  end if;
  -- Loading does not change a plan's version: what was handed over since the plan was read lies in the old van.
  if exists (
    select from public.stops s join public.fulfilments f on f.hold_id = s.hold_id
    where s.id = any (moving) and f.state not in ('to_pick', 'ready')
  ) then
    raise exception using errcode = 'KPPLN', message = 'a loaded order stays in its van';
  end if;

  insert into public.claims (hold_id, kind, units, reverses, reason, shift_id, at)
  select c.hold_id, c.kind, -c.units, c.id, 'moved', c.shift_id, as_of
  from app.open_claims(array(select s.hold_id from public.stops s where s.id = any (moving))) c
  where c.kind in ('weight', 'volume');
  insert into public.claims (hold_id, kind, units, reason, shift_id, at)
  select s.hold_id, load.kind, load.units, 'moved', m.to_shift, as_of
  from unnest(moving, destinations) m (id, to_shift)
  join public.stops s on s.id = m.id
  cross join lateral (values ('weight', s.weight_g), ('volume', s.volume_ml)) load (kind, units);

  update public.stops s set shift_id = m.to_shift, position = 1000000 + s.position
  from unnest(moving, destinations) m (id, to_shift) where s.id = m.id;
  begin
    update public.shifts s
    set claimed_weight_g = t.weight_g, claimed_volume_ml = t.volume_ml
    from (
      select i.id, coalesce(sum(st.weight_g), 0)::integer as weight_g, coalesce(sum(st.volume_ml), 0)::integer as volume_ml
      from unnest(ids) i (id) left join public.stops st on st.shift_id = i.id group by i.id
    ) t
    where s.id = t.id;
  exception when check_violation then
    raise exception using errcode = 'KPVAN', message = 'a van would be overloaded';
  end;
  for p in select (x.value ->> 'shift_id')::uuid as id, x.value -> 'route' as route from jsonb_array_elements(plans) x loop
    perform app.write_route(p.id, p.route);
  end loop;

  perform app.record_event(s.region_id, 'route_improved', null, null, s.node_id, s.id, jsonb_build_object('plan_version', s.plan_version))
  from public.shifts s where s.id = any (ids);
end
$$;
