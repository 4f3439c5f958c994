import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ChannelId } from "#server/domain/channel.ts";
import type { FaultCode } from "#server/domain/fault.ts";
import {
  ExceptionId,
  FulfilmentId,
  HoldId,
  NodeId,
  OrderId,
  RegionId,
  ShiftId,
  SkuId,
  StopId,
} from "#server/domain/id.ts";
import { rootRouter } from "#server/trpc/root.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import type { FixtureStaff } from "#supabase/tests/network-fixture.ts";
import { instant, NODES, placeDelivery, SKUS, VANS } from "#supabase/tests/network-fixture.ts";

// Who may call what, on whose things: for every procedure of the staff's screens, as each of six people. Nothing here may
// succeed by accident, so what a person may not see and what does not exist must be told apart by nobody.

type Person = keyof FixtureStaff | "nobody" | "stranger";
type Outcome = FaultCode | "ok";

interface Things {
  regionId: string;
  nodeId: string;
  skuId: string;
  shiftId: string;
  emptyShiftId: string;
  stopId: string;
  fulfilmentId: string;
  orderId: string;
  exceptionId: string;
}

let world: TestWorld;
/** All of them of STORE-A, VAN-A1 and driverA. */
let real: Things;
let unknown: Things;

beforeAll(async () => {
  world = await openTestWorld();
  const shiftId = world.network.shifts[VANS.a1]!;
  const order = await placeDelivery(world.sql, world.network, { shiftId });
  const [exception] = await world.sql<{ id: string }[]>`
    insert into public.exceptions (region_id, kind, shift_id, data, opened_at)
    values (${world.network.regionId}, 'van_late', ${shiftId}, '{"late_sec": 60}', app.now()) returning id`;
  real = {
    regionId: world.network.regionId,
    nodeId: NODES.storeA,
    skuId: SKUS.bread,
    shiftId,
    emptyShiftId: world.network.shifts[VANS.a2]!,
    stopId: order.holdId,
    fulfilmentId: order.fulfilmentId,
    orderId: order.orderId,
    exceptionId: exception!.id,
  };
  unknown = {
    regionId: "NOWHERE",
    nodeId: "NO-NODE",
    skuId: "NO-SKU",
    shiftId: randomUUID(),
    emptyShiftId: randomUUID(),
    stopId: randomUUID(),
    fulfilmentId: randomUUID(),
    orderId: randomUUID(),
    exceptionId: randomUUID(),
  };
});
afterAll(() => world.close());

const PEOPLE: Person[] = ["nobody", "stranger", "ops", "storeA", "storeB", "driverA", "driverB"];

function signedIn(person: Person): Caller {
  if (person === "nobody") return world.as(null);
  return world.as(person === "stranger" ? randomUUID() : world.network.staff[person]);
}

const OPS_ONLY = outcomes({
  ops: "ok",
  storeA: "forbidden",
  storeB: "forbidden",
  driverA: "forbidden",
  driverB: "forbidden",
});
const STORE_A = outcomes({ ops: "ok", storeA: "ok", storeB: "not-found", driverA: "forbidden", driverB: "forbidden" });
const DRIVER_A = outcomes({ ops: "ok", storeA: "forbidden", storeB: "forbidden", driverA: "ok", driverB: "not-found" });
/** As STORE_A and DRIVER_A, for what the thing's state forbids even to those who may. */
const STORE_A_LATER = { ...STORE_A, ops: "wrong-state", storeA: "wrong-state" } as const;
const DRIVER_A_LATER = { ...DRIVER_A, ops: "wrong-state", driverA: "wrong-state" } as const;

function outcomes(staff: Record<keyof FixtureStaff, Outcome>): Record<Person, Outcome> {
  return { nobody: "not-signed-in", stranger: "forbidden", ...staff };
}

/** Beyond the days that any other case looks at. */
const DAY_OFF = "2026-03-08";
const nodeScope = (things: Things) => ({
  regionId: RegionId.parse(things.regionId),
  nodeId: NodeId.parse(things.nodeId),
});

const NOT_BROUGHT = { ...STORE_A, ops: "not-found", storeA: "not-found" } as const;
const PARKING_ID = randomUUID();

interface Case {
  call(caller: Caller, things: Things): Promise<unknown>;
  expected: Record<Person, Outcome>;
}

