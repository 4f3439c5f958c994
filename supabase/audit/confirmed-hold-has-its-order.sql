-- A confirmed hold belongs to an order; one that is held, released unconfirmed or expired does not. What a node gave up may have failed in the end.
select h.id as hold_id, h.state, f.id as fulfilment_id, f.state as fulfilment_state
from public.holds h
left join public.fulfilments f on f.hold_id = h.id
where (h.state in ('confirmed', 'fulfilled') and (f.id is null or f.state in ('rejected', 'repromised')))
   or (h.state in ('held', 'expired') and f.id is not null)
   or (h.state = 'released' and f.state not in ('rejected', 'repromised') and not (f.state = 'failed' and f.reject_reason is not null));
