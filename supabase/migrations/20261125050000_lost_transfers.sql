-- What a run should have brought to a store and did not goes back like what a node rejects: others take it over, by another run or from
-- the store's own shelves, and where nobody can, operations end that part or the order. An order could wait for ever before.

alter table public.fulfilments
  drop constraint fulfilments_check,
  drop constraint fulfilments_reject_reason_check,
  drop constraint fulfilments_were_handed_over,
  drop constraint fulfilments_were_ready,
  add constraint what_is_rejected_has_its_reason check (
    case when state = 'rejected' then reject_reason is not null else reject_reason is null or state = 'failed' end),
  add constraint fulfilments_reject_reason_check check (reject_reason in ('out_of_stock', 'damaged', 'no_capacity', 'lost', 'other')),
  -- A part that failed has been to the door, unless its node or its run gave it up before.
  add constraint fulfilments_were_handed_over check (
    state not in ('handed_over', 'received', 'delivered') and (state <> 'failed' or reject_reason is not null) or handed_over_at is not null),
  add constraint fulfilments_were_ready check (
    state not in ('ready', 'handed_over', 'received', 'delivered') and (state <> 'failed' or reject_reason is not null) or ready_at is not null);
comment on column public.fulfilments.reject_reason is 'Of what its node rejected or its run lost, also after operations have ended it.';

