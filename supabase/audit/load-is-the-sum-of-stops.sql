-- What a van has claimed of its weight and volume is the sum over its stops.
select v.id as shift_id, v.claimed_weight_g, v.claimed_volume_ml, coalesce(sum(s.weight_g), 0) as stops_weight_g, coalesce(sum(s.volume_ml), 0) as stops_volume_ml
from public.shifts v
left join public.stops s on s.shift_id = v.id
group by v.id
having v.claimed_weight_g <> coalesce(sum(s.weight_g), 0) or v.claimed_volume_ml <> coalesce(sum(s.volume_ml), 0);
