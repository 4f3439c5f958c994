import type postgres from "postgres";
import type { Transaction } from "#server/db/database.ts";
import type { FaultList } from "./import-faults.ts";
import type { TableName } from "./network-tables.ts";
import type { CsvContent } from "./read-csv.ts";
import type { NetworkFiles } from "./read-network.ts";

/**
 * Locks the stock levels that the files count, and refuses counts below what is reserved under those locks.
 *
 * Locks     inventory levels in (node, sku) order, held to the end of the transaction: a reservation that comes meanwhile
 *           waits and then sees the new count.
 */
export async function lockStock(tx: Transaction, { stock }: NetworkFiles, faults: FaultList): Promise<void> {
  if (stock === undefined) return;
  const rows = stock.rows.map(({ line, value }) => ({ line, ...value }));
  await tx`
    select from public.inventory_levels l
    where (l.node_id, l.sku_id) in (select x.node_id, x.sku_id from jsonb_to_recordset(${tx.json(rows)}) x (node_id text, sku_id text))
    order by l.node_id, l.sku_id
    for no key update`;
  const short = await tx<{ line: number; on_hand: number; reserved: number }[]>`
    select x.line, x.on_hand, l.reserved
    from jsonb_to_recordset(${tx.json(rows)}) x (line integer, node_id text, sku_id text, on_hand integer)
    join public.inventory_levels l on l.node_id = x.node_id and l.sku_id = x.sku_id
    where x.on_hand < l.reserved
    order by x.line`;
  for (const { line, on_hand, reserved } of short) {
    faults.add({
      file: stock.table.file,
      line,
      column: stock.columnPlaces.get("on_hand") ?? null,
      columnName: "on_hand",
      sentence: `${on_hand} is below the ${reserved} reserved for orders; resolve those orders first.`,
    });
  }
}

