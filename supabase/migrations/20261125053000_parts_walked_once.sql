-- A hold looks at its parts once, and at the clock when it matters.
--
-- Every statement over the parts takes all of them apart again, which costs more than to lock or to compare what they name: what is
-- locked is collected in one walk, and what is given back is added only where something is. The order of the locks, what is locked
-- and what is compared are as they were.

-- Locks     stock (node, sku), picking (node, hour), windows of a counter (id), a carrier's days, runs of lanes, shifts (id).
create or replace function app.lock_resources(giving public.claims[], taking app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  nodes text[] := '{}';
  skus text[] := '{}';
  places text[] := '{}';
  hours timestamptz[] := '{}';
  windows uuid[] := '{}';
  services text[] := '{}';
  has_lane boolean := false;
  part app.hold_request;
begin
  foreach part in array taking loop
    services := services || part.service;
    has_lane := has_lane or part.lane_id is not null;
    skus := skus || array(select x.sku_id from unnest(part.lines) x);
    nodes := nodes || array_fill(part.node_id::text, array[cardinality(skus) - cardinality(nodes)]);
    hours := hours || array(select x.starts_at from unnest(part.work) x);
    places := places || array_fill(part.node_id::text, array[cardinality(hours) - cardinality(places)]);
    if part.service = 'pickup' then
      windows := windows || part.pickup_window_id;
    end if;
  end loop;
  if cardinality(giving) > 0 then
    select nodes || coalesce(array_agg(c.node_id::text) filter (where c.kind = 'stock'), '{}'),
           skus || coalesce(array_agg(c.sku_id::text) filter (where c.kind = 'stock'), '{}'),
           places || coalesce(array_agg(c.node_id::text) filter (where c.kind = 'work'), '{}'),
           hours || coalesce(array_agg(c.bucket_at) filter (where c.kind = 'work'), '{}'),
           windows || coalesce(array_agg(c.pickup_window_id) filter (where c.kind = 'pickup'), '{}')
    into nodes, skus, places, hours, windows
    from unnest(giving) c;
  end if;

  perform from public.inventory_levels l
  join unnest(nodes, skus) k (node_id, sku_id) on l.node_id = k.node_id and l.sku_id = k.sku_id
  order by l.node_id, l.sku_id for no key update of l;

  perform from public.work_buckets b
  join unnest(places, hours) k (node_id, starts_at) on b.node_id = k.node_id and b.starts_at = k.starts_at
  order by b.node_id, b.starts_at for no key update of b;

  if cardinality(windows) > 0 then
    perform from public.pickup_windows w where w.id = any (windows) order by w.id for no key update;
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

  if cardinality(giving) > 0 or has_lane then
    perform from public.lane_runs r
    where (r.lane_id, r.day) in (
      select p.lane_id, p.lane_day from unnest(taking) p where p.lane_id is not null
      union all
      select c.lane_id, c.day from unnest(giving) c where c.kind = 'lane'
    )
    order by r.lane_id, r.day for no key update;
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

-- As it was; the parts are asked in one walk whether it is too late to pick, and for what they need.
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
  picked_by timestamptz;
  has_parcel boolean := false;
  has_lane boolean := false;
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

  foreach part in array parts loop
    picked_by := least(picked_by, part.pick_by);
    has_parcel := has_parcel or part.service = 'parcel';
    has_lane := has_lane or part.lane_id is not null;
  end loop;
  if picked_by <= as_of then
    raise exception using errcode = 'KPWIN', message = 'too late to pick for this window', detail = picked_by::text;
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
  update public.work_buckets b
  set claimed_sec = b.claimed_sec + x.sec,
      claimed_by = case when channel = 'SHOP' then b.claimed_by else app.count_for(b.claimed_by, channel, x.sec) end
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
    update public.pickup_windows w
    set claimed_orders = w.claimed_orders + 1,
        claimed_by = case when channel = 'SHOP' then w.claimed_by else app.count_for(w.claimed_by, channel, 1) end
    where w.id = parts[1].pickup_window_id;
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

  if has_parcel then
    select coalesce(p.carrier_id, '') into short
    from unnest(parts) p
    left join public.carrier_days d on (d.carrier_id, d.node_id, d.day) = (p.carrier_id, p.node_id, p.carrier_day)
    where p.service = 'parcel' and coalesce(d.claimed_parcels >= d.limit_parcels, true)
    order by 1 limit 1;
    if found then
      raise exception using errcode = 'KPCAR', message = 'the carrier takes no more parcels that day', detail = short;
    end if;
    update public.carrier_days d
    set claimed_parcels = d.claimed_parcels + 1,
        claimed_by = case when channel = 'SHOP' then d.claimed_by else app.count_for(d.claimed_by, channel, 1) end
    from unnest(parts) p where p.service = 'parcel' and (d.carrier_id, d.node_id, d.day) = (p.carrier_id, p.node_id, p.carrier_day);
    insert into public.claims (hold_id, kind, units, reason, carrier_id, node_id, day, at)
    select p.hold_id, 'parcel', 1, 'held', p.carrier_id, p.node_id, p.carrier_day, as_of
    from unnest(parts) p where p.service = 'parcel';
  end if;

  if has_lane then
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
    update public.lane_runs r
    set claimed_orders = r.claimed_orders + 1,
        claimed_by = case when channel = 'SHOP' then r.claimed_by else app.count_for(r.claimed_by, channel, 1) end
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

-- As it was; the clock is read where something is counted: after the locks, as before.
create or replace function app.check_hold_shares(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  part app.hold_request;
  percent integer;
  held bigint;
  units bigint;
  most bigint;
  as_of timestamptz;
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
      as_of := app.now();
      -- A cart has one place, however many nodes it comes from: its lead's.
      select count(*) filter (where h.checkout_id is not null and h.expires_at > as_of and h.id = h.lead_id) into held
      from public.holds h
      where h.pickup_node_id = (select w.node_id from public.pickup_windows w where w.id = part.pickup_window_id) and h.settled_at is null
        and (h.window_starts_at, h.window_ends_at) = (part.window_starts_at, part.window_ends_at);
      units := held;
    elsif part.service = 'parcel' then
      -- Parcels of a carrier's day.
      select d.limit_parcels into most from public.carrier_days d
      where (d.carrier_id, d.node_id, d.day) = (part.carrier_id, part.node_id, part.carrier_day)
        and d.claimed_parcels * 100::bigint > d.limit_parcels * percent::bigint;
      continue when not found;
      as_of := app.now();
      select count(*) filter (where h.checkout_id is not null and h.expires_at > as_of) into held
      from public.holds h
      where h.node_id = part.node_id and h.service = 'parcel' and h.settled_at is null
        and exists (select from public.claims c where c.hold_id = h.id and (c.carrier_id, c.day) = (part.carrier_id, part.carrier_day));
      units := held;
    else
      -- Seconds of a van in a window, with the legs that lead to its doors.
      as_of := app.now();
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
  foreach part in array parts loop
    continue when part.lane_id is null;
    -- Orders of a lane's run.
    select r.limit_orders into most from public.lane_runs r
    where r.lane_id = part.lane_id and r.day = part.lane_day and r.claimed_orders * 100::bigint > r.limit_orders * percent::bigint;
    continue when not found;
    as_of := app.now();
    select count(*) filter (where h.checkout_id is not null and h.expires_at > as_of) into held
    from public.holds h where h.lane_id = part.lane_id and h.lane_day = part.lane_day and h.settled_at is null;
    if held > 1 and held * 100 > most * percent then
      raise exception using errcode = 'KPLIM', message = 'too much of this run is held and not confirmed', detail = 'window';
    end if;
  end loop;
end
$$;

-- As it was; the clock is read where there is a cut-off.
create or replace function app.check_calendar(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  part app.hold_request;
  refused text;
begin
  foreach part in array parts loop
    if part.service = 'pickup' then
      select coalesce(w.order_by_at, part.window_starts_at)::text into refused from public.pickup_windows w
      where w.id = part.pickup_window_id and (w.usual_orders is not null or w.order_by_at is not null and w.order_by_at <= app.now());
    elsif part.service = 'parcel' then
      select coalesce(d.order_by_at, part.window_starts_at)::text into refused from public.carrier_days d
      where (d.carrier_id, d.node_id, d.day) = (part.carrier_id, part.node_id, part.carrier_day)
        and (d.usual_parcels is not null or d.order_by_at is not null and d.order_by_at <= app.now());
    else
      select coalesce(c.order_by_at, w.order_by_at, part.window_starts_at)::text into refused
      from public.windows w left join public.window_cut_offs c on c.window_id = w.id and c.node_id = part.node_id
      where w.region_id = part.region_id and (w.starts_at, w.ends_at) = (part.window_starts_at, part.window_ends_at)
        and (w.closed or coalesce(c.order_by_at, w.order_by_at) is not null and coalesce(c.order_by_at, w.order_by_at) <= app.now());
    end if;
    if found then
      raise exception using errcode = 'KPWIN', message = 'the window is not given, or its cut-off has passed', detail = refused;
    end if;
  end loop;
  foreach part in array parts loop
    if part.service = 'delivery' and exists (select from public.shifts s where s.id = part.shift_id and s.closed) then
      raise exception using errcode = 'KPDEP', message = 'the node of the van is closed that day', detail = part.shift_id::text;
    end if;
    if part.lane_id is not null and exists (
      select from public.lane_runs r where r.lane_id = part.lane_id and r.day = part.lane_day and r.usual_orders is not null
    ) then
      raise exception using errcode = 'KPRUN', message = 'the run is not given', detail = part.lane_id;
    end if;
  end loop;
end
$$;
