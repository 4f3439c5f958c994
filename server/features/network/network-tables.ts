import type { Column } from "./csv-column.ts";
import {
  code,
  currency,
  day,
  degrees,
  email,
  geoJsonArea,
  integer,
  oneOf,
  optional,
  text,
  time,
  timeZone,
  weekday,
  weekdays,
  yesNo,
} from "./csv-column.ts";

/** One file of an import: its columns in the order of the documentation, and what makes a row unique. */
export interface CsvTable<C extends Record<string, Column> = Record<string, Column>> {
  readonly file: string;
  readonly summary: string;
  /** Names of columns. */
  readonly key: readonly string[];
  readonly columns: C;
}

/** A row as it was read: a column that may be empty reads as null. */
export type RowOf<T extends CsvTable> = {
  [K in keyof T["columns"]]: T["columns"][K] extends Column<infer Value> ? Value : never;
};

function csvTable<const C extends Record<string, Column>>(
  table: CsvTable<C> & { readonly key: readonly (keyof C)[] },
): CsvTable<C> {
  return table;
}

const lng = degrees(-180, 180);
const lat = degrees(-85, 85);
const cents = integer(0, 10_000_000);

/** The files of an import, each after those it refers to. `docs/import.md` is tested against this table. */
export const NETWORK_TABLES = {
  regions: csvTable({
    file: "regions.csv",
    summary:
      "A region has one time zone and one currency; no order is served across two. A way up to a door takes stairs_sec a floor, or lift_sec with a lift.",
    key: ["id"],
    columns: {
      id: code(),
      name: text(80),
      time_zone: timeZone(),
      currency: currency(),
      lng,
      lat,
      horizon_days: optional(integer(1, 60), "as it is; 8 for a new region"),
      stairs_sec: optional(integer(0, 600), "as it is; 20 for a new region"),
      lift_sec: optional(integer(0, 600), "as it is; 45 for a new region"),
    },
  }),
  nodes: csvTable({
    file: "nodes.csv",
    summary:
      "The places that hold stock and serve orders. Picking an order takes setup + lines × line + units × unit seconds, at pick_hour_cents an hour; an order costs handling_cents besides.",
    key: ["id"],
    columns: {
      id: code(),
      region_id: code(),
      kind: oneOf(["store", "distribution_centre", "micro_fulfilment", "partner"]),
      name: text(80),
      address: text(200),
      lng,
      lat,
      offers_pickup: yesNo(),
      pick_setup_sec: integer(0, 3600),
      pick_line_sec: integer(0, 3600),
      pick_unit_sec: integer(0, 3600),
      handover_sec: optional(integer(0, 14_400), "as it is; 900 for a new node"),
      handling_cents: optional(integer(0, 1_000_000), "as it is; 0 for a new node"),
      pick_hour_cents: optional(integer(0, 1_000_000), "as it is; 1800 for a new node"),
      time_zone: optional(timeZone(), "as it is; the region's for a new node"),
    },
  }),
  node_hours: csvTable({
    file: "node_hours.csv",
    summary:
      "Opening hours, and the picking seconds on offer in each open hour (three pickers are 10800). Names a node's whole week: a weekday left out is closed.",
    key: ["node_id", "weekday"],
    columns: {
      node_id: code(),
      weekday: weekday(),
      opens: time(),
      closes: time(),
      work_sec: integer(0, 3_600_000),
    },
  }),
  skus: csvTable({
    file: "skus.csv",
    summary:
      "What is sold. Goods that name the same kept_with come from one node, however a cart is split: what is frozen and needs one cold box, what is asked for a passport at the door.",
    key: ["id"],
    columns: {
      id: code(),
      name: text(120),
      category: text(60),
      price_cents: cents,
      weight_g: integer(1, 1_000_000),
      volume_ml: integer(1, 10_000_000),
      temperature: oneOf(["ambient", "chilled", "frozen"]),
      kept_with: optional(code(), "with no other goods; without the column, what it is kept with stays as it is"),
    },
  }),
  stock: csvTable({
    file: "stock.csv",
    summary:
      "Counts: what lies at a node now, including what is reserved for orders. A count below what is reserved is refused. The difference is written to the stock ledger.",
    key: ["node_id", "sku_id"],
    columns: {
      node_id: code(),
      sku_id: code(),
      on_hand: integer(0, 10_000_000),
      safety: optional(integer(0, 10_000_000), "as it is; 0 for a new level"),
    },
  }),
  vehicles: csvTable({
    file: "vehicles.csv",
    summary:
      "The vans, each at home at one node. Limits hold for shifts opened from now on; a van keeps the cold that its open routes need.",
    key: ["id"],
    columns: {
      id: code(),
      node_id: code(),
      name: text(80),
      limit_weight_g: integer(1, 100_000_000),
      limit_volume_ml: integer(1, 1_000_000_000),
      carries_chilled: yesNo(),
      carries_frozen: yesNo(),
      shift_cents: optional(cents, "as it is; 0 for a new vehicle"),
      km_cents: cents,
      hour_cents: cents,
    },
  }),
  shifts: csvTable({
    file: "shifts.csv",
    summary:
      "The weekly roster. A van leaves at the start with everything on board and is back by the end. Names a vehicle's whole week: a shift left out is no longer opened. Shifts that are already open stay.",
    key: ["vehicle_id", "weekday", "starts"],
    columns: {
      vehicle_id: code(),
      weekday: weekday(),
      starts: time(),
      ends: time(),
      driver: optional(email(), "nobody; without the column, who drives stays as it is"),
    },
  }),
  windows: csvTable({
    file: "windows.csv",
    summary:
      "The windows that a region offers. Names the whole week of a region's service. Windows that are already open stay.",
    key: ["region_id", "service", "weekday", "starts"],
    columns: {
      region_id: code(),
      service: oneOf(["delivery", "pickup"]),
      weekday: weekday(),
      starts: time(),
      ends: time(),
      price_cents: cents,
      limit_orders: optional(integer(0, 10_000), "for delivery; pickup must say how many orders a node hands over"),
    },
  }),
  calendar_days: csvTable({
    file: "calendar_days.csv",
    summary:
      "Days that are not as the week says: holidays of a region, on which every node without an entry of its own is closed, and closed or otherwise open days of a node. What is named is added or changed, also for days that are open already; what is promised stays.",
    key: ["region_id", "node_id", "day"],
    columns: {
      region_id: code(),
      node_id: optional(code(), "a holiday of the whole region"),
      day: day(),
      name: text(80),
      opens: optional(time(), "closed; with work_sec the usual hours"),
      closes: optional(time(), "like opens"),
      work_sec: optional(integer(0, 3_600_000), "the usual picking"),
    },
  }),
  blackouts: csvTable({
    file: "blackouts.csv",
    summary:
      "Windows of one service that are not given on one day. Delivery windows are the region's. What is named is added or changed.",
    key: ["region_id", "node_id", "service", "day", "starts"],
    columns: {
      region_id: code(),
      node_id: optional(code(), "every node"),
      service: oneOf(["delivery", "pickup", "parcel"]),
      day: day(),
      starts: optional(time(), "all windows of the day"),
      name: text(80),
    },
  }),
  cut_offs: csvTable({
    file: "cut_offs.csv",
    summary:
      "Until when a weekday's windows can be ordered: by a local time so many days before, and at the least so many minutes before they start; the sooner counts. Names the whole week of a service, of a region or of one node of it.",
    key: ["region_id", "node_id", "service", "weekday"],
    columns: {
      region_id: code(),
      node_id: optional(code(), "every node without a rule of its own"),
      service: oneOf(["delivery", "pickup", "parcel"]),
      weekday: weekday(),
      order_by: optional(time(), "only the minutes count"),
      lead_days: optional(integer(0, 14), "0, the same day"),
      least_lead_min: optional(integer(0, 20_160), "0"),
    },
  }),
  carriers: csvTable({
    file: "carriers.csv",
    summary: "Who takes parcels.",
    key: ["id"],
    columns: { id: code(), name: text(80) },
  }),
  carrier_services: csvTable({
    file: "carrier_services.csv",
    summary:
      "What a carrier does from a node: until when it fetches, on how many of its working days later it brings, what it takes for a parcel and a kilogram, parcels a day. Other terms count for all that is still to leave; parcels a day for days opened from now on.",
    key: ["carrier_id", "node_id"],
    columns: {
      carrier_id: code(),
      node_id: code(),
      cut_off: time(),
      transit_days: integer(0, 30),
      base_cents: cents,
      kg_cents: cents,
      day_limit_parcels: integer(0, 1_000_000),
      price_cents: optional(cents, "the shopper pays what the carrier takes"),
      carries_chilled: optional(yesNo(), "no"),
      carries_frozen: optional(yesNo(), "no"),
      limit_weight_g: optional(integer(1, 1_000_000), "30000"),
      works_on: optional(weekdays(), "1234567"),
      delivers_from: optional(time(), "08:00"),
      delivers_until: optional(time(), "20:00"),
    },
  }),
  lanes: csvTable({
    file: "lanes.csv",
    summary:
      "What goes from one node to another of its region by a timetable, so that goods of the first can be collected at the second: when it leaves and arrives, each in its own node's zone, how long what it brings is handled there, what an order on it costs, orders a run. Other terms count for all that is still to leave, other times for runs with which nothing is promised, orders a run for days opened from now on. A lane keeps its nodes.",
    key: ["id"],
    columns: {
      id: code(),
      from_node_id: code(),
      to_node_id: code(),
      departs: time(),
      arrives: time(),
      arrives_after_days: optional(integer(0, 7), "0, the same day"),
      handling_min: optional(integer(0, 1440), "30"),
      base_cents: cents,
      kg_cents: cents,
      limit_orders: integer(0, 100_000),
      works_on: optional(weekdays(), "1234567"),
      carries_chilled: optional(yesNo(), "no"),
      carries_frozen: optional(yesNo(), "no"),
      is_active: optional(yesNo(), "yes"),
    },
  }),
  addresses: csvTable({
    file: "addresses.csv",
    summary: "Sample addresses that a checkout offers in its list. Names a region's whole list.",
    key: ["region_id", "label"],
    columns: { region_id: code(), label: text(200), lng, lat },
  }),
  service_areas: csvTable({
    file: "service_areas.csv",
    summary:
      "To which doors the vans of a node go: all that can be driven to in so long, of those that lie in the area. With both empty, to every door. A row has at most 20000 characters; the control tower takes larger areas.",
    key: ["node_id"],
    columns: {
      node_id: code(),
      most_drive_sec: optional(integer(60, 36_000), "however long it takes"),
      area: optional(geoJsonArea(), "wherever it lies"),
    },
  }),
  channels: csvTable({
    file: "channels.csv",
    summary:
      "Through whom a cart is bought. Every region has SHOP, its own shop, which cannot be closed; a closed channel holds nothing new. Of two orders to be picked by the same time the one with the lower priority_class comes first.",
    key: ["region_id", "id"],
    columns: {
      region_id: code(),
      id: code(),
      name: text(80),
      is_active: optional(yesNo(), "as it is; yes for a new channel"),
      priority_class: optional(integer(1, 5), "as it is; 3 for a new channel"),
    },
  }),
  channel_safety: csvTable({
    file: "channel_safety.csv",
    summary:
      "Units of a level that are kept back from one channel, besides the safety of its stock: others can still be promised them. What is named is added or changed, and 0 takes it back.",
    key: ["node_id", "sku_id", "channel_id"],
    columns: {
      node_id: code(),
      sku_id: code(),
      channel_id: code(),
      units: integer(0, 10_000_000),
    },
  }),
} as const;

export type NetworkTables = typeof NETWORK_TABLES;
export type TableName = keyof NetworkTables;
export type NetworkRow<N extends TableName> = RowOf<NetworkTables[N]>;
