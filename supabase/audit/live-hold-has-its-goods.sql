-- A live hold claims the goods of its lines at its node and no others; once they have left the node it claims none, and each has been counted out.
with live as (
  select h.id, h.node_id, h.state, coalesce(f.handed_over_at is not null, false) as shipped
  from public.holds h
  left join public.fulfilments f on f.hold_id = h.id
  -- What a run lost has left its node all the same.
  where h.state in ('held', 'confirmed', 'fulfilled') or (h.state = 'released' and f.handed_over_at is not null)
),
needed as (
  select l.id as hold_id, l.node_id, hl.sku_id, case when l.shipped then 0 else hl.units end as units, case when l.shipped then hl.units else 0 end as counted_out
  from live l
  join public.hold_lines hl on hl.hold_id = l.id
),
claimed as (
  select c.hold_id, c.node_id, c.sku_id, sum(c.units) as units
  from public.claims c join live l on l.id = c.hold_id
  where c.kind = 'stock'
  group by c.hold_id, c.node_id, c.sku_id
),
moved as (
  select m.hold_id, m.node_id, m.sku_id, -sum(m.units) as units
  from public.stock_movements m
  where m.reason = 'shipped'
  group by m.hold_id, m.node_id, m.sku_id
)
select coalesce(n.hold_id, c.hold_id, m.hold_id) as hold_id, coalesce(n.node_id, c.node_id, m.node_id) as node_id, coalesce(n.sku_id, c.sku_id, m.sku_id) as sku_id,
       n.units as needed, c.units as claimed, n.counted_out as to_count_out, m.units as counted_out
from needed n
full join claimed c using (hold_id, node_id, sku_id)
full join moved m using (hold_id, node_id, sku_id)
where n.hold_id is null or c.hold_id is null or c.units <> n.units or coalesce(m.units, 0) <> n.counted_out
union all
select l.id, l.node_id, null, null, null, null, null
from live l where not exists (select from public.hold_lines hl where hl.hold_id = l.id);
