import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { formatFault, ImportRefused } from "./import-faults.ts";
import { importNetwork } from "./import-network.ts";
import { type NetworkFolder, SMALL_NETWORK, writeSmallNetwork } from "./small-network.ts";

let database: TestDatabase;
let folder: NetworkFolder;
beforeAll(async () => {
  database = await cloneDatabase();
  const first = writeSmallNetwork();
  await importNetwork(database.sql, first.dir);
  first.remove();
});
afterAll(() => database.drop());
beforeEach(() => {
  folder = writeSmallNetwork();
});
afterEach(() => folder.remove());

/** The faults of an import that must be refused. */
async function faultsOf(dir = folder.dir): Promise<string[]> {
  const outcome = await importNetwork(database.sql, dir).catch((error: unknown) => error);
  if (!(outcome instanceof ImportRefused)) throw new Error(`not refused: ${String(outcome)}`);
  return outcome.faults.map(formatFault);
}

/** One text that changes with any row of the tables an import writes. */
async function digest(): Promise<string> {
  const tables = (
    await database.sql<{ name: string }[]>`
      select format('%I.%I', schemaname, tablename) as name from pg_tables
      where schemaname = 'public' or (schemaname, tablename) = ('app', 'outbox') order by 1`
  ).map(({ name }) => name);
  const parts = tables.map(
    (name) => `select '${name}' as t, md5(coalesce(string_agg(x::text, '|' order by x::text), '')) as d from ${name} x`,
  );
  const rows = await database.sql.unsafe(`${parts.join(" union all ")} order by t`);
  return JSON.stringify(rows);
}

test("an import writes every file and opens the coming days", async () => {
  const [counts] = await database.sql`
    select (select count(*)::int from public.nodes) as nodes, (select count(*)::int from public.skus) as skus,
           (select sum(on_hand)::int from public.inventory_levels) as units, (select count(*)::int from public.shifts) as shifts,
           (select count(*)::int from public.windows) as windows, (select count(*)::int from public.pickup_windows) as pickups,
           (select count(*)::int from public.work_buckets) as hours, (select count(*)::int from public.carrier_days) as carrier_days,
           (select count(*)::int from public.lane_runs) as lane_runs,
           (select count(*)::int from public.sample_addresses) as addresses`;
  // Three days: 3 shifts, 2 windows, 1 pickup window at the one node that offers it, 16 + 13 picking hours, 1 carrier service, 1 lane.
  expect(counts).toEqual({
    nodes: 2,
    skus: 3,
    units: 1241,
    shifts: 9,
    windows: 6,
    pickups: 3,
    hours: 87,
    carrier_days: 3,
    lane_runs: 3,
    addresses: 1,
  });
});

test("an area is set, changed and forgotten by its row, and only a change is a new revision", async () => {
  const triangle = '{"type":"Polygon","coordinates":[[[-8.7,41.1],[-8.5,41.1],[-8.6,41.3],[-8.7,41.1]]]}';
  const quoted = `"${triangle.replaceAll('"', '""')}"`;
  const areas = async (rows: string) => {
    folder.write("service_areas.csv", `node_id,most_drive_sec,area\n${rows}\n`);
    await importNetwork(database.sql, folder.dir);
    return database.sql`select node_id, most_drive_sec, area, revision from public.service_areas order by node_id`;
  };
  const set = await areas(`DC-1,3600,\nSTORE-1,,${quoted}`);
  expect(set).toMatchObject([
    { node_id: "DC-1", most_drive_sec: 3600, area: null },
    { node_id: "STORE-1", most_drive_sec: null, area: JSON.parse(triangle) },
  ]);
  expect((await areas(`DC-1,3600,\nSTORE-1,,${quoted}`)).map((row) => row.revision)).toEqual(
    set.map((row) => row.revision),
  );
  const [changed] = await areas("DC-1,1800,\nSTORE-1,,");
  expect(changed).toMatchObject({ node_id: "DC-1", most_drive_sec: 1800 });
  expect(changed!.revision).not.toBe(set[0]!.revision);
  expect(await areas("DC-1,,")).toEqual([]);
  folder.write("service_areas.csv", null);
});

