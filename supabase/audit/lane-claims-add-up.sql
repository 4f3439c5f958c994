-- What a lane's run says is claimed is the sum of its claims.
select r.lane_id, r.day, r.claimed_orders, coalesce(sum(c.units), 0) as claimed
from public.lane_runs r
left join public.claims c on c.kind = 'lane' and (c.lane_id, c.day) = (r.lane_id, r.day)
group by r.lane_id, r.day
having r.claimed_orders <> coalesce(sum(c.units), 0);
