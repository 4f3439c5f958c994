-- An order that operations gave another class is of the class that the record says last.
select o.id as order_id, o.priority_class, e.said
from public.orders o
join lateral (
  select (e.data ->> 'class')::integer as said from public.events e
  where e.order_id = o.id and e.kind = 'order_prioritised' order by e.id desc limit 1
) e on true
where o.priority_class <> e.said;
