-- Sales channels: through whom a cart was bought. A channel has its own safety stock, is of a priority class, and may be closed;
-- hold and order carry it. Who buys does not choose it: see docs/decisions/0016.

create table public.channels (
  region_id app.code not null references public.regions on delete cascade,
  id app.code not null,
  name text not null check (length(name) between 1 and 80),
  -- Without it nothing new is held through it; what is promised stays.
  is_active boolean not null default true,
  primary key (region_id, id),
  constraint own_shop_stays_open check (is_active or id <> 'SHOP')
);
comment on table public.channels is 'Through whom a cart is bought. SHOP, the own shop, is in every region and is where nothing else is said.';

create function app.begin_channels() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.channels (region_id, id, name) values (new.id, 'SHOP', 'Own shop');
  return null;
end
$$;
create trigger regions_begin_with_a_channel after insert on public.regions
  for each row execute function app.begin_channels();
insert into public.channels (region_id, id, name) select r.id, 'SHOP', 'Own shop' from public.regions r;

create table public.channel_safety (
  region_id app.code not null,
  channel_id app.code not null,
  sku_id app.code not null,
  node_id app.code not null,
  units integer not null check (units between 1 and 10000000),
  primary key (region_id, channel_id, sku_id, node_id),
  foreign key (region_id, channel_id) references public.channels on delete cascade,
  foreign key (node_id, sku_id) references public.inventory_levels (node_id, sku_id) on delete cascade
);
create index channel_safety_of_level on public.channel_safety (node_id, sku_id);
comment on table public.channel_safety is 'Units of a level that are kept back from one channel, besides what is kept back from all. What the channel may promise is available - units.';

alter table public.channels enable row level security;
alter table public.channel_safety enable row level security;
grant select on public.channels, public.channel_safety to authenticated, service_role;
create policy staff_read on public.channels for select to authenticated using ((select app.staff_role()) is not null);
create policy ops_reads on public.channel_safety for select to authenticated using ((select app.staff_role()) = 'ops');

-- No reference from a hold: whoever holds reads the channel in the same transaction (app.check_channel), and an order refers to it.
alter table public.holds add column channel_id app.code not null default 'SHOP';
alter table public.orders
  add column channel_id app.code not null default 'SHOP',
  add foreign key (region_id, channel_id) references public.channels;
alter type app.hold_request add attribute channel_id text;

