import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import { openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, confirmHold, deliveryRequest, placeHold } from "#supabase/tests/network-fixture.ts";
import { tasksOf } from "./tasks.ts";

// Who is helped first when there is not enough for all: the class decides, not who has waited longest.

let world: TestWorld;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
});
afterAll(() => world.close());

async function run(task: "resource_orders" | "replan_holds"): Promise<void> {
  // Neither of the two takes a payload, or anything from the worker that calls it.
  await tasksOf(world.platform)[task]!(undefined as never, undefined as never);
}

const asOps: (work: Parameters<typeof asCaller<unknown>>[2]) => Promise<unknown> = (work) =>
  asCaller(world.sql, caller(world.network.staff.ops), work);

/** Two orders of a loaf in one van: the first of the usual class, the second, which comes later, ahead of it. */
async function placeTwo(): Promise<{ readonly usual: string; readonly urgent: string }> {
  const orders: string[] = [];
  for (const hour of [12, 14]) {
    const holdId = randomUUID();
    await placeHold(
      world.sql,
      holdId,
      await deliveryRequest(world.sql, world.network, { holdId, hour, cart: { BREAD: 1 } }),
    );
    orders.push((await confirmHold(world.sql, holdId)).orderId);
  }
  const [usual, urgent] = orders as [string, string];
  await asOps((tx) => tx`select app.set_order_priority(${urgent}, 1, 'a birthday')`);
  return { usual, urgent };
}

test("of two orders that lost their node, the one whose class comes first gets what there is", async () => {
  const { usual, urgent } = await placeTwo();
  for (const { id } of await world.sql`select id from public.fulfilments order by created_at`) {
    await asOps((tx) => tx`select app.reject_fulfilment(${id}, 'damaged')`);
  }
  await world.sql`
    update public.inventory_levels set safety = 0, on_hand = case when node_id = 'STORE-B' then 1 else 0 end where sku_id = 'BREAD'`;
  await run("resource_orders");
  const orders = await world.sql`select id, state from public.orders`;
  expect(Object.fromEntries(orders.map(({ id, state }) => [id, state]))).toEqual({
    [usual]: "unplaced",
    [urgent]: "confirmed",
  });
});

test("of two orders whose van fell out, the one whose class comes first gets the place that is left", async () => {
  const { usual, urgent } = await placeTwo();
  await asOps((tx) => tx`select app.cancel_shift(${world.network.shifts["VAN-A1"]!})`);
  await world.sql`update public.shifts set limit_weight_g = 500 where state = 'planned'`;
  await world.sql`
    update public.exceptions e set opened_at = opened_at - interval '1 hour'
    from public.fulfilments f where f.hold_id = e.hold_id and f.order_id = ${usual}`;
  await run("replan_holds");
  const rows = await world.sql`
    select f.order_id as id, exists (select from public.stops s where s.hold_id = f.hold_id) as "hasVan" from public.fulfilments f`;
  expect(Object.fromEntries(rows.map(({ id, hasVan }) => [id, hasVan]))).toEqual({ [usual]: false, [urgent]: true });
});
