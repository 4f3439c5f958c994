-- A driver leaves an order with a neighbour, or in a place, only where its shopper allowed that.
select s.id as stop_id, s.left_with
from public.stops s join public.fulfilments f on f.hold_id = s.hold_id
left join app.order_doors d on d.order_id = f.order_id
where (s.left_with = 'neighbour' and d.neighbour_allowed is not true)
   or (s.left_with = 'safe_place' and d.safe_place is null);
