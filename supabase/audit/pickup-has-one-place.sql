-- What is collected together has one place in its window at the one node where it is collected: its lead's, until that is rejected and another part has it.
select h.lead_id, min(h.pickup_node_id) as pickup_node_id, count(distinct h.pickup_node_id) as nodes, sum(p.places) as places
from public.holds h
cross join lateral (
  select coalesce(sum(c.units), 0) as places,
    coalesce(sum(c.units) filter (where (w.node_id, w.starts_at, w.ends_at) = (h.pickup_node_id, h.window_starts_at, h.window_ends_at)), 0) as right_places
  from public.claims c join public.pickup_windows w on w.id = c.pickup_window_id
  where c.hold_id = h.id and c.kind = 'pickup'
) p
where h.service = 'pickup' and h.state in ('held', 'confirmed', 'fulfilled')
group by h.lead_id
having count(distinct h.pickup_node_id) <> 1 or sum(p.places) <> 1 or sum(p.right_places) <> 1
union all
select h.lead_id, h.pickup_node_id, null, sum(c.units)
from public.holds h join public.claims c on c.hold_id = h.id and c.kind = 'pickup'
where h.service <> 'pickup' group by h.lead_id, h.pickup_node_id having sum(c.units) <> 0;