/** Writes what the files name and keeps what they do not. The rows passed every check and `lockStock` holds the stock. */
export async function writeNetwork(tx: Transaction, files: NetworkFiles): Promise<void> {
  const rowsOf = (name: TableName) => {
    const rows: CsvContent["rows"] = files[name]?.rows ?? [];
    return tx.json(rows.map(({ value }) => value) as postgres.JSONValue);
  };

  await tx`
    insert into public.regions as r (id, name, time_zone, currency, lng, lat, horizon_days, stairs_sec, lift_sec)
    select x.id, x.name, x.time_zone, x.currency, x.lng, x.lat, coalesce(x.horizon_days, old.horizon_days, 8),
           coalesce(x.stairs_sec, old.stairs_sec, 20), coalesce(x.lift_sec, old.lift_sec, 45)
    from jsonb_to_recordset(${rowsOf("regions")})
      x (id text, name text, time_zone text, currency text, lng double precision, lat double precision, horizon_days integer,
         stairs_sec smallint, lift_sec smallint)
    left join public.regions old on old.id = x.id
    on conflict (id) do update
    set (name, time_zone, currency, lng, lat, horizon_days, stairs_sec, lift_sec)
      = (excluded.name, excluded.time_zone, excluded.currency, excluded.lng, excluded.lat, excluded.horizon_days, excluded.stairs_sec, excluded.lift_sec)`;

  await tx`
    insert into public.nodes as n (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec,
                                   pick_unit_sec, handover_sec, handling_cents, pick_hour_cents, time_zone)
    select x.id, x.region_id, x.kind, x.name, x.address, x.lng, x.lat, x.offers_pickup, x.pick_setup_sec, x.pick_line_sec,
           x.pick_unit_sec, coalesce(x.handover_sec, old.handover_sec, 900), coalesce(x.handling_cents, old.handling_cents, 0),
           coalesce(x.pick_hour_cents, old.pick_hour_cents, 1800), coalesce(x.time_zone, old.time_zone)
    from jsonb_to_recordset(${rowsOf("nodes")})
      x (id text, region_id text, kind text, name text, address text, lng double precision, lat double precision,
         offers_pickup boolean, pick_setup_sec integer, pick_line_sec integer, pick_unit_sec integer, handover_sec integer,
         handling_cents integer, pick_hour_cents integer, time_zone text)
    left join public.nodes old on old.id = x.id
    on conflict (id) do update
    set (kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec, handover_sec, handling_cents,
         pick_hour_cents, time_zone)
      = (excluded.kind, excluded.name, excluded.address, excluded.lng, excluded.lat, excluded.offers_pickup, excluded.pick_setup_sec,
         excluded.pick_line_sec, excluded.pick_unit_sec, excluded.handover_sec, excluded.handling_cents,
         excluded.pick_hour_cents, excluded.time_zone)`;

  const hours = rowsOf("node_hours");
  await tx`
    delete from public.node_hours h
    using (select distinct node_id from jsonb_to_recordset(${hours}) x (node_id text)) named
    where h.node_id = named.node_id`;
  await tx`
    insert into public.node_hours (node_id, weekday, opens, closes, work_sec)
    select * from jsonb_to_recordset(${hours}) x (node_id text, weekday smallint, opens time, closes time, work_sec integer)`;

  const namesKept = files.skus?.columnPlaces.has("kept_with") ?? false;
  await tx`
    insert into public.skus as s (id, name, category, price_cents, weight_g, volume_ml, temperature, kept_with)
    select * from jsonb_to_recordset(${rowsOf("skus")})
      x (id text, name text, category text, price_cents integer, weight_g integer, volume_ml integer, temperature text, kept_with text)
    on conflict (id) do update
    set (name, category, price_cents, weight_g, volume_ml, temperature, kept_with)
      = (excluded.name, excluded.category, excluded.price_cents, excluded.weight_g, excluded.volume_ml, excluded.temperature,
         case when ${namesKept} then excluded.kept_with else s.kept_with end)`;

  // Ahead of vehicles: their change makes plans old, and a lane's run is locked before a shift.
  await tx`
    insert into public.lanes as l (id, from_node_id, to_node_id, works_on, departs, arrives, arrives_after_days, handling_min, base_cents,
      kg_cents, limit_orders, carries_chilled, carries_frozen, is_active)
    select x.id, x.from_node_id, x.to_node_id, coalesce(x.works_on, '1234567'), x.departs, x.arrives, coalesce(x.arrives_after_days, 0),
      coalesce(x.handling_min, 30), x.base_cents, x.kg_cents, x.limit_orders, coalesce(x.carries_chilled, false),
      coalesce(x.carries_frozen, false), coalesce(x.is_active, true)
    from jsonb_to_recordset(${rowsOf("lanes")})
      x (id text, from_node_id text, to_node_id text, works_on text, departs time, arrives time, arrives_after_days smallint,
         handling_min smallint, base_cents integer, kg_cents integer, limit_orders integer, carries_chilled boolean,
         carries_frozen boolean, is_active boolean)
    order by x.id
    on conflict (id) do update
    set (works_on, departs, arrives, arrives_after_days, handling_min, base_cents, kg_cents, limit_orders, carries_chilled,
         carries_frozen, is_active)
      = (excluded.works_on, excluded.departs, excluded.arrives, excluded.arrives_after_days, excluded.handling_min,
         excluded.base_cents, excluded.kg_cents, excluded.limit_orders, excluded.carries_chilled, excluded.carries_frozen,
         excluded.is_active)`;

  await tx`
    insert into public.vehicles as v (id, node_id, name, limit_weight_g, limit_volume_ml, carries_chilled, carries_frozen,
                                      shift_cents, km_cents, hour_cents)
    select x.id, x.node_id, x.name, x.limit_weight_g, x.limit_volume_ml, x.carries_chilled, x.carries_frozen,
           coalesce(x.shift_cents, old.shift_cents, 0), x.km_cents, x.hour_cents
    from jsonb_to_recordset(${rowsOf("vehicles")})
      x (id text, node_id text, name text, limit_weight_g integer, limit_volume_ml integer, carries_chilled boolean,
         carries_frozen boolean, shift_cents integer, km_cents integer, hour_cents integer)
    left join public.vehicles old on old.id = x.id
    on conflict (id) do update
    set (node_id, name, limit_weight_g, limit_volume_ml, carries_chilled, carries_frozen, shift_cents, km_cents, hour_cents)
      = (excluded.node_id, excluded.name, excluded.limit_weight_g, excluded.limit_volume_ml, excluded.carries_chilled,
         excluded.carries_frozen, excluded.shift_cents, excluded.km_cents, excluded.hour_cents)`;

  const shifts = rowsOf("shifts");
  await tx`
    delete from public.shift_rules r
    where r.vehicle_id in (select vehicle_id from jsonb_to_recordset(${shifts}) x (vehicle_id text))
      and (r.vehicle_id, r.weekday, r.starts) not in (
        select vehicle_id, weekday, starts from jsonb_to_recordset(${shifts}) x (vehicle_id text, weekday smallint, starts time)
      )`;
  const namesDrivers = files.shifts?.columnPlaces.has("driver") ?? false;
  await tx`
    insert into public.shift_rules as r (vehicle_id, weekday, starts, ends, driver_id)
    select x.vehicle_id, x.weekday, x.starts, x.ends, u.id
    from jsonb_to_recordset(${shifts}) x (vehicle_id text, weekday smallint, starts time, ends time, driver text)
    left join (auth.users u join public.staff s on s.user_id = u.id and s.role = 'driver') on lower(u.email) = x.driver
    on conflict (vehicle_id, weekday, starts) do update
    set ends = excluded.ends, driver_id = case when ${namesDrivers} then excluded.driver_id else r.driver_id end`;

  const windows = rowsOf("windows");
  await tx`
    delete from public.window_rules w
    using (select distinct region_id, service from jsonb_to_recordset(${windows}) x (region_id text, service text)) named
    where w.region_id = named.region_id and w.service = named.service`;
  await tx`
    insert into public.window_rules (region_id, service, weekday, starts, ends, price_cents, limit_orders)
    select * from jsonb_to_recordset(${windows})
      x (region_id text, service text, weekday smallint, starts time, ends time, price_cents integer, limit_orders integer)`;

  const cutOffs = rowsOf("cut_offs");
  await tx`
    delete from public.cut_offs c
    using (select distinct region_id, node_id, service from jsonb_to_recordset(${cutOffs}) x (region_id text, node_id text, service text)) named
    where (c.region_id, c.service) = (named.region_id, named.service) and c.node_id is not distinct from named.node_id`;
  await tx`
    insert into public.cut_offs (region_id, node_id, service, weekday, order_by, lead_days, least_lead_min)
    select x.region_id, x.node_id, x.service, x.weekday, x.order_by, coalesce(x.lead_days, 0), coalesce(x.least_lead_min, 0)
    from jsonb_to_recordset(${cutOffs})
      x (region_id text, node_id text, service text, weekday smallint, order_by time, lead_days smallint, least_lead_min integer)`;

  await tx`
    insert into public.carriers as c (id, name)
    select * from jsonb_to_recordset(${rowsOf("carriers")}) x (id text, name text)
    on conflict (id) do update set name = excluded.name`;
  await tx`
    insert into public.carrier_services as c (carrier_id, node_id, cut_off, transit_days, base_cents, kg_cents, day_limit_parcels,
      price_cents, carries_chilled, carries_frozen, limit_weight_g, works_on, delivers_from, delivers_until)
    select x.carrier_id, x.node_id, x.cut_off, x.transit_days, x.base_cents, x.kg_cents, x.day_limit_parcels,
      x.price_cents, coalesce(x.carries_chilled, false), coalesce(x.carries_frozen, false), coalesce(x.limit_weight_g, 30000),
      coalesce(x.works_on, '1234567'), coalesce(x.delivers_from, '08:00'), coalesce(x.delivers_until, '20:00')
    from jsonb_to_recordset(${rowsOf("carrier_services")})
      x (carrier_id text, node_id text, cut_off time, transit_days smallint, base_cents integer, kg_cents integer,
         day_limit_parcels integer, price_cents integer, carries_chilled boolean, carries_frozen boolean, limit_weight_g integer,
         works_on text, delivers_from time, delivers_until time)
    order by x.carrier_id, x.node_id
    on conflict (carrier_id, node_id) do update
    set (cut_off, transit_days, base_cents, kg_cents, day_limit_parcels, price_cents, carries_chilled, carries_frozen,
         limit_weight_g, works_on, delivers_from, delivers_until)
      = (excluded.cut_off, excluded.transit_days, excluded.base_cents, excluded.kg_cents, excluded.day_limit_parcels,
         excluded.price_cents, excluded.carries_chilled, excluded.carries_frozen, excluded.limit_weight_g, excluded.works_on,
         excluded.delivers_from, excluded.delivers_until)`;

  const addresses = rowsOf("addresses");
  await tx`
    delete from public.sample_addresses a
    using (select distinct region_id from jsonb_to_recordset(${addresses}) x (region_id text)) named
    where a.region_id = named.region_id`;
  await tx`
    insert into public.sample_addresses (region_id, label, lng, lat)
    select * from jsonb_to_recordset(${addresses}) x (region_id text, label text, lng double precision, lat double precision)`;

  const areas = rowsOf("service_areas");
  await tx`
    delete from public.service_areas a using jsonb_to_recordset(${areas}) x (node_id text, most_drive_sec integer, area jsonb)
    where a.node_id = x.node_id and num_nonnulls(x.most_drive_sec, x.area) = 0`;
  await tx`
    insert into public.service_areas as a (node_id, most_drive_sec, area)
    select * from jsonb_to_recordset(${areas}) x (node_id text, most_drive_sec integer, area jsonb)
    where num_nonnulls(x.most_drive_sec, x.area) > 0
    on conflict (node_id) do update
    set (most_drive_sec, area, revision) = (excluded.most_drive_sec, excluded.area, excluded.revision)
    where (a.most_drive_sec, a.area) is distinct from (excluded.most_drive_sec, excluded.area)`;

  await writeStock(tx, rowsOf("stock"));

  await tx`
    insert into public.channels as c (region_id, id, name, is_active, priority_class)
    select x.region_id, x.id, x.name, coalesce(x.is_active, old.is_active, true), coalesce(x.priority_class, old.priority_class, 3)
    from jsonb_to_recordset(${rowsOf("channels")}) x (region_id text, id text, name text, is_active boolean, priority_class smallint)
    left join public.channels old on (old.region_id, old.id) = (x.region_id, x.id)
    on conflict (region_id, id) do update
    set (name, is_active, priority_class) = (excluded.name, excluded.is_active, excluded.priority_class)`;
  // Under the locks of their levels, as app.set_channel_safety.
  const kept = rowsOf("channel_safety");
  await tx`
    select from public.inventory_levels l
    where (l.node_id, l.sku_id) in (select x.node_id, x.sku_id from jsonb_to_recordset(${kept}) x (node_id text, sku_id text))
    order by l.node_id, l.sku_id for no key update`;
  await tx`
    delete from public.channel_safety k using jsonb_to_recordset(${kept}) x (node_id text, sku_id text, channel_id text, units integer)
    where (k.node_id, k.sku_id, k.channel_id) = (x.node_id, x.sku_id, x.channel_id) and x.units = 0`;
  await tx`
    insert into public.channel_safety as k (region_id, channel_id, sku_id, node_id, units)
    select n.region_id, x.channel_id, x.sku_id, x.node_id, x.units
    from jsonb_to_recordset(${kept}) x (node_id text, sku_id text, channel_id text, units integer)
    join public.nodes n on n.id = x.node_id where x.units > 0
    on conflict (region_id, channel_id, sku_id, node_id) do update set units = excluded.units`;
}

