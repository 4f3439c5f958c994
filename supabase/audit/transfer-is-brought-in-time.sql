-- What a lane brings is of the node that it leaves, picked before it does, and ready at the node where it is collected when its window starts.
select h.id as hold_id, h.state, h.node_id, h.pickup_node_id, h.lane_id, h.lane_day, h.pick_by, r.leaves_at, r.ready_at, h.window_starts_at
from public.holds h
join public.lane_runs r on (r.lane_id, r.day) = (h.lane_id, h.lane_day)
join public.lanes l on l.id = r.lane_id
where h.state in ('held', 'confirmed', 'fulfilled')
  and ((l.from_node_id, l.to_node_id) is distinct from (h.node_id, h.pickup_node_id) or h.pick_by > r.leaves_at or r.ready_at > h.window_starts_at);
