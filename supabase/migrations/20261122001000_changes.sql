-- What a quote has to know of the network hardly changes from one quote to the next: of thousands of picking hours, pickup
-- windows and shifts a hold touches three. So a process keeps what it has read, and each further quote reads only what has
-- changed since, wherever in the tables that is.
--
-- A row says which transaction wrote it last, and how often it was written. Whoever has read everything as of a snapshot
-- lacks only rows written by transactions that this snapshot did not see: those from its xmin on. Ids are handed out when a
-- transaction begins and seen when it ends, so a plain "greater than the last I saw" would miss the slow ones; xmin is the
-- oldest that was still running. Some rows are therefore read twice, and `revision` tells which reading is the later one.

alter table public.work_buckets
  add column changed_by xid8 not null default pg_current_xact_id(), add column revision integer not null default 1;
alter table public.pickup_windows
  add column changed_by xid8 not null default pg_current_xact_id(), add column revision integer not null default 1;
alter table public.shifts
  add column changed_by xid8 not null default pg_current_xact_id(), add column revision integer not null default 1;

create function app.note_change() returns trigger language plpgsql set search_path = '' as $$
begin
  new.changed_by := pg_current_xact_id();
  new.revision := old.revision + 1;
  return new;
end
$$;
create trigger note_change before update on public.work_buckets for each row execute function app.note_change();
create trigger note_change before update on public.pickup_windows for each row execute function app.note_change();
create trigger note_change before update on public.shifts for each row execute function app.note_change();

create index work_buckets_changed on public.work_buckets (changed_by);
create index pickup_windows_changed on public.pickup_windows (changed_by);
create index shifts_changed on public.shifts (changed_by);

-- These rows are history once they are past, and those who read only changes would never hear of one that is gone.
create function app.refuse_delete() returns trigger language plpgsql set search_path = '' as $$
begin
  raise exception using errcode = 'KPAPP', message = format('rows of %s are kept: who reads changes would not see them go', tg_table_name);
end
$$;
create trigger refuse_delete before delete or truncate on public.work_buckets for each statement execute function app.refuse_delete();
create trigger refuse_delete before delete or truncate on public.pickup_windows for each statement execute function app.refuse_delete();
create trigger refuse_delete before delete or truncate on public.shifts for each statement execute function app.refuse_delete();

-- What a quote needs of one region in one round trip and one snapshot: the time, the nodes that have the whole cart, the
-- delivery windows, and what has changed since a former answer's `asOf` ('0' for everything).
--
-- { nowSec, nodeIds: [], windows: { startSec: [], endSec: [], priceCents: [] }, changes: { asOf,
--     hours: { nodeId: [], startSec: [], freeSec: [], revision: [] },
--     pickups: { id: [], nodeId: [], startSec: [], endSec: [], free: [], priceCents: [], revision: [] },
--     shifts: { id: [], nodeId: [], startSec: [], version: [], planned: [], revision: [] } } }
-- in epoch seconds, arrays in parallel. One JSON value, because a client reads thousands of numbers from it many times
-- faster than from arrays of Postgres (measured: 10 ms against 1 for a region of 27 nodes).
--
-- Without sequential scans, because the planner knows nothing of `since` and would read every row to find three.
drop function app.read_quote_facts(app.code, text[], integer[], app.code);
create function app.read_quote_facts(region_id app.code, skus text[], units integer[], since xid8 default '0') returns json
language plpgsql stable set search_path = '' set enable_seqscan = off as $$
declare
  as_of timestamptz := app.now();
begin
  return json_build_object(
    'nowSec', extract(epoch from as_of),
    'nodeIds', (
      select coalesce(array_agg(n.id order by n.id), '{}')
      from public.nodes n
      where n.region_id = read_quote_facts.region_id and n.paused_at is null
        and not exists (
          select from unnest(skus, units) line (sku_id, units)
          left join public.inventory_levels l on l.node_id = n.id and l.sku_id = line.sku_id
          where coalesce(l.on_hand - l.reserved - l.safety, 0) < line.units
        )
    ),
    'windows', (
      select json_build_object(
        'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer order by x.starts_at), '{}'),
        'endSec', coalesce(array_agg(date_part('epoch', x.ends_at)::integer order by x.starts_at), '{}'),
        'priceCents', coalesce(array_agg(x.price_cents order by x.starts_at), '{}'))
      from public.windows x where x.region_id = read_quote_facts.region_id and x.ends_at > as_of
    ),
    'changes', json_build_object(
      'asOf', pg_snapshot_xmin(pg_current_snapshot())::text,
      'hours', (
        select json_build_object(
          'nodeId', coalesce(array_agg(x.node_id), '{}'),
          'startSec', coalesce(array_agg(date_part('epoch', x.starts_at)::integer), '{}'),
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

revoke execute on function app.note_change(), app.refuse_delete(), app.read_quote_facts(app.code, text[], integer[], xid8) from public;
grant execute on function app.read_quote_facts(app.code, text[], integer[], xid8) to service_role;
