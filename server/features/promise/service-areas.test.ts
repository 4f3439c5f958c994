import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Destination } from "#server/domain/cart.ts";
import { HoldId, NodeId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { ServiceArea } from "#server/domain/service-area.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { setClock } from "#supabase/tests/network-fixture.ts";
import { answerCertificate } from "./http.ts";
import { verifyCertificate } from "./verify-certificate.ts";

// Vans leave STORE-A at (-9.14, 38.75) and STORE-B at (-9.20, 38.70); the doors lie between them.

let world: TestWorld;
let shopper: Caller;
let ops: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
  ops = world.as(world.network.staff.ops);
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");
const lines = [{ skuId: SkuId.parse("BREAD"), units: 1 }];
const NORTH: Destination = { lng: -9.15, lat: 38.74, address: "Rua do Norte 1" };
const SOUTH: Destination = { lng: -9.19, lat: 38.705, address: "Rua do Sul 1" };
const NOON = "2026-03-02T12:00:00.000Z";

const [storeA, storeB] = [NodeId.parse("STORE-A"), NodeId.parse("STORE-B")];
const setArea = (nodeId: NodeId, area: Partial<ServiceArea>) =>
  ops.tower.setServiceArea({ nodeId, area: { mostDriveSec: null, area: null, ...area } });
const around = ({ lng, lat }: Destination, by: number): [number, number][] => [
  [lng - by, lat - by],
  [lng + by, lat - by],
  [lng + by, lat + by],
  [lng - by, lat + by],
  [lng - by, lat - by],
];
const square = (centre: Destination, by: number) => ({ type: "Polygon" as const, coordinates: [around(centre, by)] });

const noonAt = async (destination: Destination) => {
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination });
  return delivery.find((window) => window.startsAt === NOON)!;
};
const outcomeAt = async (destination: Destination) => {
  const window = await noonAt(destination);
  return window.open ? "open" : window.reason.code;
};

async function hold(destination: Destination): Promise<HoldId> {
  const window = await noonAt(destination);
  if (!window.open) throw new Error(window.reason.code);
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.offer, lines, destination });
  return holdId;
}

const confirmation = (holdId: HoldId, destination?: Destination) => ({
  holdId,
  orderId: OrderId.parse(randomUUID()),
  customer: { name: "Ana", phone: "+351 910 000 000", note: "" },
  ...(destination && { destination }),
});
const broken = async () => violations(await auditLedger(world.sql)).map(({ invariant }) => invariant.name);
const nodesOf = async () => {
  const rows = await world.sql`select node_id from public.holds where state in ('held', 'confirmed') order by node_id`;
  return rows.map((row) => row.node_id);
};

// -------------------------------------------------------------------------------------------------------- service areas

test("vans go to the doors in their node's area, and a change of it counts with the next question", async () => {
  const areaB = {
    type: "MultiPolygon" as const,
    coordinates: [[around(SOUTH, 0.01)], [around(NORTH, 0.02), around(NORTH, 0.01)]],
  };
  await setArea(storeA, { area: square(SOUTH, 0.01) });
  await setArea(storeB, { area: areaB });
  // In the hole of the one and outside of the other.
  expect([await outcomeAt(NORTH), await outcomeAt(SOUTH)]).toEqual(["outside_area", "open"]);
  expect(await outcomeAt({ ...NORTH, lng: NORTH.lng - 0.015 })).toBe("open");

  const { former } = await setArea(storeB, {});
  expect(former).toEqual({ mostDriveSec: null, area: areaB });
  expect(await outcomeAt(NORTH)).toBe("open");
  await setArea(storeB, former);
  expect(await outcomeAt(NORTH)).toBe("outside_area");
});

test("a limit of the drive closes what is farther by road, whatever the window's time of day", async () => {
  for (const node of [storeA, storeB]) await setArea(node, { mostDriveSec: 60 });
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination: NORTH });
  expect(delivery.map((window) => (window.open ? "open" : window.reason.code))).toEqual(
    delivery.map(() => "outside_area"),
  );
  for (const node of [storeA, storeB]) await setArea(node, { mostDriveSec: 36_000 });
  expect(await outcomeAt(NORTH)).toBe("open");
});

