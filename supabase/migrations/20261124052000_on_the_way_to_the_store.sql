-- What is brought to a store: picked at its node, handed to the run, received at the store, collected. Until it is received, the order
-- is no further for the shopper than a confirmed one.

alter table public.fulfilments
  add column received_at timestamptz,
  drop constraint fulfilments_state_check, drop constraint fulfilments_check1, drop constraint fulfilments_check2,
  add constraint fulfilments_state_check check (state in ('to_pick', 'ready', 'handed_over', 'received', 'delivered', 'failed', 'rejected', 'repromised')),
  add constraint fulfilments_were_ready check (state not in ('ready', 'handed_over', 'received', 'delivered', 'failed') or ready_at is not null),
  add constraint fulfilments_were_handed_over check (state not in ('handed_over', 'received', 'delivered', 'failed') or handed_over_at is not null),
  add constraint fulfilments_were_received check (state <> 'received' or received_at is not null);
comment on column public.fulfilments.received_at is 'Of what a lane brings: when the store had it.';
create index fulfilments_on_their_way on public.fulfilments (hold_id) where state in ('to_pick', 'ready', 'handed_over', 'received');

alter table public.exceptions
  drop constraint exceptions_kind_check,
  add constraint exceptions_kind_check check (kind in ('hold_unplannable', 'order_rejected', 'van_late', 'stock_short', 'transfer_late'));

-- As it was; `service` is 'transfer' of what a lane brings to where it is collected.
create or replace function app.part_state(part public.fulfilments, service text, stop_state text, shift_state text) returns text
language sql immutable set search_path = '' as $$
  select case part.state
    when 'rejected' then case when part.replaced_by is null then 'unplaced' end
    when 'repromised' then null
    when 'to_pick' then 'confirmed'
    -- What is still to be brought to the store is no further for whoever collects it there.
    when 'ready' then case service when 'transfer' then 'confirmed' else 'ready' end
    when 'received' then 'ready'
    -- A van's goods are on the way when it leaves, a carrier's once it has them.
    when 'handed_over' then case
      when service = 'transfer' then 'confirmed'
      when service = 'delivery' and shift_state is distinct from 'under_way' then 'ready'
      when stop_state = 'arrived' then 'arrived'
      else 'on_the_way'
    end
    else part.state
  end
$$;

