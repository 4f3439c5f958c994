-- warning: No hold outlives its time by more than two minutes (else the sweeper does not run).
select h.id as hold_id, h.node_id, h.expires_at
from public.holds h
where h.state = 'held' and h.expires_at < app.now() - interval '2 minutes';
