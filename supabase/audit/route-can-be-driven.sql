-- Every stop is reached after the one before it was left and its leg was driven, the first from the node at the shift's start.
select r.shift_id, r.position, r.left_at, r.leg_sec, r.arrive_at, r.start_at, r.depart_at
from (
  select s.*, coalesce(lag(s.depart_at) over (partition by s.shift_id order by s.position), v.starts_at) as left_at
  from public.stops s join public.shifts v on v.id = s.shift_id
) r
where r.arrive_at < r.left_at + r.leg_sec * interval '1 second'
   or r.start_at < r.arrive_at
   or r.depart_at <> r.start_at + r.service_sec * interval '1 second';
