import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CartLine } from "#server/domain/cart.ts";
import { OWN_SHOP } from "#server/domain/channel.ts";
import { RegionId, SkuId } from "#server/domain/id.ts";
import { openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES } from "#supabase/tests/network-fixture.ts";
import { createNetworkMirror } from "./network-mirror.ts";
import { readFacts } from "./quote-facts.ts";
import { createSharedFacts } from "./shared-facts.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

const REGION = RegionId.parse("LISBOA");
const cartOf = (...skuIds: string[]): CartLine[] => skuIds.map((id) => ({ skuId: SkuId.parse(id), units: 1 }));

/** Counts the readings: each asks for the mirror once. */
function open() {
  const mirror = createNetworkMirror();
  let readings = 0;
  const read = createSharedFacts(world.sql, () => {
    readings++;
    return mirror;
  });
  return { read: (lines: CartLine[], regionId = REGION) => read(regionId, lines, OWN_SHOP), readings: () => readings };
}

test("many who ask at once are told what each would be told alone, by a few readings", async () => {
  const { read, readings } = open();
  const carts = [cartOf("BREAD"), cartOf("MILK", "BREAD"), cartOf("MILK"), cartOf(), cartOf("BREAD", "MILK")];
  const asked = Array.from({ length: 25 }, (_, i) => carts[i % carts.length]!);
  const told = await Promise.all(asked.map((lines) => read(lines)));
  // Two at once, sixteen together, and the rest.
  expect(readings()).toBe(4);
  for (const [i, lines] of carts.entries()) {
    const alone = await readFacts(world.sql, createNetworkMirror(), REGION, lines, OWN_SHOP);
    for (const facts of [told[i]!, told[i + 10]!, told[i + 20]!]) {
      expect(facts.stock).toEqual(alone.stock);
      expect(facts.skus).toEqual(alone.skus);
      expect(facts.nodeIds).toEqual(alone.nodeIds);
      expect(facts.windows).toEqual(alone.windows);
    }
  }
});

test("goods that there are not, and a region that there is not, are the fault of those who asked for them", async () => {
  const { read } = open();
  const [, , good, bad, alsoGood] = await Promise.allSettled(
    [cartOf(), cartOf(), cartOf("MILK"), cartOf("MILK", "NOTHING"), cartOf("BREAD")].map((lines) => read(lines)),
  );
  expect([good!.status, alsoGood!.status]).toEqual(["fulfilled", "fulfilled"]);
  expect(bad).toMatchObject({ status: "rejected", reason: { code: "not-found", detail: "NOTHING" } });
  await expect(read(cartOf("MILK"), RegionId.parse("NOWHERE"))).rejects.toMatchObject({ code: "not-found" });
  expect((await read(cartOf("MILK"))).skus).toHaveLength(1);
});

test("who asks while readings are under way is told what was written before they asked", async () => {
  const { read, readings } = open();
  const milk = cartOf("MILK");
  const unitsOf = ({ stock }: Awaited<ReturnType<typeof read>>) => stock.get(NODES.dc)![0]!;
  const before = unitsOf(await read(milk));

  // A statement sees what there is when it begins, and waits for the clock in its middle.
  const gate = Promise.withResolvers<void>();
  const isShut = Promise.withResolvers<void>();
  const shut = world.sql.begin(async (tx) => {
    await tx`lock table app.clock in access exclusive mode`;
    isShut.resolve();
    await gate.promise;
  });
  await isShut.promise;
  const underWay = [read(milk), read(milk)];
  await expect
    .poll(async () => {
      const [row] = await world.sql`
        select count(*)::integer as waiting from pg_locks where not granted and relation = 'app.clock'::regclass`;
      return row!.waiting;
    })
    .toBe(2);
  await world.sql`update public.inventory_levels set on_hand = on_hand + 5 where (node_id, sku_id) = (${NODES.dc}, 'MILK')`;
  const late = [read(milk), read(milk), read(milk)];
  await sleep(20);
  expect(readings()).toBe(3);
  gate.resolve();
  await shut;
  expect((await Promise.all(underWay)).map(unitsOf)).toEqual([before, before]);
  expect((await Promise.all(late)).map(unitsOf)).toEqual([before + 5, before + 5, before + 5]);
  await world.sql`update public.inventory_levels set on_hand = on_hand - 5 where (node_id, sku_id) = (${NODES.dc}, 'MILK')`;
});