test("on hand is the sum of its movements after every import", async () => {
  folder.edit("stock.csv", "DC-1,APPLE,500,5", "DC-1,APPLE,480,5");
  await importNetwork(database.sql, folder.dir);
  folder.edit("stock.csv", "DC-1,APPLE,480,5", "DC-1,APPLE,510,5");
  await importNetwork(database.sql, folder.dir);
  const movements = await database.sql`
    select units from public.stock_movements where node_id = 'DC-1' and sku_id = 'APPLE' order by id`;
  expect(movements.map(({ units }) => units)).toEqual([500, -20, 30]);
  const off = await database.sql`
    select l.node_id, l.sku_id from public.inventory_levels l
    where l.on_hand <> (select coalesce(sum(m.units), 0) from public.stock_movements m where (m.node_id, m.sku_id) = (l.node_id, l.sku_id))`;
  expect(off).toHaveLength(0);
});

test("an import updates what it names and keeps what it does not", async () => {
  for (const file of [
    "regions.csv",
    "node_hours.csv",
    "stock.csv",
    "vehicles.csv",
    "shifts.csv",
    "windows.csv",
    "carriers.csv",
    "carrier_services.csv",
    "lanes.csv",
    "addresses.csv",
  ])
    folder.write(file, null);
  folder.write(
    "nodes.csv",
    "id,region_id,kind,name,address,lng,lat,offers_pickup,pick_setup_sec,pick_line_sec,pick_unit_sec,handling_cents\nSTORE-1,NORTH,store,New Market,Market Square 2,-8.61,41.15,yes,120,45,8,75\n",
  );
  folder.write(
    "skus.csv",
    "id,name,category,price_cents,weight_g,volume_ml,temperature\nAPPLE,Apples 1 kg,Fruit,259,1000,1800,ambient\n",
  );
  await importNetwork(database.sql, folder.dir);
  const nodes = await database.sql`select id, name, handling_cents from public.nodes order by id`;
  expect(nodes).toEqual([
    { id: "DC-1", name: "Harbour", handling_cents: 0 },
    { id: "STORE-1", name: "New Market", handling_cents: 75 },
  ]);
  const skus = await database.sql`select id, price_cents from public.skus order by id`;
  expect(skus.map(({ id, price_cents }) => [id, price_cents])).toEqual([
    ["APPLE", 259],
    ["MILK", 119],
    ["PEAS", 199],
  ]);
});

test("what picking costs and what is kept together is imported; without its column it stays, and an empty field takes it back", async () => {
  const choices = async () => {
    await importNetwork(database.sql, folder.dir);
    const nodes = await database.sql`select id, pick_hour_cents from public.nodes order by id`;
    const skus = await database.sql`select id, kept_with from public.skus order by id`;
    return [nodes.map((row) => row.pick_hour_cents), skus.map((row) => row.kept_with)];
  };
  expect(await choices()).toEqual([
    [1800, 1800],
    [null, null, null],
  ]);
  const header = "id,region_id,kind,name,address,lng,lat,offers_pickup,pick_setup_sec,pick_line_sec,pick_unit_sec";
  folder.edit("nodes.csv", header, `${header},pick_hour_cents`);
  folder.edit("nodes.csv", ",no,60,20,4", ",no,60,20,4,1500");
  folder.edit("nodes.csv", ",yes,120,45,8", ",yes,120,45,8,");
  folder.edit("skus.csv", "volume_ml,temperature", "volume_ml,temperature,kept_with");
  folder.edit("skus.csv", "1800,ambient", "1800,ambient,");
  folder.edit("skus.csv", "1050,chilled", "1050,chilled,COLD-BOX");
  folder.edit("skus.csv", "700,frozen", "700,frozen,COLD-BOX");
  const named = [
    [1500, 1800],
    [null, "COLD-BOX", "COLD-BOX"],
  ];
  expect(await choices()).toEqual(named);
  folder.write("nodes.csv", SMALL_NETWORK["nodes.csv"]!);
  folder.write("skus.csv", SMALL_NETWORK["skus.csv"]!);
  expect(await choices()).toEqual(named);
  folder.write(
    "skus.csv",
    'id,name,category,price_cents,weight_g,volume_ml,temperature,kept_with\nMILK,"Milk, whole 1 l",Dairy,119,1030,1050,chilled,\n',
  );
  expect(await choices()).toEqual([
    [1500, 1800],
    [null, null, "COLD-BOX"],
  ]);
});

