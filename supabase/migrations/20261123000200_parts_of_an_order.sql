-- An order that several nodes serve has a fulfilment for each, and its state follows from theirs. A part that its node
-- rejects waits for others to take it over, and the rest goes on.

-- Who took over what a node rejected: the lead of the holds that were placed for it. A hold takes one part over, and a part
-- is taken over once. What was rejected and has no successor waits.
alter table public.fulfilments
  add column replaced_by uuid unique references public.holds,
  add check (replaced_by is null or state = 'rejected');
update public.fulfilments f set replaced_by = n.next
from (select x.id, lead(x.hold_id) over (partition by x.order_id order by x.created_at, x.id) as next from public.fulfilments x) n
where n.id = f.id and f.state = 'rejected';

drop index public.fulfilments_one_live_per_order;
create index fulfilments_by_order on public.fulfilments (order_id);
comment on table public.fulfilments is 'The part of an order that one node serves; a rejected one stays as the record of why others took over.';

-- A rejected part is the subject of its own exception: an order may have several.
drop index public.exceptions_one_open_per_subject;
update public.exceptions e set hold_id = f.hold_id
from public.fulfilments f
where e.kind = 'order_rejected' and e.hold_id is null and e.resolved_at is null
  and f.order_id = e.order_id and f.state = 'rejected' and f.replaced_by is null;
create unique index exceptions_one_open_per_subject
  on public.exceptions (kind, coalesce(hold_id, order_id, shift_id)) where resolved_at is null;

create or replace function app.pass_exception(kind text, subject uuid) returns void
language plpgsql volatile set search_path = '' as $$
declare
  e public.exceptions;
begin
  update public.exceptions x set resolved_at = app.now(), resolution = 'passed'
  where x.kind = pass_exception.kind and coalesce(x.hold_id, x.order_id, x.shift_id) = subject and x.resolved_at is null
  returning * into e;
  if found then
    perform app.record_event(e.region_id, 'exception_resolved', e.hold_id, e.order_id, e.node_id, e.shift_id, jsonb_build_object('kind', e.kind));
  end if;
end
$$;

-- How far a part of an order is, in the words of the order; null where others took it over and stand for it.
create function app.part_state(part public.fulfilments, service text, stop_state text, shift_state text) returns text
language sql immutable set search_path = '' as $$
  select case part.state
    when 'rejected' then case when part.replaced_by is null then 'unplaced' end
    when 'to_pick' then 'confirmed'
    -- A van's goods are on the way when it leaves, a carrier's once it has them.
    when 'handed_over' then case
      when service = 'delivery' and shift_state is distinct from 'under_way' then 'ready'
      when stop_state = 'arrived' then 'arrived'
      else 'on_the_way'
    end
    else part.state
  end
$$;