-- As it was, with the parts that are brought somewhere told apart.
create or replace function app.settle_orders(order_ids uuid[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  open_states constant text[] := array['unplaced', 'confirmed', 'ready', 'on_the_way', 'arrived'];
begin
  perform from public.orders o where o.id = any (order_ids) order by o.id for no key update;
  update public.orders o
  set state = settled.state, finished_at = case when settled.state in ('delivered', 'failed') then app.now() end
  from (
    select f.order_id, coalesce(
      open_states[min(array_position(open_states, app.part_state(f, case when h.lane_id is null then h.service else 'transfer' end, s.state, v.state)))],
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

-- As it was, and besides the other parts that are collected together. Locks the holds, in the order of their ids.
create or replace function app.lock_fulfilment(fulfilment_id uuid) returns public.fulfilments
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments;
begin
  select * into f from public.fulfilments x where x.id = fulfilment_id;
  if not found or not app.may_work_at(f.node_id) then
    raise exception using errcode = 'KPNTF', message = 'no such fulfilment', detail = fulfilment_id::text;
  end if;
  -- Parts that are collected together share a place in their window: whoever locks one locks all.
  perform from public.holds h
  where h.id in (
    select f.hold_id
    union
    select p.id from public.holds x join public.holds p on p.lead_id = x.lead_id where x.id = f.hold_id and x.service = 'pickup'
  )
  order by h.id for no key update;
  select * into strict f from public.fulfilments x where x.id = fulfilment_id;
  return f;
end
$$;

-- As it was; what is to be brought elsewhere is told of as picked, not as ready.
-- Locks the hold, its levels, the order. Retry safe. Raises KPNTF, KPSTA.
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
  perform app.lock_resources(array(select c from app.open_claims(array[f.hold_id]) c where c.kind = 'stock'), '{}');
  update public.fulfilments x set state = 'ready', ready_at = as_of where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, case when h.lane_id is null then 'order_ready' else 'order_picked' end, h.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.id = f.hold_id;
  return 'ready';
end
$$;

-- The goods leave the node: into the van, to the carrier, into the run of a lane, or into the shopper's hands (then they are delivered).
-- Locks the hold, then its inventory levels, then the order. Retry safe. Raises KPNTF, KPSTA.
create or replace function app.hand_over(fulfilment_id uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
  as_of timestamptz;
begin
  if f.state in ('handed_over', 'received', 'delivered') then
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

  if hold.service = 'pickup' and hold.lane_id is null then
    update public.fulfilments x set state = 'delivered', handed_over_at = as_of where x.id = f.id;
    update public.holds h set state = 'fulfilled' where h.id = hold.id;
  else
    update public.fulfilments x set state = 'handed_over', handed_over_at = as_of where x.id = f.id;
  end if;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(hold.region_id, case when hold.service = 'pickup' and hold.lane_id is null then 'order_delivered' else 'order_handed_over' end,
    hold.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = hold.id));
  return case when hold.service = 'pickup' and hold.lane_id is null then 'delivered' else 'handed_over' end;
end
$$;

-- As it was, and besides: a place in a pickup window that other parts of the cart still need goes on to one of them.
create or replace function app.reject_fulfilment(fulfilment_id uuid, reason text, missing jsonb default '[]') returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
  as_of timestamptz;
  places uuid[];
  heir uuid;
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

  places := array(select c.pickup_window_id from app.open_claims(array[hold.id]) c where c.kind = 'pickup');
  perform app.return_claims(array[hold.id], 'rejected');
  as_of := app.now();
  -- The place in the window is the whole cart's: while others of its parts live, collected or not, one of them has it. All are locked, and so is
  -- the window.
  if cardinality(places) > 0 then
    select h.id into heir from public.holds h
    where h.lead_id = hold.lead_id and h.id <> hold.id and h.state in ('confirmed', 'fulfilled') order by h.id limit 1;
    if found then
      update public.pickup_windows w set claimed_orders = w.claimed_orders + 1, limit_orders = greatest(w.limit_orders, w.claimed_orders + 1)
      where w.id = places[1];
      insert into public.claims (hold_id, kind, units, reason, pickup_window_id, at) values (heir, 'pickup', 1, 'moved', places[1], as_of);
    end if;
  end if;
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
  perform app.pass_exception('transfer_late', hold.id);
  perform app.record_event(hold.region_id, 'order_rejected', hold.id, f.order_id, f.node_id, null,
    jsonb_build_object('reason', reason, 'missing', missing));
  perform app.open_exception(hold.region_id, 'order_rejected', f.order_id, hold.id, null, f.node_id, jsonb_build_object('reason', reason));
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
  return f.order_id;
end
$$;

-- What a lane brings, locked by whoever works where it is collected. Raises KPNTF; also where nothing is brought.
create function app.lock_transfer(fulfilment_id uuid) returns public.fulfilments
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments;
  hold public.holds;
begin
  select * into f from public.fulfilments x where x.id = fulfilment_id;
  select * into hold from public.holds h where h.id = f.hold_id;
  if hold.lane_id is null or not app.may_work_at(hold.pickup_node_id) then
    raise exception using errcode = 'KPNTF', message = 'nothing is brought by that id', detail = fulfilment_id::text;
  end if;
  perform from public.holds h where h.lead_id = hold.lead_id order by h.id for no key update;
  select * into strict f from public.fulfilments x where x.id = fulfilment_id;
  return f;
end
$$;

-- What a lane has brought is at the store, and can be collected.
-- Locks the holds that are collected together, then the order. Retry safe. Raises KPNTF, KPSTA (not handed to the run, or over).
create function app.receive_transfer(fulfilment_id uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_transfer(fulfilment_id);
begin
  if f.state = 'received' then
    return f.state;
  end if;
  if f.state <> 'handed_over' then
    raise exception using errcode = 'KPSTA', message = 'it is not on its way', detail = f.state;
  end if;
  update public.fulfilments x set state = 'received', received_at = app.now() where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.pass_exception('transfer_late', f.hold_id);
  perform app.record_event(h.region_id, 'order_received', h.id, f.order_id, h.pickup_node_id, null)
  from public.holds h where h.id = f.hold_id;
  return 'received';
end
$$;

-- What was brought goes into the shopper's hands.
-- Locks the holds that are collected together, then the order. Retry safe. Raises KPNTF, KPSTA (not received).
create function app.collect_transfer(fulfilment_id uuid) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_transfer(fulfilment_id);
begin
  if f.state = 'delivered' then
    return f.state;
  end if;
  if f.state <> 'received' then
    raise exception using errcode = 'KPSTA', message = 'only what has been received can be collected', detail = f.state;
  end if;
  update public.fulfilments x set state = 'delivered' where x.id = f.id;
  update public.holds h set state = 'fulfilled' where h.id = f.hold_id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, 'order_delivered', h.id, f.order_id, h.pickup_node_id, null)
  from public.holds h where h.id = f.hold_id;
  return 'delivered';
end
$$;

-- Opens an exception for what was not handed to its run when that left, or not received when it should have been handled. Answers
-- how many it opened. What is received or rejected closes its own.
-- Locks     the holds, in the order of their ids; those that somebody has locked are looked at next time.
-- Retry     safe.
create function app.open_late_transfers(at_most integer default 100) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  late record;
  opened integer := 0;
begin
  for late in
    select h.id, h.region_id, h.pickup_node_id, h.lane_id, h.lane_day, r.leaves_at
    from public.holds h
    join public.lane_runs r on r.lane_id = h.lane_id and r.day = h.lane_day
    where h.state = 'confirmed' and h.lane_id is not null and r.leaves_at <= app.now()
      and exists (
        select from public.fulfilments f
        where f.hold_id = h.id and (f.state in ('to_pick', 'ready') or f.state = 'handed_over' and r.ready_at <= app.now())
      )
      and not exists (select from public.exceptions e where e.hold_id = h.id and e.kind = 'transfer_late')
    order by h.id limit at_most for no key update of h skip locked
  loop
    -- Read anew under the lock: it may have been received meanwhile.
    if app.open_exception(late.region_id, 'transfer_late', f.order_id, late.id, null,
         case when f.state = 'handed_over' then late.pickup_node_id else f.node_id end,
         jsonb_build_object('lane', late.lane_id, 'day', late.lane_day, 'left_at', late.leaves_at, 'handed_over', f.state = 'handed_over'))
       from public.fulfilments f where f.hold_id = late.id and f.state in ('to_pick', 'ready', 'handed_over') then
      opened := opened + 1;
    end if;
  end loop;
  return opened;
end
$$;

-- As it was, and besides: what is brought to the nodes of a store's people is theirs to see.
create or replace function app.my_holds() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select f.hold_id from public.fulfilments f where f.node_id in (select app.my_nodes())
  union
  select h.id from public.holds h where h.lane_id is not null and h.pickup_node_id in (select app.my_nodes())
  union
  select s.hold_id from public.stops s where s.shift_id in (select app.my_shifts())
$$;
create index holds_brought_to on public.holds (pickup_node_id) where lane_id is not null;

-- As it was, and besides: the store that something is brought to.
create or replace function app.tell_event() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  payload jsonb := jsonb_build_object('event', new.id, 'kind', new.kind);
begin
  perform realtime.send(payload, 'changed', 'ops:' || new.region_id, true);
  if new.node_id is not null then
    perform realtime.send(payload, 'changed', 'store:' || new.node_id, true);
  end if;
  -- Where something is brought to sees it come.
  perform realtime.send(payload, 'changed', 'store:' || h.pickup_node_id, true)
  from public.holds h where h.id = new.hold_id and h.lane_id is not null and h.pickup_node_id is distinct from new.node_id;
  if new.shift_id is not null then
    perform realtime.send(payload, 'changed', 'shift:' || new.shift_id, true);
  end if;
  if new.order_id is not null then
    perform realtime.send(payload, 'changed', 'order:' || o.token, true) from public.orders o where o.id = new.order_id;
  end if;
  return null;
end
$$;

revoke execute on function app.lock_transfer(uuid), app.receive_transfer(uuid), app.collect_transfer(uuid), app.open_late_transfers(integer) from public;
grant execute on function app.receive_transfer(uuid), app.collect_transfer(uuid) to authenticated, service_role;
grant execute on function app.lock_transfer(uuid), app.open_late_transfers(integer) to service_role;
