-- A function in SQL that cannot be inlined is planned anew in every statement that calls it; one in PL/pgSQL keeps its plan for the
-- session. A hold reads the clock seven times and records an event: a sixth of its time went into these plans.
create or replace function app.now() returns timestamptz
language plpgsql set search_path = '' as $$
begin
  return clock_timestamp() + (select c.shift from app.clock c);
end
$$;

create or replace function app.record_event(
  region_id app.code, kind text, hold_id uuid, order_id uuid, node_id app.code, shift_id uuid, data jsonb default '{}'
) returns void
language plpgsql set search_path = '' as $$
begin
  insert into public.events (at, region_id, actor, kind, hold_id, order_id, node_id, shift_id, data)
  values (app.now(), record_event.region_id, (select auth.uid()), record_event.kind, record_event.hold_id, record_event.order_id,
          record_event.node_id, record_event.shift_id, record_event.data);
end
$$;

-- As in 20261123001200: one plan for all, since a plan for each cart costs more than it saves.
alter function app.check_hold_counts(uuid) set plan_cache_mode = force_generic_plan;
alter function app.check_hold_counts(uuid) set enable_seqscan = off;
