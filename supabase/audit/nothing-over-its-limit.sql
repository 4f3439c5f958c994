-- Nothing is claimed beyond its limit, nor below zero.
select 'stock' as resource, concat_ws(' ', node_id, sku_id) as row, reserved as claimed, on_hand as most
from public.inventory_levels where reserved not between 0 and on_hand
union all
select 'work', concat_ws(' ', node_id, starts_at), claimed_sec, limit_sec
from public.work_buckets where claimed_sec not between 0 and limit_sec
union all
select 'pickup', id::text, claimed_orders, limit_orders
from public.pickup_windows where claimed_orders not between 0 and limit_orders
union all
select 'parcel', concat_ws(' ', carrier_id, node_id, day), claimed_parcels, limit_parcels
from public.carrier_days where claimed_parcels not between 0 and limit_parcels
union all
select 'lane', concat_ws(' ', lane_id, day), claimed_orders, limit_orders
from public.lane_runs where claimed_orders not between 0 and limit_orders
union all
select 'weight', id::text, claimed_weight_g, limit_weight_g
from public.shifts where claimed_weight_g not between 0 and limit_weight_g
union all
select 'volume', id::text, claimed_volume_ml, limit_volume_ml
from public.shifts where claimed_volume_ml not between 0 and limit_volume_ml;