test("the hold goes by the areas as well, and the certificate says who was left out", async () => {
  const window = await noonAt(NORTH);
  await setArea(storeA, { area: square(SOUTH, 0.01) });
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.open ? window.offer : "", lines, destination: NORTH });
  expect(await nodesOf()).toEqual(["STORE-B"]);
  const { token } = await shopper.promise.confirm(confirmation(holdId));
  const jws = await (await answerCertificate(world.sql, token)).text();
  const { certificate, faults } = verifyCertificate(jws, world.platform.offerKeys().publicJwk);
  expect(faults).toEqual([]);
  expect(certificate!.judgement.alternatives).toContainEqual({ nodeId: "STORE-A", fails: "area" });

  await setArea(storeB, { area: square(SOUTH, 0.01) });
  const late = HoldId.parse(randomUUID());
  const offer = window.open ? window.offer : "";
  expect(await faultOf(shopper.promise.hold({ holdId: late, offer, lines, destination: NORTH }))).toBe("window-gone");
});

test("goods that are nowhere are said to be nowhere, not outside of an area", async () => {
  await setArea(storeA, { area: square(SOUTH, 0.01) });
  await setArea(storeB, { area: square(SOUTH, 0.01) });
  await world.sql`update public.inventory_levels set safety = on_hand where sku_id = 'BREAD'`;
  expect(await outcomeAt(NORTH)).toBe("out_of_stock");
});

test("areas are for ops to change", async () => {
  const area = { mostDriveSec: 600, area: null };
  const store = world.as(world.network.staff.storeA);
  expect(await faultOf(store.tower.setServiceArea({ nodeId: storeA, area }))).toBe("forbidden");
  expect(await faultOf(ops.tower.setServiceArea({ nodeId: NodeId.parse("NOWHERE"), area }))).toBe("not-found");
  await ops.tower.setServiceArea({ nodeId: storeA, area });
  expect(await ops.tower.serviceAreas({ regionId })).toEqual([{ nodeId: "STORE-A", ...area }]);
  const events = await world.sql`select node_id, data from public.events where kind = 'service_area_set'`;
  expect(events.map((event) => ({ ...event }))).toEqual([
    { node_id: "STORE-A", data: { most_drive_sec: 600, has_area: false } },
  ]);
});

// ---------------------------------------------------------------------------------------- an address that moves at the end

const stops = () => world.sql`
  select s.lng, s.lat, h.address, h.state from public.stops s join public.holds h on h.id = s.hold_id`;

test("an order that goes to another door in the end is moved there in its window, at its price, and certified for it", async () => {
  const holdId = await hold(NORTH);
  const request = confirmation(holdId, SOUTH);
  const order = await shopper.promise.confirm(request);
  expect(await shopper.promise.confirm(request)).toEqual(order);
  expect((await stops()).map((stop) => ({ ...stop }))).toEqual([{ ...SOUTH, state: "confirmed" }]);
  const [paid] = await world.sql`select address, promise_starts_at, price_cents from public.orders`;
  expect(paid).toEqual({ address: SOUTH.address, promise_starts_at: new Date(NOON), price_cents: 390 });
  const jws = await (await answerCertificate(world.sql, order.token)).text();
  expect(verifyCertificate(jws, world.platform.offerKeys().publicJwk).faults).toEqual([]);
  expect(await broken()).toEqual([]);
});

test("a door that cannot be served is refused, and the hold lives on for the one it was made for", async () => {
  for (const node of [storeA, storeB]) await setArea(node, { area: square(NORTH, 0.01) });
  const holdId = await hold(NORTH);
  const request = confirmation(holdId, SOUTH);
  expect(await faultOf(shopper.promise.confirm(request))).toBe("door-out-of-reach");
  expect(await faultOf(shopper.promise.confirm({ ...request, destination: { ...SOUTH, lng: -12 } }))).toBe(
    "door-out-of-reach",
  );
  expect((await stops()).map((stop) => ({ ...stop }))).toEqual([{ ...NORTH, state: "held" }]);
  expect(await broken()).toEqual([]);
  // What there is for the new door instead, with the hold at hand, the quote says.
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination: SOUTH, insteadOf: holdId });
  expect(delivery.every((window) => !window.open && window.reason.code === "outside_area")).toBe(true);
  const { destination: _, ...asHeld } = request;
  expect((await shopper.promise.confirm(asHeld)).number).toBeGreaterThan(0);
});

