-- The node that serves an order holds exactly what was ordered.
with ordered as (
  select f.hold_id, l.sku_id, l.units
  from public.fulfilments f join public.order_lines l on l.order_id = f.order_id
),
held as (
  select f.hold_id, l.sku_id, l.units
  from public.fulfilments f join public.hold_lines l on l.hold_id = f.hold_id
)
select hold_id, sku_id, ordered.units as ordered, held.units as held
from ordered full join held using (hold_id, sku_id)
where ordered.units is distinct from held.units;