// In an order in which no success changes what the next case expects.
const CASES: Record<string, Case> = {
  "tower.overview": {
    call: (c, t) => c.tower.overview({ regionId: RegionId.parse(t.regionId) }),
    expected: OPS_ONLY,
  },
  "tower.routes": { call: (c, t) => c.tower.routes({ regionId: RegionId.parse(t.regionId) }), expected: OPS_ONLY },
  "tower.traceRoute": {
    call: (c, t) => c.tower.traceRoute({ shiftId: ShiftId.parse(t.shiftId), planVersion: 0 }),
    expected: OPS_ONLY,
  },
  "tower.exceptions": {
    call: (c, t) => c.tower.exceptions({ regionId: RegionId.parse(t.regionId) }),
    expected: OPS_ONLY,
  },
  "tower.resolveException": {
    call: (c, t) => c.tower.resolveException({ exceptionId: ExceptionId.parse(t.exceptionId) }),
    expected: OPS_ONLY,
  },
  "tower.cancelShift": {
    call: (c, t) => c.tower.cancelShift({ shiftId: ShiftId.parse(t.emptyShiftId) }),
    expected: OPS_ONLY,
  },
  "tower.orders": { call: (c, t) => c.tower.orders({ regionId: RegionId.parse(t.regionId) }), expected: OPS_ONLY },
  "tower.order": { call: (c, t) => c.tower.order({ orderId: OrderId.parse(t.orderId) }), expected: OPS_ONLY },
  "tower.quoteChange": {
    call: (c, t) => c.tower.quoteChange({ orderId: OrderId.parse(t.orderId) }),
    expected: OPS_ONLY,
  },
  "tower.quotePickupChange": {
    call: (c, t) => c.tower.quotePickupChange({ orderId: OrderId.parse(t.orderId), nodeId: NodeId.parse(t.nodeId) }),
    expected: OPS_ONLY,
  },
  "tower.parkOrder": {
    call: (c, t) =>
      c.tower.parkOrder({
        orderId: OrderId.parse(t.orderId),
        parkingId: PARKING_ID,
        cause: { reason: "payment_check", note: "" },
        releaseBy: instant(9),
      }),
    expected: OPS_ONLY,
  },
  "tower.unparkOrder": {
    call: (c, t) => c.tower.unparkOrder({ orderId: OrderId.parse(t.orderId) }),
    expected: OPS_ONLY,
  },
  "tower.repromise": {
    call: (c, t) =>
      c.tower.repromise({
        orderId: OrderId.parse(t.orderId),
        holdId: HoldId.parse(randomUUID()),
        offer: "not.an.offer.of.ours",
        after: 0,
        cause: { reason: "no_van", note: "" },
      }),
    expected: { ...OPS_ONLY, ops: "offer-invalid" },
  },
  "tower.holdLimits": {
    call: (c, t) => c.tower.holdLimits({ regionId: RegionId.parse(t.regionId) }),
    expected: OPS_ONLY,
  },
  "tower.setHoldLimits": {
    call: (c, t) =>
      c.tower.setHoldLimits({
        regionId: RegionId.parse(t.regionId),
        limits: { perCheckout: 1, perAddress: 3, perNetwork: 60, unconfirmedPercent: 80 },
      }),
    expected: OPS_ONLY,
  },
  "tower.channels": { call: (c, t) => c.tower.channels({ regionId: RegionId.parse(t.regionId) }), expected: OPS_ONLY },
  "tower.setChannel": {
    call: (c, t) =>
      c.tower.setChannel({
        regionId: RegionId.parse(t.regionId),
        channelId: ChannelId.parse("MARKET"),
        terms: { name: "The market", isActive: true, priorityClass: 3 },
      }),
    expected: OPS_ONLY,
  },
  "tower.failOrder": {
    call: (c, t) => c.tower.failOrder({ orderId: OrderId.parse(t.orderId), scope: "parts", note: "Nobody has it" }),
    expected: { ...OPS_ONLY, ops: "wrong-state" },
  },
  "tower.channelShares": {
    call: (c, t) => c.tower.channelShares({ regionId: RegionId.parse(t.regionId) }),
    expected: OPS_ONLY,
  },
  "tower.setChannelShares": {
    call: (c, t) =>
      c.tower.setChannelShares({
        regionId: RegionId.parse(t.regionId),
        channelId: ChannelId.parse("SHOP"),
        shares: { picking: 50, pickup: null, parcel: null, transfer: null, delivery: null, lapsesHours: 2 },
      }),
    expected: OPS_ONLY,
  },
  "tower.setPriority": {
    call: (c, t) =>
      c.tower.setPriority({ orderId: OrderId.parse(t.orderId), priorityClass: 2, note: "It has waited twice" }),
    expected: OPS_ONLY,
  },
  "tower.serviceAreas": {
    call: (c, t) => c.tower.serviceAreas({ regionId: RegionId.parse(t.regionId) }),
    expected: OPS_ONLY,
  },
  "tower.setServiceArea": {
    call: (c, t) =>
      c.tower.setServiceArea({ nodeId: NodeId.parse(t.nodeId), area: { mostDriveSec: null, area: null } }),
    expected: OPS_ONLY,
  },
  "tower.driveReach": {
    call: (c, t) => c.tower.driveReach({ nodeId: NodeId.parse(t.nodeId), mostDriveSec: 600 }),
    expected: OPS_ONLY,
  },
  "calendars.read": {
    call: (c, t) => c.calendars.read(nodeScope(t)),
    expected: STORE_A,
  },
  "calendars.atStake": {
    call: (c, t) =>
      c.calendars.atStake({ ...nodeScope(t), day: DAY_OFF, hours: null, workSec: null, service: null, starts: null }),
    expected: STORE_A,
  },
  "calendars.setDay": {
    call: (c, t) =>
      c.calendars.setDay({ ...nodeScope(t), day: DAY_OFF, name: "Stocktaking", hours: null, workSec: null }),
    expected: STORE_A,
  },
  "calendars.clearDay": {
    call: (c, t) => c.calendars.clearDay({ ...nodeScope(t), day: DAY_OFF }),
    expected: STORE_A,
  },
  "calendars.setBlackout": {
    call: (c, t) =>
      c.calendars.setBlackout({ ...nodeScope(t), day: DAY_OFF, service: "pickup", starts: null, name: "Market" }),
    expected: STORE_A,
  },
  "calendars.clearBlackout": {
    call: (c, t) => c.calendars.clearBlackout({ ...nodeScope(t), day: DAY_OFF, service: "pickup", starts: null }),
    expected: STORE_A,
  },
  "calendars.setCutOffs": {
    call: (c, t) => c.calendars.setCutOffs({ ...nodeScope(t), service: "pickup", cutOffs: [] }),
    expected: OPS_ONLY,
  },
  "inventory.level": {
    call: (c, t) => c.inventory.level({ nodeId: NodeId.parse(t.nodeId), skuId: SkuId.parse(t.skuId) }),
    expected: OPS_ONLY,
  },
  "inventory.asOf": {
    call: (c, t) => c.inventory.asOf({ nodeId: NodeId.parse(t.nodeId), skuId: SkuId.parse(t.skuId), at: instant(6) }),
    expected: OPS_ONLY,
  },
  "inventory.setFreshness": {
    call: (c, t) => c.inventory.setFreshness({ regionId: RegionId.parse(t.regionId), steps: [] }),
    expected: OPS_ONLY,
  },
  "picking.queue": { call: (c, t) => c.picking.queue({ nodeId: NodeId.parse(t.nodeId) }), expected: STORE_A },
  "picking.capacity": { call: (c, t) => c.picking.capacity({ nodeId: NodeId.parse(t.nodeId) }), expected: STORE_A },
  "picking.setCapacity": {
    call: (c, t) => c.picking.setCapacity({ nodeId: NodeId.parse(t.nodeId), startsAt: instant(12), targetSec: 3600 }),
    expected: STORE_A,
  },
  "picking.handOver": {
    call: (c, t) => c.picking.handOver({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId) }),
    expected: STORE_A_LATER,
  },
  "picking.finishParcel": {
    call: (c, t) => c.picking.finishParcel({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId), outcome: "delivered" }),
    expected: STORE_A_LATER,
  },
  // Nothing of it is brought by a lane.
  "picking.receiveTransfer": {
    call: (c, t) => c.picking.receiveTransfer({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId) }),
    expected: NOT_BROUGHT,
  },
  "picking.collectTransfer": {
    call: (c, t) => c.picking.collectTransfer({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId) }),
    expected: NOT_BROUGHT,
  },
  "picking.loseTransfer": {
    call: (c, t) => c.picking.loseTransfer({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId), reason: "lost" }),
    expected: NOT_BROUGHT,
  },
  "driving.runSheet": { call: (c, t) => c.driving.runSheet({ shiftId: ShiftId.parse(t.shiftId) }), expected: DRIVER_A },
  "driving.start": {
    call: (c, t) => c.driving.start({ shiftId: ShiftId.parse(t.shiftId) }),
    expected: { ...DRIVER_A, ops: "not-loaded", driverA: "not-loaded" },
  },
  "driving.arrive": { call: (c, t) => c.driving.arrive({ stopId: StopId.parse(t.stopId) }), expected: DRIVER_A_LATER },
  "driving.deliver": {
    call: (c, t) => c.driving.deliver({ stopId: StopId.parse(t.stopId) }),
    expected: DRIVER_A_LATER,
  },
  "driving.fail": {
    call: (c, t) => c.driving.fail({ stopId: StopId.parse(t.stopId), reason: "nobody_home" }),
    expected: DRIVER_A_LATER,
  },
  "driving.reportPosition": {
    call: (c, t) => c.driving.reportPosition({ shiftId: ShiftId.parse(t.shiftId), lng: -9.15, lat: 38.74 }),
    expected: DRIVER_A_LATER,
  },
  "picking.markReady": {
    call: (c, t) => c.picking.markReady({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId) }),
    expected: STORE_A,
  },
  "picking.reject": {
    call: (c, t) =>
      c.picking.reject({ fulfilmentId: FulfilmentId.parse(t.fulfilmentId), reason: "damaged", missing: [] }),
    expected: STORE_A,
  },
};

