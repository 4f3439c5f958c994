-- What a shift says is claimed of its weight and volume is the sum of its claims.
select s.id as shift_id, s.claimed_weight_g, s.claimed_volume_ml,
       coalesce(sum(c.units) filter (where c.kind = 'weight'), 0) as weight_claims_g,
       coalesce(sum(c.units) filter (where c.kind = 'volume'), 0) as volume_claims_ml
from public.shifts s
left join public.claims c on c.shift_id = s.id
group by s.id
having s.claimed_weight_g <> coalesce(sum(c.units) filter (where c.kind = 'weight'), 0)
    or s.claimed_volume_ml <> coalesce(sum(c.units) filter (where c.kind = 'volume'), 0);
