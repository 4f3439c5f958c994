-- Made by `npm run check -- --write` from the migrations; compared by `npm run check`. Not to be run.

create schema app;
grant usage on schema app to anon;
grant usage on schema app to authenticated;
grant usage on schema app to service_role;

create schema public;
grant usage on schema public to anon;
grant usage on schema public to authenticated;
grant usage on schema public to public;
grant usage on schema public to service_role;

create domain app.code as text CHECK ((VALUE ~ '^[A-Z0-9](-?[A-Z0-9]){0,31}$'::text));

create type app.asked_line as (
  sku_id text,
  units integer,
  price_cents integer
);

create type app.asked_work as (
  starts_at timestamp with time zone,
  sec integer
);

create type app.hold_request as (
  region_id app.code,
  node_id app.code,
  service text,
  fingerprint text,
  window_starts_at timestamp with time zone,
  window_ends_at timestamp with time zone,
  price_cents integer,
  lng double precision,
  lat double precision,
  address text,
  service_sec integer,
  weight_g integer,
  volume_ml integer,
  pick_sec integer,
  pick_by timestamp with time zone,
  lines app.asked_line[],
  work app.asked_work[],
  pickup_window_id uuid,
  carrier_id app.code,
  carrier_day date,
  shift_id uuid,
  plan_version integer,
  route jsonb,
  hold_id uuid,
  checkout_id uuid,
  address_key text,
  network_key text,
  visit_starts_at timestamp with time zone,
  visit_ends_at timestamp with time zone,
  floor smallint,
  has_lift boolean,
  climb_sec integer,
  lane_id app.code,
  lane_day date,
  channel_id text
);

create table app.certificates (
  order_id uuid not null,
  jws text not null,
  issued_at timestamp with time zone not null,
  repromise smallint default 0 not null,
  constraint certificates_jws_check CHECK (((length(jws) >= 1) AND (length(jws) <= 8000000))),
  constraint certificates_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint certificates_pkey PRIMARY KEY (order_id, repromise),
  constraint certificates_repromise_check CHECK ((repromise >= 0))
);
CREATE TRIGGER certificates_append_only BEFORE DELETE OR UPDATE ON app.certificates FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
comment on table app.certificates is 'Append-only: for each promise of an order, signed, what it was decided by and what was rejected.';

create table app.clock (
  only_row boolean default true not null,
  shift interval default '00:00:00'::interval not null,
  constraint clock_only_row_check CHECK (only_row),
  constraint clock_pkey PRIMARY KEY (only_row)
);
grant select on table app.clock to authenticated;
grant select on table app.clock to service_role;
comment on table app.clock is 'How far the platform''s time runs ahead of the wall clock; zero in production. A simulated day shifts it.';

create table app.decisions (
  hold_id uuid not null,
  body bytea not null,
  constraint decisions_body_check CHECK (((length(body) >= 1) AND (length(body) <= 4000000))),
  constraint decisions_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint decisions_pkey PRIMARY KEY (hold_id)
);
comment on table app.decisions is 'What a hold was decided by. Goes into the certificate at the confirmation, or is forgotten with the hold.';

create table app.last_counts (
  node_id app.code not null,
  sku_id app.code not null,
  source app.code not null,
  seq bigint not null,
  units integer not null,
  at timestamp with time zone not null,
  constraint last_counts_pkey PRIMARY KEY (node_id, sku_id, source)
);

create table app.order_doors (
  order_id uuid not null,
  safe_place text,
  neighbour_allowed boolean default false not null,
  gate_code text,
  changed_at timestamp with time zone not null,
  constraint order_doors_gate_code_check CHECK (((length(gate_code) >= 1) AND (length(gate_code) <= 40))),
  constraint order_doors_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint order_doors_pkey PRIMARY KEY (order_id),
  constraint order_doors_safe_place_check CHECK (((length(safe_place) >= 1) AND (length(safe_place) <= 120)))
);
comment on table app.order_doors is 'What a driver may do and has to know at an order''s door. Within app, because no API role reads it: see app.read_doors.';

create table app.outbox (
  id bigint generated always as identity not null,
  region_id app.code not null,
  kind text not null,
  shift_id uuid,
  at timestamp with time zone default clock_timestamp() not null,
  constraint outbox_kind_check CHECK ((kind = ANY (ARRAY['capacity'::text, 'plan'::text]))),
  constraint outbox_pkey PRIMARY KEY (id)
);

create table public.blackouts (
  id bigint generated always as identity not null,
  region_id app.code not null,
  node_id app.code,
  service text not null,
  day date not null,
  starts time without time zone,
  name text not null,
  constraint blackouts_check CHECK (((service <> 'delivery'::text) OR (node_id IS NULL))),
  constraint blackouts_check1 CHECK (((service <> 'parcel'::text) OR (starts IS NULL))),
  constraint blackouts_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint blackouts_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint blackouts_pkey PRIMARY KEY (id),
  constraint blackouts_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint blackouts_region_id_node_id_service_day_starts_key UNIQUE NULLS NOT DISTINCT (region_id, node_id, service, day, starts),
  constraint blackouts_service_check CHECK ((service = ANY (ARRAY['delivery'::text, 'pickup'::text, 'parcel'::text])))
);
CREATE INDEX blackouts_by_day ON public.blackouts USING btree (region_id, day);
alter table public.blackouts enable row level security;
create policy everyone_reads on public.blackouts as permissive for select to anon, authenticated using (true);
grant select on table public.blackouts to anon;
grant select on table public.blackouts to authenticated;
grant select on table public.blackouts to service_role;
comment on table public.blackouts is 'Windows of one service that are not given on one day.';

create table public.calendar_days (
  id bigint generated always as identity not null,
  region_id app.code not null,
  node_id app.code,
  day date not null,
  name text not null,
  opens time without time zone,
  closes time without time zone,
  work_sec integer,
  constraint calendar_days_check CHECK (((opens IS NULL) = (closes IS NULL))),
  constraint calendar_days_check1 CHECK ((closes > opens)),
  constraint calendar_days_check2 CHECK (((node_id IS NOT NULL) OR ((opens IS NULL) AND (work_sec IS NULL)))),
  constraint calendar_days_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint calendar_days_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint calendar_days_pkey PRIMARY KEY (id),
  constraint calendar_days_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint calendar_days_region_id_node_id_day_key UNIQUE NULLS NOT DISTINCT (region_id, node_id, day),
  constraint calendar_days_work_sec_check CHECK (((work_sec >= 0) AND (work_sec <= 3600000)))
);
CREATE INDEX calendar_days_of_node ON public.calendar_days USING btree (node_id, day);
alter table public.calendar_days enable row level security;
create policy everyone_reads on public.calendar_days as permissive for select to anon, authenticated using (true);
grant select on table public.calendar_days to anon;
grant select on table public.calendar_days to authenticated;
grant select on table public.calendar_days to service_role;
comment on table public.calendar_days is 'Days that are not as the week says: holidays of a region, and closed or otherwise open days of a node. A node''s own entry counts before its region''s.';

create table public.carrier_days (
  carrier_id app.code not null,
  node_id app.code not null,
  day date not null,
  limit_parcels integer not null,
  claimed_parcels integer default 0 not null,
  leaves_at timestamp with time zone not null,
  arrives_on date not null,
  arrives_from timestamp with time zone not null,
  arrives_until timestamp with time zone not null,
  changed_by xid8 default pg_current_xact_id() not null,
  revision integer default 1 not null,
  usual_parcels integer,
  order_by_at timestamp with time zone,
  claimed_by jsonb default '{}'::jsonb not null,
  constraint carrier_days_carrier_id_node_id_fkey FOREIGN KEY (carrier_id, node_id) REFERENCES public.carrier_services(carrier_id, node_id),
  constraint carrier_days_check CHECK ((claimed_parcels <= limit_parcels)),
  constraint carrier_days_claimed_parcels_check CHECK ((claimed_parcels >= 0)),
  constraint carrier_days_limit_parcels_check CHECK ((limit_parcels >= 0)),
  constraint carrier_days_pkey PRIMARY KEY (carrier_id, node_id, day),
  constraint carrier_days_usual_parcels_check CHECK ((usual_parcels >= 0)),
  constraint closed_carrier_days_offer_nothing CHECK (((usual_parcels IS NULL) OR (limit_parcels = claimed_parcels)))
);
CREATE INDEX carrier_days_changed ON public.carrier_days USING btree (changed_by);
CREATE TRIGGER date_run BEFORE INSERT OR UPDATE OF day ON public.carrier_days FOR EACH ROW EXECUTE FUNCTION app.date_carrier_run();
CREATE TRIGGER keep_closed BEFORE INSERT OR UPDATE ON public.carrier_days FOR EACH ROW WHEN ((new.usual_parcels IS NOT NULL)) EXECUTE FUNCTION app.keep_carrier_day_closed();
CREATE TRIGGER note_change BEFORE UPDATE ON public.carrier_days FOR EACH ROW EXECUTE FUNCTION app.note_change();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.carrier_days FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_delete();
alter table public.carrier_days enable row level security;
create policy node_reads on public.carrier_days as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.carrier_days as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.carrier_days to authenticated;
grant select on table public.carrier_days to service_role;
comment on table public.carrier_days is 'A run of a carrier from a node: until when it takes parcels, how many, and when it brings them.';

create table public.carrier_services (
  carrier_id app.code not null,
  node_id app.code not null,
  cut_off time without time zone not null,
  transit_days smallint not null,
  base_cents integer not null,
  kg_cents integer not null,
  day_limit_parcels integer not null,
  price_cents integer,
  carries_chilled boolean default false not null,
  carries_frozen boolean default false not null,
  limit_weight_g integer default 30000 not null,
  works_on text default '1234567'::text not null,
  delivers_from time without time zone default '08:00:00'::time without time zone not null,
  delivers_until time without time zone default '20:00:00'::time without time zone not null,
  constraint carrier_services_base_cents_check CHECK ((base_cents >= 0)),
  constraint carrier_services_carrier_id_fkey FOREIGN KEY (carrier_id) REFERENCES public.carriers(id) ON DELETE CASCADE,
  constraint carrier_services_check CHECK ((delivers_from < delivers_until)),
  constraint carrier_services_check1 CHECK (((transit_days > 0) OR (cut_off < delivers_until))),
  constraint carrier_services_day_limit_parcels_check CHECK ((day_limit_parcels >= 0)),
  constraint carrier_services_kg_cents_check CHECK ((kg_cents >= 0)),
  constraint carrier_services_limit_weight_g_check CHECK ((limit_weight_g > 0)),
  constraint carrier_services_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint carrier_services_pkey PRIMARY KEY (carrier_id, node_id),
  constraint carrier_services_price_cents_check CHECK (((price_cents >= 0) AND (price_cents <= 10000000))),
  constraint carrier_services_transit_days_check CHECK (((transit_days >= 0) AND (transit_days <= 30))),
  constraint carrier_services_works_on_check CHECK (((works_on ~ '^1?2?3?4?5?6?7?$'::text) AND (works_on <> ''::text)))
);
CREATE TRIGGER renew_runs AFTER UPDATE ON public.carrier_services FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION app.renew_carrier_runs();
alter table public.carrier_services enable row level security;
create policy ops_reads on public.carrier_services as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.carrier_services to authenticated;
grant select on table public.carrier_services to service_role;
comment on table public.carrier_services is 'What a carrier does from a node: cut-off, days in transit, rate card, parcels a day.';

create table public.carriers (
  id app.code not null,
  name text not null,
  constraint carriers_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint carriers_pkey PRIMARY KEY (id)
);
alter table public.carriers enable row level security;
create policy node_reads on public.carriers as permissive for select to authenticated using (((id)::text IN ( SELECT d.carrier_id
   FROM public.carrier_days d
  WHERE ((d.node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)))));
create policy ops_reads on public.carriers as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.carriers to authenticated;
grant select on table public.carriers to service_role;

create table public.channel_safety (
  region_id app.code not null,
  channel_id app.code not null,
  sku_id app.code not null,
  node_id app.code not null,
  units integer not null,
  constraint channel_safety_node_id_sku_id_fkey FOREIGN KEY (node_id, sku_id) REFERENCES public.inventory_levels(node_id, sku_id) ON DELETE CASCADE,
  constraint channel_safety_pkey PRIMARY KEY (region_id, channel_id, sku_id, node_id),
  constraint channel_safety_region_id_channel_id_fkey FOREIGN KEY (region_id, channel_id) REFERENCES public.channels(region_id, id) ON DELETE CASCADE,
  constraint channel_safety_units_check CHECK (((units >= 1) AND (units <= 10000000)))
);
CREATE INDEX channel_safety_of_level ON public.channel_safety USING btree (node_id, sku_id);
alter table public.channel_safety enable row level security;
create policy ops_reads on public.channel_safety as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.channel_safety to authenticated;
grant select on table public.channel_safety to service_role;
comment on table public.channel_safety is 'Units of a level that are kept back from one channel, besides what is kept back from all. What the channel may promise is available - units.';

create table public.channels (
  region_id app.code not null,
  id app.code not null,
  name text not null,
  is_active boolean default true not null,
  priority_class smallint default 3 not null,
  picking_percent smallint,
  pickup_percent smallint,
  parcel_percent smallint,
  transfer_percent smallint,
  delivery_percent smallint,
  share_lapses_hours smallint,
  is_limited boolean generated always as ((num_nonnulls(picking_percent, pickup_percent, parcel_percent, transfer_percent, delivery_percent) > 0)) stored not null,
  constraint channels_delivery_percent_check CHECK (((delivery_percent >= 0) AND (delivery_percent <= 99))),
  constraint channels_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint channels_parcel_percent_check CHECK (((parcel_percent >= 0) AND (parcel_percent <= 99))),
  constraint channels_picking_percent_check CHECK (((picking_percent >= 0) AND (picking_percent <= 99))),
  constraint channels_pickup_percent_check CHECK (((pickup_percent >= 0) AND (pickup_percent <= 99))),
  constraint channels_pkey PRIMARY KEY (region_id, id),
  constraint channels_priority_class_check CHECK (((priority_class >= 1) AND (priority_class <= 5))),
  constraint channels_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint channels_share_lapses_hours_check CHECK (((share_lapses_hours >= 1) AND (share_lapses_hours <= 720))),
  constraint channels_transfer_percent_check CHECK (((transfer_percent >= 0) AND (transfer_percent <= 99))),
  constraint own_shop_stays_open CHECK ((is_active OR ((id)::text <> 'SHOP'::text)))
);
alter table public.channels enable row level security;
create policy staff_read on public.channels as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) IS NOT NULL));
grant select on table public.channels to authenticated;
grant select on table public.channels to service_role;
comment on table public.channels is 'Through whom a cart is bought. SHOP, the own shop, is in every region and is where nothing else is said.';

create table public.claim_shares (
  claim_id bigint not null,
  units integer not null,
  most integer not null,
  constraint a_share_is_not_passed CHECK ((units <= most)),
  constraint claim_shares_claim_id_fkey FOREIGN KEY (claim_id) REFERENCES public.claims(id),
  constraint claim_shares_pkey PRIMARY KEY (claim_id)
);
CREATE TRIGGER claim_shares_append_only BEFORE DELETE OR UPDATE ON public.claim_shares FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
alter table public.claim_shares enable row level security;
create policy ops_reads on public.claim_shares as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.claim_shares to authenticated;
grant select on table public.claim_shares to service_role;
comment on table public.claim_shares is 'For each claim that a share limited: what its channel then had of the resource, with it, and the most that it could have. Other shares later change nothing of it.';

create table public.claims (
  id bigint generated always as identity not null,
  hold_id uuid not null,
  kind text not null,
  units integer not null,
  reverses bigint,
  reason text not null,
  node_id app.code,
  sku_id app.code,
  bucket_at timestamp with time zone,
  pickup_window_id uuid,
  carrier_id app.code,
  day date,
  shift_id uuid,
  at timestamp with time zone not null,
  lane_id app.code,
  constraint claims_carrier_id_node_id_day_fkey FOREIGN KEY (carrier_id, node_id, day) REFERENCES public.carrier_days(carrier_id, node_id, day),
  constraint claims_check CHECK (((reverses IS NULL) = (units > 0))),
  constraint claims_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint claims_kind_check CHECK ((kind = ANY (ARRAY['stock'::text, 'work'::text, 'pickup'::text, 'parcel'::text, 'lane'::text, 'weight'::text, 'volume'::text]))),
  constraint claims_lane_id_day_fkey FOREIGN KEY (lane_id, day) REFERENCES public.lane_runs(lane_id, day),
  constraint claims_name_their_resource CHECK (
CASE kind
    WHEN 'stock'::text THEN ((num_nonnulls(node_id, sku_id) = 2) AND (num_nonnulls(bucket_at, pickup_window_id, carrier_id, day, shift_id, lane_id) = 0))
    WHEN 'work'::text THEN ((num_nonnulls(node_id, bucket_at) = 2) AND (num_nonnulls(sku_id, pickup_window_id, carrier_id, day, shift_id, lane_id) = 0))
    WHEN 'pickup'::text THEN ((pickup_window_id IS NOT NULL) AND (num_nonnulls(node_id, sku_id, bucket_at, carrier_id, day, shift_id, lane_id) = 0))
    WHEN 'parcel'::text THEN ((num_nonnulls(carrier_id, node_id, day) = 3) AND (num_nonnulls(sku_id, bucket_at, pickup_window_id, shift_id, lane_id) = 0))
    WHEN 'lane'::text THEN ((num_nonnulls(lane_id, day) = 2) AND (num_nonnulls(node_id, sku_id, bucket_at, pickup_window_id, carrier_id, shift_id) = 0))
    ELSE ((shift_id IS NOT NULL) AND (num_nonnulls(node_id, sku_id, bucket_at, pickup_window_id, carrier_id, day, lane_id) = 0))
END),
  constraint claims_node_id_bucket_at_fkey FOREIGN KEY (node_id, bucket_at) REFERENCES public.work_buckets(node_id, starts_at),
  constraint claims_node_id_sku_id_fkey FOREIGN KEY (node_id, sku_id) REFERENCES public.inventory_levels(node_id, sku_id),
  constraint claims_pickup_window_id_fkey FOREIGN KEY (pickup_window_id) REFERENCES public.pickup_windows(id),
  constraint claims_pkey PRIMARY KEY (id),
  constraint claims_reason_check CHECK ((reason = ANY (ARRAY['held'::text, 'released'::text, 'expired'::text, 'rejected'::text, 'shipped'::text, 'moved'::text, 'repromised'::text]))),
  constraint claims_reverses_fkey FOREIGN KEY (reverses) REFERENCES public.claims(id),
  constraint claims_reverses_key UNIQUE (reverses),
  constraint claims_shift_id_fkey FOREIGN KEY (shift_id) REFERENCES public.shifts(id),
  constraint claims_units_check CHECK ((units <> 0))
);
CREATE INDEX claims_by_hold ON public.claims USING btree (hold_id);
CREATE INDEX claims_of_shift ON public.claims USING btree (shift_id) WHERE (shift_id IS NOT NULL);
CREATE TRIGGER claims_append_only BEFORE DELETE OR UPDATE ON public.claims FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
alter table public.claims enable row level security;
create policy node_reads on public.claims as permissive for select to authenticated using (((kind = 'parcel'::text) AND ((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes))));
create policy ops_reads on public.claims as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.claims to authenticated;
grant select on table public.claims to service_role;
comment on table public.claims is 'Append-only ledger: the sum of units over a resource is what its row says is claimed, at every commit.';

create table public.cut_offs (
  id bigint generated always as identity not null,
  region_id app.code not null,
  node_id app.code,
  service text not null,
  weekday smallint not null,
  order_by time without time zone,
  lead_days smallint default 0 not null,
  least_lead_min integer default 0 not null,
  constraint cut_offs_check CHECK (((order_by IS NOT NULL) OR ((least_lead_min > 0) AND (lead_days = 0)))),
  constraint cut_offs_lead_days_check CHECK (((lead_days >= 0) AND (lead_days <= 14))),
  constraint cut_offs_least_lead_min_check CHECK (((least_lead_min >= 0) AND (least_lead_min <= 20160))),
  constraint cut_offs_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint cut_offs_pkey PRIMARY KEY (id),
  constraint cut_offs_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint cut_offs_region_id_node_id_service_weekday_key UNIQUE NULLS NOT DISTINCT (region_id, node_id, service, weekday),
  constraint cut_offs_service_check CHECK ((service = ANY (ARRAY['delivery'::text, 'pickup'::text, 'parcel'::text]))),
  constraint cut_offs_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);
CREATE INDEX cut_offs_of_node ON public.cut_offs USING btree (node_id);
alter table public.cut_offs enable row level security;
create policy everyone_reads on public.cut_offs as permissive for select to anon, authenticated using (true);
grant select on table public.cut_offs to anon;
grant select on table public.cut_offs to authenticated;
grant select on table public.cut_offs to service_role;
comment on table public.cut_offs is 'Until when a window can be ordered: by a local time, and at the least so long before it starts; whichever is sooner.';

create table public.edge_snapshots (
  region_id app.code not null,
  version bigint not null,
  built_at timestamp with time zone not null,
  body json not null,
  constraint edge_snapshots_body_check CHECK ((json_typeof(body) = 'object'::text)),
  constraint edge_snapshots_pkey PRIMARY KEY (region_id),
  constraint edge_snapshots_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint edge_snapshots_version_check CHECK ((version > 0))
);
CREATE TRIGGER snapshots_are_told AFTER INSERT OR UPDATE ON public.edge_snapshots FOR EACH ROW EXECUTE FUNCTION app.tell_snapshot();
alter table public.edge_snapshots enable row level security;
create policy everyone_reads on public.edge_snapshots as permissive for select to anon, authenticated using (true);
grant select on table public.edge_snapshots to anon;
grant select on table public.edge_snapshots to authenticated;
grant select on table public.edge_snapshots to service_role;
comment on table public.edge_snapshots is 'What the edge knows of a region: small, conservative, public. Read through the Data API.';

create table public.events (
  id bigint generated always as identity not null,
  at timestamp with time zone not null,
  region_id app.code not null,
  actor uuid,
  kind text not null,
  hold_id uuid,
  order_id uuid,
  node_id app.code,
  shift_id uuid,
  data jsonb default '{}'::jsonb not null,
  constraint events_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint events_kind_check CHECK ((kind ~ '^[a-z]+(_[a-z]+)*$'::text)),
  constraint events_pkey PRIMARY KEY (id)
);
CREATE INDEX events_by_hold ON public.events USING btree (hold_id, id) WHERE (hold_id IS NOT NULL);
CREATE INDEX events_by_order ON public.events USING btree (order_id, id) WHERE (order_id IS NOT NULL);
CREATE INDEX events_of_sourcing_rules ON public.events USING btree (region_id, id) WHERE (kind = 'sourcing_rules_set'::text);
CREATE TRIGGER events_append_only BEFORE DELETE OR UPDATE ON public.events FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER events_are_told AFTER INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION app.tell_event();
alter table public.events enable row level security;
create policy node_reads on public.events as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.events as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.events to authenticated;
grant select on table public.events to service_role;
comment on table public.events is 'Append-only record of who did what, when.';

create table public.exceptions (
  id uuid default gen_random_uuid() not null,
  region_id app.code not null,
  kind text not null,
  order_id uuid,
  hold_id uuid,
  shift_id uuid,
  node_id app.code,
  data jsonb default '{}'::jsonb not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolution text,
  resolved_by uuid,
  sku_id app.code,
  constraint exceptions_check CHECK (((resolved_at IS NULL) = (resolution IS NULL))),
  constraint exceptions_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
  constraint exceptions_have_a_subject CHECK (
CASE kind
    WHEN 'stock_short'::text THEN (num_nonnulls(node_id, sku_id) = 2)
    ELSE (num_nonnulls(order_id, hold_id, shift_id) >= 1)
END),
  constraint exceptions_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint exceptions_kind_check CHECK ((kind = ANY (ARRAY['hold_unplannable'::text, 'order_rejected'::text, 'van_late'::text, 'stock_short'::text, 'transfer_late'::text, 'order_parked'::text]))),
  constraint exceptions_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint exceptions_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint exceptions_pkey PRIMARY KEY (id),
  constraint exceptions_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint exceptions_resolution_check CHECK ((resolution = ANY (ARRAY['automatic'::text, 'by_hand'::text, 'passed'::text]))),
  constraint exceptions_shift_id_fkey FOREIGN KEY (shift_id) REFERENCES public.shifts(id),
  constraint exceptions_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES public.skus(id)
);
CREATE INDEX exceptions_by_region ON public.exceptions USING btree (region_id, opened_at DESC);
CREATE UNIQUE INDEX exceptions_one_open_per_level ON public.exceptions USING btree (node_id, sku_id) WHERE ((kind = 'stock_short'::text) AND (resolved_at IS NULL));
CREATE UNIQUE INDEX exceptions_one_open_per_subject ON public.exceptions USING btree (kind, COALESCE(hold_id, order_id, shift_id)) WHERE (resolved_at IS NULL);
alter table public.exceptions enable row level security;
create policy ops_reads on public.exceptions as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.exceptions to authenticated;
grant select on table public.exceptions to service_role;

create table public.fulfilments (
  id uuid default gen_random_uuid() not null,
  order_id uuid not null,
  hold_id uuid not null,
  node_id app.code not null,
  state text not null,
  pick_by timestamp with time zone not null,
  ready_at timestamp with time zone,
  handed_over_at timestamp with time zone,
  reject_reason text,
  created_at timestamp with time zone not null,
  replaced_by uuid,
  received_at timestamp with time zone,
  constraint fulfilments_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint fulfilments_hold_id_key UNIQUE (hold_id),
  constraint fulfilments_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint fulfilments_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint fulfilments_pkey PRIMARY KEY (id),
  constraint fulfilments_reject_reason_check CHECK ((reject_reason = ANY (ARRAY['out_of_stock'::text, 'damaged'::text, 'no_capacity'::text, 'lost'::text, 'other'::text]))),
  constraint fulfilments_replaced_by_fkey FOREIGN KEY (replaced_by) REFERENCES public.holds(id),
  constraint fulfilments_state_check CHECK ((state = ANY (ARRAY['to_pick'::text, 'ready'::text, 'handed_over'::text, 'received'::text, 'delivered'::text, 'failed'::text, 'rejected'::text, 'repromised'::text]))),
  constraint fulfilments_were_handed_over CHECK ((((state <> ALL (ARRAY['handed_over'::text, 'received'::text, 'delivered'::text])) AND ((state <> 'failed'::text) OR (reject_reason IS NOT NULL))) OR (handed_over_at IS NOT NULL))),
  constraint fulfilments_were_ready CHECK ((((state <> ALL (ARRAY['ready'::text, 'handed_over'::text, 'received'::text, 'delivered'::text])) AND ((state <> 'failed'::text) OR (reject_reason IS NOT NULL))) OR (ready_at IS NOT NULL))),
  constraint fulfilments_were_received CHECK (((state <> 'received'::text) OR (received_at IS NOT NULL))),
  constraint only_what_is_over_is_replaced CHECK (((replaced_by IS NULL) OR (state = ANY (ARRAY['rejected'::text, 'repromised'::text])))),
  constraint what_is_rejected_has_its_reason CHECK (
CASE
    WHEN (state = 'rejected'::text) THEN (reject_reason IS NOT NULL)
    ELSE ((reject_reason IS NULL) OR (state = 'failed'::text))
END),
  constraint what_is_repromised_is_replaced CHECK (((state <> 'repromised'::text) OR (replaced_by IS NOT NULL)))
);
CREATE INDEX fulfilments_by_order ON public.fulfilments USING btree (order_id);
CREATE INDEX fulfilments_by_taker ON public.fulfilments USING btree (replaced_by) WHERE (replaced_by IS NOT NULL);
CREATE INDEX fulfilments_to_work_on ON public.fulfilments USING btree (node_id, pick_by) WHERE (state = ANY (ARRAY['to_pick'::text, 'ready'::text]));
alter table public.fulfilments enable row level security;
create policy driver_reads on public.fulfilments as permissive for select to authenticated using ((hold_id IN ( SELECT app.my_holds() AS my_holds)));
create policy node_reads on public.fulfilments as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.fulfilments as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.fulfilments to authenticated;
grant select on table public.fulfilments to service_role;
comment on table public.fulfilments is 'The part of an order that one node serves; a rejected one stays as the record of why others took over.';

create table public.hold_limits (
  region_id app.code not null,
  per_checkout integer not null,
  per_address integer not null,
  per_network integer not null,
  unconfirmed_percent integer not null,
  constraint hold_limits_per_address_check CHECK (((per_address >= 1) AND (per_address <= 1000))),
  constraint hold_limits_per_checkout_check CHECK (((per_checkout >= 1) AND (per_checkout <= 100))),
  constraint hold_limits_per_network_check CHECK (((per_network >= 1) AND (per_network <= 100000))),
  constraint hold_limits_pkey PRIMARY KEY (region_id),
  constraint hold_limits_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint hold_limits_unconfirmed_percent_check CHECK (((unconfirmed_percent >= 1) AND (unconfirmed_percent <= 100)))
);
alter table public.hold_limits enable row level security;
create policy ops_reads on public.hold_limits as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.hold_limits to authenticated;
grant select on table public.hold_limits to service_role;
comment on table public.hold_limits is 'How much may be held and not confirmed, so that nobody keeps windows from others that they do not buy.';

