-- Who may see and do what. Tables: read only, under RLS, by explicit grant. Writes: functions alone.

revoke execute on all functions in schema app from public;
grant usage on schema app to authenticated, service_role;
-- app.now() runs as its caller.
grant select on app.clock to authenticated, service_role;

-- What people's roles may call; each asks again who is calling.
grant execute on function app.staff_role(), app.may_work_at(app.code), app.may_drive(uuid), app.now() to authenticated, service_role;
grant execute on function
  app.set_capacity(app.code, timestamptz, integer), app.mark_ready(uuid), app.hand_over(uuid), app.reject_fulfilment(uuid, text, jsonb),
  app.resolve_exception(uuid), app.start_shift(uuid), app.arrive(uuid), app.finish_stop(uuid, text, text),
  app.report_position(uuid, double precision, double precision)
to authenticated;
grant execute on all functions in schema app to service_role;

do $$
declare
  t text;
begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('alter table public.%I enable row level security', t);
    execute format('grant select on public.%I to service_role', t);
  end loop;
end
$$;

-- ------------------------------------------------------------------------------------------------- open to everybody

grant select on public.regions, public.nodes, public.node_hours, public.skus, public.windows, public.window_rules, public.edge_snapshots
  to anon, authenticated;
create policy everyone_reads on public.regions for select to anon, authenticated using (true);
create policy everyone_reads on public.nodes for select to anon, authenticated using (true);
create policy everyone_reads on public.node_hours for select to anon, authenticated using (true);
create policy everyone_reads on public.skus for select to anon, authenticated using (true);
create policy everyone_reads on public.windows for select to anon, authenticated using (true);
create policy everyone_reads on public.window_rules for select to anon, authenticated using (true);
create policy everyone_reads on public.edge_snapshots for select to anon, authenticated using (true);

-- ------------------------------------------------------------------------------------------------------- staff by role

grant select on
  public.staff, public.staff_nodes, public.inventory_levels, public.stock_movements, public.vehicles, public.shift_rules, public.carriers,
  public.carrier_services, public.carrier_days, public.pickup_windows, public.work_buckets, public.shifts, public.holds, public.hold_lines,
  public.claims, public.orders, public.order_lines, public.fulfilments, public.stops, public.positions, public.exceptions, public.events
to authenticated;

-- Which rows a store or a driver may see, as sets: a policy that asks `x in (select ...)` runs the set once per query.
create function app.my_nodes() returns setof app.code
language sql stable security definer set search_path = '' as $$
  select n.node_id from public.staff s join public.staff_nodes n on n.user_id = s.user_id
  where s.user_id = (select auth.uid()) and s.role = 'store'
$$;
create function app.my_shifts() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select h.id from public.staff s join public.shifts h on h.driver_id = s.user_id
  where s.user_id = (select auth.uid()) and s.role = 'driver'
$$;
create function app.my_holds() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select f.hold_id from public.fulfilments f where f.node_id in (select app.my_nodes())
  union
  select s.hold_id from public.stops s where s.shift_id in (select app.my_shifts())
$$;
create function app.my_orders() returns setof uuid
language sql stable security definer set search_path = '' as $$
  select f.order_id from public.fulfilments f where f.hold_id in (select app.my_holds())
$$;
revoke execute on function app.my_nodes(), app.my_shifts(), app.my_holds(), app.my_orders() from public;
grant execute on function app.my_nodes(), app.my_shifts(), app.my_holds(), app.my_orders() to authenticated, service_role;

do $$
declare
  t text;
begin
  foreach t in array array['staff', 'staff_nodes', 'inventory_levels', 'stock_movements', 'vehicles', 'shift_rules', 'carriers', 'carrier_services',
    'carrier_days', 'pickup_windows', 'work_buckets', 'shifts', 'holds', 'hold_lines', 'claims', 'orders', 'order_lines', 'fulfilments',
    'stops', 'positions', 'exceptions', 'events'] loop
    execute format('create policy ops_reads on public.%I for select to authenticated using ((select app.staff_role()) = ''ops'')', t);
  end loop;
end
$$;

create policy self_reads on public.staff for select to authenticated using (user_id = (select auth.uid()));
create policy self_reads on public.staff_nodes for select to authenticated using (user_id = (select auth.uid()));

