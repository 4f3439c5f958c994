-- Priority classes: of two orders that must be picked by the same time, and of several that wait for another node or another van, the
-- one of the better class comes first. An order has that of its channel, until operations give it another one and say why.

alter table public.channels add column priority_class smallint not null default 3 check (priority_class between 1 and 5);
comment on column public.channels.priority_class is '1 comes first, 5 last: of its orders where nothing else is said. Other than before it counts for new orders.';

alter table public.orders add column priority_class smallint not null default 3 check (priority_class between 1 and 5);

-- As before, and besides: an order is of its channel's class.
create or replace function app.confirm_hold(hold_id uuid, order_id uuid, customer jsonb)
returns table (order_number integer, token text, confirmed_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  hold public.holds;
  as_of timestamptz;
begin
  perform from public.holds h where h.lead_id = confirm_hold.hold_id order by h.id for no key update;
  select * into hold from public.holds h where h.id = confirm_hold.hold_id and h.lead_id = h.id;
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
  if exists (select from public.fulfilments f where f.hold_id = hold.id) then
    raise exception using errcode = 'KPSTA', message = 'the hold was confirmed for another order', detail = hold.id::text;
  end if;
  if hold.state = 'expired' or (hold.state = 'held' and hold.expires_at <= as_of) then
    raise exception using errcode = 'KPEXP', message = 'the hold has expired', detail = hold.id::text;
  end if;
  if hold.state <> 'held' then
    raise exception using errcode = 'KPSTA', message = 'the hold was released', detail = hold.id::text;
  end if;

  update public.holds h set state = 'confirmed', settled_at = as_of where h.lead_id = hold.id;

  insert into public.orders (id, region_id, token, service, state, customer_name, customer_phone, customer_note, address, lng, lat,
                             promise_starts_at, promise_ends_at, price_cents, goods_cents, confirmed_at, channel_id, priority_class)
  select confirm_hold.order_id, hold.region_id, customer ->> 'token', hold.service, 'confirmed', customer ->> 'customer_name',
         customer ->> 'customer_phone', coalesce(customer ->> 'customer_note', ''), hold.address, hold.lng, hold.lat,
         min(h.window_starts_at), max(h.window_ends_at), sum(h.price_cents),
         (select sum(l.units * l.price_cents) from public.hold_lines l join public.holds p on p.id = l.hold_id where p.lead_id = hold.id), as_of, hold.channel_id,
         (select c.priority_class from public.channels c where (c.region_id, c.id) = (hold.region_id, hold.channel_id))
  from public.holds h where h.lead_id = hold.id
  on conflict (id) do nothing;
  if not found then
    raise exception using errcode = 'KPDUP', message = 'the order id is taken', detail = confirm_hold.order_id::text;
  end if;
  insert into public.order_lines (order_id, sku_id, units, price_cents)
  select confirm_hold.order_id, l.sku_id, sum(l.units), l.price_cents
  from public.hold_lines l join public.holds h on h.id = l.hold_id
  where h.lead_id = hold.id group by l.sku_id, l.price_cents;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  select confirm_hold.order_id, h.id, h.node_id, 'to_pick', h.pick_by, as_of from public.holds h where h.lead_id = hold.id order by h.id;

  perform app.record_event(h.region_id, 'order_confirmed', h.id, confirm_hold.order_id, h.node_id,
    (select s.shift_id from public.stops s where s.hold_id = h.id)) from public.holds h where h.lead_id = hold.id;
  return query select o.number, o.token, o.confirmed_at from public.orders o where o.id = confirm_hold.order_id;
end
$$;

-- Adds or changes a channel: { name, is_active, priority_class }.
--
-- Locks     the channel.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such region · KPARG  something is missing; a check (23514) refuses what makes no sense.
create or replace function app.set_channel(region_id app.code, channel_id app.code, channel jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' or not exists (select from public.regions r where r.id = set_channel.region_id) then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if num_nulls(channel ->> 'name', channel ->> 'is_active', channel ->> 'priority_class') > 0 then
    raise exception using errcode = 'KPARG', message = 'something of the channel is missing', detail = channel_id;
  end if;
  insert into public.channels as c (region_id, id, name, is_active, priority_class)
  values (set_channel.region_id, channel_id, channel ->> 'name', (channel ->> 'is_active')::boolean, (channel ->> 'priority_class')::smallint)
  on conflict on constraint channels_pkey do update set (name, is_active, priority_class) = (excluded.name, excluded.is_active, excluded.priority_class);
  perform app.record_event(region_id, 'channel_set', null, null, null, null, channel || jsonb_build_object('id', channel_id));
end
$$;

-- Gives an order another class than its channel's, and writes down who did and why.
--
-- Locks     the order.
-- Retry     safe; the class that it has already is no event.
-- Raises    KPNTF  not ops, or no such order · KPSTA  it has ended · KPARG  no reason; a check (23514) refuses what is no class.
create function app.set_order_priority(order_id uuid, priority_class integer, note text) returns integer
language plpgsql volatile security definer set search_path = '' as $$
declare
  o public.orders;
begin
  if app.staff_role() = 'ops' then
    select * into o from public.orders x where x.id = set_order_priority.order_id for no key update;
  end if;
  if o.id is null then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if o.finished_at is not null then
    raise exception using errcode = 'KPSTA', message = 'the order has ended', detail = o.state;
  end if;
  if coalesce(trim(note), '') = '' then
    raise exception using errcode = 'KPARG', message = 'another class has a reason', detail = order_id::text;
  end if;
  if o.priority_class = set_order_priority.priority_class then
    return o.priority_class;
  end if;
  update public.orders x set priority_class = set_order_priority.priority_class where x.id = o.id;
  perform app.record_event(o.region_id, 'order_prioritised', null, o.id, null, null,
    jsonb_build_object('class', priority_class, 'note', trim(note)));
  return priority_class;
end
$$;
revoke execute on function app.set_order_priority(uuid, integer, text) from public;
grant execute on function app.set_order_priority(uuid, integer, text) to authenticated, service_role;