create table public.hold_lines (
  hold_id uuid not null,
  sku_id app.code not null,
  units integer not null,
  price_cents integer not null,
  constraint hold_lines_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint hold_lines_pkey PRIMARY KEY (hold_id, sku_id),
  constraint hold_lines_price_cents_check CHECK ((price_cents >= 0)),
  constraint hold_lines_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES public.skus(id),
  constraint hold_lines_units_check CHECK (((units >= 1) AND (units <= 9999)))
);
alter table public.hold_lines enable row level security;
create policy ops_reads on public.hold_lines as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_holds on public.hold_lines as permissive for select to authenticated using ((hold_id IN ( SELECT app.my_holds() AS my_holds)));
grant select on table public.hold_lines to authenticated;
grant select on table public.hold_lines to service_role;

create table public.holds (
  id uuid not null,
  region_id app.code not null,
  node_id app.code not null,
  service text not null,
  state text not null,
  fingerprint text not null,
  window_starts_at timestamp with time zone not null,
  window_ends_at timestamp with time zone not null,
  price_cents integer not null,
  lng double precision not null,
  lat double precision not null,
  address text not null,
  service_sec integer not null,
  weight_g integer not null,
  volume_ml integer not null,
  pick_sec integer not null,
  pick_by timestamp with time zone not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  settled_at timestamp with time zone,
  lead_id uuid not null,
  extended_by uuid,
  checkout_id uuid,
  address_key text,
  network_key text,
  visit_starts_at timestamp with time zone not null,
  visit_ends_at timestamp with time zone not null,
  floor smallint,
  has_lift boolean,
  climb_sec integer default 0 not null,
  pickup_node_id app.code,
  lane_id app.code,
  lane_day date,
  channel_id app.code default 'SHOP'::text not null,
  constraint a_visit_is_in_its_window CHECK (((visit_starts_at >= window_starts_at) AND (visit_ends_at <= window_ends_at) AND (visit_starts_at < visit_ends_at))),
  constraint holds_address_check CHECK (((length(address) >= 1) AND (length(address) <= 200))),
  constraint holds_address_key_check CHECK (((length(address_key) >= 16) AND (length(address_key) <= 128))),
  constraint holds_are_brought_where_they_are_collected CHECK ((((lane_id IS NULL) = (lane_day IS NULL)) AND ((lane_id IS NOT NULL) = ((service = 'pickup'::text) AND ((pickup_node_id)::text <> (node_id)::text))))),
  constraint holds_are_collected_somewhere CHECK (((service = 'pickup'::text) = (pickup_node_id IS NOT NULL))),
  constraint holds_check CHECK ((window_ends_at > window_starts_at)),
  constraint holds_check1 CHECK ((pick_by < window_ends_at)),
  constraint holds_check2 CHECK ((expires_at > created_at)),
  constraint holds_check3 CHECK (((state = 'held'::text) = (settled_at IS NULL))),
  constraint holds_climb_sec_check CHECK (((climb_sec >= 0) AND (climb_sec <= 7200))),
  constraint holds_fingerprint_check CHECK (((length(fingerprint) >= 16) AND (length(fingerprint) <= 128))),
  constraint holds_floor_check CHECK (((floor >= 0) AND (floor <= 60))),
  constraint holds_forget_the_network CHECK (((state = 'held'::text) OR (network_key IS NULL))),
  constraint holds_lane_id_lane_day_fkey FOREIGN KEY (lane_id, lane_day) REFERENCES public.lane_runs(lane_id, day),
  constraint holds_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint holds_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES public.holds(id),
  constraint holds_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint holds_network_key_check CHECK (((length(network_key) >= 16) AND (length(network_key) <= 128))),
  constraint holds_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint holds_pick_sec_check CHECK ((pick_sec >= 0)),
  constraint holds_pickup_node_id_fkey FOREIGN KEY (pickup_node_id) REFERENCES public.nodes(id),
  constraint holds_pkey PRIMARY KEY (id),
  constraint holds_price_cents_check CHECK ((price_cents >= 0)),
  constraint holds_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint holds_service_check CHECK ((service = ANY (ARRAY['delivery'::text, 'parcel'::text, 'pickup'::text]))),
  constraint holds_service_sec_check CHECK (((service_sec >= 0) AND (service_sec <= 7200))),
  constraint holds_state_check CHECK ((state = ANY (ARRAY['held'::text, 'confirmed'::text, 'fulfilled'::text, 'released'::text, 'expired'::text]))),
  constraint holds_volume_ml_check CHECK ((volume_ml > 0)),
  constraint holds_weight_g_check CHECK ((weight_g > 0))
);
CREATE INDEX holds_brought_to ON public.holds USING btree (pickup_node_id) WHERE (lane_id IS NOT NULL);
CREATE INDEX holds_by_lead ON public.holds USING btree (lead_id);
CREATE INDEX holds_due ON public.holds USING btree (expires_at) WHERE (state = 'held'::text);
CREATE INDEX holds_of_address ON public.holds USING btree (address_key) WHERE ((settled_at IS NULL) AND (address_key IS NOT NULL));
CREATE INDEX holds_of_checkout ON public.holds USING btree (checkout_id) WHERE ((settled_at IS NULL) AND (checkout_id IS NOT NULL));
CREATE INDEX holds_of_network ON public.holds USING btree (network_key) WHERE ((settled_at IS NULL) AND (network_key IS NOT NULL));
CREATE INDEX holds_of_run ON public.holds USING btree (lane_id, lane_day) WHERE (lane_id IS NOT NULL);
CREATE INDEX holds_on_their_way ON public.holds USING btree (lane_id, lane_day) WHERE ((state = 'confirmed'::text) AND (lane_id IS NOT NULL));
CREATE INDEX holds_undecided ON public.holds USING btree (node_id, service) WHERE ((settled_at IS NULL) AND (service <> 'delivery'::text));
CREATE INDEX holds_undecided_pickups ON public.holds USING btree (pickup_node_id, window_starts_at) WHERE ((settled_at IS NULL) AND (pickup_node_id IS NOT NULL));
CREATE TRIGGER holds_forget_the_network BEFORE UPDATE OF state ON public.holds FOR EACH ROW WHEN (((new.state <> 'held'::text) AND (new.network_key IS NOT NULL))) EXECUTE FUNCTION app.forget_network();
CREATE TRIGGER holds_pass_their_exceptions AFTER UPDATE OF state ON public.holds FOR EACH ROW WHEN (((old.state IS DISTINCT FROM new.state) AND (new.state = ANY (ARRAY['released'::text, 'expired'::text, 'fulfilled'::text])))) EXECUTE FUNCTION app.pass_exceptions_of_hold();
alter table public.holds enable row level security;
create policy ops_reads on public.holds as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_holds on public.holds as permissive for select to authenticated using ((id IN ( SELECT app.my_holds() AS my_holds)));
grant select on table public.holds to authenticated;
grant select on table public.holds to service_role;
comment on table public.holds is 'What one node does for a cart, with its claims. The rows of one lead are one hold: held until it is confirmed, released or expired.';

create table public.inventory_levels (
  node_id app.code not null,
  sku_id app.code not null,
  on_hand integer not null,
  reserved integer default 0 not null,
  safety integer default 0 not null,
  shortage integer default 0 not null,
  confirmed_at timestamp with time zone default app.now(),
  confirmed_by app.code default 'OPENING'::text,
  constraint inventory_levels_check CHECK ((reserved <= on_hand)),
  constraint inventory_levels_check1 CHECK (((confirmed_at IS NULL) = (confirmed_by IS NULL))),
  constraint inventory_levels_check2 CHECK (((shortage = 0) OR (on_hand = reserved))),
  constraint inventory_levels_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint inventory_levels_on_hand_check CHECK ((on_hand >= 0)),
  constraint inventory_levels_pkey PRIMARY KEY (node_id, sku_id),
  constraint inventory_levels_reserved_check CHECK ((reserved >= 0)),
  constraint inventory_levels_safety_check CHECK ((safety >= 0)),
  constraint inventory_levels_shortage_check CHECK ((shortage >= 0)),
  constraint inventory_levels_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES public.skus(id)
);
CREATE INDEX inventory_levels_by_sku ON public.inventory_levels USING btree (sku_id, node_id COLLATE "C");
CREATE TRIGGER levels_settle_their_shortage BEFORE UPDATE ON public.inventory_levels FOR EACH ROW WHEN (((new.on_hand < new.reserved) OR (new.shortage > 0))) EXECUTE FUNCTION app.settle_shortage();
CREATE TRIGGER levels_tell_their_shortage AFTER UPDATE ON public.inventory_levels FOR EACH ROW WHEN (((old.shortage = 0) <> (new.shortage = 0))) EXECUTE FUNCTION app.tell_shortage();
alter table public.inventory_levels enable row level security;
create policy node_reads on public.inventory_levels as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.inventory_levels as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.inventory_levels to authenticated;
grant select on table public.inventory_levels to service_role;
comment on table public.inventory_levels is 'What can be promised of it is in app.available_stock.';

create table public.lane_runs (
  lane_id app.code not null,
  day date not null,
  leaves_at timestamp with time zone not null,
  arrives_at timestamp with time zone not null,
  ready_at timestamp with time zone not null,
  limit_orders integer not null,
  claimed_orders integer default 0 not null,
  usual_orders integer,
  changed_by xid8 default pg_current_xact_id() not null,
  revision integer default 1 not null,
  claimed_by jsonb default '{}'::jsonb not null,
  constraint closed_lane_runs_offer_nothing CHECK (((usual_orders IS NULL) OR (limit_orders = claimed_orders))),
  constraint lane_runs_check CHECK ((claimed_orders <= limit_orders)),
  constraint lane_runs_check1 CHECK (((leaves_at < arrives_at) AND (arrives_at <= ready_at))),
  constraint lane_runs_claimed_orders_check CHECK ((claimed_orders >= 0)),
  constraint lane_runs_lane_id_fkey FOREIGN KEY (lane_id) REFERENCES public.lanes(id),
  constraint lane_runs_limit_orders_check CHECK ((limit_orders >= 0)),
  constraint lane_runs_pkey PRIMARY KEY (lane_id, day),
  constraint lane_runs_usual_orders_check CHECK ((usual_orders >= 0))
);
CREATE INDEX lane_runs_changed ON public.lane_runs USING btree (changed_by);
CREATE TRIGGER date_run BEFORE INSERT OR UPDATE OF day ON public.lane_runs FOR EACH ROW EXECUTE FUNCTION app.date_lane_run();
CREATE TRIGGER keep_closed BEFORE INSERT OR UPDATE ON public.lane_runs FOR EACH ROW WHEN ((new.usual_orders IS NOT NULL)) EXECUTE FUNCTION app.keep_lane_run_closed();
CREATE TRIGGER note_change BEFORE UPDATE ON public.lane_runs FOR EACH ROW EXECUTE FUNCTION app.note_change();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.lane_runs FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_delete();
alter table public.lane_runs enable row level security;
create policy node_reads on public.lane_runs as permissive for select to authenticated using (((lane_id)::text IN ( SELECT l.id
   FROM public.lanes l)));
create policy ops_reads on public.lane_runs as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.lane_runs to authenticated;
grant select on table public.lane_runs to service_role;
comment on table public.lane_runs is 'A lane on one day: when it leaves, when what it brings can be collected, and how many orders it takes.';

create table public.lanes (
  id app.code not null,
  from_node_id app.code not null,
  to_node_id app.code not null,
  works_on text default '1234567'::text not null,
  departs time without time zone not null,
  arrives time without time zone not null,
  arrives_after_days smallint default 0 not null,
  handling_min smallint default 30 not null,
  base_cents integer not null,
  kg_cents integer not null,
  limit_orders integer not null,
  carries_chilled boolean default false not null,
  carries_frozen boolean default false not null,
  is_active boolean default true not null,
  constraint lanes_arrives_after_days_check CHECK (((arrives_after_days >= 0) AND (arrives_after_days <= 7))),
  constraint lanes_base_cents_check CHECK (((base_cents >= 0) AND (base_cents <= 10000000))),
  constraint lanes_check CHECK (((from_node_id)::text <> (to_node_id)::text)),
  constraint lanes_from_node_id_fkey FOREIGN KEY (from_node_id) REFERENCES public.nodes(id),
  constraint lanes_handling_min_check CHECK (((handling_min >= 0) AND (handling_min <= 1440))),
  constraint lanes_kg_cents_check CHECK (((kg_cents >= 0) AND (kg_cents <= 10000000))),
  constraint lanes_limit_orders_check CHECK (((limit_orders >= 0) AND (limit_orders <= 100000))),
  constraint lanes_pkey PRIMARY KEY (id),
  constraint lanes_to_node_id_fkey FOREIGN KEY (to_node_id) REFERENCES public.nodes(id),
  constraint lanes_works_on_check CHECK (((works_on ~ '^1?2?3?4?5?6?7?$'::text) AND (works_on <> ''::text)))
);
CREATE INDEX lanes_from_node ON public.lanes USING btree (from_node_id);
CREATE INDEX lanes_to_node ON public.lanes USING btree (to_node_id);
CREATE TRIGGER renew_runs AFTER UPDATE ON public.lanes FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION app.renew_lane_runs();
alter table public.lanes enable row level security;
create policy node_reads on public.lanes as permissive for select to authenticated using ((((from_node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)) OR ((to_node_id)::text IN ( SELECT app.my_nodes() AS my_nodes))));
create policy ops_reads on public.lanes as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.lanes to authenticated;
grant select on table public.lanes to service_role;
comment on table public.lanes is 'What goes from one node to another by a timetable: days, times, handling at the receiving node, cost of an order, orders a run.';

create table public.node_hours (
  node_id app.code not null,
  weekday smallint not null,
  opens time without time zone not null,
  closes time without time zone not null,
  work_sec integer not null,
  constraint node_hours_check CHECK ((closes > opens)),
  constraint node_hours_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint node_hours_pkey PRIMARY KEY (node_id, weekday),
  constraint node_hours_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7))),
  constraint node_hours_work_sec_check CHECK (((work_sec >= 0) AND (work_sec <= 3600000)))
);
alter table public.node_hours enable row level security;
create policy everyone_reads on public.node_hours as permissive for select to anon, authenticated using (true);
grant select on table public.node_hours to anon;
grant select on table public.node_hours to authenticated;
grant select on table public.node_hours to service_role;
comment on table public.node_hours is 'Opening hours by ISO weekday (1 = Monday) in the region''s zone, with the picking work of an hour.';

create table public.nodes (
  id app.code not null,
  region_id app.code not null,
  kind text not null,
  name text not null,
  address text not null,
  lng double precision not null,
  lat double precision not null,
  offers_pickup boolean not null,
  pick_setup_sec integer not null,
  pick_line_sec integer not null,
  pick_unit_sec integer not null,
  handover_sec integer default 900 not null,
  handling_cents integer default 0 not null,
  paused_at timestamp with time zone,
  pick_hour_cents integer default 1800 not null,
  time_zone text,
  changed_by xid8 default pg_current_xact_id() not null,
  revision integer default 1 not null,
  constraint nodes_address_check CHECK (((length(address) >= 1) AND (length(address) <= 200))),
  constraint nodes_handling_cents_check CHECK (((handling_cents >= 0) AND (handling_cents <= 1000000))),
  constraint nodes_handover_sec_check CHECK (((handover_sec >= 0) AND (handover_sec <= 14400))),
  constraint nodes_kind_check CHECK ((kind = ANY (ARRAY['store'::text, 'distribution_centre'::text, 'micro_fulfilment'::text, 'partner'::text]))),
  constraint nodes_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint nodes_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint nodes_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint nodes_pick_hour_cents_check CHECK (((pick_hour_cents >= 0) AND (pick_hour_cents <= 1000000))),
  constraint nodes_pick_line_sec_check CHECK (((pick_line_sec >= 0) AND (pick_line_sec <= 3600))),
  constraint nodes_pick_setup_sec_check CHECK (((pick_setup_sec >= 0) AND (pick_setup_sec <= 3600))),
  constraint nodes_pick_unit_sec_check CHECK (((pick_unit_sec >= 0) AND (pick_unit_sec <= 3600))),
  constraint nodes_pkey PRIMARY KEY (id),
  constraint nodes_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint nodes_time_zone_check CHECK (((length(time_zone) >= 1) AND (length(time_zone) <= 60)))
);
CREATE INDEX nodes_by_region ON public.nodes USING btree (region_id);
CREATE TRIGGER note_change BEFORE UPDATE ON public.nodes FOR EACH ROW EXECUTE FUNCTION app.note_change();
alter table public.nodes enable row level security;
create policy everyone_reads on public.nodes as permissive for select to anon, authenticated using (true);
grant select on table public.nodes to anon;
grant select on table public.nodes to authenticated;
grant select on table public.nodes to service_role;
comment on table public.nodes is 'A place that holds stock and serves orders: store, distribution centre, micro-fulfilment node, partner.';

create table public.order_lines (
  order_id uuid not null,
  sku_id app.code not null,
  units integer not null,
  price_cents integer not null,
  constraint order_lines_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint order_lines_pkey PRIMARY KEY (order_id, sku_id),
  constraint order_lines_price_cents_check CHECK ((price_cents >= 0)),
  constraint order_lines_sku_id_fkey FOREIGN KEY (sku_id) REFERENCES public.skus(id),
  constraint order_lines_units_check CHECK (((units >= 1) AND (units <= 9999)))
);
alter table public.order_lines enable row level security;
create policy ops_reads on public.order_lines as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_orders on public.order_lines as permissive for select to authenticated using ((order_id IN ( SELECT app.my_orders() AS my_orders)));
grant select on table public.order_lines to authenticated;
grant select on table public.order_lines to service_role;

create table public.orders (
  id uuid not null,
  region_id app.code not null,
  number integer default nextval('public.order_numbers'::regclass) not null,
  token text not null,
  service text not null,
  state text not null,
  customer_name text not null,
  customer_phone text not null,
  customer_note text default ''::text not null,
  address text not null,
  lng double precision not null,
  lat double precision not null,
  promise_starts_at timestamp with time zone not null,
  promise_ends_at timestamp with time zone not null,
  price_cents integer not null,
  goods_cents integer not null,
  confirmed_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  agreed_starts_at timestamp with time zone not null,
  agreed_ends_at timestamp with time zone not null,
  agreed_price_cents integer not null,
  repromises smallint default 0 not null,
  channel_id app.code default 'SHOP'::text not null,
  priority_class smallint default 3 not null,
  constraint an_agreed_window_ends CHECK ((agreed_ends_at > agreed_starts_at)),
  constraint orders_address_check CHECK (((length(address) >= 1) AND (length(address) <= 200))),
  constraint orders_agreed_price_cents_check CHECK ((agreed_price_cents >= 0)),
  constraint orders_check CHECK (((state = ANY (ARRAY['delivered'::text, 'failed'::text])) = (finished_at IS NOT NULL))),
  constraint orders_customer_name_check CHECK (((length(customer_name) >= 1) AND (length(customer_name) <= 80))),
  constraint orders_customer_note_check CHECK ((length(customer_note) <= 280)),
  constraint orders_customer_phone_check CHECK (((length(customer_phone) >= 3) AND (length(customer_phone) <= 32))),
  constraint orders_goods_cents_check CHECK ((goods_cents >= 0)),
  constraint orders_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint orders_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint orders_number_key UNIQUE (number),
  constraint orders_pkey PRIMARY KEY (id),
  constraint orders_price_cents_check CHECK ((price_cents >= 0)),
  constraint orders_priority_class_check CHECK (((priority_class >= 1) AND (priority_class <= 5))),
  constraint orders_region_id_channel_id_fkey FOREIGN KEY (region_id, channel_id) REFERENCES public.channels(region_id, id),
  constraint orders_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint orders_repromises_check CHECK ((repromises >= 0)),
  constraint orders_service_check CHECK ((service = ANY (ARRAY['delivery'::text, 'parcel'::text, 'pickup'::text]))),
  constraint orders_state_check CHECK ((state = ANY (ARRAY['confirmed'::text, 'ready'::text, 'on_the_way'::text, 'arrived'::text, 'delivered'::text, 'failed'::text, 'unplaced'::text]))),
  constraint orders_token_check CHECK ((token ~ '^[0-9a-f]{32}$'::text)),
  constraint orders_token_key UNIQUE (token)
);
CREATE INDEX orders_by_agreed_window ON public.orders USING btree (region_id, agreed_starts_at);
CREATE INDEX orders_by_region ON public.orders USING btree (region_id, confirmed_at DESC);
CREATE TRIGGER orders_agree_on_their_promise BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION app.agree_on_promise();
CREATE TRIGGER orders_forget_the_gate_code AFTER UPDATE OF finished_at ON public.orders FOR EACH ROW WHEN ((new.finished_at IS NOT NULL)) EXECUTE FUNCTION app.forget_gate_code();
CREATE TRIGGER orders_keep_first_promise BEFORE UPDATE ON public.orders FOR EACH ROW EXECUTE FUNCTION app.keep_first_promise();
alter table public.orders enable row level security;
create policy ops_reads on public.orders as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_orders on public.orders as permissive for select to authenticated using ((id IN ( SELECT app.my_orders() AS my_orders)));
grant select on table public.orders to authenticated;
grant select on table public.orders to service_role;

create table public.parkings (
  id uuid not null,
  order_id uuid not null,
  reason text not null,
  note text default ''::text not null,
  release_by timestamp with time zone not null,
  parked_at timestamp with time zone not null,
  parked_by uuid not null,
  released_at timestamp with time zone,
  released_by uuid,
  constraint parkings_check CHECK (((reason <> 'other'::text) OR (note <> ''::text))),
  constraint parkings_check1 CHECK ((release_by > parked_at)),
  constraint parkings_check2 CHECK ((released_at >= parked_at)),
  constraint parkings_check3 CHECK (((released_at IS NULL) = (released_by IS NULL))),
  constraint parkings_note_check CHECK ((length(note) <= 280)),
  constraint parkings_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint parkings_pkey PRIMARY KEY (id),
  constraint parkings_reason_check CHECK ((reason = ANY (ARRAY['payment_check'::text, 'address_question'::text, 'shopper_asked'::text, 'other'::text])))
);
CREATE INDEX parkings_of_order ON public.parkings USING btree (order_id);
CREATE UNIQUE INDEX parkings_one_open_per_order ON public.parkings USING btree (order_id) WHERE (released_at IS NULL);
alter table public.parkings enable row level security;
create policy ops_reads on public.parkings as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_orders on public.parkings as permissive for select to authenticated using ((order_id IN ( SELECT app.my_orders() AS my_orders)));
grant select on table public.parkings to authenticated;
grant select on table public.parkings to service_role;
comment on table public.parkings is 'Each time an order was parked: why, by whom, until when it was to be released, and when it was.';

create table public.pickup_windows (
  id uuid default gen_random_uuid() not null,
  node_id app.code not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  price_cents integer not null,
  limit_orders integer not null,
  claimed_orders integer default 0 not null,
  changed_by xid8 default pg_current_xact_id() not null,
  revision integer default 1 not null,
  usual_orders integer,
  order_by_at timestamp with time zone,
  claimed_by jsonb default '{}'::jsonb not null,
  constraint closed_pickup_windows_offer_nothing CHECK (((usual_orders IS NULL) OR (limit_orders = claimed_orders))),
  constraint pickup_windows_check CHECK ((ends_at > starts_at)),
  constraint pickup_windows_check1 CHECK ((claimed_orders <= limit_orders)),
  constraint pickup_windows_claimed_orders_check CHECK ((claimed_orders >= 0)),
  constraint pickup_windows_limit_orders_check CHECK ((limit_orders >= 0)),
  constraint pickup_windows_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint pickup_windows_node_id_starts_at_ends_at_key UNIQUE (node_id, starts_at, ends_at),
  constraint pickup_windows_pkey PRIMARY KEY (id),
  constraint pickup_windows_price_cents_check CHECK ((price_cents >= 0)),
  constraint pickup_windows_usual_orders_check CHECK ((usual_orders >= 0))
);
CREATE INDEX pickup_windows_changed ON public.pickup_windows USING btree (changed_by);
CREATE TRIGGER keep_closed BEFORE INSERT OR UPDATE ON public.pickup_windows FOR EACH ROW WHEN ((new.usual_orders IS NOT NULL)) EXECUTE FUNCTION app.keep_pickup_window_closed();
CREATE TRIGGER note_change BEFORE UPDATE ON public.pickup_windows FOR EACH ROW EXECUTE FUNCTION app.note_change();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.pickup_windows FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_delete();
alter table public.pickup_windows enable row level security;
create policy node_reads on public.pickup_windows as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.pickup_windows as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.pickup_windows to authenticated;
grant select on table public.pickup_windows to service_role;

create table public.positions (
  shift_id uuid not null,
  lng double precision not null,
  lat double precision not null,
  at timestamp with time zone not null,
  constraint positions_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint positions_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint positions_pkey PRIMARY KEY (shift_id),
  constraint positions_shift_id_fkey FOREIGN KEY (shift_id) REFERENCES public.shifts(id) ON DELETE CASCADE
);
alter table public.positions enable row level security;
create policy driver_reads on public.positions as permissive for select to authenticated using ((shift_id IN ( SELECT app.my_shifts() AS my_shifts)));
create policy ops_reads on public.positions as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.positions to authenticated;
grant select on table public.positions to service_role;
comment on table public.positions is 'The last position a driver''s phone reported for a shift under way.';

create table public.regions (
  id app.code not null,
  name text not null,
  time_zone text not null,
  currency text not null,
  lng double precision not null,
  lat double precision not null,
  horizon_days integer default 8 not null,
  stairs_sec smallint default 20 not null,
  lift_sec smallint default 45 not null,
  constraint regions_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint regions_horizon_days_check CHECK (((horizon_days >= 1) AND (horizon_days <= 60))),
  constraint regions_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint regions_lift_sec_check CHECK (((lift_sec >= 0) AND (lift_sec <= 600))),
  constraint regions_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint regions_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint regions_pkey PRIMARY KEY (id),
  constraint regions_stairs_sec_check CHECK (((stairs_sec >= 0) AND (stairs_sec <= 600)))
);
CREATE TRIGGER regions_begin_with_a_channel AFTER INSERT ON public.regions FOR EACH ROW EXECUTE FUNCTION app.begin_channels();
CREATE TRIGGER regions_begin_with_a_rule AFTER INSERT ON public.regions FOR EACH ROW EXECUTE FUNCTION app.begin_stock_freshness();
CREATE TRIGGER regions_begin_with_limits AFTER INSERT ON public.regions FOR EACH ROW EXECUTE FUNCTION app.begin_hold_limits();
CREATE TRIGGER regions_begin_with_sourcing AFTER INSERT ON public.regions FOR EACH ROW EXECUTE FUNCTION app.begin_sourcing();
alter table public.regions enable row level security;
create policy everyone_reads on public.regions as permissive for select to anon, authenticated using (true);
grant select on table public.regions to anon;
grant select on table public.regions to authenticated;
grant select on table public.regions to service_role;
comment on table public.regions is 'The unit of partition: no decision spans two. Carries the time zone and the currency.';

create table public.repromises (
  order_id uuid not null,
  number smallint not null,
  hold_id uuid not null,
  actor text not null,
  actor_id uuid,
  reason text not null,
  note text default ''::text not null,
  old_starts_at timestamp with time zone not null,
  old_ends_at timestamp with time zone not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  old_price_cents integer not null,
  price_cents integer not null,
  at timestamp with time zone not null,
  constraint only_who_asks_pays_more CHECK (((reason = 'shopper_asked'::text) OR (price_cents <= old_price_cents))),
  constraint repromises_actor_check CHECK ((actor = ANY (ARRAY['shopper'::text, 'ops'::text, 'system'::text]))),
  constraint repromises_check CHECK (((old_ends_at > old_starts_at) AND (ends_at > starts_at))),
  constraint repromises_check1 CHECK (((actor = 'ops'::text) = (actor_id IS NOT NULL))),
  constraint repromises_check2 CHECK (((actor <> 'shopper'::text) OR (reason = 'shopper_asked'::text))),
  constraint repromises_check3 CHECK (((reason <> 'other'::text) OR (note <> ''::text))),
  constraint repromises_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint repromises_hold_id_key UNIQUE (hold_id),
  constraint repromises_note_check CHECK ((length(note) <= 280)),
  constraint repromises_number_check CHECK ((number > 0)),
  constraint repromises_old_price_cents_check CHECK ((old_price_cents >= 0)),
  constraint repromises_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id),
  constraint repromises_pkey PRIMARY KEY (order_id, number),
  constraint repromises_price_cents_check CHECK ((price_cents >= 0)),
  constraint repromises_reason_check CHECK ((reason = ANY (ARRAY['shopper_asked'::text, 'out_of_stock'::text, 'no_capacity'::text, 'no_van'::text, 'address_unclear'::text, 'other'::text])))
);
CREATE TRIGGER repromises_append_only BEFORE DELETE OR UPDATE ON public.repromises FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
alter table public.repromises enable row level security;
create policy ops_reads on public.repromises as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_orders on public.repromises as permissive for select to authenticated using ((order_id IN ( SELECT app.my_orders() AS my_orders)));
grant select on table public.repromises to authenticated;
grant select on table public.repromises to service_role;
comment on table public.repromises is 'Append-only: each time a confirmed order was promised anew, from which window to which, by whom and why.';

