import type { Transaction } from "#server/db/database.ts";
import type { NetworkFiles } from "./read-network.ts";

/** What the database already holds, as far as an import must agree with it. */
export interface KnownNetwork {
  /** Zone and currency are fixed once windows were opened in them. */
  readonly regions: ReadonlyMap<
    string,
    { readonly timeZone: string; readonly currency: string; readonly isOpen: boolean }
  >;
  /** A node with stops to drive stays where their routes start. */
  readonly nodes: ReadonlyMap<
    string,
    {
      readonly regionId: string;
      readonly lng: number;
      readonly lat: number;
      readonly hasStops: boolean;
      /** Fixed once its hours were opened in it. */
      readonly timeZone: string;
      readonly isOpen: boolean;
    }
  >;
  readonly skus: ReadonlySet<string>;
  readonly vehicles: ReadonlySet<string>;
  readonly carriers: ReadonlySet<string>;
  /** "REGION CHANNEL". */
  readonly channels: ReadonlySet<string>;
  /** Of the levels from which the files keep something back, those that there are: "NODE SKU". */
  readonly levels: ReadonlySet<string>;
  readonly lanes: ReadonlyMap<string, { readonly fromNodeId: string; readonly toNodeId: string }>;
  /** User ids of the drivers by e-mail in lower case. */
  readonly drivers: ReadonlyMap<string, string>;
  readonly roster: readonly RosterEntry[];
  /** Of the time zones that the files name, those that Postgres knows. */
  readonly timeZones: ReadonlySet<string>;
}

export interface RosterEntry {
  readonly vehicleId: string;
  readonly weekday: number;
  /** HH:MM. */
  readonly starts: string;
  readonly ends: string;
  readonly driverEmail: string | null;
}

export async function readKnownNetwork(tx: Transaction, files: NetworkFiles): Promise<KnownNetwork> {
  const zones = [
    ...new Set([
      ...(files.regions?.rows ?? []).map(({ value }) => value.time_zone),
      ...(files.nodes?.rows ?? []).flatMap(({ value }) => value.time_zone ?? []),
    ]),
  ];
  const regions = await tx<{ id: string; time_zone: string; currency: string; is_open: boolean }[]>`
    select r.id, r.time_zone, r.currency, exists (select from public.windows w where w.region_id = r.id) as is_open
    from public.regions r`;
  const nodes = await tx<
    {
      id: string;
      region_id: string;
      lng: number;
      lat: number;
      time_zone: string;
      is_open: boolean;
      has_stops: boolean;
    }[]
  >`
    select n.id, n.region_id, n.lng, n.lat, z.time_zone, exists (select from public.work_buckets b where b.node_id = n.id) as is_open, exists (
      select from public.shifts s join public.stops t on t.shift_id = s.id
      where s.node_id = n.id and s.state in ('planned', 'under_way')
    ) as has_stops
    from public.nodes n join app.node_zones z on z.node_id = n.id`;
  const skus = await tx<{ id: string }[]>`select id from public.skus`;
  const vehicles = await tx<{ id: string }[]>`select id from public.vehicles`;
  const carriers = await tx<{ id: string }[]>`select id from public.carriers`;
  const lanes = await tx<{ id: string; from_node_id: string; to_node_id: string }[]>`
    select id, from_node_id, to_node_id from public.lanes`;
  const channels = await tx<{ region_id: string; id: string }[]>`select region_id, id from public.channels`;
  const kept = (files.channel_safety?.rows ?? []).map(({ value }) => value);
  const levels = await tx<{ node_id: string; sku_id: string }[]>`
    select node_id, sku_id from public.inventory_levels
    where (node_id, sku_id) in (select x.node_id, x.sku_id from jsonb_to_recordset(${tx.json(kept)}) x (node_id text, sku_id text))`;
  const drivers = await tx<{ email: string; user_id: string }[]>`
    select lower(u.email) as email, s.user_id from public.staff s join auth.users u on u.id = s.user_id where s.role = 'driver'`;
  const roster = await tx<
    { vehicle_id: string; weekday: number; starts: string; ends: string; email: string | null }[]
  >`
    select r.vehicle_id, r.weekday, to_char(r.starts, 'HH24:MI') as starts, to_char(r.ends, 'HH24:MI') as ends, lower(u.email) as email
    from public.shift_rules r left join auth.users u on u.id = r.driver_id`;
  const timeZones = await tx<{ name: string }[]>`
    select name from unnest(${zones}::text[]) name where app.is_time_zone(name)`;
  return {
    regions: new Map(
      regions.map((row) => [row.id, { timeZone: row.time_zone, currency: row.currency, isOpen: row.is_open }]),
    ),
    nodes: new Map(
      nodes.map((row) => [
        row.id,
        {
          regionId: row.region_id,
          lng: row.lng,
          lat: row.lat,
          hasStops: row.has_stops,
          timeZone: row.time_zone,
          isOpen: row.is_open,
        },
      ]),
    ),
    skus: new Set(skus.map(({ id }) => id)),
    vehicles: new Set(vehicles.map(({ id }) => id)),
    carriers: new Set(carriers.map(({ id }) => id)),
    channels: new Set(channels.map(({ region_id, id }) => `${region_id} ${id}`)),
    levels: new Set(levels.map(({ node_id, sku_id }) => `${node_id} ${sku_id}`)),
    lanes: new Map(
      lanes.map(({ id, from_node_id, to_node_id }) => [id, { fromNodeId: from_node_id, toNodeId: to_node_id }]),
    ),
    drivers: new Map(drivers.map(({ email, user_id }) => [email, user_id])),
    roster: roster.map((row) => ({
      vehicleId: row.vehicle_id,
      weekday: row.weekday,
      starts: row.starts,
      ends: row.ends,
      driverEmail: row.email,
    })),
    timeZones: new Set(timeZones.map(({ name }) => name)),
  };
}
