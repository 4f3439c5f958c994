-- Who changed a region's sourcing rules last is one look at the record, however long it is.

create index events_of_sourcing_rules on public.events (region_id, id) where kind = 'sourcing_rules_set';