create table public.sample_addresses (
  region_id app.code not null,
  label text not null,
  lng double precision not null,
  lat double precision not null,
  constraint sample_addresses_label_check CHECK (((length(label) >= 1) AND (length(label) <= 200))),
  constraint sample_addresses_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint sample_addresses_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint sample_addresses_pkey PRIMARY KEY (region_id, label),
  constraint sample_addresses_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE
);
alter table public.sample_addresses enable row level security;
create policy everyone_reads on public.sample_addresses as permissive for select to anon, authenticated using (true);
grant select on table public.sample_addresses to anon;
grant select on table public.sample_addresses to authenticated;
grant select on table public.sample_addresses to service_role;
comment on table public.sample_addresses is 'A region''s sample addresses: streets of its map with a house number, open to everybody.';

create table public.service_areas (
  node_id app.code not null,
  most_drive_sec integer,
  area jsonb,
  revision bigint default nextval('public.service_area_revisions'::regclass) not null,
  constraint service_areas_area_check CHECK ((((area ->> 'type'::text) = ANY (ARRAY['Polygon'::text, 'MultiPolygon'::text])) AND (jsonb_typeof((area -> 'coordinates'::text)) = 'array'::text) AND (pg_column_size(area) < 1000000))),
  constraint service_areas_check CHECK ((num_nonnulls(most_drive_sec, area) > 0)),
  constraint service_areas_most_drive_sec_check CHECK (((most_drive_sec >= 60) AND (most_drive_sec <= 36000))),
  constraint service_areas_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint service_areas_pkey PRIMARY KEY (node_id)
);
alter table public.service_areas enable row level security;
create policy staff_read on public.service_areas as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) IS NOT NULL));
grant select on table public.service_areas to authenticated;
grant select on table public.service_areas to service_role;
comment on table public.service_areas is 'To which doors the vans of a node go: all that can be reached in so long, of those that lie in the area. Without a row to every door.';

create table public.shift_rules (
  vehicle_id app.code not null,
  weekday smallint not null,
  starts time without time zone not null,
  ends time without time zone not null,
  driver_id uuid,
  constraint shift_rules_check CHECK ((ends > starts)),
  constraint shift_rules_driver_id_fkey FOREIGN KEY (driver_id) REFERENCES public.staff(user_id) ON DELETE SET NULL,
  constraint shift_rules_pkey PRIMARY KEY (vehicle_id, weekday, starts),
  constraint shift_rules_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicles(id) ON DELETE CASCADE,
  constraint shift_rules_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);
alter table public.shift_rules enable row level security;
create policy ops_reads on public.shift_rules as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.shift_rules to authenticated;
grant select on table public.shift_rules to service_role;
comment on table public.shift_rules is 'The weekly roster: from it the shifts of the coming days are opened.';

create table public.shifts (
  id uuid default gen_random_uuid() not null,
  region_id app.code not null,
  vehicle_id app.code not null,
  node_id app.code not null,
  driver_id uuid,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  state text default 'planned'::text not null,
  plan_version integer default 0 not null,
  limit_weight_g integer not null,
  claimed_weight_g integer default 0 not null,
  limit_volume_ml integer not null,
  claimed_volume_ml integer default 0 not null,
  return_leg_sec integer default 0 not null,
  return_leg_m integer default 0 not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  changed_by xid8 default pg_current_xact_id() not null,
  revision integer default 1 not null,
  closed boolean default false not null,
  constraint shifts_check CHECK ((ends_at > starts_at)),
  constraint shifts_check1 CHECK ((claimed_weight_g <= limit_weight_g)),
  constraint shifts_check2 CHECK ((claimed_volume_ml <= limit_volume_ml)),
  constraint shifts_check3 CHECK (((state = ANY (ARRAY['under_way'::text, 'done'::text])) = (started_at IS NOT NULL))),
  constraint shifts_check4 CHECK (((state = 'done'::text) = (finished_at IS NOT NULL))),
  constraint shifts_claimed_volume_ml_check CHECK ((claimed_volume_ml >= 0)),
  constraint shifts_claimed_weight_g_check CHECK ((claimed_weight_g >= 0)),
  constraint shifts_driver_id_fkey FOREIGN KEY (driver_id) REFERENCES public.staff(user_id) ON DELETE SET NULL,
  constraint shifts_limit_volume_ml_check CHECK ((limit_volume_ml > 0)),
  constraint shifts_limit_weight_g_check CHECK ((limit_weight_g > 0)),
  constraint shifts_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint shifts_of_a_vehicle_do_not_overlap EXCLUDE USING gist (vehicle_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE ((state <> 'cancelled'::text)),
  constraint shifts_pkey PRIMARY KEY (id),
  constraint shifts_plan_version_check CHECK ((plan_version >= 0)),
  constraint shifts_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint shifts_return_leg_m_check CHECK ((return_leg_m >= 0)),
  constraint shifts_return_leg_sec_check CHECK ((return_leg_sec >= 0)),
  constraint shifts_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'under_way'::text, 'done'::text, 'cancelled'::text]))),
  constraint shifts_vehicle_id_fkey FOREIGN KEY (vehicle_id) REFERENCES public.vehicles(id),
  constraint shifts_vehicle_id_starts_at_key UNIQUE (vehicle_id, starts_at)
);
CREATE INDEX shifts_by_driver ON public.shifts USING btree (driver_id, starts_at);
CREATE INDEX shifts_by_node ON public.shifts USING btree (node_id, starts_at);
CREATE INDEX shifts_changed ON public.shifts USING btree (changed_by);
CREATE INDEX shifts_open ON public.shifts USING btree (region_id, starts_at) WHERE (state = ANY (ARRAY['planned'::text, 'under_way'::text]));
CREATE TRIGGER note_change BEFORE UPDATE ON public.shifts FOR EACH ROW EXECUTE FUNCTION app.note_change();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.shifts FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_delete();
CREATE TRIGGER shifts_age_with_their_limits BEFORE UPDATE OF limit_weight_g, limit_volume_ml, starts_at, ends_at ON public.shifts FOR EACH ROW WHEN ((((((old.limit_weight_g IS DISTINCT FROM new.limit_weight_g) OR (old.limit_volume_ml IS DISTINCT FROM new.limit_volume_ml)) OR (old.starts_at IS DISTINCT FROM new.starts_at)) OR (old.ends_at IS DISTINCT FROM new.ends_at)) AND (old.plan_version = new.plan_version))) EXECUTE FUNCTION app.age_plan();
alter table public.shifts enable row level security;
create policy driver_reads on public.shifts as permissive for select to authenticated using ((driver_id = ( SELECT auth.uid() AS uid)));
create policy node_reads on public.shifts as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.shifts as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.shifts to authenticated;
grant select on table public.shifts to service_role;
comment on table public.shifts is 'A vehicle and a driver for a stretch of time; its stops are its route. It departs at starts_at with everything on board.';

create table public.skus (
  id app.code not null,
  name text not null,
  category text not null,
  price_cents integer not null,
  weight_g integer not null,
  volume_ml integer not null,
  temperature text not null,
  kept_with app.code,
  constraint skus_category_check CHECK (((length(category) >= 1) AND (length(category) <= 60))),
  constraint skus_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
  constraint skus_pkey PRIMARY KEY (id),
  constraint skus_price_cents_check CHECK (((price_cents >= 0) AND (price_cents <= 10000000))),
  constraint skus_temperature_check CHECK ((temperature = ANY (ARRAY['ambient'::text, 'chilled'::text, 'frozen'::text]))),
  constraint skus_volume_ml_check CHECK (((volume_ml >= 1) AND (volume_ml <= 10000000))),
  constraint skus_weight_g_check CHECK (((weight_g >= 1) AND (weight_g <= 1000000)))
);
CREATE INDEX skus_by_category ON public.skus USING btree (category, name);
alter table public.skus enable row level security;
create policy everyone_reads on public.skus as permissive for select to anon, authenticated using (true);
grant select on table public.skus to anon;
grant select on table public.skus to authenticated;
grant select on table public.skus to service_role;

create table public.sourcing_rules (
  region_id app.code not null,
  most_nodes smallint default 2 not null,
  least_part_cents integer default 0 not null,
  split_cents integer default 500 not null,
  busy_percent smallint default 80 not null,
  busy_hour_cents integer default 3600 not null,
  handling_weight_percent smallint default 100 not null,
  picking_weight_percent smallint default 100 not null,
  busy_weight_percent smallint default 100 not null,
  route_weight_percent smallint default 100 not null,
  carrier_weight_percent smallint default 100 not null,
  split_weight_percent smallint default 100 not null,
  transfer_weight_percent smallint default 100 not null,
  constraint sourcing_rules_busy_hour_cents_check CHECK (((busy_hour_cents >= 0) AND (busy_hour_cents <= 1000000))),
  constraint sourcing_rules_busy_percent_check CHECK (((busy_percent >= 0) AND (busy_percent <= 100))),
  constraint sourcing_rules_busy_weight_percent_check CHECK (((busy_weight_percent >= 1) AND (busy_weight_percent <= 1000))),
  constraint sourcing_rules_carrier_weight_percent_check CHECK (((carrier_weight_percent >= 1) AND (carrier_weight_percent <= 1000))),
  constraint sourcing_rules_handling_weight_percent_check CHECK (((handling_weight_percent >= 1) AND (handling_weight_percent <= 1000))),
  constraint sourcing_rules_least_part_cents_check CHECK (((least_part_cents >= 0) AND (least_part_cents <= 10000000))),
  constraint sourcing_rules_most_nodes_check CHECK (((most_nodes >= 1) AND (most_nodes <= 4))),
  constraint sourcing_rules_picking_weight_percent_check CHECK (((picking_weight_percent >= 1) AND (picking_weight_percent <= 1000))),
  constraint sourcing_rules_pkey PRIMARY KEY (region_id),
  constraint sourcing_rules_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint sourcing_rules_route_weight_percent_check CHECK (((route_weight_percent >= 1) AND (route_weight_percent <= 1000))),
  constraint sourcing_rules_split_cents_check CHECK (((split_cents >= 0) AND (split_cents <= 1000000))),
  constraint sourcing_rules_split_weight_percent_check CHECK (((split_weight_percent >= 1) AND (split_weight_percent <= 1000))),
  constraint sourcing_rules_transfer_weight_percent_check CHECK (((transfer_weight_percent >= 1) AND (transfer_weight_percent <= 1000)))
);
alter table public.sourcing_rules enable row level security;
create policy staff_read on public.sourcing_rules as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) IS NOT NULL));
grant select on table public.sourcing_rules to authenticated;
grant select on table public.sourcing_rules to service_role;
comment on table public.sourcing_rules is 'When a cart may come from several nodes, and what makes one node dearer than another besides the way.';

create table public.staff (
  user_id uuid not null,
  role text not null,
  name text not null,
  constraint staff_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint staff_pkey PRIMARY KEY (user_id),
  constraint staff_role_check CHECK ((role = ANY (ARRAY['ops'::text, 'store'::text, 'driver'::text]))),
  constraint staff_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE
);
alter table public.staff enable row level security;
create policy ops_reads on public.staff as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy self_reads on public.staff as permissive for select to authenticated using ((user_id = ( SELECT auth.uid() AS uid)));
grant select on table public.staff to authenticated;
grant select on table public.staff to service_role;
comment on table public.staff is 'Who may act, and as what. The token says who someone is; this table says what they may do.';

create table public.staff_nodes (
  user_id uuid not null,
  node_id app.code not null,
  constraint staff_nodes_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint staff_nodes_pkey PRIMARY KEY (user_id, node_id),
  constraint staff_nodes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.staff(user_id) ON DELETE CASCADE
);
alter table public.staff_nodes enable row level security;
create policy ops_reads on public.staff_nodes as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy self_reads on public.staff_nodes as permissive for select to authenticated using ((user_id = ( SELECT auth.uid() AS uid)));
grant select on table public.staff_nodes to authenticated;
grant select on table public.staff_nodes to service_role;

create table public.stock_events (
  id bigint generated always as identity not null,
  source app.code not null,
  event_id text not null,
  seq bigint not null,
  node_id app.code not null,
  sku_id app.code not null,
  kind text not null,
  units integer not null,
  at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  constraint stock_events_check CHECK (
CASE kind
    WHEN 'count'::text THEN ((units >= 0) AND (units <= 10000000))
    ELSE ((units <> 0) AND ((units >= '-1000000'::integer) AND (units <= 1000000)))
END),
  constraint stock_events_event_id_check CHECK ((event_id ~ '^[A-Za-z0-9._:-]{1,80}$'::text)),
  constraint stock_events_kind_check CHECK ((kind = ANY (ARRAY['count'::text, 'delta'::text]))),
  constraint stock_events_node_id_sku_id_fkey FOREIGN KEY (node_id, sku_id) REFERENCES public.inventory_levels(node_id, sku_id),
  constraint stock_events_node_id_sku_id_source_event_id_key UNIQUE (node_id, sku_id, source, event_id),
  constraint stock_events_node_id_sku_id_source_seq_key UNIQUE (node_id, sku_id, source, seq),
  constraint stock_events_pkey PRIMARY KEY (id),
  constraint stock_events_seq_check CHECK (((seq >= 0) AND (seq <= '9007199254740991'::bigint)))
);
CREATE INDEX stock_events_by_time ON public.stock_events USING btree (node_id, sku_id, at) WHERE (kind = 'delta'::text);
CREATE TRIGGER stock_events_append_only BEFORE DELETE OR UPDATE ON public.stock_events FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
alter table public.stock_events enable row level security;
create policy node_reads on public.stock_events as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.stock_events as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.stock_events to authenticated;
grant select on table public.stock_events to service_role;
comment on table public.stock_events is 'Append-only: what sources told of stock. What each did to the balance is in stock_movements.';

create table public.stock_freshness_steps (
  region_id app.code not null,
  after_hours integer not null,
  held_back_percent integer not null,
  constraint stock_freshness_steps_after_hours_check CHECK (((after_hours >= 1) AND (after_hours <= 8784))),
  constraint stock_freshness_steps_held_back_percent_check CHECK (((held_back_percent >= 1) AND (held_back_percent <= 100))),
  constraint stock_freshness_steps_pkey PRIMARY KEY (region_id, after_hours),
  constraint stock_freshness_steps_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE
);
alter table public.stock_freshness_steps enable row level security;
create policy staff_read on public.stock_freshness_steps as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) IS NOT NULL));
grant select on table public.stock_freshness_steps to authenticated;
grant select on table public.stock_freshness_steps to service_role;
comment on table public.stock_freshness_steps is 'From this age of its last count on, so much of a level is held back; 100: it is not promised from.';

create table public.stock_movements (
  id bigint generated always as identity not null,
  node_id app.code not null,
  sku_id app.code not null,
  units integer not null,
  reason text not null,
  hold_id uuid,
  at timestamp with time zone default app.now() not null,
  stock_event_id bigint,
  constraint stock_movements_check CHECK (
CASE reason
    WHEN 'delta'::text THEN (stock_event_id IS NOT NULL)
    WHEN 'count'::text THEN true
    ELSE (stock_event_id IS NULL)
END),
  constraint stock_movements_node_id_sku_id_fkey FOREIGN KEY (node_id, sku_id) REFERENCES public.inventory_levels(node_id, sku_id),
  constraint stock_movements_pkey PRIMARY KEY (id),
  constraint stock_movements_reason_check CHECK ((reason = ANY (ARRAY['count'::text, 'delta'::text, 'shipped'::text, 'not_found'::text]))),
  constraint stock_movements_stock_event_id_fkey FOREIGN KEY (stock_event_id) REFERENCES public.stock_events(id),
  constraint stock_movements_units_check CHECK ((units <> 0))
);
CREATE INDEX stock_movements_by_level ON public.stock_movements USING btree (node_id, sku_id, id);
CREATE INDEX stock_movements_of_ours ON public.stock_movements USING btree (node_id, sku_id, at) WHERE (stock_event_id IS NULL);
CREATE TRIGGER stock_movements_append_only BEFORE DELETE OR UPDATE ON public.stock_movements FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
alter table public.stock_movements enable row level security;
create policy node_reads on public.stock_movements as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.stock_movements as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.stock_movements to authenticated;
grant select on table public.stock_movements to service_role;
comment on table public.stock_movements is 'Append-only: every change of on_hand, so that the balance can be re-derived.';

create table public.stops (
  id uuid not null,
  shift_id uuid not null,
  hold_id uuid not null,
  "position" integer not null,
  lng double precision not null,
  lat double precision not null,
  window_starts_at timestamp with time zone not null,
  window_ends_at timestamp with time zone not null,
  service_sec integer not null,
  weight_g integer not null,
  volume_ml integer not null,
  leg_sec integer not null,
  leg_m integer not null,
  arrive_at timestamp with time zone not null,
  start_at timestamp with time zone not null,
  depart_at timestamp with time zone not null,
  eta_at timestamp with time zone,
  state text default 'planned'::text not null,
  arrived_at timestamp with time zone,
  finished_at timestamp with time zone,
  fail_reason text,
  left_with text,
  constraint a_plan_keeps_its_promise CHECK (((start_at >= window_starts_at) AND (start_at < window_ends_at))),
  constraint only_what_is_delivered_is_left CHECK (((left_with IS NULL) OR (state = 'delivered'::text))),
  constraint stops_check CHECK (((arrive_at <= start_at) AND (depart_at = (start_at + make_interval(secs => (service_sec)::double precision))))),
  constraint stops_check1 CHECK (((state = ANY (ARRAY['delivered'::text, 'failed'::text])) = (finished_at IS NOT NULL))),
  constraint stops_check2 CHECK (((state = 'planned'::text) OR (arrived_at IS NOT NULL))),
  constraint stops_check3 CHECK (((state = 'failed'::text) = (fail_reason IS NOT NULL))),
  constraint stops_fail_reason_check CHECK ((fail_reason = ANY (ARRAY['nobody_home'::text, 'address_not_found'::text, 'refused'::text, 'damaged'::text, 'other'::text]))),
  constraint stops_hold_id_fkey FOREIGN KEY (hold_id) REFERENCES public.holds(id),
  constraint stops_hold_id_key UNIQUE (hold_id),
  constraint stops_lat_check CHECK (((lat >= ('-85'::integer)::double precision) AND (lat <= (85)::double precision))),
  constraint stops_left_with_check CHECK ((left_with = ANY (ARRAY['customer'::text, 'safe_place'::text, 'neighbour'::text]))),
  constraint stops_leg_m_check CHECK ((leg_m >= 0)),
  constraint stops_leg_sec_check CHECK ((leg_sec >= 0)),
  constraint stops_lng_check CHECK (((lng >= ('-180'::integer)::double precision) AND (lng <= (180)::double precision))),
  constraint stops_pkey PRIMARY KEY (id),
  constraint stops_position_check CHECK (("position" >= 0)),
  constraint stops_service_sec_check CHECK ((service_sec >= 0)),
  constraint stops_shift_id_fkey FOREIGN KEY (shift_id) REFERENCES public.shifts(id),
  constraint stops_shift_id_position_key UNIQUE (shift_id, "position") DEFERRABLE INITIALLY DEFERRED,
  constraint stops_state_check CHECK ((state = ANY (ARRAY['planned'::text, 'arrived'::text, 'delivered'::text, 'failed'::text]))),
  constraint stops_volume_ml_check CHECK ((volume_ml > 0)),
  constraint stops_weight_g_check CHECK ((weight_g > 0))
);
CREATE INDEX stops_by_shift ON public.stops USING btree (shift_id, "position");
alter table public.stops enable row level security;
create policy ops_reads on public.stops as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
create policy own_holds on public.stops as permissive for select to authenticated using ((hold_id IN ( SELECT app.my_holds() AS my_holds)));
grant select on table public.stops to authenticated;
grant select on table public.stops to service_role;

create table public.vehicles (
  id app.code not null,
  node_id app.code not null,
  name text not null,
  limit_weight_g integer not null,
  limit_volume_ml integer not null,
  carries_chilled boolean not null,
  carries_frozen boolean not null,
  shift_cents integer default 0 not null,
  km_cents integer not null,
  hour_cents integer not null,
  constraint vehicles_hour_cents_check CHECK ((hour_cents >= 0)),
  constraint vehicles_km_cents_check CHECK ((km_cents >= 0)),
  constraint vehicles_limit_volume_ml_check CHECK ((limit_volume_ml > 0)),
  constraint vehicles_limit_weight_g_check CHECK ((limit_weight_g > 0)),
  constraint vehicles_name_check CHECK (((length(name) >= 1) AND (length(name) <= 80))),
  constraint vehicles_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint vehicles_pkey PRIMARY KEY (id),
  constraint vehicles_shift_cents_check CHECK ((shift_cents >= 0))
);
CREATE INDEX vehicles_by_node ON public.vehicles USING btree (node_id);
CREATE TRIGGER vehicles_age_plans AFTER UPDATE ON public.vehicles FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION app.age_plans_of_vehicle();
alter table public.vehicles enable row level security;
create policy driver_reads on public.vehicles as permissive for select to authenticated using (((id)::text IN ( SELECT s.vehicle_id
   FROM public.shifts s
  WHERE (s.driver_id = ( SELECT auth.uid() AS uid)))));
create policy node_reads on public.vehicles as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.vehicles as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.vehicles to authenticated;
grant select on table public.vehicles to service_role;

create table public.window_cut_offs (
  window_id uuid not null,
  node_id app.code not null,
  order_by_at timestamp with time zone not null,
  constraint window_cut_offs_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id) ON DELETE CASCADE,
  constraint window_cut_offs_pkey PRIMARY KEY (window_id, node_id),
  constraint window_cut_offs_window_id_fkey FOREIGN KEY (window_id) REFERENCES public.windows(id) ON DELETE CASCADE
);
CREATE INDEX window_cut_offs_of_node ON public.window_cut_offs USING btree (node_id);
alter table public.window_cut_offs enable row level security;
create policy everyone_reads on public.window_cut_offs as permissive for select to anon, authenticated using (true);
grant select on table public.window_cut_offs to anon;
grant select on table public.window_cut_offs to authenticated;
grant select on table public.window_cut_offs to service_role;
comment on table public.window_cut_offs is 'Delivery windows that a node''s own rule cuts off at another instant than the region''s.';

create table public.window_rules (
  region_id app.code not null,
  service text not null,
  weekday smallint not null,
  starts time without time zone not null,
  ends time without time zone not null,
  price_cents integer not null,
  limit_orders integer,
  constraint window_rules_check CHECK ((ends > starts)),
  constraint window_rules_check1 CHECK (((service = 'pickup'::text) = (limit_orders IS NOT NULL))),
  constraint window_rules_limit_orders_check CHECK ((limit_orders >= 0)),
  constraint window_rules_pkey PRIMARY KEY (region_id, service, weekday, starts),
  constraint window_rules_price_cents_check CHECK ((price_cents >= 0)),
  constraint window_rules_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id) ON DELETE CASCADE,
  constraint window_rules_service_check CHECK ((service = ANY (ARRAY['delivery'::text, 'pickup'::text]))),
  constraint window_rules_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);
alter table public.window_rules enable row level security;
create policy everyone_reads on public.window_rules as permissive for select to anon, authenticated using (true);
grant select on table public.window_rules to anon;
grant select on table public.window_rules to authenticated;
grant select on table public.window_rules to service_role;

create table public.windows (
  id uuid default gen_random_uuid() not null,
  region_id app.code not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  price_cents integer not null,
  closed boolean default false not null,
  order_by_at timestamp with time zone,
  constraint windows_check CHECK ((ends_at > starts_at)),
  constraint windows_pkey PRIMARY KEY (id),
  constraint windows_price_cents_check CHECK ((price_cents >= 0)),
  constraint windows_region_id_fkey FOREIGN KEY (region_id) REFERENCES public.regions(id),
  constraint windows_region_id_starts_at_ends_at_key UNIQUE (region_id, starts_at, ends_at)
);
alter table public.windows enable row level security;
create policy everyone_reads on public.windows as permissive for select to anon, authenticated using (true);
grant select on table public.windows to anon;
grant select on table public.windows to authenticated;
grant select on table public.windows to service_role;
comment on table public.windows is 'The delivery windows of the coming days, half-open [starts_at, ends_at): service starts before ends_at.';

create table public.work_buckets (
  node_id app.code not null,
  starts_at timestamp with time zone not null,
  target_sec integer not null,
  limit_sec integer not null,
  claimed_sec integer default 0 not null,
  changed_by xid8 default pg_current_xact_id() not null,
  revision integer default 1 not null,
  usual_sec integer,
  claimed_by jsonb default '{}'::jsonb not null,
  constraint work_buckets_check CHECK ((claimed_sec <= limit_sec)),
  constraint work_buckets_check1 CHECK ((limit_sec >= target_sec)),
  constraint work_buckets_claimed_sec_check CHECK ((claimed_sec >= 0)),
  constraint work_buckets_limit_sec_check CHECK ((limit_sec >= 0)),
  constraint work_buckets_node_id_fkey FOREIGN KEY (node_id) REFERENCES public.nodes(id),
  constraint work_buckets_pkey PRIMARY KEY (node_id, starts_at),
  constraint work_buckets_starts_at_check CHECK ((starts_at = date_trunc('hour'::text, starts_at, 'UTC'::text))),
  constraint work_buckets_target_sec_check CHECK ((target_sec >= 0)),
  constraint work_buckets_usual_sec_check CHECK ((usual_sec >= 0))
);
CREATE INDEX work_buckets_changed ON public.work_buckets USING btree (changed_by);
CREATE TRIGGER note_change BEFORE UPDATE ON public.work_buckets FOR EACH ROW EXECUTE FUNCTION app.note_change();
CREATE TRIGGER refuse_delete BEFORE DELETE OR TRUNCATE ON public.work_buckets FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_delete();
alter table public.work_buckets enable row level security;
create policy node_reads on public.work_buckets as permissive for select to authenticated using (((node_id)::text IN ( SELECT app.my_nodes() AS my_nodes)));
create policy ops_reads on public.work_buckets as permissive for select to authenticated using ((( SELECT app.staff_role() AS staff_role) = 'ops'::text));
grant select on table public.work_buckets to authenticated;
grant select on table public.work_buckets to service_role;
comment on table public.work_buckets is 'A node''s picking seconds in one hour, which starts at starts_at.';

create view app.available_stock with (security_invoker=true) as
 SELECT l.node_id,
    l.sku_id,
    l.on_hand - l.shortage - l.reserved - l.safety - age.held_back AS available,
    age.held_back,
    l.confirmed_at,
    l.confirmed_by
   FROM public.inventory_levels l
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN l.confirmed_at > (( SELECT app.now() - make_interval(hours => min(s.after_hours))
                       FROM public.stock_freshness_steps s)) THEN 0
                    WHEN l.confirmed_at IS NULL THEN GREATEST(l.on_hand - l.shortage, 0)
                    ELSE ceil((GREATEST(l.on_hand - l.shortage, 0) * COALESCE(( SELECT s.held_back_percent
                       FROM public.nodes n
                         JOIN public.stock_freshness_steps s ON s.region_id::text = n.region_id::text
                      WHERE n.id::text = l.node_id::text AND l.confirmed_at <= ((( SELECT app.now() AS now)) - make_interval(hours => s.after_hours))
                      ORDER BY s.after_hours DESC
                     LIMIT 1), 0))::numeric / 100.0)::integer
                END AS held_back) age;
grant select on table app.available_stock to authenticated;
grant select on table app.available_stock to service_role;

create view app.node_zones with (security_invoker=true) as
 SELECT n.id AS node_id,
    n.region_id,
    COALESCE(n.time_zone, r.time_zone) AS time_zone
   FROM public.nodes n
     JOIN public.regions r ON r.id::text = n.region_id::text;
grant select on table app.node_zones to authenticated;
grant select on table app.node_zones to service_role;

create sequence app.outbox_id_seq;

create sequence public.blackouts_id_seq;

create sequence public.calendar_days_id_seq;

create sequence public.claims_id_seq;

create sequence public.cut_offs_id_seq;

create sequence public.events_id_seq;

create sequence public.order_numbers;

create sequence public.service_area_revisions;

create sequence public.stock_events_id_seq;

create sequence public.stock_movements_id_seq;

create policy anyone_hears_windows on realtime.messages for select to anon, authenticated using (((extension = 'broadcast'::text) AND (topic = ( SELECT realtime.topic() AS topic)) AND (topic ~~ 'windows:%'::text)));

