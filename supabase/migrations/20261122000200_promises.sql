-- Holds, claims, orders and routes; what happened (events) and what needs a hand (exceptions).

-- --------------------------------------------------------------------------------------------------------------- holds

create table public.holds (
  -- Minted by the client: a retried click must not hold twice.
  id uuid primary key,
  region_id app.code not null references public.regions,
  node_id app.code not null references public.nodes,
  service text not null check (service in ('delivery', 'parcel', 'pickup')),
  state text not null check (state in ('held', 'confirmed', 'fulfilled', 'released', 'expired')),
  -- A digest of what was asked: the same id with another request is refused, never answered with someone else's hold.
  fingerprint text not null check (length(fingerprint) between 16 and 128),
  window_starts_at timestamptz not null,
  window_ends_at timestamptz not null,
  price_cents integer not null check (price_cents >= 0),
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  address text not null check (length(address) between 1 and 200),
  service_sec integer not null check (service_sec between 0 and 7200),
  weight_g integer not null check (weight_g > 0),
  volume_ml integer not null check (volume_ml > 0),
  pick_sec integer not null check (pick_sec >= 0),
  pick_by timestamptz not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  settled_at timestamptz,
  check (window_ends_at > window_starts_at),
  check (pick_by < window_ends_at),
  check (expires_at > created_at),
  check ((state = 'held') = (settled_at is null))
);
create index holds_due on public.holds (expires_at) where state = 'held';
comment on table public.holds is 'A set of claims with one lifetime: held until it is confirmed, released or expired.';

create table public.hold_lines (
  hold_id uuid not null references public.holds,
  sku_id app.code not null references public.skus,
  units integer not null check (units between 1 and 9999),
  price_cents integer not null check (price_cents >= 0),
  primary key (hold_id, sku_id)
);

-- -------------------------------------------------------------------------------------------------------------- claims

create table public.claims (
  id bigint generated always as identity primary key,
  hold_id uuid not null references public.holds,
  kind text not null check (kind in ('stock', 'work', 'pickup', 'parcel', 'weight', 'volume')),
  -- Positive: claimed. Negative: given back, naming the claim it reverses, which can happen once.
  units integer not null check (units <> 0),
  reverses bigint unique references public.claims,
  reason text not null check (reason in ('held', 'released', 'expired', 'rejected', 'shipped', 'moved')),
  node_id app.code,
  sku_id app.code,
  bucket_at timestamptz,
  pickup_window_id uuid references public.pickup_windows,
  carrier_id app.code,
  day date,
  shift_id uuid references public.shifts,
  at timestamptz not null,
  foreign key (node_id, sku_id) references public.inventory_levels,
  foreign key (node_id, bucket_at) references public.work_buckets (node_id, starts_at),
  foreign key (carrier_id, node_id, day) references public.carrier_days (carrier_id, node_id, day),
  check ((reverses is null) = (units > 0)),
  check (
    case kind
      when 'stock' then num_nonnulls(node_id, sku_id) = 2 and num_nonnulls(bucket_at, pickup_window_id, carrier_id, day, shift_id) = 0
      when 'work' then num_nonnulls(node_id, bucket_at) = 2 and num_nonnulls(sku_id, pickup_window_id, carrier_id, day, shift_id) = 0
      when 'pickup' then pickup_window_id is not null and num_nonnulls(node_id, sku_id, bucket_at, carrier_id, day, shift_id) = 0
      when 'parcel' then num_nonnulls(carrier_id, node_id, day) = 3 and num_nonnulls(sku_id, bucket_at, pickup_window_id, shift_id) = 0
      else shift_id is not null and num_nonnulls(node_id, sku_id, bucket_at, pickup_window_id, carrier_id, day) = 0
    end
  )
);
create index claims_by_hold on public.claims (hold_id);
create index claims_of_shift on public.claims (shift_id) where shift_id is not null;
comment on table public.claims is 'Append-only ledger: the sum of units over a resource is what its row says is claimed, at every commit.';

-- -------------------------------------------------------------------------------------------------------------- orders

