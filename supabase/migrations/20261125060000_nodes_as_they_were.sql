-- A quote asks for all nodes of its region, which change a few times a day. They say now when they last did, as hours, windows, runs
-- and shifts do, so that whoever has read them can ask whether they are still as they were, and be told them only if not.

alter table public.nodes
  add column changed_by xid8 not null default pg_current_xact_id(), add column revision integer not null default 1;
create trigger note_change before update on public.nodes for each row execute function app.note_change();

comment on column public.nodes.changed_by is 'The transaction that wrote it last.';
comment on column public.nodes.revision is 'How often it was written.';

-- Of the nodes of a region with their service areas: another text whenever one of them was written, added or taken away. An area's
-- revision is higher than all that were given before, so with as many areas their sum rises when any of them is a new one.
--
-- In plpgsql, which keeps the plan: it is asked with every quote.
create function app.nodes_version(region_id app.code) returns text
language plpgsql stable set search_path = '' as $$
begin
  return (
    select concat_ws(' ', count(*), sum(n.revision), max(n.changed_by), count(a), sum(a.revision))
    from public.nodes n left join public.service_areas a on a.node_id = n.id
    where n.region_id = nodes_version.region_id
  );
end
$$;
revoke execute on function app.nodes_version(app.code) from public;
