-- The network: regions, nodes, goods, vehicles, carriers, and the rules from which each day is opened.
--
-- Conventions of every migration: constraints before triggers before code; explicit grants (a table without a grant is
-- invisible to the Data API); text codes for what people name (nodes, SKUs, vehicles), uuids for what happens.

create schema app;
comment on schema app is 'Functions and internal tables. Not exposed through the Data API: callers reach it over a database connection.';

create extension if not exists btree_gist with schema extensions;

-- ---------------------------------------------------------------------------------------------------------- the clock

create table app.clock (
  only_row boolean primary key default true check (only_row),
  shift interval not null default interval '0'
);
comment on table app.clock is 'How far the platform''s time runs ahead of the wall clock; zero in production. A simulated day shifts it.';
insert into app.clock default values;

-- The one clock. Read it after a lock was taken, never before: a caller that waited must see the time it woke up at.
create function app.now() returns timestamptz
language sql volatile set search_path = '' as $$
  select clock_timestamp() + (select shift from app.clock)
$$;

create domain app.code as text check (value ~ '^[A-Z0-9](-?[A-Z0-9]){0,31}$');
comment on domain app.code is 'What people name a thing by in lists, files and on labels: capitals, digits, single hyphens.';

-- ---------------------------------------------------------------------------------------------------- regions and nodes

create table public.regions (
  id app.code primary key,
  name text not null check (length(name) between 1 and 80),
  time_zone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  -- How many days ahead windows, shifts and picking hours are open.
  horizon_days integer not null default 8 check (horizon_days between 1 and 60)
);
comment on table public.regions is 'The unit of partition: no decision spans two. Carries the time zone and the currency.';

create function app.is_time_zone(name text) returns boolean
language sql stable set search_path = '' as $$
  select exists (select from pg_catalog.pg_timezone_names z where z.name = is_time_zone.name)
$$;

create table public.nodes (
  id app.code primary key,
  region_id app.code not null references public.regions,
  kind text not null check (kind in ('store', 'distribution_centre', 'micro_fulfilment', 'partner')),
  name text not null check (length(name) between 1 and 80),
  address text not null check (length(address) between 1 and 200),
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  offers_pickup boolean not null,
  -- What an order costs in hands: setup once, then by line, then by unit.
  pick_setup_sec integer not null check (pick_setup_sec between 0 and 3600),
  pick_line_sec integer not null check (pick_line_sec between 0 and 3600),
  pick_unit_sec integer not null check (pick_unit_sec between 0 and 3600),
  -- Time between the last item picked and the van leaving with it, or the shopper collecting it.
  handover_sec integer not null default 900 check (handover_sec between 0 and 14400),
  handling_cents integer not null default 0 check (handling_cents between 0 and 1000000),
  paused_at timestamptz
);
create index nodes_by_region on public.nodes (region_id);
comment on table public.nodes is 'A place that holds stock and serves orders: store, distribution centre, micro-fulfilment node, partner.';

create table public.node_hours (
  node_id app.code not null references public.nodes on delete cascade,
  weekday smallint not null check (weekday between 1 and 7),
  opens time not null,
  closes time not null,
  -- Picking seconds on offer in each open hour: three pickers are 10800.
  work_sec integer not null check (work_sec between 0 and 3600000),
  primary key (node_id, weekday),
  check (closes > opens)
);
comment on table public.node_hours is 'Opening hours by ISO weekday (1 = Monday) in the region''s zone, with the picking work of an hour.';

-- --------------------------------------------------------------------------------------------------------------- goods

create table public.skus (
  id app.code primary key,
  name text not null check (length(name) between 1 and 120),
  category text not null check (length(category) between 1 and 60),
  price_cents integer not null check (price_cents between 0 and 10000000),
  weight_g integer not null check (weight_g between 1 and 1000000),
  volume_ml integer not null check (volume_ml between 1 and 10000000),
  temperature text not null check (temperature in ('ambient', 'chilled', 'frozen'))
);
create index skus_by_category on public.skus (category, name);