test("channels and what is kept back from them are imported, changed and taken back", async () => {
  const kept = async (channels: string, safety: string) => {
    folder.write("channels.csv", `region_id,id,name,is_active\n${channels}\n`);
    folder.write("channel_safety.csv", `node_id,sku_id,channel_id,units\n${safety}\n`);
    await importNetwork(database.sql, folder.dir);
    const rows = await database.sql`
      select c.id, c.name, c.is_active, k.sku_id, k.units from public.channels c
      left join public.channel_safety k on (k.region_id, k.channel_id) = (c.region_id, c.id) order by c.id, k.sku_id`;
    return rows.map((row) => Object.values(row));
  };
  expect(
    await kept("NORTH,MARKET,The market,", "DC-1,APPLE,MARKET,20\nDC-1,MILK,MARKET,3\nSTORE-1,APPLE,SHOP,2"),
  ).toEqual([
    ["MARKET", "The market", true, "APPLE", 20],
    ["MARKET", "The market", true, "MILK", 3],
    ["SHOP", "Own shop", true, "APPLE", 2],
  ]);
  expect(
    await kept("NORTH,MARKET,Market,no", "DC-1,APPLE,MARKET,25\nDC-1,MILK,MARKET,0\nSTORE-1,APPLE,SHOP,0"),
  ).toEqual([
    ["MARKET", "Market", false, "APPLE", 25],
    ["SHOP", "Own shop", true, null, null],
  ]);
  folder.write("channels.csv", "region_id,id,name,is_active\nNORTH,SHOP,Own shop,no\n");
  folder.write("channel_safety.csv", "node_id,sku_id,channel_id,units\nSTORE-1,PEAS,MARKET,1\nDC-1,APPLE,NOBODY,1\n");
  expect(await faultsOf()).toEqual([
    "channels.csv:2:4(is_active): must be yes for SHOP, the own shop.",
    "channel_safety.csv:2:2(sku_id): STORE-1 has no stock of PEAS: count it in stock.csv first.",
    "channel_safety.csv:3:3(channel_id): no channel NOBODY of NORTH is in channels.csv or has been imported.",
  ]);
});

const CONTROL = "\u0007";

