-- What a cent of each term of the cost counts, by region: a network that wants fewer kilometres at the price of more picking says so
-- here. Nothing counts nothing: what a term is made of is set to nothing itself where it shall not count.

alter table public.sourcing_rules
  add column handling_weight_percent smallint not null default 100 check (handling_weight_percent between 1 and 1000),
  add column picking_weight_percent smallint not null default 100 check (picking_weight_percent between 1 and 1000),
  add column busy_weight_percent smallint not null default 100 check (busy_weight_percent between 1 and 1000),
  add column route_weight_percent smallint not null default 100 check (route_weight_percent between 1 and 1000),
  add column carrier_weight_percent smallint not null default 100 check (carrier_weight_percent between 1 and 1000),
  add column split_weight_percent smallint not null default 100 check (split_weight_percent between 1 and 1000);
comment on column public.sourcing_rules.handling_weight_percent is 'What a cent of handling counts when nodes and vans are chosen; 100: a cent. Likewise the others.';

-- Replaces a region's rules: { most_nodes, least_part_cents, split_cents, busy_percent, busy_hour_cents, and of each term
-- <term>_weight_percent }, all of them.
--
-- Locks     the rules.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such region · KPARG  a rule is missing; a check (23514) refuses what makes no sense.
create or replace function app.set_sourcing_rules(region_id app.code, rules jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if num_nulls(rules ->> 'most_nodes', rules ->> 'least_part_cents', rules ->> 'split_cents', rules ->> 'busy_percent', rules ->> 'busy_hour_cents',
    rules ->> 'handling_weight_percent', rules ->> 'picking_weight_percent', rules ->> 'busy_weight_percent', rules ->> 'route_weight_percent',
    rules ->> 'carrier_weight_percent', rules ->> 'split_weight_percent') > 0 then
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
      split_weight_percent = (rules ->> 'split_weight_percent')::smallint
  where s.region_id = set_sourcing_rules.region_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform app.record_event(region_id, 'sourcing_rules_set', null, null, null, null, rules);
end
$$;

-- As it was, and besides: the weights.
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
          'route', r.route_weight_percent, 'carrier', r.carrier_weight_percent, 'split', r.split_weight_percent))
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
      )
    )
  );
end
$$;