-- Adds or changes a channel: { name, is_active }.
--
-- Locks     the channel.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such region · KPARG  something is missing; a check (23514) refuses what makes no sense.
create function app.set_channel(region_id app.code, channel_id app.code, channel jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' or not exists (select from public.regions r where r.id = set_channel.region_id) then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if num_nulls(channel ->> 'name', channel ->> 'is_active') > 0 then
    raise exception using errcode = 'KPARG', message = 'something of the channel is missing', detail = channel_id;
  end if;
  insert into public.channels as c (region_id, id, name, is_active)
  values (set_channel.region_id, channel_id, channel ->> 'name', (channel ->> 'is_active')::boolean)
  on conflict on constraint channels_pkey do update set (name, is_active) = (excluded.name, excluded.is_active);
  perform app.record_event(region_id, 'channel_set', null, null, null, null, channel || jsonb_build_object('id', channel_id));
end
$$;

-- Keeps so many units of a level back from a channel; 0: none.
--
-- Locks     the level first, as whoever takes of it: what is compared under that lock is what was set.
-- Retry     safe.
-- Raises    KPNTF  not ops, no such level, or no such channel in its region.
create function app.set_channel_safety(node_id app.code, sku_id app.code, channel_id app.code, units integer) returns void
language plpgsql volatile security definer set search_path = '' as $$
declare
  region app.code;
begin
  perform from public.inventory_levels l
  where (l.node_id, l.sku_id) = (set_channel_safety.node_id, set_channel_safety.sku_id) for no key update;
  if found and app.staff_role() = 'ops' then
    select n.region_id into region from public.nodes n join public.channels c on c.region_id = n.region_id
    where n.id = set_channel_safety.node_id and c.id = set_channel_safety.channel_id;
  end if;
  if region is null then
    raise exception using errcode = 'KPNTF', message = 'no such level or channel', detail = channel_id;
  end if;
  if units = 0 then
    delete from public.channel_safety k
    where (k.region_id, k.channel_id, k.sku_id, k.node_id) = (region, set_channel_safety.channel_id, set_channel_safety.sku_id, set_channel_safety.node_id);
  else
    insert into public.channel_safety as k (region_id, channel_id, sku_id, node_id, units)
    values (region, set_channel_safety.channel_id, set_channel_safety.sku_id, set_channel_safety.node_id, set_channel_safety.units)
    on conflict on constraint channel_safety_pkey do update set units = excluded.units;
  end if;
  perform app.record_event(region, 'channel_safety_set', null, null, set_channel_safety.node_id, null,
    jsonb_build_object('channel_id', channel_id, 'sku_id', sku_id, 'units', units));
end
$$;

-- Refuses what a channel may not hold. All resources of the hold are locked and claimed by now.
--
-- Raises    KPCHN  detail: closed.
create function app.check_channel(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  channel public.channels;
begin
  select * into channel from public.channels c where (c.region_id, c.id) = (parts[1].region_id, coalesce(parts[1].channel_id, 'SHOP'));
  if channel.is_active is not true then
    raise exception using errcode = 'KPCHN', message = 'the channel takes no orders', detail = 'closed';
  end if;
end
$$;

-- As they were, and besides: the channel of a hold is written down, kept by its order, compared with its own safety stock, and asked.

create or replace function app.begin_hold(hold_id uuid, parts app.hold_request[], ttl_sec integer) returns boolean
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  as_of timestamptz := app.now();
  part app.hold_request;
  makes_sense boolean := parts[1].hold_id = begin_hold.hold_id and parts[1].service is not null;
begin
  -- One door, one window for each way to move, each node once; a cart is collected in one window. Asked apart: most holds
  -- have one part.
  if makes_sense and cardinality(parts) > 1 then
    makes_sense := not exists (
      select from unnest(parts) p
      having count(*) <> count(distinct p.hold_id) or count(*) <> count(distinct p.node_id)
        or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.checkout_id, p.address_key, p.network_key, p.channel_id, p.floor, p.has_lift, p.climb_sec)) <> 1
        or count(distinct (p.service, p.window_starts_at, p.window_ends_at)) <> count(distinct p.service)
        or count(*) filter (where p.service = 'pickup') not in (0, count(*))
        or count(*) filter (where p.service = 'pickup') > 0 and count(distinct p.pickup_window_id) <> 1
    );
  end if;
  -- The ledger would say more than the rows: an hour named twice is one update but two claims.
  if makes_sense is not true
     or exists (
       select from unnest(parts) p
       where coalesce(cardinality(p.lines), 0) = 0
         or (select coalesce(sum(x.sec), 0) from unnest(p.work) x) is distinct from p.pick_sec
         or exists (select from unnest(p.work) x group by x.starts_at having count(*) > 1)
         or not exists (select from public.nodes n where n.id = p.node_id and n.region_id = p.region_id)
         -- Only what is collected is brought by a lane, and by one that leaves its node.
         or p.lane_id is not null
           and not (p.service = 'pickup' and exists (select from public.lanes l where (l.id, l.from_node_id) = (p.lane_id, p.node_id)))
     )
     or exists (
       select from unnest(parts) p cross join lateral unnest(p.lines) x
       group by x.sku_id having count(distinct x.price_cents) > 1
     ) then
    raise exception using errcode = 'KPBUG', message = 'parts that make no sense, alone or together', detail = begin_hold.hold_id::text;
  end if;

  foreach part in array parts loop
    insert into public.holds (id, lead_id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents,
                              lng, lat, address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at,
                              checkout_id, address_key, network_key, visit_starts_at, visit_ends_at, floor, has_lift, climb_sec,
                              pickup_node_id, lane_id, lane_day, channel_id)
    values (part.hold_id, begin_hold.hold_id, part.region_id, part.node_id, part.service, 'held', part.fingerprint, part.window_starts_at,
            part.window_ends_at, part.price_cents, part.lng, part.lat, part.address, part.service_sec, part.weight_g, part.volume_ml,
            part.pick_sec, part.pick_by, as_of, as_of + make_interval(secs => ttl_sec), part.checkout_id, part.address_key, part.network_key,
            coalesce(part.visit_starts_at, part.window_starts_at), coalesce(part.visit_ends_at, part.window_ends_at), part.floor, part.has_lift,
            coalesce(part.climb_sec, 0),
            case when part.service = 'pickup' then coalesce((select l.to_node_id from public.lanes l where l.id = part.lane_id), part.node_id) end,
            part.lane_id, part.lane_day, coalesce(part.channel_id, 'SHOP'))
    on conflict (id) do nothing;
    if found then
      insert into public.hold_lines (hold_id, sku_id, units, price_cents)
      select part.hold_id, x.sku_id, x.units, x.price_cents from unnest(part.lines) x;
      perform app.record_event(part.region_id, 'hold_placed', part.hold_id, null, part.node_id, part.shift_id);
      insert into app.outbox (region_id, kind, shift_id) values (part.region_id, 'capacity', part.shift_id);
      continue;
    end if;
    if part.hold_id = begin_hold.hold_id and exists (
      select from public.holds h where h.id = part.hold_id and h.lead_id = h.id and h.fingerprint = part.fingerprint
    ) then
      return false;
    end if;
    raise exception using errcode = 'KPDUP', message = 'the hold id was used for another request', detail = part.hold_id::text;
  end loop;

  return true;
