-- Parcels are quoted: what a carrier takes and on which days it works, when each of its runs leaves and arrives, and all of it
-- read with the other facts of a quote.

alter table public.carrier_services
  -- What the shopper pays; null: what the carrier takes by its rate card.
  add column price_cents integer check (price_cents between 0 and 10000000),
  add column carries_chilled boolean not null default false,
  add column carries_frozen boolean not null default false,
  add column limit_weight_g integer not null default 30000 check (limit_weight_g > 0),
  -- The days on which it fetches, carries and brings, 1 Monday to 7 Sunday: days in transit are counted in these.
  add column works_on text not null default '1234567' check (works_on ~ '^1?2?3?4?5?6?7?$' and works_on <> ''),
  -- Between these a parcel is brought on its day of arrival.
  add column delivers_from time not null default '08:00',
  add column delivers_until time not null default '20:00',
  add check (delivers_from < delivers_until),
  add check (transit_days > 0 or cut_off < delivers_until);
comment on column public.carrier_services.base_cents is 'The rate card, what the carrier takes: for a parcel, and kg_cents for a kilogram, to the gram.';

-- A carrier's day at a node is a run: fetched once, brought on one day.
alter table public.carrier_days
  add column leaves_at timestamptz,
  add column arrives_on date,
  add column arrives_from timestamptz,
  add column arrives_until timestamptz,
  add column changed_by xid8 not null default pg_current_xact_id(),
  add column revision integer not null default 1;
comment on table public.carrier_days is 'A run of a carrier from a node: until when it takes parcels, how many, and when it brings them.';

-- Dates a run by what its carrier does from the node, in the region's zone; one that cannot be is left out.
create function app.date_carrier_run() returns trigger
language plpgsql set search_path = '' as $$
declare
  service public.carrier_services;
  zone text;
begin
  select * into strict service from public.carrier_services c where (c.carrier_id, c.node_id) = (new.carrier_id, new.node_id);
  select r.time_zone into strict zone
  from public.regions r join public.nodes n on n.region_id = r.id where n.id = new.node_id;
  new.leaves_at := (new.day + service.cut_off) at time zone zone;
  -- A week has at least one working day.
  select x.day into new.arrives_on
  from (select new.day + i as day from generate_series(0, 7 * (service.transit_days + 1)) i) x
  where strpos(service.works_on, extract(isodow from x.day)::text) > 0 and (x.day > new.day or service.transit_days = 0)
  order by x.day offset greatest(service.transit_days - 1, 0) limit 1;
  new.arrives_from := greatest((new.arrives_on + service.delivers_from) at time zone zone, new.leaves_at);
  new.arrives_until := (new.arrives_on + service.delivers_until) at time zone zone;
  -- Nothing is fetched on a day off. A run that is there stays: parcels may be promised with it.
  if tg_op = 'INSERT' and (strpos(service.works_on, extract(isodow from new.day)::text) = 0 or new.arrives_from >= new.arrives_until) then
    return null;
  end if;
  return new;
end
$$;
create trigger date_run before insert or update of day on public.carrier_days for each row execute function app.date_carrier_run();
update public.carrier_days set day = day;
alter table public.carrier_days
  alter column leaves_at set not null,
  alter column arrives_on set not null,
  alter column arrives_from set not null,
  alter column arrives_until set not null;

-- As with hours, pickup windows and shifts: who reads only changes must see every one, and no row go.
create trigger note_change before update on public.carrier_days for each row execute function app.note_change();
create index carrier_days_changed on public.carrier_days (changed_by);
create trigger refuse_delete before delete or truncate on public.carrier_days for each statement execute function app.refuse_delete();

-- Another cut-off, rate or time in transit counts for runs that have yet to leave; what was promised stays with its hold.
-- Locks     the runs, in the order of their days.
create function app.renew_carrier_runs() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform from public.carrier_days d
  where (d.carrier_id, d.node_id) = (new.carrier_id, new.node_id) and d.leaves_at > app.now() order by d.day for no key update;
  update public.carrier_days d set day = d.day
  where (d.carrier_id, d.node_id) = (new.carrier_id, new.node_id) and d.leaves_at > app.now();
  return null;
end
$$;
create trigger renew_runs after update on public.carrier_services for each row when (old is distinct from new)
  execute function app.renew_carrier_runs();

revoke execute on function app.date_carrier_run(), app.renew_carrier_runs() from public;

-- New among what has changed: the runs of carriers, with their terms. Those that have left in the last day too, because they
-- say why nothing arrives today.
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