/**
 * Writes what the files name of the calendar, and brings the days that are open already in line with what has changed of it.
 *
 * Locks     as app.settle_day; the import has the regions.
 */
export async function writeCalendar(tx: Transaction, files: NetworkFiles): Promise<void> {
  const days = tx.json((files.calendar_days?.rows ?? []).map(({ value }) => value));
  const blackouts = tx.json((files.blackouts?.rows ?? []).map(({ value }) => value));
  const changed = await tx<{ region_id: string; day: string; with_hours: boolean }[]>`
    with days as (
      insert into public.calendar_days as c (region_id, node_id, day, name, opens, closes, work_sec)
      select * from jsonb_to_recordset(${days})
        x (region_id text, node_id text, day date, name text, opens time, closes time, work_sec integer)
      on conflict (region_id, node_id, day) do update
      set (name, opens, closes, work_sec) = (excluded.name, excluded.opens, excluded.closes, excluded.work_sec)
      where (c.name, c.opens, c.closes, c.work_sec) is distinct from (excluded.name, excluded.opens, excluded.closes, excluded.work_sec)
      returning c.region_id, c.day, true as with_hours
    ), blackouts as (
      insert into public.blackouts as b (region_id, node_id, service, day, starts, name)
      select * from jsonb_to_recordset(${blackouts}) x (region_id text, node_id text, service text, day date, starts time, name text)
      on conflict (region_id, node_id, service, day, starts) do update set name = excluded.name where b.name <> excluded.name
      returning b.region_id, b.day, false as with_hours
    )
    select x.region_id, x.day::text, bool_or(x.with_hours) as with_hours from (table days union all table blackouts) x
    group by 1, 2 order by 1, 2`;
  for (const { region_id, day, with_hours } of changed)
    await tx`
      select app.settle_day(${region_id}, array(select n.id::text from public.nodes n where n.region_id = ${region_id}), ${day}, ${with_hours})`;
}

