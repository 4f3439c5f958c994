-- The stops of a shift are numbered 0, 1, 2 … without a gap.
select s.shift_id, count(*) as stops, min(s.position) as first, max(s.position) as last
from public.stops s
group by s.shift_id
having min(s.position) <> 0 or max(s.position) <> count(*) - 1 or count(distinct s.position) <> count(*);