create sequence public.order_numbers start 10001;

create table public.orders (
  id uuid primary key,
  region_id app.code not null references public.regions,
  number integer not null unique default nextval('public.order_numbers'),
  -- The order page opens by this and nothing else: 128 random bits.
  token text not null unique check (token ~ '^[0-9a-f]{32}$'),
  service text not null check (service in ('delivery', 'parcel', 'pickup')),
  state text not null check (state in ('confirmed', 'ready', 'on_the_way', 'arrived', 'delivered', 'failed', 'unplaced')),
  customer_name text not null check (length(customer_name) between 1 and 80),
  customer_phone text not null check (length(customer_phone) between 3 and 32),
  customer_note text not null default '' check (length(customer_note) <= 280),
  address text not null check (length(address) between 1 and 200),
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  -- The first confirmed window: *the* promise. No update touches it.
  promise_starts_at timestamptz not null,
  promise_ends_at timestamptz not null,
  price_cents integer not null check (price_cents >= 0),
  goods_cents integer not null check (goods_cents >= 0),
  confirmed_at timestamptz not null,
  finished_at timestamptz,
  check ((state in ('delivered', 'failed')) = (finished_at is not null))
);
create index orders_by_region on public.orders (region_id, confirmed_at desc);

create table public.order_lines (
  order_id uuid not null references public.orders,
  sku_id app.code not null references public.skus,
  units integer not null check (units between 1 and 9999),
  price_cents integer not null check (price_cents >= 0),
  primary key (order_id, sku_id)
);

create table public.fulfilments (
  id uuid primary key default gen_random_uuid(),
  order_id uuid not null references public.orders,
  hold_id uuid not null unique references public.holds,
  node_id app.code not null references public.nodes,
  state text not null check (state in ('to_pick', 'ready', 'handed_over', 'delivered', 'failed', 'rejected')),
  pick_by timestamptz not null,
  ready_at timestamptz,
  handed_over_at timestamptz,
  reject_reason text check (reject_reason in ('out_of_stock', 'damaged', 'no_capacity', 'other')),
  created_at timestamptz not null,
  check ((state = 'rejected') = (reject_reason is not null)),
  check (state not in ('ready', 'handed_over', 'delivered', 'failed') or ready_at is not null),
  check (state not in ('handed_over', 'delivered', 'failed') or handed_over_at is not null)
);
create unique index fulfilments_one_live_per_order on public.fulfilments (order_id) where state <> 'rejected';
create index fulfilments_to_work_on on public.fulfilments (node_id, pick_by) where state in ('to_pick', 'ready');
comment on table public.fulfilments is 'The part of an order that one node serves; a rejected one stays as the record of why another node took over.';

-- --------------------------------------------------------------------------------------------------------------- stops

create table public.stops (
  id uuid primary key,
  shift_id uuid not null references public.shifts,
  hold_id uuid not null unique references public.holds,
  position integer not null check (position >= 0),
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  window_starts_at timestamptz not null,
  window_ends_at timestamptz not null,
  service_sec integer not null check (service_sec >= 0),
  weight_g integer not null check (weight_g > 0),
  volume_ml integer not null check (volume_ml > 0),
  -- The leg that leads here, from the stop before or from the node.
  leg_sec integer not null check (leg_sec >= 0),
  leg_m integer not null check (leg_m >= 0),
  arrive_at timestamptz not null,
  start_at timestamptz not null,
  depart_at timestamptz not null,
  -- What the drive so far says, once the van is under way.
  eta_at timestamptz,
  state text not null default 'planned' check (state in ('planned', 'arrived', 'delivered', 'failed')),
  arrived_at timestamptz,
  finished_at timestamptz,
  fail_reason text check (fail_reason in ('nobody_home', 'address_not_found', 'refused', 'damaged', 'other')),
  unique (shift_id, position) deferrable initially deferred,
  check (arrive_at <= start_at and depart_at = start_at + make_interval(secs => service_sec)),
  -- No plan may break a promise: the table itself refuses one that would.
  constraint a_plan_keeps_its_promise check (start_at >= window_starts_at and start_at < window_ends_at),
  check ((state in ('delivered', 'failed')) = (finished_at is not null)),
  check (state = 'planned' or arrived_at is not null),
  check ((state = 'failed') = (fail_reason is not null))
);
create index stops_by_shift on public.stops (shift_id, position);

