-- What an inventory level says is reserved is the sum of its claims.
select l.node_id, l.sku_id, l.reserved, coalesce(sum(c.units), 0) as claimed
from public.inventory_levels l
left join public.claims c on c.kind = 'stock' and (c.node_id, c.sku_id) = (l.node_id, l.sku_id)
group by l.node_id, l.sku_id
having l.reserved <> coalesce(sum(c.units), 0);
