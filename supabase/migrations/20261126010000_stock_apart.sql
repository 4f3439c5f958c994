-- What of a cart's goods could be promised is a question of its own: app.read_stock. The levels are found by goods, then by node, and read
-- in the order in which they lie on disk. The planner cannot tell how many nodes there are from a list that it does not see, takes the
-- other order, that of the primary key, for as cheap, and that looks for each level by itself: at a thousand nodes ten times the work. So
-- it is not given the choice: only the index by goods knows nodes by this collation, which is equality all the same. And no plain index
-- scans, without which the other facts would be found more slowly.
drop index public.inventory_levels_by_sku;
create index inventory_levels_by_sku on public.inventory_levels (sku_id, node_id collate "C");

-- Hundreds or thousands of these rows are read by a quote, and a few written by each hold, again and again. Half of each page is left for
-- what is written, so that a row stays where it was put; and an import puts the levels of one SKU side by side.
alter table public.inventory_levels set (fillfactor = 50);

drop function app.read_quote_facts(app.code, text[], xid8, text);

create function app.read_quote_facts(region_id app.code, since xid8 default '0', channel text default 'SHOP')
returns json
language plpgsql stable set search_path = '' set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  as_of timestamptz := app.now();
  open_nodes text[] := array(
    select n.id from public.nodes n where n.region_id = read_quote_facts.region_id and n.paused_at is null order by n.id
  );
begin
  return json_build_object(
    'nowSec', extract(epoch from as_of),
    'nodeIds', open_nodes,
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
revoke all on function app.read_quote_facts(app.code, xid8, text) from public;
grant execute on function app.read_quote_facts(app.code, xid8, text) to service_role;

-- Of the region's nodes that take orders: the units of each SKU that a channel could be promised; below zero where too much is. Parallel
-- arrays, in any order. What is not asked for each level is asked once.
create function app.read_stock(region_id app.code, skus text[], channel text default 'SHOP') returns json
language plpgsql stable set search_path = '' set enable_seqscan = off set enable_indexscan = off set plan_cache_mode = force_generic_plan as $$
declare
  as_of timestamptz := app.now();
  -- Ascending, as width_bucket wants them, and a breath later than the age itself, which counts as reached.
  steps timestamptz[];
  percents integer[];
  open_nodes text[] := array(select n.id from public.nodes n where n.region_id = read_stock.region_id and n.paused_at is null);
  -- So that a channel of which nothing is kept back costs no look-up a level.
  keeps_back boolean := exists (
    select from public.channel_safety k
    where (k.region_id, k.channel_id) = (read_stock.region_id, read_stock.channel) and k.sku_id = any (skus)
  );
begin
  select array_agg(as_of - make_interval(hours => s.after_hours) + interval '1 microsecond' order by s.after_hours desc), array_agg(s.held_back_percent order by s.after_hours desc)
  into steps, percents
  from public.stock_freshness_steps s where s.region_id = read_stock.region_id;
  -- Beyond the last threshold nothing is held back; width_bucket knows no empty array.
  steps := coalesce(steps, array['-infinity'::timestamptz]);
  percents := coalesce(percents, array[0]) || 0;

  return (
    select json_build_object(
      'nodeId', coalesce(array_agg(l.node_id), '{}'),
      'skuId', coalesce(array_agg(l.sku_id), '{}'),
      'units', coalesce(array_agg(
        l.on_hand - l.shortage - l.reserved - l.safety
        - case when keeps_back then coalesce((
            select k.units from public.channel_safety k
            where (k.region_id, k.channel_id, k.sku_id, k.node_id) = (read_stock.region_id, read_stock.channel, l.sku_id, l.node_id)
          ), 0) else 0 end
        -- Rounded up, in whole units.
        - (greatest(l.on_hand - l.shortage, 0)::bigint * (case
            when l.confirmed_at is null then 100
            else percents[width_bucket(l.confirmed_at, steps) + 1]
          end) + 99) / 100), '{}'))
    from public.inventory_levels l
    where l.sku_id = any (skus) and l.node_id collate "C" = any (open_nodes)
  );
end
$$;
revoke all on function app.read_stock(app.code, text[], text) from public;
grant execute on function app.read_stock(app.code, text[], text) to service_role;
