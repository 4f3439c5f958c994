-- Orders that wait: operations park one for a reason, and until it is released nobody picks it or hands it over. What it claims
-- stays, and so does its window; a date says until when that can go on, and an exception opens before it is too late.

create table public.parkings (
  -- Minted by the client: a retried click parks once.
  id uuid primary key,
  order_id uuid not null references public.orders,
  reason text not null check (reason in ('payment_check', 'address_question', 'shopper_asked', 'other')),
  note text not null default '' check (length(note) <= 280),
  release_by timestamptz not null,
  parked_at timestamptz not null,
  parked_by uuid not null,
  released_at timestamptz,
  released_by uuid,
  check (reason <> 'other' or note <> ''),
  check (release_by > parked_at),
  check (released_at >= parked_at),
  check ((released_at is null) = (released_by is null))
);
create index parkings_of_order on public.parkings (order_id);
create unique index parkings_one_open_per_order on public.parkings (order_id) where released_at is null;
comment on table public.parkings is 'Each time an order was parked: why, by whom, until when it was to be released, and when it was.';
alter table public.parkings enable row level security;
grant select on public.parkings to authenticated, service_role;
create policy ops_reads on public.parkings for select to authenticated using ((select app.staff_role()) = 'ops');
create policy own_orders on public.parkings for select to authenticated using (order_id in (select app.my_orders()));

alter table public.exceptions
  drop constraint exceptions_kind_check,
  add constraint exceptions_kind_check
    check (kind in ('hold_unplannable', 'order_rejected', 'van_late', 'stock_short', 'transfer_late', 'order_parked'));

create function app.is_parked(order_id uuid) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from public.parkings p where p.order_id = is_parked.order_id and p.released_at is null)
$$;

-- Parks an order of which something is still to be picked or handed over: neither happens until it is released.
--
-- Locks     the holds of its parts (id order), then the order.
-- Retry     safe with the same parking_id.
-- Raises    KPNTF  not ops, or no such order · KPSTA  all of it has left, or it is parked already · KPPLN  another node is taking a
--           part over · KPARG  no reason, or no date that is to come · KPDUP  the id was used for another order.
create function app.park_order(order_id uuid, parking_id uuid, reason text, note text, release_by timestamptz) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  o public.orders;
  parts uuid[];
  known uuid;
  as_of timestamptz;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  parts := app.lock_parts(park_order.order_id);
  select * into o from public.orders x where x.id = park_order.order_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  select p.order_id into known from public.parkings p where p.id = park_order.parking_id;
  if found then
    if known = o.id then
      return;
    end if;
    raise exception using errcode = 'KPDUP', message = 'the id was used for another order', detail = parking_id::text;
  end if;
  if app.has_other_parts(o.id, parts) then
    raise exception using errcode = 'KPPLN', message = 'the order is changing hands', detail = order_id::text;
  end if;
  if app.is_parked(o.id) or not exists (
    select from public.fulfilments f where f.hold_id = any (parts) and f.state in ('to_pick', 'ready', 'rejected')
  ) then
    raise exception using errcode = 'KPSTA', message = 'all of it has left, or it is parked', detail = o.state;
  end if;
  as_of := app.now();
  begin
    insert into public.parkings (id, order_id, reason, note, release_by, parked_at, parked_by)
    values (parking_id, o.id, park_order.reason, coalesce(park_order.note, ''), park_order.release_by, as_of, (select auth.uid()));
  exception when check_violation or not_null_violation then
    raise exception using errcode = 'KPARG', message = 'no reason, or no date that is to come', detail = order_id::text;
  end;
  perform app.record_event(o.region_id, 'order_parked', f.hold_id, o.id, f.node_id, null, jsonb_build_object('reason', park_order.reason))
  from public.fulfilments f where f.hold_id = any (parts) order by f.hold_id;
end
$$;

-- Releases a parked order: what is to be picked is to be picked again.
--
-- Locks     the holds of its parts (id order), then the order.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such order.
create function app.unpark_order(order_id uuid) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  o public.orders;
  parts uuid[];
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  parts := app.lock_parts(unpark_order.order_id);
  select * into o from public.orders x where x.id = unpark_order.order_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  update public.parkings p set released_at = app.now(), released_by = (select auth.uid()) where p.order_id = o.id and p.released_at is null;
  if found then
    perform app.pass_exception('order_parked', o.id);
    perform app.record_event(o.region_id, 'order_unparked', f.hold_id, o.id, f.node_id, null)
    from public.fulfilments f where f.order_id = o.id and f.replaced_by is null order by f.hold_id;
  end if;
end
$$;

-- When a parked order must be looked at: at the date by which it was to be released, or half an hour before a part of it must begin to
-- be picked, or handed over where it is picked; whichever is sooner.
create function app.parking_due_at(parking public.parkings) returns timestamptz
language sql stable set search_path = '' as $$
  select least(parking.release_by, min(case f.state when 'to_pick' then h.pick_by - make_interval(secs => h.pick_sec) else h.pick_by end) - interval '30 minutes')
  from public.fulfilments f join public.holds h on h.id = f.hold_id
  where f.order_id = parking.order_id and f.state in ('to_pick', 'ready')
