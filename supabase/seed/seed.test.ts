import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestStack, type TestStack } from "#supabase/local/test-stack.ts";
import { createAccounts, knownSignIns } from "./demo-staff.ts";
import { type SeedResult, seedIfEmpty } from "./seed.ts";

let world: TestStack;
let first: SeedResult;
const seed = (): Promise<SeedResult> => {
  const { gatewayUrl: supabaseUrl, databaseUrl, secretKey } = world.stack;
  return seedIfEmpty({ databaseUrl, supabaseUrl, secretKey, stateDir: world.stateDir, log: () => {} });
};
beforeAll(async () => {
  world = await startTestStack();
  first = await seed();
}, 300_000);
afterAll(() => world.stop());

test("an empty database gets the network that the demo promises, open for eight days", async () => {
  const [counts] = await world.sql`
    select (select count(*)::int from public.nodes where kind = 'store') as stores,
           (select count(*)::int from public.nodes where kind = 'distribution_centre') as centres,
           (select count(*)::int from public.nodes where kind = 'micro_fulfilment') as micros,
           (select count(*)::int from public.carriers) as carriers, (select count(*)::int from public.skus) as skus,
           (select count(*)::int from public.vehicles) as vans, (select count(*)::int from public.shifts) as shifts,
           (select count(*)::int from public.windows) as windows, (select count(*)::int from public.sample_addresses) as addresses`;
  // 40 vans and 4 windows, two waves, eight days.
  expect(counts).toEqual({
    stores: 22,
    centres: 2,
    micros: 3,
    carriers: 2,
    skus: 400,
    vans: 40,
    shifts: 640,
    windows: 32,
    addresses: 12,
  });
});

test("the people of the demo can sign in, and each shift has a driver", async () => {
  expect(first.signIns.map(({ role }) => role)).toEqual(["ops", "store", "driver"]);
  for (const { email, password } of first.signIns) {
    const { error } = await world.client().auth.signInWithPassword({ email, password });
    expect(error).toBeNull();
  }
  const [bound] = await world.sql`
    select (select count(*)::int from public.shifts where driver_id is null) as driverless,
           (select count(*)::int from public.staff_nodes) as nodes_of_the_store_person`;
  expect(bound).toEqual({ driverless: 0, nodes_of_the_store_person: 2 });
});

test("on a project that is not this machine every account gets a password of its own", async () => {
  // By this name the gateway is reached as well, and it is none of the names of this machine that the seed knows.
  const supabaseUrl = world.stack.gatewayUrl.replace("127.0.0.1", "0.0.0.0");
  const people = await createAccounts(world.sql, { supabaseUrl, secretKey: world.stack.secretKey }, 2);
  const embedded = first.signIns[0]!.password;
  expect(new Set(people.map(({ password }) => password)).size).toBe(4);
  expect(people.map(({ password }) => password)).not.toContain(embedded);
  const { email, password } = people[0]!;
  expect((await world.client().auth.signInWithPassword({ email, password })).error).toBeNull();
  expect((await world.client().auth.signInWithPassword({ email, password: embedded })).error).not.toBeNull();
  expect(await knownSignIns(world.sql, supabaseUrl)).toEqual([]);
  await createAccounts(world.sql, { supabaseUrl: world.stack.gatewayUrl, secretKey: world.stack.secretKey }, 2);
});

test("no driver is in two vans at once", async () => {
  const twice = await world.sql`
    select a.id from public.shifts a join public.shifts b on a.driver_id = b.driver_id and a.id < b.id
    and tstzrange(a.starts_at, a.ends_at) && tstzrange(b.starts_at, b.ends_at)`;
  expect(twice).toHaveLength(0);
});

test("everybody reads the sample addresses", async () => {
  const { data, error } = await world.client().from("sample_addresses").select("label");
  expect(error).toBeNull();
  expect(data).toHaveLength(12);
});

test("a second start changes nothing and tells the same sign-ins", async () => {
  const before = await world.sql`select count(*)::int as n, max(id)::text as last from public.events`;
  expect(await seed()).toEqual(first);
  expect(await world.sql`select count(*)::int as n, max(id)::text as last from public.events`).toEqual(before);
});

test("a seed that was cut off after making accounts is taken up where it ended", async () => {
  await emptyDatabase();
  expect(await seed()).toEqual(first);
  const [staff] = await world.sql`select count(*)::int as n from public.staff`;
  expect(staff?.n).toBe(42);
});

test("a network of another map is refused before anything is written", async () => {
  await emptyDatabase();
  const dir = join(world.stateDir, "network");
  rmSync(dir, { recursive: true });
  mkdirSync(dir);
  const header = "id,region_id,kind,name,address,lng,lat,offers_pickup,pick_setup_sec,pick_line_sec,pick_unit_sec";
  writeFileSync(join(dir, "nodes.csv"), `${header}\nFAR,CITY,store,Far,Far 1,14.5,35.9,yes,60,30,5\n`);
  await expect(seed()).rejects.toThrow(/^FAR in .* is not on the map of Tarnford: make the network again/);
  const [regions] = await world.sql`select count(*)::int as n from public.regions`;
  expect(regions?.n).toBe(0);
});

test("a map that was exchanged under a seeded database is refused", async () => {
  await world.sql`
    insert into public.regions (id, name, time_zone, currency, lng, lat) values ('MALTA', 'Malta', 'Europe/Malta', 'EUR', 14.5, 35.9)`;
  await expect(seed()).rejects.toThrow(/^The database holds MALTA, which is not on the map of Tarnford/);
});

/** As it was before the seed, but for the accounts. What keeps rows from being deleted is a trigger, and set aside here. */
async function emptyDatabase(): Promise<void> {
  await world.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`truncate public.regions, public.skus, public.carriers, public.staff cascade`;
  });
}