/** What is done to the small network, and the one complaint it must bring. */
const FAULTS: readonly [name: string, edit: (folder: NetworkFolder) => void, complaint: string][] = [
  // What a row shows by itself.
  [
    "a word for a number",
    (f) => f.edit("stock.csv", "DC-1,MILK,400", "DC-1,MILK,many"),
    'stock.csv:3:3(on_hand): must be a whole number from 0 to 10000000, not "many".',
  ],
  [
    "a negative count",
    (f) => f.edit("stock.csv", "DC-1,MILK,400", "DC-1,MILK,-4"),
    'stock.csv:3:3(on_hand): must be a whole number from 0 to 10000000, not "-4".',
  ],
  [
    "a decimal comma",
    (f) => f.edit("nodes.csv", "-8.61,41.15", '"-8,61",41.15'),
    'nodes.csv:3:6(lng): must be degrees from -180 to 180 with a decimal point, not "-8,61".',
  ],
  [
    "a latitude beyond the map",
    (f) => f.edit("nodes.csv", "41.18", "91.18"),
    'nodes.csv:2:7(lat): must be degrees from -85 to 85 with a decimal point, not "91.18".',
  ],
  [
    "an empty name",
    (f) => f.edit("skus.csv", "Apples 1 kg", ""),
    "skus.csv:2:2(name): is empty; it must be text of 1 to 120 characters on one line.",
  ],
  [
    "a field far too long",
    (f) => f.edit("skus.csv", "Apples 1 kg", "x".repeat(5000)),
    `skus.csv:2:2(name): must be text of 1 to 120 characters on one line, not "${"x".repeat(40)}…".`,
  ],
  [
    "a control character",
    (f) => f.edit("skus.csv", "Apples", `Ap${CONTROL}ples`),
    'skus.csv:2:2(name): must be text of 1 to 120 characters on one line, not "Ap ples 1 kg".',
  ],
  [
    "a code in small letters",
    (f) => f.edit("carriers.csv", "SWIFT", "swift"),
    'carriers.csv:2:1(id): must be a code of capitals and digits (at most 32) with single hyphens between, not "swift".',
  ],
  [
    "an unknown temperature",
    (f) => f.edit("skus.csv", "ambient", "warm"),
    'skus.csv:2:7(temperature): must be one of ambient, chilled, frozen, not "warm".',
  ],
  [
    "an unknown time zone",
    (f) => f.edit("regions.csv", "Europe/Lisbon", "Europe/Atlantis"),
    'regions.csv:2:3(time_zone): must be a time zone such as Europe/Lisbon, not "Europe/Atlantis".',
  ],
  [
    "an unknown currency",
    (f) => f.edit("regions.csv", "EUR", "EUX"),
    'regions.csv:2:4(currency): must be a currency such as EUR, not "EUX".',
  ],
  [
    "a time without minutes",
    (f) => f.edit("shifts.csv", "07:30", "7"),
    'shifts.csv:2:3(starts): must be a time of day such as 07:30, not "7".',
  ],
  [
    "an eighth weekday",
    (f) => f.edit("windows.csv", "delivery,7", "delivery,8"),
    'windows.csv:20:3(weekday): must be a weekday from 1 (Monday) to 7 (Sunday), not "8".',
  ],
  [
    "neither yes nor no",
    (f) => f.edit("vehicles.csv", "yes,yes", "yes,maybe"),
    'vehicles.csv:2:7(carries_frozen): must be yes or no, not "maybe".',
  ],
  // The shape of a file.
  [
    "a repeated row",
    (f) => f.edit("stock.csv", "STORE-1,MILK,1,0", "DC-1,MILK,1,0"),
    'stock.csv:6:2(sku_id): repeats node_id "DC-1", sku_id "MILK" of line 3.',
  ],
  [
    "a comma too many",
    (f) => f.edit("nodes.csv", "Market Square 2", "Market Square, 2"),
    "nodes.csv:3:12: has 12 fields where the header names 11; text with a comma needs quotation marks.",
  ],
  [
    "a field missing",
    (f) => f.edit("carriers.csv", "SWIFT,Swift Parcels", "SWIFT"),
    "carriers.csv:2:1: has 1 field where the header names 2; text with a comma needs quotation marks.",
  ],
  [
    "a carrier that brings before it begins",
    (f) =>
      f.edit(
        "carrier_services.csv",
        "day_limit_parcels\nSWIFT,DC-1,16:00,1,390,45,200",
        "day_limit_parcels,delivers_until\nSWIFT,DC-1,16:00,1,390,45,200,07:00",
      ),
    "carrier_services.csv:2:8(delivers_until): must be later than delivers_from (08:00).",
  ],
  [
    "a carrier that fetches after it has brought",
    (f) => f.edit("carrier_services.csv", "SWIFT,DC-1,16:00,1", "SWIFT,DC-1,21:00,0"),
    "carrier_services.csv:2:3(cut_off): must be before delivers_until (20:00) where it is brought on the day it is fetched.",
  ],
  [
    "a lane to where it comes from",
    (f) => f.edit("lanes.csv", "DC-1,STORE-1,08:30", "DC-1,DC-1,08:30"),
    "lanes.csv:2:3(to_node_id): must be another node than from_node_id.",
  ],
  [
    "a lane to nowhere",
    (f) => f.edit("lanes.csv", "DC-1,STORE-1,08:30", "DC-1,STORE-9,08:30"),
    "lanes.csv:2:3(to_node_id): no node STORE-9 is in nodes.csv or has been imported.",
  ],
  [
    "a lane that arrives before it leaves",
    (f) => f.edit("lanes.csv", "08:30,09:15", "09:15,08:30"),
    "lanes.csv:2:5(arrives): must be later than departs (09:15), or arrives_after_days above 0.",
  ],
  [
    "a week that is none",
    (f) =>
      f.edit(
        "carrier_services.csv",
        "day_limit_parcels\nSWIFT,DC-1,16:00,1,390,45,200",
        "day_limit_parcels,works_on\nSWIFT,DC-1,16:00,1,390,45,200,531",
      ),
    'carrier_services.csv:2:8(works_on): must be weekdays from 1 (Monday) to 7 (Sunday) in a row such as 12345, not "531".',
  ],
  ["a column missing", (f) => f.edit("carriers.csv", "id,name", "id"), 'carriers.csv:1: lacks the column "name".'],
  [
    "a column misspelt",
    (f) => f.edit("regions.csv", "horizon_days", "Horizon Days"),
    'regions.csv:1:7: "Horizon Days" is not a column of this file; did you mean "horizon_days"?',
  ],
  [
    "a column nobody knows",
    (f) => f.edit("regions.csv", "horizon_days", "colour"),
    'regions.csv:1:7: "colour" is not a column of this file; the columns are id,name,time_zone,currency,lng,lat,horizon_days,stairs_sec,lift_sec.',
  ],
  [
    "a column twice",
    (f) => f.edit("regions.csv", "horizon_days", "lat"),
    'regions.csv:1:7: names the column "lat" a second time.',
  ],
  [
    "semicolons",
    (f) => f.write("carriers.csv", "id;name\nSWIFT;Swift\n"),
    "carriers.csv:1: separates its fields with semicolons; save it with commas.",
  ],
  [
    "tabs",
    (f) => f.write("carriers.csv", "id\tname\nSWIFT\tSwift\n"),
    "carriers.csv:1: separates its fields with tabs; save it with commas.",
  ],
  [
    "an empty file",
    (f) => f.write("carriers.csv", " \n\n"),
    "carriers.csv: is empty; its first line must name the columns: id,name.",
  ],
  [
    "a header alone",
    (f) => f.write("carriers.csv", "id,name\n"),
    "carriers.csv:1: has no rows; leave the file out if it has nothing to say.",
  ],
  [
    "an open quotation mark",
    (f) => f.write("carriers.csv", 'id,name\nSWIFT,"Swift\n'),
    'carriers.csv:2: ends inside a quoted field; a quotation mark (") was opened and never closed.',
  ],
  [
    "a quotation mark in a word",
    (f) => f.write("carriers.csv", 'id,name\nSWIFT,Sw"ift\n'),
    'carriers.csv:2: has a quotation mark (") in the middle of a field; quote the whole field and double the mark inside it.',
  ],
  [
    "a line without end",
    (f) => f.write("carriers.csv", `id,name\nSWIFT,${"x".repeat(30_000)}\n`),
    'carriers.csv:2: is longer than 20000 characters; a quotation mark (") may be missing above.',
  ],
  [
    "an older encoding",
    (f) => f.write("carriers.csv", Buffer.from("id,name\nSWIFT,Café\n", "latin1")),
    "carriers.csv:2: is not UTF-8 text; save the file as CSV in UTF-8, not as a spreadsheet or in an older encoding.",
  ],
  [
    "a spreadsheet",
    (f) => f.write("carriers.csv", Buffer.from("id,name\nA,B\0\n")),
    "carriers.csv:2: is not UTF-8 text; save the file as CSV in UTF-8, not as a spreadsheet or in an older encoding.",
  ],
  [
    "a file by another name",
    (f) => f.write("stok.csv", "id\n"),
    "stok.csv: is not a file of an import; those are regions.csv, nodes.csv, node_hours.csv, skus.csv, stock.csv, vehicles.csv, shifts.csv, windows.csv, calendar_days.csv, blackouts.csv, cut_offs.csv, carriers.csv, carrier_services.csv, lanes.csv, addresses.csv, service_areas.csv, channels.csv, channel_safety.csv.",
  ],
  // Several rows or files together.
  [
    "stock of no SKU",
    (f) => f.edit("stock.csv", "DC-1,PEAS", "DC-1,BEANS"),
    "stock.csv:4:2(sku_id): no SKU BEANS is in skus.csv or has been imported.",
  ],
  [
    "a van at no node",
    (f) => f.edit("vehicles.csv", "VAN-2,STORE-1", "VAN-2,STORE-9"),
    "vehicles.csv:3:2(node_id): no node STORE-9 is in nodes.csv or has been imported.",
  ],
  [
    "hours that end before they begin",
    (f) => f.edit("node_hours.csv", "DC-1,1,06:00,22:00", "DC-1,1,22:00,06:00"),
    "node_hours.csv:2:4(closes): must be later than opens (22:00).",
  ],
  [
    "a shift past midnight",
    (f) => f.edit("shifts.csv", "VAN-2,1,14:00,21:30", "VAN-2,1,22:00,02:00"),
    "shifts.csv:4:4(ends): must be later than starts (22:00); a shift past midnight is two.",
  ],
  [
    "a window without length",
    (f) => f.edit("windows.csv", "1,08:00,10:00", "1,08:00,08:00"),
    "windows.csv:2:5(ends): must be later than starts (08:00).",
  ],
  [
    "a van out twice at once",
    (f) => f.edit("shifts.csv", "VAN-1,1,14:00", "VAN-1,1,13:45"),
    "shifts.csv:3:3(starts): VAN-1 is already out from 07:30 to 14:00 (line 2).",
  ],
  [
    "pickup without a limit",
    (f) => f.edit("windows.csv", "1,10:00,12:00,0,12", "1,10:00,12:00,0,"),
    "windows.csv:4:7(limit_orders): is empty; a pickup window must say how many orders a node hands over.",
  ],
  [
    "delivery with a limit",
    (f) => f.edit("windows.csv", "1,08:00,10:00,590,", "1,08:00,10:00,590,9"),
    "windows.csv:2:7(limit_orders): must be empty for a delivery window: its limit is what the vans can do.",
  ],
  // What the database no longer lets change.
  [
    "a region in another zone",
    (f) => f.edit("regions.csv", "Europe/Lisbon", "Europe/Malta"),
    "regions.csv:2:3(time_zone): NORTH has open windows in Europe/Lisbon; a region keeps its time zone.",
  ],
  [
    "a region in another currency",
    (f) => f.edit("regions.csv", "EUR", "CHF"),
    "regions.csv:2:4(currency): NORTH has open windows priced in EUR; a region keeps its currency.",
  ],
];

