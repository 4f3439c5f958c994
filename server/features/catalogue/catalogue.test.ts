import { afterAll, beforeAll, expect, test } from "vitest";
import { RegionId, SkuId } from "#server/domain/id.ts";
import { type Caller, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES, SKUS } from "#supabase/tests/network-fixture.ts";

let world: TestWorld;
let shopper: Caller;
let regionId: RegionId;

beforeAll(async () => {
  world = await openTestWorld();
  shopper = world.as(null);
  regionId = RegionId.parse(world.network.regionId);
});
afterAll(() => world.close());

test("anyone may see the regions and the categories", async () => {
  expect(await shopper.catalogue.regions()).toMatchObject([{ regionId, timeZone: "Europe/Lisbon", currency: "EUR" }]);
  expect(await shopper.catalogue.categories()).toEqual([
    { name: "bakery", skuCount: 1 },
    { name: "dairy", skuCount: 1 },
    { name: "drinks", skuCount: 1 },
    { name: "frozen", skuCount: 1 },
  ]);
});

test("a search wants every word, in the name or the category, in any case", async () => {
  const found = async (search: string) =>
    (await shopper.catalogue.skus({ regionId, search })).items.map((sku) => sku.skuId);
  expect(await found("CREAM frozen")).toEqual([SKUS.ice]);
  expect(await found("cream bakery")).toEqual([]);
  expect(await found("%")).toEqual([]);
  expect(await found("   ")).toHaveLength(4);
});

test("pages of everything and of a search follow each other without a gap or a repeat", async () => {
  for (const search of [undefined, "a"]) {
    const whole = (await shopper.catalogue.skus({ regionId, search })).items.map((sku) => sku.skuId);
    const paged: string[] = [];
    let cursor: SkuId | null | undefined;
    do {
      const page = await shopper.catalogue.skus({ regionId, search, limit: 1, cursor });
      paged.push(...page.items.map((sku) => sku.skuId));
      cursor = page.nextCursor;
    } while (cursor);
    expect(paged).toEqual(whole);
  }
});

test("what is available is what the best open node could promise, and no more than plenty is told", async () => {
  const breadIn = async () => (await shopper.catalogue.skusById({ regionId, skuIds: [SkuId.parse(SKUS.bread)] }))[0];
  // The distribution centre has 500, the stores have 50.
  expect((await breadIn())?.availableUnits).toBe(99);
  await world.sql`update public.nodes set paused_at = now() where id = ${NODES.dc}`;
  await world.sql`update public.inventory_levels set safety = 10 where node_id = ${NODES.storeA} and sku_id = ${SKUS.bread}`;
  await world.sql`update public.inventory_levels set safety = 60 where node_id = ${NODES.storeB} and sku_id = ${SKUS.bread}`;
  expect((await breadIn())?.availableUnits).toBe(40);
  await world.sql`update public.inventory_levels set safety = 60 where node_id = ${NODES.storeA} and sku_id = ${SKUS.bread}`;
  expect((await breadIn())?.availableUnits).toBe(0);
});

test("a cart's SKU that is not sold is left out of the answer", async () => {
  const skuIds = [SKUS.milk, "NEVER-SOLD"].map((id) => SkuId.parse(id));
  expect((await shopper.catalogue.skusById({ regionId, skuIds })).map((sku) => sku.skuId)).toEqual([SKUS.milk]);
});
