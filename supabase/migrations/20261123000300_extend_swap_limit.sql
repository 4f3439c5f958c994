-- What a shopper may do with a hold besides confirming it and letting it go: ask for more time once, and change it for
-- another without losing it. And how much one shopper may hold at once.

alter table public.holds
  -- The client's key of the one extension: a repeated request is not a second one.
  add column extended_by uuid,
  -- Who holds it, for the limits: the checkout, digests of the address and of the network address that asked. Null: nobody who
  -- could hoard, such as the platform itself when it places an order anew.
  add column checkout_id uuid,
  add column address_key text check (length(address_key) between 16 and 128),
  add column network_key text check (length(network_key) between 16 and 128),
  add constraint holds_forget_the_network check (state = 'held' or network_key is null);
create index holds_of_checkout on public.holds (checkout_id) where state = 'held' and checkout_id is not null;
create index holds_of_address on public.holds (address_key) where state = 'held' and address_key is not null;
create index holds_of_network on public.holds (network_key) where state = 'held' and network_key is not null;
create index holds_undecided on public.holds (node_id, service) where state = 'held';
alter type app.hold_request add attribute checkout_id uuid;
alter type app.hold_request add attribute address_key text;
alter type app.hold_request add attribute network_key text;

-- Where a shopper asked from is nobody's business once the hold is settled.
create function app.forget_network() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.network_key := null;
  return new;
end
$$;
create trigger holds_forget_the_network before update of state on public.holds
  for each row when (new.state <> 'held' and new.network_key is not null) execute function app.forget_network();

-- -------------------------------------------------------------------------------------------------------------- limits

create table public.hold_limits (
  region_id app.code primary key references public.regions on delete cascade,
  -- Unconfirmed holds at one time.
  per_checkout integer not null check (per_checkout between 1 and 100),
  per_address integer not null check (per_address between 1 and 1000),
  per_network integer not null check (per_network between 1 and 100000),
  -- Of a window's places at a node, of a carrier's day, of a van's time in a window: at most so much in the hands of checkouts
  -- that have not confirmed. One of them may always.
  unconfirmed_percent integer not null check (unconfirmed_percent between 1 and 100)
);
comment on table public.hold_limits is 'How much may be held and not confirmed, so that nobody keeps windows from others that they do not buy.';

-- A household that orders twice, an office or a mobile operator behind one network address: none of them is stopped.
create function app.begin_hold_limits() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.hold_limits (region_id, per_checkout, per_address, per_network, unconfirmed_percent) values (new.id, 1, 3, 60, 80);
  return null;
end
$$;
create trigger regions_begin_with_limits after insert on public.regions
  for each row execute function app.begin_hold_limits();
insert into public.hold_limits (region_id, per_checkout, per_address, per_network, unconfirmed_percent)
select r.id, 1, 3, 60, 80 from public.regions r;

