-- Nothing of an order is made ready or handed over while it is parked.
select p.order_id, p.parked_at, p.released_at, f.id as fulfilment_id, f.ready_at, f.handed_over_at
from public.parkings p
join public.fulfilments f on f.order_id = p.order_id
where (f.ready_at > p.parked_at and f.ready_at < coalesce(p.released_at, 'infinity'))
   or (f.handed_over_at > p.parked_at and f.handed_over_at < coalesce(p.released_at, 'infinity'));
