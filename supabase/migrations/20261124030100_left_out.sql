-- What a shopper went on without, because there was too little of it, stands in the record of the hold and of its order:
-- nobody gets less than was asked for without a line that says so.

-- Writes down, once, what a hold that was just placed leaves out: { SKU: units }.
--
-- Locks     nothing; the caller placed the hold in this transaction, or repeats what did.
-- Retry     safe.
-- Raises    KPNTF  there is no such hold.
create function app.note_left_out(hold_id uuid, units jsonb) returns void
language plpgsql volatile set search_path = '' as $$
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
$$;
revoke execute on function app.note_left_out(uuid, jsonb) from public;
grant execute on function app.note_left_out(uuid, jsonb) to service_role;