test.each(FAULTS)("%s is refused in words, and nothing changes", async (_name, edit, complaint) => {
  edit(folder);
  const before = await digest();
  expect(await faultsOf()).toEqual([complaint]);
  expect(await digest()).toBe(before);
});

test("a lane keeps its nodes", async () => {
  folder.edit("lanes.csv", "DC-1,STORE-1,08:30", "STORE-1,DC-1,08:30");
  expect(await faultsOf()).toEqual(["lanes.csv:2:2(from_node_id): DC-1-STORE-1 leaves DC-1; a lane keeps its nodes."]);
});

test("a node stays in its region", async () => {
  folder.edit("regions.csv", "3\n", "3\nSOUTH,South,Europe/Lisbon,EUR,-8.6,40.2,3\n");
  folder.edit("nodes.csv", "STORE-1,NORTH", "STORE-1,SOUTH");
  expect(await faultsOf()).toEqual([
    "nodes.csv:3:2(region_id): STORE-1 belongs to region NORTH; a node keeps its region.",
  ]);
});

test("a row with a fault is not also missed by the rows that refer to it", async () => {
  folder.edit("nodes.csv", "41.18", "91.18");
  folder.edit("skus.csv", "id,name,category", "id,name,kind");
  expect(await faultsOf()).toEqual([
    'nodes.csv:2:7(lat): must be degrees from -85 to 85 with a decimal point, not "91.18".',
    'skus.csv:1:3: "kind" is not a column of this file; the columns are id,name,category,price_cents,weight_g,volume_ml,temperature,kept_with.',
    'skus.csv:1: lacks the column "category".',
  ]);
});

