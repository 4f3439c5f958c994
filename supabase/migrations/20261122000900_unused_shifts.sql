-- A van departs at its shift's start with everything on board. From then on no stop can join, so a shift without one will
-- never be driven: it leaves the lists of drivers and operations.

-- Takes planned shifts off the road whose departure has passed without a stop, at most so many; returns how many.
--
-- Locks     those shifts that nobody else has locked, in id order. Whoever has one locked may be giving it a stop.
-- Retry     safe.
create function app.close_unused_shifts(at_most integer default 500) returns integer
language plpgsql volatile set search_path = '' as $$
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
$$;

revoke execute on function app.close_unused_shifts(integer) from public;
