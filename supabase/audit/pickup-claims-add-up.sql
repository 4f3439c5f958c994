-- What a pickup window says is claimed is the sum of its claims.
select w.id, w.node_id, w.starts_at, w.claimed_orders, coalesce(sum(c.units), 0) as claimed
from public.pickup_windows w
left join public.claims c on c.kind = 'pickup' and c.pickup_window_id = w.id
group by w.id
having w.claimed_orders <> coalesce(sum(c.units), 0);
