-- The van is planned back at its node before its shift ends.
select v.id as shift_id, v.ends_at, last.depart_at, v.return_leg_sec
from public.shifts v
join (select s.shift_id, max(s.depart_at) as depart_at from public.stops s group by s.shift_id) last on last.shift_id = v.id
where last.depart_at + v.return_leg_sec * interval '1 second' > v.ends_at;
