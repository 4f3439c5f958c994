-- What a node has on hand, without what it is short of, is the sum of every movement recorded.
select l.node_id, l.sku_id, l.on_hand, l.shortage, coalesce(sum(m.units), 0) as moved
from public.inventory_levels l
left join public.stock_movements m on (m.node_id, m.sku_id) = (l.node_id, l.sku_id)
group by l.node_id, l.sku_id
having l.on_hand - l.shortage <> coalesce(sum(m.units), 0);
