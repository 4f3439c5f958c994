-- Each change of a promise names a hold of its window, at its price, whose parts are the order's and took over the ones before; no part gives its place otherwise.
select r.order_id, r.number, r.hold_id, h.starts_at, h.ends_at, h.price_cents, h.parts, h.parts_of_order
from public.repromises r
left join lateral (
  select min(p.window_starts_at) as starts_at, max(p.window_ends_at) as ends_at, sum(p.price_cents) as price_cents, count(*) as parts, count(f.id) as parts_of_order
  from public.holds p left join public.fulfilments f on f.hold_id = p.id and f.order_id = r.order_id
  where p.lead_id = r.hold_id
) h on true
where (r.starts_at, r.ends_at, r.price_cents::bigint, h.parts) is distinct from (h.starts_at, h.ends_at, h.price_cents, h.parts_of_order)
   or not exists (select from public.fulfilments f where f.order_id = r.order_id and f.replaced_by = r.hold_id)
union all
select f.order_id, null, f.hold_id, null, null, null, null, null
from public.fulfilments f
where f.state = 'repromised' and not exists (select from public.repromises r where (r.order_id, r.hold_id) = (f.order_id, f.replaced_by));