create policy node_reads on public.inventory_levels for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.stock_movements for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.pickup_windows for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.work_buckets for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.carrier_days for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.vehicles for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.shifts for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.fulfilments for select to authenticated using (node_id in (select app.my_nodes()));
create policy node_reads on public.events for select to authenticated using (node_id in (select app.my_nodes()));
create policy own_holds on public.holds for select to authenticated using (id in (select app.my_holds()));
create policy own_holds on public.hold_lines for select to authenticated using (hold_id in (select app.my_holds()));
create policy own_holds on public.stops for select to authenticated using (hold_id in (select app.my_holds()));
create policy own_orders on public.orders for select to authenticated using (id in (select app.my_orders()));
create policy own_orders on public.order_lines for select to authenticated using (order_id in (select app.my_orders()));

create policy driver_reads on public.shifts for select to authenticated using (driver_id = (select auth.uid()));
create policy driver_reads on public.vehicles for select to authenticated
  using (id in (select s.vehicle_id from public.shifts s where s.driver_id = (select auth.uid())));
create policy driver_reads on public.positions for select to authenticated using (shift_id in (select app.my_shifts()));
create policy driver_reads on public.fulfilments for select to authenticated using (hold_id in (select app.my_holds()));

-- ------------------------------------------------------------------------------------------------------------ realtime
-- A message says that something changed, never what it is: ids and versions. The data comes through the procedures.
--
-- Topics: ops:REGION · store:NODE · shift:ID · order:TOKEN · windows:REGION.

-- Runs as its owner: realtime.send drops a message with a warning when its caller may not insert it.
create function app.tell_event() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  payload jsonb := jsonb_build_object('event', new.id, 'kind', new.kind);
begin
  perform realtime.send(payload, 'changed', 'ops:' || new.region_id, true);
  if new.node_id is not null then
    perform realtime.send(payload, 'changed', 'store:' || new.node_id, true);
  end if;
  if new.shift_id is not null then
    perform realtime.send(payload, 'changed', 'shift:' || new.shift_id, true);
  end if;
  if new.order_id is not null then
    perform realtime.send(payload, 'changed', 'order:' || o.token, true) from public.orders o where o.id = new.order_id;
  end if;
  return null;
end
$$;
create trigger events_are_told after insert on public.events for each row execute function app.tell_event();

create function app.tell_snapshot() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform realtime.send(jsonb_build_object('version', new.version), 'changed', 'windows:' || new.region_id, true);
  return null;
end
$$;
create trigger snapshots_are_told after insert or update on public.edge_snapshots for each row execute function app.tell_snapshot();

create function app.is_order_topic(topic text) returns boolean
language sql stable security definer set search_path = '' as $$
  select topic ~ '^order:[0-9a-f]{32}$' and exists (select from public.orders o where o.token = substr(topic, 7))
$$;
revoke execute on function app.is_order_topic(text), app.tell_event(), app.tell_snapshot() from public;
grant execute on function app.is_order_topic(text) to anon, authenticated;
grant usage on schema app to anon;

-- The server asks on behalf of a caller by setting the topic; that a row is of that topic is asked as well, because
-- realtime.send leaves the setting behind for the rest of its transaction.
create policy anyone_hears_windows on realtime.messages for select to anon, authenticated
  using (extension = 'broadcast' and topic = (select realtime.topic()) and topic like 'windows:%');
create policy holder_of_the_link_hears_the_order on realtime.messages for select to anon, authenticated
  using (extension = 'broadcast' and topic = (select realtime.topic()) and app.is_order_topic((select realtime.topic())));
create policy staff_hear_their_topics on realtime.messages for select to authenticated
  using (
    extension = 'broadcast' and topic = (select realtime.topic())
    -- The shape is asked first: a topic that is no code and no uuid is refused, not an error of the cast.
    and case
      when (select realtime.topic()) ~ '^ops:' then (select app.staff_role()) = 'ops'
      when (select realtime.topic()) ~ '^store:[A-Z0-9](-?[A-Z0-9]){0,31}$' then app.may_work_at(substr((select realtime.topic()), 7)::app.code)
      when (select realtime.topic()) ~ '^shift:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then app.may_drive(substr((select realtime.topic()), 7)::uuid)
      else false
    end
  );
