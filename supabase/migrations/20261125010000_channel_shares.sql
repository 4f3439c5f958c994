-- Shares: how much of what is limited one sales channel may have at most, so that none takes a window from the others. Compared under the
-- lock of the resource itself, whenever something of it is promised: see docs/decisions/0017.

alter table public.channels
  add column picking_percent smallint check (picking_percent between 0 and 99),
  add column pickup_percent smallint check (pickup_percent between 0 and 99),
  add column parcel_percent smallint check (parcel_percent between 0 and 99),
  add column transfer_percent smallint check (transfer_percent between 0 and 99),
  add column delivery_percent smallint check (delivery_percent between 0 and 99),
  add column share_lapses_hours smallint check (share_lapses_hours between 1 and 720);
alter table public.channels
  add column is_limited boolean not null generated always as
    (num_nonnulls(picking_percent, pickup_percent, parcel_percent, transfer_percent, delivery_percent) > 0) stored;
comment on column public.channels.picking_percent is 'The most that it may have of a node''s hour, of a pickup window, a carrier''s run, a lane''s run, and of a van''s time in a window. Null: not limited.';
comment on column public.channels.share_lapses_hours is 'From so many hours before the hour, the window or the run begins its shares hold no longer. Null: they hold to the end.';

-- What channels have of a resource, by channel; the own shop has what is left of the claimed amount. So a hold of the own shop writes
-- nothing more, and counting takes no longer with the orders of the past.
alter table public.work_buckets add column claimed_by jsonb not null default '{}';
alter table public.pickup_windows add column claimed_by jsonb not null default '{}';
alter table public.carrier_days add column claimed_by jsonb not null default '{}';
alter table public.lane_runs add column claimed_by jsonb not null default '{}';
comment on column public.work_buckets.claimed_by is 'Of the claimed seconds, by channel other than SHOP.';
comment on column public.pickup_windows.claimed_by is 'Of the claimed orders, by channel other than SHOP.';
comment on column public.carrier_days.claimed_by is 'Of the claimed parcels, by channel other than SHOP.';
comment on column public.lane_runs.claimed_by is 'Of the claimed orders, by channel other than SHOP.';

update public.work_buckets b set claimed_by = x.claimed_by
from (
  select node_id, bucket_at, jsonb_object_agg(channel_id, units) as claimed_by
  from (
    select c.node_id, c.bucket_at, h.channel_id, sum(c.units) as units from public.claims c join public.holds h on h.id = c.hold_id
    where c.kind = 'work' and h.channel_id <> 'SHOP' group by 1, 2, 3 having sum(c.units) > 0
  ) sums group by 1, 2
) x where (b.node_id, b.starts_at) = (x.node_id, x.bucket_at);
update public.pickup_windows w set claimed_by = x.claimed_by
from (
  select pickup_window_id, jsonb_object_agg(channel_id, units) as claimed_by
  from (
    select c.pickup_window_id, h.channel_id, sum(c.units) as units from public.claims c join public.holds h on h.id = c.hold_id
    where c.kind = 'pickup' and h.channel_id <> 'SHOP' group by 1, 2 having sum(c.units) > 0
  ) sums group by 1
) x where w.id = x.pickup_window_id;
update public.carrier_days d set claimed_by = x.claimed_by
from (
  select carrier_id, node_id, day, jsonb_object_agg(channel_id, units) as claimed_by
  from (
    select c.carrier_id, c.node_id, c.day, h.channel_id, sum(c.units) as units from public.claims c join public.holds h on h.id = c.hold_id
    where c.kind = 'parcel' and h.channel_id <> 'SHOP' group by 1, 2, 3, 4 having sum(c.units) > 0
  ) sums group by 1, 2, 3
) x where (d.carrier_id, d.node_id, d.day) = (x.carrier_id, x.node_id, x.day);
update public.lane_runs r set claimed_by = x.claimed_by
from (
  select lane_id, day, jsonb_object_agg(channel_id, units) as claimed_by
  from (
    select c.lane_id, c.day, h.channel_id, sum(c.units) as units from public.claims c join public.holds h on h.id = c.hold_id
    where c.kind = 'lane' and h.channel_id <> 'SHOP' group by 1, 2, 3 having sum(c.units) > 0
  ) sums group by 1, 2
) x where (r.lane_id, r.day) = (x.lane_id, x.day);