test("what is the same door, put down once more or written otherwise, is not looked for anew", async () => {
  const holdId = await hold(NORTH);
  // Nothing can be placed anew: neither node takes orders.
  await world.sql`update public.nodes set paused_at = app.now()`;
  const near = { lng: NORTH.lng + 0.00003, lat: NORTH.lat, address: "Rua do Norte, 1, r/c" };
  await shopper.promise.confirm(confirmation(holdId, near));
  const [order] = await world.sql`select lng, lat, address from public.orders`;
  expect(order).toEqual({ ...NORTH, address: near.address });
  expect(await broken()).toEqual([]);
});

test("a hold that has run out is had again for the new door, or says that it has run out", async () => {
  const holdId = await hold(NORTH);
  await setClock(world.sql, "2026-03-02T06:12:00Z");
  await shopper.promise.confirm(confirmation(holdId, SOUTH));
  expect((await stops()).map((stop) => stop.address)).toEqual([SOUTH.address]);

  const other = await hold(NORTH);
  for (const node of [storeA, storeB]) await setArea(node, { area: square(NORTH, 0.01) });
  await setClock(world.sql, "2026-03-02T06:25:00Z");
  expect(await faultOf(shopper.promise.confirm(confirmation(other, SOUTH)))).toBe("hold-expired");
});

// ------------------------------------------------------------------------------- an address that moves while a window is held

const newHoldId = () => HoldId.parse(randomUUID());

test("a held window is taken for another door in one step, at its price, and is confirmed for that door alone", async () => {
  const holdId = await hold(NORTH);
  const request = { holdId: newHoldId(), insteadOf: holdId, destination: SOUTH };
  const [taken, again] = await Promise.all([shopper.promise.redirect(request), shopper.promise.redirect(request)]);
  expect(again.expiresAt).toBe(taken.expiresAt);
  expect((await stops()).map((stop) => ({ ...stop }))).toEqual([{ ...SOUTH, state: "held" }]);
  expect(await faultOf(shopper.promise.confirm(confirmation(holdId)))).toBe("wrong-state");
  await shopper.promise.confirm(confirmation(request.holdId, SOUTH));
  const [order] = await world.sql`select address, promise_starts_at, price_cents from public.orders`;
  expect(order).toEqual({ address: SOUTH.address, promise_starts_at: new Date(NOON), price_cents: 390 });
  expect(await broken()).toEqual([]);
});

test("the last unit and the last room in the van are the shopper's own, for the other door too", async () => {
  await world.sql`update public.inventory_levels set on_hand = case node_id when ${storeA} then safety + 1 else 0 end where sku_id = 'BREAD'`;
  const holdId = await hold(NORTH);
  expect(await outcomeAt(SOUTH)).toBe("out_of_stock");
  expect((await shopper.promise.redirect({ holdId: newHoldId(), insteadOf: holdId, destination: SOUTH })).state).toBe(
    "held",
  );
});

test("a held window that the other door cannot have is said to be out of its reach, and stays held for its own door", async () => {
  for (const node of [storeA, storeB]) await setArea(node, { area: square(NORTH, 0.01) });
  const holdId = await hold(NORTH);
  const request = { holdId: newHoldId(), insteadOf: holdId, destination: SOUTH };
  expect(await faultOf(shopper.promise.redirect(request))).toBe("door-out-of-reach");
  expect((await stops()).map((stop) => ({ ...stop }))).toEqual([{ ...NORTH, state: "held" }]);
  // What the picker asks next: what there is for the new door, with the hold still at hand.
  await setArea(storeB, { area: null });
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination: SOUTH, insteadOf: holdId });
  expect(delivery.some((window) => window.open)).toBe(true);
  expect(await broken()).toEqual([]);
});

test("a hold that has run out, or is an order, is not taken for another door", async () => {
  const ordered = await hold(NORTH);
  await shopper.promise.confirm(confirmation(ordered));
  const redirected = (insteadOf: HoldId) =>
    faultOf(shopper.promise.redirect({ holdId: newHoldId(), insteadOf, destination: SOUTH }));
  expect(await redirected(ordered)).toBe("wrong-state");
  const over = await hold(NORTH);
  await setClock(world.sql, "2026-03-02T06:12:00Z");
  expect(await redirected(over)).toBe("hold-expired");
  expect(await redirected(newHoldId())).toBe("hold-expired");
});
