-- What is given back is what was taken: same hold, same resource, the same units with the sign turned, once.
select r.id as reversal, r.reverses as claim, r.hold_id, r.kind, r.units, c.units as claimed
from public.claims r
left join public.claims c on c.id = r.reverses
where r.units < 0
  and (c.id is null
    or c.units <> -r.units
    or (r.hold_id, r.kind, r.node_id, r.sku_id, r.bucket_at, r.pickup_window_id, r.carrier_id, r.day, r.shift_id, r.lane_id)
      is distinct from (c.hold_id, c.kind, c.node_id, c.sku_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.shift_id, c.lane_id)
    or c.reverses is not null
    or exists (select from public.claims again where again.reverses = r.reverses and again.id <> r.id));
