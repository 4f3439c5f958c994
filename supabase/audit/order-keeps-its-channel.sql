-- An order, and every hold that ever served a part of it, is of one channel; so are the parts of a hold.
select f.order_id, h.id as hold_id, o.channel_id, h.channel_id as held_by
from public.fulfilments f
join public.orders o on o.id = f.order_id
join public.holds h on h.id = f.hold_id
where h.channel_id <> o.channel_id
union all
select null, h.id, l.channel_id, h.channel_id
from public.holds h join public.holds l on l.id = h.lead_id
where h.channel_id <> l.channel_id;
