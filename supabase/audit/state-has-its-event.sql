-- Everything that happened to a hold, an order or a shift stands in the record.
with facts as (
  select 'hold_placed' as kind, h.id as subject from public.holds h
  union all
  select 'hold_extended', h.id from public.holds h where h.extended_by is not null and h.id = h.lead_id
  union all
  select 'hold_expired', h.id from public.holds h where h.state = 'expired'
  union all
  select case when f.id is null then 'hold_released' when f.state = 'repromised' then 'part_given_back' else 'order_rejected' end, h.id
  from public.holds h left join public.fulfilments f on f.hold_id = h.id where h.state = 'released'
  union all
  select 'order_confirmed', o.id from public.orders o
  union all
  select 'order_repromised', r.hold_id from public.repromises r
  union all
  select 'order_parked', p.order_id from public.parkings p
  union all
  select 'order_unparked', p.order_id from public.parkings p where p.released_at is not null
  union all
  select 'order_confirmed', f.hold_id
  from public.fulfilments f join public.holds h on h.id = f.hold_id
  where not exists (select from public.fulfilments e where e.replaced_by = h.lead_id)
  union all
  select case when h.lane_id is null then 'order_ready' else 'order_picked' end, f.hold_id
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.ready_at is not null
  union all
  select 'order_received', f.hold_id from public.fulfilments f where f.received_at is not null
  union all
  select 'order_delivered', f.hold_id
  from public.fulfilments f join public.holds h on h.id = f.hold_id where h.lane_id is not null and f.state = 'delivered'
  union all
  select case when h.service = 'pickup' and h.lane_id is null then 'order_delivered' else 'order_handed_over' end, f.hold_id
  from public.fulfilments f join public.holds h on h.id = f.hold_id where f.handed_over_at is not null
  union all
  select 'order_' || s.state, s.hold_id from public.stops s where s.state in ('delivered', 'failed')
  union all
  select 'order_replaced', f.hold_id
  from public.fulfilments f join public.holds h on h.id = f.hold_id
  where exists (select from public.fulfilments e where e.replaced_by = h.lead_id)
  union all
  select 'shift_started', v.id from public.shifts v where v.started_at is not null
  union all
  select 'shift_finished', v.id from public.shifts v where v.finished_at is not null
  union all
  select 'shift_cancelled', v.id from public.shifts v where v.state = 'cancelled'
  union all
  select 'exception_opened', coalesce(x.order_id, x.hold_id, x.shift_id) from public.exceptions x where x.kind <> 'stock_short'
)
select f.kind as missing_event, f.subject
from facts f
where not exists (select from public.events e where e.kind = f.kind and f.subject in (e.hold_id, e.order_id, e.shift_id));