create policy holder_of_the_link_hears_the_order on realtime.messages for select to anon, authenticated using (((extension = 'broadcast'::text) AND (topic = ( SELECT realtime.topic() AS topic)) AND app.is_order_topic(( SELECT realtime.topic() AS topic))));

create policy staff_hear_their_topics on realtime.messages for select to authenticated using (((extension = 'broadcast'::text) AND (topic = ( SELECT realtime.topic() AS topic)) AND
CASE
    WHEN (( SELECT realtime.topic() AS topic) ~ '^ops:'::text) THEN (( SELECT app.staff_role() AS staff_role) = 'ops'::text)
    WHEN (( SELECT realtime.topic() AS topic) ~ '^store:[A-Z0-9](-?[A-Z0-9]){0,31}$'::text) THEN app.may_work_at((substr(( SELECT realtime.topic() AS topic), 7))::app.code)
    WHEN (( SELECT realtime.topic() AS topic) ~ '^shift:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'::text) THEN app.may_drive((substr(( SELECT realtime.topic() AS topic), 7))::uuid)
    ELSE false
END));

CREATE OR REPLACE FUNCTION app.age_plan()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.plan_version := old.plan_version + 1;
  return new;
end
$function$;
revoke all on function app.age_plan() from public;

CREATE OR REPLACE FUNCTION app.age_plans_of_vehicle()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform from public.shifts s where s.vehicle_id = new.id and s.state = 'planned' order by s.id for no key update;
  update public.shifts s set plan_version = s.plan_version + 1
  where s.vehicle_id = new.id and s.state = 'planned';
  return null;
end
$function$;
revoke all on function app.age_plans_of_vehicle() from public;

CREATE OR REPLACE FUNCTION app.agree_on_promise()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.agreed_starts_at := coalesce(new.agreed_starts_at, new.promise_starts_at);
  new.agreed_ends_at := coalesce(new.agreed_ends_at, new.promise_ends_at);
  new.agreed_price_cents := coalesce(new.agreed_price_cents, new.price_cents);
  return new;
end
$function$;
revoke all on function app.agree_on_promise() from public;

