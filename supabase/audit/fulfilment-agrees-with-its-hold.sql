-- A fulfilment, its hold and its stop tell the same story.
select f.order_id, h.service, f.state as fulfilment_state, h.state as hold_state, s.state as stop_state, v.state as shift_state
from public.fulfilments f
join public.orders o on o.id = f.order_id
join public.holds h on h.id = f.hold_id
left join public.stops s on s.hold_id = h.id
left join public.shifts v on v.id = s.shift_id
where f.state not in ('rejected', 'repromised')
  and ((o.region_id, f.node_id) is distinct from (h.region_id, h.node_id)
   or (f.state = 'received' and h.lane_id is null)
   -- What its node or its run gave up claims nothing any more, and has no stop.
   or h.state <> case when f.reject_reason is not null then 'released' when f.state in ('delivered', 'failed') then 'fulfilled' else 'confirmed' end
   or (h.service = 'delivery' and f.reject_reason is null and (s.state in ('delivered', 'failed') or f.state in ('delivered', 'failed')) and s.state is distinct from f.state));
