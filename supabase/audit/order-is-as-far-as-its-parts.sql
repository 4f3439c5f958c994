-- An order is as far as its slowest part; unplaced while a rejected one waits; over when all are, and failed if one failed.
with parts as (
  select f.order_id,
    f.state = 'rejected' and f.replaced_by is null as waits,
    f.state not in ('rejected', 'repromised') as counts,
    case
      -- What is brought to a store is not there before it is received.
      when h.lane_id is not null and f.state in ('ready', 'handed_over') then 'to_pick'
      when f.state = 'received' then 'ready'
      when f.state <> 'handed_over' then f.state
      when h.service = 'parcel' then 'on_the_way'
      when v.state = 'under_way' and s.state = 'arrived' then 'arrived'
      when v.state = 'under_way' then 'on_the_way'
      else 'ready'
    end as state
  from public.fulfilments f
  join public.holds h on h.id = f.hold_id
  left join public.stops s on s.hold_id = h.id
  left join public.shifts v on v.id = s.shift_id
),
told as (
  select o.id as order_id, o.state, array_agg(p.state order by p.state) filter (where p.counts) as parts, coalesce(bool_or(p.waits), false) as waits
  from public.orders o left join parts p on p.order_id = o.id group by o.id
)
select order_id, state, parts, waits from told
where state is distinct from case
  when waits then 'unplaced'
  when 'to_pick' = any (parts) then 'confirmed'
  when 'ready' = any (parts) then 'ready'
  when 'on_the_way' = any (parts) then 'on_the_way'
  when 'arrived' = any (parts) then 'arrived'
  when 'failed' = any (parts) then 'failed'
  when 'delivered' = any (parts) then 'delivered'
end;
