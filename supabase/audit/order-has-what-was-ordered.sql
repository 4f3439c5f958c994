-- The first parts of an order hold exactly what was ordered, and those that took parts over exactly what these held.
with parts as (
  select f.order_id, f.id, h.id as hold_id, h.lead_id, f.replaced_by
  from public.fulfilments f join public.holds h on h.id = f.hold_id
),
asked as (
  select p.order_id, p.lead_id, l.sku_id, l.units
  from (
    select distinct p.order_id, p.lead_id from parts p
    where not exists (select from parts q where q.replaced_by = p.lead_id)
  ) p
  join public.order_lines l on l.order_id = p.order_id
  union all
  select p.order_id, p.replaced_by, l.sku_id, sum(l.units)
  from parts p join public.hold_lines l on l.hold_id = p.hold_id
  where p.replaced_by is not null
  group by p.order_id, p.replaced_by, l.sku_id
),
held as (
  select p.order_id, p.lead_id, l.sku_id, sum(l.units) as units
  from parts p join public.hold_lines l on l.hold_id = p.hold_id
  group by p.order_id, p.lead_id, l.sku_id
)
select order_id, lead_id, sku_id, asked.units as asked, held.units as held
from asked full join held using (order_id, lead_id, sku_id)
where asked.units is distinct from held.units
union all
select p.order_id, null, null, count(distinct p.lead_id), null
from parts p where not exists (select from parts q where q.replaced_by = p.lead_id)
group by p.order_id having count(distinct p.lead_id) <> 1;