test("a folder that is not there, is a file, or holds nothing is refused", async () => {
  expect(await faultsOf("/nowhere")).toEqual(["/nowhere: does not exist."]);
  expect(await faultsOf(`${folder.dir}/nodes.csv`)).toEqual([`${folder.dir}/nodes.csv: is not a folder.`]);
  for (const file of Object.keys(SMALL_NETWORK)) folder.write(file, null);
  expect((await faultsOf())[0]).toContain("holds none of the files of an import: regions.csv, nodes.csv,");
});

test("many faults are counted and the first fifty listed", async () => {
  const rows = Array.from({ length: 80 }, (_, i) => `DC-1,SKU-${i},1,0`).join("\n");
  folder.write("stock.csv", `node_id,sku_id,on_hand,safety\n${rows}\n`);
  const refusal = await importNetwork(database.sql, folder.dir).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ total: 80, message: "80 faults: nothing was imported." });
  expect((refusal as ImportRefused).faults).toHaveLength(50);
});

test("a byte order mark, Windows line ends, bare commas and a quoted line break do not move the line numbers", async () => {
  const content = 'id,name\n"SWIFT","Swift"\n,\n\n"SL\nOW",Slow\nlast,Last\n';
  folder.write("carriers.csv", `\ufeff${content.replaceAll("\n", "\r\n")}`);
  const faults = await faultsOf();
  expect(faults.map((fault) => fault.slice(0, fault.indexOf(" must")))).toEqual([
    "carriers.csv:5:1(id):",
    "carriers.csv:7:1(id):",
  ]);
});

