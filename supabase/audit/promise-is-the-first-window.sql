-- The promise on an order reaches over the windows of the hold that was confirmed first, at its price and place.
select o.id as order_id, o.promise_starts_at, o.promise_ends_at, h.starts_at, h.ends_at
from public.orders o
left join lateral (
  select min(h.window_starts_at) as starts_at, max(h.window_ends_at) as ends_at, sum(h.price_cents) as price_cents,
    count(distinct (h.lng, h.lat, h.address)) as places, min(h.lng) as lng, min(h.lat) as lat, min(h.address) as address
  from public.fulfilments f join public.holds h on h.id = f.hold_id
  where f.order_id = o.id and not exists (select from public.fulfilments g where g.order_id = o.id and g.replaced_by = h.lead_id)
) h on true
where (o.promise_starts_at, o.promise_ends_at, o.price_cents::bigint, 1::bigint, o.lng, o.lat, o.address)
  is distinct from (h.starts_at, h.ends_at, h.price_cents, h.places, h.lng, h.lat, h.address);
