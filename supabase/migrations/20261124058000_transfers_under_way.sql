-- What is on its way to a store is looked for once a minute: by an index of what lives, however long the history is. The one by
-- fulfilment found nothing that its hold did not.
drop index public.fulfilments_on_their_way;
create index holds_on_their_way on public.holds (lane_id, lane_day) where state = 'confirmed' and lane_id is not null;
