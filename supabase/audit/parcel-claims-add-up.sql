-- What a carrier's day says is claimed is the sum of its claims.
select d.carrier_id, d.node_id, d.day, d.claimed_parcels, coalesce(sum(c.units), 0) as claimed
from public.carrier_days d
left join public.claims c on c.kind = 'parcel' and (c.carrier_id, c.node_id, c.day) = (d.carrier_id, d.node_id, d.day)
group by d.carrier_id, d.node_id, d.day
having d.claimed_parcels <> coalesce(sum(c.units), 0);
