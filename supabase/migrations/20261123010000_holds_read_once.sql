-- A hold reads its JSON once and counts by the right index.
--
-- Measured, a pickup of three goods: a third of its time went into counting what the shopper holds already; much of the rest into
-- taking the same JSON apart eight times, and into statements over kinds of resources that the hold has none of.

-- While few or none were held when the statistics were taken, the planner thinks all partial indexes of what is held are equally
-- cheap, and took the one by expiry: it read everything that was held, for each count. Now of the five only one fits each question.
-- Whatever is held is not settled (a CHECK): holds_due says the one, these the other, and each names what the others do not.
drop index public.holds_of_checkout, public.holds_of_address, public.holds_of_network, public.holds_undecided;
create index holds_of_checkout on public.holds (checkout_id) where settled_at is null and checkout_id is not null;
create index holds_of_address on public.holds (address_key) where settled_at is null and address_key is not null;
create index holds_of_network on public.holds (network_key) where settled_at is null and network_key is not null;
create index holds_undecided on public.holds (node_id, service) where settled_at is null and service <> 'delivery';

create type app.asked_line as (sku_id text, units integer, price_cents integer);
create type app.asked_work as (starts_at timestamptz, sec integer);
alter type app.hold_request alter attribute lines type app.asked_line[], alter attribute work type app.asked_work[];

-- In PL/pgSQL, because a function in SQL is planned anew in every statement that calls it.
create or replace function app.read_parts(parts jsonb) returns app.hold_request[]
language plpgsql immutable set search_path = '' as $$
begin
  return array(
    select jsonb_populate_record(null::app.hold_request, x.value)
    from jsonb_array_elements(parts) with ordinality x order by x.ordinality
  );
end
$$;

-- Writes the rows of a new hold and their lines; false when the id is known and was used for the same request.
--
-- Retry     safe; the other parts of a repeated request are not looked at, since their ids are minted anew for each.
-- Raises    KPDUP  an id was used for another request · KPBUG  parts that make no sense together.
create or replace function app.begin_hold(hold_id uuid, parts app.hold_request[], ttl_sec integer) returns boolean
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  as_of timestamptz := app.now();
  part app.hold_request;
  makes_sense boolean := parts[1].hold_id = begin_hold.hold_id and parts[1].service is not null;
begin
  -- One door, one window for each way to move, each node once; a cart is collected in one place. Asked apart: most holds have
  -- one part.
  if makes_sense and cardinality(parts) > 1 then
    makes_sense := not exists (
      select from unnest(parts) p
      having count(*) <> count(distinct p.hold_id) or count(*) <> count(distinct p.node_id)
        or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.checkout_id, p.address_key, p.network_key, p.floor, p.has_lift, p.climb_sec)) <> 1
        or count(distinct (p.service, p.window_starts_at, p.window_ends_at)) <> count(distinct p.service)
        or bool_or(p.service = 'pickup')
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
                              checkout_id, address_key, network_key, visit_starts_at, visit_ends_at, floor, has_lift, climb_sec)
    values (part.hold_id, begin_hold.hold_id, part.region_id, part.node_id, part.service, 'held', part.fingerprint, part.window_starts_at,
            part.window_ends_at, part.price_cents, part.lng, part.lat, part.address, part.service_sec, part.weight_g, part.volume_ml,
            part.pick_sec, part.pick_by, as_of, as_of + make_interval(secs => ttl_sec), part.checkout_id, part.address_key, part.network_key,
            coalesce(part.visit_starts_at, part.window_starts_at), coalesce(part.visit_ends_at, part.window_ends_at), part.floor, part.has_lift,
            coalesce(part.climb_sec, 0))
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

-- Refuses a hold that is one too many of its checkout, its address or its network address. The hold's row is there by now.
--
-- Locks     as lock_hold_keys: the caller has.
-- Raises    KPLIM  detail: checkout, address, network.
create or replace function app.check_hold_counts(hold_id uuid) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  hold public.holds;
  limits public.hold_limits;
  as_of timestamptz := app.now();
  beyond text;