-- The ledger of the shares: what a channel had of a resource with this claim, and what it could have at most then.
create table public.claim_shares (
  claim_id bigint primary key references public.claims,
  units integer not null,
  most integer not null,
  constraint a_share_is_not_passed check (units <= most)
);
comment on table public.claim_shares is 'For each claim that a share limited: what its channel then had of the resource, with it, and the most that it could have. Other shares later change nothing of it.';
create trigger claim_shares_append_only before update or delete on public.claim_shares
  for each row execute function app.refuse_change();
alter table public.claim_shares enable row level security;
grant select on public.claim_shares to authenticated, service_role;
create policy ops_reads on public.claim_shares for select to authenticated using ((select app.staff_role()) = 'ops');

-- With so many units more, or fewer, for a channel.
create function app.count_for(claimed_by jsonb, channel text, units integer) returns jsonb
language sql immutable set search_path = '' as $$
  select case when has = 0 then claimed_by - channel else claimed_by || jsonb_build_object(channel, has) end
  from (select coalesce((claimed_by ->> channel)::integer, 0) + units) x (has)
$$;

-- What a channel has of the claimed amount of a resource.
create function app.claimed_for(claimed integer, claimed_by jsonb, channel text) returns integer
language sql immutable set search_path = '' as $$
  select case
    when channel = 'SHOP' then claimed - coalesce((select sum(x.value::integer) from jsonb_each_text(claimed_by) x), 0)::integer
    else coalesce((claimed_by ->> channel)::integer, 0)
  end
$$;

