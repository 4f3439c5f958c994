-- A cancelled shift has no stops; one that waits has reached none; one on its way has its orders on board and a stop to go; one that is done has finished all.
select v.id as shift_id, v.state, s.id as stop_id, s.state as stop_state, f.state as fulfilment_state
from public.shifts v
join public.stops s on s.shift_id = v.id
left join public.fulfilments f on f.hold_id = s.hold_id
where v.state = 'cancelled'
   or (v.state = 'planned' and s.state <> 'planned')
   or (v.state = 'done' and s.state not in ('delivered', 'failed'))
   or (v.state = 'under_way' and f.handed_over_at is null)
union all
select v.id, v.state, null, null, null
from public.shifts v
where v.state = 'under_way'
  and not exists (select from public.stops s where s.shift_id = v.id and s.finished_at is null);
