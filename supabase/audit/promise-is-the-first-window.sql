-- The promise on an order is the window, price and place of the hold that was confirmed first.
select o.id as order_id, o.promise_starts_at, o.promise_ends_at, h.window_starts_at, h.window_ends_at
from public.orders o
left join lateral (
  select h.* from public.fulfilments f join public.holds h on h.id = f.hold_id
  where f.order_id = o.id
  order by f.created_at, h.created_at
  limit 1
) h on true
where (o.promise_starts_at, o.promise_ends_at, o.price_cents, o.lng, o.lat, o.address)
  is distinct from (h.window_starts_at, h.window_ends_at, h.price_cents, h.lng, h.lat, h.address);
