-- A live hold claims exactly the picking seconds of its order, at its node, in hours that start before it must be picked.
select h.id as hold_id, h.state, h.pick_sec, coalesce(sum(c.units), 0) as claimed_sec
from public.holds h
left join public.claims c on c.hold_id = h.id and c.kind = 'work'
where h.state in ('held', 'confirmed', 'fulfilled')
group by h.id
having coalesce(sum(c.units), 0) <> h.pick_sec
    or bool_or(c.node_id <> h.node_id)
    or bool_or(c.bucket_at >= h.pick_by);
