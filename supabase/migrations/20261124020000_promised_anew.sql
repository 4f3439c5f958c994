-- A confirmed order that is moved to another window: by the shopper, or by operations with a reason. The first confirmed window
-- stays the promise; what is agreed now stands beside it, and each change is a row that says who asked for it and why.

-- What an order was promised by before: the record of a part that gave its place to the new promise.
alter table public.fulfilments
  drop constraint fulfilments_state_check,
  drop constraint fulfilments_check3,
  -- One hold may take over several parts of an order, when all of it is promised anew.
  drop constraint fulfilments_replaced_by_key,
  add constraint fulfilments_state_check
    check (state in ('to_pick', 'ready', 'handed_over', 'delivered', 'failed', 'rejected', 'repromised')),
  add constraint only_what_is_over_is_replaced check (replaced_by is null or state in ('rejected', 'repromised')),
  add constraint what_is_repromised_is_replaced check (state <> 'repromised' or replaced_by is not null);
create index fulfilments_by_taker on public.fulfilments (replaced_by) where replaced_by is not null;

alter table public.claims
  drop constraint claims_reason_check,
  add constraint claims_reason_check check (reason in ('held', 'released', 'expired', 'rejected', 'shipped', 'moved', 'repromised'));

alter table public.orders
  -- The window and the price that hold now: those of the promise, until it is promised anew.
  add column agreed_starts_at timestamptz,
  add column agreed_ends_at timestamptz,
  add column agreed_price_cents integer check (agreed_price_cents >= 0),
  add column repromises smallint not null default 0 check (repromises >= 0);
update public.orders o
set agreed_starts_at = o.promise_starts_at, agreed_ends_at = o.promise_ends_at, agreed_price_cents = o.price_cents;
alter table public.orders
  alter column agreed_starts_at set not null,
  alter column agreed_ends_at set not null,
  alter column agreed_price_cents set not null,
  add constraint an_agreed_window_ends check (agreed_ends_at > agreed_starts_at);
create index orders_by_agreed_window on public.orders (region_id, agreed_starts_at);

create function app.agree_on_promise() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.agreed_starts_at := coalesce(new.agreed_starts_at, new.promise_starts_at);
  new.agreed_ends_at := coalesce(new.agreed_ends_at, new.promise_ends_at);
  new.agreed_price_cents := coalesce(new.agreed_price_cents, new.price_cents);
  return new;
end
$$;
create trigger orders_agree_on_their_promise before insert on public.orders
  for each row execute function app.agree_on_promise();

create table public.repromises (
  order_id uuid not null references public.orders,
  -- 1 for the first change of an order.
  number smallint not null check (number > 0),
  -- The lead of what keeps it since.
  hold_id uuid not null unique references public.holds,
  actor text not null check (actor in ('shopper', 'ops', 'system')),
  -- Of the staff, who it was.
  actor_id uuid,
  reason text not null check (reason in ('shopper_asked', 'out_of_stock', 'no_capacity', 'no_van', 'address_unclear', 'other')),
  note text not null default '' check (length(note) <= 280),
  old_starts_at timestamptz not null,
  old_ends_at timestamptz not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  old_price_cents integer not null check (old_price_cents >= 0),
  price_cents integer not null check (price_cents >= 0),
  at timestamptz not null,
  primary key (order_id, number),
  check (old_ends_at > old_starts_at and ends_at > starts_at),
  check ((actor = 'ops') = (actor_id is not null)),
  check (actor <> 'shopper' or reason = 'shopper_asked'),
  check (reason <> 'other' or note <> ''),
  -- Nobody pays more for what they did not ask for.
  constraint only_who_asks_pays_more check (reason = 'shopper_asked' or price_cents <= old_price_cents)
);
comment on table public.repromises is 'Append-only: each time a confirmed order was promised anew, from which window to which, by whom and why.';
create trigger repromises_append_only before update or delete on public.repromises
  for each row execute function app.refuse_change();
alter table public.repromises enable row level security;
grant select on public.repromises to authenticated, service_role;
create policy ops_reads on public.repromises for select to authenticated using ((select app.staff_role()) = 'ops');
create policy own_orders on public.repromises for select to authenticated using (order_id in (select app.my_orders()));

