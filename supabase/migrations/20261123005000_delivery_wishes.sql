-- What a shopper wishes of a delivery besides the window: a visit within a part of it, how far up the goods go, and what the driver
-- may do, and has to know, at the door.

-- ------------------------------------------------------------------------------------------------------------ the visit

alter table public.regions
  -- What a way up to the door takes more: for each floor by the stairs, and with a lift for all of them together.
  add column stairs_sec smallint not null default 20 check (stairs_sec between 0 and 600),
  add column lift_sec smallint not null default 45 check (lift_sec between 0 and 600);
comment on column public.regions.stairs_sec is 'Seconds for one floor without a lift, each time that a driver goes up.';
comment on column public.regions.lift_sec is 'Seconds for any floor with a lift, each time that a driver goes up.';

alter table public.holds
  -- When service may start: the window, or the part of it that the shopper asked for. The promise is the window.
  add column visit_starts_at timestamptz,
  add column visit_ends_at timestamptz,
  -- Null: not said.
  add column floor smallint check (floor between 0 and 60),
  add column has_lift boolean,
  -- What each way up takes, by the rule of the day on which it was held: in service_sec already, and asked for again when another van
  -- is sought.
  add column climb_sec integer not null default 0 check (climb_sec between 0 and 7200);
update public.holds set visit_starts_at = window_starts_at, visit_ends_at = window_ends_at;
alter table public.holds
  alter column visit_starts_at set not null,
  alter column visit_ends_at set not null,
  add constraint a_visit_is_in_its_window
    check (visit_starts_at >= window_starts_at and visit_ends_at <= window_ends_at and visit_starts_at < visit_ends_at);

alter type app.hold_request add attribute visit_starts_at timestamptz; -- null: the window's
alter type app.hold_request add attribute visit_ends_at timestamptz;
alter type app.hold_request add attribute floor smallint;
alter type app.hold_request add attribute has_lift boolean;
alter type app.hold_request add attribute climb_sec integer;

-- Writes the rows of a new hold and their lines; false when the id is known and was used for the same request.
--
-- Retry     safe; the other parts of a repeated request are not looked at, since their ids are minted anew for each.
-- Raises    KPDUP  an id was used for another request · KPBUG  parts that make no sense together.
create or replace function app.begin_hold(hold_id uuid, parts app.hold_request[], ttl_sec integer) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  part app.hold_request;
begin
  -- One door, one window for each way to move, each node once; a cart is collected in one place. The ledger would say more
  -- than the rows: an hour named twice is one update but two claims.
  if parts[1].hold_id is distinct from begin_hold.hold_id
     or exists (
       select from unnest(parts) p
       having count(*) <> count(distinct p.hold_id) or count(*) <> count(distinct p.node_id)
         or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.checkout_id, p.address_key, p.network_key, p.floor, p.has_lift, p.climb_sec)) <> 1
         or count(distinct (p.service, p.window_starts_at, p.window_ends_at)) <> count(distinct p.service)
         or (bool_or(p.service = 'pickup') and count(*) > 1)
     )
     or exists (
       select from unnest(parts) p
       where coalesce(jsonb_array_length(p.lines), 0) = 0
         or (select coalesce(sum(x.sec), 0) from jsonb_to_recordset(p.work) x (sec integer)) is distinct from p.pick_sec
         or exists (select from jsonb_to_recordset(p.work) x (starts_at timestamptz) group by x.starts_at having count(*) > 1)
         or not exists (select from public.nodes n where n.id = p.node_id and n.region_id = p.region_id)
     )
     or exists (
       select from unnest(parts) p cross join lateral jsonb_to_recordset(p.lines) x (sku_id text, price_cents integer)
       group by x.sku_id having count(distinct x.price_cents) > 1
     ) then
    raise exception using errcode = 'KPBUG', message = 'parts that make no sense, alone or together', detail = begin_hold.hold_id::text;
  end if;

  foreach part in array parts loop
    insert into public.holds (id, lead_id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents,
                              lng, lat, address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at,
                              checkout_id, address_key, network_key, visit_starts_at, visit_ends_at, floor, has_lift, climb_sec)
    values (part.hold_id, begin_hold.hold_id, part.region_id, part.node_id, part.service, 'held', part.fingerprint, part.window_starts_at,
            part.window_ends_at, part.price_cents, part.lng, part.lat, part.address, part.service_sec, part.weight_g, part.volume_ml,
            part.pick_sec, part.pick_by, as_of, as_of + make_interval(secs => ttl_sec), part.checkout_id, part.address_key, part.network_key,
            coalesce(part.visit_starts_at, part.window_starts_at), coalesce(part.visit_ends_at, part.window_ends_at), part.floor, part.has_lift,
            coalesce(part.climb_sec, 0))
    on conflict (id) do nothing;
    continue when found;
    if part.hold_id = begin_hold.hold_id and exists (
      select from public.holds h where h.id = part.hold_id and h.lead_id = h.id and h.fingerprint = part.fingerprint
    ) then
      return false;
    end if;
    raise exception using errcode = 'KPDUP', message = 'the hold id was used for another request', detail = part.hold_id::text;
  end loop;

  insert into public.hold_lines (hold_id, sku_id, units, price_cents)
  select p.hold_id, x.sku_id, x.units, x.price_cents
  from unnest(parts) p cross join lateral jsonb_to_recordset(p.lines) x (sku_id text, units integer, price_cents integer);
  perform app.record_event(p.region_id, 'hold_placed', p.hold_id, null, p.node_id, p.shift_id) from unnest(parts) p;
  insert into app.outbox (region_id, kind, shift_id) select p.region_id, 'capacity', p.shift_id from unnest(parts) p;
  return true;
