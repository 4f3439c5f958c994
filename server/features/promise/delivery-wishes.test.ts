import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import type { DoorWishes, VisitWishes } from "#server/domain/delivery-wishes.ts";
import { FulfilmentId, HoldId, OrderId, RegionId, ShiftId, SkuId, StopId } from "#server/domain/id.ts";
import type { ConfirmRequest, QuoteView } from "#server/domain/quote.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { improveRoutes } from "#server/features/dispatch/improve-routes.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, setClock } from "#supabase/tests/network-fixture.ts";
import { replanHold, resourceOrder } from "./contract.ts";
import { answerCertificate } from "./http.ts";
import { verifyCertificate } from "./verify-certificate.ts";

// Only VAN-A1, which driverA drives, carries ice cream from STORE-A; VAN-B1 does from STORE-B.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
  await world.sql`update public.inventory_levels set safety = on_hand where sku_id = 'ICE' and node_id <> 'STORE-A'`;
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");
const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const lines = [{ skuId: SkuId.parse("ICE"), units: 1 }];
const NOON = "2026-03-02T12:00:00.000Z";

const quote = (wishes: VisitWishes): Promise<QuoteView> =>
  shopper.promise.quote({ regionId, lines, destination: DOOR, wishes });

async function holdAtNoon(wishes: VisitWishes): Promise<HoldId> {
  const window = (await quote(wishes)).delivery.find((one) => one.startsAt === NOON);
  if (!window?.open) throw new Error(`noon is closed: ${window?.reason.code}`);
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.offer, lines, destination: DOOR });
  return holdId;
}

async function confirm(holdId: HoldId, door?: DoorWishes) {
  const request: ConfirmRequest = {
    holdId,
    orderId: OrderId.parse(randomUUID()),
    customer: { name: "Ana", phone: "+351 910 000 000", note: "" },
    ...(door && { door }),
  };
  return { ...request, ...(await shopper.promise.confirm(request)) };
}

const stopOf = async (holdId: string) => {
  const [stop] = await world.sql`
    select s.shift_id, s.window_starts_at, s.window_ends_at, s.start_at, s.service_sec, h.window_starts_at as promised_at,
      h.window_ends_at as promised_until from public.stops s join public.holds h on h.id = s.hold_id where s.hold_id = ${holdId}`;
  return stop!;
};
const asOps = <T>(work: Parameters<typeof asCaller<T>>[2]) =>
  asCaller(world.sql, caller(world.network.staff.ops), work);
const broken = async () => violations(await auditLedger(world.sql)).map(({ invariant }) => invariant.name);

test("a wish narrows the van's visit and never the promise, from the offer to the certificate", async () => {
  const holdId = await holdAtNoon({ notBefore: "12:30", notAfter: "13:15" });
  const stop = await stopOf(holdId);
  expect(stop).toMatchObject({
    window_starts_at: new Date("2026-03-02T12:30:00Z"),
    window_ends_at: new Date("2026-03-02T13:15:00Z"),
    promised_at: new Date(NOON),
    promised_until: new Date("2026-03-02T14:00:00Z"),
  });
  expect(stop.start_at >= stop.window_starts_at).toBe(true);
  const { token } = await confirm(holdId);
  expect(await shopper.orders.byToken({ token })).toMatchObject({
    promiseStartsAt: NOON,
    promiseEndsAt: "2026-03-02T14:00:00.000Z",
    parts: [{ visitStartsAt: "2026-03-02T12:30:00.000Z", visitEndsAt: "2026-03-02T13:15:00.000Z" }],
  });
  const jws = await (await answerCertificate(world.sql, token)).text();
  const { certificate, faults } = verifyCertificate(jws, world.platform.offerKeys().publicJwk);
  expect(faults).toEqual([]);
  const { visit, window } = certificate!.decision;
  expect({ from: visit!.startSec - window.startSec, until: window.endSec - visit!.endSec }).toEqual({
    from: 30 * 60,
    until: 45 * 60,
  });
  expect(await broken()).toEqual([]);
});

test("windows outside of a wish are closed with a reason, and a wish of too little is refused", async () => {
  const { delivery } = await quote({ notBefore: "13:00", notAfter: "15:00" });
  const today = delivery.filter(({ startsAt }) => startsAt < "2026-03-03");
  expect(today.map((window) => (window.open ? "open" : window.reason.code))).toEqual([
    "outside_wish",
    "open",
    "open",
    "outside_wish",
  ]);
  expect(await faultOf(quote({ notBefore: "13:00", notAfter: "13:20" }))).toBe("wish-too-narrow");
  expect(await faultOf(quote({ notBefore: "13:00", notAfter: "12:00" }))).toBe("wish-too-narrow");
});

