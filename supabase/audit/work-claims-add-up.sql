-- What an hour says is claimed of its picking work is the sum of its claims.
select b.node_id, b.starts_at, b.claimed_sec, coalesce(sum(c.units), 0) as claimed
from public.work_buckets b
left join public.claims c on c.kind = 'work' and (c.node_id, c.bucket_at) = (b.node_id, b.starts_at)
group by b.node_id, b.starts_at
having b.claimed_sec <> coalesce(sum(c.units), 0);
