-- Transfers: what is collected at one node may come from others, brought there by the runs of lanes in time for the window.
--
-- A part of such a hold is a node's like any other: its goods, its picking, and a place in a lane's run. The place in the window is
-- the whole cart's, and the lead claims it.

alter table public.claims drop constraint claims_kind_check, drop constraint claims_check1;
alter table public.claims
  add column lane_id app.code,
  add constraint claims_kind_check check (kind in ('stock', 'work', 'pickup', 'parcel', 'lane', 'weight', 'volume')),
  add foreign key (lane_id, day) references public.lane_runs (lane_id, day),
  add constraint claims_name_their_resource check (
    case kind
      when 'stock' then num_nonnulls(node_id, sku_id) = 2 and num_nonnulls(bucket_at, pickup_window_id, carrier_id, day, shift_id, lane_id) = 0
      when 'work' then num_nonnulls(node_id, bucket_at) = 2 and num_nonnulls(sku_id, pickup_window_id, carrier_id, day, shift_id, lane_id) = 0
      when 'pickup' then pickup_window_id is not null and num_nonnulls(node_id, sku_id, bucket_at, carrier_id, day, shift_id, lane_id) = 0
      when 'parcel' then num_nonnulls(carrier_id, node_id, day) = 3 and num_nonnulls(sku_id, bucket_at, pickup_window_id, shift_id, lane_id) = 0
      when 'lane' then num_nonnulls(lane_id, day) = 2 and num_nonnulls(node_id, sku_id, bucket_at, pickup_window_id, carrier_id, shift_id) = 0
      else shift_id is not null and num_nonnulls(node_id, sku_id, bucket_at, pickup_window_id, carrier_id, day, lane_id) = 0
    end
  );

alter table public.holds
  add column pickup_node_id app.code references public.nodes,
  add column lane_id app.code,
  add column lane_day date,
  add foreign key (lane_id, lane_day) references public.lane_runs (lane_id, day);
update public.holds set pickup_node_id = node_id where service = 'pickup';
alter table public.holds
  add constraint holds_are_collected_somewhere check ((service = 'pickup') = (pickup_node_id is not null)),
  add constraint holds_are_brought_where_they_are_collected check (
    (lane_id is null) = (lane_day is null) and (lane_id is not null) = (service = 'pickup' and pickup_node_id <> node_id));
comment on column public.holds.pickup_node_id is 'Of a pickup: where it is collected. Another node than its own where a run of a lane brings it there.';
comment on column public.holds.lane_id is 'With lane_day: the run that brings it from its node to where it is collected.';
create index holds_of_run on public.holds (lane_id, lane_day) where lane_id is not null;
-- What is held of a pickup window is counted by where it is collected.
create index holds_undecided_pickups on public.holds (pickup_node_id, window_starts_at) where settled_at is null and pickup_node_id is not null;

alter type app.hold_request add attribute lane_id app.code, add attribute lane_day date;

-- As it was, and besides: parts that are collected together, and where.
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
        or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.checkout_id, p.address_key, p.network_key, p.floor, p.has_lift, p.climb_sec)) <> 1
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
                              pickup_node_id, lane_id, lane_day)
    values (part.hold_id, begin_hold.hold_id, part.region_id, part.node_id, part.service, 'held', part.fingerprint, part.window_starts_at,
            part.window_ends_at, part.price_cents, part.lng, part.lat, part.address, part.service_sec, part.weight_g, part.volume_ml,
            part.pick_sec, part.pick_by, as_of, as_of + make_interval(secs => ttl_sec), part.checkout_id, part.address_key, part.network_key,
            coalesce(part.visit_starts_at, part.window_starts_at), coalesce(part.visit_ends_at, part.window_ends_at), part.floor, part.has_lift,
            coalesce(part.climb_sec, 0),
            case when part.service = 'pickup' then coalesce((select l.to_node_id from public.lanes l where l.id = part.lane_id), part.node_id) end,
            part.lane_id, part.lane_day)
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

-- As it was, and besides: the share of a run, and of a window by where it is collected.
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
  foreach part in array parts loop
    continue when part.lane_id is null;
    -- Orders of a lane's run.
    select r.limit_orders into most from public.lane_runs r
    where r.lane_id = part.lane_id and r.day = part.lane_day and r.claimed_orders * 100::bigint > r.limit_orders * percent::bigint;
    continue when not found;
    select count(*) filter (where h.checkout_id is not null and h.expires_at > as_of) into held
    from public.holds h where h.lane_id = part.lane_id and h.lane_day = part.lane_day and h.settled_at is null;
    if held > 1 and held * 100 > most * percent then
      raise exception using errcode = 'KPLIM', message = 'too much of this run is held and not confirmed', detail = 'window';
    end if;
  end loop;
end
$$;