test("no van comes where the only time that is wished is taken", async () => {
  // One van, and a door that takes an hour and a half from 12:30 at the latest: another such door has to wait until it is done.
  await world.sql`update public.regions set stairs_sec = 90`;
  await holdAtNoon({ notAfter: "12:30", floor: 60 });
  const at = async (wishes: VisitWishes) => {
    const window = (await quote(wishes)).delivery.find((one) => one.startsAt === NOON);
    return window!.open ? "open" : window!.reason.code;
  };
  expect(await at({ floor: 60 })).toBe("open");
  expect(await at({ floor: 60, notAfter: "13:15" })).toBe("vans_full");
});

test("stairs take their time on every way, by the region's rule, and a lift takes less", async () => {
  await world.sql`update public.regions set stairs_sec = 30, lift_sec = 50`;
  const seconds = async (wishes: VisitWishes) => (await stopOf(await holdAtNoon(wishes))).service_sec;
  const ground = await seconds({});
  expect(await seconds({ floor: 4 })).toBe(ground + 4 * 30);
  expect(await seconds({ floor: 4, hasLift: true })).toBe(ground + 50);
  expect(await broken()).toEqual([]);
});

test("another van, another node, a second look at the routes and a late payment all keep the wish", async () => {
  await world.sql`update public.inventory_levels set safety = 0 where sku_id = 'ICE' and node_id = 'STORE-B'`;
  await world.sql`update public.vehicles set carries_frozen = true`;
  const wishes = { notBefore: "12:30", notAfter: "13:15", floor: 3 };
  const holdId = await holdAtNoon(wishes);
  const asked = await stopOf(holdId);
  const same = async (id: string) => {
    const { window_starts_at, window_ends_at, service_sec } = await stopOf(id);
    expect({ window_starts_at, window_ends_at, service_sec }).toEqual({
      window_starts_at: asked.window_starts_at,
      window_ends_at: asked.window_ends_at,
      service_sec: asked.service_sec,
    });
  };
  await improveRoutes(world.platform.db, world.platform.travel(), asked.shift_id);
  await same(holdId);

  // The rule is another one by now: what was held is what counts.
  await world.sql`update public.regions set stairs_sec = 200`;
  await setClock(world.sql, "2026-03-02T06:11:00Z");
  await world.sql`select app.expire_holds()`;
  const { orderId } = await confirm(holdId);
  const [taken] =
    await world.sql`select f.id, f.hold_id, s.shift_id from public.fulfilments f join public.stops s on s.hold_id = f.hold_id`;
  expect(taken!.hold_id).not.toBe(holdId);
  await same(taken!.hold_id);

  await world.sql`update public.shifts set limit_weight_g = 1 where starts_at > '2026-03-03' or vehicle_id = 'VAN-B1'`;
  await asOps((tx) => tx`select app.cancel_shift(${taken!.shift_id})`);
  await world.sql`update public.shifts set limit_weight_g = 200000`;
  expect(await replanHold(world.platform, taken!.hold_id)).toBe(true);
  await same(taken!.hold_id);

  await asOps((tx) => tx`select app.reject_fulfilment(${taken!.id}, 'out_of_stock')`);
  expect(await resourceOrder(world.platform, orderId)).toMatchObject({ placed: true });
  const [anew] =
    await world.sql`select hold_id from public.fulfilments where order_id = ${orderId} and state = 'to_pick'`;
  await same(anew!.hold_id);
  expect(await broken()).toEqual([]);
});

// ----------------------------------------------------------------------------------------------------------- at the door

const SECRET = "4711#";
const door = { safePlace: "Behind the shed", neighbourAllowed: false, gateCode: SECRET };

/** Ordered with wishes for the door, loaded, and its van under way. */
async function driven(wishes: DoorWishes | undefined) {
  const holdId = await holdAtNoon({ floor: 2, hasLift: false });
  const order = await confirm(holdId, wishes);
  const shiftId = ShiftId.parse((await stopOf(holdId)).shift_id);
  const [fulfilment] = await world.sql`select id from public.fulfilments where hold_id = ${holdId}`;
  const store = world.as(world.network.staff.storeA);
  await store.picking.markReady({ fulfilmentId: FulfilmentId.parse(fulfilment!.id) });
  await store.picking.handOver({ fulfilmentId: FulfilmentId.parse(fulfilment!.id) });
  const driver = world.as(world.network.staff.driverA);
  return { ...order, shiftId, driver, stopId: StopId.parse(holdId), start: () => driver.driving.start({ shiftId }) };
}