$$;

-- Opens an exception for parked orders that must be looked at; returns for how many.
--
-- Locks     the orders that nobody else has locked, in id order: who releases one meanwhile decides.
-- Retry     safe.
create function app.warn_parked(at_most integer default 200) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  due uuid[];
  opened integer;
begin
  due := array(
    select o.id from public.orders o
    where o.id in (
      select p.order_id from public.parkings p
      where p.released_at is null and app.parking_due_at(p) <= app.now()
        and not exists (select from public.exceptions e where e.order_id = p.order_id and e.kind = 'order_parked' and e.resolved_at is null)
    )
    order by o.id limit at_most for no key update skip locked
  );
  select count(*) filter (where x.is_new) into opened
  from (
    select app.open_exception(o.region_id, 'order_parked', o.id, null, null, null,
      jsonb_build_object('park_reason', p.reason, 'release_by', p.release_by)) as is_new
    from public.parkings p join public.orders o on o.id = p.order_id
    where o.id = any (due) and p.released_at is null
  ) x;
  return opened;
end
$$;

-- ------------------------------------------------------------------------------------------------- what a parked order refuses

-- The levels come before the order that it ends with: whoever hands over in the same transaction locks them only after that, and
-- could meet somebody who takes a part of the order over, levels first.
--
-- Locks     the hold, its levels, the order.
-- Retry     safe.
-- Raises    KPNTF  no such fulfilment here · KPSTA  it does not wait to be picked · KPPRK  its order is parked.
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
  if app.is_parked(f.order_id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = fulfilment_id::text;
  end if;
  perform app.lock_resources(array(select c from app.open_claims(array[f.hold_id]) c where c.kind = 'stock'), '{}');
  update public.fulfilments x set state = 'ready', ready_at = as_of where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, case when h.lane_id is null then 'order_ready' else 'order_picked' end, h.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.id = f.hold_id;
  return 'ready';
end
$$;

-- The goods leave the node: into the van, to the carrier, or into the shopper's hands.
--
-- Locks     the hold, its levels, the order.
-- Retry     safe.
-- Raises    KPNTF  no such fulfilment here · KPSTA  it is not ready, or has no van · KPPRK  its order is parked.
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
  if app.is_parked(f.order_id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = fulfilment_id::text;
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

-- Moves a confirmed order to another window, whole: gives back all that its parts claim, takes what the new ones need, and writes
-- down who asked for it and why. When that cannot be had nothing has happened, and the old promise stands.
--
-- It may be moved until a node has picked a part of it. A part that waits for a node is taken along. `after` is how often the
-- caller knew it to have been moved: whoever has seen another window is not asking for this one.
-- Where parts leave a route that the new ones join, the caller names the version that it read and computes the route without them.
-- Locks     the holds of all parts (id order), then the new hold, then as lock_resources over both, then the order.
-- Retry     safe with the same hold_id; a repeated call returns what the first one made.
-- Raises    KPNTF  no such order, or not ops · KPSTA  picked, finished, or moved meanwhile · KPPRK  parked, and it is not operations who ask · KPPLN  another node is taking a part over
--           · KPDUP  the id was used for another hold · KPARG  no reason, or one that is not the caller's to give; and what
--           begin_hold, take_claims and check_calendar raise.
create or replace function app.repromise_order(order_id uuid, after integer, hold_id uuid, parts jsonb, actor text, reason text, note text)
returns integer
language plpgsql volatile set search_path = '' as $$
declare
  requests app.hold_request[] := app.read_parts(repromise_order.parts);
  olds uuid[];
  o public.orders;
  done public.repromises;
  left_shifts uuid[];
  as_of timestamptz;
begin
  if actor = 'ops' and app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  olds := app.lock_parts(repromise_order.order_id);
  select * into done from public.repromises r where r.hold_id = repromise_order.hold_id;
  if found and done.order_id = repromise_order.order_id then
    return done.number;
  end if;
  if app.has_other_parts(repromise_order.order_id, olds) then
    raise exception using errcode = 'KPPLN', message = 'the order is changing hands', detail = order_id::text;
  end if;
  select * into o from public.orders x where x.id = repromise_order.order_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if o.repromises <> repromise_order.after or exists (
    select from public.fulfilments f where f.hold_id = any (olds) and f.state not in ('to_pick', 'rejected')
  ) then
    raise exception using errcode = 'KPSTA', message = 'the order is picked, or was moved', detail = o.state;
  end if;
  if actor = 'shopper' and app.is_parked(o.id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = order_id::text;
  end if;

  if not app.begin_hold(repromise_order.hold_id, requests, 60) then
    raise exception using errcode = 'KPDUP', message = 'the hold id was used for another hold', detail = hold_id::text;
  end if;
  if exists (select from unnest(requests) p where (p.region_id, p.service) is distinct from (o.region_id, o.service))
     or exists (
       select from (select l.sku_id::text, l.units::bigint as units, l.price_cents from public.order_lines l where l.order_id = o.id) ordered
       full join (
         select x.sku_id, sum(x.units) as units, x.price_cents from unnest(requests) p cross join lateral unnest(p.lines) x group by x.sku_id, x.price_cents
       ) asked using (sku_id, units, price_cents)
       where ordered.sku_id is null or asked.sku_id is null
     ) then
    raise exception using errcode = 'KPBUG', message = 'the hold is not for what was ordered', detail = order_id::text;
  end if;

  perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);
  left_shifts := array(select s.shift_id from public.stops s where s.hold_id = any (olds));
  perform app.record_event(o.region_id, 'part_given_back', f.hold_id, o.id, f.node_id, s.shift_id)
  from public.fulfilments f left join public.stops s on s.hold_id = f.hold_id
  where f.hold_id = any (olds) and f.state = 'to_pick' order by f.hold_id;
  perform app.return_claims(olds, 'repromised');
  -- Each stop that has left a route has raised its version by one.
  for i in 1 .. cardinality(requests) loop
    requests[i].plan_version := requests[i].plan_version + cardinality(array_positions(left_shifts, requests[i].shift_id));
  end loop;
  perform app.take_claims(requests);
  perform app.check_calendar(requests);

  perform from public.orders x where x.id = o.id for no key update;
  -- What was rejected is taken over under the order's lock alone.
  if app.has_other_parts(o.id, olds) then
    raise exception using errcode = 'KPPLN', message = 'the order is changing hands', detail = order_id::text;
  end if;
  as_of := app.now();
  begin
    insert into public.repromises (order_id, number, hold_id, actor, actor_id, reason, note, old_starts_at, old_ends_at, starts_at, ends_at,
                                   old_price_cents, price_cents, at)
    select o.id, o.repromises + 1, repromise_order.hold_id, repromise_order.actor, case when repromise_order.actor = 'ops' then (select auth.uid()) end,
           repromise_order.reason, coalesce(repromise_order.note, ''), o.agreed_starts_at, o.agreed_ends_at, min(p.window_starts_at),
           max(p.window_ends_at), o.agreed_price_cents, sum(p.price_cents), as_of
    from unnest(requests) p
    returning * into done;
  exception when check_violation or not_null_violation then
    raise exception using errcode = 'KPARG', message = 'no reason, or one that is not the caller''s to give', detail = coalesce(reason, '');
  end;
  update public.orders x
  set agreed_starts_at = done.starts_at, agreed_ends_at = done.ends_at, agreed_price_cents = done.price_cents, repromises = done.number
  where x.id = o.id;

  perform app.record_event(o.region_id, 'order_repromised', done.hold_id, o.id, null, null, jsonb_build_object('number', done.number));
  update public.exceptions e
  set resolved_at = as_of, resolution = case when done.actor = 'ops' then 'by_hand' else 'automatic' end, resolved_by = done.actor_id
  where e.hold_id = any (olds) and e.kind = 'order_rejected' and e.resolved_at is null;
  -- Its picking begins at another time: when it must be released is looked at anew.
  perform app.pass_exception('order_parked', o.id);
  perform app.pass_exception('transfer_late', x.hold_id) from unnest(olds) x (hold_id);
  update public.holds h set state = 'released', settled_at = as_of where h.id = any (olds) and h.state = 'confirmed';
  update public.holds h set state = 'confirmed', settled_at = as_of where h.lead_id = done.hold_id;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  select o.id, h.id, h.node_id, 'to_pick', h.pick_by, as_of from public.holds h where h.lead_id = done.hold_id order by h.id;
  update public.fulfilments f
  set state = case f.state when 'to_pick' then 'repromised' else f.state end, replaced_by = done.hold_id
  where f.hold_id = any (olds);
  perform app.settle_orders(array[o.id]);
  perform app.record_event(h.region_id, 'order_replaced', h.id, o.id, h.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.lead_id = done.hold_id order by h.id;
  return done.number;
end
$$;

-- A person says that an exception is dealt with.
--
-- Locks     the exception.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such exception · KPSTA  what it is about still waits.
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
       )
       or e.kind = 'order_parked' and app.is_parked(e.order_id)) then
    raise exception using errcode = 'KPSTA', message = 'the promise still waits for a node, a van or its release', detail = e.id::text;
  end if;
  if e.resolved_at is null then
    update public.exceptions x set resolved_at = app.now(), resolution = 'by_hand', resolved_by = (select auth.uid()) where x.id = e.id;
    perform app.record_event(e.region_id, 'exception_resolved', e.hold_id, e.order_id, e.node_id, e.shift_id, jsonb_build_object('kind', e.kind));
  end if;
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

revoke execute on function app.is_parked(uuid), app.park_order(uuid, uuid, text, text, timestamptz), app.unpark_order(uuid),
  app.parking_due_at(public.parkings), app.warn_parked(integer) from public;
grant execute on function app.park_order(uuid, uuid, text, text, timestamptz), app.unpark_order(uuid) to authenticated, service_role;
grant execute on function app.is_parked(uuid), app.parking_due_at(public.parkings), app.warn_parked(integer) to service_role;