end
$$;

create or replace function app.take_claims(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  line_holds uuid[];
  line_nodes text[];
  line_skus text[];
  line_units integer[];
  work_holds uuid[];
  work_nodes text[];
  work_hours timestamptz[];
  work_secs integer[];
  part app.hold_request;
  shift public.shifts;
  short text;
  as_of timestamptz;
  channel text := coalesce(parts[1].channel_id, 'SHOP');
begin
  select n.id into short from public.nodes n
  where n.id = any (array(
      select p.node_id::text from unnest(parts) p
      union all
      -- Where it is collected, of what is brought there.
      select w.node_id::text from public.pickup_windows w where w.id = parts[1].pickup_window_id
    )) and n.paused_at is not null
  order by n.id limit 1;
  if found then
    raise exception using errcode = 'KPWRK', message = 'the node is paused', detail = short;
  end if;

  select array_agg(p.hold_id), array_agg(p.node_id::text), array_agg(x.sku_id), array_agg(x.units)
  into line_holds, line_nodes, line_skus, line_units
  from unnest(parts) p cross join lateral unnest(p.lines) x;
  select array_agg(p.hold_id), array_agg(p.node_id::text), array_agg(x.starts_at), array_agg(x.sec)
  into work_holds, work_nodes, work_hours, work_secs
  from unnest(parts) p cross join lateral unnest(p.work) x;

  perform app.lock_resources('{}', parts);
  -- The time is read after the locks: a caller that waited may have waited past its cut-off.
  as_of := app.now();

  select x.sku_id into short
  from unnest(line_nodes, line_skus, line_units) x (node_id, sku_id, units)
  left join app.available_stock l on l.node_id = x.node_id and l.sku_id = x.sku_id
  left join public.channel_safety k on (k.region_id, k.channel_id, k.sku_id, k.node_id) = (parts[1].region_id, channel, x.sku_id, x.node_id)
  where coalesce(l.available, 0) < x.units
     -- What others have of it is not this channel's.
     or l.available - k.units < x.units
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

  -- A cart that is collected has one part.
  if parts[1].service = 'pickup' then
    perform from public.pickup_windows w
    where w.id = parts[1].pickup_window_id
      and not exists (
        select from unnest(parts) p left join public.lanes l on l.id = p.lane_id
        where w.node_id is distinct from coalesce(l.to_node_id, p.node_id)
      )
      and (w.starts_at, w.ends_at) = (parts[1].window_starts_at, parts[1].window_ends_at)
      and not coalesce(w.claimed_orders >= w.limit_orders, true);
    if not found then
      raise exception using errcode = 'KPWIN', message = 'the pickup window is full', detail = coalesce(parts[1].pickup_window_id::text, '');
    end if;
    update public.pickup_windows w set claimed_orders = w.claimed_orders + 1 where w.id = parts[1].pickup_window_id;
  end if;

  insert into public.claims (hold_id, kind, units, reason, node_id, sku_id, bucket_at, pickup_window_id, at)
  select x.hold_id, 'stock', x.units, 'held', x.node_id, x.sku_id, null::timestamptz, null::uuid, as_of
  from unnest(line_holds, line_nodes, line_skus, line_units) x (hold_id, node_id, sku_id, units)
  union all
  select x.hold_id, 'work', x.sec, 'held', x.node_id, null, x.starts_at, null, as_of
  from unnest(work_holds, work_nodes, work_hours, work_secs) x (hold_id, node_id, starts_at, sec)
  union all
  select parts[1].hold_id, 'pickup', 1, 'held', null, null, null, parts[1].pickup_window_id, as_of
  where parts[1].service = 'pickup';

  if exists (select from unnest(parts) p where p.service = 'parcel') then
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

  if exists (select from unnest(parts) p where p.lane_id is not null) then
    -- It may have been dated anew since it was read: it still leaves after the picking, and is handled before the window.
    select p.lane_id into short
    from unnest(parts) p
    left join public.lane_runs r on r.lane_id = p.lane_id and r.day = p.lane_day
    where p.lane_id is not null
      and (coalesce(r.claimed_orders >= r.limit_orders, true) or r.leaves_at < p.pick_by or r.ready_at > p.window_starts_at)
    order by 1 limit 1;
    if found then
      raise exception using errcode = 'KPRUN', message = 'the run takes no more orders, or not in time', detail = short;
    end if;
    update public.lane_runs r set claimed_orders = r.claimed_orders + 1
    from unnest(parts) p where r.lane_id = p.lane_id and r.day = p.lane_day;
    insert into public.claims (hold_id, kind, units, reason, lane_id, day, at)
    select p.hold_id, 'lane', 1, 'held', p.lane_id, p.lane_day, as_of from unnest(parts) p where p.lane_id is not null;
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
                             promise_starts_at, promise_ends_at, price_cents, goods_cents, confirmed_at, channel_id)
  select confirm_hold.order_id, hold.region_id, customer ->> 'token', hold.service, 'confirmed', customer ->> 'customer_name',
         customer ->> 'customer_phone', coalesce(customer ->> 'customer_note', ''), hold.address, hold.lng, hold.lat,
         min(h.window_starts_at), max(h.window_ends_at), sum(h.price_cents),
         (select sum(l.units * l.price_cents) from public.hold_lines l join public.holds p on p.id = l.hold_id where p.lead_id = hold.id), as_of, hold.channel_id
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
    perform app.check_calendar(requests);
    perform app.check_channel(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
end
$$;

create or replace function app.swap_hold(old_id uuid, hold_id uuid, parts jsonb, ttl_sec integer)
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
    perform app.check_calendar(requests);
    perform app.check_channel(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = swap_hold.hold_id;
end
$$;

drop function app.read_quote_facts(app.code, text[], xid8);
create function app.read_quote_facts(region_id app.code, skus text[], since xid8 default '0', channel text default 'SHOP') returns json
language plpgsql stable set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  as_of timestamptz := app.now();
  -- Ascending, as width_bucket wants them, and a breath later than the age itself, which counts as reached.
  steps timestamptz[];
  percents integer[];
  open_nodes text[] := array(
    select n.id from public.nodes n where n.region_id = read_quote_facts.region_id and n.paused_at is null order by n.id
  );
  -- Asked once, so that a channel of which nothing is kept back costs no look-up a level.
  keeps_back boolean := exists (
    select from public.channel_safety k
    where (k.region_id, k.channel_id) = (read_quote_facts.region_id, read_quote_facts.channel) and k.sku_id = any (skus)
  );
begin
  select array_agg(as_of - make_interval(hours => s.after_hours) + interval '1 microsecond' order by s.after_hours desc), array_agg(s.held_back_percent order by s.after_hours desc)
  into steps, percents
  from public.stock_freshness_steps s where s.region_id = read_quote_facts.region_id;
  -- Beyond the last threshold nothing is held back; width_bucket knows no empty array.
  steps := coalesce(steps, array['-infinity'::timestamptz]);
  percents := coalesce(percents, array[0]) || 0;

  return json_build_object(
    'nowSec', extract(epoch from as_of),
    'nodeIds', open_nodes,
    'stock', (
      select json_build_object(
        'nodeId', coalesce(array_agg(l.node_id), '{}'),
        'skuId', coalesce(array_agg(l.sku_id), '{}'),
        'units', coalesce(array_agg(
          l.on_hand - l.shortage - l.reserved - l.safety - coalesce(k.units, 0) - ceil(greatest(l.on_hand - l.shortage, 0) * (case
            when l.confirmed_at is null then 100
            else percents[width_bucket(l.confirmed_at, steps) + 1]
          end) / 100.0)::integer), '{}'))
      from public.inventory_levels l
      left join (select * from public.channel_safety x where keeps_back) k
        on (k.region_id, k.channel_id, k.sku_id, k.node_id) = (read_quote_facts.region_id, read_quote_facts.channel, l.sku_id, l.node_id)
      where l.sku_id = any (skus) and l.node_id = any (open_nodes)
    ),
    'rules', (
      select json_build_object(
        'mostNodes', r.most_nodes, 'leastPartCents', r.least_part_cents, 'splitCents', r.split_cents,
        'busyPercent', r.busy_percent, 'busyHourCents', r.busy_hour_cents,
        'weights', json_build_object(
          'handling', r.handling_weight_percent, 'picking', r.picking_weight_percent, 'busy', r.busy_weight_percent,
          'route', r.route_weight_percent, 'carrier', r.carrier_weight_percent, 'split', r.split_weight_percent, 'transfer', r.transfer_weight_percent))
      from public.sourcing_rules r where r.region_id = read_quote_facts.region_id
    ),
    'windows', (
      select json_build_object(
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer order by x.starts_at, x.ends_at), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer order by x.starts_at, x.ends_at), '{}'),
        'priceCents', coalesce(array_agg(x.price_cents order by x.starts_at, x.ends_at), '{}'),
        'orderBySec', coalesce(array_agg(date_part('epoch', x.order_by_at)::integer order by x.starts_at, x.ends_at), '{}'))
      from public.windows x where x.region_id = read_quote_facts.region_id and x.ends_at > as_of and not x.closed
    ),
    'cutOffs', (
      select json_build_object(
        'nodeId', coalesce(array_agg(c.node_id), '{}'),
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer), '{}'),
        'orderBySec', coalesce(array_agg(date_part('epoch', c.order_by_at)::integer), '{}'))
      from public.windows x join public.window_cut_offs c on c.window_id = x.id
      where x.region_id = read_quote_facts.region_id and x.ends_at > as_of and not x.closed
    ),
    'changes', json_build_object(
      'asOf', pg_snapshot_xmin(pg_current_snapshot())::text,
      'hours', (
        select json_build_object(
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
          'limitSec', coalesce(array_agg(x.limit_sec), '{}'),
          'freeSec', coalesce(array_agg(x.limit_sec - x.claimed_sec), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.work_buckets x join public.nodes n on n.id = x.node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.starts_at > as_of - interval '1 hour'
      ),
      'pickups', (
        select json_build_object(
          'id', coalesce(array_agg(x.id), '{}'),
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
          'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer), '{}'),
          'free', coalesce(array_agg(x.limit_orders - x.claimed_orders), '{}'),
          'priceCents', coalesce(array_agg(x.price_cents), '{}'),
          'closed', coalesce(array_agg(x.usual_orders is not null), '{}'),
          'orderBySec', coalesce(array_agg(date_part('epoch', x.order_by_at)::integer), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.pickup_windows x join public.nodes n on n.id = x.node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.ends_at > as_of
      ),
      'shifts', (
        select json_build_object(
          'id', coalesce(array_agg(x.id), '{}'),
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
          'version', coalesce(array_agg(x.plan_version), '{}'),
          'planned', coalesce(array_agg(x.state = 'planned' and not x.closed), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.shifts x
        where x.changed_by >= since and x.region_id = read_quote_facts.region_id and x.starts_at > as_of
      ),
      'runs', (
        select json_build_object(
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'carrierId', coalesce(array_agg(x.carrier_id), '{}'),
          'carrier', coalesce(array_agg(c.name), '{}'),
          'day', coalesce(array_agg(x.day), '{}'),
          'leavesSec', coalesce(array_agg(date_part('epoch', x.leaves_at)::integer), '{}'),
          'arrivesOn', coalesce(array_agg(x.arrives_on), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.arrives_from)::integer), '{}'),
          'endSec', coalesce(array_agg(date_part('epoch', x.arrives_until)::integer), '{}'),
          'baseCents', coalesce(array_agg(s.base_cents), '{}'),
          'kgCents', coalesce(array_agg(s.kg_cents), '{}'),
          'priceCents', coalesce(array_agg(s.price_cents), '{}'),
          'limitG', coalesce(array_agg(s.limit_weight_g), '{}'),
          'carriesChilled', coalesce(array_agg(s.carries_chilled), '{}'),
          'carriesFrozen', coalesce(array_agg(s.carries_frozen), '{}'),
          'free', coalesce(array_agg(x.limit_parcels - x.claimed_parcels), '{}'),
          'closed', coalesce(array_agg(x.usual_parcels is not null), '{}'),
          'orderBySec', coalesce(array_agg(date_part('epoch', x.order_by_at)::integer), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.carrier_days x
        join public.carrier_services s on (s.carrier_id, s.node_id) = (x.carrier_id, x.node_id)
        join public.carriers c on c.id = x.carrier_id
        join public.nodes n on n.id = x.node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.leaves_at > as_of - interval '1 day'
      ),
      'laneRuns', (
        select json_build_object(
          'laneId', coalesce(array_agg(x.lane_id), '{}'),
          'day', coalesce(array_agg(x.day), '{}'),
          'fromNodeId', coalesce(array_agg(l.from_node_id), '{}'),
          'nodeId', coalesce(array_agg(l.to_node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.leaves_at)::integer), '{}'),
          'arrivesSec', coalesce(array_agg(date_part('epoch', x.arrives_at)::integer), '{}'),
          'readySec', coalesce(array_agg(date_part('epoch', x.ready_at)::integer), '{}'),
          'baseCents', coalesce(array_agg(l.base_cents), '{}'),
          'kgCents', coalesce(array_agg(l.kg_cents), '{}'),
          'carriesChilled', coalesce(array_agg(l.carries_chilled), '{}'),
          'carriesFrozen', coalesce(array_agg(l.carries_frozen), '{}'),
          'free', coalesce(array_agg(x.limit_orders - x.claimed_orders), '{}'),
          'closed', coalesce(array_agg(x.usual_orders is not null), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.lane_runs x
        join public.lanes l on l.id = x.lane_id
        join public.nodes n on n.id = l.from_node_id
        where x.changed_by >= since and n.region_id = read_quote_facts.region_id and x.leaves_at > as_of - interval '1 day'
      )
    )
  );
end
$$;

revoke execute on function app.begin_channels(), app.set_channel(app.code, app.code, jsonb), app.set_channel_safety(app.code, app.code, app.code, integer),
  app.check_channel(app.hold_request[]), app.read_quote_facts(app.code, text[], xid8, text) from public;
grant execute on function app.set_channel(app.code, app.code, jsonb), app.set_channel_safety(app.code, app.code, app.code, integer) to authenticated, service_role;
grant execute on function app.read_quote_facts(app.code, text[], xid8, text) to service_role;
