-- What a channel had of a resource when it claimed under a share is what its claims came to by then, and no more than the share was then.
-- A van's time is that of its route at that moment, of which the ledger says nothing.
with ledger as (
  select c.id, sum(c.units) over (
      partition by c.kind, c.node_id, c.bucket_at, c.pickup_window_id, c.carrier_id, c.day, c.lane_id, h.channel_id order by c.id
    ) as units
  from public.claims c join public.holds h on h.id = c.hold_id
  where c.kind in ('work', 'pickup', 'parcel', 'lane') and exists (select from public.claim_shares)
)
select s.claim_id, s.units, s.most, l.units as claimed
from public.claim_shares s left join ledger l on l.id = s.claim_id
where s.units > s.most or l.units <> s.units;