-- Takes a part of an order away from its node: all that it claims goes back, and it waits for others. What is missing leaves the node's
-- count. Its order is settled and an exception opened.
--
-- Locks     what the part claims, in the order of design; its order. The caller has locked its hold, of a pickup those of all its lead's parts.
-- Retry     no; the caller looks whether it was done.
-- Raises    nothing of its own.
create function app.take_part_away(f public.fulfilments, reason text, missing jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  hold public.holds;
  as_of timestamptz;
  places uuid[];
  heir uuid;
begin
  select * into strict hold from public.holds h where h.id = f.hold_id;
  places := array(select c.pickup_window_id from app.open_claims(array[hold.id]) c where c.kind = 'pickup');
  perform app.return_claims(array[hold.id], 'rejected');
  as_of := app.now();
  -- The place in the window is the whole cart's: while others of its parts live, collected or not, one of them has it. All are locked, and so is
  -- the window.
  if cardinality(places) > 0 then
    select h.id into heir from public.holds h
    where h.lead_id = hold.lead_id and h.id <> hold.id and h.state in ('confirmed', 'fulfilled') order by h.id limit 1;
    if found then
      update public.pickup_windows w
      set claimed_orders = w.claimed_orders + 1, limit_orders = greatest(w.limit_orders, w.claimed_orders + 1),
          claimed_by = case when hold.channel_id = 'SHOP' then w.claimed_by else app.count_for(w.claimed_by, hold.channel_id, 1) end
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
  update public.fulfilments x set state = 'rejected', reject_reason = take_part_away.reason where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.pass_exception('transfer_late', hold.id);
  perform app.record_event(hold.region_id, 'order_rejected', hold.id, f.order_id, f.node_id, null,
    jsonb_build_object('reason', reason, 'missing', missing));
  perform app.open_exception(hold.region_id, 'order_rejected', f.order_id, hold.id, null, f.node_id, jsonb_build_object('reason', reason));
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
end
$$;

-- As it was; what it does to the part is shared with lose_transfer.
create or replace function app.reject_fulfilment(fulfilment_id uuid, reason text, missing jsonb default '[]') returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
begin
  if f.state = 'rejected' then
    return f.order_id;
  end if;
  if f.state not in ('to_pick', 'ready') then
    raise exception using errcode = 'KPSTA', message = 'the order has left the node', detail = f.state;
  end if;
  if reason is null or reason not in ('out_of_stock', 'damaged', 'no_capacity', 'other') then
    raise exception using errcode = 'KPARG', message = 'not a reason to reject an order', detail = coalesce(reason, '');
  end if;
  if (select count(*) <> count(distinct x.value ->> 'sku_id') from jsonb_array_elements(missing) x) or exists (
    select from jsonb_array_elements(missing) x
    where not exists (select from public.hold_lines l where l.hold_id = f.hold_id and l.sku_id = x.value ->> 'sku_id' and (x.value ->> 'units')::integer between 1 and l.units)
  ) then
    raise exception using errcode = 'KPARG', message = 'the missing units are not of this order', detail = fulfilment_id::text;
  end if;

  perform app.take_part_away(f, reason, missing);
  return f.order_id;
end
$$;

-- The store says that what a run should have brought did not come, or cannot be given to anybody: the part waits for others. Its goods
-- have left their node's count and do not come back to it.
--
-- Locks     the holds that are collected together, what the part claims, its order.
-- Retry     safe.
-- Raises    KPNTF  the caller does not work where it is collected. KPSTA  it is not on its way and not here. KPARG  no known reason.
create function app.lose_transfer(fulfilment_id uuid, reason text) returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_transfer(fulfilment_id);
begin
  if reason is null or reason not in ('lost', 'damaged') then
    raise exception using errcode = 'KPARG', message = 'what is brought is lost or damaged', detail = coalesce(reason, '');
  end if;
  if f.state = 'rejected' and f.handed_over_at is not null then
    return f.order_id;
  end if;
  if f.state not in ('handed_over', 'received') then
    raise exception using errcode = 'KPSTA', message = 'it is not on its way and not at the store', detail = f.state;
  end if;
  perform app.take_part_away(f, reason, '[]');
  return f.order_id;
end
$$;

-- Operations end what nobody can serve any more: the parts that wait for a node ('parts'), or the whole order ('order'), which then
-- takes back everything that has not reached the shopper or a van. What is ended has failed, and the shopper's page says so.
--
-- Locks     the holds of the order's parts, what they claim, the order.
-- Retry     safe.
-- Raises    KPNTF  not for operations, or no such order. KPSTA  no part waits, or one has reached the shopper or its van. KPPLN  the order
--           is changing hands. KPPRK  it is parked. KPARG  neither of the two.
create function app.fail_order(order_id uuid, scope text, note text) returns text
language plpgsql volatile security definer set search_path = '' as $$
declare
  parts uuid[];
  living uuid[];
  o public.orders;
  as_of timestamptz;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if scope is null or scope not in ('parts', 'order') then
    raise exception using errcode = 'KPARG', message = 'an order is ended, or the parts of it that wait', detail = coalesce(scope, '');
  end if;
  parts := app.lock_parts(fail_order.order_id);
  select * into o from public.orders x where x.id = fail_order.order_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if not exists (select from public.fulfilments f where f.hold_id = any (parts) and f.state = 'rejected') then
    if exists (select from public.fulfilments f where f.hold_id = any (parts) and f.state = 'failed' and f.reject_reason is not null) then
      return o.state;
    end if;
    raise exception using errcode = 'KPSTA', message = 'no part of it waits for a node', detail = o.state;
  end if;
  if app.is_parked(o.id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = order_id::text;
  end if;
  if scope = 'order' then
    if exists (
      select from public.fulfilments f join public.holds h on h.id = f.hold_id
      where f.hold_id = any (parts) and (f.state = 'delivered' or f.state = 'failed' and f.reject_reason is null or f.state = 'handed_over' and h.lane_id is null)
    ) then
      raise exception using errcode = 'KPSTA', message = 'a part of it is on its way, or with the shopper', detail = o.state;
    end if;
    living := array(
      select f.hold_id from public.fulfilments f
      where f.hold_id = any (parts) and f.state in ('to_pick', 'ready', 'handed_over', 'received') order by f.hold_id
    );
    perform app.return_claims(living, 'rejected');
  end if;

  perform from public.orders x where x.id = o.id for no key update;
  -- What was rejected is taken over under the order's lock alone.
  if app.has_other_parts(o.id, parts) or not exists (
    select from public.fulfilments f where f.hold_id = any (parts) and f.state = 'rejected' and f.replaced_by is null
  ) then
    raise exception using errcode = 'KPPLN', message = 'the order is changing hands', detail = order_id::text;
  end if;
  as_of := app.now();
  update public.holds h set state = 'released', settled_at = as_of where h.id = any (living);
  perform app.record_event(o.region_id, 'order_rejected', f.hold_id, o.id, f.node_id, null, jsonb_build_object('reason', 'other', 'missing', '[]'::jsonb))
  from public.fulfilments f where f.hold_id = any (living) order by f.hold_id;
  perform app.record_event(o.region_id, 'order_failed', f.hold_id, o.id, f.node_id, null, jsonb_build_object('note', coalesce(note, '')))
  from public.fulfilments f where f.hold_id = any (parts) and (f.state = 'rejected' or f.hold_id = any (living)) order by f.hold_id;
  update public.exceptions e set resolved_at = as_of, resolution = 'by_hand', resolved_by = (select auth.uid())
  where e.hold_id = any (parts) and e.kind = 'order_rejected' and e.resolved_at is null;
  update public.fulfilments f set state = 'failed', reject_reason = coalesce(f.reject_reason, 'other')
  where f.hold_id = any (parts) and (f.state = 'rejected' or f.hold_id = any (living));
  perform app.settle_orders(array[o.id]);
  perform app.pass_exception(k.kind, x.hold_id)
  from unnest(living) x (hold_id) cross join (values ('transfer_late'), ('hold_unplannable')) k (kind) order by x.hold_id, k.kind;
  insert into app.outbox (region_id, kind) values (o.region_id, 'capacity');
  return (select x.state from public.orders x where x.id = o.id);
end
$$;

revoke execute on function app.take_part_away(public.fulfilments, text, jsonb), app.lose_transfer(uuid, text), app.fail_order(uuid, text, text) from public;
grant execute on function app.lose_transfer(uuid, text), app.fail_order(uuid, text, text) to authenticated, service_role;