/** Every row is a count of now, which replaces what is on hand and confirms it; the ledger gets the difference. */
async function writeStock(tx: Transaction, stock: postgres.Parameter): Promise<void> {
  // Those that are there are locked; those that are new come to lie by goods, as a quote reads them.
  await tx`
    insert into public.inventory_levels (node_id, sku_id, on_hand, safety)
    select x.node_id, x.sku_id, 0, coalesce(x.safety, old.safety, 0)
    from jsonb_to_recordset(${stock}) x (node_id text, sku_id text, safety integer)
    left join public.inventory_levels old on (old.node_id, old.sku_id) = (x.node_id, x.sku_id)
    order by x.sku_id, x.node_id
    on conflict (node_id, sku_id) do update set safety = excluded.safety`;
  // Imports run one at a time, so the microseconds of their clock number them.
  await tx`
    with now as materialized (select n.at, (extract(epoch from n.at) * 1000000)::bigint as seq from (select app.now() as at) n),
    counted as (
      select jsonb_agg(jsonb_build_object('event_id', 'import:' || now.seq, 'seq', now.seq, 'at', now.at, 'kind', 'count',
        'node_id', x.node_id, 'sku_id', x.sku_id, 'units', x.on_hand)) as events
      from now, jsonb_to_recordset(${stock}) x (node_id text, sku_id text, on_hand integer)
    )
    select from counted, app.record_stock_events('IMPORT', counted.events) where counted.events is not null`;
}
