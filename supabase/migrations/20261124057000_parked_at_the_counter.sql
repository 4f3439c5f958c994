-- What a lane has brought waits at the counter of a store: a parked order is not given to its shopper there either.

-- Locks the holds that are collected together, then the order. Retry safe. Raises KPNTF, KPSTA (not received), KPPRK (parked).
create or replace function app.collect_transfer(fulfilment_id uuid) returns text
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
  if app.is_parked(f.order_id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = fulfilment_id::text;
  end if;
  update public.fulfilments x set state = 'delivered' where x.id = f.id;
  update public.holds h set state = 'fulfilled' where h.id = f.hold_id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, 'order_delivered', h.id, f.order_id, h.pickup_node_id, null)
  from public.holds h where h.id = f.hold_id;
  return 'delivered';
end
$$;

-- Parks an order of which something is still to be picked or handed over: neither happens until it is released.
--
-- Locks     the holds of its parts (id order), then the order.
-- Retry     safe with the same parking_id.
-- Raises    KPNTF  not ops, or no such order · KPSTA  all of it has left, or it is parked already · KPPLN  another node is taking a
--           part over · KPARG  no reason, or no date that is to come · KPDUP  the id was used for another order.
create or replace function app.park_order(order_id uuid, parking_id uuid, reason text, note text, release_by timestamptz) returns void
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
    select from public.fulfilments f where f.hold_id = any (parts) and f.state in ('to_pick', 'ready', 'received', 'rejected')
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
