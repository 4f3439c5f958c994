-- A cart from several nodes. The claims at one node stay one row of public.holds; a cart that several nodes serve is several
-- rows, its parts, with one lead: the row whose id the client minted. The parts are placed, confirmed, released and expired
-- together, each time in one call; after the confirmation each lives on as the fulfilment of its node.

alter table public.holds add column lead_id uuid references public.holds;
update public.holds set lead_id = id;
alter table public.holds alter column lead_id set not null;
create index holds_by_lead on public.holds (lead_id);
comment on column public.holds.lead_id is 'The part that the whole hold is called by; itself where one node serves all.';
comment on table public.holds is 'What one node does for a cart, with its claims. The rows of one lead are one hold: held until it is confirmed, released or expired.';

-- Each part says its own hold; its order in the array is free but for the lead, which is the first.
alter type app.hold_request add attribute hold_id uuid;

drop function app.place_hold(uuid, jsonb, integer);
drop function app.take_claims(uuid, app.hold_request);

-- ------------------------------------------------------------------------------------------------------------ claiming

-- Locks whatever `giving` claims and `taking` asks for, in the global order, each kind in one statement: inventory levels,
-- work buckets, pickup windows, carrier days, shifts.
--
-- What is asked for is laid out in arrays first. Of a set of unknown length that comes out of JSON the planner expects a
-- thousand rows and would rather read a whole table than look up three.
create function app.lock_resources(giving public.claims[], taking app.hold_request[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  nodes text[];
  skus text[];
  hours timestamptz[];
begin
  select array_agg(k.node_id), array_agg(k.sku_id) into nodes, skus
  from (
    select p.node_id::text, x.sku_id from unnest(taking) p cross join lateral jsonb_to_recordset(p.lines) x (sku_id text)
    union all
    select c.node_id, c.sku_id from unnest(giving) c where c.kind = 'stock'
  ) k;
  perform from public.inventory_levels l
  join unnest(nodes, skus) k (node_id, sku_id) on l.node_id = k.node_id and l.sku_id = k.sku_id
  order by l.node_id, l.sku_id for no key update of l;

  select array_agg(k.node_id), array_agg(k.starts_at) into nodes, hours
  from (
    select p.node_id::text, x.starts_at from unnest(taking) p cross join lateral jsonb_to_recordset(p.work) x (starts_at timestamptz)
    union all
    select c.node_id, c.bucket_at from unnest(giving) c where c.kind = 'work'
  ) k;
  perform from public.work_buckets b
  join unnest(nodes, hours) k (node_id, starts_at) on b.node_id = k.node_id and b.starts_at = k.starts_at
  order by b.node_id, b.starts_at for no key update of b;

  perform from public.pickup_windows w
  where w.id in (
    select p.pickup_window_id from unnest(taking) p where p.service = 'pickup'
    union all
    select c.pickup_window_id from unnest(giving) c where c.kind = 'pickup'
  )
  order by w.id for no key update;

  perform from public.carrier_days d
  where (d.carrier_id, d.node_id, d.day) in (
    select p.carrier_id, p.node_id, p.carrier_day from unnest(taking) p where p.service = 'parcel'
    union all
    select c.carrier_id, c.node_id, c.day from unnest(giving) c where c.kind = 'parcel'
  )
  order by d.carrier_id, d.node_id, d.day for no key update;

  perform from public.shifts s
  where s.id in (
    select p.shift_id from unnest(taking) p where p.service = 'delivery'
    union all
    select c.shift_id from unnest(giving) c where c.kind in ('weight', 'volume')
  )
  order by s.id for no key update;
end
$$;

-- Takes every claim of every part of a hold, or raises and leaves nothing.
--
-- Locks     as lock_resources.
-- Raises    KPSTK KPWRK KPWIN KPCAR KPVAN KPPLN KPDEP KPBUG; detail names the resource.
create function app.take_claims(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' as $$
declare
  line_holds uuid[];
  line_nodes text[];
  line_skus text[];
  line_units integer[];
  work_holds uuid[];
  work_nodes text[];
  work_hours timestamptz[];
  work_secs integer[];
  services text[] := array(select p.service from unnest(parts) p);
  part app.hold_request;
  shift public.shifts;
  short text;
  as_of timestamptz;
begin
  select n.id into short from public.nodes n
  where n.id = any (array(select p.node_id::text from unnest(parts) p)) and n.paused_at is not null
  order by n.id limit 1;
  if found then
    raise exception using errcode = 'KPWRK', message = 'the node is paused', detail = short;
  end if;

  select array_agg(p.hold_id), array_agg(p.node_id::text), array_agg(x.sku_id), array_agg(x.units)
  into line_holds, line_nodes, line_skus, line_units
  from unnest(parts) p cross join lateral jsonb_to_recordset(p.lines) x (sku_id text, units integer);
  select array_agg(p.hold_id), array_agg(p.node_id::text), array_agg(x.starts_at), array_agg(x.sec)
  into work_holds, work_nodes, work_hours, work_secs
  from unnest(parts) p cross join lateral jsonb_to_recordset(p.work) x (starts_at timestamptz, sec integer);

  perform app.lock_resources('{}', parts);
  -- The time is read after the locks: a caller that waited may have waited past its cut-off.
  as_of := app.now();

  select x.sku_id into short
  from unnest(line_nodes, line_skus, line_units) x (node_id, sku_id, units)
  left join app.available_stock l on l.node_id = x.node_id and l.sku_id = x.sku_id
  where coalesce(l.available, 0) < x.units
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
  insert into public.claims (hold_id, kind, units, reason, node_id, sku_id, bucket_at, at)
  select x.hold_id, 'stock', x.units, 'held', x.node_id, x.sku_id, null::timestamptz, as_of
  from unnest(line_holds, line_nodes, line_skus, line_units) x (hold_id, node_id, sku_id, units)
  union all
  select x.hold_id, 'work', x.sec, 'held', x.node_id, null, x.starts_at, as_of
  from unnest(work_holds, work_nodes, work_hours, work_secs) x (hold_id, node_id, starts_at, sec);

  if 'pickup' = any (services) then
    select coalesce(p.pickup_window_id::text, '') into short
    from unnest(parts) p
    left join public.pickup_windows w on w.id = p.pickup_window_id and w.node_id = p.node_id
      and (w.starts_at, w.ends_at) = (p.window_starts_at, p.window_ends_at)
    where p.service = 'pickup' and coalesce(w.claimed_orders >= w.limit_orders, true);
    if found then
      raise exception using errcode = 'KPWIN', message = 'the pickup window is full', detail = short;
    end if;
    update public.pickup_windows w set claimed_orders = w.claimed_orders + 1
    from unnest(parts) p where p.service = 'pickup' and w.id = p.pickup_window_id;
    insert into public.claims (hold_id, kind, units, reason, pickup_window_id, at)
    select p.hold_id, 'pickup', 1, 'held', p.pickup_window_id, as_of from unnest(parts) p where p.service = 'pickup';
  end if;

  if 'parcel' = any (services) then
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
    select part.hold_id, shift.id, part.hold_id, 1000000, part.lng, part.lat, part.window_starts_at,
           part.window_ends_at, part.service_sec, part.weight_g, part.volume_ml, (x.value ->> 'leg_sec')::integer,
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

-- Gives back every open claim of the holds, once.
--
-- Locks     as lock_resources, over all the holds together; the caller holds the holds' locks, taken in id order.
-- Retry     safe: a claim that was given back is not open.
create or replace function app.return_claims(hold_ids uuid[], reason text) returns void
language plpgsql volatile set search_path = '' as $$
declare
  -- Which claims are open cannot change while the holds are locked.
  giving public.claims[] := array(select c from app.open_claims(hold_ids) c);
  as_of timestamptz;
begin
  perform app.lock_resources(giving, '{}');

  update public.inventory_levels l set reserved = l.reserved - c.units
  from (select c.node_id, c.sku_id, sum(c.units)::integer as units from unnest(giving) c where c.kind = 'stock' group by 1, 2) c
  where (l.node_id, l.sku_id) = (c.node_id, c.sku_id);

  update public.work_buckets b
  set claimed_sec = b.claimed_sec - c.units, limit_sec = greatest(b.target_sec, b.claimed_sec - c.units)
  from (select c.node_id, c.bucket_at, sum(c.units)::integer as units from unnest(giving) c where c.kind = 'work' group by 1, 2) c
  where (b.node_id, b.starts_at) = (c.node_id, c.bucket_at);

  update public.pickup_windows w set claimed_orders = w.claimed_orders - c.units
  from (select c.pickup_window_id, sum(c.units)::integer as units from unnest(giving) c where c.kind = 'pickup' group by 1) c
  where w.id = c.pickup_window_id;

  update public.carrier_days d set claimed_parcels = d.claimed_parcels - c.units
  from (
    select c.carrier_id, c.node_id, c.day, sum(c.units)::integer as units from unnest(giving) c where c.kind = 'parcel' group by 1, 2, 3
  ) c
  where (d.carrier_id, d.node_id, d.day) = (c.carrier_id, c.node_id, c.day);

  perform app.remove_stops(hold_ids);
  update public.shifts s
  set claimed_weight_g = s.claimed_weight_g - c.weight_g, claimed_volume_ml = s.claimed_volume_ml - c.volume_ml
  from (
    select c.shift_id, coalesce(sum(c.units) filter (where c.kind = 'weight'), 0)::integer as weight_g,
           coalesce(sum(c.units) filter (where c.kind = 'volume'), 0)::integer as volume_ml
    from unnest(giving) c where c.kind in ('weight', 'volume') group by 1
  ) c
  where s.id = c.shift_id;

  as_of := app.now();
  insert into app.outbox (region_id, kind, shift_id)
  select distinct s.region_id, 'plan', s.id from public.shifts s
  where s.id in (select c.shift_id from unnest(giving) c where c.kind = 'weight');
  insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, bucket_at, pickup_window_id, carrier_id, day, shift_id, at)
  select c.hold_id, c.kind, -c.units, c.id, return_claims.reason, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.shift_id, as_of
  from unnest(giving) c
  order by c.id;
end
$$;

-- ------------------------------------------------------------------------------------------------- the life of a hold

-- Writes the rows of a new hold and their lines; false when the id is known and was used for the same request.
--
-- Retry     safe; the other parts of a repeated request are not looked at, since their ids are minted anew for each.
-- Raises    KPDUP  an id was used for another request · KPBUG  parts that make no sense together.
create function app.begin_hold(hold_id uuid, parts app.hold_request[], ttl_sec integer) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  inserted integer;
begin
  -- One door, one window for each way to move, each node once; a cart is collected in one place. The ledger would say more
  -- than the rows: an hour named twice is one update but two claims.
  if parts[1].hold_id is distinct from begin_hold.hold_id
     or exists (
       select from unnest(parts) p
       having count(*) <> count(distinct p.hold_id) or count(*) <> count(distinct p.node_id)
         or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address)) <> 1
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

  insert into public.holds (id, lead_id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents,
                            lng, lat, address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at)
  select p.hold_id, begin_hold.hold_id, p.region_id, p.node_id, p.service, 'held', p.fingerprint, p.window_starts_at, p.window_ends_at, p.price_cents,
         p.lng, p.lat, p.address, p.service_sec, p.weight_g, p.volume_ml, p.pick_sec, p.pick_by, as_of, as_of + make_interval(secs => ttl_sec)
  from unnest(parts[1:1]) p
  on conflict (id) do nothing;
  if not found then
    if not exists (
      select from public.holds h
      where h.id = begin_hold.hold_id and h.lead_id = h.id and h.fingerprint = parts[1].fingerprint
    ) then
      raise exception using errcode = 'KPDUP', message = 'the hold id was used for another request', detail = begin_hold.hold_id::text;
    end if;
    return false;
  end if;

  if cardinality(parts) > 1 then
    insert into public.holds (id, lead_id, region_id, node_id, service, state, fingerprint, window_starts_at, window_ends_at, price_cents,
                              lng, lat, address, service_sec, weight_g, volume_ml, pick_sec, pick_by, created_at, expires_at)
    select p.hold_id, begin_hold.hold_id, p.region_id, p.node_id, p.service, 'held', p.fingerprint, p.window_starts_at, p.window_ends_at, p.price_cents,
           p.lng, p.lat, p.address, p.service_sec, p.weight_g, p.volume_ml, p.pick_sec, p.pick_by, as_of, as_of + make_interval(secs => ttl_sec)
    from unnest(parts[2:]) p order by p.hold_id
    on conflict (id) do nothing;
    get diagnostics inserted = row_count;
    if inserted <> cardinality(parts) - 1 then
      raise exception using errcode = 'KPDUP', message = 'the id of a part was used before', detail = begin_hold.hold_id::text;
    end if;
  end if;

  insert into public.hold_lines (hold_id, sku_id, units, price_cents)
  select p.hold_id, x.sku_id, x.units, x.price_cents
  from unnest(parts) p cross join lateral jsonb_to_recordset(p.lines) x (sku_id text, units integer, price_cents integer);
  perform app.record_event(p.region_id, 'hold_placed', p.hold_id, null, p.node_id, p.shift_id) from unnest(parts) p;
  insert into app.outbox (region_id, kind, shift_id) select p.region_id, 'capacity', p.shift_id from unnest(parts) p;
  return true;
end
$$;

-- Reads the parts of a request: a JSON array of app.hold_request, the lead's first.
create function app.read_parts(parts jsonb) returns app.hold_request[]
language sql immutable set search_path = '' as $$
  select array(select jsonb_populate_record(null::app.hold_request, x.value) from jsonb_array_elements(parts) with ordinality x order by x.ordinality)
$$;

-- Holds stock, picking time and ways to move for one cart, at each node that serves a part of it: all of it, or nothing.
--
-- parts = [app.hold_request]; the first is the lead's, whose hold_id is the hold's; the price of the whole is their sum.
-- Locks     the hold, then as take_claims.
-- Retry     safe; a repeated call returns what the first one made, whatever became of it since.
-- Raises    KPDUP  the id was used for another request; and what take_claims and begin_hold raise.
create function app.place_hold(hold_id uuid, parts jsonb, ttl_sec integer)
returns table (state text, expires_at timestamptz, now_at timestamptz)
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(place_hold.parts);
begin
  if app.begin_hold(place_hold.hold_id, requests, ttl_sec) then
    perform app.take_claims(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
end
$$;

-- Turns a hold into a promise: an order of all its lines, and a fulfilment for each part by the node that holds its claims.
-- The promise reaches from the first part's window to the last part's.
--
-- customer = { token, customer_name, customer_phone, customer_note }
-- Locks     the hold: all its parts, in id order.
-- Retry     safe; the same order id returns the same order.
-- Raises    KPNTF  no such hold · KPEXP  its time is over · KPSTA  it was released, or confirmed for another order.
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
                             promise_starts_at, promise_ends_at, price_cents, goods_cents, confirmed_at)
  select confirm_hold.order_id, hold.region_id, customer ->> 'token', hold.service, 'confirmed', customer ->> 'customer_name',
         customer ->> 'customer_phone', coalesce(customer ->> 'customer_note', ''), hold.address, hold.lng, hold.lat,
         min(h.window_starts_at), max(h.window_ends_at), sum(h.price_cents),
         (select sum(l.units * l.price_cents) from public.hold_lines l join public.holds p on p.id = l.hold_id where p.lead_id = hold.id), as_of
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

-- Gives a hold back before it was confirmed.
--
-- Locks     the hold: all its parts, in id order; then as return_claims.
-- Retry     safe; a hold that is over stays as it ended.
-- Raises    KPNTF  no such hold · KPSTA  it is confirmed.
create or replace function app.release_hold(hold_id uuid) returns text
language plpgsql volatile set search_path = '' as $$
declare
  hold public.holds;
  parts uuid[];
begin
  parts := array(select h.id from public.holds h where h.lead_id = release_hold.hold_id order by h.id for no key update);
  select * into hold from public.holds h where h.id = release_hold.hold_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = release_hold.hold_id::text;
  end if;
  if exists (select from public.holds h where h.id = any (parts) and h.state in ('confirmed', 'fulfilled')) then
    raise exception using errcode = 'KPSTA', message = 'the hold is confirmed', detail = hold.id::text;
  end if;
  if hold.state <> 'held' then
    return hold.state;
  end if;
  perform app.end_holds(parts, 'released');
  return 'released';
end
$$;

-- Ends holds whose time is over, at most so many, in the order of their ids; returns how many.
--
-- Locks     the due holds of which nobody else has locked a part, in id order, then as return_claims. It never waits for a
--           hold, so that it may lock the leads before the other parts, which everybody else locks in the order of all ids.
-- Retry     safe.
create or replace function app.expire_holds(at_most integer default 50) returns integer
language plpgsql volatile set search_path = '' as $$
declare
  as_of timestamptz := app.now();
  due uuid[];
  parts uuid[];
begin
  due := array(
    select h.id from public.holds h where h.state = 'held' and h.expires_at <= as_of and h.lead_id = h.id
    order by h.id limit at_most for no key update skip locked
  );
  parts := array(
    select h.id from public.holds h where h.lead_id = any (due) order by h.id for no key update skip locked
  );
  -- Whoever has a part locked decides about all of them.
  due := array(
    select d.id from unnest(due) d (id)
    where not exists (select from public.holds h where h.lead_id = d.id and h.id <> all (parts))
  );
  if cardinality(due) = 0 then
    return 0;
  end if;
  perform app.end_holds(array(select h.id from public.holds h where h.lead_id = any (due)), 'expired');
  return cardinality(due);
end
$$;

-- Gives the claims of holds back that nobody has confirmed, and says how they ended. The caller has them locked.
create function app.end_holds(hold_ids uuid[], ending text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform app.return_claims(hold_ids, ending);
  update public.holds h set state = ending, settled_at = app.now() where h.id = any (hold_ids);
  perform app.record_event(h.region_id, 'hold_' || ending, h.id, null, h.node_id, null)
  from public.holds h where h.id = any (hold_ids) order by h.id;
  insert into app.outbox (region_id, kind) select distinct h.region_id, 'capacity' from public.holds h where h.id = any (hold_ids);
end
$$;

revoke execute on function app.lock_resources(public.claims[], app.hold_request[]), app.take_claims(app.hold_request[]),
  app.begin_hold(uuid, app.hold_request[], integer), app.read_parts(jsonb), app.place_hold(uuid, jsonb, integer),
  app.end_holds(uuid[], text) from public;
grant execute on function app.place_hold(uuid, jsonb, integer) to service_role;