test("the gate code is read by the driver of the day and the shopper's link, until the delivery, and by nobody else", async () => {
  const { shiftId, driver, token, stopId, start } = await driven(door);
  const [seen] = (await driver.driving.runSheet({ shiftId })).stops;
  expect(seen).toMatchObject({ floor: 2, hasLift: false, door: { ...door, hasGateCode: true } });
  expect((await shopper.orders.byToken({ token })).door).toEqual(door);

  await setClock(world.sql, "2026-03-01T20:00:00Z");
  const [before] = (await driver.driving.runSheet({ shiftId })).stops;
  expect(before?.door).toEqual({ ...door, hasGateCode: true, gateCode: null });
  await setClock(world.sql, "2026-03-02T06:05:00Z");
  expect(await faultOf(world.as(world.network.staff.driverB).driving.runSheet({ shiftId }))).toBe("not-found");

  // Wherever else it might stand: whatever staff can read, the record, and what is signed.
  const [ops] = await asOps(
    (tx) => tx`select to_jsonb(array(select to_jsonb(d) from app.read_doors(${shiftId}) d)) as doors`,
  );
  const tables = await world.sql<
    { name: string }[]
  >`select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`;
  const texts = await Promise.all(
    tables.map(({ name }) =>
      world.sql.unsafe(`select coalesce(string_agg(t::text, ''), '') as text from public.${name} t`),
    ),
  );
  const others = [
    JSON.stringify(ops),
    ...texts.map(([row]) => row!.text),
    await (await answerCertificate(world.sql, token)).text(),
  ];
  expect(others.join("")).toContain("Behind the shed");
  expect(others.some((text) => text.includes(SECRET))).toBe(false);
  const refused = asCaller(world.sql, caller(world.network.staff.driverA), (tx) => tx`select from app.order_doors`);
  await expect(refused).rejects.toMatchObject({ code: "42501" });

  await start();
  await driver.driving.deliver({ stopId, leftWith: "safe_place" });
  expect((await shopper.orders.byToken({ token })).door?.gateCode).toBeNull();
});

test("a driver leaves it in the safe place or with a neighbour only where the shopper allows that", async () => {
  const { driver, stopId, start, shiftId, token } = await driven(door);
  await start();
  const leave = (leftWith: "customer" | "safe_place" | "neighbour") =>
    faultOf(driver.driving.deliver({ stopId, leftWith }));
  expect(await leave("neighbour")).toBe("not-allowed-at-door");
  expect((await driver.driving.runSheet({ shiftId })).stops[0]?.state).toBe("planned");
  expect(await leave("safe_place")).toBe("ok");
  expect(await leave("safe_place")).toBe("ok");
  expect((await driver.driving.runSheet({ shiftId })).stops[0]?.leftWith).toBe("safe_place");
  expect((await shopper.orders.byToken({ token })).parts[0]?.leftWith).toBe("safe_place");
  expect(await broken()).toEqual([]);
});

test("without a word about the door it is handed over in person", async () => {
  const { driver, stopId, start, shiftId } = await driven(undefined);
  expect((await driver.driving.runSheet({ shiftId })).stops[0]?.door).toBeNull();
  await start();
  for (const leftWith of ["safe_place", "neighbour"] as const)
    expect(await faultOf(driver.driving.deliver({ stopId, leftWith }))).toBe("not-allowed-at-door");
  expect(await faultOf(driver.driving.deliver({ stopId }))).toBe("ok");
});

test("the shopper changes the door by the link until the van has set out, and a repeated confirmation changes nothing back", async () => {
  const { token, start, shiftId, driver, holdId, orderId, customer } = await driven(door);
  const changed = { safePlace: null, neighbourAllowed: true, gateCode: null };
  await shopper.orders.changeDoor({ token, door: changed, note: "Ring twice" });
  await shopper.promise.confirm({ holdId, orderId, customer, door });
  expect(await shopper.orders.byToken({ token })).toMatchObject({
    door: changed,
    customerNote: "Ring twice",
    isDoorOpen: true,
  });
  const [stop] = (await driver.driving.runSheet({ shiftId })).stops;
  expect(stop).toMatchObject({ door: { neighbourAllowed: true }, order: { customerNote: "Ring twice" } });
  await start();
  expect(await faultOf(shopper.orders.changeDoor({ token, door, note: "" }))).toBe("wrong-state");
  expect((await shopper.orders.byToken({ token })).isDoorOpen).toBe(false);
});
