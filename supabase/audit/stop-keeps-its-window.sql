-- Every stop is planned to start inside the visit of its hold, which lies in the promised window.
select s.id as stop_id, s.start_at, h.visit_starts_at, h.visit_ends_at
from public.stops s join public.holds h on h.id = s.hold_id
where s.start_at < h.visit_starts_at or s.start_at >= h.visit_ends_at
   or s.start_at < h.window_starts_at or s.start_at >= h.window_ends_at;