CREATE OR REPLACE FUNCTION app.apply_plan(plans jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  ids uuid[] := array(select (p.value ->> 'shift_id')::uuid from jsonb_array_elements(plans) p);
  moving uuid[];
  destinations uuid[];
  p record;
  as_of timestamptz;
begin
  if cardinality(ids) <> (select count(distinct i) from unnest(ids) i) then
    raise exception using errcode = 'KPBUG', message = 'a plan names each shift once';
  end if;
  perform from public.holds h where h.id in (select s.hold_id from public.stops s where s.shift_id = any (ids)) order by h.id for no key update;
  perform from public.shifts s where s.id = any (ids) order by s.id for no key update;
  as_of := app.now();
  for p in
    select s.id, s.state, s.plan_version, s.starts_at, x.value ->> 'shift_id' as named, (x.value ->> 'plan_version')::integer as expected
    from jsonb_array_elements(plans) x left join public.shifts s on s.id = (x.value ->> 'shift_id')::uuid
  loop
    if p.id is null or p.state <> 'planned' or p.starts_at <= as_of then
      raise exception using errcode = 'KPDEP', message = 'a shift no longer takes changes', detail = coalesce(p.named, '');
    end if;
    if p.plan_version is distinct from p.expected then
      raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = p.named;
    end if;
  end loop;

  -- Stops that change vans take their load claims along: the old ones are reversed, new ones taken.
  select coalesce(array_agg(s.id order by s.id), '{}'), coalesce(array_agg((x.value ->> 'shift_id')::uuid order by s.id), '{}')
  into moving, destinations
  from jsonb_array_elements(plans) x
  cross join lateral jsonb_array_elements(x.value -> 'route' -> 'stops') r
  join public.stops s on s.id = (r.value ->> 'id')::uuid and s.shift_id <> (x.value ->> 'shift_id')::uuid;
  if exists (
    select from unnest(moving, destinations) m (id, to_shift)
    join public.stops s on s.id = m.id
    join public.shifts a on a.id = s.shift_id
    join public.shifts b on b.id = m.to_shift
    where a.id <> all (ids) or a.node_id <> b.node_id
  ) then
    raise exception using errcode = 'KPBUG', message = 'a stop moves only between named shifts of one node';
  end if;
  -- Loading does not change a plan's version: what was handed over since the plan was read lies in the old van.
  if exists (
    select from public.stops s join public.fulfilments f on f.hold_id = s.hold_id
    where s.id = any (moving) and f.state not in ('to_pick', 'ready')
  ) then
    raise exception using errcode = 'KPPLN', message = 'a loaded order stays in its van';
  end if;

  insert into public.claims (hold_id, kind, units, reverses, reason, shift_id, at)
  select c.hold_id, c.kind, -c.units, c.id, 'moved', c.shift_id, as_of
  from app.open_claims(array(select s.hold_id from public.stops s where s.id = any (moving))) c
  where c.kind in ('weight', 'volume');
  insert into public.claims (hold_id, kind, units, reason, shift_id, at)
  select s.hold_id, load.kind, load.units, 'moved', m.to_shift, as_of
  from unnest(moving, destinations) m (id, to_shift)
  join public.stops s on s.id = m.id
  cross join lateral (values ('weight', s.weight_g), ('volume', s.volume_ml)) load (kind, units);

  update public.stops s set shift_id = m.to_shift, position = 1000000 + s.position
  from unnest(moving, destinations) m (id, to_shift) where s.id = m.id;
  begin
    update public.shifts s
    set claimed_weight_g = t.weight_g, claimed_volume_ml = t.volume_ml
    from (
      select i.id, coalesce(sum(st.weight_g), 0)::integer as weight_g, coalesce(sum(st.volume_ml), 0)::integer as volume_ml
      from unnest(ids) i (id) left join public.stops st on st.shift_id = i.id group by i.id
    ) t
    where s.id = t.id;
  exception when check_violation then
    raise exception using errcode = 'KPVAN', message = 'a van would be overloaded';
  end;
  for p in select (x.value ->> 'shift_id')::uuid as id, x.value -> 'route' as route from jsonb_array_elements(plans) x loop
    perform app.write_route(p.id, p.route);
  end loop;

  perform app.record_event(s.region_id, 'route_improved', null, null, s.node_id, s.id, jsonb_build_object('plan_version', s.plan_version))
  from public.shifts s where s.id = any (ids);
end
$function$;
revoke all on function app.apply_plan(jsonb) from public;
grant execute on function app.apply_plan(jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.arrive(stop_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  s public.stops := app.lock_stop(stop_id);
  as_of timestamptz := app.now();
begin
  if s.state <> 'planned' then
    return;
  end if;
  update public.stops x set state = 'arrived', arrived_at = as_of, eta_at = as_of where x.id = s.id;
  perform app.settle_orders(array(select f.order_id from public.fulfilments f where f.hold_id = s.hold_id));
  perform app.record_event(h.region_id, 'order_arrived', f.hold_id, f.order_id, f.node_id, s.shift_id)
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.hold_id = s.hold_id;
end
$function$;
revoke all on function app.arrive(uuid) from public;
grant execute on function app.arrive(uuid) to authenticated;
grant execute on function app.arrive(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.begin_calendar_change(region_id app.code, node_id app.code, day date)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  today date;
begin
  -- A node's own calendar is its manager's as well; a region's is for ops alone.
  if app.staff_role() is distinct from 'ops' and (begin_calendar_change.node_id is null or not app.may_work_at(begin_calendar_change.node_id)) then
    raise exception using errcode = 'KPNTF', message = 'no such region or node', detail = coalesce(begin_calendar_change.node_id, begin_calendar_change.region_id);
  end if;
  perform from public.regions r where r.id = begin_calendar_change.region_id for no key update;
  if not found or (begin_calendar_change.node_id is not null and not exists (
    select from public.nodes n where n.id = begin_calendar_change.node_id and n.region_id = begin_calendar_change.region_id
  )) then
    raise exception using errcode = 'KPNTF', message = 'no such region or node', detail = coalesce(begin_calendar_change.node_id, begin_calendar_change.region_id);
  end if;
  select (app.now() at time zone coalesce(z.time_zone, r.time_zone))::date into today
  from public.regions r left join app.node_zones z on z.node_id = begin_calendar_change.node_id
  where r.id = begin_calendar_change.region_id;
  if begin_calendar_change.day < today or begin_calendar_change.day > today + 730 then
    raise exception using errcode = 'KPARG', message = 'the day is over, or more than two years ahead', detail = begin_calendar_change.day::text;
  end if;
end
$function$;
revoke all on function app.begin_calendar_change(app.code,app.code,date) from public;

CREATE OR REPLACE FUNCTION app.begin_channels()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.channels (region_id, id, name) values (new.id, 'SHOP', 'Own shop');
  return null;
end
$function$;
revoke all on function app.begin_channels() from public;

CREATE OR REPLACE FUNCTION app.begin_hold(hold_id uuid, parts app.hold_request[], ttl_sec integer)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
        or count(distinct (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.checkout_id, p.address_key, p.network_key, p.channel_id, p.floor, p.has_lift, p.climb_sec)) <> 1
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
                              pickup_node_id, lane_id, lane_day, channel_id)
    values (part.hold_id, begin_hold.hold_id, part.region_id, part.node_id, part.service, 'held', part.fingerprint, part.window_starts_at,
            part.window_ends_at, part.price_cents, part.lng, part.lat, part.address, part.service_sec, part.weight_g, part.volume_ml,
            part.pick_sec, part.pick_by, as_of, as_of + make_interval(secs => ttl_sec), part.checkout_id, part.address_key, part.network_key,
            coalesce(part.visit_starts_at, part.window_starts_at), coalesce(part.visit_ends_at, part.window_ends_at), part.floor, part.has_lift,
            coalesce(part.climb_sec, 0),
            case when part.service = 'pickup' then coalesce((select l.to_node_id from public.lanes l where l.id = part.lane_id), part.node_id) end,
            part.lane_id, part.lane_day, coalesce(part.channel_id, 'SHOP'))
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
$function$;
revoke all on function app.begin_hold(uuid,app.hold_request[],integer) from public;

CREATE OR REPLACE FUNCTION app.begin_hold_limits()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.hold_limits (region_id, per_checkout, per_address, per_network, unconfirmed_percent) values (new.id, 1, 3, 60, 80);
  return null;
end
$function$;
revoke all on function app.begin_hold_limits() from public;

CREATE OR REPLACE FUNCTION app.begin_sourcing()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.sourcing_rules (region_id) values (new.id);
  return null;
end
$function$;
revoke all on function app.begin_sourcing() from public;

CREATE OR REPLACE FUNCTION app.begin_stock_freshness()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.stock_freshness_steps (region_id, after_hours, held_back_percent)
  select new.id, days * 24, percent from (values (14, 10), (21, 25), (28, 50), (42, 100)) step (days, percent);
  return null;
end
$function$;
revoke all on function app.begin_stock_freshness() from public;

CREATE OR REPLACE FUNCTION app.cancel_shift(shift_id uuid)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  shift public.shifts;
  known uuid[];
  displaced uuid[];
  as_of timestamptz;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such shift', detail = shift_id::text;
  end if;
  known := array(
    select h.id from public.holds h where h.id in (select s.hold_id from public.stops s where s.shift_id = cancel_shift.shift_id)
    order by h.id for no key update
  );
  select * into shift from public.shifts s where s.id = cancel_shift.shift_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such shift', detail = shift_id::text;
  end if;
  if shift.state = 'cancelled' then
    return '{}';
  end if;
  if shift.state <> 'planned' then
    raise exception using errcode = 'KPSTA', message = 'the van has left', detail = shift.state;
  end if;
  -- Between the two locks another stop may have come, whose hold is not locked: the caller asks again.
  if exists (select from public.stops s where s.shift_id = shift.id and s.hold_id <> all (known)) then
    raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = shift.id::text;
  end if;
  if exists (
    select from public.stops s join public.fulfilments f on f.hold_id = s.hold_id
    where s.shift_id = shift.id and f.state = 'handed_over'
  ) then
    raise exception using errcode = 'KPSTA', message = 'orders are on board', detail = shift.id::text;
  end if;

  as_of := app.now();
  select coalesce(array_agg(s.hold_id order by s.hold_id), '{}') into displaced from public.stops s where s.shift_id = shift.id;
  insert into public.claims (hold_id, kind, units, reverses, reason, shift_id, at)
  select c.hold_id, c.kind, -c.units, c.id, 'moved', c.shift_id, as_of
  from app.open_claims(displaced) c where c.kind in ('weight', 'volume');
  delete from public.stops s where s.shift_id = shift.id;
  update public.shifts s
  set state = 'cancelled', claimed_weight_g = 0, claimed_volume_ml = 0, return_leg_sec = 0, return_leg_m = 0, plan_version = s.plan_version + 1
  where s.id = shift.id;

  perform app.open_exception(h.region_id, 'hold_unplannable', null, h.id, null, h.node_id, jsonb_build_object('shift', shift.id))
  from public.holds h where h.id = any (displaced);
  perform app.record_event(shift.region_id, 'shift_cancelled', null, null, shift.node_id, shift.id,
    jsonb_build_object('displaced', cardinality(displaced)));
  insert into app.outbox (region_id, kind) values (shift.region_id, 'capacity');
  return displaced;
end
$function$;
revoke all on function app.cancel_shift(uuid) from public;
grant execute on function app.cancel_shift(uuid) to authenticated;
grant execute on function app.cancel_shift(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.change_door(token text, door jsonb, note text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  o public.orders;
begin
  select * into o from public.orders x where x.token = change_door.token for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order';
  end if;
  if o.finished_at is not null or exists (
    select from public.fulfilments f join public.stops s on s.hold_id = f.hold_id join public.shifts h on h.id = s.shift_id
    where f.order_id = o.id and h.state <> 'planned'
  ) then
    raise exception using errcode = 'KPSTA', message = 'the driver has set out', detail = o.state;
  end if;
  insert into app.order_doors as d (order_id, safe_place, neighbour_allowed, gate_code, changed_at)
  values (o.id, door ->> 'safe_place', coalesce((door ->> 'neighbour_allowed')::boolean, false), door ->> 'gate_code', app.now())
  on conflict (order_id) do update
  set safe_place = excluded.safe_place, neighbour_allowed = excluded.neighbour_allowed, gate_code = excluded.gate_code, changed_at = excluded.changed_at;
  update public.orders x set customer_note = change_door.note where x.id = o.id;
  -- That it changed, never to what.
  perform app.record_event(o.region_id, 'door_changed', f.hold_id, o.id, f.node_id, s.shift_id)
  from public.fulfilments f left join public.stops s on s.hold_id = f.hold_id
  where f.order_id = o.id and f.state not in ('rejected', 'repromised');
end
$function$;
revoke all on function app.change_door(text,jsonb,text) from public;
grant execute on function app.change_door(text,jsonb,text) to service_role;

CREATE OR REPLACE FUNCTION app.check_calendar(parts app.hold_request[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.check_calendar(app.hold_request[]) from public;
grant execute on function app.check_calendar(app.hold_request[]) to service_role;

CREATE OR REPLACE FUNCTION app.check_channel(parts app.hold_request[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.check_channel(app.hold_request[]) from public;

CREATE OR REPLACE FUNCTION app.check_hold_counts(hold_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.check_hold_counts(uuid) from public;

CREATE OR REPLACE FUNCTION app.check_hold_shares(parts app.hold_request[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.check_hold_shares(app.hold_request[]) from public;

CREATE OR REPLACE FUNCTION app.claimed_for(claimed integer, claimed_by jsonb, channel text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select case
    when channel = 'SHOP' then claimed - coalesce((select sum(x.value::integer) from jsonb_each_text(claimed_by) x), 0)::integer
    else coalesce((claimed_by ->> channel)::integer, 0)
  end
$function$;
revoke all on function app.claimed_for(integer,jsonb,text) from public;

CREATE OR REPLACE FUNCTION app.clear_blackout(region_id app.code, node_id app.code, service text, day date, starts time without time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform app.begin_calendar_change(clear_blackout.region_id, clear_blackout.node_id, clear_blackout.day);
  delete from public.blackouts b
  where b.region_id = clear_blackout.region_id and b.node_id is not distinct from clear_blackout.node_id and b.service = clear_blackout.service
    and b.day = clear_blackout.day and b.starts is not distinct from clear_blackout.starts;
  if found then
    perform app.end_calendar_change(clear_blackout.region_id, clear_blackout.node_id, clear_blackout.day, false, 'blackout_cleared',
      jsonb_build_object('service', clear_blackout.service, 'starts', clear_blackout.starts));
  end if;
end
$function$;
revoke all on function app.clear_blackout(app.code,app.code,text,date,time without time zone) from public;
grant execute on function app.clear_blackout(app.code,app.code,text,date,time without time zone) to authenticated;
grant execute on function app.clear_blackout(app.code,app.code,text,date,time without time zone) to service_role;

CREATE OR REPLACE FUNCTION app.clear_calendar_day(region_id app.code, node_id app.code, day date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform app.begin_calendar_change(clear_calendar_day.region_id, clear_calendar_day.node_id, clear_calendar_day.day);
  delete from public.calendar_days c
  where c.region_id = clear_calendar_day.region_id and c.node_id is not distinct from clear_calendar_day.node_id and c.day = clear_calendar_day.day;
  if found then
    perform app.end_calendar_change(clear_calendar_day.region_id, clear_calendar_day.node_id, clear_calendar_day.day, true, 'calendar_day_cleared', '{}');
  end if;
end
$function$;
revoke all on function app.clear_calendar_day(app.code,app.code,date) from public;
grant execute on function app.clear_calendar_day(app.code,app.code,date) to authenticated;
grant execute on function app.clear_calendar_day(app.code,app.code,date) to service_role;

CREATE OR REPLACE FUNCTION app.close_unused_shifts(at_most integer DEFAULT 500)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  passed uuid[];
  unused uuid[];
begin
  passed := array(
    select s.id from public.shifts s
    where s.state = 'planned' and s.starts_at <= app.now() and not exists (select from public.stops t where t.shift_id = s.id)
    order by s.id limit at_most for no key update skip locked
  );
  with closed as (
    update public.shifts s set state = 'cancelled', plan_version = s.plan_version + 1
    where s.id = any (passed) and not exists (select from public.stops t where t.shift_id = s.id)
    returning s.id
  )
  select coalesce(array_agg(c.id), '{}') into unused from closed c;
  perform app.record_event(s.region_id, 'shift_cancelled', null, null, s.node_id, s.id, jsonb_build_object('reason', 'unused'))
  from public.shifts s where s.id = any (unused) order by s.id;
  return cardinality(unused);
end
$function$;
revoke all on function app.close_unused_shifts(integer) from public;

CREATE OR REPLACE FUNCTION app.collect_transfer(fulfilment_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_transfer(fulfilment_id);
begin
  if f.state = 'delivered' then
    return f.state;
  end if;
  if f.state <> 'received' then
    raise exception using errcode = 'KPSTA', message = 'only what has been received can be collected', detail = f.state;
  end if;
  if app.is_parked(f.order_id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = fulfilment_id::text;
  end if;
  update public.fulfilments x set state = 'delivered' where x.id = f.id;
  update public.holds h set state = 'fulfilled' where h.id = f.hold_id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, 'order_delivered', h.id, f.order_id, h.pickup_node_id, null)
  from public.holds h where h.id = f.hold_id;
  return 'delivered';
end
$function$;
revoke all on function app.collect_transfer(uuid) from public;
grant execute on function app.collect_transfer(uuid) to authenticated;
grant execute on function app.collect_transfer(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.confirm_hold(hold_id uuid, order_id uuid, customer jsonb)
 RETURNS TABLE(order_number integer, token text, confirmed_at timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  hold public.holds;
  as_of timestamptz;
begin
  perform from public.holds h where h.lead_id = confirm_hold.hold_id order by h.id for no key update;
  select * into hold from public.holds h where h.id = confirm_hold.hold_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = confirm_hold.hold_id::text;
  end if;
  as_of := app.now();

  -- Asked first, whatever became of the hold since: its node may have rejected the order before the caller asked again.
  return query
    select o.number, o.token, o.confirmed_at from public.orders o
    join public.fulfilments f on f.order_id = o.id
    where o.id = confirm_hold.order_id and f.hold_id = hold.id;
  if found then
    return;
  end if;
  if exists (select from public.fulfilments f where f.hold_id = hold.id) then
    raise exception using errcode = 'KPSTA', message = 'the hold was confirmed for another order', detail = hold.id::text;
  end if;
  if hold.state = 'expired' or (hold.state = 'held' and hold.expires_at <= as_of) then
    raise exception using errcode = 'KPEXP', message = 'the hold has expired', detail = hold.id::text;
  end if;
  if hold.state <> 'held' then
    raise exception using errcode = 'KPSTA', message = 'the hold was released', detail = hold.id::text;
  end if;

  update public.holds h set state = 'confirmed', settled_at = as_of where h.lead_id = hold.id;

  insert into public.orders (id, region_id, token, service, state, customer_name, customer_phone, customer_note, address, lng, lat,
                             promise_starts_at, promise_ends_at, price_cents, goods_cents, confirmed_at, channel_id, priority_class)
  select confirm_hold.order_id, hold.region_id, customer ->> 'token', hold.service, 'confirmed', customer ->> 'customer_name',
         customer ->> 'customer_phone', coalesce(customer ->> 'customer_note', ''), hold.address, hold.lng, hold.lat,
         min(h.window_starts_at), max(h.window_ends_at), sum(h.price_cents),
         (select sum(l.units * l.price_cents) from public.hold_lines l join public.holds p on p.id = l.hold_id where p.lead_id = hold.id), as_of, hold.channel_id,
         (select c.priority_class from public.channels c where (c.region_id, c.id) = (hold.region_id, hold.channel_id))
  from public.holds h where h.lead_id = hold.id
  on conflict (id) do nothing;
  if not found then
    raise exception using errcode = 'KPDUP', message = 'the order id is taken', detail = confirm_hold.order_id::text;
  end if;
  insert into public.order_lines (order_id, sku_id, units, price_cents)
  select confirm_hold.order_id, l.sku_id, sum(l.units), l.price_cents
  from public.hold_lines l join public.holds h on h.id = l.hold_id
  where h.lead_id = hold.id group by l.sku_id, l.price_cents;
  insert into public.fulfilments (order_id, hold_id, node_id, state, pick_by, created_at)
  select confirm_hold.order_id, h.id, h.node_id, 'to_pick', h.pick_by, as_of from public.holds h where h.lead_id = hold.id order by h.id;

  perform app.record_event(h.region_id, 'order_confirmed', h.id, confirm_hold.order_id, h.node_id,
    (select s.shift_id from public.stops s where s.hold_id = h.id)) from public.holds h where h.lead_id = hold.id;
  return query select o.number, o.token, o.confirmed_at from public.orders o where o.id = confirm_hold.order_id;
end
$function$;
revoke all on function app.confirm_hold(uuid,uuid,jsonb) from public;
grant execute on function app.confirm_hold(uuid,uuid,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.count_back(giving public.claims[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.count_back(public.claims[]) from public;

CREATE OR REPLACE FUNCTION app.count_for(claimed_by jsonb, channel text, units integer)
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select case when has = 0 then claimed_by - channel else claimed_by || jsonb_build_object(channel, has) end
  from (select coalesce((claimed_by ->> channel)::integer, 0) + units) x (has)
$function$;
revoke all on function app.count_for(jsonb,text,integer) from public;

CREATE OR REPLACE FUNCTION app.date_carrier_run()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  service public.carrier_services;
  zone text;
begin
  select * into strict service from public.carrier_services c where (c.carrier_id, c.node_id) = (new.carrier_id, new.node_id);
  select z.time_zone into strict zone from app.node_zones z where z.node_id = new.node_id;
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
$function$;
revoke all on function app.date_carrier_run() from public;

CREATE OR REPLACE FUNCTION app.date_lane_run()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  lane public.lanes;
  leaves timestamptz;
  arrives timestamptz;
begin
  select * into strict lane from public.lanes l where l.id = new.lane_id;
  if tg_op = 'UPDATE' and new.claimed_orders > 0 then
    return new;
  end if;
  select (new.day + lane.departs) at time zone z.time_zone into strict leaves from app.node_zones z where z.node_id = lane.from_node_id;
  select (new.day + lane.arrives_after_days + lane.arrives) at time zone z.time_zone into strict arrives
  from app.node_zones z where z.node_id = lane.to_node_id;
  if leaves >= arrives then
    return case tg_op when 'UPDATE' then new end;
  end if;
  new.leaves_at := leaves;
  new.arrives_at := arrives;
  new.ready_at := arrives + make_interval(mins => lane.handling_min);
  if tg_op = 'INSERT' and not app.gives_lane(new.lane_id, new.day, arrives) then
    new.usual_orders := new.limit_orders;
  end if;
  return new;
end
$function$;
revoke all on function app.date_lane_run() from public;

CREATE OR REPLACE FUNCTION app.deliver_stop(stop_id uuid, left_with text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  s public.stops := app.lock_stop(stop_id);
begin
  if left_with is null or left_with not in ('customer', 'safe_place', 'neighbour') then
    raise exception using errcode = 'KPARG', message = 'an order is left with the customer, in the safe place or with a neighbour', detail = stop_id::text;
  end if;
  if s.state <> 'delivered' and left_with <> 'customer' and not exists (
    select from public.fulfilments f join app.order_doors d on d.order_id = f.order_id
    where f.hold_id = s.hold_id and case deliver_stop.left_with when 'neighbour' then d.neighbour_allowed else d.safe_place is not null end
  ) then
    raise exception using errcode = 'KPDOR', message = 'the shopper has not allowed that', detail = left_with;
  end if;
  perform app.finish_stop(stop_id, 'delivered');
  update public.stops x set left_with = deliver_stop.left_with where x.id = s.id and x.left_with is null;
end
$function$;
revoke all on function app.deliver_stop(uuid,text) from public;
grant execute on function app.deliver_stop(uuid,text) to authenticated;
grant execute on function app.deliver_stop(uuid,text) to service_role;

CREATE OR REPLACE FUNCTION app.end_calendar_change(region_id app.code, node_id app.code, day date, with_hours boolean, kind text, data jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform app.settle_day(end_calendar_change.region_id,
    array(select n.id::text from public.nodes n where n.region_id = end_calendar_change.region_id
            and (end_calendar_change.node_id is null or n.id = end_calendar_change.node_id) order by n.id),
    end_calendar_change.day, with_hours);
  perform from app.open_horizon(end_calendar_change.region_id);
  perform app.record_event(end_calendar_change.region_id, kind, null, null, end_calendar_change.node_id, null, data || jsonb_build_object('day', end_calendar_change.day));
  insert into app.outbox (region_id, kind) values (end_calendar_change.region_id, 'capacity');
end
$function$;
revoke all on function app.end_calendar_change(app.code,app.code,date,boolean,text,jsonb) from public;

CREATE OR REPLACE FUNCTION app.end_holds(hold_ids uuid[], ending text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform app.return_claims(hold_ids, ending);
  update public.holds h set state = ending, settled_at = app.now() where h.id = any (hold_ids);
  perform app.record_event(h.region_id, 'hold_' || ending, h.id, null, h.node_id, null)
  from public.holds h where h.id = any (hold_ids) order by h.id;
  insert into app.outbox (region_id, kind) select distinct h.region_id, 'capacity' from public.holds h where h.id = any (hold_ids);
end
$function$;
revoke all on function app.end_holds(uuid[],text) from public;

CREATE OR REPLACE FUNCTION app.expire_holds(at_most integer DEFAULT 50)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  as_of timestamptz := app.now();
  due uuid[];
  parts uuid[];
begin
  due := array(
    select h.id from public.holds h where h.state = 'held' and h.expires_at <= as_of and h.lead_id = h.id
    order by h.id limit at_most for no key update skip locked
  );
  parts := array(
    select h.id from public.holds h where h.lead_id = any (due) order by h.id for no key update skip locked
  );
  -- Whoever has a part locked decides about all of them.
  due := array(
    select d.id from unnest(due) d (id)
    where not exists (select from public.holds h where h.lead_id = d.id and h.id <> all (parts))
  );
  if cardinality(due) = 0 then
    return 0;
  end if;
  perform app.end_holds(array(select h.id from public.holds h where h.lead_id = any (due)), 'expired');
  return cardinality(due);
end
$function$;
revoke all on function app.expire_holds(integer) from public;
grant execute on function app.expire_holds(integer) to service_role;

CREATE OR REPLACE FUNCTION app.extend_hold(hold_id uuid, extension_id uuid, ttl_sec integer)
 RETURNS TABLE(state text, expires_at timestamp with time zone, now_at timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  hold public.holds;
  as_of timestamptz;
begin
  if extension_id is null then
    raise exception using errcode = 'KPARG', message = 'an extension has a key', detail = extend_hold.hold_id::text;
  end if;
  perform from public.holds h where h.lead_id = extend_hold.hold_id order by h.id for no key update;
  select * into hold from public.holds h where h.id = extend_hold.hold_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = extend_hold.hold_id::text;
  end if;
  as_of := app.now();
  if hold.extended_by is distinct from extension_id then
    if hold.state = 'expired' or (hold.state = 'held' and hold.expires_at <= as_of) then
      raise exception using errcode = 'KPEXP', message = 'the hold has expired', detail = hold.id::text;
    end if;
    if hold.state <> 'held' or hold.extended_by is not null then
      raise exception using errcode = 'KPSTA', message = 'a hold is extended once, while it is held', detail = hold.id::text;
    end if;
    update public.holds h
    set expires_at = greatest(h.expires_at, as_of + make_interval(secs => ttl_sec)), extended_by = extension_id
    where h.lead_id = hold.id;
    perform app.record_event(hold.region_id, 'hold_extended', hold.id, null, hold.node_id, null);
  end if;
  return query select h.state, h.expires_at, as_of from public.holds h where h.id = hold.id;
end
$function$;
revoke all on function app.extend_hold(uuid,uuid,integer) from public;
grant execute on function app.extend_hold(uuid,uuid,integer) to service_role;

CREATE OR REPLACE FUNCTION app.fail_order(order_id uuid, scope text, note text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  parts uuid[];
  living uuid[];
  o public.orders;
  as_of timestamptz;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if scope is null or scope not in ('parts', 'order') then
    raise exception using errcode = 'KPARG', message = 'an order is ended, or the parts of it that wait', detail = coalesce(scope, '');
  end if;
  parts := app.lock_parts(fail_order.order_id);
  select * into o from public.orders x where x.id = fail_order.order_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if not exists (select from public.fulfilments f where f.hold_id = any (parts) and f.state = 'rejected') then
    if exists (select from public.fulfilments f where f.hold_id = any (parts) and f.state = 'failed' and f.reject_reason is not null) then
      return o.state;
    end if;
    raise exception using errcode = 'KPSTA', message = 'no part of it waits for a node', detail = o.state;
  end if;
  if app.is_parked(o.id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = order_id::text;
  end if;
  if scope = 'order' then
    if exists (
      select from public.fulfilments f join public.holds h on h.id = f.hold_id
      where f.hold_id = any (parts) and (f.state = 'delivered' or f.state = 'failed' and f.reject_reason is null or f.state = 'handed_over' and h.lane_id is null)
    ) then
      raise exception using errcode = 'KPSTA', message = 'a part of it is on its way, or with the shopper', detail = o.state;
    end if;
    living := array(
      select f.hold_id from public.fulfilments f
      where f.hold_id = any (parts) and f.state in ('to_pick', 'ready', 'handed_over', 'received') order by f.hold_id
    );
    perform app.return_claims(living, 'rejected');
  end if;

  perform from public.orders x where x.id = o.id for no key update;
  -- What was rejected is taken over under the order's lock alone.
  if app.has_other_parts(o.id, parts) or not exists (
    select from public.fulfilments f where f.hold_id = any (parts) and f.state = 'rejected' and f.replaced_by is null
  ) then
    raise exception using errcode = 'KPPLN', message = 'the order is changing hands', detail = order_id::text;
  end if;
  as_of := app.now();
  update public.holds h set state = 'released', settled_at = as_of where h.id = any (living);
  perform app.record_event(o.region_id, 'order_rejected', f.hold_id, o.id, f.node_id, null, jsonb_build_object('reason', 'other', 'missing', '[]'::jsonb))
  from public.fulfilments f where f.hold_id = any (living) order by f.hold_id;
  perform app.record_event(o.region_id, 'order_failed', f.hold_id, o.id, f.node_id, null, jsonb_build_object('note', coalesce(note, '')))
  from public.fulfilments f where f.hold_id = any (parts) and (f.state = 'rejected' or f.hold_id = any (living)) order by f.hold_id;
  update public.exceptions e set resolved_at = as_of, resolution = 'by_hand', resolved_by = (select auth.uid())
  where e.hold_id = any (parts) and e.kind = 'order_rejected' and e.resolved_at is null;
  update public.fulfilments f set state = 'failed', reject_reason = coalesce(f.reject_reason, 'other')
  where f.hold_id = any (parts) and (f.state = 'rejected' or f.hold_id = any (living));
  perform app.settle_orders(array[o.id]);
  perform app.pass_exception(k.kind, x.hold_id)
  from unnest(living) x (hold_id) cross join (values ('transfer_late'), ('hold_unplannable')) k (kind) order by x.hold_id, k.kind;
  insert into app.outbox (region_id, kind) values (o.region_id, 'capacity');
  return (select x.state from public.orders x where x.id = o.id);
end
$function$;
revoke all on function app.fail_order(uuid,text,text) from public;
grant execute on function app.fail_order(uuid,text,text) to authenticated;
grant execute on function app.fail_order(uuid,text,text) to service_role;

CREATE OR REPLACE FUNCTION app.finish_parcel(fulfilment_id uuid, outcome text, reason text DEFAULT NULL::text)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
begin
  if outcome is null or outcome not in ('delivered', 'failed') or (outcome = 'failed') <> (reason is not null)
     or reason not in ('nobody_home', 'address_not_found', 'refused', 'damaged', 'other') then
    raise exception using errcode = 'KPARG', message = 'a parcel is delivered, or failed for a known reason', detail = fulfilment_id::text;
  end if;
  select * into strict hold from public.holds h where h.id = f.hold_id;
  if f.state = outcome and hold.service = 'parcel' then
    return f.state;
  end if;
  if f.state <> 'handed_over' or hold.service <> 'parcel' then
    raise exception using errcode = 'KPSTA', message = 'the carrier does not have it', detail = f.state;
  end if;
  update public.fulfilments x set state = outcome where x.id = f.id;
  update public.holds h set state = 'fulfilled' where h.id = hold.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(hold.region_id, 'order_' || outcome, hold.id, f.order_id, f.node_id, null,
    case when reason is null then '{}'::jsonb else jsonb_build_object('reason', reason) end);
  return outcome;
end
$function$;
revoke all on function app.finish_parcel(uuid,text,text) from public;
grant execute on function app.finish_parcel(uuid,text,text) to authenticated;
grant execute on function app.finish_parcel(uuid,text,text) to service_role;

CREATE OR REPLACE FUNCTION app.finish_stop(stop_id uuid, outcome text, reason text DEFAULT NULL::text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  s public.stops := app.lock_stop(stop_id);
  as_of timestamptz;
begin
  if outcome is null or outcome not in ('delivered', 'failed') or (outcome = 'failed') <> (reason is not null)
     or reason not in ('nobody_home', 'address_not_found', 'refused', 'damaged', 'other') then
    raise exception using errcode = 'KPARG', message = 'a stop is delivered, or failed for a known reason', detail = stop_id::text;
  end if;
  if s.state = outcome then
    return;
  end if;
  if s.state in ('delivered', 'failed') then
    raise exception using errcode = 'KPSTA', message = 'the stop is already finished', detail = s.state;
  end if;
  perform from public.shifts h where h.id = s.shift_id for no key update;
  as_of := app.now();
  update public.stops x
  set state = outcome, fail_reason = reason, arrived_at = coalesce(x.arrived_at, as_of), finished_at = as_of, eta_at = coalesce(x.arrived_at, as_of)
  where x.id = s.id;
  update public.fulfilments f set state = outcome where f.hold_id = s.hold_id;
  update public.holds h set state = 'fulfilled' where h.id = s.hold_id;
  perform app.settle_orders(array(select f.order_id from public.fulfilments f where f.hold_id = s.hold_id));
  perform app.record_event(h.region_id, 'order_' || outcome, f.hold_id, f.order_id, f.node_id, s.shift_id,
    case when reason is null then '{}'::jsonb else jsonb_build_object('reason', reason) end)
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.hold_id = s.hold_id;

  if not exists (select from public.stops x where x.shift_id = s.shift_id and x.finished_at is null) then
    update public.shifts h set state = 'done', finished_at = as_of where h.id = s.shift_id and h.state = 'under_way';
    perform app.record_event(h.region_id, 'shift_finished', null, null, h.node_id, h.id) from public.shifts h where h.id = s.shift_id;
    perform app.pass_exception('van_late', s.shift_id);
  end if;
end
$function$;
revoke all on function app.finish_stop(uuid,text,text) from public;
grant execute on function app.finish_stop(uuid,text,text) to authenticated;
grant execute on function app.finish_stop(uuid,text,text) to service_role;

CREATE OR REPLACE FUNCTION app.forget_decisions(at_most integer DEFAULT 500)
 RETURNS integer
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  with gone as (
    delete from app.decisions d where d.hold_id in (
      select x.hold_id from app.decisions x join public.holds h on h.id = x.hold_id
      where h.state in ('released', 'expired') limit at_most for update of x skip locked
    ) returning 1
  ) select count(*)::integer from gone
$function$;
revoke all on function app.forget_decisions(integer) from public;
grant execute on function app.forget_decisions(integer) to service_role;

CREATE OR REPLACE FUNCTION app.forget_gate_code()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  update app.order_doors d set gate_code = null where d.order_id = new.id and d.gate_code is not null;
  return null;
end
$function$;
revoke all on function app.forget_gate_code() from public;

CREATE OR REPLACE FUNCTION app.forget_network()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.network_key := null;
  return new;
end
$function$;
revoke all on function app.forget_network() from public;

CREATE OR REPLACE FUNCTION app.gives_delivery(region_id app.code, starts_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select not exists (
    select from public.regions r
    cross join lateral (select (gives_delivery.starts_at at time zone r.time_zone)::date as day) d
    where r.id = gives_delivery.region_id and (
      exists (select from public.calendar_days c where c.region_id = r.id and c.node_id is null and c.day = d.day)
      or exists (
        select from public.blackouts b
        where b.region_id = r.id and b.day = d.day and b.service = 'delivery'
          and (b.starts is null or (b.day + b.starts) at time zone r.time_zone = gives_delivery.starts_at)
      )
    )
  )
$function$;
revoke all on function app.gives_delivery(app.code,timestamp with time zone) from public;

CREATE OR REPLACE FUNCTION app.gives_lane(lane_id app.code, day date, arrives_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select l.is_active and strpos(l.works_on, extract(isodow from gives_lane.day)::text) > 0
    and not app.is_closed(l.from_node_id, gives_lane.day)
    and not app.is_closed(l.to_node_id, (gives_lane.arrives_at at time zone z.time_zone)::date)
  from public.lanes l join app.node_zones z on z.node_id = l.to_node_id where l.id = gives_lane.lane_id
$function$;
revoke all on function app.gives_lane(app.code,date,timestamp with time zone) from public;
grant execute on function app.gives_lane(app.code,date,timestamp with time zone) to service_role;

CREATE OR REPLACE FUNCTION app.gives_parcels(node_id app.code, day date)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select not app.is_closed(gives_parcels.node_id, gives_parcels.day) and not exists (
    select from public.blackouts b join public.nodes n on n.id = gives_parcels.node_id
    where b.region_id = n.region_id and b.day = gives_parcels.day and b.service = 'parcel' and (b.node_id is null or b.node_id = n.id)
  )
$function$;
revoke all on function app.gives_parcels(app.code,date) from public;

CREATE OR REPLACE FUNCTION app.hand_over(fulfilment_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  hold public.holds;
  as_of timestamptz;
begin
  if f.state in ('handed_over', 'received', 'delivered') then
    return f.state;
  end if;
  if f.state <> 'ready' then
    raise exception using errcode = 'KPSTA', message = 'only a ready order can be handed over', detail = f.state;
  end if;
  if app.is_parked(f.order_id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = fulfilment_id::text;
  end if;
  select * into strict hold from public.holds h where h.id = f.hold_id;
  -- Its van may have been cancelled; there is nothing to load it into until it has another.
  if hold.service = 'delivery' and not exists (select from public.stops s where s.hold_id = hold.id) then
    raise exception using errcode = 'KPSTA', message = 'the order has no van', detail = f.id::text;
  end if;

  perform from public.inventory_levels l
  where (l.node_id, l.sku_id) in (select c.node_id, c.sku_id from app.open_claims(array[hold.id]) c where c.kind = 'stock')
  order by l.node_id, l.sku_id for no key update;
  as_of := app.now();
  update public.inventory_levels l set reserved = l.reserved - c.units, on_hand = l.on_hand - c.units
  from (select node_id, sku_id, units from app.open_claims(array[hold.id]) where kind = 'stock') c
  where (l.node_id, l.sku_id) = (c.node_id, c.sku_id);
  insert into public.stock_movements (node_id, sku_id, units, reason, hold_id, at)
  select c.node_id, c.sku_id, -c.units, 'shipped', hold.id, as_of from app.open_claims(array[hold.id]) c where c.kind = 'stock';
  insert into public.claims (hold_id, kind, units, reverses, reason, node_id, sku_id, at)
  select c.hold_id, c.kind, -c.units, c.id, 'shipped', c.node_id, c.sku_id, as_of from app.open_claims(array[hold.id]) c where c.kind = 'stock';

  if hold.service = 'pickup' and hold.lane_id is null then
    update public.fulfilments x set state = 'delivered', handed_over_at = as_of where x.id = f.id;
    update public.holds h set state = 'fulfilled' where h.id = hold.id;
  else
    update public.fulfilments x set state = 'handed_over', handed_over_at = as_of where x.id = f.id;
  end if;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(hold.region_id, case when hold.service = 'pickup' and hold.lane_id is null then 'order_delivered' else 'order_handed_over' end,
    hold.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = hold.id));
  return case when hold.service = 'pickup' and hold.lane_id is null then 'delivered' else 'handed_over' end;
end
$function$;
revoke all on function app.hand_over(uuid) from public;
grant execute on function app.hand_over(uuid) to authenticated;
grant execute on function app.hand_over(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.has_other_parts(order_id uuid, hold_ids uuid[])
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select exists (
    select from public.fulfilments f
    where f.order_id = has_other_parts.order_id and f.replaced_by is null and f.hold_id <> all (hold_ids)
  )
$function$;
revoke all on function app.has_other_parts(uuid,uuid[]) from public;

CREATE OR REPLACE FUNCTION app.hours_of(nodes text[], first_day date, last_day date)
 RETURNS TABLE(node_id app.code, starts_at timestamp with time zone, sec integer, usual_sec integer, excepted boolean)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select o.node_id, hour.starts_at, sum(part.sec)::integer, sum(part.usual_sec)::integer, bool_or(o.excepted)
  from app.opening_of(nodes, first_day - 1, last_day + 1) o
  cross join lateral (
    select (o.day + o.opens) at time zone o.time_zone as opens_at, (o.day + o.closes) at time zone o.time_zone as closes_at,
           (o.day + o.usual_opens) at time zone o.time_zone as usually_opens_at, (o.day + o.usual_closes) at time zone o.time_zone as usually_closes_at
  ) open
  cross join lateral generate_series(
    date_trunc('hour', least(opens_at, usually_opens_at), 'UTC'), greatest(closes_at, usually_closes_at) - interval '1 second', interval '1 hour'
  ) hour (starts_at)
  cross join lateral (
    -- Nothing without hours, or where a change of the clock turns them round; least() and greatest() pass over nulls.
    select case when opens_at is null then 0 else floor(o.work_sec * greatest(0, extract(epoch from
             least(hour.starts_at + interval '1 hour', closes_at) - greatest(hour.starts_at, opens_at))) / 3600)::integer end as sec,
           case when usually_opens_at is null then 0 else floor(o.usual_work_sec * greatest(0, extract(epoch from
             least(hour.starts_at + interval '1 hour', usually_closes_at) - greatest(hour.starts_at, usually_opens_at))) / 3600)::integer end as usual_sec
  ) part
  where hour.starts_at + interval '1 hour' > first_day::timestamp at time zone o.time_zone
    and hour.starts_at < (last_day + 1)::timestamp at time zone o.time_zone
  group by o.node_id, hour.starts_at
$function$;
revoke all on function app.hours_of(text[],date,date) from public;

CREATE OR REPLACE FUNCTION app.is_closed(node_id app.code, day date)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select coalesce((
    select x.opens is null and x.work_sec is null
    from public.calendar_days x join public.nodes n on n.id = is_closed.node_id
    where x.region_id = n.region_id and x.day = is_closed.day and (x.node_id = n.id or x.node_id is null)
    order by x.node_id nulls last limit 1
  ), false)
$function$;
revoke all on function app.is_closed(app.code,date) from public;

CREATE OR REPLACE FUNCTION app.is_order_topic(topic text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select topic ~ '^order:[0-9a-f]{32}$' and exists (select from public.orders o where o.token = substr(topic, 7))
$function$;
revoke all on function app.is_order_topic(text) from public;
grant execute on function app.is_order_topic(text) to anon;
grant execute on function app.is_order_topic(text) to authenticated;

CREATE OR REPLACE FUNCTION app.is_parked(order_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select exists (select from public.parkings p where p.order_id = is_parked.order_id and p.released_at is null)
$function$;
revoke all on function app.is_parked(uuid) from public;
grant execute on function app.is_parked(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.is_time_zone(name text)
 RETURNS boolean
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select exists (select from pg_catalog.pg_timezone_names z where z.name = is_time_zone.name)
$function$;
revoke all on function app.is_time_zone(text) from public;
grant execute on function app.is_time_zone(text) to service_role;

CREATE OR REPLACE FUNCTION app.issue_certificate(order_id uuid, hold_id uuid, jws text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into app.certificates (order_id, repromise, jws, issued_at)
  values (issue_certificate.order_id,
          coalesce((select r.number from public.repromises r where r.hold_id = issue_certificate.hold_id), 0),
          issue_certificate.jws, app.now())
  on conflict on constraint certificates_pkey do nothing;
  delete from app.decisions d where d.hold_id = issue_certificate.hold_id;
end
$function$;
revoke all on function app.issue_certificate(uuid,uuid,text) from public;
grant execute on function app.issue_certificate(uuid,uuid,text) to service_role;

CREATE OR REPLACE FUNCTION app.keep_carrier_day_closed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.limit_parcels := least(new.limit_parcels, new.claimed_parcels);
  return new;
end
$function$;
revoke all on function app.keep_carrier_day_closed() from public;

CREATE OR REPLACE FUNCTION app.keep_decision(hold_id uuid, body bytea)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into app.decisions (hold_id, body) values (hold_id, body) on conflict (hold_id) do nothing
$function$;
revoke all on function app.keep_decision(uuid,bytea) from public;
grant execute on function app.keep_decision(uuid,bytea) to service_role;

CREATE OR REPLACE FUNCTION app.keep_door(order_id uuid, door jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO ''
AS $function$
  insert into app.order_doors (order_id, safe_place, neighbour_allowed, gate_code, changed_at)
  select keep_door.order_id, door ->> 'safe_place', coalesce((door ->> 'neighbour_allowed')::boolean, false), door ->> 'gate_code', app.now()
  on conflict on constraint order_doors_pkey do nothing
$function$;
revoke all on function app.keep_door(uuid,jsonb) from public;
grant execute on function app.keep_door(uuid,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.keep_first_promise()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  if (new.promise_starts_at, new.promise_ends_at, new.token, new.id) is distinct from (old.promise_starts_at, old.promise_ends_at, old.token, old.id) then
    raise exception using errcode = 'KPAPP', message = 'the first confirmed window is the promise and never changes';
  end if;
  return new;
end
$function$;
revoke all on function app.keep_first_promise() from public;
grant execute on function app.keep_first_promise() to service_role;

CREATE OR REPLACE FUNCTION app.keep_lane_run_closed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.limit_orders := least(new.limit_orders, new.claimed_orders);
  return new;
end
$function$;
revoke all on function app.keep_lane_run_closed() from public;

CREATE OR REPLACE FUNCTION app.keep_pickup_window_closed()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.limit_orders := least(new.limit_orders, new.claimed_orders);
  return new;
end
$function$;
revoke all on function app.keep_pickup_window_closed() from public;

CREATE OR REPLACE FUNCTION app.lock_fulfilment(fulfilment_id uuid)
 RETURNS public.fulfilments
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments;
begin
  select * into f from public.fulfilments x where x.id = fulfilment_id;
  if not found or not app.may_work_at(f.node_id) then
    raise exception using errcode = 'KPNTF', message = 'no such fulfilment', detail = fulfilment_id::text;
  end if;
  -- Parts that are collected together share a place in their window: whoever locks one locks all.
  perform from public.holds h
  where h.id in (
    select f.hold_id
    union
    select p.id from public.holds x join public.holds p on p.lead_id = x.lead_id where x.id = f.hold_id and x.service = 'pickup'
  )
  order by h.id for no key update;
  select * into strict f from public.fulfilments x where x.id = fulfilment_id;
  return f;
end
$function$;
revoke all on function app.lock_fulfilment(uuid) from public;
grant execute on function app.lock_fulfilment(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.lock_hold_keys(region_id app.code, checkout_id uuid, address_key text, network_key text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform pg_advisory_xact_lock(k.number)
  from (
    select hashtextextended(concat_ws(' ', lock_hold_keys.region_id, x.kind, x.key), 0) as number
    from (values ('checkout', checkout_id::text), ('address', address_key), ('network', network_key)) x (kind, key)
    where x.key is not null
    order by 1
  ) k;
end
$function$;
revoke all on function app.lock_hold_keys(app.code,uuid,text,text) from public;
grant execute on function app.lock_hold_keys(app.code,uuid,text,text) to service_role;

CREATE OR REPLACE FUNCTION app.lock_parts(order_id uuid)
 RETURNS uuid[]
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return array(
    select h.id from public.holds h
    where h.id in (select f.hold_id from public.fulfilments f where f.order_id = lock_parts.order_id and f.replaced_by is null)
    order by h.id for no key update
  );
end
$function$;
revoke all on function app.lock_parts(uuid) from public;
grant execute on function app.lock_parts(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.lock_resources(giving public.claims[], taking app.hold_request[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.lock_resources(public.claims[],app.hold_request[]) from public;

CREATE OR REPLACE FUNCTION app.lock_stop(stop_id uuid)
 RETURNS public.stops
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  s public.stops;
begin
  select * into s from public.stops x where x.id = stop_id;
  if not found or not app.may_drive(s.shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such stop', detail = stop_id::text;
  end if;
  perform from public.holds h where h.id = s.hold_id for no key update;
  -- While this waited, the stop may have been taken out of its route or put on another van.
  select * into s from public.stops x where x.id = stop_id;
  if not found or not app.may_drive(s.shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such stop', detail = stop_id::text;
  end if;
  if not exists (select from public.shifts h where h.id = s.shift_id and h.state in ('under_way', 'done')) then
    raise exception using errcode = 'KPSTA', message = 'the shift is not under way', detail = s.shift_id::text;
  end if;
  return s;
end
$function$;
revoke all on function app.lock_stop(uuid) from public;
grant execute on function app.lock_stop(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.lock_transfer(fulfilment_id uuid)
 RETURNS public.fulfilments
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments;
  hold public.holds;
begin
  select * into f from public.fulfilments x where x.id = fulfilment_id;
  select * into hold from public.holds h where h.id = f.hold_id;
  if hold.lane_id is null or not app.may_work_at(hold.pickup_node_id) then
    raise exception using errcode = 'KPNTF', message = 'nothing is brought by that id', detail = fulfilment_id::text;
  end if;
  perform from public.holds h where h.lead_id = hold.lead_id order by h.id for no key update;
  select * into strict f from public.fulfilments x where x.id = fulfilment_id;
  return f;
end
$function$;
revoke all on function app.lock_transfer(uuid) from public;
grant execute on function app.lock_transfer(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.lose_transfer(fulfilment_id uuid, reason text)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_transfer(fulfilment_id);
begin
  if reason is null or reason not in ('lost', 'damaged') then
    raise exception using errcode = 'KPARG', message = 'what is brought is lost or damaged', detail = coalesce(reason, '');
  end if;
  if f.state = 'rejected' and f.handed_over_at is not null then
    return f.order_id;
  end if;
  if f.state not in ('handed_over', 'received') then
    raise exception using errcode = 'KPSTA', message = 'it is not on its way and not at the store', detail = f.state;
  end if;
  perform app.take_part_away(f, reason, '[]');
  return f.order_id;
end
$function$;
revoke all on function app.lose_transfer(uuid,text) from public;
grant execute on function app.lose_transfer(uuid,text) to authenticated;
grant execute on function app.lose_transfer(uuid,text) to service_role;

CREATE OR REPLACE FUNCTION app.mark_ready(fulfilment_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
  as_of timestamptz := app.now();
begin
  if f.state = 'ready' then
    return f.state;
  end if;
  if f.state <> 'to_pick' then
    raise exception using errcode = 'KPSTA', message = 'only an order that waits to be picked can become ready', detail = f.state;
  end if;
  if app.is_parked(f.order_id) then
    raise exception using errcode = 'KPPRK', message = 'the order is parked', detail = fulfilment_id::text;
  end if;
  perform app.lock_resources(array(select c from app.open_claims(array[f.hold_id]) c where c.kind = 'stock'), '{}');
  update public.fulfilments x set state = 'ready', ready_at = as_of where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.record_event(h.region_id, case when h.lane_id is null then 'order_ready' else 'order_picked' end, h.id, f.order_id, f.node_id, (select s.shift_id from public.stops s where s.hold_id = h.id))
  from public.holds h where h.id = f.hold_id;
  return 'ready';
end
$function$;
revoke all on function app.mark_ready(uuid) from public;
grant execute on function app.mark_ready(uuid) to authenticated;
grant execute on function app.mark_ready(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.may_drive(shift_id uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select exists (
    select from public.staff s join public.shifts h on h.id = may_drive.shift_id
    where s.user_id = (select auth.uid()) and (s.role = 'ops' or (s.role = 'driver' and h.driver_id = s.user_id))
  )
$function$;
revoke all on function app.may_drive(uuid) from public;
grant execute on function app.may_drive(uuid) to authenticated;
grant execute on function app.may_drive(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.may_work_at(node_id app.code)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select exists (
    select from public.staff s
    where s.user_id = (select auth.uid())
      and (s.role = 'ops'
        or (s.role = 'store' and exists (select from public.staff_nodes n where n.user_id = s.user_id and n.node_id = may_work_at.node_id)))
  )
$function$;
revoke all on function app.may_work_at(app.code) from public;
grant execute on function app.may_work_at(app.code) to authenticated;
grant execute on function app.may_work_at(app.code) to service_role;

CREATE OR REPLACE FUNCTION app.my_holds()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select f.hold_id from public.fulfilments f where f.node_id in (select app.my_nodes())
  union
  select h.id from public.holds h where h.lane_id is not null and h.pickup_node_id in (select app.my_nodes())
  union
  select s.hold_id from public.stops s where s.shift_id in (select app.my_shifts())
$function$;
revoke all on function app.my_holds() from public;
grant execute on function app.my_holds() to authenticated;
grant execute on function app.my_holds() to service_role;

CREATE OR REPLACE FUNCTION app.my_nodes()
 RETURNS SETOF app.code
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select n.node_id from public.staff s join public.staff_nodes n on n.user_id = s.user_id
  where s.user_id = (select auth.uid()) and s.role = 'store'
$function$;
revoke all on function app.my_nodes() from public;
grant execute on function app.my_nodes() to authenticated;
grant execute on function app.my_nodes() to service_role;

CREATE OR REPLACE FUNCTION app.my_orders()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select f.order_id from public.fulfilments f where f.hold_id in (select app.my_holds())
$function$;
revoke all on function app.my_orders() from public;
grant execute on function app.my_orders() to authenticated;
grant execute on function app.my_orders() to service_role;

CREATE OR REPLACE FUNCTION app.my_shifts()
 RETURNS SETOF uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select h.id from public.staff s join public.shifts h on h.driver_id = s.user_id
  where s.user_id = (select auth.uid()) and s.role = 'driver'
$function$;
revoke all on function app.my_shifts() from public;
grant execute on function app.my_shifts() to authenticated;
grant execute on function app.my_shifts() to service_role;

CREATE OR REPLACE FUNCTION app.nodes_version(region_id app.code)
 RETURNS text
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
AS $function$
begin
  return (
    select concat_ws(' ', count(*), sum(n.revision), max(n.changed_by), count(a), sum(a.revision))
    from public.nodes n left join public.service_areas a on a.node_id = n.id
    where n.region_id = nodes_version.region_id
  );
end
$function$;
revoke all on function app.nodes_version(app.code) from public;

CREATE OR REPLACE FUNCTION app.note_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  new.changed_by := pg_current_xact_id();
  new.revision := old.revision + 1;
  return new;
end
$function$;
revoke all on function app.note_change() from public;

CREATE OR REPLACE FUNCTION app.note_left_out(hold_id uuid, units jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  h public.holds;
begin
  select * into h from public.holds x where x.id = note_left_out.hold_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = hold_id;
  end if;
  if exists (select from public.events e where e.hold_id = h.id and e.kind = 'goods_left_out') then
    return;
  end if;
  perform app.record_event(h.region_id, 'goods_left_out', h.id, null, null, null, jsonb_build_object('units', units));
end
$function$;
revoke all on function app.note_left_out(uuid,jsonb) from public;
grant execute on function app.note_left_out(uuid,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.now()
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  return clock_timestamp() + (select c.shift from app.clock c);
end
$function$;
revoke all on function app.now() from public;
grant execute on function app.now() to authenticated;
grant execute on function app.now() to service_role;

CREATE OR REPLACE FUNCTION app.open_claims(hold_ids uuid[])
 RETURNS SETOF public.claims
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select c.* from public.claims c
  where c.hold_id = any (hold_ids) and c.reverses is null
    and not exists (select from public.claims r where r.reverses = c.id)
$function$;
revoke all on function app.open_claims(uuid[]) from public;
grant execute on function app.open_claims(uuid[]) to service_role;

CREATE OR REPLACE FUNCTION app.open_exception(region_id app.code, kind text, order_id uuid, hold_id uuid, shift_id uuid, node_id app.code, data jsonb)
 RETURNS boolean
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.exceptions (region_id, kind, order_id, hold_id, shift_id, node_id, data, opened_at)
  values (open_exception.region_id, open_exception.kind, open_exception.order_id, open_exception.hold_id, open_exception.shift_id,
          open_exception.node_id, open_exception.data, app.now())
  on conflict do nothing;
  if found then
    perform app.record_event(open_exception.region_id, 'exception_opened', open_exception.hold_id, open_exception.order_id,
      open_exception.node_id, open_exception.shift_id, jsonb_build_object('kind', open_exception.kind));
    return true;
  end if;
  return false;
end
$function$;
revoke all on function app.open_exception(app.code,text,uuid,uuid,uuid,app.code,jsonb) from public;
grant execute on function app.open_exception(app.code,text,uuid,uuid,uuid,app.code,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.open_horizon(region_id app.code)
 RETURNS TABLE(day date, windows integer, shifts integer)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  region public.regions;
  nodes text[];
  first_day date;
  last_day date;
begin
  select * into strict region from public.regions r where r.id = open_horizon.region_id for no key update;
  nodes := array(select n.id::text from public.nodes n where n.region_id = region.id order by n.id);
  first_day := (app.now() at time zone region.time_zone)::date;
  last_day := first_day + region.horizon_days - 1;

  insert into public.work_buckets (node_id, starts_at, target_sec, limit_sec, usual_sec)
  select h.node_id, h.starts_at, h.sec, h.sec, case when h.excepted then h.usual_sec end
  from app.hours_of(nodes, first_day, last_day) h order by 1, 2
  on conflict do nothing;

  insert into public.pickup_windows (node_id, starts_at, ends_at, price_cents, limit_orders, usual_orders)
  select n.id, x.starts_at, x.ends_at, w.price_cents, w.limit_orders,
         case when not coalesce((o.day + o.opens) at time zone o.time_zone <= x.starts_at and (o.day + o.closes) at time zone o.time_zone >= x.ends_at, false)
           or exists (
             select from public.blackouts b
             where b.region_id = region.id and b.day = o.day and b.service = 'pickup' and (b.node_id is null or b.node_id = n.id)
               and (b.starts is null or b.starts = w.starts)
           ) then w.limit_orders end
  from public.nodes n
  join app.opening_of(nodes, first_day, last_day) o on o.node_id = n.id
  join public.window_rules w on w.region_id = region.id and w.service = 'pickup' and w.weekday = extract(isodow from o.day)
    and ((o.opens <= w.starts and o.closes >= w.ends) or (o.usual_opens <= w.starts and o.usual_closes >= w.ends))
  cross join lateral (
    select (o.day + w.starts) at time zone o.time_zone as starts_at, (o.day + w.ends) at time zone o.time_zone as ends_at
  ) x
  where n.offers_pickup and x.ends_at > x.starts_at
    and not exists (select from public.pickup_windows p where (p.node_id, p.starts_at, p.ends_at) = (n.id, x.starts_at, x.ends_at))
  order by 1, 2, 3
  on conflict do nothing;

  insert into public.carrier_days (carrier_id, node_id, day, limit_parcels, usual_parcels)
  select c.carrier_id, c.node_id, d.day, c.day_limit_parcels, case when not app.gives_parcels(c.node_id, d.day) then c.day_limit_parcels end
  from public.carrier_services c
  cross join (select first_day + i as day from generate_series(0, last_day - first_day) i) d
  where c.node_id = any (nodes)
    and not exists (select from public.carrier_days e where (e.carrier_id, e.node_id, e.day) = (c.carrier_id, c.node_id, d.day))
  order by 1, 2, 3
  on conflict do nothing;

  insert into public.lane_runs (lane_id, day, limit_orders)
  select l.id, d.day, l.limit_orders
  from public.lanes l
  join (select first_day + i as day from generate_series(0, last_day - first_day) i) d on strpos(l.works_on, extract(isodow from d.day)::text) > 0
  where l.from_node_id = any (nodes) and l.is_active
    and not exists (select from public.lane_runs e where (e.lane_id, e.day) = (l.id, d.day))
  order by 1, 2
  on conflict do nothing;

  insert into public.shifts (region_id, vehicle_id, node_id, driver_id, starts_at, ends_at, limit_weight_g, limit_volume_ml)
  select region.id, v.id, v.node_id, r.driver_id, x.starts_at, x.ends_at, v.limit_weight_g, v.limit_volume_ml
  from public.shift_rules r
  join public.vehicles v on v.id = r.vehicle_id
  join app.node_zones z on z.node_id = v.node_id and z.region_id = region.id
  join (select first_day + i as day from generate_series(0, last_day - first_day) i) d on r.weekday = extract(isodow from d.day)
  cross join lateral (
    select (d.day + r.starts) at time zone z.time_zone as starts_at, (d.day + r.ends) at time zone z.time_zone as ends_at
  ) x
  where x.ends_at > x.starts_at
    and case when exists (select from public.shifts e where (e.vehicle_id, e.starts_at) = (v.id, x.starts_at)) then false else not app.is_closed(v.node_id, d.day) end
  order by 2, 5
  on conflict do nothing;

  insert into public.windows (region_id, starts_at, ends_at, price_cents, closed)
  select region.id, x.starts_at, x.ends_at, w.price_cents, not app.gives_delivery(region.id, x.starts_at)
  from public.window_rules w
  join (select first_day + i as day from generate_series(0, last_day - first_day) i) d on w.weekday = extract(isodow from d.day)
  cross join lateral (
    select (d.day + w.starts) at time zone region.time_zone as starts_at, (d.day + w.ends) at time zone region.time_zone as ends_at
  ) x
  where w.region_id = region.id and w.service = 'delivery' and x.ends_at > x.starts_at
    and not exists (select from public.windows e where (e.region_id, e.starts_at, e.ends_at) = (region.id, x.starts_at, x.ends_at))
  order by 2, 3
  on conflict do nothing;

  perform app.settle_cut_offs(region.id);

  return query
    select d.day,
           (select count(*)::integer from public.windows w
            where w.region_id = region.id and not w.closed and (w.starts_at at time zone region.time_zone)::date = d.day),
           (select count(*)::integer from public.shifts s
            where s.region_id = region.id and not s.closed and (s.starts_at at time zone region.time_zone)::date = d.day)
    from (select first_day + i as day from generate_series(0, last_day - first_day) i) d;
end
$function$;
revoke all on function app.open_horizon(app.code) from public;
grant execute on function app.open_horizon(app.code) to service_role;

CREATE OR REPLACE FUNCTION app.open_late_transfers(at_most integer DEFAULT 100)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  late record;
  opened integer := 0;
begin
  for late in
    select h.id, h.region_id, h.pickup_node_id, h.lane_id, h.lane_day, r.leaves_at
    from public.holds h
    join public.lane_runs r on r.lane_id = h.lane_id and r.day = h.lane_day
    where h.state = 'confirmed' and h.lane_id is not null and r.leaves_at <= app.now()
      and exists (
        select from public.fulfilments f
        where f.hold_id = h.id and (f.state in ('to_pick', 'ready') or f.state = 'handed_over' and r.ready_at <= app.now())
      )
      and not exists (select from public.exceptions e where e.hold_id = h.id and e.kind = 'transfer_late')
    order by h.id limit at_most for no key update of h skip locked
  loop
    -- Read anew under the lock: it may have been received meanwhile.
    if app.open_exception(late.region_id, 'transfer_late', f.order_id, late.id, null,
         case when f.state = 'handed_over' then late.pickup_node_id else f.node_id end,
         jsonb_build_object('lane', late.lane_id, 'day', late.lane_day, 'left_at', late.leaves_at, 'handed_over', f.state = 'handed_over'))
       from public.fulfilments f where f.hold_id = late.id and f.state in ('to_pick', 'ready', 'handed_over') then
      opened := opened + 1;
    end if;
  end loop;
  return opened;
end
$function$;
revoke all on function app.open_late_transfers(integer) from public;
grant execute on function app.open_late_transfers(integer) to service_role;

CREATE OR REPLACE FUNCTION app.opening_of(nodes text[], first_day date, last_day date)
 RETURNS TABLE(node_id app.code, time_zone text, day date, excepted boolean, opens time without time zone, closes time without time zone, work_sec integer, usual_opens time without time zone, usual_closes time without time zone, usual_work_sec integer)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select z.node_id, z.time_zone, d.day, c.id is not null,
         case when not c.closed or c.id is null then coalesce(c.opens, h.opens) end,
         case when not c.closed or c.id is null then coalesce(c.closes, h.closes) end,
         -- A weekday that is closed all year has no picking of its own: the busiest other day stands for it.
         coalesce(c.work_sec, h.work_sec, (select max(x.work_sec) from public.node_hours x where x.node_id = z.node_id), 0),
         h.opens, h.closes, h.work_sec
  from app.node_zones z
  cross join lateral (select first_day + i as day from generate_series(0, last_day - first_day) i) d
  left join public.node_hours h on h.node_id = z.node_id and h.weekday = extract(isodow from d.day)
  left join lateral (
    select x.*, x.opens is null and x.work_sec is null as closed
    from public.calendar_days x
    where x.region_id = z.region_id and x.day = d.day and (x.node_id = z.node_id or x.node_id is null)
    order by x.node_id nulls last limit 1
  ) c on true
  where z.node_id = any (nodes)
$function$;
revoke all on function app.opening_of(text[],date,date) from public;
grant execute on function app.opening_of(text[],date,date) to authenticated;
grant execute on function app.opening_of(text[],date,date) to service_role;

CREATE OR REPLACE FUNCTION app.park_order(order_id uuid, parking_id uuid, reason text, note text, release_by timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  o public.orders;
  parts uuid[];
  known uuid;
  as_of timestamptz;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  parts := app.lock_parts(park_order.order_id);
  select * into o from public.orders x where x.id = park_order.order_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  select p.order_id into known from public.parkings p where p.id = park_order.parking_id;
  if found then
    if known = o.id then
      return;
    end if;
    raise exception using errcode = 'KPDUP', message = 'the id was used for another order', detail = parking_id::text;
  end if;
  if app.has_other_parts(o.id, parts) then
    raise exception using errcode = 'KPPLN', message = 'the order is changing hands', detail = order_id::text;
  end if;
  if app.is_parked(o.id) or not exists (
    select from public.fulfilments f where f.hold_id = any (parts) and f.state in ('to_pick', 'ready', 'received', 'rejected')
  ) then
    raise exception using errcode = 'KPSTA', message = 'all of it has left, or it is parked', detail = o.state;
  end if;
  as_of := app.now();
  begin
    insert into public.parkings (id, order_id, reason, note, release_by, parked_at, parked_by)
    values (parking_id, o.id, park_order.reason, coalesce(park_order.note, ''), park_order.release_by, as_of, (select auth.uid()));
  exception when check_violation or not_null_violation then
    raise exception using errcode = 'KPARG', message = 'no reason, or no date that is to come', detail = order_id::text;
  end;
  perform app.record_event(o.region_id, 'order_parked', f.hold_id, o.id, f.node_id, null, jsonb_build_object('reason', park_order.reason))
  from public.fulfilments f where f.hold_id = any (parts) order by f.hold_id;
end
$function$;
revoke all on function app.park_order(uuid,uuid,text,text,timestamp with time zone) from public;
grant execute on function app.park_order(uuid,uuid,text,text,timestamp with time zone) to authenticated;
grant execute on function app.park_order(uuid,uuid,text,text,timestamp with time zone) to service_role;

CREATE OR REPLACE FUNCTION app.parking_due_at(parking public.parkings)
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  select least(parking.release_by, min(case f.state when 'to_pick' then h.pick_by - make_interval(secs => h.pick_sec) else h.pick_by end) - interval '30 minutes')
  from public.fulfilments f join public.holds h on h.id = f.hold_id
  where f.order_id = parking.order_id and f.state in ('to_pick', 'ready')
$function$;
revoke all on function app.parking_due_at(public.parkings) from public;
grant execute on function app.parking_due_at(public.parkings) to service_role;

CREATE OR REPLACE FUNCTION app.part_state(part public.fulfilments, service text, stop_state text, shift_state text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO ''
AS $function$
  select case part.state
    when 'rejected' then case when part.replaced_by is null then 'unplaced' end
    when 'repromised' then null
    when 'to_pick' then 'confirmed'
    -- What is still to be brought to the store is no further for whoever collects it there.
    when 'ready' then case service when 'transfer' then 'confirmed' else 'ready' end
    when 'received' then 'ready'
    -- A van's goods are on the way when it leaves, a carrier's once it has them.
    when 'handed_over' then case
      when service = 'transfer' then 'confirmed'
      when service = 'delivery' and shift_state is distinct from 'under_way' then 'ready'
      when stop_state = 'arrived' then 'arrived'
      else 'on_the_way'
    end
    else part.state
  end
$function$;
revoke all on function app.part_state(public.fulfilments,text,text,text) from public;
grant execute on function app.part_state(public.fulfilments,text,text,text) to service_role;

CREATE OR REPLACE FUNCTION app.pass_exception(kind text, subject uuid)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  e public.exceptions;
begin
  update public.exceptions x set resolved_at = app.now(), resolution = 'passed'
  where x.kind = pass_exception.kind and coalesce(x.hold_id, x.order_id, x.shift_id) = subject and x.resolved_at is null
  returning * into e;
  if found then
    perform app.record_event(e.region_id, 'exception_resolved', e.hold_id, e.order_id, e.node_id, e.shift_id, jsonb_build_object('kind', e.kind));
  end if;
end
$function$;
revoke all on function app.pass_exception(text,uuid) from public;
grant execute on function app.pass_exception(text,uuid) to service_role;

CREATE OR REPLACE FUNCTION app.pass_exceptions_of_hold()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform app.pass_exception('hold_unplannable', new.id);
  return null;
end
$function$;
revoke all on function app.pass_exceptions_of_hold() from public;

CREATE OR REPLACE FUNCTION app.place_hold(hold_id uuid, parts jsonb, ttl_sec integer)
 RETURNS TABLE(state text, expires_at timestamp with time zone, now_at timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(place_hold.parts);
begin
  if app.begin_hold(place_hold.hold_id, requests, ttl_sec) then
    perform app.lock_hold_keys(requests[1].region_id, requests[1].checkout_id, requests[1].address_key, requests[1].network_key);
    perform app.check_hold_counts(place_hold.hold_id);
    perform app.take_claims(requests);
    perform app.check_hold_shares(requests);
    perform app.check_calendar(requests);
    perform app.check_channel(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = place_hold.hold_id;
end
$function$;
revoke all on function app.place_hold(uuid,jsonb,integer) from public;
grant execute on function app.place_hold(uuid,jsonb,integer) to service_role;

CREATE OR REPLACE FUNCTION app.promises_at_stake(region_id app.code, node_id app.code, day date, opens time without time zone, closes time without time zone, open_otherwise boolean, service text DEFAULT NULL::text, starts time without time zone DEFAULT NULL::time without time zone)
 RETURNS TABLE(order_id uuid, number integer, service text, state text, node_id app.code, window_starts_at timestamp with time zone, window_ends_at timestamp with time zone, why text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  with affected as (
    select z.node_id, z.time_zone from app.node_zones z
    where z.region_id = promises_at_stake.region_id and (promises_at_stake.node_id is null or z.node_id = promises_at_stake.node_id)
      -- A node with an entry of its own does not follow its region's.
      and (promises_at_stake.node_id is not null or promises_at_stake.service is not null or not exists (
        select from public.calendar_days c where c.node_id = z.node_id and c.day = promises_at_stake.day))
  ), promised as (
    select f.order_id, o.number, h.service, f.state, h.node_id, h.window_starts_at, h.window_ends_at, h.id as hold_id, h.lane_id, h.lane_day, a.time_zone as node_zone, c.time_zone as counter_zone, r.time_zone as region_zone
    from public.holds h
    join public.fulfilments f on f.hold_id = h.id and f.state in ('to_pick', 'ready', 'handed_over', 'received')
    join public.orders o on o.id = f.order_id
    join public.regions r on r.id = h.region_id
    left join affected a on a.node_id = h.node_id
    left join affected c on c.node_id = h.pickup_node_id
    where h.region_id = promises_at_stake.region_id and h.state = 'confirmed'
      and ((select app.staff_role()) = 'ops' or h.node_id in (select app.my_nodes()) or h.pickup_node_id in (select app.my_nodes()))
      and h.window_ends_at > promises_at_stake.day::timestamp at time zone r.time_zone - interval '1 day'
  ), reasons as (
    select p.*, case
      when p.service = 'delivery' and promises_at_stake.node_id is null and (p.window_starts_at at time zone p.region_zone)::date = promises_at_stake.day
        and (promises_at_stake.service is null or (promises_at_stake.service = 'delivery'
          and (promises_at_stake.starts is null or (p.window_starts_at at time zone p.region_zone)::time = promises_at_stake.starts))) then 'window'
      when p.service = 'pickup' and p.counter_zone is not null and (p.window_starts_at at time zone p.counter_zone)::date = promises_at_stake.day
        and case
          when promises_at_stake.service is not null then promises_at_stake.service = 'pickup'
            and (promises_at_stake.starts is null or (p.window_starts_at at time zone p.counter_zone)::time = promises_at_stake.starts)
          when promises_at_stake.opens is not null then (p.window_starts_at at time zone p.counter_zone)::time < promises_at_stake.opens
            or p.window_ends_at > (promises_at_stake.day + promises_at_stake.closes) at time zone p.counter_zone
          else not open_otherwise
        end then 'window'
      -- Neither end of its run is closed while it runs.
      when p.lane_id is not null and promises_at_stake.service is null and promises_at_stake.opens is null and not open_otherwise
        and exists (
          select from public.lane_runs r where (r.lane_id, r.day) = (p.lane_id, p.lane_day) and (
            p.node_zone is not null and r.day = promises_at_stake.day and p.state in ('to_pick', 'ready')
            or p.counter_zone is not null and (r.arrives_at at time zone p.counter_zone)::date = promises_at_stake.day and p.state <> 'received')
        ) then 'run'
      when p.service = 'parcel' and p.node_zone is not null and (promises_at_stake.service = 'parcel' or (promises_at_stake.service is null and promises_at_stake.opens is null and not open_otherwise))
        and exists (
          select from public.claims c
          where c.hold_id = p.hold_id and c.kind = 'parcel' and c.day = promises_at_stake.day and c.units > 0
            and not exists (select from public.claims x where x.reverses = c.id)
        ) and p.state <> 'handed_over' then 'window'
      when promises_at_stake.service is null and promises_at_stake.opens is null and not open_otherwise and p.node_zone is not null and p.service = 'delivery' and p.state <> 'handed_over' and exists (
          select from public.stops s join public.shifts v on v.id = s.shift_id
          where s.hold_id = p.hold_id and v.state = 'planned' and (v.starts_at at time zone p.node_zone)::date = promises_at_stake.day
        ) then 'van'
      when promises_at_stake.service is null and not open_otherwise and p.node_zone is not null and p.state = 'to_pick' and exists (
          select from public.claims c
          where c.hold_id = p.hold_id and c.kind = 'work' and c.units > 0 and not exists (select from public.claims x where x.reverses = c.id)
            and (c.bucket_at at time zone p.node_zone)::date = promises_at_stake.day
            and (promises_at_stake.opens is null
              or c.bucket_at + interval '1 hour' <= (promises_at_stake.day + promises_at_stake.opens) at time zone p.node_zone
              or c.bucket_at >= (promises_at_stake.day + promises_at_stake.closes) at time zone p.node_zone)
        ) then 'picking'
    end as why
    from promised p
  )
  select x.order_id, x.number, x.service, x.state, x.node_id, x.window_starts_at, x.window_ends_at, x.why
  from reasons x where x.why is not null
  order by x.window_starts_at, x.number
$function$;
revoke all on function app.promises_at_stake(app.code,app.code,date,time without time zone,time without time zone,boolean,text,time without time zone) from public;
grant execute on function app.promises_at_stake(app.code,app.code,date,time without time zone,time without time zone,boolean,text,time without time zone) to authenticated;
grant execute on function app.promises_at_stake(app.code,app.code,date,time without time zone,time without time zone,boolean,text,time without time zone) to service_role;

CREATE OR REPLACE FUNCTION app.reacquire_and_confirm(old_id uuid, hold_id uuid, parts jsonb, order_id uuid, customer jsonb)
 RETURNS TABLE(order_number integer, token text, confirmed_at timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
begin
  perform from public.holds h where h.lead_id = old_id order by h.id for no key update;
  return query
    select o.number, o.token, o.confirmed_at from public.orders o
    join public.fulfilments f on f.order_id = o.id
    where o.id = reacquire_and_confirm.order_id and f.hold_id = old_id;
  if found then
    return;
  end if;
  perform app.swap_hold(old_id, reacquire_and_confirm.hold_id, (
    select jsonb_agg(x.value - array['checkout_id', 'address_key', 'network_key'] order by x.ordinality)
    from jsonb_array_elements(reacquire_and_confirm.parts) with ordinality x
  ), 60);
  return query select * from app.confirm_hold(reacquire_and_confirm.hold_id, reacquire_and_confirm.order_id, reacquire_and_confirm.customer);
end
$function$;
revoke all on function app.reacquire_and_confirm(uuid,uuid,jsonb,uuid,jsonb) from public;
grant execute on function app.reacquire_and_confirm(uuid,uuid,jsonb,uuid,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.read_doors(shift_id uuid)
 RETURNS TABLE(stop_id uuid, safe_place text, neighbour_allowed boolean, has_gate_code boolean, gate_code text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select s.id, d.safe_place, d.neighbour_allowed, d.gate_code is not null,
    case when h.driver_id = (select auth.uid()) and s.finished_at is null
      and (app.now() at time zone r.time_zone)::date >= (h.starts_at at time zone r.time_zone)::date then d.gate_code end
  from public.stops s
  join public.shifts h on h.id = s.shift_id
  join public.regions r on r.id = h.region_id
  join public.fulfilments f on f.hold_id = s.hold_id
  join app.order_doors d on d.order_id = f.order_id
  where s.shift_id = read_doors.shift_id and app.may_drive(read_doors.shift_id)
$function$;
revoke all on function app.read_doors(uuid) from public;
grant execute on function app.read_doors(uuid) to authenticated;
grant execute on function app.read_doors(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.read_parts(parts jsonb)
 RETURNS app.hold_request[]
 LANGUAGE plpgsql
 IMMUTABLE
 SET search_path TO ''
AS $function$
begin
  return array(
    select jsonb_populate_record(null::app.hold_request, x.value)
    from jsonb_array_elements(parts) with ordinality x order by x.ordinality
  );
end
$function$;
revoke all on function app.read_parts(jsonb) from public;

CREATE OR REPLACE FUNCTION app.read_quote_facts(region_id app.code, since xid8 DEFAULT '0'::xid8, channel text DEFAULT 'SHOP'::text)
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
$function$;
revoke all on function app.read_quote_facts(app.code,xid8,text) from public;
grant execute on function app.read_quote_facts(app.code,xid8,text) to service_role;

CREATE OR REPLACE FUNCTION app.read_stock(region_id app.code, skus text[], channel text DEFAULT 'SHOP'::text)
 RETURNS json
 LANGUAGE plpgsql
 STABLE
 SET search_path TO ''
 SET enable_seqscan TO 'off'
 SET enable_indexscan TO 'off'
 SET plan_cache_mode TO 'force_generic_plan'
AS $function$
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
$function$;
revoke all on function app.read_stock(app.code,text[],text) from public;
grant execute on function app.read_stock(app.code,text[],text) to service_role;

CREATE OR REPLACE FUNCTION app.receive_transfer(fulfilment_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_transfer(fulfilment_id);
begin
  if f.state = 'received' then
    return f.state;
  end if;
  if f.state <> 'handed_over' then
    raise exception using errcode = 'KPSTA', message = 'it is not on its way', detail = f.state;
  end if;
  update public.fulfilments x set state = 'received', received_at = app.now() where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.pass_exception('transfer_late', f.hold_id);
  perform app.record_event(h.region_id, 'order_received', h.id, f.order_id, h.pickup_node_id, null)
  from public.holds h where h.id = f.hold_id;
  return 'received';
end
$function$;
revoke all on function app.receive_transfer(uuid) from public;
grant execute on function app.receive_transfer(uuid) to authenticated;
grant execute on function app.receive_transfer(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.record_event(region_id app.code, kind text, hold_id uuid, order_id uuid, node_id app.code, shift_id uuid, data jsonb DEFAULT '{}'::jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  insert into public.events (at, region_id, actor, kind, hold_id, order_id, node_id, shift_id, data)
  values (app.now(), record_event.region_id, (select auth.uid()), record_event.kind, record_event.hold_id, record_event.order_id,
          record_event.node_id, record_event.shift_id, record_event.data);
end
$function$;
revoke all on function app.record_event(app.code,text,uuid,uuid,app.code,uuid,jsonb) from public;
grant execute on function app.record_event(app.code,text,uuid,uuid,app.code,uuid,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.record_forecast(shift_id uuid, etas jsonb, late_sec integer)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  shift public.shifts;
begin
  select * into shift from public.shifts s where s.id = record_forecast.shift_id for no key update;
  if not found or shift.state in ('done', 'cancelled') then
    return;
  end if;
  update public.stops s set eta_at = (x.value ->> 'eta_at')::timestamptz
  from jsonb_array_elements(etas) x
  where s.id = (x.value ->> 'id')::uuid and s.shift_id = shift.id and s.state = 'planned';
  if late_sec > 0 then
    perform app.open_exception(shift.region_id, 'van_late', null, null, shift.id, shift.node_id, jsonb_build_object('late_sec', late_sec));
  else
    perform app.pass_exception('van_late', shift.id);
  end if;
end
$function$;
revoke all on function app.record_forecast(uuid,jsonb,integer) from public;
grant execute on function app.record_forecast(uuid,jsonb,integer) to service_role;

CREATE OR REPLACE FUNCTION app.record_stock_events(source app.code, events jsonb, patient boolean DEFAULT true)
 RETURNS TABLE(place integer, outcome text)
 LANGUAGE plpgsql
 SET search_path TO ''
 SET enable_seqscan TO 'off'
AS $function$
#variable_conflict use_column
declare
  ahead constant interval := interval '5 minutes';
  as_of timestamptz;
  locked text[];
  added bigint[];
begin
  insert into public.inventory_levels (node_id, sku_id, on_hand, confirmed_at, confirmed_by)
  select distinct n.id, k.id, 0, null::timestamptz, null
  from jsonb_to_recordset(events) x (node_id text, sku_id text, at timestamptz)
  join public.nodes n on n.id = x.node_id
  join public.skus k on k.id = x.sku_id
  where x.at <= app.now() + ahead
    and not exists (select from public.inventory_levels l where (l.node_id, l.sku_id) = (n.id, k.id))
  order by 1, 2
  on conflict do nothing;

  if patient then
    locked := array(
      select l.node_id || ' ' || l.sku_id from public.inventory_levels l
      where (l.node_id, l.sku_id) in (select x.node_id, x.sku_id from jsonb_to_recordset(events) x (node_id text, sku_id text))
      order by l.node_id, l.sku_id
      for no key update
    );
  else
    locked := array(
      select l.node_id || ' ' || l.sku_id from public.inventory_levels l
      where (l.node_id, l.sku_id) in (select x.node_id, x.sku_id from jsonb_to_recordset(events) x (node_id text, sku_id text))
      order by l.node_id, l.sku_id
      for no key update skip locked
    );
  end if;
  as_of := app.now();

  with told as (
    insert into public.stock_events (source, event_id, seq, node_id, sku_id, kind, units, at, received_at)
    select record_stock_events.source, x.event_id, x.seq, l.node_id, l.sku_id, x.kind, x.units, x.at, as_of
    from rows from (jsonb_to_recordset(events) as (event_id text, seq bigint, node_id text, sku_id text, kind text, units integer, at timestamptz))
      with ordinality x (event_id, seq, node_id, sku_id, kind, units, at, place)
    join public.inventory_levels l on (l.node_id, l.sku_id) = (x.node_id, x.sku_id)
    where x.at <= as_of + ahead and x.node_id || ' ' || x.sku_id = any (locked)
    -- Of two that contradict each other the first one stands.
    order by x.place
    on conflict do nothing
    returning id
  )
  select coalesce(array_agg(t.id), '{}') into added from told t;

  insert into app.last_counts as c (node_id, sku_id, source, seq, units, at)
  select distinct on (e.node_id, e.sku_id) e.node_id, e.sku_id, e.source, e.seq, e.units, e.at
  from public.stock_events e where e.id = any (added) and e.kind = 'count'
  order by e.node_id, e.sku_id, e.seq desc
  on conflict (node_id, sku_id, source) do update set seq = excluded.seq, units = excluded.units, at = excluded.at
  where excluded.seq > c.seq;

  with touched as (
    select e.node_id, e.sku_id, max(e.id) as last_id, bool_or(e.kind = 'count') as is_count
    from public.stock_events e where e.id = any (added) group by e.node_id, e.sku_id
  ),
  derived as (
    select t.node_id, t.sku_id, t.last_id, t.is_count, anchor.source, anchor.at,
      (coalesce(anchor.units, 0)
        + coalesce((
            select sum(e.units) from public.stock_events e
            where (e.node_id, e.sku_id, e.source) = (t.node_id, t.sku_id, anchor.source) and e.kind = 'delta' and e.seq > anchor.seq), 0)
        + coalesce((
            select sum(e.units) from public.stock_events e
            where (e.node_id, e.sku_id) = (t.node_id, t.sku_id) and e.kind = 'delta' and e.source is distinct from anchor.source
              and e.at > coalesce(anchor.at, '-infinity')), 0)
        + coalesce((
            select sum(m.units) from public.stock_movements m
            where (m.node_id, m.sku_id) = (t.node_id, t.sku_id) and m.stock_event_id is null
              and m.at > coalesce(anchor.at, '-infinity')), 0))::integer as balance
    from touched t
    left join lateral (
      select c.* from app.last_counts c where (c.node_id, c.sku_id) = (t.node_id, t.sku_id) order by c.at desc, c.source desc limit 1
    ) anchor on true
  ),
  booked as (
    insert into public.stock_movements (node_id, sku_id, units, reason, stock_event_id, at)
    select d.node_id, d.sku_id, d.balance - (l.on_hand - l.shortage), case when d.is_count then 'count' else 'delta' end, d.last_id, as_of
    from derived d join public.inventory_levels l on (l.node_id, l.sku_id) = (d.node_id, d.sku_id)
    where d.balance <> l.on_hand - l.shortage
    order by d.node_id, d.sku_id
  )
  update public.inventory_levels l
  set on_hand = d.balance, -- and what of it is reserved but not there becomes the shortage: see settle_shortage
      shortage = 0,
      confirmed_at = greatest(l.confirmed_at, d.at),
      confirmed_by = case when d.at >= l.confirmed_at or l.confirmed_at is null then d.source else l.confirmed_by end
  from derived d where (l.node_id, l.sku_id) = (d.node_id, d.sku_id);

  if cardinality(added) > 0 then
    insert into app.outbox (region_id, kind)
    select distinct n.region_id, 'capacity' from public.nodes n
    where n.id in (select x.node_id from jsonb_to_recordset(events) x (node_id text));
  end if;

  return query
    select t.place, case
      when not exists (select from public.nodes n where n.id = t.node_id) then 'unknown_node'
      when not exists (select from public.skus k where k.id = t.sku_id) then 'unknown_sku'
      when t.at > as_of + ahead then 'in_the_future'
      when t.node_id || ' ' || t.sku_id <> all (locked) then 'busy'
      when e.id is null then 'seq_reused'
      when (e.seq, e.kind, e.units, e.at) is distinct from (t.seq, t.kind, t.units, t.at) then 'event_id_reused'
      when e.id <> all (added) or t.again then 'duplicate'
      when anchor.source is null then 'applied'
      when e.kind = 'count' then case when (anchor.source, anchor.seq) = (e.source, e.seq) then 'applied' else 'superseded' end
      when case when e.source = anchor.source then e.seq > anchor.seq else e.at > anchor.at end then 'applied'
      else 'superseded'
    end
    from (
      select x.place::integer, x.event_id, x.seq, x.node_id, x.sku_id, x.kind, x.units, x.at,
        row_number() over (partition by x.node_id, x.sku_id, x.event_id order by x.place) > 1 as again
      from rows from (jsonb_to_recordset(events) as (event_id text, seq bigint, node_id text, sku_id text, kind text, units integer, at timestamptz))
        with ordinality x (event_id, seq, node_id, sku_id, kind, units, at, place)
    ) t
    -- One by one, by its key: joined, the planner would read all that the source ever told.
    left join lateral (
      select e.* from public.stock_events e
      where (e.node_id, e.sku_id, e.source, e.event_id) = (t.node_id, t.sku_id, record_stock_events.source, t.event_id)
      limit 1
    ) e on true
    left join lateral (
      select c.* from app.last_counts c where (c.node_id, c.sku_id) = (t.node_id, t.sku_id) order by c.at desc, c.source desc limit 1
    ) anchor on true
    order by t.place;
end
$function$;
revoke all on function app.record_stock_events(app.code,jsonb,boolean) from public;
grant execute on function app.record_stock_events(app.code,jsonb,boolean) to service_role;

CREATE OR REPLACE FUNCTION app.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception using errcode = 'KPAPP', message = format('%s is append-only', tg_table_name);
end
$function$;
revoke all on function app.refuse_change() from public;
grant execute on function app.refuse_change() to service_role;

CREATE OR REPLACE FUNCTION app.refuse_delete()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  raise exception using errcode = 'KPAPP', message = format('rows of %s are kept: who reads changes would not see them go', tg_table_name);
end
$function$;
revoke all on function app.refuse_delete() from public;

CREATE OR REPLACE FUNCTION app.reject_fulfilment(fulfilment_id uuid, reason text, missing jsonb DEFAULT '[]'::jsonb)
 RETURNS uuid
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  f public.fulfilments := app.lock_fulfilment(fulfilment_id);
begin
  if f.state = 'rejected' then
    return f.order_id;
  end if;
  if f.state not in ('to_pick', 'ready') then
    raise exception using errcode = 'KPSTA', message = 'the order has left the node', detail = f.state;
  end if;
  if reason is null or reason not in ('out_of_stock', 'damaged', 'no_capacity', 'other') then
    raise exception using errcode = 'KPARG', message = 'not a reason to reject an order', detail = coalesce(reason, '');
  end if;
  if (select count(*) <> count(distinct x.value ->> 'sku_id') from jsonb_array_elements(missing) x) or exists (
    select from jsonb_array_elements(missing) x
    where not exists (select from public.hold_lines l where l.hold_id = f.hold_id and l.sku_id = x.value ->> 'sku_id' and (x.value ->> 'units')::integer between 1 and l.units)
  ) then
    raise exception using errcode = 'KPARG', message = 'the missing units are not of this order', detail = fulfilment_id::text;
  end if;

  perform app.take_part_away(f, reason, missing);
  return f.order_id;
end
$function$;
revoke all on function app.reject_fulfilment(uuid,text,jsonb) from public;
grant execute on function app.reject_fulfilment(uuid,text,jsonb) to authenticated;
grant execute on function app.reject_fulfilment(uuid,text,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.release_hold(hold_id uuid)
 RETURNS text
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  hold public.holds;
  parts uuid[];
begin
  parts := array(select h.id from public.holds h where h.lead_id = release_hold.hold_id order by h.id for no key update);
  select * into hold from public.holds h where h.id = release_hold.hold_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = release_hold.hold_id::text;
  end if;
  if exists (select from public.holds h where h.id = any (parts) and h.state in ('confirmed', 'fulfilled')) then
    raise exception using errcode = 'KPSTA', message = 'the hold is confirmed', detail = hold.id::text;
  end if;
  if hold.state <> 'held' then
    return hold.state;
  end if;
  perform app.end_holds(parts, 'released');
  return 'released';
end
$function$;
revoke all on function app.release_hold(uuid) from public;
grant execute on function app.release_hold(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.remove_stops(hold_ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  gone public.stops;
begin
  for gone in
    select * from public.stops s where s.hold_id = any (hold_ids) order by s.shift_id, s.position desc
  loop
    delete from public.stops s where s.id = gone.id;
    update public.stops s
    set leg_sec = s.leg_sec + gone.leg_sec, leg_m = s.leg_m + gone.leg_m
    where s.shift_id = gone.shift_id and s.position = gone.position + 1;
    if not found then
      update public.shifts s
      set return_leg_sec = case when gone.position = 0 then 0 else s.return_leg_sec + gone.leg_sec end,
          return_leg_m = case when gone.position = 0 then 0 else s.return_leg_m + gone.leg_m end
      where s.id = gone.shift_id;
    end if;
    update public.stops s set position = s.position - 1 where s.shift_id = gone.shift_id and s.position > gone.position;
    update public.shifts s set plan_version = s.plan_version + 1 where s.id = gone.shift_id;
  end loop;
end
$function$;
revoke all on function app.remove_stops(uuid[]) from public;
grant execute on function app.remove_stops(uuid[]) to service_role;

CREATE OR REPLACE FUNCTION app.renew_carrier_runs()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform from public.carrier_days d
  where (d.carrier_id, d.node_id) = (new.carrier_id, new.node_id) and d.leaves_at > app.now() order by d.day for no key update;
  update public.carrier_days d set day = d.day
  where (d.carrier_id, d.node_id) = (new.carrier_id, new.node_id) and d.leaves_at > app.now();
  return null;
end
$function$;
revoke all on function app.renew_carrier_runs() from public;

CREATE OR REPLACE FUNCTION app.renew_lane_runs()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform from public.lane_runs r where r.lane_id = new.id and r.leaves_at > app.now() order by r.day for no key update;
  -- Each is written, whether it is dated anew or not: its terms are read with it.
  update public.lane_runs r set day = r.day where r.lane_id = new.id and r.leaves_at > app.now();
  perform app.settle_lane_runs(array[new.id::text], '-infinity', 'infinity');
  return null;
end
$function$;
revoke all on function app.renew_lane_runs() from public;

CREATE OR REPLACE FUNCTION app.replace_fulfilment(fulfilment_id uuid, hold_id uuid, parts jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$;
revoke all on function app.replace_fulfilment(uuid,uuid,jsonb) from public;
grant execute on function app.replace_fulfilment(uuid,uuid,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.replan_hold(hold_id uuid, shift_id uuid, plan_version integer, route jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  hold public.holds;
  shift public.shifts;
  as_of timestamptz;
begin
  select * into hold from public.holds h where h.id = replan_hold.hold_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = hold_id::text;
  end if;
  if hold.state not in ('held', 'confirmed') or hold.service <> 'delivery' then
    raise exception using errcode = 'KPSTA', message = 'the hold needs no van', detail = hold.state;
  end if;
  if exists (select from public.stops s where s.hold_id = hold.id) then
    return;
  end if;
  select * into shift from public.shifts s where s.id = replan_hold.shift_id and s.node_id = hold.node_id for no key update;
  as_of := app.now();
  if not found or shift.state <> 'planned' or shift.starts_at <= as_of then
    raise exception using errcode = 'KPDEP', message = 'the shift no longer takes stops', detail = coalesce(shift_id::text, '');
  end if;
  if shift.plan_version is distinct from replan_hold.plan_version then
    raise exception using errcode = 'KPPLN', message = 'the plan has moved on', detail = shift.id::text;
  end if;
  if shift.claimed_weight_g + hold.weight_g > shift.limit_weight_g or shift.claimed_volume_ml + hold.volume_ml > shift.limit_volume_ml then
    raise exception using errcode = 'KPVAN', message = 'the van is full', detail = shift.id::text;
  end if;

  update public.shifts s
  set claimed_weight_g = s.claimed_weight_g + hold.weight_g, claimed_volume_ml = s.claimed_volume_ml + hold.volume_ml
  where s.id = shift.id;
  insert into public.stops (id, shift_id, hold_id, position, lng, lat, window_starts_at, window_ends_at, service_sec,
                            weight_g, volume_ml, leg_sec, leg_m, arrive_at, start_at, depart_at)
  select hold.id, shift.id, hold.id, 1000000, hold.lng, hold.lat, hold.visit_starts_at, hold.visit_ends_at, hold.service_sec,
         hold.weight_g, hold.volume_ml, (x.value ->> 'leg_sec')::integer, (x.value ->> 'leg_m')::integer,
         (x.value ->> 'arrive_at')::timestamptz, (x.value ->> 'start_at')::timestamptz,
         (x.value ->> 'start_at')::timestamptz + make_interval(secs => hold.service_sec)
  from jsonb_array_elements(route -> 'stops') x where (x.value ->> 'id')::uuid = hold.id;
  if not found then
    raise exception using errcode = 'KPBUG', message = 'the route does not name the new stop';
  end if;
  perform app.write_route(shift.id, route);
  insert into public.claims (hold_id, kind, units, reason, shift_id, at)
  values (hold.id, 'weight', hold.weight_g, 'moved', shift.id, as_of), (hold.id, 'volume', hold.volume_ml, 'moved', shift.id, as_of);

  update public.exceptions e set resolved_at = as_of, resolution = 'automatic'
  where e.hold_id = hold.id and e.kind = 'hold_unplannable' and e.resolved_at is null;
  perform app.record_event(hold.region_id, 'hold_replanned', hold.id,
    (select f.order_id from public.fulfilments f where f.hold_id = hold.id), hold.node_id, shift.id);
  insert into app.outbox (region_id, kind, shift_id) values (hold.region_id, 'plan', shift.id);
end
$function$;
revoke all on function app.replan_hold(uuid,uuid,integer,jsonb) from public;
grant execute on function app.replan_hold(uuid,uuid,integer,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.report_position(shift_id uuid, lng double precision, lat double precision)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  as_of timestamptz := app.now();
begin
  if not app.may_drive(shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such shift', detail = shift_id::text;
  end if;
  if not exists (select from public.shifts s where s.id = report_position.shift_id and s.state = 'under_way') then
    raise exception using errcode = 'KPSTA', message = 'the shift is not under way', detail = shift_id::text;
  end if;
  insert into public.positions as p (shift_id, lng, lat, at)
  values (report_position.shift_id, report_position.lng, report_position.lat, as_of)
  on conflict on constraint positions_pkey do update set lng = excluded.lng, lat = excluded.lat, at = excluded.at where p.at < excluded.at;
end
$function$;
revoke all on function app.report_position(uuid,double precision,double precision) from public;
grant execute on function app.report_position(uuid,double precision,double precision) to authenticated;
grant execute on function app.report_position(uuid,double precision,double precision) to service_role;

CREATE OR REPLACE FUNCTION app.repromise_order(order_id uuid, after integer, hold_id uuid, parts jsonb, actor text, reason text, note text)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
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
$function$;
revoke all on function app.repromise_order(uuid,integer,uuid,jsonb,text,text,text) from public;
grant execute on function app.repromise_order(uuid,integer,uuid,jsonb,text,text,text) to service_role;

CREATE OR REPLACE FUNCTION app.resolve_exception(exception_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  e public.exceptions;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such exception', detail = exception_id::text;
  end if;
  select * into e from public.exceptions x where x.id = exception_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such exception', detail = exception_id::text;
  end if;
  if e.resolved_at is null
     and (e.kind = 'order_rejected' and exists (
         select from public.fulfilments f where f.hold_id = e.hold_id and f.state = 'rejected' and f.replaced_by is null
       )
       or e.kind = 'hold_unplannable' and exists (
         select from public.holds h
         where h.id = e.hold_id and h.service = 'delivery' and h.state in ('held', 'confirmed')
           and not exists (select from public.stops s where s.hold_id = h.id)
       )
       or e.kind = 'order_parked' and app.is_parked(e.order_id)) then
    raise exception using errcode = 'KPSTA', message = 'the promise still waits for a node, a van or its release', detail = e.id::text;
  end if;
  if e.resolved_at is null then
    update public.exceptions x set resolved_at = app.now(), resolution = 'by_hand', resolved_by = (select auth.uid()) where x.id = e.id;
    perform app.record_event(e.region_id, 'exception_resolved', e.hold_id, e.order_id, e.node_id, e.shift_id, jsonb_build_object('kind', e.kind));
  end if;
end
$function$;
revoke all on function app.resolve_exception(uuid) from public;
grant execute on function app.resolve_exception(uuid) to authenticated;
grant execute on function app.resolve_exception(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.return_claims(hold_ids uuid[], reason text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.return_claims(uuid[],text) from public;
grant execute on function app.return_claims(uuid[],text) to service_role;

CREATE OR REPLACE FUNCTION app.reword_address(hold_id uuid, address text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
begin
  perform from public.holds h where h.lead_id = reword_address.hold_id order by h.id for no key update;
  update public.holds h set address = reword_address.address where h.lead_id = reword_address.hold_id and h.state = 'held';
end
$function$;
revoke all on function app.reword_address(uuid,text) from public;
grant execute on function app.reword_address(uuid,text) to service_role;

CREATE OR REPLACE FUNCTION app.set_blackout(region_id app.code, node_id app.code, service text, day date, starts time without time zone, name text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform app.begin_calendar_change(set_blackout.region_id, set_blackout.node_id, set_blackout.day);
  insert into public.blackouts as b (region_id, node_id, service, day, starts, name)
  values (set_blackout.region_id, set_blackout.node_id, set_blackout.service, set_blackout.day, set_blackout.starts, set_blackout.name)
  on conflict on constraint blackouts_region_id_node_id_service_day_starts_key do update
  set name = excluded.name where b.name <> excluded.name;
  if found then
    perform app.end_calendar_change(set_blackout.region_id, set_blackout.node_id, set_blackout.day, false, 'blackout_set',
      jsonb_build_object('service', set_blackout.service, 'starts', set_blackout.starts, 'name', set_blackout.name));
  end if;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'KPARG', message = 'not a blackout', detail = set_blackout.day::text;
end
$function$;
revoke all on function app.set_blackout(app.code,app.code,text,date,time without time zone,text) from public;
grant execute on function app.set_blackout(app.code,app.code,text,date,time without time zone,text) to authenticated;
grant execute on function app.set_blackout(app.code,app.code,text,date,time without time zone,text) to service_role;

CREATE OR REPLACE FUNCTION app.set_calendar_day(region_id app.code, node_id app.code, day date, name text, opens time without time zone DEFAULT NULL::time without time zone, closes time without time zone DEFAULT NULL::time without time zone, work_sec integer DEFAULT NULL::integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform app.begin_calendar_change(set_calendar_day.region_id, set_calendar_day.node_id, set_calendar_day.day);
  insert into public.calendar_days as c (region_id, node_id, day, name, opens, closes, work_sec)
  values (set_calendar_day.region_id, set_calendar_day.node_id, set_calendar_day.day, set_calendar_day.name,
          set_calendar_day.opens, set_calendar_day.closes, set_calendar_day.work_sec)
  on conflict on constraint calendar_days_region_id_node_id_day_key do update
  set (name, opens, closes, work_sec) = (excluded.name, excluded.opens, excluded.closes, excluded.work_sec)
  where (c.name, c.opens, c.closes, c.work_sec) is distinct from (excluded.name, excluded.opens, excluded.closes, excluded.work_sec);
  if found then
    perform app.end_calendar_change(set_calendar_day.region_id, set_calendar_day.node_id, set_calendar_day.day, true, 'calendar_day_set',
      jsonb_build_object('name', set_calendar_day.name, 'opens', set_calendar_day.opens, 'closes', set_calendar_day.closes, 'work_sec', set_calendar_day.work_sec));
  end if;
exception when check_violation or not_null_violation then
  raise exception using errcode = 'KPARG', message = 'not an entry of a calendar', detail = set_calendar_day.day::text;
end
$function$;
revoke all on function app.set_calendar_day(app.code,app.code,date,text,time without time zone,time without time zone,integer) from public;
grant execute on function app.set_calendar_day(app.code,app.code,date,text,time without time zone,time without time zone,integer) to authenticated;
grant execute on function app.set_calendar_day(app.code,app.code,date,text,time without time zone,time without time zone,integer) to service_role;

CREATE OR REPLACE FUNCTION app.set_capacity(node_id app.code, starts_at timestamp with time zone, target_sec integer)
 RETURNS TABLE(limit_sec integer, claimed_sec integer)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
#variable_conflict use_column
begin
  if not app.may_work_at(node_id) then
    raise exception using errcode = 'KPNTF', message = 'no such node', detail = node_id;
  end if;
  perform from public.work_buckets b where (b.node_id, b.starts_at) = (set_capacity.node_id, set_capacity.starts_at) for no key update;
  return query
    update public.work_buckets b
    set target_sec = set_capacity.target_sec, limit_sec = greatest(set_capacity.target_sec, b.claimed_sec)
    where (b.node_id, b.starts_at) = (set_capacity.node_id, set_capacity.starts_at)
    returning b.limit_sec, b.claimed_sec;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'the node is not open in that hour', detail = starts_at::text;
  end if;
  perform app.record_event(n.region_id, 'capacity_set', null, null, n.id, null,
    jsonb_build_object('starts_at', starts_at, 'target_sec', target_sec)) from public.nodes n where n.id = set_capacity.node_id;
  insert into app.outbox (region_id, kind) select n.region_id, 'capacity' from public.nodes n where n.id = set_capacity.node_id;
end
$function$;
revoke all on function app.set_capacity(app.code,timestamp with time zone,integer) from public;
grant execute on function app.set_capacity(app.code,timestamp with time zone,integer) to authenticated;
grant execute on function app.set_capacity(app.code,timestamp with time zone,integer) to service_role;

CREATE OR REPLACE FUNCTION app.set_channel(region_id app.code, channel_id app.code, channel jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if app.staff_role() is distinct from 'ops' or not exists (select from public.regions r where r.id = set_channel.region_id) then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if num_nulls(channel ->> 'name', channel ->> 'is_active', channel ->> 'priority_class') > 0 then
    raise exception using errcode = 'KPARG', message = 'something of the channel is missing', detail = channel_id;
  end if;
  insert into public.channels as c (region_id, id, name, is_active, priority_class)
  values (set_channel.region_id, channel_id, channel ->> 'name', (channel ->> 'is_active')::boolean, (channel ->> 'priority_class')::smallint)
  on conflict on constraint channels_pkey do update set (name, is_active, priority_class) = (excluded.name, excluded.is_active, excluded.priority_class);
  perform app.record_event(region_id, 'channel_set', null, null, null, null, channel || jsonb_build_object('id', channel_id));
end
$function$;
revoke all on function app.set_channel(app.code,app.code,jsonb) from public;
grant execute on function app.set_channel(app.code,app.code,jsonb) to authenticated;
grant execute on function app.set_channel(app.code,app.code,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.set_channel_safety(node_id app.code, sku_id app.code, channel_id app.code, units integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  region app.code;
begin
  perform from public.inventory_levels l
  where (l.node_id, l.sku_id) = (set_channel_safety.node_id, set_channel_safety.sku_id) for no key update;
  if found and app.staff_role() = 'ops' then
    select n.region_id into region from public.nodes n join public.channels c on c.region_id = n.region_id
    where n.id = set_channel_safety.node_id and c.id = set_channel_safety.channel_id;
  end if;
  if region is null then
    raise exception using errcode = 'KPNTF', message = 'no such level or channel', detail = channel_id;
  end if;
  if units = 0 then
    delete from public.channel_safety k
    where (k.region_id, k.channel_id, k.sku_id, k.node_id) = (region, set_channel_safety.channel_id, set_channel_safety.sku_id, set_channel_safety.node_id);
  else
    insert into public.channel_safety as k (region_id, channel_id, sku_id, node_id, units)
    values (region, set_channel_safety.channel_id, set_channel_safety.sku_id, set_channel_safety.node_id, set_channel_safety.units)
    on conflict on constraint channel_safety_pkey do update set units = excluded.units;
  end if;
  perform app.record_event(region, 'channel_safety_set', null, null, set_channel_safety.node_id, null,
    jsonb_build_object('channel_id', channel_id, 'sku_id', sku_id, 'units', units));
end
$function$;
revoke all on function app.set_channel_safety(app.code,app.code,app.code,integer) from public;
grant execute on function app.set_channel_safety(app.code,app.code,app.code,integer) to authenticated;
grant execute on function app.set_channel_safety(app.code,app.code,app.code,integer) to service_role;

CREATE OR REPLACE FUNCTION app.set_channel_shares(region_id app.code, channel_id app.code, shares jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$;
revoke all on function app.set_channel_shares(app.code,app.code,jsonb) from public;
grant execute on function app.set_channel_shares(app.code,app.code,jsonb) to authenticated;
grant execute on function app.set_channel_shares(app.code,app.code,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.set_cut_offs(region_id app.code, node_id app.code, service text, rules jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  before jsonb;
  after jsonb;
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = set_cut_offs.region_id;
  end if;
  perform app.begin_calendar_change(set_cut_offs.region_id, set_cut_offs.node_id, null);
  select jsonb_agg(to_jsonb(c) - 'id' order by c.weekday) into before from public.cut_offs c
  where c.region_id = set_cut_offs.region_id and c.node_id is not distinct from set_cut_offs.node_id and c.service = set_cut_offs.service;
  delete from public.cut_offs c
  where c.region_id = set_cut_offs.region_id and c.node_id is not distinct from set_cut_offs.node_id and c.service = set_cut_offs.service;
  insert into public.cut_offs (region_id, node_id, service, weekday, order_by, lead_days, least_lead_min)
  select set_cut_offs.region_id, set_cut_offs.node_id, set_cut_offs.service, x.weekday, x.order_by, coalesce(x.lead_days, 0), coalesce(x.least_lead_min, 0)
  from jsonb_to_recordset(set_cut_offs.rules) x (weekday smallint, order_by time, lead_days smallint, least_lead_min integer);
  select jsonb_agg(to_jsonb(c) - 'id' order by c.weekday) into after from public.cut_offs c
  where c.region_id = set_cut_offs.region_id and c.node_id is not distinct from set_cut_offs.node_id and c.service = set_cut_offs.service;
  if after is distinct from before then
    perform app.settle_cut_offs(set_cut_offs.region_id);
    perform app.record_event(set_cut_offs.region_id, 'cut_offs_set', null, null, set_cut_offs.node_id, null,
      jsonb_build_object('service', set_cut_offs.service, 'rules', set_cut_offs.rules));
    insert into app.outbox (region_id, kind) values (set_cut_offs.region_id, 'capacity');
  end if;
exception when check_violation or not_null_violation or unique_violation then
  raise exception using errcode = 'KPARG', message = 'not cut-offs', detail = set_cut_offs.service;
end
$function$;
revoke all on function app.set_cut_offs(app.code,app.code,text,jsonb) from public;
grant execute on function app.set_cut_offs(app.code,app.code,text,jsonb) to authenticated;
grant execute on function app.set_cut_offs(app.code,app.code,text,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.set_hold_limits(region_id app.code, per_checkout integer, per_address integer, per_network integer, unconfirmed_percent integer)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  update public.hold_limits l
  set per_checkout = set_hold_limits.per_checkout, per_address = set_hold_limits.per_address,
      per_network = set_hold_limits.per_network, unconfirmed_percent = set_hold_limits.unconfirmed_percent
  where l.region_id = set_hold_limits.region_id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform app.record_event(region_id, 'hold_limits_set', null, null, null, null, jsonb_build_object('per_checkout', per_checkout,
    'per_address', per_address, 'per_network', per_network, 'unconfirmed_percent', unconfirmed_percent));
exception when check_violation or not_null_violation then
  raise exception using errcode = 'KPARG', message = 'not a limit', detail = region_id;
end
$function$;
revoke all on function app.set_hold_limits(app.code,integer,integer,integer,integer) from public;
grant execute on function app.set_hold_limits(app.code,integer,integer,integer,integer) to authenticated;
grant execute on function app.set_hold_limits(app.code,integer,integer,integer,integer) to service_role;

CREATE OR REPLACE FUNCTION app.set_order_priority(order_id uuid, priority_class integer, note text)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  o public.orders;
begin
  if app.staff_role() = 'ops' then
    select * into o from public.orders x where x.id = set_order_priority.order_id for no key update;
  end if;
  if o.id is null then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  if o.finished_at is not null then
    raise exception using errcode = 'KPSTA', message = 'the order has ended', detail = o.state;
  end if;
  if coalesce(trim(note), '') = '' then
    raise exception using errcode = 'KPARG', message = 'another class has a reason', detail = order_id::text;
  end if;
  if o.priority_class = set_order_priority.priority_class then
    return o.priority_class;
  end if;
  update public.orders x set priority_class = set_order_priority.priority_class where x.id = o.id;
  perform app.record_event(o.region_id, 'order_prioritised', null, o.id, null, null,
    jsonb_build_object('class', priority_class, 'note', trim(note)));
  return priority_class;
end
$function$;
revoke all on function app.set_order_priority(uuid,integer,text) from public;
grant execute on function app.set_order_priority(uuid,integer,text) to authenticated;
grant execute on function app.set_order_priority(uuid,integer,text) to service_role;

CREATE OR REPLACE FUNCTION app.set_service_area(node_id app.code, most_drive_sec integer, area jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  region app.code;
begin
  select n.region_id into region from public.nodes n where n.id = set_service_area.node_id;
  if region is null or app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such node', detail = node_id;
  end if;
  if num_nonnulls(most_drive_sec, area) = 0 then
    delete from public.service_areas a where a.node_id = set_service_area.node_id;
  else
    insert into public.service_areas as a (node_id, most_drive_sec, area)
    values (set_service_area.node_id, set_service_area.most_drive_sec, set_service_area.area)
    on conflict on constraint service_areas_pkey do update
    set most_drive_sec = excluded.most_drive_sec, area = excluded.area, revision = excluded.revision;
  end if;
  perform app.record_event(region, 'service_area_set', null, null, node_id, null,
    jsonb_build_object('most_drive_sec', most_drive_sec, 'has_area', area is not null));
exception when check_violation then
  raise exception using errcode = 'KPARG', message = 'not a service area', detail = node_id;
end
$function$;
revoke all on function app.set_service_area(app.code,integer,jsonb) from public;
grant execute on function app.set_service_area(app.code,integer,jsonb) to authenticated;
grant execute on function app.set_service_area(app.code,integer,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.set_sourcing_rules(region_id app.code, rules jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
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
$function$;
revoke all on function app.set_sourcing_rules(app.code,jsonb) from public;
grant execute on function app.set_sourcing_rules(app.code,jsonb) to authenticated;
grant execute on function app.set_sourcing_rules(app.code,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.set_stock_freshness(region_id app.code, steps jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  perform from public.regions r where r.id = set_stock_freshness.region_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such region', detail = region_id;
  end if;
  if exists (
    select from (
      select x.after_hours, x.held_back_percent, lag(x.after_hours) over step as hours_before, lag(x.held_back_percent) over step as percent_before
      from rows from (jsonb_to_recordset(steps) as (after_hours integer, held_back_percent integer)) with ordinality x (after_hours, held_back_percent, place)
      window step as (order by x.place)
    ) s
    where (s.after_hours between 1 and 8784 and s.held_back_percent between 1 and 100) is not true
      or s.after_hours <= s.hours_before or s.held_back_percent <= s.percent_before
  ) then
    raise exception using errcode = 'KPARG', message = 'the steps do not rise', detail = region_id;
  end if;
  delete from public.stock_freshness_steps s where s.region_id = set_stock_freshness.region_id;
  insert into public.stock_freshness_steps (region_id, after_hours, held_back_percent)
  select set_stock_freshness.region_id, x.after_hours, x.held_back_percent
  from jsonb_to_recordset(steps) x (after_hours integer, held_back_percent integer);
  perform app.record_event(region_id, 'stock_freshness_set', null, null, null, null, jsonb_build_object('steps', steps));
  insert into app.outbox (region_id, kind) values (set_stock_freshness.region_id, 'capacity');
end
$function$;
revoke all on function app.set_stock_freshness(app.code,jsonb) from public;
grant execute on function app.set_stock_freshness(app.code,jsonb) to authenticated;
grant execute on function app.set_stock_freshness(app.code,jsonb) to service_role;

CREATE OR REPLACE FUNCTION app.settle_cut_offs(region_id app.code)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  as_of timestamptz := app.now();
  zone text;
begin
  select r.time_zone into strict zone from public.regions r where r.id = settle_cut_offs.region_id;

  update public.pickup_windows w set order_by_at = x.order_by_at
  from (
    select w.id, settled.order_by_at
    from app.node_zones z join public.pickup_windows w on w.node_id = z.node_id
    cross join lateral (select (w.starts_at at time zone z.time_zone)::date as day) d
    left join lateral (
      select c.* from public.cut_offs c
      where c.region_id = settle_cut_offs.region_id and (c.node_id = z.node_id or c.node_id is null)
        and c.service = 'pickup' and c.weekday = extract(isodow from d.day)
      order by c.node_id nulls last limit 1
    ) rule on true
    cross join lateral (
      select least((d.day - rule.lead_days + rule.order_by) at time zone z.time_zone, w.starts_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    ) settled
    where z.region_id = settle_cut_offs.region_id and w.ends_at > as_of and w.order_by_at is distinct from settled.order_by_at
    order by w.id for no key update of w
  ) x
  where w.id = x.id;

  -- That the carrier leaves is another cut-off, which the run has by itself.
  update public.carrier_days c set order_by_at = x.order_by_at
  from (
    select c.carrier_id, c.node_id, c.day, settled.order_by_at
    from app.node_zones z join public.carrier_days c on c.node_id = z.node_id
    left join lateral (
      select x.* from public.cut_offs x
      where x.region_id = settle_cut_offs.region_id and (x.node_id = z.node_id or x.node_id is null)
        and x.service = 'parcel' and x.weekday = extract(isodow from c.day)
      order by x.node_id nulls last limit 1
    ) rule on true
    cross join lateral (
      select least((c.day - rule.lead_days + rule.order_by) at time zone z.time_zone, c.leaves_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    ) settled
    where z.region_id = settle_cut_offs.region_id and c.leaves_at > as_of and c.order_by_at is distinct from settled.order_by_at
    order by c.carrier_id, c.node_id, c.day for no key update of c
  ) x
  where (c.carrier_id, c.node_id, c.day) = (x.carrier_id, x.node_id, x.day);

  update public.windows w set order_by_at = x.order_by_at
  from (
    select w.id, settled.order_by_at
    from public.windows w
    cross join lateral (select (w.starts_at at time zone zone)::date as day) d
    left join public.cut_offs rule on rule.region_id = w.region_id and rule.node_id is null and rule.service = 'delivery'
      and rule.weekday = extract(isodow from d.day)
    cross join lateral (
      select least((d.day - rule.lead_days + rule.order_by) at time zone zone, w.starts_at - make_interval(mins => rule.least_lead_min)) as order_by_at
    ) settled
    where w.region_id = settle_cut_offs.region_id and w.ends_at > as_of and w.order_by_at is distinct from settled.order_by_at
    order by w.id for no key update of w
  ) x
  where w.id = x.id;

  with wanted as (
    select w.id as window_id, c.node_id, least((d.day - c.lead_days + c.order_by) at time zone z.time_zone, w.starts_at - make_interval(mins => c.least_lead_min)) as order_by_at
    from public.cut_offs c
    join app.node_zones z on z.node_id = c.node_id
    join public.windows w on w.region_id = c.region_id and w.ends_at > as_of
    cross join lateral (select (w.starts_at at time zone z.time_zone)::date as day) d
    where c.region_id = settle_cut_offs.region_id and c.service = 'delivery' and c.weekday = extract(isodow from d.day)
  ), gone as (
    delete from public.window_cut_offs o using public.windows w
    where w.id = o.window_id and w.region_id = settle_cut_offs.region_id and w.ends_at > as_of
      and not exists (select from wanted x where (x.window_id, x.node_id) = (o.window_id, o.node_id))
  )
  insert into public.window_cut_offs as o (window_id, node_id, order_by_at)
  select x.window_id, x.node_id, x.order_by_at from wanted x order by 1, 2
  on conflict (window_id, node_id) do update set order_by_at = excluded.order_by_at where o.order_by_at <> excluded.order_by_at;
end
$function$;
revoke all on function app.settle_cut_offs(app.code) from public;
grant execute on function app.settle_cut_offs(app.code) to service_role;

CREATE OR REPLACE FUNCTION app.settle_day(region_id app.code, nodes text[], day date, with_hours boolean)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  as_of timestamptz := app.now();
begin
  if with_hours then
    perform from public.work_buckets b
    join app.hours_of(nodes, settle_day.day, settle_day.day) h on (h.node_id, h.starts_at) = (b.node_id, b.starts_at)
    order by b.node_id, b.starts_at for no key update of b;
    update public.work_buckets b
    set target_sec = x.target_sec, usual_sec = x.usual_sec, limit_sec = greatest(x.target_sec, b.claimed_sec)
    from (
      select b.node_id, b.starts_at, case when h.excepted then coalesce(h.sec, 0) else b.usual_sec end as target_sec,
             case when h.excepted then coalesce(b.usual_sec, b.target_sec) end as usual_sec
      from app.node_zones z
      join public.work_buckets b on b.node_id = z.node_id
        and b.starts_at + interval '1 hour' > settle_day.day::timestamp at time zone z.time_zone
        and b.starts_at < (settle_day.day + 1)::timestamp at time zone z.time_zone
      left join app.hours_of(nodes, settle_day.day, settle_day.day) h on (h.node_id, h.starts_at) = (b.node_id, b.starts_at)
      where z.node_id = any (nodes) and b.starts_at + interval '1 hour' > as_of
        -- Without an entry, and never changed by one: none of the calendar's business.
        and (h.excepted or b.usual_sec is not null)
    ) x
    where (b.node_id, b.starts_at) = (x.node_id, x.starts_at)
      and (b.target_sec, b.usual_sec) is distinct from (x.target_sec, x.usual_sec);
  end if;

  perform from public.pickup_windows w join app.node_zones z on z.node_id = w.node_id
  where w.node_id = any (nodes) and w.ends_at > as_of and (w.starts_at at time zone z.time_zone)::date = settle_day.day
  order by w.id for no key update of w;
  update public.pickup_windows w
  set usual_orders = case when x.given then null else w.limit_orders end,
      limit_orders = case when x.given then greatest(w.usual_orders, w.claimed_orders) else w.claimed_orders end
  from (
    select w.id, coalesce((o.day + o.opens) at time zone o.time_zone <= w.starts_at and (o.day + o.closes) at time zone o.time_zone >= w.ends_at, false)
           and not exists (
             select from public.blackouts b
             where b.region_id = settle_day.region_id and b.day = o.day and b.service = 'pickup' and (b.node_id is null or b.node_id = w.node_id)
               and (b.starts is null or (b.day + b.starts) at time zone o.time_zone = w.starts_at)
           ) as given
    from app.opening_of(nodes, settle_day.day, settle_day.day) o
    join public.pickup_windows w on w.node_id = o.node_id and w.ends_at > as_of and (w.starts_at at time zone o.time_zone)::date = o.day
  ) x
  where w.id = x.id and (w.usual_orders is null) <> x.given;

  perform from public.carrier_days c where c.node_id = any (nodes) and c.day = settle_day.day
  order by c.carrier_id, c.node_id, c.day for no key update;
  update public.carrier_days c
  set usual_parcels = case when x.given then null else c.limit_parcels end,
      limit_parcels = case when x.given then greatest(c.usual_parcels, c.claimed_parcels) else c.claimed_parcels end
  from (select n.id, app.gives_parcels(n.id, settle_day.day) as given from public.nodes n where n.id = any (nodes)) x
  where c.node_id = x.id and c.day = settle_day.day and (c.usual_parcels is null) <> x.given;

  -- A run arrives a week after it leaves at the latest, and a day is not the same day everywhere.
  perform app.settle_lane_runs(
    array(select l.id::text from public.lanes l where l.from_node_id = any (nodes) or l.to_node_id = any (nodes)), settle_day.day - 8, settle_day.day + 1);

  perform from public.shifts s join app.node_zones z on z.node_id = s.node_id
  where s.node_id = any (nodes) and s.starts_at > as_of and (s.starts_at at time zone z.time_zone)::date = settle_day.day
  order by s.id for no key update of s;
  update public.shifts s set closed = x.closed
  from (
    select s.id, app.is_closed(s.node_id, settle_day.day) as closed
    from public.shifts s join app.node_zones z on z.node_id = s.node_id
    where s.node_id = any (nodes) and s.starts_at > as_of and (s.starts_at at time zone z.time_zone)::date = settle_day.day
  ) x
  where s.id = x.id and s.closed <> x.closed;

  update public.windows w set closed = not x.given
  from (
    select w.id, app.gives_delivery(w.region_id, w.starts_at) as given
    from public.windows w join public.regions r on r.id = w.region_id
    where w.region_id = settle_day.region_id and w.ends_at > as_of and (w.starts_at at time zone r.time_zone)::date = settle_day.day
    order by w.id for no key update of w
  ) x
  where w.id = x.id and w.closed = x.given;
end
$function$;
revoke all on function app.settle_day(app.code,text[],date,boolean) from public;
grant execute on function app.settle_day(app.code,text[],date,boolean) to service_role;

CREATE OR REPLACE FUNCTION app.settle_lane_runs(lanes text[], first_day date, last_day date)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  as_of timestamptz := app.now();
begin
  perform from public.lane_runs r
  where r.lane_id = any (lanes) and r.day between first_day and last_day and r.leaves_at > as_of
  order by r.lane_id, r.day for no key update;
  update public.lane_runs r
  set usual_orders = case when x.given then null else r.limit_orders end,
      limit_orders = case when x.given then greatest(r.usual_orders, r.claimed_orders) else r.claimed_orders end
  from (
    select r.lane_id, r.day, app.gives_lane(r.lane_id, r.day, r.arrives_at) as given
    from public.lane_runs r where r.lane_id = any (lanes) and r.day between first_day and last_day and r.leaves_at > as_of
  ) x
  where (r.lane_id, r.day) = (x.lane_id, x.day) and (r.usual_orders is null) <> x.given;
end
$function$;
revoke all on function app.settle_lane_runs(text[],date,date) from public;
grant execute on function app.settle_lane_runs(text[],date,date) to service_role;

CREATE OR REPLACE FUNCTION app.settle_orders(order_ids uuid[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  open_states constant text[] := array['unplaced', 'confirmed', 'ready', 'on_the_way', 'arrived'];
begin
  perform from public.orders o where o.id = any (order_ids) order by o.id for no key update;
  update public.orders o
  set state = settled.state, finished_at = case when settled.state in ('delivered', 'failed') then app.now() end
  from (
    select f.order_id, coalesce(
      open_states[min(array_position(open_states, app.part_state(f, case when h.lane_id is null then h.service else 'transfer' end, s.state, v.state)))],
      case when bool_or(f.state = 'failed') then 'failed' else 'delivered' end
    ) as state
    from public.fulfilments f
    join public.holds h on h.id = f.hold_id
    left join public.stops s on s.hold_id = f.hold_id
    left join public.shifts v on v.id = s.shift_id
    where f.order_id = any (order_ids)
    group by f.order_id
  ) settled
  where o.id = settled.order_id and o.state <> settled.state;
end
$function$;
revoke all on function app.settle_orders(uuid[]) from public;

CREATE OR REPLACE FUNCTION app.settle_shortage()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  paid integer;
begin
  if new.on_hand < new.reserved and new.reserved <= old.reserved then
    new.shortage := new.shortage + new.reserved - new.on_hand;
    new.on_hand := new.reserved;
  elsif new.on_hand > new.reserved then
    paid := least(new.shortage, new.on_hand - new.reserved);
    new.on_hand := new.on_hand - paid;
    new.shortage := new.shortage - paid;
  end if;
  return new;
end
$function$;
revoke all on function app.settle_shortage() from public;

CREATE OR REPLACE FUNCTION app.staff_role()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO ''
AS $function$
  select s.role from public.staff s where s.user_id = (select auth.uid())
$function$;
revoke all on function app.staff_role() from public;
grant execute on function app.staff_role() to authenticated;
grant execute on function app.staff_role() to service_role;

CREATE OR REPLACE FUNCTION app.start_shift(shift_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  shift public.shifts;
  waiting integer;
  as_of timestamptz;
begin
  if not app.may_drive(shift_id) then
    raise exception using errcode = 'KPNTF', message = 'no such shift', detail = shift_id::text;
  end if;
  perform from public.holds h where h.id in (select s.hold_id from public.stops s where s.shift_id = start_shift.shift_id)
  order by h.id for no key update;
  select * into shift from public.shifts s where s.id = start_shift.shift_id for no key update;
  if shift.state = 'under_way' then
    return;
  end if;
  if shift.state <> 'planned' then
    raise exception using errcode = 'KPSTA', message = 'the shift is over', detail = shift.state;
  end if;
  if not exists (select from public.stops s where s.shift_id = shift.id) then
    raise exception using errcode = 'KPSTA', message = 'the shift has no stops', detail = shift.id::text;
  end if;
  select count(*) into waiting from public.stops s
  where s.shift_id = shift.id
    and not exists (select from public.fulfilments f where f.hold_id = s.hold_id and f.state = 'handed_over');
  if waiting > 0 then
    raise exception using errcode = 'KPLOD', message = 'not every order is on board', detail = waiting::text;
  end if;
  as_of := app.now();
  update public.shifts s set state = 'under_way', started_at = as_of where s.id = shift.id;
  perform app.settle_orders(array(
    select f.order_id from public.fulfilments f join public.stops s on s.hold_id = f.hold_id where s.shift_id = shift.id
  ));
  perform app.record_event(shift.region_id, 'shift_started', null, null, shift.node_id, shift.id);
  perform app.record_event(shift.region_id, 'order_on_the_way', f.hold_id, f.order_id, f.node_id, shift.id)
  from public.stops s join public.fulfilments f on f.hold_id = s.hold_id and f.state = 'handed_over' where s.shift_id = shift.id;
end
$function$;
revoke all on function app.start_shift(uuid) from public;
grant execute on function app.start_shift(uuid) to authenticated;
grant execute on function app.start_shift(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.stock_as_of(node_id app.code, sku_id app.code, instant timestamp with time zone)
 RETURNS TABLE(booked integer, known integer)
 LANGUAGE sql
 STABLE
 SET search_path TO ''
AS $function$
  with told as (
    select e.* from public.stock_events e
    where (e.node_id, e.sku_id) = (stock_as_of.node_id, stock_as_of.sku_id) and e.at <= instant
  ),
  moved as (
    select m.* from public.stock_movements m
    where (m.node_id, m.sku_id) = (stock_as_of.node_id, stock_as_of.sku_id) and m.at <= instant
  ),
  anchor as (
    select c.* from (select distinct on (t.source) t.* from told t where t.kind = 'count' order by t.source, t.seq desc) c
    order by c.at desc, c.source desc limit 1
  )
  select (select coalesce(sum(m.units), 0) from moved m)::integer,
    (coalesce(a.units, 0)
      + coalesce((
          select sum(t.units) from told t
          where t.kind = 'delta' and case when t.source = a.source then t.seq > a.seq else t.at > coalesce(a.at, '-infinity') end), 0)
      + coalesce((select sum(m.units) from moved m where m.stock_event_id is null and m.at > coalesce(a.at, '-infinity')), 0))::integer
  from public.inventory_levels l left join anchor a on true
  where (l.node_id, l.sku_id) = (stock_as_of.node_id, stock_as_of.sku_id)
$function$;
revoke all on function app.stock_as_of(app.code,app.code,timestamp with time zone) from public;
grant execute on function app.stock_as_of(app.code,app.code,timestamp with time zone) to authenticated;
grant execute on function app.stock_as_of(app.code,app.code,timestamp with time zone) to service_role;

CREATE OR REPLACE FUNCTION app.swap_hold(old_id uuid, hold_id uuid, parts jsonb, ttl_sec integer)
 RETURNS TABLE(state text, expires_at timestamp with time zone, now_at timestamp with time zone)
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
#variable_conflict use_column
declare
  requests app.hold_request[] := app.read_parts(swap_hold.parts);
  olds uuid[];
  old public.holds;
  left_shifts uuid[];
begin
  olds := array(select h.id from public.holds h where h.lead_id = old_id order by h.id for no key update);
  select * into old from public.holds h where h.id = old_id and h.lead_id = h.id;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such hold', detail = old_id::text;
  end if;
  if app.begin_hold(swap_hold.hold_id, requests, ttl_sec) then
    if exists (select from public.fulfilments f where f.hold_id = old.id) then
      raise exception using errcode = 'KPSTA', message = 'the hold is confirmed', detail = old_id::text;
    end if;
    perform app.lock_hold_keys(requests[1].region_id, requests[1].checkout_id, requests[1].address_key, requests[1].network_key);
    if old.state = 'held' then
      perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);
      left_shifts := array(select s.shift_id from public.stops s where s.hold_id = any (olds));
      perform app.end_holds(olds, case when old.expires_at <= app.now() then 'expired' else 'released' end);
      -- Of one node each, so that a shift has lost one stop at most, and its version has risen by one.
      for i in 1 .. cardinality(requests) loop
        if requests[i].shift_id = any (left_shifts) then
          requests[i].plan_version := requests[i].plan_version + 1;
        end if;
      end loop;
    end if;
    perform app.check_hold_counts(swap_hold.hold_id);
    perform app.take_claims(requests);
    perform app.check_hold_shares(requests);
    perform app.check_calendar(requests);
    perform app.check_channel(requests);
  end if;
  return query select h.state, h.expires_at, app.now() from public.holds h where h.id = swap_hold.hold_id;
end
$function$;
revoke all on function app.swap_hold(uuid,uuid,jsonb,integer) from public;
grant execute on function app.swap_hold(uuid,uuid,jsonb,integer) to service_role;

CREATE OR REPLACE FUNCTION app.take_claims(parts app.hold_request[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.take_claims(app.hold_request[]) from public;

CREATE OR REPLACE FUNCTION app.take_part_away(f public.fulfilments, reason text, missing jsonb)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  hold public.holds;
  as_of timestamptz;
  places uuid[];
  heir uuid;
begin
  select * into strict hold from public.holds h where h.id = f.hold_id;
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
  update public.fulfilments x set state = 'rejected', reject_reason = take_part_away.reason where x.id = f.id;
  perform app.settle_orders(array[f.order_id]);
  perform app.pass_exception('transfer_late', hold.id);
  perform app.record_event(hold.region_id, 'order_rejected', hold.id, f.order_id, f.node_id, null,
    jsonb_build_object('reason', reason, 'missing', missing));
  perform app.open_exception(hold.region_id, 'order_rejected', f.order_id, hold.id, null, f.node_id, jsonb_build_object('reason', reason));
  insert into app.outbox (region_id, kind) values (hold.region_id, 'capacity');
end
$function$;
revoke all on function app.take_part_away(public.fulfilments,text,jsonb) from public;

CREATE OR REPLACE FUNCTION app.take_shares(channel public.channels, parts app.hold_request[])
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO ''
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
AS $function$
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
$function$;
revoke all on function app.take_shares(public.channels,app.hold_request[]) from public;

CREATE OR REPLACE FUNCTION app.tell_event()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  payload jsonb := jsonb_build_object('event', new.id, 'kind', new.kind);
begin
  perform realtime.send(payload, 'changed', 'ops:' || new.region_id, true);
  if new.node_id is not null then
    perform realtime.send(payload, 'changed', 'store:' || new.node_id, true);
  end if;
  -- Where something is brought to sees it come.
  perform realtime.send(payload, 'changed', 'store:' || h.pickup_node_id, true)
  from public.holds h where h.id = new.hold_id and h.lane_id is not null and h.pickup_node_id is distinct from new.node_id;
  if new.shift_id is not null then
    perform realtime.send(payload, 'changed', 'shift:' || new.shift_id, true);
  end if;
  if new.order_id is not null then
    perform realtime.send(payload, 'changed', 'order:' || o.token, true) from public.orders o where o.id = new.order_id;
  end if;
  return null;
end
$function$;
revoke all on function app.tell_event() from public;

CREATE OR REPLACE FUNCTION app.tell_shortage()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  node public.nodes;
begin
  select * into strict node from public.nodes n where n.id = new.node_id;
  if new.shortage > 0 then
    insert into public.exceptions (region_id, kind, node_id, sku_id, data, opened_at)
    values (node.region_id, 'stock_short', node.id, new.sku_id, jsonb_build_object('units', new.shortage), app.now())
    on conflict do nothing;
  else
    update public.exceptions e set resolved_at = app.now(), resolution = 'passed'
    where e.kind = 'stock_short' and (e.node_id, e.sku_id) = (node.id, new.sku_id) and e.resolved_at is null;
  end if;
  if found then
    perform app.record_event(node.region_id, case when new.shortage > 0 then 'exception_opened' else 'exception_resolved' end,
      null, null, node.id, null, jsonb_build_object('kind', 'stock_short', 'sku', new.sku_id, 'units', new.shortage));
  end if;
  return null;
end
$function$;
revoke all on function app.tell_shortage() from public;

CREATE OR REPLACE FUNCTION app.tell_snapshot()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
begin
  perform realtime.send(jsonb_build_object('version', new.version), 'changed', 'windows:' || new.region_id, true);
  return null;
end
$function$;
revoke all on function app.tell_snapshot() from public;

CREATE OR REPLACE FUNCTION app.unpark_order(order_id uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO ''
AS $function$
declare
  o public.orders;
  parts uuid[];
begin
  if app.staff_role() is distinct from 'ops' then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  parts := app.lock_parts(unpark_order.order_id);
  select * into o from public.orders x where x.id = unpark_order.order_id for no key update;
  if not found then
    raise exception using errcode = 'KPNTF', message = 'no such order', detail = order_id::text;
  end if;
  update public.parkings p set released_at = app.now(), released_by = (select auth.uid()) where p.order_id = o.id and p.released_at is null;
  if found then
    perform app.pass_exception('order_parked', o.id);
    perform app.record_event(o.region_id, 'order_unparked', f.hold_id, o.id, f.node_id, null)
    from public.fulfilments f where f.order_id = o.id and f.replaced_by is null order by f.hold_id;
  end if;
end
$function$;
revoke all on function app.unpark_order(uuid) from public;
grant execute on function app.unpark_order(uuid) to authenticated;
grant execute on function app.unpark_order(uuid) to service_role;

CREATE OR REPLACE FUNCTION app.warn_parked(at_most integer DEFAULT 200)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  due uuid[];
  opened integer;
begin
  due := array(
    select o.id from public.orders o
    where o.id in (
      select p.order_id from public.parkings p
      where p.released_at is null and app.parking_due_at(p) <= app.now()
        and not exists (select from public.exceptions e where e.order_id = p.order_id and e.kind = 'order_parked' and e.resolved_at is null)
    )
    order by o.id limit at_most for no key update skip locked
  );
  select count(*) filter (where x.is_new) into opened
  from (
    select app.open_exception(o.region_id, 'order_parked', o.id, null, null, null,
      jsonb_build_object('park_reason', p.reason, 'release_by', p.release_by)) as is_new
    from public.parkings p join public.orders o on o.id = p.order_id
    where o.id = any (due) and p.released_at is null
  ) x;
  return opened;
end
$function$;
revoke all on function app.warn_parked(integer) from public;
grant execute on function app.warn_parked(integer) to service_role;

CREATE OR REPLACE FUNCTION app.write_route(shift_id uuid, route jsonb)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO ''
AS $function$
declare
  shift public.shifts;
  version integer;
begin
  select * into strict shift from public.shifts s where s.id = write_route.shift_id;

  if jsonb_array_length(route -> 'stops') <> (select count(*) from public.stops s where s.shift_id = write_route.shift_id)
     or exists (
       select from (select s.id from public.stops s where s.shift_id = write_route.shift_id) planned
       full join (select (x.value ->> 'id')::uuid as id from jsonb_array_elements(route -> 'stops') x) named using (id)
       where planned.id is null or named.id is null
     ) then
    raise exception using errcode = 'KPBUG', message = 'the route does not name each stop of the shift once', detail = write_route.shift_id::text;
  end if;

  update public.stops s
  set position = r.place - 1,
      leg_sec = r.leg_sec,
      leg_m = r.leg_m,
      arrive_at = r.arrive_at,
      start_at = r.start_at,
      depart_at = r.start_at + make_interval(secs => s.service_sec)
  from (
    select x.ordinality as place, (x.value ->> 'id')::uuid as id, (x.value ->> 'leg_sec')::integer as leg_sec,
           (x.value ->> 'leg_m')::integer as leg_m, (x.value ->> 'arrive_at')::timestamptz as arrive_at,
           (x.value ->> 'start_at')::timestamptz as start_at
    from jsonb_array_elements(route -> 'stops') with ordinality x
  ) r
  where s.id = r.id;

  if exists (
       select from (
         select s.arrive_at, s.leg_sec, coalesce(lag(s.depart_at) over (order by s.position), shift.starts_at) as left_at
         from public.stops s where s.shift_id = write_route.shift_id
       ) legs
       where arrive_at < left_at + make_interval(secs => leg_sec)
     )
     or (select max(s.depart_at) + make_interval(secs => (route ->> 'return_leg_sec')::integer) > shift.ends_at
         from public.stops s where s.shift_id = write_route.shift_id) then
    raise exception using errcode = 'KPBUG', message = 'the route cannot be driven in the times it states', detail = write_route.shift_id::text;
  end if;

  if exists (
    select from public.stops s join public.holds h on h.id = s.hold_id
    where s.shift_id = write_route.shift_id and h.pick_by > shift.starts_at
  ) then
    raise exception using errcode = 'KPBUG', message = 'the van leaves before an order can be picked', detail = write_route.shift_id::text;
  end if;

  update public.shifts s
  set plan_version = s.plan_version + 1,
      return_leg_sec = (route ->> 'return_leg_sec')::integer,
      return_leg_m = (route ->> 'return_leg_m')::integer
  where s.id = write_route.shift_id
  returning s.plan_version into version;
  return version;
end
$function$;
revoke all on function app.write_route(uuid,jsonb) from public;
grant execute on function app.write_route(uuid,jsonb) to service_role;