-- As it was, and besides: a run that its lane or the calendar has closed (KPRUN).
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
    if part.lane_id is not null and exists (
      select from public.lane_runs r where r.lane_id = part.lane_id and r.day = part.lane_day and r.usual_orders is not null
    ) then
      raise exception using errcode = 'KPRUN', message = 'the run is not given', detail = part.lane_id;
    end if;
  end loop;
end
$$;

-- As it was; new between carrier days and shifts: runs of lanes.
create or replace function app.lock_resources(giving public.claims[], taking app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  nodes text[];
  skus text[];
  hours timestamptz[];
  services text[] := '{}';
  has_lane boolean := false;
  part app.hold_request;
begin
  foreach part in array taking loop
    services := services || part.service;
    has_lane := has_lane or part.lane_id is not null;
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

-- As it was, and besides a place in the run of a lane: KPRUN, detail names the lane.
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

-- As it was, and besides: the place in the run of a lane.
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

  update public.lane_runs r set claimed_orders = r.claimed_orders - c.units
  from (select c.lane_id, c.day, sum(c.units)::integer as units from unnest(giving) c where c.kind = 'lane' group by 1, 2) c
  where (r.lane_id, r.day) = (c.lane_id, c.day);

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
  insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, bucket_at, pickup_window_id, carrier_id, day, shift_id, lane_id, at)
  select c.hold_id, c.kind, -c.units, c.id, return_claims.reason, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.shift_id, c.lane_id, as_of
  from unnest(giving) c
  order by c.id;
end
$$;
alter function app.return_claims(uuid[], text) set plan_cache_mode = force_generic_plan;
alter function app.return_claims(uuid[], text) set enable_seqscan = off;

-- What a cent of bringing goods to where they are collected counts, beside the other terms.
alter table public.sourcing_rules
  add column transfer_weight_percent smallint not null default 100 check (transfer_weight_percent between 1 and 1000);

create or replace function app.set_sourcing_rules(region_id app.code, rules jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if num_nulls(rules ->> 'most_nodes', rules ->> 'least_part_cents', rules ->> 'split_cents', rules ->> 'busy_percent', rules ->> 'busy_hour_cents',
    rules ->> 'handling_weight_percent', rules ->> 'picking_weight_percent', rules ->> 'busy_weight_percent', rules ->> 'route_weight_percent',
    rules ->> 'carrier_weight_percent', rules ->> 'split_weight_percent', rules ->> 'transfer_weight_percent') > 0 then
    raise exception using errcode = 'KPARG', message = 'a rule is missing', detail = region_id;
  end if;
  update public.sourcing_rules s
  set most_nodes = (rules ->> 'most_nodes')::smallint,
      least_part_cents = (rules ->> 'least_part_cents')::integer,
      split_cents = (rules ->> 'split_cents')::integer,
      busy_percent = (rules ->> 'busy_percent')::smallint,
      busy_hour_cents = (rules ->> 'busy_hour_cents')::integer,
      handling_weight_percent = (rules ->> 'handling_weight_percent')::smallint,
      picking_weight_percent = (rules ->> 'picking_weight_percent')::smallint,
      busy_weight_percent = (rules ->> 'busy_weight_percent')::smallint,
      route_weight_percent = (rules ->> 'route_weight_percent')::smallint,
      carrier_weight_percent = (rules ->> 'carrier_weight_percent')::smallint,
      split_weight_percent = (rules ->> 'split_weight_percent')::smallint,
      transfer_weight_percent = (rules ->> 'transfer_weight_percent')::smallint
  where s.region_id = set_sourcing_rules.region_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform app.record_event(region_id, 'sourcing_rules_set', null, null, null, null, rules);
end
$$;

-- As it was, and besides: the runs of lanes that have changed, with their lanes' terms, and the weight of a transfer.
create or replace function app.read_quote_facts(region_id app.code, skus text[], since xid8 default '0') returns json
language plpgsql stable set search_path = '' set enable_seqscan = off as $$
declare
  as_of timestamptz := app.now();
  -- Ascending, as width_bucket wants them, and a breath later than the age itself, which counts as reached.
  steps timestamptz[];
  percents integer[];
  open_nodes text[] := array(
    select n.id from public.nodes n where n.region_id = read_quote_facts.region_id and n.paused_at is null order by n.id
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
          l.on_hand - l.shortage - l.reserved - l.safety - ceil(greatest(l.on_hand - l.shortage, 0) * (case
            when l.confirmed_at is null then 100
            else percents[width_bucket(l.confirmed_at, steps) + 1]
          end) / 100.0)::integer), '{}'))
      from public.inventory_levels l where l.sku_id = any (skus) and l.node_id = any (open_nodes)
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
alter function app.read_quote_facts(app.code, text[], xid8) set plan_cache_mode to 'force_generic_plan';