end
$$;
-- See 20261123001200: replacing a function forgets what was set.
alter function app.begin_hold(uuid, app.hold_request[], integer) set plan_cache_mode = force_generic_plan;
alter function app.begin_hold(uuid, app.hold_request[], integer) set enable_seqscan = off;

-- Takes every claim of every part of a hold, or raises and leaves nothing.
--
-- Locks     as lock_resources.
-- Raises    KPSTK KPWRK KPWIN KPCAR KPVAN KPPLN KPDEP KPBUG; detail names the resource.
create or replace function app.take_claims(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  line_holds uuid[];
  line_nodes text[];
  line_skus text[];
  line_units integer[];
  work_holds uuid[];
  work_nodes text[];
  work_hours timestamptz[];
  work_secs integer[];
  services text[] := array(select p.service from unnest(parts) p);
  part app.hold_request;
  shift public.shifts;
  short text;
  as_of timestamptz;
begin
  select n.id into short from public.nodes n
  where n.id = any (array(select p.node_id::text from unnest(parts) p)) and n.paused_at is not null
  order by n.id limit 1;
  if found then
    raise exception using errcode = 'KPWRK', message = 'the node is paused', detail = short;
  end if;

  select array_agg(p.hold_id), array_agg(p.node_id::text), array_agg(x.sku_id), array_agg(x.units)
  into line_holds, line_nodes, line_skus, line_units
  from unnest(parts) p cross join lateral jsonb_to_recordset(p.lines) x (sku_id text, units integer);
  select array_agg(p.hold_id), array_agg(p.node_id::text), array_agg(x.starts_at), array_agg(x.sec)
  into work_holds, work_nodes, work_hours, work_secs
  from unnest(parts) p cross join lateral jsonb_to_recordset(p.work) x (starts_at timestamptz, sec integer);

  perform app.lock_resources('{}', parts);
  -- The time is read after the locks: a caller that waited may have waited past its cut-off.
  as_of := app.now();

  select x.sku_id into short
  from unnest(line_nodes, line_skus, line_units) x (node_id, sku_id, units)
  left join app.available_stock l on l.node_id = x.node_id and l.sku_id = x.sku_id
  where coalesce(l.available, 0) < x.units
  order by 1 limit 1;
  if found then
    raise exception using errcode = 'KPSTK', message = 'not enough stock', detail = short;
  end if;

  select p.pick_by::text into short from unnest(parts) p where p.pick_by <= as_of order by p.pick_by limit 1;
  if found then
    raise exception using errcode = 'KPWIN', message = 'too late to pick for this window', detail = short;
  end if;

  select x.starts_at::text into short
  from unnest(work_holds, work_nodes, work_hours, work_secs) x (hold_id, node_id, starts_at, sec)
  join unnest(parts) p on p.hold_id = x.hold_id
  left join public.work_buckets b on b.node_id = x.node_id and b.starts_at = x.starts_at
  where coalesce(b.limit_sec - b.claimed_sec, 0) < x.sec
     or x.starts_at + interval '1 hour' <= as_of
     or x.starts_at >= p.pick_by
  order by x.starts_at limit 1;
  if found then
    raise exception using errcode = 'KPWRK', message = 'not enough picking capacity', detail = short;
  end if;

  update public.inventory_levels l set reserved = l.reserved + x.units
  from unnest(line_nodes, line_skus, line_units) x (node_id, sku_id, units)
  where l.node_id = x.node_id and l.sku_id = x.sku_id;
  update public.work_buckets b set claimed_sec = b.claimed_sec + x.sec
  from unnest(work_nodes, work_hours, work_secs) x (node_id, starts_at, sec)
  where b.node_id = x.node_id and b.starts_at = x.starts_at;
  insert into public.claims (hold_id, kind, units, reason, node_id, sku_id, bucket_at, at)
  select x.hold_id, 'stock', x.units, 'held', x.node_id, x.sku_id, null::timestamptz, as_of
  from unnest(line_holds, line_nodes, line_skus, line_units) x (hold_id, node_id, sku_id, units)
  union all
  select x.hold_id, 'work', x.sec, 'held', x.node_id, null, x.starts_at, as_of
  from unnest(work_holds, work_nodes, work_hours, work_secs) x (hold_id, node_id, starts_at, sec);

  if 'pickup' = any (services) then
    select coalesce(p.pickup_window_id::text, '') into short
    from unnest(parts) p
    left join public.pickup_windows w on w.id = p.pickup_window_id and w.node_id = p.node_id
      and (w.starts_at, w.ends_at) = (p.window_starts_at, p.window_ends_at)
    where p.service = 'pickup' and coalesce(w.claimed_orders >= w.limit_orders, true);
    if found then
      raise exception using errcode = 'KPWIN', message = 'the pickup window is full', detail = short;
    end if;
    update public.pickup_windows w set claimed_orders = w.claimed_orders + 1
    from unnest(parts) p where p.service = 'pickup' and w.id = p.pickup_window_id;
    insert into public.claims (hold_id, kind, units, reason, pickup_window_id, at)
    select p.hold_id, 'pickup', 1, 'held', p.pickup_window_id, as_of from unnest(parts) p where p.service = 'pickup';
  end if;

  if 'parcel' = any (services) then
    select coalesce(p.carrier_id, '') into short
    from unnest(parts) p
    left join public.carrier_days d on (d.carrier_id, d.node_id, d.day) = (p.carrier_id, p.node_id, p.carrier_day)
    where p.service = 'parcel' and coalesce(d.claimed_parcels >= d.limit_parcels, true)
    order by 1 limit 1;
    if found then
      raise exception using errcode = 'KPCAR', message = 'the carrier takes no more parcels that day', detail = short;
    end if;
    update public.carrier_days d set claimed_parcels = d.claimed_parcels + 1
    from unnest(parts) p where p.service = 'parcel' and (d.carrier_id, d.node_id, d.day) = (p.carrier_id, p.node_id, p.carrier_day);
    insert into public.claims (hold_id, kind, units, reason, carrier_id, node_id, day, at)
    select p.hold_id, 'parcel', 1, 'held', p.carrier_id, p.node_id, p.carrier_day, as_of
    from unnest(parts) p where p.service = 'parcel';
  end if;

  -- Of one node, hence in one van each: no two parts meet in a route.
  foreach part in array parts loop
    continue when part.service <> 'delivery';
    select * into shift from public.shifts s where s.id = part.shift_id and s.node_id = part.node_id;
    if not found or shift.state <> 'planned' or shift.starts_at <= as_of then
      raise exception using errcode = 'KPDEP', message = 'the shift no longer takes stops', detail = coalesce(part.shift_id::text, '');
    end if;
    if shift.plan_version is distinct from part.plan_version then
      raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = part.shift_id::text;
    end if;
    if shift.claimed_weight_g + part.weight_g > shift.limit_weight_g
       or shift.claimed_volume_ml + part.volume_ml > shift.limit_volume_ml then
      raise exception using errcode = 'KPVAN', message = 'the van is full', detail = part.shift_id::text;
    end if;
    update public.shifts s
    set claimed_weight_g = s.claimed_weight_g + part.weight_g, claimed_volume_ml = s.claimed_volume_ml + part.volume_ml
    where s.id = shift.id;

    insert into public.stops (id, shift_id, hold_id, position, lng, lat, window_starts_at, window_ends_at, service_sec,
                              weight_g, volume_ml, leg_sec, leg_m, arrive_at, start_at, depart_at)
    select part.hold_id, shift.id, part.hold_id, 1000000, part.lng, part.lat, coalesce(part.visit_starts_at, part.window_starts_at),
           coalesce(part.visit_ends_at, part.window_ends_at), part.service_sec, part.weight_g, part.volume_ml, (x.value ->> 'leg_sec')::integer,
           (x.value ->> 'leg_m')::integer, (x.value ->> 'arrive_at')::timestamptz, (x.value ->> 'start_at')::timestamptz,
           (x.value ->> 'start_at')::timestamptz + make_interval(secs => part.service_sec)
    from jsonb_array_elements(part.route -> 'stops') x
    where (x.value ->> 'id')::uuid = part.hold_id;
    if not found then
      raise exception using errcode = 'KPBUG', message = 'the route does not name the new stop';
    end if;
    perform app.write_route(shift.id, part.route);

    insert into public.claims (hold_id, kind, units, reason, shift_id, at)
    values (part.hold_id, 'weight', part.weight_g, 'held', shift.id, as_of),
           (part.hold_id, 'volume', part.volume_ml, 'held', shift.id, as_of);
  end loop;
end
$$;
alter function app.take_claims(app.hold_request[]) set plan_cache_mode = force_generic_plan;
alter function app.take_claims(app.hold_request[]) set enable_seqscan = off;

-- Gives a displaced hold a place in another van of its node, and ends its exception.
--
-- Locks     the hold, then the shift.
-- Retry     safe; a hold that has a place keeps it.
-- Raises    KPNTF · KPSTA  the hold is over · KPPLN KPDEP KPVAN KPBUG as take_claims.
create or replace function app.replan_hold(hold_id uuid, shift_id uuid, plan_version integer, route jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  hold public.holds;
  shift public.shifts;
  as_of timestamptz;
begin
  select * into hold from public.holds h where h.id = replan_hold.hold_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = hold_id::text;
  end if;
  if hold.state not in ('held', 'confirmed') or hold.service <> 'delivery' then
    raise exception using errcode = 'KPSTA', message = 'the hold needs no van', detail = hold.state;
  end if;
  if exists (select from public.stops s where s.hold_id = hold.id) then
    return;
  end if;
  select * into shift from public.shifts s where s.id = replan_hold.shift_id and s.node_id = hold.node_id for no key update;
  as_of := app.now();
  if not found or shift.state <> 'planned' or shift.starts_at <= as_of then
    raise exception using errcode = 'KPDEP', message = 'the shift no longer takes stops', detail = coalesce(shift_id::text, '');
  end if;
  if shift.plan_version is distinct from replan_hold.plan_version then
    raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = shift.id::text;
  end if;
  if shift.claimed_weight_g + hold.weight_g > shift.limit_weight_g or shift.claimed_volume_ml + hold.volume_ml > shift.limit_volume_ml then
    raise exception using errcode = 'KPVAN', message = 'the van is full', detail = shift.id::text;
  end if;

  update public.shifts s
  set claimed_weight_g = s.claimed_weight_g + hold.weight_g, claimed_volume_ml = s.claimed_volume_ml + hold.volume_ml
  where s.id = shift.id;
  insert into public.stops (id, shift_id, hold_id, position, lng, lat, window_starts_at, window_ends_at, service_sec,
                            weight_g, volume_ml, leg_sec, leg_m, arrive_at, start_at, depart_at)
  select hold.id, shift.id, hold.id, 1000000, hold.lng, hold.lat, hold.visit_starts_at, hold.visit_ends_at, hold.service_sec,
         hold.weight_g, hold.volume_ml, (x.value ->> 'leg_sec')::integer, (x.value ->> 'leg_m')::integer,
         (x.value ->> 'arrive_at')::timestamptz, (x.value ->> 'start_at')::timestamptz,
         (x.value ->> 'start_at')::timestamptz + make_interval(secs => hold.service_sec)
  from jsonb_array_elements(route -> 'stops') x where (x.value ->> 'id')::uuid = hold.id;
  if not found then
    raise exception using errcode = 'KPBUG', message = 'the route does not name the new stop';
  end if;
  perform app.write_route(shift.id, route);
  insert into public.claims (hold_id, kind, units, reason, shift_id, at)
  values (hold.id, 'weight', hold.weight_g, 'moved', shift.id, as_of), (hold.id, 'volume', hold.volume_ml, 'moved', shift.id, as_of);

  update public.exceptions e set resolved_at = as_of, resolution = 'automatic'
  where e.hold_id = hold.id and e.kind = 'hold_unplannable' and e.resolved_at is null;
  perform app.record_event(hold.region_id, 'hold_replanned', hold.id,
    (select f.order_id from public.fulfilments f where f.hold_id = hold.id), hold.node_id, shift.id);
  insert into app.outbox (region_id, kind, shift_id) values (hold.region_id, 'plan', shift.id);
end
$$;
-- ------------------------------------------------------------------------------------------------------------- the door

create table app.order_doors (
  order_id uuid primary key references public.orders,
  safe_place text check (length(safe_place) between 1 and 120),
  neighbour_allowed boolean not null default false,
  -- Opens somebody's house: nobody but the driver of the day and the shopper's own link ever reads it.
  gate_code text check (length(gate_code) between 1 and 40),
  changed_at timestamptz not null
);
comment on table app.order_doors is 'What a driver may do and has to know at an order''s door. Within app, because no API role reads it: see app.read_doors.';

-- Keeps what was wished at the confirmation.
--
-- door = { safe_place, neighbour_allowed, gate_code }; a key that is missing is not wished.
-- Locks     nothing: called in the transaction that confirms the order.
-- Retry     safe; the first stays, and what the shopper changed since.
create function app.keep_door(order_id uuid, door jsonb) returns void
language sql volatile set search_path = '' as $$
  insert into app.order_doors (order_id, safe_place, neighbour_allowed, gate_code, changed_at)
  select keep_door.order_id, door ->> 'safe_place', coalesce((door ->> 'neighbour_allowed')::boolean, false), door ->> 'gate_code', app.now()
  on conflict on constraint order_doors_pkey do nothing
$$;

-- Changes what is wished at the door, and the note, by the order's link; the window and the floor stay.
--
-- Locks     the order.
-- Retry     safe.
-- Raises    KPNTF  no such order · KPSTA  a van is on its way with it, or it is over.
create function app.change_door(token text, door jsonb, note text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  o public.orders;
begin
  select * into o from public.orders x where x.token = change_door.token for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order';
  end if;
  if o.finished_at is not null or exists (
    select from public.fulfilments f join public.stops s on s.hold_id = f.hold_id join public.shifts h on h.id = s.shift_id
    where f.order_id = o.id and h.state <> 'planned'
  ) then
    raise exception using errcode = 'KPSTA', message = 'the driver has set out', detail = o.state;
  end if;
  insert into app.order_doors as d (order_id, safe_place, neighbour_allowed, gate_code, changed_at)
  values (o.id, door ->> 'safe_place', coalesce((door ->> 'neighbour_allowed')::boolean, false), door ->> 'gate_code', app.now())
  on conflict (order_id) do update
  set safe_place = excluded.safe_place, neighbour_allowed = excluded.neighbour_allowed, gate_code = excluded.gate_code, changed_at = excluded.changed_at;
  update public.orders x set customer_note = change_door.note where x.id = o.id;
  -- That it changed, never to what.
  perform app.record_event(o.region_id, 'door_changed', f.hold_id, o.id, f.node_id, s.shift_id)
  from public.fulfilments f left join public.stops s on s.hold_id = f.hold_id where f.order_id = o.id and f.state <> 'rejected';
end
$$;

-- A code is forgotten with the delivery it was for.
create function app.forget_gate_code() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update app.order_doors d set gate_code = null where d.order_id = new.id and d.gate_code is not null;
  return null;
end
$$;
create trigger orders_forget_the_gate_code after update of finished_at on public.orders
  for each row when (new.finished_at is not null) execute function app.forget_gate_code();

-- What a shift's driver finds at its doors, a row for each stop with an order. The gate code is for the driver alone, from the day of the
-- delivery on until the stop is over; ops sees that there is one, not which.
create function app.read_doors(shift_id uuid)
returns table (stop_id uuid, safe_place text, neighbour_allowed boolean, has_gate_code boolean, gate_code text)
language sql stable security definer set search_path = '' as $$
  select s.id, d.safe_place, d.neighbour_allowed, d.gate_code is not null,
    case when h.driver_id = (select auth.uid()) and s.finished_at is null
      and (app.now() at time zone r.time_zone)::date >= (h.starts_at at time zone r.time_zone)::date then d.gate_code end
  from public.stops s
  join public.shifts h on h.id = s.shift_id
  join public.regions r on r.id = h.region_id
  join public.fulfilments f on f.hold_id = s.hold_id
  join app.order_doors d on d.order_id = f.order_id
  where s.shift_id = read_doors.shift_id and app.may_drive(read_doors.shift_id)
$$;

alter table public.stops
  -- Whom or where the driver left it with.
  add column left_with text check (left_with in ('customer', 'safe_place', 'neighbour')),
  add constraint only_what_is_delivered_is_left check (left_with is null or state = 'delivered');

-- The order is handed over, or left where the shopper allowed it.
--
-- Locks     as finish_stop.
-- Retry     safe; what was said first stays.
-- Raises    KPDOR  the shopper has not allowed that; and what finish_stop raises.
create function app.deliver_stop(stop_id uuid, left_with text) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.stops := app.lock_stop(stop_id);
begin
  if left_with is null or left_with not in ('customer', 'safe_place', 'neighbour') then
    raise exception using errcode = 'KPARG', message = 'an order is left with the customer, in the safe place or with a neighbour', detail = stop_id::text;
  end if;
  if s.state <> 'delivered' and left_with <> 'customer' and not exists (
    select from public.fulfilments f join app.order_doors d on d.order_id = f.order_id
    where f.hold_id = s.hold_id and case deliver_stop.left_with when 'neighbour' then d.neighbour_allowed else d.safe_place is not null end
  ) then
    raise exception using errcode = 'KPDOR', message = 'the shopper has not allowed that', detail = left_with;
  end if;
  perform app.finish_stop(stop_id, 'delivered');
  update public.stops x set left_with = deliver_stop.left_with where x.id = s.id and x.left_with is null;
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

revoke execute on function app.keep_door(uuid, jsonb), app.change_door(text, jsonb, text), app.forget_gate_code(), app.read_doors(uuid),
  app.deliver_stop(uuid, text) from public;
grant execute on function app.keep_door(uuid, jsonb), app.change_door(text, jsonb, text) to service_role;
grant execute on function app.read_doors(uuid), app.deliver_stop(uuid, text) to authenticated, service_role;