begin
  select * into strict hold from public.holds h where h.id = check_hold_counts.hold_id;
  select * into strict limits from public.hold_limits l where l.region_id = hold.region_id;
  -- Written so that of the indexes of what is held only the one by the key fits.
  beyond := case
    when hold.checkout_id is not null and limits.per_checkout < (
      select count(*) filter (where h.expires_at > as_of) from public.holds h
      where h.checkout_id = hold.checkout_id and h.settled_at is null and h.id = h.lead_id and h.region_id = hold.region_id
    ) then 'checkout'
    when hold.address_key is not null and limits.per_address < (
      select count(*) filter (where h.expires_at > as_of) from public.holds h
      where h.address_key = hold.address_key and h.settled_at is null and h.id = h.lead_id and h.region_id = hold.region_id
    ) then 'address'
    when hold.network_key is not null and limits.per_network < (
      select count(*) filter (where h.expires_at > as_of) from public.holds h
      where h.network_key = hold.network_key and h.settled_at is null and h.id = h.lead_id and h.region_id = hold.region_id
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
-- What checkouts hold is claimed: while all that is claimed is within their share, nobody need count.
-- Raises    KPLIM  detail: window.
create or replace function app.check_hold_shares(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  part app.hold_request;
  percent integer;
  held bigint;
  units bigint;
  most bigint;
  as_of timestamptz := app.now();
begin
  if parts[1].checkout_id is null then
    return;
  end if;
  select l.unconfirmed_percent into strict percent from public.hold_limits l where l.region_id = parts[1].region_id;
  if percent >= 100 then
    return;
  end if;
  foreach part in array parts loop
    if part.service = 'pickup' then
      -- Places in a window at a node.
      select w.limit_orders into most from public.pickup_windows w
      where w.id = part.pickup_window_id and w.claimed_orders * 100::bigint > w.limit_orders * percent::bigint;
      continue when not found;
      select count(*) filter (where h.checkout_id is not null and h.expires_at > as_of) into held
      from public.holds h
      where h.node_id = part.node_id and h.service = 'pickup' and h.settled_at is null
        and (h.window_starts_at, h.window_ends_at) = (part.window_starts_at, part.window_ends_at);
      units := held;
    elsif part.service = 'parcel' then
      -- Parcels of a carrier's day.
      select d.limit_parcels into most from public.carrier_days d
      where (d.carrier_id, d.node_id, d.day) = (part.carrier_id, part.node_id, part.carrier_day)
        and d.claimed_parcels * 100::bigint > d.limit_parcels * percent::bigint;
      continue when not found;
      select count(*) filter (where h.checkout_id is not null and h.expires_at > as_of) into held
      from public.holds h
      where h.node_id = part.node_id and h.service = 'parcel' and h.settled_at is null
        and exists (select from public.claims c where c.hold_id = h.id and (c.carrier_id, c.day) = (part.carrier_id, part.carrier_day));
      units := held;
    else
      -- Seconds of a van in a window, with the legs that lead to its doors.
      most := extract(epoch from part.window_ends_at - part.window_starts_at);
      select count(*), coalesce(sum(s.leg_sec + s.service_sec), 0) into held, units
      from public.stops s
      join public.holds h on h.id = s.hold_id and h.state = 'held' and h.checkout_id is not null and h.expires_at > as_of
      where s.shift_id = part.shift_id and (s.window_starts_at, s.window_ends_at) = (part.window_starts_at, part.window_ends_at);
    end if;
    if held > 1 and units * 100 > most * percent then
      raise exception using errcode = 'KPLIM', message = 'too much of this window is held and not confirmed', detail = 'window';
    end if;
  end loop;
end
$$;

-- Refuses what the calendar does not give, or what it is too late to order. The resources are locked and claimed by now, so
-- that the hour is later than any wait. An order that is promised already and only changes hands is not asked.
--
-- Of a window that is being closed in this very moment a hold either waits (a pickup window, a carrier's day, a shift) or comes
-- before it, and is among what is at stake.
-- Raises    KPWIN  the window is not given, or its cut-off has passed · KPDEP  the van's node is closed that day.
create or replace function app.check_calendar(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  part app.hold_request;
  as_of timestamptz := app.now();
  refused text;
begin
  foreach part in array parts loop
    if part.service = 'pickup' then
      select coalesce(w.order_by_at, part.window_starts_at)::text into refused from public.pickup_windows w
      where w.id = part.pickup_window_id and (w.usual_orders is not null or w.order_by_at <= as_of);
    elsif part.service = 'parcel' then
      select coalesce(d.order_by_at, part.window_starts_at)::text into refused from public.carrier_days d
      where (d.carrier_id, d.node_id, d.day) = (part.carrier_id, part.node_id, part.carrier_day)
        and (d.usual_parcels is not null or d.order_by_at <= as_of);
    else
      select coalesce(c.order_by_at, w.order_by_at, part.window_starts_at)::text into refused
      from public.windows w left join public.window_cut_offs c on c.window_id = w.id and c.node_id = part.node_id
      where w.region_id = part.region_id and (w.starts_at, w.ends_at) = (part.window_starts_at, part.window_ends_at)
        and (w.closed or coalesce(c.order_by_at, w.order_by_at) <= as_of);
    end if;
    if found then
      raise exception using errcode = 'KPWIN', message = 'the window is not given, or its cut-off has passed', detail = refused;
    end if;
  end loop;
  foreach part in array parts loop
    if part.service = 'delivery' and exists (select from public.shifts s where s.id = part.shift_id and s.closed) then
      raise exception using errcode = 'KPDEP', message = 'the node of the van is closed that day', detail = part.shift_id::text;
    end if;
  end loop;
end
$$;

-- Locks whatever `giving` claims and `taking` asks for, in the global order, each kind in one statement: inventory levels,
-- work buckets, pickup windows, carrier days, shifts.
--
-- What is asked for is laid out in arrays first: of a set within a set the planner expects a hundred rows, and would rather read a
-- whole table than look up three.
create or replace function app.lock_resources(giving public.claims[], taking app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  nodes text[];
  skus text[];
  hours timestamptz[];
  services text[] := '{}';
  part app.hold_request;
begin
  foreach part in array taking loop
    services := services || part.service;
  end loop;

  select array_agg(k.node_id), array_agg(k.sku_id) into nodes, skus
  from (
    select p.node_id::text, x.sku_id from unnest(taking) p cross join lateral unnest(p.lines) x
    union all
    select c.node_id, c.sku_id from unnest(giving) c where c.kind = 'stock'
  ) k;
  perform from public.inventory_levels l
  join unnest(nodes, skus) k (node_id, sku_id) on l.node_id = k.node_id and l.sku_id = k.sku_id
  order by l.node_id, l.sku_id for no key update of l;

  select array_agg(k.node_id), array_agg(k.starts_at) into nodes, hours
  from (
    select p.node_id::text, x.starts_at from unnest(taking) p cross join lateral unnest(p.work) x
    union all
    select c.node_id, c.bucket_at from unnest(giving) c where c.kind = 'work'
  ) k;
  perform from public.work_buckets b
  join unnest(nodes, hours) k (node_id, starts_at) on b.node_id = k.node_id and b.starts_at = k.starts_at
  order by b.node_id, b.starts_at for no key update of b;

  if cardinality(giving) > 0 or 'pickup' = any (services) then
    perform from public.pickup_windows w
    where w.id in (
      select p.pickup_window_id from unnest(taking) p where p.service = 'pickup'
      union all
      select c.pickup_window_id from unnest(giving) c where c.kind = 'pickup'
    )
    order by w.id for no key update;
  end if;

  if cardinality(giving) > 0 or 'parcel' = any (services) then
    perform from public.carrier_days d
    where (d.carrier_id, d.node_id, d.day) in (
      select p.carrier_id, p.node_id, p.carrier_day from unnest(taking) p where p.service = 'parcel'
      union all
      select c.carrier_id, c.node_id, c.day from unnest(giving) c where c.kind = 'parcel'
    )
    order by d.carrier_id, d.node_id, d.day for no key update;
  end if;

  if cardinality(giving) > 0 or 'delivery' = any (services) then
    perform from public.shifts s
    where s.id in (
      select p.shift_id from unnest(taking) p where p.service = 'delivery'
      union all
      select c.shift_id from unnest(giving) c where c.kind in ('weight', 'volume')
    )
    order by s.id for no key update;
  end if;
end
$$;

-- Takes every claim of every part of a hold, or raises and leaves nothing.
--
-- Locks     as lock_resources.
-- Raises    KPSTK KPWRK KPWIN KPCAR KPVAN KPPLN KPDEP KPBUG; detail names the resource.
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
begin
  select n.id into short from public.nodes n
  where n.id = any (array(select p.node_id::text from unnest(parts) p)) and n.paused_at is not null
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

  -- A cart that is collected has one part.
  if parts[1].service = 'pickup' then
    perform from public.pickup_windows w
    where w.id = parts[1].pickup_window_id and w.node_id = parts[1].node_id
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
