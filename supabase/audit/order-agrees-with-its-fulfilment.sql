-- An order, the fulfilment that serves it, its hold and its stop tell the same story.
select o.id as order_id, o.service, o.state as order_state, f.state as fulfilment_state, h.state as hold_state, s.state as stop_state, v.state as shift_state
from public.orders o
join public.fulfilments f on f.order_id = o.id and f.state <> 'rejected'
join public.holds h on h.id = f.hold_id
left join public.stops s on s.hold_id = h.id
left join public.shifts v on v.id = s.shift_id
where (o.region_id, o.service, f.node_id) is distinct from (h.region_id, h.service, h.node_id)
   or h.state <> case when f.state in ('delivered', 'failed') then 'fulfilled' else 'confirmed' end
   or o.state <> case
        when f.state = 'to_pick' then 'confirmed'
        when f.state <> 'handed_over' then f.state
        when o.service = 'parcel' then 'on_the_way'
        when v.state is distinct from 'under_way' then 'ready'
        when s.state = 'arrived' then 'arrived'
        else 'on_the_way'
      end
   or (o.service = 'delivery' and (s.state in ('delivered', 'failed') or f.state in ('delivered', 'failed')) and s.state is distinct from f.state);
