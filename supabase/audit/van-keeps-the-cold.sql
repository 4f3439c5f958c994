-- Chilled and frozen goods travel only in vans that carry them.
select s.id as stop_id, s.shift_id, v.vehicle_id, k.id as sku_id, k.temperature
from public.stops s
join public.shifts v on v.id = s.shift_id
join public.vehicles w on w.id = v.vehicle_id
join public.hold_lines l on l.hold_id = s.hold_id
join public.skus k on k.id = l.sku_id
where s.finished_at is null
  and ((k.temperature = 'chilled' and not w.carries_chilled) or (k.temperature = 'frozen' and not w.carries_frozen));