-- Makes those who could hoard wait for each other, so that each counts what the other has placed.
--
-- Locks     a key for the checkout, the address and the network address, in the order of their numbers, until the transaction
--           ends: after holds, before any resource. Whoever locks resources first asks for these before them.
create function app.lock_hold_keys(region_id app.code, checkout_id uuid, address_key text, network_key text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(k.number)
  from (
    select hashtextextended(concat_ws(' ', lock_hold_keys.region_id, x.kind, x.key), 0) as number
    from (values ('checkout', checkout_id::text), ('address', address_key), ('network', network_key)) x (kind, key)
    where x.key is not null
    order by 1
  ) k;
end
$$;

-- Refuses a hold that is one too many of its checkout, its address or its network address. The hold's row is there by now.
--
-- Locks     as lock_hold_keys: the caller has.
-- Raises    KPLIM  detail: checkout, address, network.
create function app.check_hold_counts(hold_id uuid) returns void
language plpgsql volatile set search_path = '' as $$
declare
  hold public.holds;
  limits public.hold_limits;
  as_of timestamptz := app.now();
  beyond text;
begin
  select * into strict hold from public.holds h where h.id = check_hold_counts.hold_id;
  select * into strict limits from public.hold_limits l where l.region_id = hold.region_id;
  beyond := case
    when hold.checkout_id is not null and limits.per_checkout < (
      select count(*) from public.holds h
      where h.checkout_id = hold.checkout_id and h.state = 'held' and h.expires_at > as_of and h.id = h.lead_id and h.region_id = hold.region_id
    ) then 'checkout'
    when hold.address_key is not null and limits.per_address < (
      select count(*) from public.holds h
      where h.address_key = hold.address_key and h.state = 'held' and h.expires_at > as_of and h.id = h.lead_id and h.region_id = hold.region_id
    ) then 'address'
    when hold.network_key is not null and limits.per_network < (
      select count(*) from public.holds h
      where h.network_key = hold.network_key and h.state = 'held' and h.expires_at > as_of and h.id = h.lead_id and h.region_id = hold.region_id
    ) then 'network'
  end;
  if beyond is not null then
    raise exception using errcode = 'KPLIM', message = 'too many are held at once', detail = beyond;
  end if;
end
$$;

-- Refuses a hold that would leave too much of something in the hands of checkouts that have not confirmed. Its claims are
-- taken by now, so every row that is counted here is locked, and who else wants of it waits to count.
--
-- Raises    KPLIM  detail: window.
create function app.check_hold_shares(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  percent integer;
  as_of timestamptz := app.now();
begin
  if parts[1].checkout_id is null then
    return;
  end if;
  select l.unconfirmed_percent into strict percent from public.hold_limits l where l.region_id = parts[1].region_id;
  if percent < 100 and exists (
    select from unnest(parts) p
    cross join lateral (
      -- Places in a window at a node.
      select count(*) as holds, count(*) as units, (select w.limit_orders from public.pickup_windows w where w.id = p.pickup_window_id) as most
      from public.holds h
      where p.service = 'pickup' and h.node_id = p.node_id and h.service = 'pickup' and h.state = 'held'
        and (h.window_starts_at, h.window_ends_at) = (p.window_starts_at, p.window_ends_at)
        and h.checkout_id is not null and h.expires_at > as_of
      union all
      -- Parcels of a carrier's day.
      select count(*), count(*), (
        select d.limit_parcels from public.carrier_days d where (d.carrier_id, d.node_id, d.day) = (p.carrier_id, p.node_id, p.carrier_day)
      )
      from public.holds h
      where p.service = 'parcel' and h.node_id = p.node_id and h.service = 'parcel' and h.state = 'held'
        and exists (select from public.claims c where c.hold_id = h.id and (c.carrier_id, c.day) = (p.carrier_id, p.carrier_day))
        and h.checkout_id is not null and h.expires_at > as_of
      union all
      -- Seconds of a van in a window, with the legs that lead to its doors.
      select count(*), coalesce(sum(s.leg_sec + s.service_sec), 0), extract(epoch from p.window_ends_at - p.window_starts_at)::integer
      from public.stops s
      join public.holds h on h.id = s.hold_id and h.state = 'held' and h.checkout_id is not null and h.expires_at > as_of
      where p.service = 'delivery' and s.shift_id = p.shift_id and (s.window_starts_at, s.window_ends_at) = (p.window_starts_at, p.window_ends_at)
    ) held
    where held.holds > 1 and held.units * 100 > held.most * percent
  ) then
    raise exception using errcode = 'KPLIM', message = 'too much of this window is held and not confirmed', detail = 'window';
  end if;
end
$$;

-- Sets how much may be held and not confirmed in a region.
--
-- Locks     the region's row of limits.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such region · KPARG  a limit that lets nobody hold anything, or that is none.
create function app.set_hold_limits(region_id app.code, per_checkout integer, per_address integer, per_network integer, unconfirmed_percent integer)
returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  update public.hold_limits l
  set per_checkout = set_hold_limits.per_checkout, per_address = set_hold_limits.per_address,
      per_network = set_hold_limits.per_network, unconfirmed_percent = set_hold_limits.unconfirmed_percent
  where l.region_id = set_hold_limits.region_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform app.record_event(region_id, 'hold_limits_set', null, null, null, null, jsonb_build_object('per_checkout', per_checkout,
    'per_address', per_address, 'per_network', per_network, 'unconfirmed_percent', unconfirmed_percent));
exception when check_violation or not_null_violation then
  raise exception using errcode = 'KPARG', message = 'not a limit', detail = region_id;
end
$$;

-- -------------------------------------------------------------------------------------------------- the life of a hold

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
         or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.checkout_id, p.address_key, p.network_key)) <> 1
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
                              checkout_id, address_key, network_key)
    values (part.hold_id, begin_hold.hold_id, part.region_id, part.node_id, part.service, 'held', part.fingerprint, part.window_starts_at,
            part.window_ends_at, part.price_cents, part.lng, part.lat, part.address, part.service_sec, part.weight_g, part.volume_ml,
            part.pick_sec, part.pick_by, as_of, as_of + make_interval(secs => ttl_sec), part.checkout_id, part.address_key, part.network_key)
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