-- A certificate for each promise of an order: 0 is the first, n that of its nth change.
alter table app.certificates
  add column repromise smallint not null default 0 check (repromise >= 0),
  drop constraint certificates_pkey,
  add primary key (order_id, repromise);
comment on table app.certificates is 'Append-only: for each promise of an order, signed, what it was decided by and what was rejected.';

create or replace function app.issue_certificate(order_id uuid, hold_id uuid, jws text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  insert into app.certificates (order_id, repromise, jws, issued_at)
  values (issue_certificate.order_id,
          coalesce((select r.number from public.repromises r where r.hold_id = issue_certificate.hold_id), 0),
          issue_certificate.jws, app.now())
  on conflict on constraint certificates_pkey do nothing;
  delete from app.decisions d where d.hold_id = issue_certificate.hold_id;
end
$$;

-- ---------------------------------------------------------------------------------------------------------- promising anew

-- Locks the holds of all parts of an order that no other has taken over, and returns their ids. While the caller waited the
-- order may have got other parts: it compares (app.has_other_parts) and gives up, because those could not be locked in order.
--
-- Locks     the holds, in id order.
create function app.lock_parts(order_id uuid) returns uuid[]
language plpgsql volatile set search_path = '' as $$
begin
  return array(
    select h.id from public.holds h
    where h.id in (select f.hold_id from public.fulfilments f where f.order_id = lock_parts.order_id and f.replaced_by is null)
    order by h.id for no key update
  );
end
$$;

create function app.has_other_parts(order_id uuid, hold_ids uuid[]) returns boolean
language sql stable set search_path = '' as $$
  select exists (
    select from public.fulfilments f
    where f.order_id = has_other_parts.order_id and f.replaced_by is null and f.hold_id <> all (hold_ids)
  )
$$;

-- Moves a confirmed order to another window, whole: gives back all that its parts claim, takes what the new ones need, and writes
-- down who asked for it and why. When that cannot be had nothing has happened, and the old promise stands.
--
-- It may be moved until a node has picked a part of it. A part that waits for a node is taken along. `after` is how often the
-- caller knew it to have been moved: whoever has seen another window is not asking for this one.
-- Where parts leave a route that the new ones join, the caller names the version that it read and computes the route without them.
-- Locks     the holds of all parts (id order), then the new hold, then as lock_resources over both, then the order.
-- Retry     safe with the same hold_id; a repeated call returns what the first one made.
-- Raises    KPNTF  no such order, or not ops · KPSTA  picked, finished, or moved meanwhile · KPPLN  another node is taking a part over
--           · KPDUP  the id was used for another hold · KPARG  no reason, or one that is not the caller's to give; and what
--           begin_hold, take_claims and check_calendar raise.
create function app.repromise_order(order_id uuid, after integer, hold_id uuid, parts jsonb, actor text, reason text, note text)
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

-- --------------------------------------------------------------------------------------- what knew only rejected parts to be over

create or replace function app.part_state(part public.fulfilments, service text, stop_state text, shift_state text) returns text
language sql immutable set search_path = '' as $$
  select case part.state
    when 'rejected' then case when part.replaced_by is null then 'unplaced' end
    when 'repromised' then null
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

create or replace function app.change_door(token text, door jsonb, note text) returns void
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
  from public.fulfilments f left join public.stops s on s.hold_id = f.hold_id
  where f.order_id = o.id and f.state not in ('rejected', 'repromised');
end
$$;

-- The levels come before the order that it ends with: whoever hands over in the same transaction locks them only after that, and
-- could meet somebody who takes a part of the order over, levels first.
--
-- Locks     the hold, its levels, the order.
-- Retry     safe.
-- Raises    KPNTF  no such fulfilment here · KPSTA  it does not wait to be picked.
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
  perform app.record_event(h.region_id, 'order_ready', h.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.id = f.hold_id;
  return 'ready';
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

revoke execute on function app.agree_on_promise(), app.lock_parts(uuid), app.has_other_parts(uuid, uuid[]),
  app.repromise_order(uuid, integer, uuid, jsonb, text, text, text) from public;
grant execute on function app.lock_parts(uuid), app.repromise_order(uuid, integer, uuid, jsonb, text, text, text) to service_role;
