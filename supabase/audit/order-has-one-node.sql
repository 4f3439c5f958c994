-- Every order is served by exactly one node, or waits for one with an open exception that says so.
select o.id as order_id, o.state, live.count as live_fulfilments, x.count as open_exceptions
from public.orders o
cross join lateral (select count(*) from public.fulfilments f where f.order_id = o.id and f.state <> 'rejected') live
cross join lateral (
  select count(*) from public.exceptions e where e.order_id = o.id and e.kind = 'order_rejected' and e.resolved_at is null
) x
where (o.state = 'unplaced' and (live.count <> 0 or x.count <> 1))
   or (o.state <> 'unplaced' and (live.count <> 1 or x.count <> 0));