-- Counts what is given back as the channels' no longer. The resources are locked.
create function app.count_back(giving public.claims[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  one record;
begin
  for one in
    select c.kind, c.node_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.lane_id, c.day, h.channel_id, sum(c.units)::integer as units
    from public.holds h join unnest(giving) c on c.hold_id = h.id
    where h.id = any (array(select c.hold_id from unnest(giving) c)) and h.channel_id <> 'SHOP'
      -- What vans have of whom is asked of their stops.
      and c.kind in ('work', 'pickup', 'parcel', 'lane')
    group by 1, 2, 3, 4, 5, 6, 7, 8
  loop
    case one.kind
    when 'work' then
      update public.work_buckets b set claimed_by = app.count_for(b.claimed_by, one.channel_id, -one.units)
      where (b.node_id, b.starts_at) = (one.node_id, one.bucket_at);
    when 'pickup' then
      update public.pickup_windows w set claimed_by = app.count_for(w.claimed_by, one.channel_id, -one.units)
      where w.id = one.pickup_window_id;
    when 'parcel' then
      update public.carrier_days d set claimed_by = app.count_for(d.claimed_by, one.channel_id, -one.units)
      where (d.carrier_id, d.node_id, d.day) = (one.carrier_id, one.node_id, one.day);
    when 'lane' then
      update public.lane_runs r set claimed_by = app.count_for(r.claimed_by, one.channel_id, -one.units)
      where r.lane_id = one.lane_id and r.day = one.day;
    end case;
  end loop;
end
$$;

-- Refuses what would be more than a channel's share of anything, and writes down what it has of each. All resources of the hold are
-- locked and claimed by now, and what it takes the place of is given back.
--
-- Raises    KPSHR  detail: picking, pickup, parcel, transfer or delivery.
create function app.take_shares(channel public.channels, parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  -- What begins before this is not limited any more.
  lapsed_at timestamptz := coalesce(app.now() + make_interval(hours => channel.share_lapses_hours), '-infinity');
  holds uuid[] := array(select p.hold_id from unnest(parts) p);
  one record;
begin
  for one in
    select c.id, 'picking' as resource, app.claimed_for(b.claimed_sec, b.claimed_by, channel.id) as units,
      b.limit_sec * channel.picking_percent::bigint / 100 as most
    from public.claims c join public.work_buckets b on (b.node_id, b.starts_at) = (c.node_id, c.bucket_at)
    where c.hold_id = any (holds) and c.kind = 'work' and channel.picking_percent is not null and b.starts_at > lapsed_at
    union all
    select c.id, 'pickup', app.claimed_for(w.claimed_orders, w.claimed_by, channel.id), w.limit_orders * channel.pickup_percent::bigint / 100
    from public.claims c join public.pickup_windows w on w.id = c.pickup_window_id
    where c.hold_id = any (holds) and c.kind = 'pickup' and channel.pickup_percent is not null and w.starts_at > lapsed_at
    union all
    select c.id, 'parcel', app.claimed_for(d.claimed_parcels, d.claimed_by, channel.id), d.limit_parcels * channel.parcel_percent::bigint / 100
    from public.claims c join public.carrier_days d on (d.carrier_id, d.node_id, d.day) = (c.carrier_id, c.node_id, c.day)
    where c.hold_id = any (holds) and c.kind = 'parcel' and channel.parcel_percent is not null and d.leaves_at > lapsed_at
    union all
    select c.id, 'transfer', app.claimed_for(r.claimed_orders, r.claimed_by, channel.id), r.limit_orders * channel.transfer_percent::bigint / 100
    from public.claims c join public.lane_runs r on r.lane_id = c.lane_id and r.day = c.day
    where c.hold_id = any (holds) and c.kind = 'lane' and channel.transfer_percent is not null and r.leaves_at > lapsed_at
    union all
    -- Seconds of a van in a window, with the legs that lead to its doors: of the route as it is now.
    select c.id, 'delivery',
      (select sum(x.leg_sec + x.service_sec)::integer from public.stops x join public.holds o on o.id = x.hold_id
       where x.shift_id = s.id and o.channel_id = channel.id
         and (o.window_starts_at, o.window_ends_at) = (h.window_starts_at, h.window_ends_at)),
      greatest(0, extract(epoch from least(h.window_ends_at, s.ends_at) - greatest(h.window_starts_at, s.starts_at)))::bigint
        * channel.delivery_percent / 100
    from public.holds h join public.claims c on c.hold_id = h.id join public.shifts s on s.id = c.shift_id
    where h.id = any (holds) and c.kind = 'weight' and channel.delivery_percent is not null and h.window_starts_at > lapsed_at
    order by 1
  loop
    if one.units > one.most then
      raise exception using errcode = 'KPSHR', message = 'the channel has its share', detail = one.resource;
    end if;
    insert into public.claim_shares (claim_id, units, most) values (one.id, one.units, one.most);
  end loop;
end
$$;

-- Says how much a channel may have at most: { picking, pickup, parcel, transfer, delivery } in percent, { lapses_hours }; what is null or
-- missing is not limited. What is promised stays.
--
-- Locks     the channel. A hold that is under way goes by the shares that it reads once it has locked what it claims.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such channel · KPARG  not a percentage, or not a number of hours.
create function app.set_channel_shares(region_id app.code, channel_id app.code, shares jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() = 'ops' then
    update public.channels c
    set picking_percent = (shares ->> 'picking')::smallint, pickup_percent = (shares ->> 'pickup')::smallint,
        parcel_percent = (shares ->> 'parcel')::smallint, transfer_percent = (shares ->> 'transfer')::smallint,
        delivery_percent = (shares ->> 'delivery')::smallint, share_lapses_hours = (shares ->> 'lapses_hours')::smallint
    where (c.region_id, c.id) = (set_channel_shares.region_id, set_channel_shares.channel_id);
  end if;
  if app.staff_role() is distinct from 'ops' or not found then
    raise exception using errcode = 'KPNTF', message = 'no such channel', detail = channel_id;
  end if;
  -- The edge says of a channel with shares what it knows of all, and no more.
  insert into app.outbox (region_id, kind) values (set_channel_shares.region_id, 'capacity');
  perform app.record_event(region_id, 'channel_shares_set', null, null, null, null, shares || jsonb_build_object('id', channel_id));
exception when check_violation or invalid_text_representation or numeric_value_out_of_range then
  raise exception using errcode = 'KPARG', message = 'not a share', detail = channel_id;
end
$$;

-- As they were, and besides: what is claimed of a resource is counted for its channel, and given back to it.

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

  if exists (select from unnest(parts) p where p.service = 'parcel') then
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

create or replace function app.return_claims(hold_ids uuid[], reason text) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  -- Which claims are open cannot change while the holds are locked.
  giving public.claims[] := array(select c from app.open_claims(hold_ids) c);
  as_of timestamptz;
begin
  perform app.lock_resources(giving, '{}');
  perform app.count_back(giving);

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

create or replace function app.reject_fulfilment(fulfilment_id uuid, reason text, missing jsonb default '[]') returns uuid
language plpgsql volatile security definer set search_path = '' as $$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
  as_of timestamptz;
  places uuid[];
  heir uuid;
begin
  if f.state = 'rejected' then
    return f.order_id;
  end if;
  if f.state not in ('to_pick', 'ready') then
    raise exception using errcode = 'KPSTA', message = 'the order has left the node', detail = f.state;
  end if;
  select * into strict hold from public.holds h where h.id = f.hold_id;
  if reason is null or reason not in ('out_of_stock', 'damaged', 'no_capacity', 'other') then
    raise exception using errcode = 'KPARG', message = 'not a reason to reject an order', detail = coalesce(reason, '');
  end if;
  if (select count(*) <> count(distinct x.value ->> 'sku_id') from jsonb_array_elements(missing) x) or exists (
    select from jsonb_array_elements(missing) x
    where not exists (select from public.hold_lines l where l.hold_id = hold.id and l.sku_id = x.value ->> 'sku_id' and (x.value ->> 'units')::integer between 1 and l.units)
  ) then
    raise exception using errcode = 'KPARG', message = 'the missing units are not of this order', detail = fulfilment_id::text;
  end if;

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
  update public.fulfilments x set state = 'rejected', reject_reason = reject_fulfilment.reason where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.pass_exception('transfer_late', hold.id);
  perform app.record_event(hold.region_id, 'order_rejected', hold.id, f.order_id, f.node_id, null,
    jsonb_build_object('reason', reason, 'missing', missing));
  perform app.open_exception(hold.region_id, 'order_rejected', f.order_id, hold.id, null, f.node_id, jsonb_build_object('reason', reason));
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
  return f.order_id;
end
$$;

-- As before, and asked under the same locks: whether the channel has its share of what is claimed.
create or replace function app.check_channel(parts app.hold_request[]) returns void
language plpgsql volatile set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
declare
  channel public.channels;
begin
  select * into channel from public.channels c where (c.region_id, c.id) = (parts[1].region_id, coalesce(parts[1].channel_id, 'SHOP'));
  if channel.is_active is not true then
    raise exception using errcode = 'KPCHN', message = 'the channel takes no orders', detail = 'closed';
  end if;
  if channel.is_limited then
    perform app.take_shares(channel, parts);
  end if;
end
$$;

create or replace function app.repromise_order(order_id uuid, after integer, hold_id uuid, parts jsonb, actor text, reason text, note text)
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
  if actor = 'shopper' and app.is_parked(o.id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = order_id::text;
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
  -- A closed channel keeps what it sold, and moves it too; more than its share of another window is no channel's.
  perform app.take_shares(c, requests) from public.channels c where (c.region_id, c.id) = (o.region_id, o.channel_id) and c.is_limited;

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
  -- Its picking begins at another time: when it must be released is looked at anew.
  perform app.pass_exception('order_parked', o.id);
  perform app.pass_exception('transfer_late', x.hold_id) from unnest(olds) x (hold_id);
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

-- As before, but asks of no channel: what is promised stays, whoever serves it.
create or replace function app.replace_fulfilment(fulfilment_id uuid, hold_id uuid, parts jsonb) returns void
language plpgsql volatile set search_path = '' as $$
declare
  requests app.hold_request[] := app.read_parts(replace_fulfilment.parts);
  f public.fulfilments;
  rejected public.holds;
  as_of timestamptz;
begin
  if app.begin_hold(replace_fulfilment.hold_id, requests, 60) then
    perform app.take_claims(requests);
    perform app.check_calendar(requests);
  end if;
  if exists (select from public.fulfilments x where x.id = replace_fulfilment.fulfilment_id and x.replaced_by = replace_fulfilment.hold_id) then
    return;
  end if;
  perform from public.orders o
  where o.id = (select x.order_id from public.fulfilments x where x.id = replace_fulfilment.fulfilment_id) for no key update;
  select * into f from public.fulfilments x where x.id = replace_fulfilment.fulfilment_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such fulfilment', detail = fulfilment_id::text;
  end if;
  if f.state <> 'rejected' or f.replaced_by is not null then
    raise exception using errcode = 'KPSTA', message = 'this part of the order does not wait for a node', detail = fulfilment_id::text;
  end if;
  select * into strict rejected from public.holds h where h.id = f.hold_id;
  if exists (
       select from public.holds h
       where h.lead_id = replace_fulfilment.hold_id and (h.region_id, h.service) is distinct from (rejected.region_id, rejected.service)
     )
     or exists (
       select from (select l.sku_id, l.units::bigint as units from public.hold_lines l where l.hold_id = rejected.id) asked
       full join (
         select l.sku_id, sum(l.units) as units from public.hold_lines l join public.holds h on h.id = l.hold_id
         where h.lead_id = replace_fulfilment.hold_id group by l.sku_id
       ) got using (sku_id, units)
       where asked.sku_id is null or got.sku_id is null
     ) then
    raise exception using errcode = 'KPBUG', message = 'the hold is not for what was rejected', detail = fulfilment_id::text;
  end if;
  as_of := app.now();
  -- A repeated call finds the hold of the first one, which may be over by now.
  update public.holds h set state = 'confirmed', settled_at = as_of
  where h.lead_id = replace_fulfilment.hold_id and h.state = 'held' and h.expires_at > as_of;
  if not found then
    raise exception using errcode = 'KPSTA', message = 'the hold is over', detail = replace_fulfilment.hold_id::text;
  end if;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  select f.order_id, h.id, h.node_id, 'to_pick', h.pick_by, as_of
  from public.holds h where h.lead_id = replace_fulfilment.hold_id order by h.id;
  update public.fulfilments x set replaced_by = replace_fulfilment.hold_id where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  update public.exceptions e set resolved_at = as_of, resolution = 'automatic'
  where e.hold_id = rejected.id and e.kind = 'order_rejected' and e.resolved_at is null;
  perform app.record_event(h.region_id, 'order_replaced', h.id, f.order_id, h.node_id,
    (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.lead_id = replace_fulfilment.hold_id order by h.id;
end
$$;

-- As before, and besides: the shares of the channel that asks, and what channels have of each resource.
create or replace function app.read_quote_facts(region_id app.code, skus text[], since xid8 default '0', channel text default 'SHOP')
returns json
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
    'shares', (
      select json_build_object(
        'picking', c.picking_percent, 'pickup', c.pickup_percent, 'parcel', c.parcel_percent, 'transfer', c.transfer_percent,
        'delivery', c.delivery_percent, 'lapsesHours', c.share_lapses_hours)
      from public.channels c where (c.region_id, c.id) = (read_quote_facts.region_id, read_quote_facts.channel) and c.is_limited
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
          'claimedBy', coalesce(array_agg(nullif(x.claimed_by, '{}')), '{}'),
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
          'limit', coalesce(array_agg(x.limit_orders), '{}'),
          'claimedBy', coalesce(array_agg(nullif(x.claimed_by, '{}')), '{}'),
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
          'limit', coalesce(array_agg(x.limit_parcels), '{}'),
          'claimedBy', coalesce(array_agg(nullif(x.claimed_by, '{}')), '{}'),
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
          'limit', coalesce(array_agg(x.limit_orders), '{}'),
          'claimedBy', coalesce(array_agg(nullif(x.claimed_by, '{}')), '{}'),
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

revoke execute on function app.count_for(jsonb, text, integer), app.claimed_for(integer, jsonb, text), app.count_back(public.claims[]),
  app.take_shares(public.channels, app.hold_request[]), app.set_channel_shares(app.code, app.code, jsonb) from public;
grant execute on function app.set_channel_shares(app.code, app.code, jsonb) to authenticated, service_role;
