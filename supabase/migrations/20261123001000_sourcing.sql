-- What the choice of nodes goes by: what an hour of picking costs at a node, goods that are not parted, and per region when
-- a cart may be split and what a busy hour costs.

alter table public.nodes add column pick_hour_cents integer not null default 1800 check (pick_hour_cents between 0 and 1000000);
comment on column public.nodes.pick_hour_cents is 'What an hour of picking costs here; with handling_cents what an order costs before it leaves.';

alter table public.skus add column kept_with app.code;
comment on column public.skus.kept_with is 'Goods that name the same come from one node, however a cart is split.';

create table public.sourcing_rules (
  region_id app.code primary key references public.regions on delete cascade,
  -- From at most so many nodes comes one cart; 1: it is never split.
  most_nodes smallint not null default 2 check (most_nodes between 1 and 4),
  -- A part worth less is not sent on its own.
  least_part_cents integer not null default 0 check (least_part_cents between 0 and 10000000),
  -- What every part after the first costs besides, for the second doorbell.
  split_cents integer not null default 500 check (split_cents between 0 and 1000000),
  -- From this share of an hour's picking on a further second is dear, up to the rate in a full hour.
  busy_percent smallint not null default 80 check (busy_percent between 0 and 100),
  busy_hour_cents integer not null default 3600 check (busy_hour_cents between 0 and 1000000)
);
comment on table public.sourcing_rules is 'When a cart may come from several nodes, and what makes one node dearer than another besides the way.';

create function app.begin_sourcing() returns trigger
language plpgsql set search_path = '' as $$
begin
  insert into public.sourcing_rules (region_id) values (new.id);
  return null;
end
$$;
create trigger regions_begin_with_sourcing after insert on public.regions
  for each row execute function app.begin_sourcing();
insert into public.sourcing_rules (region_id) select r.id from public.regions r;

-- Replaces a region's rules: { most_nodes, least_part_cents, split_cents, busy_percent, busy_hour_cents }, all of them.
--
-- Locks     the rules.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such region · KPARG  a rule is missing; a check (23514) refuses what makes no sense.
create function app.set_sourcing_rules(region_id app.code, rules jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if num_nulls(rules ->> 'most_nodes', rules ->> 'least_part_cents', rules ->> 'split_cents', rules ->> 'busy_percent', rules ->> 'busy_hour_cents') > 0 then
    raise exception using errcode = 'KPARG', message = 'a rule is missing', detail = region_id;
  end if;
  update public.sourcing_rules s
  set most_nodes = (rules ->> 'most_nodes')::smallint,
      least_part_cents = (rules ->> 'least_part_cents')::integer,
      split_cents = (rules ->> 'split_cents')::integer,
      busy_percent = (rules ->> 'busy_percent')::smallint,
      busy_hour_cents = (rules ->> 'busy_hour_cents')::integer
  where s.region_id = set_sourcing_rules.region_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform app.record_event(region_id, 'sourcing_rules_set', null, null, null, null, rules);
end
$$;

alter table public.sourcing_rules enable row level security;
grant select on public.sourcing_rules to authenticated, service_role;
create policy staff_read on public.sourcing_rules for select to authenticated using ((select app.staff_role()) is not null);
revoke execute on function app.begin_sourcing(), app.set_sourcing_rules(app.code, jsonb) from public;
grant execute on function app.set_sourcing_rules(app.code, jsonb) to authenticated, service_role;

-- What one snapshot says about the goods of a cart in a region, and what has changed in the network since.
--
-- New: instead of the nodes with the whole cart, the nodes that take orders and how much each could promise of each SKU, so that
-- a cart can be split; the rules; what an hour has on offer beside what of it is free. Levels are looked up by both keys as
-- arrays: joined to the nodes, the planner reads the whole inventory. What age holds back is what app.available_stock says,
-- computed from the region's steps once instead of once a level: a thousand old levels cost no more than new ones.
drop function app.read_quote_facts(app.code, text[], integer[], xid8);
create function app.read_quote_facts(region_id app.code, skus text[], since xid8 default '0') returns json
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
        'busyPercent', r.busy_percent, 'busyHourCents', r.busy_hour_cents)
      from public.sourcing_rules r where r.region_id = read_quote_facts.region_id
    ),
    'windows', (
      select json_build_object(
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer order by x.starts_at, x.ends_at), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer order by x.starts_at, x.ends_at), '{}'),
        'priceCents', coalesce(array_agg(x.price_cents order by x.starts_at, x.ends_at), '{}'))
      from public.windows x where x.region_id = read_quote_facts.region_id and x.ends_at > as_of
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
          'planned', coalesce(array_agg(x.state = 'planned'), '{}'),
          'revision', coalesce(array_agg(x.revision), '{}'))
        from public.shifts x
        where x.changed_by >= since and x.region_id = read_quote_facts.region_id and x.starts_at > as_of
      )
    )
  );
end
$$;

revoke execute on function app.read_quote_facts(app.code, text[], xid8) from public;
grant execute on function app.read_quote_facts(app.code, text[], xid8) to service_role;