test("a count below what is reserved is refused, and one that still covers it is taken", async () => {
  await database.sql`update public.inventory_levels set reserved = 7 where node_id = 'STORE-1' and sku_id = 'APPLE'`;
  folder.edit("stock.csv", "STORE-1,APPLE,40", "STORE-1,APPLE,6");
  expect(await faultsOf()).toEqual([
    "stock.csv:5:3(on_hand): 6 is below the 7 reserved for orders; resolve those orders first.",
  ]);
  folder.edit("stock.csv", "STORE-1,APPLE,6", "STORE-1,APPLE,7");
  await importNetwork(database.sql, folder.dir);
  const [level] = await database.sql`
    select on_hand, reserved from public.inventory_levels where node_id = 'STORE-1' and sku_id = 'APPLE'`;
  expect(level).toEqual({ on_hand: 7, reserved: 7 });
  await database.sql`update public.inventory_levels set reserved = 0 where node_id = 'STORE-1' and sku_id = 'APPLE'`;
});

test("a count waits for a reservation that is under way, and then sees it", async () => {
  const taken = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const reservation = database.sql.begin(async (tx) => {
    await tx`update public.inventory_levels set reserved = 300 where node_id = 'DC-1' and sku_id = 'PEAS'`;
    taken.resolve();
    await release.promise;
  });
  await taken.promise;
  folder.edit("stock.csv", "DC-1,PEAS,300", "DC-1,PEAS,299");
  const refusal = faultsOf();
  await expect
    .poll(async () => {
      const [waiting] = await database.sql`
      select count(*)::int as n from pg_locks l join pg_stat_activity a using (pid)
      where not l.granted and a.datname = current_database()`;
      return waiting?.n;
    })
    .toBe(1);
  release.resolve();
  await reservation;
  expect(await refusal).toEqual([
    "stock.csv:4:3(on_hand): 299 is below the 300 reserved for orders; resolve those orders first.",
  ]);
  await database.sql`update public.inventory_levels set reserved = 0 where node_id = 'DC-1' and sku_id = 'PEAS'`;
});

test("an import that Postgres ends because it and an order wait for each other is run again, and has one effect", async () => {
  const before = await digest();
  folder.edit("stock.csv", "STORE-1,MILK,1,0", "STORE-1,MILK,7,0");
  let tries = 0;
  const also = async (tx: Transaction) => {
    tries++;
    if (tries < 3) await tx`do $$ begin raise exception using errcode = '40P01', message = 'deadlock detected'; end $$`;
  };
  const lines: string[] = [];
  await importNetwork(database.sql, folder.dir, { also, log: (line) => lines.push(line) });
  expect(tries).toBe(3);
  expect(lines.filter((line) => line.startsWith("an order came in between"))).toHaveLength(2);
  const moved = () => database.sql`
    select units from public.stock_movements where (node_id, sku_id) = ('STORE-1', 'MILK') and at = (select max(at) from public.stock_movements)`;
  expect(await moved()).toEqual([{ units: 6 }]);

  folder.edit("stock.csv", "STORE-1,MILK,7,0", "STORE-1,MILK,8,0");
  const always = (tx: Transaction) => tx`do $$ begin raise exception using errcode = '40P01'; end $$`.then(() => {});
  const after = await digest();
  await expect(importNetwork(database.sql, folder.dir, { also: always })).rejects.toMatchObject({ code: "40P01" });
  expect(await digest()).toBe(after);
  expect(after).not.toBe(before);
});

test("a week that is named again is replaced as a whole, and open days stay", async () => {
  await importNetwork(database.sql, folder.dir);
  const [before] = await database.sql`select count(*)::int as shifts from public.shifts`;
  for (const file of Object.keys(SMALL_NETWORK)) if (file !== "shifts.csv") folder.write(file, null);
  folder.write("shifts.csv", "vehicle_id,weekday,starts,ends\nVAN-2,1,09:00,13:00\n");
  await importNetwork(database.sql, folder.dir);
  const rules = await database.sql`
    select vehicle_id, count(*)::int as rules from public.shift_rules group by vehicle_id order by vehicle_id`;
  expect(rules).toEqual([
    { vehicle_id: "VAN-1", rules: 14 },
    { vehicle_id: "VAN-2", rules: 1 },
  ]);
  const [kept] =
    await database.sql`select count(*)::int as kept from public.shifts where (starts_at at time zone 'Europe/Lisbon')::time <> '09:00'`;
  expect(kept?.kept).toBe(before?.shifts);
});

