import { afterAll, beforeAll, expect, test } from "vitest";
import type * as z from "zod";
import { FulfilmentId, ShiftId, type StopId } from "#server/domain/id.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { type Cart, instant, placeDelivery, VANS } from "#supabase/tests/network-fixture.ts";

let world: TestWorld;
let driver: Caller;
let store: Caller;
let shiftId: z.infer<typeof ShiftId>;

beforeAll(async () => {
  world = await openTestWorld();
  driver = world.as(world.network.staff.driverA);
  store = world.as(world.network.staff.storeA);
  shiftId = ShiftId.parse(world.network.shifts[VANS.a1]);
  for (const cart of [{ BREAD: 2 }, { MILK: 1, WATER: 1 }] as Cart[]) {
    await placeDelivery(world.sql, world.network, { cart });
  }
});
afterAll(() => world.close());

async function load(): Promise<void> {
  const { stops } = await driver.driving.runSheet({ shiftId });
  const fulfilments = await world.sql<{ id: string }[]>`
    select id from public.fulfilments where hold_id in ${world.sql(stops.map((stop) => stop.stopId))}`;
  for (const { id } of fulfilments) {
    await store.picking.markReady({ fulfilmentId: FulfilmentId.parse(id) });
    await store.picking.handOver({ fulfilmentId: FulfilmentId.parse(id) });
  }
}

test("the run sheet holds what is needed at each door, in driving order", async () => {
  const sheet = await driver.driving.runSheet({ shiftId });
  expect(sheet).toMatchObject({
    state: "planned",
    vanName: "Van A1",
    nodeName: "Alvalade",
    waitingCount: 2,
    startedAt: null,
  });
  expect(sheet.stops).toMatchObject([
    {
      state: "planned",
      address: "Rua do Teste 7, Lisboa",
      windowStartsAt: instant(10),
      windowEndsAt: instant(12),
      weightG: 800,
      order: { customerName: "Ana Sousa", customerPhone: "+351 210 000 000", lineCount: 1, temperatures: ["ambient"] },
    },
    { weightG: 10_000, order: { lineCount: 2, temperatures: ["ambient", "chilled"] } },
  ]);
});

test("a run starts when everything is on board, is driven door by door, and every button may be pressed twice", async () => {
  expect(await faultOf(driver.driving.start({ shiftId }))).toBe("not-loaded");
  await load();
  expect((await driver.driving.runSheet({ shiftId })).waitingCount).toBe(0);

  for (const _ of [1, 2]) await driver.driving.start({ shiftId });
  for (const _ of [1, 2]) await driver.driving.reportPosition({ shiftId, lng: -9.15, lat: 38.74 });
  const [first, last] = (await driver.driving.runSheet({ shiftId })).stops.map((stop) => stop.stopId) as [
    z.infer<typeof StopId>,
    z.infer<typeof StopId>,
  ];

  for (const _ of [1, 2]) await driver.driving.arrive({ stopId: first });
  for (const _ of [1, 2]) await driver.driving.deliver({ stopId: first });
  expect(await faultOf(driver.driving.fail({ stopId: first, reason: "refused" }))).toBe("wrong-state");

  // The last door ends the shift: also then the same answer may be given twice.
  for (const _ of [1, 2]) await driver.driving.fail({ stopId: last, reason: "nobody_home" });
  for (const _ of [1, 2]) await driver.driving.arrive({ stopId: last });

  const sheet = await driver.driving.runSheet({ shiftId });
  expect(sheet).toMatchObject({ state: "done", finishedAt: expect.any(String) });
  expect(sheet.stops).toMatchObject([{ state: "delivered" }, { state: "failed", failReason: "nobody_home" }]);
  const { shifts } = await driver.driving.shifts();
  expect(shifts[0]).toMatchObject({ shiftId, state: "done", stopCount: 2, openStopCount: 0 });

  const events =
    await world.sql`select kind from public.events where shift_id = ${shiftId} and kind like 'shift%' order by id`;
  expect(events.map((event) => event.kind)).toEqual(["shift_started", "shift_finished"]);
});
