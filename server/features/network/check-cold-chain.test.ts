import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { deliveryRequest, insertNetwork, type Network, placeHold, VANS } from "#supabase/tests/network-fixture.ts";
import { formatFault, ImportRefused } from "./import-faults.ts";
import { importNetwork } from "./import-network.ts";
import { type NetworkFolder, SMALL_NETWORK, writeSmallNetwork } from "./small-network.ts";

let database: TestDatabase;
let network: Network;
let folder: NetworkFolder;
beforeAll(async () => {
  database = await cloneDatabase();
  network = await insertNetwork(database.sql);
  // Milk is chilled; VAN-A1 carries it today.
  const request = await deliveryRequest(database.sql, network, { cart: { MILK: 2 } });
  await placeHold(database.sql, request.route.stops[0]!.id, request);
});
afterAll(() => database.drop());
beforeEach(() => {
  folder = writeSmallNetwork();
  for (const file of Object.keys(SMALL_NETWORK)) folder.write(file, null);
});
afterEach(() => folder.remove());

const van = (id: string, chilled: string, frozen: string) =>
  folder.write(
    "vehicles.csv",
    `id,node_id,name,limit_weight_g,limit_volume_ml,carries_chilled,carries_frozen,km_cents,hour_cents\n${id},STORE-A,Van,200000,1000000,${chilled},${frozen},30,1500\n`,
  );
const sku = (id: string, temperature: string) =>
  folder.write(
    "skus.csv",
    `id,name,category,price_cents,weight_g,volume_ml,temperature\n${id},Thing,things,95,1000,1000,${temperature}\n`,
  );
const versionOf = async (vehicleId: string) => {
  const [shift] = await database.sql`select plan_version from public.shifts where id = ${network.shifts[vehicleId]!}`;
  return shift?.plan_version as number;
};

async function faultsOf(): Promise<string[]> {
  const outcome = await importNetwork(database.sql, folder.dir).catch((error: unknown) => error);
  if (!(outcome instanceof ImportRefused)) throw new Error(`not refused: ${String(outcome)}`);
  return outcome.faults.map(formatFault);
}

test("a van keeps the cold that its route needs", async () => {
  van(VANS.a1, "no", "yes");
  expect(await faultsOf()).toEqual([
    "vehicles.csv:2:6(carries_chilled): VAN-A1 still has chilled goods to deliver (MILK).",
  ]);
});

test("a van may lose the cold that its route does not need", async () => {
  van(VANS.a1, "yes", "no");
  await importNetwork(database.sql, folder.dir);
  const [row] = await database.sql`select carries_chilled, carries_frozen from public.vehicles where id = ${VANS.a1}`;
  expect(row).toEqual({ carries_chilled: true, carries_frozen: false });
});

test("goods that are on a route do not come to need cold which their van lacks", async () => {
  sku("MILK", "frozen");
  expect(await faultsOf()).toEqual([
    "skus.csv:2:7(temperature): MILK is still to be delivered by VAN-A1, which does not carry frozen goods.",
  ]);
});

test("a changed temperature makes the plans of coming shifts old, an unchanged one does not", async () => {
  const before = await versionOf(VANS.a2);
  sku("BREAD", "ambient");
  await importNetwork(database.sql, folder.dir);
  expect(await versionOf(VANS.a2)).toBe(before);
  sku("BREAD", "chilled");
  await importNetwork(database.sql, folder.dir);
  expect(await versionOf(VANS.a2)).toBe(before + 1);
});
