-- What a node has on hand, as others tell it: tills, warehouses, people with a list. They tell late, twice and in any order,
-- so the balance of a level is a function of the set of what is known about it, never of the order in which it came:
--
--   anchor   of each source the count with its highest sequence; of those the one that was taken last (`at`, then the
--            source's name)
--   after it differences of the anchor's own source with a higher sequence; differences of other sources, and what we moved
--            ourselves (shipped, not found), that happened later (`at`)
--   balance  = anchor + what came after it; without a count, the sum of everything
--
-- A source tells what happened outside: goods that came, were sold over the counter, broke. What leaves with an order of
-- ours is our own movement, and a source that told it too would take it away twice.
--
-- The balance may be less than what is reserved, even less than nothing: a count says three where five are promised.
-- `on_hand` then stays at what is reserved and `shortage` says how many of those are not there, so that
-- on_hand - shortage is the balance at every commit.

create table public.stock_events (
  id bigint generated always as identity primary key,
  source app.code not null,
  -- The source's own name for it, of one level: told twice it has one effect. A receipt of several goods may use one for all.
  event_id text not null check (event_id ~ '^[A-Za-z0-9._:-]{1,80}$'),
  -- Rises from event to event of one source about one level.
  seq bigint not null check (seq between 0 and 9007199254740991),
  node_id app.code not null,
  sku_id app.code not null,
  kind text not null check (kind in ('count', 'delta')),
  units integer not null,
  -- When it was counted or moved, by the source's clock; what tells sources apart in time from each other and from us.
  at timestamptz not null,
  received_at timestamptz not null,
  unique (node_id, sku_id, source, event_id),
  unique (node_id, sku_id, source, seq),
  foreign key (node_id, sku_id) references public.inventory_levels,
  check (case kind when 'count' then units between 0 and 10000000 else units <> 0 and units between -1000000 and 1000000 end)
);
create index stock_events_by_time on public.stock_events (node_id, sku_id, at) where kind = 'delta';
comment on table public.stock_events is 'Append-only: what sources told of stock. What each did to the balance is in stock_movements.';
create trigger stock_events_append_only before update or delete on public.stock_events
  for each row execute function app.refuse_change();

-- The count with the highest sequence of each source: all that an anchor is chosen from, however long the record grows.
create table app.last_counts (
  node_id app.code not null,
  sku_id app.code not null,
  source app.code not null,
  seq bigint not null,
  units integer not null,
  at timestamptz not null,
  primary key (node_id, sku_id, source)
);

alter table public.stock_movements
  drop constraint stock_movements_reason_check,
  add constraint stock_movements_reason_check check (reason in ('count', 'delta', 'shipped', 'not_found')),
  -- The last event that made this change; none: our own movement.
  add column stock_event_id bigint references public.stock_events,
  add check (case reason when 'delta' then stock_event_id is not null when 'count' then true else stock_event_id is null end);
create index stock_movements_of_ours on public.stock_movements (node_id, sku_id, at) where stock_event_id is null;

alter table public.inventory_levels
  add column shortage integer not null default 0 check (shortage >= 0),
  -- When a count last said what is there, and whose. Null: nobody has counted it yet. A difference confirms nothing.
  add column confirmed_at timestamptz default app.now(),
  add column confirmed_by app.code default 'OPENING',
  add check ((confirmed_at is null) = (confirmed_by is null)),
  add check (shortage = 0 or on_hand = reserved);
comment on column public.inventory_levels.shortage is 'Reserved units that are not there, by the books.';

-- What is there when this runs counts as counted now.
insert into public.stock_events (source, event_id, seq, node_id, sku_id, kind, units, at, received_at)
select 'OPENING', 'opening', 0, l.node_id, l.sku_id, 'count', l.on_hand, l.confirmed_at, l.confirmed_at
from public.inventory_levels l order by l.node_id, l.sku_id;
insert into app.last_counts (node_id, sku_id, source, seq, units, at)
select e.node_id, e.sku_id, e.source, e.seq, e.units, e.at from public.stock_events e;

-- ------------------------------------------------------------------------------------------------------------ shortage

-- Books may fall below what is reserved, and then the difference is owed; a reservation may not rise above what is there,
-- and the table's check refuses that. What is given back pays what is owed first: those units were never there to sell.
create function app.settle_shortage() returns trigger
language plpgsql set search_path = '' as $$
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
$$;
create trigger levels_settle_their_shortage before update on public.inventory_levels
  for each row when (new.on_hand < new.reserved or new.shortage > 0) execute function app.settle_shortage();

-- Promises that the books do not cover need a hand before a picker finds out.
alter table public.exceptions
  add column sku_id app.code references public.skus,
  drop constraint exceptions_kind_check,
  add constraint exceptions_kind_check check (kind in ('hold_unplannable', 'order_rejected', 'van_late', 'stock_short')),
  drop constraint exceptions_check1,
  add constraint exceptions_have_a_subject check (
    case kind when 'stock_short' then num_nonnulls(node_id, sku_id) = 2 else num_nonnulls(order_id, hold_id, shift_id) >= 1 end
  );
create unique index exceptions_one_open_per_level on public.exceptions (node_id, sku_id)
  where kind = 'stock_short' and resolved_at is null;

create function app.tell_shortage() returns trigger
language plpgsql set search_path = '' as $$
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
$$;
create trigger levels_tell_their_shortage after update on public.inventory_levels
  for each row when ((old.shortage = 0) <> (new.shortage = 0)) execute function app.tell_shortage();

-- -------------------------------------------------------------------------------------------------------------- events

-- Writes down what a source tells and brings the balances up to it. Answers for each event, by its place from 1:
--
--   applied            it is part of the balance
--   superseded         kept; a count that is later has said what came of it
--   duplicate          known already
--   event_id_reused    another event of the source about this level has its id · seq_reused  or its sequence
--   unknown_node unknown_sku
--   in_the_future      by more than five minutes: a clock is wrong, and what we ship until then would count as known to it
--   busy               somebody has the level locked, and this call is not `patient`: tell it again
--
-- The last six change nothing. events = [{ event_id, seq, node_id, sku_id, kind, units, at }]
-- Locks     inventory levels in (node, sku) order; levels that are new are inserted in that order first. Unless patient, it
--           waits for no level: a feed that waited for one shopper with fifty levels locked would let all others wait as well.
-- Retry     safe: what is known already changes nothing.
--
-- Without sequential scans, because a plan is kept that was made when the record was short.
create function app.record_stock_events(source app.code, events jsonb, patient boolean default true) returns table (place integer, outcome text)
language plpgsql volatile set search_path = '' set enable_seqscan = off as $$
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
$$;

-- What a node had on hand of a SKU at an instant: `booked`, as the ledger said then, and `known`, by everything that has been
-- told since. No row where there is no such level, or none that the caller may see.
create function app.stock_as_of(node_id app.code, sku_id app.code, instant timestamptz) returns table (booked integer, known integer)
language sql stable set search_path = '' as $$
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
$$;

-- ------------------------------------------------------------------------------------------------------------- access

alter table public.stock_events enable row level security;
grant select on public.stock_events to authenticated, service_role;
create policy ops_reads on public.stock_events for select to authenticated using ((select app.staff_role()) = 'ops');
create policy node_reads on public.stock_events for select to authenticated using (node_id in (select app.my_nodes()));

revoke execute on function app.settle_shortage(), app.tell_shortage(), app.record_stock_events(app.code, jsonb, boolean),
  app.stock_as_of(app.code, app.code, timestamptz) from public;
-- Runs as its caller, so that row level security decides.
grant execute on function app.stock_as_of(app.code, app.code, timestamptz) to authenticated, service_role;
grant execute on function app.record_stock_events(app.code, jsonb, boolean) to service_role;
