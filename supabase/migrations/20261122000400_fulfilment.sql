-- What happens to a promise at the node and on the road, and what the managers change.
--
-- These functions are called by people: each first asks whether the caller may work at the node or drive the shift, and
-- answers "not found" (KPNTF) where not, so that a foreign id looks like an unknown one.

create function app.staff_role() returns text
language sql stable security definer set search_path = '' as $$
  select s.role from public.staff s where s.user_id = (select auth.uid())
$$;

create function app.may_work_at(node_id app.code) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.staff s
    where s.user_id = (select auth.uid())
      and (s.role = 'ops'
        or (s.role = 'store' and exists (select from public.staff_nodes n where n.user_id = s.user_id and n.node_id = may_work_at.node_id)))
  )
$$;

create function app.may_drive(shift_id uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.staff s join public.shifts h on h.id = may_drive.shift_id
    where s.user_id = (select auth.uid()) and (s.role = 'ops' or (s.role = 'driver' and h.driver_id = s.user_id))
  )
$$;

-- ------------------------------------------------------------------------------------------------------------ capacity

-- Sets what picking a node offers in one hour; what is already promised stays promised.
--
-- Locks     the work bucket.
-- Retry     safe.
-- Raises    KPNTF  no such hour at a node of the caller's.
create function app.set_capacity(node_id app.code, starts_at timestamptz, target_sec integer)
returns table (limit_sec integer, claimed_sec integer)
language plpgsql volatile security definer set search_path = '' as $$
#variable_conflict use_column
begin
  if not app.may_work_at(node_id) then
    raise exception using errcode = 'KPNTF', message = 'no such node', detail = node_id;
  end if;
  perform from public.work_buckets b where (b.node_id, b.starts_at) = (set_capacity.node_id, set_capacity.starts_at) for no key update;
  return query
    update public.work_buckets b
    set target_sec = set_capacity.target_sec, limit_sec = greatest(set_capacity.target_sec, b.claimed_sec)
    where (b.node_id, b.starts_at) = (set_capacity.node_id, set_capacity.starts_at)
    returning b.limit_sec, b.claimed_sec;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'the node is not open in that hour', detail = starts_at::text;
  end if;
  perform app.record_event(n.region_id, 'capacity_set', null, null, n.id, null,
    jsonb_build_object('starts_at', starts_at, 'target_sec', target_sec)) from public.nodes n where n.id = set_capacity.node_id;
  insert into app.outbox (region_id, kind) select n.region_id, 'capacity' from public.nodes n where n.id = set_capacity.node_id;
end
$$;

-- --------------------------------------------------------------------------------------------------------- at the node

-- Locks the hold of a fulfilment at a node of the caller's and returns the fulfilment as it is under that lock.
create function app.lock_fulfilment(fulfilment_id uuid) returns public.fulfilments
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments;
begin
  select * into f from public.fulfilments x where x.id = fulfilment_id;
  if not found or not app.may_work_at(f.node_id) then
    raise exception using errcode = 'KPNTF', message = 'no such fulfilment', detail = fulfilment_id::text;
  end if;
  perform from public.holds h where h.id = f.hold_id for no key update;
  select * into strict f from public.fulfilments x where x.id = fulfilment_id;
  return f;
end
$$;

