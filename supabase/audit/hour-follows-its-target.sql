-- An hour's limit is what its manager asked for, or what is already promised where that is more.
select node_id, starts_at, target_sec, limit_sec, claimed_sec
from public.work_buckets
where limit_sec <> greatest(target_sec, claimed_sec);
