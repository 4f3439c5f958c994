-- Stock that was told of is the newest count and everything that happened after it.
with told as (
  select distinct e.node_id, e.sku_id from public.stock_events e
),
newest as (
  select distinct on (e.node_id, e.sku_id, e.source) e.* from public.stock_events e
  where e.kind = 'count' order by e.node_id, e.sku_id, e.source, e.seq desc
),
counted as (
  select distinct on (n.node_id, n.sku_id) n.* from newest n order by n.node_id, n.sku_id, n.at desc, n.source desc
),
since as (
  select e.node_id, e.sku_id, e.units from public.stock_events e
  left join counted c on (c.node_id, c.sku_id) = (e.node_id, e.sku_id)
  where e.kind = 'delta' and (c.id is null or (c.source = e.source and c.seq < e.seq) or (c.source <> e.source and c.at < e.at))
  union all
  select m.node_id, m.sku_id, m.units from public.stock_movements m
  left join counted c on (c.node_id, c.sku_id) = (m.node_id, m.sku_id)
  where m.stock_event_id is null and (c.id is null or c.at < m.at)
)
select l.node_id, l.sku_id, l.on_hand, l.shortage, coalesce(c.units, 0) + coalesce(s.units, 0) as told
from told t
join public.inventory_levels l on (l.node_id, l.sku_id) = (t.node_id, t.sku_id)
left join counted c on (c.node_id, c.sku_id) = (t.node_id, t.sku_id)
left join (select node_id, sku_id, sum(units) as units from since group by node_id, sku_id) s on (s.node_id, s.sku_id) = (t.node_id, t.sku_id)
where l.on_hand - l.shortage <> coalesce(c.units, 0) + coalesce(s.units, 0);
