-- No stop is planned on a van that leaves before its order must be picked.
select s.id as stop_id, s.shift_id, v.starts_at, h.pick_by
from public.stops s
join public.shifts v on v.id = s.shift_id
join public.holds h on h.id = s.hold_id
where h.pick_by > v.starts_at;