create table public.inventory_levels (
  node_id app.code not null references public.nodes,
  sku_id app.code not null references public.skus,
  on_hand integer not null check (on_hand >= 0),
  reserved integer not null default 0 check (reserved >= 0),
  -- Held back from promises because a shelf is never quite what the count says.
  safety integer not null default 0 check (safety >= 0),
  primary key (node_id, sku_id),
  check (reserved <= on_hand)
);
create index inventory_levels_by_sku on public.inventory_levels (sku_id, node_id);
comment on table public.inventory_levels is 'available = on_hand - reserved - safety, never promised below zero.';

create table public.stock_movements (
  id bigint generated always as identity primary key,
  node_id app.code not null,
  sku_id app.code not null,
  units integer not null check (units <> 0),
  reason text not null check (reason in ('count', 'shipped', 'not_found')),
  hold_id uuid,
  at timestamptz not null default app.now(),
  foreign key (node_id, sku_id) references public.inventory_levels
);
create index stock_movements_by_level on public.stock_movements (node_id, sku_id, id);
comment on table public.stock_movements is 'Append-only: every change of on_hand, so that the balance can be re-derived.';

-- ------------------------------------------------------------------------------------------------------------ vehicles

create table public.vehicles (
  id app.code primary key,
  node_id app.code not null references public.nodes,
  name text not null check (length(name) between 1 and 80),
  limit_weight_g integer not null check (limit_weight_g > 0),
  limit_volume_ml integer not null check (limit_volume_ml > 0),
  carries_chilled boolean not null,
  carries_frozen boolean not null,
  shift_cents integer not null default 0 check (shift_cents >= 0),
  km_cents integer not null check (km_cents >= 0),
  hour_cents integer not null check (hour_cents >= 0)
);
create index vehicles_by_node on public.vehicles (node_id);

create table public.staff (
  user_id uuid primary key references auth.users on delete cascade,
  role text not null check (role in ('ops', 'store', 'driver')),
  name text not null check (length(name) between 1 and 80)
);
comment on table public.staff is 'Who may act, and as what. The token says who someone is; this table says what they may do.';

create table public.staff_nodes (
  user_id uuid not null references public.staff on delete cascade,
  node_id app.code not null references public.nodes on delete cascade,
  primary key (user_id, node_id)
);

create table public.shift_rules (
  vehicle_id app.code not null references public.vehicles on delete cascade,
  weekday smallint not null check (weekday between 1 and 7),
  starts time not null,
  ends time not null,
  driver_id uuid references public.staff on delete set null,
  primary key (vehicle_id, weekday, starts),
  check (ends > starts)
);
comment on table public.shift_rules is 'The weekly roster: from it the shifts of the coming days are opened.';

-- ------------------------------------------------------------------------------------------------------------ carriers

create table public.carriers (
  id app.code primary key,
  name text not null check (length(name) between 1 and 80)
);

create table public.carrier_services (
  carrier_id app.code not null references public.carriers on delete cascade,
  node_id app.code not null references public.nodes on delete cascade,
  cut_off time not null,
  transit_days smallint not null check (transit_days between 0 and 30),
  base_cents integer not null check (base_cents >= 0),
  kg_cents integer not null check (kg_cents >= 0),
  day_limit_parcels integer not null check (day_limit_parcels >= 0),
  primary key (carrier_id, node_id)
);
comment on table public.carrier_services is 'What a carrier does from a node: cut-off, days in transit, rate card, parcels a day.';

create table public.carrier_days (
  carrier_id app.code not null,
  node_id app.code not null,
  day date not null,
  limit_parcels integer not null check (limit_parcels >= 0),
  claimed_parcels integer not null default 0 check (claimed_parcels >= 0),
  primary key (carrier_id, node_id, day),
  foreign key (carrier_id, node_id) references public.carrier_services,
  check (claimed_parcels <= limit_parcels)
);

-- ------------------------------------------------------------------------------------------------------------- windows

