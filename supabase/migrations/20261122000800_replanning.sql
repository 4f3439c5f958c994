-- When a van falls out: its stops lose their place, and each hold waits for another one with an exception open until it has
-- it. And what makes plans old without touching a route.

-- A plan is computed on what its vehicle can do: a changed vehicle makes every plan of its coming shifts old.
create function app.age_plans_of_vehicle() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform from public.shifts s where s.vehicle_id = new.id and s.state = 'planned' order by s.id for no key update;
  update public.shifts s set plan_version = s.plan_version + 1
  where s.vehicle_id = new.id and s.state = 'planned';
  return null;
end
$$;
create trigger vehicles_age_plans after update on public.vehicles
  for each row when (old is distinct from new) execute function app.age_plans_of_vehicle();
create function app.age_plan() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.plan_version := old.plan_version + 1;
  return new;
end
$$;
create trigger shifts_age_with_their_limits before update of limit_weight_g, limit_volume_ml, starts_at, ends_at on public.shifts
  for each row when (
    (old.limit_weight_g, old.limit_volume_ml, old.starts_at, old.ends_at)
    is distinct from (new.limit_weight_g, new.limit_volume_ml, new.starts_at, new.ends_at)
    and old.plan_version = new.plan_version
  )
  execute function app.age_plan();

-- Takes a planned shift off the road. Its holds keep their stock and their picking, lose their place in the route, and stand
-- as exceptions of their own until they have another one.
--
-- Locks     the holds of its stops (id order), then the shift.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such shift · KPSTA  it has left, or orders are on board · KPPLN  a stop came meanwhile.
create function app.cancel_shift(shift_id uuid) returns uuid[]
language plpgsql volatile security definer set search_path = '' as $$
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
$$;

-- Gives a displaced hold a place in another van of its node, and ends its exception.
--
-- Locks     the hold, then the shift.
-- Retry     safe; a hold that has a place keeps it.
-- Raises    KPNTF · KPSTA  the hold is over · KPPLN KPDEP KPVAN KPBUG as take_claims.
create function app.replan_hold(hold_id uuid, shift_id uuid, plan_version integer, route jsonb) returns void
language plpgsql volatile set search_path = '' as $$
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
  select hold.id, shift.id, hold.id, 1000000, hold.lng, hold.lat, hold.window_starts_at, hold.window_ends_at, hold.service_sec,
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
$$;

-- A hold that ends has no exception left to stand for it.
create function app.pass_exceptions_of_hold() returns trigger
language plpgsql set search_path = '' as $$
begin
  perform app.pass_exception('hold_unplannable', new.id);
  return null;
end
$$;
create trigger holds_pass_their_exceptions after update of state on public.holds
  for each row when (old.state is distinct from new.state and new.state in ('released', 'expired', 'fulfilled'))
  execute function app.pass_exceptions_of_hold();

revoke execute on function app.age_plan(), app.age_plans_of_vehicle(), app.cancel_shift(uuid), app.replan_hold(uuid, uuid, integer, jsonb),
  app.pass_exceptions_of_hold() from public;
grant execute on function app.cancel_shift(uuid) to authenticated;
grant execute on function app.cancel_shift(uuid), app.replan_hold(uuid, uuid, integer, jsonb) to service_role;
