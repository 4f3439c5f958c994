-- A hold that was released or has expired claims nothing.
select h.id as hold_id, h.state, c.kind, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.shift_id, c.lane_id, sum(c.units) as units
from public.holds h
join public.claims c on c.hold_id = h.id
where h.state in ('released', 'expired')
group by h.id, c.kind, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.shift_id, c.lane_id
having sum(c.units) <> 0;