create table public.positions (
  shift_id uuid primary key references public.shifts on delete cascade,
  lng double precision not null check (lng between -180 and 180),
  lat double precision not null check (lat between -85 and 85),
  at timestamptz not null
);
comment on table public.positions is 'The last position a driver''s phone reported for a shift under way.';

-- --------------------------------------------------------------------------------------------- exceptions and the record

create table public.exceptions (
  id uuid primary key default gen_random_uuid(),
  region_id app.code not null references public.regions,
  kind text not null check (kind in ('hold_unplannable', 'order_rejected', 'van_late')),
  order_id uuid references public.orders,
  hold_id uuid references public.holds,
  shift_id uuid references public.shifts,
  node_id app.code references public.nodes,
  -- Figures for the person who reads it; ids and numbers, never a sentence.
  data jsonb not null default '{}' check (jsonb_typeof(data) = 'object'),
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolution text check (resolution in ('automatic', 'by_hand', 'passed')),
  resolved_by uuid,
  check ((resolved_at is null) = (resolution is null)),
  check (num_nonnulls(order_id, hold_id, shift_id) >= 1)
);
create unique index exceptions_one_open_per_subject
  on public.exceptions (kind, coalesce(order_id, hold_id, shift_id)) where resolved_at is null;
create index exceptions_by_region on public.exceptions (region_id, opened_at desc);

create table public.events (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  region_id app.code not null,
  -- The user, or null for a shopper or the platform itself.
  actor uuid,
  kind text not null check (kind ~ '^[a-z]+(_[a-z]+)*$'),
  hold_id uuid,
  order_id uuid,
  node_id app.code,
  shift_id uuid,
  data jsonb not null default '{}' check (jsonb_typeof(data) = 'object')
);
create index events_by_order on public.events (order_id, id) where order_id is not null;
create index events_by_hold on public.events (hold_id, id) where hold_id is not null;
comment on table public.events is 'Append-only record of who did what, when.';

-- Work that a commit leaves behind. A row here costs an insert; a NOTIFY or an enqueued job in the reservation's own
-- transaction would take a lock that serialises every commit (measured: five times fewer holds a second).
create table app.outbox (
  id bigint generated always as identity primary key,
  region_id app.code not null,
  kind text not null check (kind in ('capacity', 'plan')),
  shift_id uuid,
  at timestamptz not null default clock_timestamp()
);

create table public.edge_snapshots (
  region_id app.code primary key references public.regions,
  version bigint not null check (version > 0),
  built_at timestamptz not null,
  body jsonb not null check (jsonb_typeof(body) = 'object')
);
comment on table public.edge_snapshots is 'What the edge knows of a region: small, conservative, public. Read through the Data API.';

-- ---------------------------------------------------------------------------------------------------------- append only

create function app.refuse_change() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'KPAPP', message = format('%s is append-only', tg_table_name);
end
$$;

create trigger claims_append_only before update or delete on public.claims
  for each row execute function app.refuse_change();
create trigger events_append_only before update or delete on public.events
  for each row execute function app.refuse_change();
create trigger stock_movements_append_only before update or delete on public.stock_movements
  for each row execute function app.refuse_change();

create function app.keep_first_promise() returns trigger
language plpgsql set search_path = '' as $$
begin
  if (new.promise_starts_at, new.promise_ends_at, new.token, new.id) is distinct from (old.promise_starts_at, old.promise_ends_at, old.token, old.id) then
    raise exception using errcode = 'KPAPP', message = 'the first confirmed window is the promise and never changes';
  end if;
  return new;
end
$$;
create trigger orders_keep_first_promise before update on public.orders
  for each row execute function app.keep_first_promise();
