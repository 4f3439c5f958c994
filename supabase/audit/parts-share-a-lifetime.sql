-- The parts of a hold are of one request and end together until they are confirmed; they are confirmed together, for one order.
select l.id as lead_id, p.id as part_id, l.state as lead_state, p.state as part_state
from public.holds p
join public.holds l on l.id = p.lead_id
left join public.fulfilments f on f.hold_id = l.id
left join public.fulfilments g on g.hold_id = p.id
where l.lead_id <> l.id
   or (l.region_id, l.fingerprint, l.lng, l.lat, l.address, l.created_at, l.expires_at, l.extended_by, l.checkout_id, l.address_key)
      is distinct from (p.region_id, p.fingerprint, p.lng, p.lat, p.address, p.created_at, p.expires_at, p.extended_by, p.checkout_id, p.address_key)
   or f.order_id is distinct from g.order_id
   or (f.order_id is null and l.state <> p.state)
union all
select p.lead_id, null, null, null
from public.holds p group by p.lead_id having count(*) <> count(distinct p.node_id);
