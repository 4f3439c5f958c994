-- What is agreed on with an order is its promise, and after each change what that change says, from one to the next without a gap.
with told as (
  select o.id as order_id, 0 as number, o.promise_starts_at as starts_at, o.promise_ends_at as ends_at, o.price_cents from public.orders o
  union all
  select r.order_id, r.number, r.starts_at, r.ends_at, r.price_cents from public.repromises r
)
select r.order_id, r.number, r.old_starts_at, r.old_ends_at, r.old_price_cents, t.starts_at, t.ends_at, t.price_cents
from public.repromises r
left join told t on (t.order_id, t.number) = (r.order_id, r.number - 1)
where (r.old_starts_at, r.old_ends_at, r.old_price_cents) is distinct from (t.starts_at, t.ends_at, t.price_cents)
union all
select o.id, o.repromises, o.agreed_starts_at, o.agreed_ends_at, o.agreed_price_cents, t.starts_at, t.ends_at, t.price_cents
from public.orders o
left join told t on (t.order_id, t.number) = (o.id, o.repromises)
where (o.agreed_starts_at, o.agreed_ends_at, o.agreed_price_cents) is distinct from (t.starts_at, t.ends_at, t.price_cents)
   or exists (select from public.repromises r where r.order_id = o.id and r.number > o.repromises);