-- Holds stock, picking time and ways to move for one cart, at each node that serves a part of it: all of it, or nothing.
--
-- parts = [app.hold_request]; the first is the lead's, whose hold_id is the hold's; the price of the whole is their sum.
-- Locks     the hold, then as lock_hold_keys, then as take_claims.
-- Retry     safe; a repeated call returns what the first one made, whatever became of it since.
-- Raises    KPLIM  one too many; and what begin_hold and take_claims raise.
create or replace function app.place_hold(hold_id uuid, parts jsonb, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(place_hold.parts);
begin
  if app.begin_hold(place_hold.hold_id, requests, ttl_sec) then
    perform app.lock_hold_keys(requests[1].region_id, requests[1].checkout_id, requests[1].address_key, requests[1].network_key);
    perform app.check_hold_counts(place_hold.hold_id);
    perform app.take_claims(requests);
    perform app.check_hold_shares(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
end
$$;

-- Gives the shopper more time, once: until ttl_sec from now.
--
-- Locks     the hold: all its parts, in id order.
-- Retry     safe with the same extension_id, the client's key of this one wish.
-- Raises    KPNTF  no such hold · KPEXP  its time is over · KPSTA  it was extended before, or is not held any more · KPARG  no key.
create function app.extend_hold(hold_id uuid, extension_id uuid, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  hold public.holds;
  as_of timestamptz;
begin
  if extension_id is null then
    raise exception using errcode = 'KPARG', message = 'an extension has a key', detail = extend_hold.hold_id::text;
  end if;
  perform from public.holds h where h.lead_id = extend_hold.hold_id order by h.id for no key update;
  select * into hold from public.holds h where h.id = extend_hold.hold_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = extend_hold.hold_id::text;
  end if;
  as_of := app.now();
  if hold.extended_by is distinct from extension_id then
    if hold.state = 'expired' or (hold.state = 'held' and hold.expires_at <= as_of) then
      raise exception using errcode = 'KPEXP', message = 'the hold has expired', detail = hold.id::text;
    end if;
    if hold.state <> 'held' or hold.extended_by is not null then
      raise exception using errcode = 'KPSTA', message = 'a hold is extended once, while it is held', detail = hold.id::text;
    end if;
    update public.holds h
    set expires_at = greatest(h.expires_at, as_of + make_interval(secs => ttl_sec)), extended_by = extension_id
    where h.lead_id = hold.id;
    perform app.record_event(hold.region_id, 'hold_extended', hold.id, null, hold.node_id, null);
  end if;
  return query select h.state, h.expires_at, as_of from public.holds h where h.id = hold.id;
end
$$;

-- Changes a hold for another one of the same shopper, whose own claims never stand in the way: what the old one gives back is
-- there for the new one to take. When that cannot be had, nothing has happened and the old one lives on.
--
-- An old hold that is over is no hindrance: the new one is placed if it can be. Where the old one has a stop in a route that
-- the new one joins, the caller names the plan version that it read and computes the route without the old stop.
-- Locks     the old hold, then the new one, then as lock_hold_keys, then as lock_resources over both.
-- Retry     safe; a repeated call returns what the first one made, whatever became of it since.
-- Raises    KPNTF  no such hold to change · KPSTA  it is confirmed; and what place_hold raises.
create function app.swap_hold(old_id uuid, hold_id uuid, parts jsonb, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(swap_hold.parts);
  olds uuid[];
  old public.holds;
  left_shifts uuid[];
begin
  olds := array(select h.id from public.holds h where h.lead_id = old_id order by h.id for no key update);
  select * into old from public.holds h where h.id = old_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = old_id::text;
  end if;
  if app.begin_hold(swap_hold.hold_id, requests, ttl_sec) then
    if exists (select from public.fulfilments f where f.hold_id = old.id) then
      raise exception using errcode = 'KPSTA', message = 'the hold is confirmed', detail = old_id::text;
    end if;
    perform app.lock_hold_keys(requests[1].region_id, requests[1].checkout_id, requests[1].address_key, requests[1].network_key);
    if old.state = 'held' then
      perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);
      left_shifts := array(select s.shift_id from public.stops s where s.hold_id = any (olds));
      perform app.end_holds(olds, case when old.expires_at <= app.now() then 'expired' else 'released' end);
      -- Of one node each, so that a shift has lost one stop at most, and its version has risen by one.
      for i in 1 .. cardinality(requests) loop
        if requests[i].shift_id = any (left_shifts) then
          requests[i].plan_version := requests[i].plan_version + 1;
        end if;
      end loop;
    end if;
    perform app.check_hold_counts(swap_hold.hold_id);
    perform app.take_claims(requests);
    perform app.check_hold_shares(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = swap_hold.hold_id;
end
$$;

-- Confirms what was paid for after its hold ran out: takes everything anew and confirms it, or does neither. No limit stands in
-- the way of what is bought.
--
-- Locks     as swap_hold; the new hold is nobody else's yet.
-- Retry     safe; the same order id returns the same order, also one that was confirmed by the old hold after all.
-- Raises    what swap_hold and confirm_hold raise.
create function app.reacquire_and_confirm(old_id uuid, hold_id uuid, parts jsonb, order_id uuid, customer jsonb)
returns table (order_number integer, token text, confirmed_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
begin
  perform from public.holds h where h.lead_id = old_id order by h.id for no key update;
  return query
    select o.number, o.token, o.confirmed_at from public.orders o
    join public.fulfilments f on f.order_id = o.id
    where o.id = reacquire_and_confirm.order_id and f.hold_id = old_id;
  if found then
    return;
  end if;
  perform app.swap_hold(old_id, reacquire_and_confirm.hold_id, (
    select jsonb_agg(x.value - array['checkout_id', 'address_key', 'network_key'] order by x.ordinality)
    from jsonb_array_elements(reacquire_and_confirm.parts) with ordinality x
  ), 60);
  return query select * from app.confirm_hold(reacquire_and_confirm.hold_id, reacquire_and_confirm.order_id, reacquire_and_confirm.customer);
end
$$;

-- -------------------------------------------------------------------------------------------------------------- access

alter table public.hold_limits enable row level security;
grant select on public.hold_limits to authenticated, service_role;
create policy ops_reads on public.hold_limits for select to authenticated using ((select app.staff_role()) = 'ops');

revoke execute on function app.forget_network(), app.begin_hold_limits(), app.lock_hold_keys(app.code, uuid, text, text), app.check_hold_counts(uuid),
  app.check_hold_shares(app.hold_request[]), app.set_hold_limits(app.code, integer, integer, integer, integer),
  app.extend_hold(uuid, uuid, integer), app.swap_hold(uuid, uuid, jsonb, integer),
  app.reacquire_and_confirm(uuid, uuid, jsonb, uuid, jsonb) from public;
grant execute on function app.lock_hold_keys(app.code, uuid, text, text), app.extend_hold(uuid, uuid, integer),
  app.swap_hold(uuid, uuid, jsonb, integer), app.reacquire_and_confirm(uuid, uuid, jsonb, uuid, jsonb) to service_role;
grant execute on function app.set_hold_limits(app.code, integer, integer, integer, integer) to authenticated, service_role;
