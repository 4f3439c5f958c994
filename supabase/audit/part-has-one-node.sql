-- What a node rejected is served by others, or waits for them with an open exception that says so; its order is unplaced just as long.
select o.id as order_id, o.state, f.id as fulfilment_id, f.replaced_by, x.count as open_exceptions
from public.orders o
join public.fulfilments f on f.order_id = o.id
cross join lateral (
  select count(*) from public.exceptions e where e.hold_id = f.hold_id and e.kind = 'order_rejected' and e.resolved_at is null
) x
where x.count <> case when f.state = 'rejected' and f.replaced_by is null then 1 else 0 end
   or (f.replaced_by is not null and not exists (
     select from public.fulfilments g join public.holds h on h.id = g.hold_id where g.order_id = o.id and h.lead_id = f.replaced_by
   ))
union all
select o.id, o.state, null, null, null
from public.orders o
where (o.state = 'unplaced') <> exists (select from public.fulfilments f where f.order_id = o.id and f.state = 'rejected' and f.replaced_by is null)
   or not exists (select from public.fulfilments f where f.order_id = o.id);
