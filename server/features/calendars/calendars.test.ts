import { afterAll, beforeAll, expect, test } from "vitest";
import { NodeId, RegionId } from "#server/domain/id.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES, placePickup } from "#supabase/tests/network-fixture.ts";

// Monday 2 March 2026.

let world: TestWorld;
let ops: Caller;
let store: Caller;
beforeAll(async () => {
  world = await openTestWorld();
  ops = world.as(world.network.staff.ops);
  store = world.as(world.network.staff.storeA);
  await placePickup(world.sql, { day: 1 });
});
afterAll(() => world.close());

const region = { regionId: RegionId.parse("LISBOA"), nodeId: null };
const storeA = { ...region, nodeId: NodeId.parse(NODES.storeA) };
const storeB = { ...region, nodeId: NodeId.parse(NODES.storeB) };
const TUESDAY = "2026-03-03";
const CLOSED = { hours: null, workSec: null };

const dayOf = async (caller: Caller, scope: typeof region | typeof storeA, day = TUESDAY) =>
  (await caller.calendars.read(scope)).days.find((each) => each.day === day);

test("a calendar is five whole weeks from a Monday, with what is given and promised", async () => {
  const calendar = await ops.calendars.read(region);
  expect(calendar).toMatchObject({ name: "Lisboa", timeZone: "Europe/Lisbon", today: "2026-03-02" });
  expect(calendar.days).toHaveLength(35);
  expect(calendar.days[1]).toEqual({ day: TUESDAY, windows: 4, promised: 1, entries: [], blackouts: [] });
  // Not open to promises yet.
  expect(calendar.days.at(-1)).toEqual({ day: "2026-04-05", windows: null, promised: 0, entries: [], blackouts: [] });
  expect((await ops.calendars.read({ ...region, from: "2026-12-31" })).days[0]!.day).toBe("2026-12-28");
});

test("an entry can be weighed before it is made, is in the calendar afterwards, and can be taken back", async () => {
  const entry = { ...region, day: TUESDAY, ...CLOSED };
  const before = await ops.calendars.atStake({ ...entry, service: null, starts: null });
  expect(before).toMatchObject({ count: 1, promises: [{ service: "pickup", nodeName: "Alvalade", why: "window" }] });

  await ops.calendars.setDay({ ...entry, name: "Feast" });
  const feast = { nodeId: null, nodeName: null, name: "Feast", ...CLOSED, atStake: 1 };
  expect(await dayOf(ops, region)).toMatchObject({ windows: 0, promised: 1, entries: [feast] });
  // Who works at a node sees the holiday too, and of what is at stake their own.
  expect((await dayOf(store, storeA))?.entries).toEqual([feast]);
  expect((await dayOf(world.as(world.network.staff.storeB), storeB))?.entries).toEqual([{ ...feast, atStake: 0 }]);

  await ops.calendars.clearDay({ ...region, day: TUESDAY });
  expect(await dayOf(ops, region)).toMatchObject({ windows: 4, entries: [] });
});

test("a store's manager opens their own node otherwise, and takes its windows back", async () => {
  const hours = { opens: "12:00", closes: "24:00" };
  expect(
    await store.calendars.atStake({ ...storeA, day: TUESDAY, hours, workSec: null, service: null, starts: null }),
  ).toMatchObject({ count: 1, promises: [{ why: "window" }] });
  await store.calendars.setDay({ ...storeA, day: TUESDAY, name: "Inventory", hours, workSec: 3600 });
  await store.calendars.setBlackout({
    ...storeA,
    day: TUESDAY,
    service: "pickup",
    starts: "14:00",
    name: "Road works",
  });
  expect(await dayOf(store, storeA)).toMatchObject({
    entries: [{ nodeName: "Alvalade", hours, workSec: 3600, atStake: 1 }],
    blackouts: [{ service: "pickup", starts: "14:00", atStake: 0 }],
  });
  expect(await dayOf(world.as(world.network.staff.storeB), storeB)).toMatchObject({ entries: [], blackouts: [] });
  await store.calendars.clearBlackout({ ...storeA, day: TUESDAY, service: "pickup", starts: "14:00" });
  await store.calendars.clearDay({ ...storeA, day: TUESDAY });
  expect(await faultOf(store.calendars.setDay({ ...region, day: TUESDAY, name: "Feast", ...CLOSED }))).toBe(
    "not-found",
  );
  expect(await faultOf(store.calendars.read(region))).toBe("not-found");
});

test("cut-offs are set for a whole week of a service", async () => {
  const rule = { weekday: 7, orderBy: "18:00", leadDays: 1, leastLeadMin: 0 };
  await ops.calendars.setCutOffs({ ...region, service: "delivery", cutOffs: [rule] });
  await ops.calendars.setCutOffs({
    ...storeA,
    service: "pickup",
    cutOffs: [{ ...rule, orderBy: null, leadDays: 0, leastLeadMin: 90 }],
  });
  expect((await store.calendars.read(storeA)).cutOffs).toEqual([
    { ...rule, service: "delivery", nodeId: null, nodeName: null },
    {
      weekday: 7,
      orderBy: null,
      leadDays: 0,
      leastLeadMin: 90,
      service: "pickup",
      nodeId: NODES.storeA,
      nodeName: "Alvalade",
    },
  ]);
  const [sunday] = await world.sql`select order_by_at from public.windows where starts_at = '2026-03-08T10:00Z'`;
  expect(sunday!.order_by_at.toISOString()).toBe("2026-03-07T18:00:00.000Z");
  await ops.calendars.setCutOffs({ ...region, service: "delivery", cutOffs: [] });
  expect((await ops.calendars.read(region)).cutOffs).toHaveLength(1);
});
