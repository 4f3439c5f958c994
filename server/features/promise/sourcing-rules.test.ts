import { afterAll, beforeEach, expect, test } from "vitest";
import { RegionId } from "#server/domain/id.ts";
import type { SourcingRules } from "#server/domain/sourcing-rules.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";

// STORE-A and STORE-B have vans; the carrier calls at DC-1 and at STORE-A.

let world: TestWorld;
let ops: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  ops = world.as(world.network.staff.ops);
  await world.sql`insert into public.sample_addresses (region_id, label, lng, lat) values ('LISBOA', 'Rua do Teste 7', -9.15, 38.735)`;
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");

async function rulesWith(
  change: Partial<Omit<SourcingRules, "weights">>,
  weights: Partial<SourcingRules["weights"]> = {},
) {
  const { rules } = await ops.promise.sourcingRules({ regionId });
  return { ...rules, ...change, weights: { ...rules.weights, ...weights } };
}

const changeOf = async (rules: SourcingRules) =>
  (await ops.promise.previewSourcing({ regionId, rules })).samples.map(({ before, after }) => [before, after] as const);

test("rules are set as a whole, and say who changed them last", async () => {
  expect((await ops.promise.sourcingRules({ regionId })).changed).toBeNull();
  const rules = await rulesWith({ mostNodes: 1, splitCents: 700 }, { route: 40 });
  expect(await ops.promise.setSourcingRules({ regionId, rules })).toEqual(rules);
  expect(await ops.promise.sourcingRules({ regionId })).toMatchObject({
    rules,
    changed: { by: "ops" },
    currency: "EUR",
  });
});

test("a preview with the same rules changes nothing, and writes nothing", async () => {
  const before = await world.sql`select count(*)::int as n from public.events`;
  const changes = await changeOf(await rulesWith({}));
  expect(changes).toHaveLength(2);
  for (const [before, after] of changes) expect(after).toEqual(before);
  expect(changes[0]![0]).toMatchObject({ delivery: { costCents: expect.any(Number) }, openWindows: 8 * 4 });
  expect(await world.sql`select count(*)::int as n from public.events`).toEqual(before);
  expect(await world.sql`select from public.holds`).toHaveLength(0);
});

test("a dear node loses its carts when its handling counts more, and the money is told unweighed", async () => {
  await world.sql`update public.nodes set handling_cents = 300 where id = 'STORE-A'`;
  for (const [before, after] of await changeOf(await rulesWith({}, { handling: 1000 }))) {
    expect(before.delivery!.nodes).toEqual(["Alvalade"]);
    expect(after.delivery!.nodes).toEqual(["Belém"]);
    // The longer way costs more than the handling that it spares, and less than ten times as much.
    expect(after.delivery!.costCents).toBeGreaterThan(before.delivery!.costCents);
    expect(after.delivery!.costCents).toBeLessThan(before.delivery!.costCents + 9 * 300);
  }
});

test("what only two nodes have together is lost without splits, and says so", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where node_id = 'DC-1'`;
  const skus = await world.sql<{ id: string }[]>`select id from public.skus order by md5(id), id`;
  await world.sql`update public.inventory_levels set on_hand = 0 where node_id = 'STORE-A' and sku_id = ${skus[0]!.id}`;
  await world.sql`update public.inventory_levels set on_hand = 0 where node_id = 'STORE-B' and sku_id = ${skus[1]!.id}`;
  const [before, after] = (await changeOf(await rulesWith({ mostNodes: 1 })))[0]!;
  expect(before.delivery!.nodes).toEqual(["Alvalade", "Belém"]);
  expect(before.openWindows).toBeGreaterThan(0);
  expect(after).toMatchObject({ delivery: null, openWindows: 0, parcel: null });
});

test("only operations read, set and preview the rules", async () => {
  const rules = await rulesWith({});
  for (const [caller, fault] of [
    [world.as(null), "not-signed-in"],
    [world.as(world.network.staff.storeA), "forbidden"],
  ] as const) {
    expect(await faultOf(caller.promise.sourcingRules({ regionId }))).toBe(fault);
    expect(await faultOf(caller.promise.setSourcingRules({ regionId, rules }))).toBe(fault);
    expect(await faultOf(caller.promise.previewSourcing({ regionId, rules }))).toBe(fault);
  }
  const nowhere = RegionId.parse("NOWHERE");
  expect(await faultOf(ops.promise.sourcingRules({ regionId: nowhere }))).toBe("not-found");
  expect(await faultOf(ops.promise.setSourcingRules({ regionId: nowhere, rules }))).toBe("not-found");
  expect(await faultOf(ops.promise.previewSourcing({ regionId: nowhere, rules }))).toBe("not-found");
});