create table public.window_rules (
  region_id app.code not null references public.regions on delete cascade,
  service text not null check (service in ('delivery', 'pickup')),
  weekday smallint not null check (weekday between 1 and 7),
  starts time not null,
  ends time not null,
  price_cents integer not null check (price_cents >= 0),
  -- Pickup only: how many orders a node hands over in the window.
  limit_orders integer check (limit_orders >= 0),
  primary key (region_id, service, weekday, starts),
  check (ends > starts),
  check ((service = 'pickup') = (limit_orders is not null))
);

create table public.windows (
  id uuid primary key default gen_random_uuid(),
  region_id app.code not null references public.regions,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  price_cents integer not null check (price_cents >= 0),
  unique (region_id, starts_at, ends_at),
  check (ends_at > starts_at)
);
comment on table public.windows is 'The delivery windows of the coming days, half-open [starts_at, ends_at): service starts before ends_at.';

create table public.pickup_windows (
  id uuid primary key default gen_random_uuid(),
  node_id app.code not null references public.nodes,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  price_cents integer not null check (price_cents >= 0),
  limit_orders integer not null check (limit_orders >= 0),
  claimed_orders integer not null default 0 check (claimed_orders >= 0),
  unique (node_id, starts_at, ends_at),
  check (ends_at > starts_at),
  check (claimed_orders <= limit_orders)
);

create table public.work_buckets (
  node_id app.code not null references public.nodes,
  starts_at timestamptz not null,
  -- What the manager asked for. The limit follows it down as far as what is already promised allows.
  target_sec integer not null check (target_sec >= 0),
  limit_sec integer not null check (limit_sec >= 0),
  claimed_sec integer not null default 0 check (claimed_sec >= 0),
  primary key (node_id, starts_at),
  check (starts_at = date_trunc('hour', starts_at, 'UTC')),
  check (claimed_sec <= limit_sec),
  check (limit_sec >= target_sec)
);
comment on table public.work_buckets is 'A node''s picking seconds in one hour, which starts at starts_at.';

create table public.shifts (
  id uuid primary key default gen_random_uuid(),
  region_id app.code not null references public.regions,
  vehicle_id app.code not null references public.vehicles,
  node_id app.code not null references public.nodes,
  driver_id uuid references public.staff on delete set null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  state text not null default 'planned' check (state in ('planned', 'under_way', 'done', 'cancelled')),
  -- Rises with every change of the route. A plan computed on version v is refused when the route has moved on.
  plan_version integer not null default 0 check (plan_version >= 0),
  limit_weight_g integer not null check (limit_weight_g > 0),
  claimed_weight_g integer not null default 0 check (claimed_weight_g >= 0),
  limit_volume_ml integer not null check (limit_volume_ml > 0),
  claimed_volume_ml integer not null default 0 check (claimed_volume_ml >= 0),
  -- The way home from the last stop.
  return_leg_sec integer not null default 0 check (return_leg_sec >= 0),
  return_leg_m integer not null default 0 check (return_leg_m >= 0),
  started_at timestamptz,
  finished_at timestamptz,
  unique (vehicle_id, starts_at),
  check (ends_at > starts_at),
  check (claimed_weight_g <= limit_weight_g),
  check (claimed_volume_ml <= limit_volume_ml),
  check ((state in ('under_way', 'done')) = (started_at is not null)),
  check ((state = 'done') = (finished_at is not null)),
  -- A van is in one place at a time.
  constraint shifts_of_a_vehicle_do_not_overlap
    exclude using gist (vehicle_id extensions.gist_text_ops with =, tstzrange(starts_at, ends_at) with &&) where (state <> 'cancelled')
);
create index shifts_open on public.shifts (region_id, starts_at) where state in ('planned', 'under_way');
create index shifts_by_node on public.shifts (node_id, starts_at);
create index shifts_by_driver on public.shifts (driver_id, starts_at);
comment on table public.shifts is 'A vehicle and a driver for a stretch of time; its stops are its route. It departs at starts_at with everything on board.';
