-- What a carrier tells of a parcel ends it: brought, or not, for a reason.
--
-- Locks     the hold, then the order.
-- Retry     safe for the same outcome.
-- Raises    KPNTF  not the caller's · KPSTA  no parcel, not with the carrier, or ended otherwise · KPARG  no outcome, or a
--           failure without a known reason.
create function app.finish_parcel(fulfilment_id uuid, outcome text, reason text default null) returns text
language plpgsql volatile security definer set search_path = '' as $$
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
$$;

revoke execute on function app.finish_parcel(uuid, text, text) from public;
grant execute on function app.finish_parcel(uuid, text, text) to authenticated, service_role;