-- Everything is picked and packed.
-- Locks the hold. Retry safe. Raises KPNTF, KPSTA.
create function app.mark_ready(fulfilment_id uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  as_of timestamptz := app.now();
begin
  if f.state = 'ready' then
    return f.state;
  end if;
  if f.state <> 'to_pick' then
    raise exception using errcode = 'KPSTA', message = 'only an order that waits to be picked can become ready', detail = f.state;
  end if;
  update public.fulfilments x set state = 'ready', ready_at = as_of where x.id = f.id;
  update public.orders o set state = 'ready' where o.id = f.order_id;
  perform app.record_event(h.region_id, 'order_ready', h.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.id = f.hold_id;
  return 'ready';
end
$$;

-- The goods leave the node: into the van, or into the shopper's hands (then the order is delivered).
-- Locks the hold, then its inventory levels. Retry safe. Raises KPNTF, KPSTA.
create function app.hand_over(fulfilment_id uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
  as_of timestamptz;
begin
  if f.state in ('handed_over', 'delivered') then
    return f.state;
  end if;
  if f.state <> 'ready' then
    raise exception using errcode = 'KPSTA', message = 'only a ready order can be handed over', detail = f.state;
  end if;
  select * into strict hold from public.holds h where h.id = f.hold_id;
  -- Its van may have been cancelled; there is nothing to load it into until it has another.
  if hold.service = 'delivery' and not exists (select from public.stops s where s.hold_id = hold.id) then
    raise exception using errcode = 'KPSTA', message = 'the order has no van', detail = f.id::text;
  end if;

  perform from public.inventory_levels l
  where (l.node_id, l.sku_id) in (select c.node_id, c.sku_id from app.open_claims(array[hold.id]) c where c.kind = 'stock')
  order by l.node_id, l.sku_id for no key update;
  as_of := app.now();
  update public.inventory_levels l set reserved = l.reserved - c.units, on_hand = l.on_hand - c.units
  from (select node_id, sku_id, units from app.open_claims(array[hold.id]) where kind = 'stock') c
  where (l.node_id, l.sku_id) = (c.node_id, c.sku_id);
  insert into public.stock_movements (node_id, sku_id, units, reason, hold_id, at)
  select c.node_id, c.sku_id, -c.units, 'shipped', hold.id, as_of from app.open_claims(array[hold.id]) c where c.kind = 'stock';
  insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, at)
  select c.hold_id, c.kind, -c.units, c.id, 'shipped', c.node_id, c.sku_id, as_of from app.open_claims(array[hold.id]) c where c.kind = 'stock';

  if hold.service = 'pickup' then
    update public.fulfilments x set state = 'delivered', handed_over_at = as_of where x.id = f.id;
    update public.holds h set state = 'fulfilled' where h.id = hold.id;
    update public.orders o set state = 'delivered', finished_at = as_of where o.id = f.order_id;
  else
    update public.fulfilments x set state = 'handed_over', handed_over_at = as_of where x.id = f.id;
    -- A van's orders are on the way when it leaves, a carrier's once it has them.
    update public.orders o set state = 'on_the_way' where o.id = f.order_id and hold.service = 'parcel';
  end if;
  perform app.record_event(hold.region_id, case hold.service when 'pickup' then 'order_delivered' else 'order_handed_over' end,
    hold.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = hold.id));
  return case hold.service when 'pickup' then 'delivered' else 'handed_over' end;
end
$$;

-- The node cannot serve the order: its claims go back, what was missed on the shelf leaves the count, and the order waits
-- for another node. An exception stands open until it has one, so that a crash in between loses nothing.
--
-- missing = [{ sku_id, units }], units that were not found
-- Locks     the hold, then as return_claims (the missed units are of the same levels).
-- Retry     safe.
-- Raises    KPNTF  not the caller's · KPSTA  it has left the node · KPARG  unknown reason, or units that are not its own.
create function app.reject_fulfilment(fulfilment_id uuid, reason text, missing jsonb default '[]') returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
  as_of timestamptz;
begin
  if f.state = 'rejected' then
    return f.order_id;
  end if;
  if f.state not in ('to_pick', 'ready') then
    raise exception using errcode = 'KPSTA', message = 'the order has left the node', detail = f.state;
  end if;
  select * into strict hold from public.holds h where h.id = f.hold_id;
  if reason is null or reason not in ('out_of_stock', 'damaged', 'no_capacity', 'other') then
    raise exception using errcode = 'KPARG', message = 'not a reason to reject an order', detail = coalesce(reason, '');
  end if;
  if (select count(*) <> count(distinct x.value ->> 'sku_id') from jsonb_array_elements(missing) x) or exists (
    select from jsonb_array_elements(missing) x
    where not exists (select from public.hold_lines l where l.hold_id = hold.id and l.sku_id = x.value ->> 'sku_id' and (x.value ->> 'units')::integer between 1 and l.units)
  ) then
    raise exception using errcode = 'KPARG', message = 'the missing units are not of this order', detail = fulfilment_id::text;
  end if;

  perform app.return_claims(array[hold.id], 'rejected');
  as_of := app.now();
  -- Every level of the order is locked by now, and what it has just given back covers what it missed: the count never
  -- falls below what others hold.
  insert into public.stock_movements (node_id, sku_id, units, reason, hold_id, at)
  select f.node_id, x.value ->> 'sku_id', -(x.value ->> 'units')::integer, 'not_found', hold.id, as_of
  from jsonb_array_elements(missing) x;
  update public.inventory_levels l
  set on_hand = l.on_hand - x.units
  from (select value ->> 'sku_id' as sku_id, (value ->> 'units')::integer as units from jsonb_array_elements(missing)) x
  where l.node_id = f.node_id and l.sku_id = x.sku_id;

  update public.holds h set state = 'released', settled_at = as_of where h.id = hold.id;
  update public.fulfilments x set state = 'rejected', reject_reason = reject_fulfilment.reason where x.id = f.id;
  update public.orders o set state = 'unplaced' where o.id = f.order_id;
  perform app.record_event(hold.region_id, 'order_rejected', hold.id, f.order_id, f.node_id, null,
    jsonb_build_object('reason', reason, 'missing', missing));
  perform app.open_exception(hold.region_id, 'order_rejected', f.order_id, null, null, f.node_id, jsonb_build_object('reason', reason));
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
  return f.order_id;
end
$$;

-- Places an order that lost its node with another one: claims, fulfilment and the end of the exception, together.
--
-- Locks     the new hold, then as take_claims.
-- Retry     safe; the same hold id returns what it made.
-- Raises    KPNTF  no such order · KPSTA  the order has a node, or the hold is over · KPBUG  the hold is for other goods;
--           and what place_hold raises.
create function app.replace_fulfilment(order_id uuid, hold_id uuid, request jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  r app.hold_request := jsonb_populate_record(null::app.hold_request, request);
  ord public.orders;
  as_of timestamptz;
begin
  perform app.place_hold(replace_fulfilment.hold_id, request, 60);
  if exists (select from public.fulfilments f where f.order_id = replace_fulfilment.order_id and f.hold_id = replace_fulfilment.hold_id) then
    return;
  end if;
  select * into ord from public.orders o where o.id = replace_fulfilment.order_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = replace_fulfilment.order_id::text;
  end if;
  if ord.state <> 'unplaced' then
    raise exception using errcode = 'KPSTA', message = 'the order does not wait for a node', detail = replace_fulfilment.order_id::text;
  end if;
  if (ord.region_id, ord.service) is distinct from (r.region_id, r.service)
     or exists (
       select from (select l.sku_id, l.units from public.order_lines l where l.order_id = ord.id) asked
       full join (select l.sku_id, l.units from public.hold_lines l where l.hold_id = replace_fulfilment.hold_id) got using (sku_id, units)
       where asked.sku_id is null or got.sku_id is null
     ) then
    raise exception using errcode = 'KPBUG', message = 'the hold is not for what was ordered', detail = replace_fulfilment.order_id::text;
  end if;
  as_of := app.now();
  -- A repeated call finds the hold of the first one, which may be over by now.
  update public.holds h set state = 'confirmed', settled_at = as_of
  where h.id = replace_fulfilment.hold_id and h.state = 'held' and h.expires_at > as_of;
  if not found then
    raise exception using errcode = 'KPSTA', message = 'the hold is over', detail = replace_fulfilment.hold_id::text;
  end if;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  values (ord.id, replace_fulfilment.hold_id, r.node_id, 'to_pick', r.pick_by, as_of);
  update public.orders o set state = 'confirmed' where o.id = ord.id;
  update public.exceptions e set resolved_at = as_of, resolution = 'automatic'
  where e.order_id = ord.id and e.kind = 'order_rejected' and e.resolved_at is null;
  perform app.record_event(ord.region_id, 'order_replaced', replace_fulfilment.hold_id, ord.id, r.node_id, r.shift_id);
end
$$;

-- ---------------------------------------------------------------------------------------------------------- exceptions

-- Opens an exception unless one of its kind is open for the subject. Returns whether it is new.
create function app.open_exception(region_id app.code, kind text, order_id uuid, hold_id uuid, shift_id uuid, node_id app.code, data jsonb)
returns boolean
language plpgsql volatile set search_path = '' as $$
begin
  insert into public.exceptions (region_id, kind, order_id, hold_id, shift_id, node_id, data, opened_at)
  values (open_exception.region_id, open_exception.kind, open_exception.order_id, open_exception.hold_id, open_exception.shift_id,
          open_exception.node_id, open_exception.data, app.now())
  on conflict do nothing;
  if found then
    perform app.record_event(open_exception.region_id, 'exception_opened', open_exception.hold_id, open_exception.order_id,
      open_exception.node_id, open_exception.shift_id, jsonb_build_object('kind', open_exception.kind));
    return true;
  end if;
  return false;
end
$$;

-- Ends the open exceptions of a kind for a subject that no longer stands.
create function app.pass_exception(kind text, subject uuid) returns void
language plpgsql volatile set search_path = '' as $$
declare
  e public.exceptions;
begin
  update public.exceptions x set resolved_at = app.now(), resolution = 'passed'
  where x.kind = pass_exception.kind and coalesce(x.order_id, x.hold_id, x.shift_id) = subject and x.resolved_at is null
  returning * into e;
  if found then
    perform app.record_event(e.region_id, 'exception_resolved', e.hold_id, e.order_id, e.node_id, e.shift_id, jsonb_build_object('kind', e.kind));
  end if;
end
$$;

-- A person closes an exception. Retry safe. Raises KPNTF; KPSTA while the order it stands for still waits for a node, or
-- the delivery for a van: closing it would hide a promise that nobody serves.
create function app.resolve_exception(exception_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  e public.exceptions;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such exception', detail = exception_id::text;
  end if;
  select * into e from public.exceptions x where x.id = exception_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such exception', detail = exception_id::text;
  end if;
  if e.resolved_at is null
     and (e.kind = 'order_rejected' and exists (select from public.orders o where o.id = e.order_id and o.state = 'unplaced')
       or e.kind = 'hold_unplannable' and exists (
         select from public.holds h
         where h.id = e.hold_id and h.service = 'delivery' and h.state in ('held', 'confirmed')
           and not exists (select from public.stops s where s.hold_id = h.id)
       )) then
    raise exception using errcode = 'KPSTA', message = 'the promise still waits for a node or a van', detail = e.id::text;
  end if;
  if e.resolved_at is null then
    update public.exceptions x set resolved_at = app.now(), resolution = 'by_hand', resolved_by = (select auth.uid()) where x.id = e.id;
    perform app.record_event(e.region_id, 'exception_resolved', e.hold_id, e.order_id, e.node_id, e.shift_id, jsonb_build_object('kind', e.kind));
  end if;
end
$$;

-- --------------------------------------------------------------------------------------------------------- on the road

-- The van leaves: its route is frozen. Every order on it must be on board.
-- Locks the holds of its stops (id order), then the shift. Retry safe. Raises KPNTF, KPSTA (over, or
-- without a stop), KPLOD (not loaded).
create function app.start_shift(shift_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  shift public.shifts;
  waiting integer;
  as_of timestamptz;
begin
  if not app.may_drive(shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such shift', detail = shift_id::text;
  end if;
  perform from public.holds h where h.id in (select s.hold_id from public.stops s where s.shift_id = start_shift.shift_id)
  order by h.id for no key update;
  select * into shift from public.shifts s where s.id = start_shift.shift_id for no key update;
  if shift.state = 'under_way' then
    return;
  end if;
  if shift.state <> 'planned' then
    raise exception using errcode = 'KPSTA', message = 'the shift is over', detail = shift.state;
  end if;
  if not exists (select from public.stops s where s.shift_id = shift.id) then
    raise exception using errcode = 'KPSTA', message = 'the shift has no stops', detail = shift.id::text;
  end if;
  select count(*) into waiting from public.stops s
  where s.shift_id = shift.id
    and not exists (select from public.fulfilments f where f.hold_id = s.hold_id and f.state = 'handed_over');
  if waiting > 0 then
    raise exception using errcode = 'KPLOD', message = 'not every order is on board', detail = waiting::text;
  end if;
  as_of := app.now();
  update public.shifts s set state = 'under_way', started_at = as_of where s.id = shift.id;
  update public.orders o set state = 'on_the_way'
  from public.fulfilments f join public.stops s on s.hold_id = f.hold_id
  where s.shift_id = shift.id and o.id = f.order_id and f.state = 'handed_over';
  perform app.record_event(shift.region_id, 'shift_started', null, null, shift.node_id, shift.id);
  perform app.record_event(shift.region_id, 'order_on_the_way', f.hold_id, f.order_id, f.node_id, shift.id)
  from public.stops s join public.fulfilments f on f.hold_id = s.hold_id and f.state = 'handed_over' where s.shift_id = shift.id;
end
$$;

-- Locks the hold of a stop on a shift of the caller's and returns the stop as it is under that lock. A shift that is
-- done is let through: the call that ended it may be repeated.
create function app.lock_stop(stop_id uuid) returns public.stops
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.stops;
begin
  select * into s from public.stops x where x.id = stop_id;
  if not found or not app.may_drive(s.shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such stop', detail = stop_id::text;
  end if;
  perform from public.holds h where h.id = s.hold_id for no key update;
  -- While this waited, the stop may have been taken out of its route or put on another van.
  select * into s from public.stops x where x.id = stop_id;
  if not found or not app.may_drive(s.shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such stop', detail = stop_id::text;
  end if;
  if not exists (select from public.shifts h where h.id = s.shift_id and h.state in ('under_way', 'done')) then
    raise exception using errcode = 'KPSTA', message = 'the shift is not under way', detail = s.shift_id::text;
  end if;
  return s;
end
$$;

-- The van stands at the door. Locks the hold. Retry safe. Raises KPNTF, KPSTA.
create function app.arrive(stop_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.stops := app.lock_stop(stop_id);
  as_of timestamptz := app.now();
begin
  if s.state <> 'planned' then
    return;
  end if;
  update public.stops x set state = 'arrived', arrived_at = as_of, eta_at = as_of where x.id = s.id;
  update public.orders o set state = 'arrived' from public.fulfilments f where f.hold_id = s.hold_id and o.id = f.order_id and o.state = 'on_the_way';
  perform app.record_event(h.region_id, 'order_arrived', f.hold_id, f.order_id, f.node_id, s.shift_id)
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.hold_id = s.hold_id;
end
$$;

-- The stop is over: delivered, or failed for a reason. The last one ends the shift.
-- Locks the hold, then the shift. Retry safe for the same outcome. Raises KPNTF, KPSTA, KPARG.
create function app.finish_stop(stop_id uuid, outcome text, reason text default null) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.stops := app.lock_stop(stop_id);
  as_of timestamptz;
begin
  if outcome is null or outcome not in ('delivered', 'failed') or (outcome = 'failed') <> (reason is not null)
     or reason not in ('nobody_home', 'address_not_found', 'refused', 'damaged', 'other') then
    raise exception using errcode = 'KPARG', message = 'a stop is delivered, or failed for a known reason', detail = stop_id::text;
  end if;
  if s.state = outcome then
    return;
  end if;
  if s.state in ('delivered', 'failed') then
    raise exception using errcode = 'KPSTA', message = 'the stop is already finished', detail = s.state;
  end if;
  perform from public.shifts h where h.id = s.shift_id for no key update;
  as_of := app.now();
  update public.stops x
  set state = outcome, fail_reason = reason, arrived_at = coalesce(x.arrived_at, as_of), finished_at = as_of, eta_at = coalesce(x.arrived_at, as_of)
  where x.id = s.id;
  update public.fulfilments f set state = outcome where f.hold_id = s.hold_id;
  update public.holds h set state = 'fulfilled' where h.id = s.hold_id;
  update public.orders o set state = outcome, finished_at = as_of from public.fulfilments f where f.hold_id = s.hold_id and o.id = f.order_id;
  perform app.record_event(h.region_id, 'order_' || outcome, f.hold_id, f.order_id, f.node_id, s.shift_id,
    case when reason is null then '{}'::jsonb else jsonb_build_object('reason', reason) end)
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.hold_id = s.hold_id;

  if not exists (select from public.stops x where x.shift_id = s.shift_id and x.finished_at is null) then
    update public.shifts h set state = 'done', finished_at = as_of where h.id = s.shift_id and h.state = 'under_way';
    perform app.record_event(h.region_id, 'shift_finished', null, null, h.node_id, h.id) from public.shifts h where h.id = s.shift_id;
    perform app.pass_exception('van_late', s.shift_id);
  end if;
end
$$;

-- The driver's phone says where it is; older news than what is known is dropped. Raises KPNTF, KPSTA.
create function app.report_position(shift_id uuid, lng double precision, lat double precision) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  as_of timestamptz := app.now();
begin
  if not app.may_drive(shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such shift', detail = shift_id::text;
  end if;
  if not exists (select from public.shifts s where s.id = report_position.shift_id and s.state = 'under_way') then
    raise exception using errcode = 'KPSTA', message = 'the shift is not under way', detail = shift_id::text;
  end if;
  insert into public.positions as p (shift_id, lng, lat, at)
  values (report_position.shift_id, report_position.lng, report_position.lat, as_of)
  on conflict on constraint positions_pkey do update set lng = excluded.lng, lat = excluded.lat, at = excluded.at where p.at < excluded.at;
end
$$;

-- What the drive so far says about the stops to come: etas = [{ id, eta_at }].
-- Locks the shift. Retry safe.
create function app.record_forecast(shift_id uuid, etas jsonb, late_sec integer) returns void
language plpgsql volatile set search_path = '' as $$
declare
  shift public.shifts;
begin
  select * into shift from public.shifts s where s.id = record_forecast.shift_id for no key update;
  if not found or shift.state in ('done', 'cancelled') then
    return;
  end if;
  update public.stops s set eta_at = (x.value ->> 'eta_at')::timestamptz
  from jsonb_array_elements(etas) x
  where s.id = (x.value ->> 'id')::uuid and s.shift_id = shift.id and s.state = 'planned';
  if late_sec > 0 then
    perform app.open_exception(shift.region_id, 'van_late', null, null, shift.id, shift.node_id, jsonb_build_object('late_sec', late_sec));
  else
    perform app.pass_exception('van_late', shift.id);
  end if;
end
$$;