test("drivers come by e-mail, stay when the column is left out, and drive one van at a time", async () => {
  await importNetwork(database.sql, folder.dir);
  await database.sql`
    with person as (insert into auth.users (id, email) values (gen_random_uuid(), 'Ada@kept.example') returning id)
    insert into public.staff (user_id, role, name) select id, 'driver', 'Ada' from person`;
  for (const file of Object.keys(SMALL_NETWORK)) if (file !== "shifts.csv") folder.write(file, null);
  const roster = (rows: string) => folder.write("shifts.csv", `vehicle_id,weekday,starts,ends,driver\n${rows}\n`);

  roster("VAN-1,1,07:30,14:00,bob@kept.example");
  expect(await faultsOf()).toEqual(["shifts.csv:2:5(driver): nobody of the staff drives as bob@kept.example."]);
  roster("VAN-1,1,07:30,14:00,ada@kept.example\nVAN-2,1,13:00,15:00,ada@kept.example");
  expect(await faultsOf()).toEqual([
    "shifts.csv:3:5(driver): ada@kept.example already drives VAN-1 from 07:30 to 14:00 (line 2).",
  ]);
  roster("VAN-1,1,07:30,14:00,ada@kept.example");
  await importNetwork(database.sql, folder.dir);
  roster("VAN-2,1,13:00,15:00,ada@kept.example");
  expect(await faultsOf()).toEqual([
    "shifts.csv:2:5(driver): ada@kept.example already drives VAN-1 from 07:30 to 14:00 (as imported before).",
  ]);
  folder.write("shifts.csv", "vehicle_id,weekday,starts,ends\nVAN-1,1,07:30,13:30\n");
  await importNetwork(database.sql, folder.dir);
  const [rule] = await database.sql`
    select r.ends, s.name from public.shift_rules r join public.staff s on s.user_id = r.driver_id where r.vehicle_id = 'VAN-1'`;
  expect(rule).toEqual({ ends: "13:30:00", name: "Ada" });
});

test("a calendar counts for days that are open already, and what it lacks is said by line", async () => {
  const [row] = await database.sql<{ day: string }[]>`
    select ((app.now() at time zone 'Europe/Lisbon')::date + 1)::text as day from public.regions`;
  const day = row!.day;
  folder.write(
    "calendar_days.csv",
    `region_id,node_id,day,name,opens,closes,work_sec\nNORTH,,${day},Feast,,,\nNORTH,STORE-1,${day},Short day,10:00,12:00,3600\n`,
  );
  folder.write("cut_offs.csv", "region_id,service,weekday,least_lead_min\nNORTH,pickup,1,30\n");
  await importNetwork(database.sql, folder.dir);
  const given = async () => {
    const [open] = await database.sql`
      select (select count(*)::int from public.windows where starts_at::date = ${day} and not closed) as windows,
        (select sum(limit_sec)::int from public.work_buckets b join app.node_zones z on z.node_id = b.node_id
         where (b.starts_at at time zone z.time_zone)::date = ${day}) as work_sec,
        (select count(*)::int from public.cut_offs) as cut_offs`;
    return open;
  };
  expect(await given()).toEqual({ windows: 0, work_sec: 2 * 3600, cut_offs: 1 });

  folder.write(
    "calendar_days.csv",
    `region_id,node_id,day,name,opens,closes\nNORTH,,${day},Feast,10:00,12:00\nNORTH,STORE-1,${day},Short day,12:00,\n`,
  );
  folder.write("cut_offs.csv", "region_id,service,weekday,lead_days\nNORTH,pickup,1,1\n");
  expect(await faultsOf()).toEqual([
    "calendar_days.csv:2:5(opens): must be empty for a region: its day is closed, or a usual one.",
    "calendar_days.csv:3:6(closes): is empty; both hours belong together.",
    "cut_offs.csv:2(order_by): is empty; a cut-off is a time, a lead in minutes, or both.",
  ]);
  expect(await given()).toEqual({ windows: 0, work_sec: 2 * 3600, cut_offs: 1 });
});
