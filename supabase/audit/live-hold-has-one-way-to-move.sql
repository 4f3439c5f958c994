-- A live hold claims one way to move and no other: its load on the van that has its stop (none without a stop), one parcel, or one place in the run that brings it to where it is collected (none without a run). The place in a pickup window: pickup-has-one-place.
select h.id as hold_id, h.service, h.state, o.kinds, o.units
from public.holds h
left join public.stops s on s.hold_id = h.id
left join lateral (
  select array_agg(n.kind order by n.kind) as kinds, array_agg(n.units order by n.kind) as units,
         array_agg(coalesce(n.shift_id::text, n.lane_id || ' ' || n.day, n.node_id::text) order by n.kind) as wheres
  from (
    select c.kind, c.shift_id, c.lane_id, c.node_id, c.carrier_id, c.day, sum(c.units)::integer as units
    from public.claims c
    where c.hold_id = h.id and c.kind in ('weight', 'volume', 'parcel', 'lane')
    group by c.kind, c.shift_id, c.lane_id, c.node_id, c.carrier_id, c.day
    having sum(c.units) <> 0
  ) n
) o on true
where h.state in ('held', 'confirmed', 'fulfilled')
  and (o.kinds, o.units, o.wheres) is distinct from (
    case when h.service = 'parcel' then array['parcel'] when h.lane_id is not null then array['lane']
      when s.id is not null then array['volume', 'weight'] end,
    case when h.service = 'parcel' or h.lane_id is not null then array[1] when s.id is not null then array[h.volume_ml, h.weight_g] end,
    case when h.service = 'parcel' then array[h.node_id::text] when h.lane_id is not null then array[h.lane_id || ' ' || h.lane_day]
      when s.id is not null then array[s.shift_id::text, s.shift_id::text] end
  );