/** Without an id that could be foreign. */
const OWN_ONLY = ["staff.me", "driving.shifts"];

describe.each(Object.entries(CASES))("%s", (_, { call, expected }) => {
  test.each(PEOPLE)("as %s", async (person) => {
    expect(await faultOf(call(signedIn(person), real))).toBe(expected[person]);
  });

  test("says of an unknown id what it says of a foreign one", async () => {
    for (const person of PEOPLE) {
      const outcome = expected[person];
      const isAllowed = !["not-signed-in", "forbidden"].includes(outcome);
      expect(await faultOf(call(signedIn(person), unknown)), person).toBe(isAllowed ? "not-found" : outcome);
    }
  });
});

test("every procedure of the staff's screens stands in the matrix", () => {
  const routers = new Set(["calendars", "staff", "tower", "picking", "driving", "inventory"]);
  const names = Object.keys(rootRouter._def.procedures).filter((name) => routers.has(name.split(".")[0]!));
  expect(names.sort()).toEqual([...Object.keys(CASES), ...OWN_ONLY].sort());
});

test("only staff have a name here, and each sees the nodes they work at", async () => {
  const { staff } = world.network;
  expect(await faultOf(world.as(null).staff.me())).toBe("not-signed-in");
  expect(await faultOf(world.as(randomUUID()).staff.me())).toBe("forbidden");
  expect((await world.as(staff.ops).staff.me()).nodes.map((node) => node.id)).toHaveLength(3);
  expect((await world.as(staff.storeA).staff.me()).nodes.map((node) => node.id)).toEqual([NODES.storeA]);
  expect(await world.as(staff.driverA).staff.me()).toMatchObject({ role: "driver", name: "driverA", nodes: [] });
});

test("a driver's list holds the driver's own shifts", async () => {
  const { staff } = world.network;
  expect(await faultOf(world.as(null).driving.shifts())).toBe("not-signed-in");
  expect(await faultOf(world.as(staff.storeA).driving.shifts())).toBe("forbidden");
  const { shifts } = await world.as(staff.driverA).driving.shifts();
  expect(shifts[0]).toMatchObject({ shiftId: real.shiftId, vanName: "Van A1", stopCount: expect.any(Number) });
  expect(new Set(shifts.map((shift) => shift.vanName))).toEqual(new Set(["Van A1"]));
});
