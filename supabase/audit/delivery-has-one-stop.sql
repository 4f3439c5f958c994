-- Every live delivery has its stop, with its place, visit and load, on a van of its node, or an open exception that says it lost its van; nothing else has one.
select h.id as hold_id, h.service, h.state, s.id as stop_id, s.shift_id
from public.holds h
left join public.stops s on s.hold_id = h.id
left join public.shifts v on v.id = s.shift_id
where (h.service = 'delivery' and h.state in ('held', 'confirmed', 'fulfilled') and not exists (
        select from public.exceptions x where x.hold_id = h.id and x.kind = 'hold_unplannable' and x.resolved_at is null and s.id is null
      )) <> (s.id is not null)
   or (s.id is not null and (
     (s.lng, s.lat, s.window_starts_at, s.window_ends_at, s.service_sec, s.weight_g, s.volume_ml, v.node_id, v.region_id)
     is distinct from (h.lng, h.lat, h.visit_starts_at, h.visit_ends_at, h.service_sec, h.weight_g, h.volume_ml, h.node_id, h.region_id)
   ));
