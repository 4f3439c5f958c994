-- To which doors the vans of a node go, and what of a held door can still be put right.

create sequence public.service_area_revisions;

create table public.service_areas (
  node_id app.code primary key references public.nodes on delete cascade,
  -- From the node to the door, at noon of a working day; null: however long it takes.
  most_drive_sec integer check (most_drive_sec between 60 and 36000),
  -- A GeoJSON geometry, Polygon or MultiPolygon, [lng, lat]; null: wherever it lies.
  area jsonb check (area ->> 'type' in ('Polygon', 'MultiPolygon') and jsonb_typeof(area -> 'coordinates') = 'array' and pg_column_size(area) < 1000000),
  -- Of all areas the latest: who keeps one knows by it whether it is still that one.
  revision bigint not null default nextval('public.service_area_revisions'),
  check (num_nonnulls(most_drive_sec, area) > 0)
);
comment on table public.service_areas is 'To which doors the vans of a node go: all that can be reached in so long, of those that lie in the area. Without a row to every door.';

-- Sets or, with neither a limit nor an area, forgets to which doors the vans of a node go. What is promised stays promised.
--
-- Locks     the area.
-- Retry     safe.
-- Raises    KPNTF  not ops, or no such node · KPARG  not an area, or no such limit.
create function app.set_service_area(node_id app.code, most_drive_sec integer, area jsonb) returns void
language plpgsql volatile security definer set search_path = '' as $$
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
$$;

-- Puts right how the address of a hold is written; the door stays where it is.
--
-- Locks     the hold: all its parts, in id order.
-- Retry     safe; a hold that is over, or is an order by now, stays as it is.
create function app.reword_address(hold_id uuid, address text) returns void
language plpgsql volatile set search_path = '' as $$
begin
  perform from public.holds h where h.lead_id = reword_address.hold_id order by h.id for no key update;
  update public.holds h set address = reword_address.address where h.lead_id = reword_address.hold_id and h.state = 'held';
end
$$;

alter table public.service_areas enable row level security;
grant select on public.service_areas to authenticated, service_role;
create policy staff_read on public.service_areas for select to authenticated using ((select app.staff_role()) is not null);
revoke execute on function app.set_service_area(app.code, integer, jsonb), app.reword_address(uuid, text) from public;
grant execute on function app.set_service_area(app.code, integer, jsonb) to authenticated, service_role;
grant execute on function app.reword_address(uuid, text) to service_role;