-- Writes the state that follows from an order's parts: unplaced while one waits for a node; else as far as the slowest; and
-- once all have ended, failed if any has failed, delivered if none.
--
-- Whoever changes a fulfilment, a stop or the state of a shift calls this after it and before its commit. So of two that
-- change parts of one order at once, the later one to have the order's lock sees what both have done.
-- Locks     the orders, in id order: after all that a hold's lock order names, before exceptions.
create function app.settle_orders(order_ids uuid[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  open_states constant text[] := array['unplaced', 'confirmed', 'ready', 'on_the_way', 'arrived'];
begin
  perform from public.orders o where o.id = any (order_ids) order by o.id for no key update;
  update public.orders o
  set state = settled.state, finished_at = case when settled.state in ('delivered', 'failed') then app.now() end
  from (
    select f.order_id, coalesce(
      open_states[min(array_position(open_states, app.part_state(f, h.service, s.state, v.state)))],
      case when bool_or(f.state = 'failed') then 'failed' else 'delivered' end
    ) as state
    from public.fulfilments f
    join public.holds h on h.id = f.hold_id
    left join public.stops s on s.hold_id = f.hold_id
    left join public.shifts v on v.id = s.shift_id
    where f.order_id = any (order_ids)
    group by f.order_id
  ) settled
  where o.id = settled.order_id and o.state <> settled.state;
end
$$;

-- --------------------------------------------------------------------------------------------------------- at the node

-- Everything is picked and packed.
-- Locks the hold, then the order. Retry safe. Raises KPNTF, KPSTA.
create or replace function app.mark_ready(fulfilment_id uuid) returns text
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
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, 'order_ready', h.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.id = f.hold_id;
  return 'ready';
end
$$;

-- The goods leave the node: into the van, or into the shopper's hands (then they are delivered).
-- Locks the hold, then its inventory levels, then the order. Retry safe. Raises KPNTF, KPSTA.
create or replace function app.hand_over(fulfilment_id uuid) returns text
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
  else
    update public.fulfilments x set state = 'handed_over', handed_over_at = as_of where x.id = f.id;
  end if;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(hold.region_id, case hold.service when 'pickup' then 'order_delivered' else 'order_handed_over' end,
    hold.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = hold.id));
  return case hold.service when 'pickup' then 'delivered' else 'handed_over' end;
end
$$;

-- The node cannot serve its part of an order: its claims go back, what was missed on the shelf leaves the count, and the part
-- waits for other nodes. An exception stands open until it has one, so that a crash in between loses nothing.
--
-- missing = [{ sku_id, units }], units that were not found
-- Locks     the hold, then as return_claims (the missed units are of the same levels), then the order.
-- Retry     safe.
-- Raises    KPNTF  not the caller's · KPSTA  it has left the node · KPARG  unknown reason, or units that are not its own.
create or replace function app.reject_fulfilment(fulfilment_id uuid, reason text, missing jsonb default '[]') returns uuid
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
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(hold.region_id, 'order_rejected', hold.id, f.order_id, f.node_id, null,
    jsonb_build_object('reason', reason, 'missing', missing));
  perform app.open_exception(hold.region_id, 'order_rejected', f.order_id, hold.id, null, f.node_id, jsonb_build_object('reason', reason));
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
  return f.order_id;
end
$$;

-- Places what a node rejected with others: claims, fulfilments and the end of the exception, together.
--
-- The new hold leads itself. A lead is one lifetime up to one confirmation, and these goods begin another: the parts that
-- stayed with their nodes neither wait for it nor end with it.
-- Locks     the new hold, then as take_claims, then the order.
-- Retry     safe; the same hold id returns what it made.
-- Raises    KPNTF  no such fulfilment · KPSTA  it was not rejected or has a successor, or the hold is over · KPBUG  the hold is
--           for other goods; and what place_hold raises.
drop function app.replace_fulfilment(uuid, uuid, jsonb);
create function app.replace_fulfilment(fulfilment_id uuid, hold_id uuid, parts jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  f public.fulfilments;
  rejected public.holds;
  as_of timestamptz;
begin
  perform app.place_hold(replace_fulfilment.hold_id, replace_fulfilment.parts, 60);
  if exists (select from public.fulfilments x where x.id = replace_fulfilment.fulfilment_id and x.replaced_by = replace_fulfilment.hold_id) then
    return;
  end if;
  perform from public.orders o
  where o.id = (select x.order_id from public.fulfilments x where x.id = replace_fulfilment.fulfilment_id) for no key update;
  select * into f from public.fulfilments x where x.id = replace_fulfilment.fulfilment_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such fulfilment', detail = fulfilment_id::text;
  end if;
  if f.state <> 'rejected' or f.replaced_by is not null then
    raise exception using errcode = 'KPSTA', message = 'this part of the order does not wait for a node', detail = fulfilment_id::text;
  end if;
  select * into strict rejected from public.holds h where h.id = f.hold_id;
  if exists (
       select from public.holds h
       where h.lead_id = replace_fulfilment.hold_id and (h.region_id, h.service) is distinct from (rejected.region_id, rejected.service)
     )
     or exists (
       select from (select l.sku_id, l.units::bigint as units from public.hold_lines l where l.hold_id = rejected.id) asked
       full join (
         select l.sku_id, sum(l.units) as units from public.hold_lines l join public.holds h on h.id = l.hold_id
         where h.lead_id = replace_fulfilment.hold_id group by l.sku_id
       ) got using (sku_id, units)
       where asked.sku_id is null or got.sku_id is null
     ) then
    raise exception using errcode = 'KPBUG', message = 'the hold is not for what was rejected', detail = fulfilment_id::text;
  end if;
  as_of := app.now();
  -- A repeated call finds the hold of the first one, which may be over by now.
  update public.holds h set state = 'confirmed', settled_at = as_of
  where h.lead_id = replace_fulfilment.hold_id and h.state = 'held' and h.expires_at > as_of;
  if not found then
    raise exception using errcode = 'KPSTA', message = 'the hold is over', detail = replace_fulfilment.hold_id::text;
  end if;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  select f.order_id, h.id, h.node_id, 'to_pick', h.pick_by, as_of
  from public.holds h where h.lead_id = replace_fulfilment.hold_id order by h.id;
  update public.fulfilments x set replaced_by = replace_fulfilment.hold_id where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  update public.exceptions e set resolved_at = as_of, resolution = 'automatic'
  where e.hold_id = rejected.id and e.kind = 'order_rejected' and e.resolved_at is null;
  perform app.record_event(h.region_id, 'order_replaced', h.id, f.order_id, h.node_id,
    (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.lead_id = replace_fulfilment.hold_id order by h.id;
end
$$;

-- A person closes an exception. Retry safe. Raises KPNTF; KPSTA while the part of an order that it stands for still waits for a
-- node, or the delivery for a van: closing it would hide a promise that nobody serves.
create or replace function app.resolve_exception(exception_id uuid) returns void
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
     and (e.kind = 'order_rejected' and exists (
         select from public.fulfilments f where f.hold_id = e.hold_id and f.state = 'rejected' and f.replaced_by is null
       )
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
-- Locks the holds of its stops (id order), then the shift, then the orders (id order). Retry safe. Raises KPNTF, KPSTA (over, or
-- without a stop), KPLOD (not loaded).
create or replace function app.start_shift(shift_id uuid) returns void
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
  perform app.settle_orders(array(
    select f.order_id from public.fulfilments f join public.stops s on s.hold_id = f.hold_id where s.shift_id = shift.id
  ));
  perform app.record_event(shift.region_id, 'shift_started', null, null, shift.node_id, shift.id);
  perform app.record_event(shift.region_id, 'order_on_the_way', f.hold_id, f.order_id, f.node_id, shift.id)
  from public.stops s join public.fulfilments f on f.hold_id = s.hold_id and f.state = 'handed_over' where s.shift_id = shift.id;
end
$$;

-- The van stands at the door. Locks the hold, then the order. Retry safe. Raises KPNTF, KPSTA.
create or replace function app.arrive(stop_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  s public.stops := app.lock_stop(stop_id);
  as_of timestamptz := app.now();
begin
  if s.state <> 'planned' then
    return;
  end if;
  update public.stops x set state = 'arrived', arrived_at = as_of, eta_at = as_of where x.id = s.id;
  perform app.settle_orders(array(select f.order_id from public.fulfilments f where f.hold_id = s.hold_id));
  perform app.record_event(h.region_id, 'order_arrived', f.hold_id, f.order_id, f.node_id, s.shift_id)
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.hold_id = s.hold_id;
end
$$;

-- The stop is over: delivered, or failed for a reason. The last one ends the shift.
-- Locks the hold, then the shift, then the order. Retry safe for the same outcome. Raises KPNTF, KPSTA, KPARG.
create or replace function app.finish_stop(stop_id uuid, outcome text, reason text default null) returns void
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
  perform app.settle_orders(array(select f.order_id from public.fulfilments f where f.hold_id = s.hold_id));
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

revoke execute on function app.part_state(public.fulfilments, text, text, text), app.settle_orders(uuid[]), app.replace_fulfilment(uuid, uuid, jsonb) from public;
grant execute on function app.part_state(public.fulfilments, text, text, text), app.replace_fulfilment(uuid, uuid, jsonb) to service_role;
