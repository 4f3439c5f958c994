import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import type { VisitWishes } from "#server/domain/delivery-wishes.ts";
import { HoldId, NodeId, OrderId, type OrderToken, RegionId, SkuId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, instant, NODES, SKUS } from "#supabase/tests/network-fixture.ts";
import { answerCertificate } from "./http.ts";
import { verifyCertificate } from "./verify-certificate.ts";

// An order that is moved to another window, by its shopper and by operations. The fixture's Monday begins at 06:00.

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

const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const regionId = RegionId.parse("LISBOA");
const nodeId = NodeId.parse(NODES.storeA);
const lineOf = (sku: string, units: number) => ({ skuId: SkuId.parse(sku), units });
const newHoldId = () => HoldId.parse(randomUUID());

function openAt(windows: readonly WindowView[], startsAt: string): Extract<WindowView, { open: true }> {
  const window = windows.find((each) => each.startsAt === startsAt);
  if (!window?.open) throw new Error(`not open: ${startsAt} ${JSON.stringify(window)}`);
  return window;
}

interface Bought {
  readonly token: OrderToken;
  readonly orderId: OrderId;
}

async function confirm(offer: string, lines: ReturnType<typeof lineOf>[]): Promise<Bought> {
  const [holdId, orderId] = [newHoldId(), OrderId.parse(randomUUID())];
  await shopper.promise.hold({ holdId, offer, lines, destination: DOOR });
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  const { token } = await shopper.promise.confirm({ holdId, orderId, customer });
  return { token, orderId };
}

async function buy(lines = [lineOf(SKUS.bread, 2)], hour = 12, wishes?: VisitWishes): Promise<Bought> {
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination: DOOR, ...(wishes && { wishes }) });
  return confirm(openAt(delivery, instant(hour)).offer, lines);
}

async function buyPickup(hour = 12): Promise<Bought> {
  const lines = [lineOf(SKUS.bread, 1)];
  const { windows } = await shopper.promise.pickup({ regionId, lines, destination: DOOR, nodeId });
  return confirm(openAt(windows, instant(hour)).offer, lines);
}

const read = ({ token }: Bought) => shopper.orders.byToken({ token });

/** The request that moves it to the window that begins then. */
async function change({ token }: Bought, startsAt: string, wishes?: VisitWishes, after = 0) {
  const { delivery } = await shopper.orders.quoteChange({ token, ...(wishes && { wishes }) });
  return { token, holdId: newHoldId(), offer: openAt(delivery, startsAt).offer, after };
}

describe("the shopper", () => {
  test("moves an order to another day, once, and both promises have a certificate that holds", async () => {
    const order = await buy();
    expect(await read(order)).toMatchObject({ isMovable: true, repromises: [], certificates: [0] });
    const request = await change(order, instant(14, 1));
    expect(await shopper.orders.reschedule(request)).toEqual({ number: 1 });
    expect(await shopper.orders.reschedule(request)).toEqual({ number: 1 });
    expect(await read(order)).toMatchObject({
      state: "confirmed",
      isMovable: true,
      promiseStartsAt: instant(12),
      agreedStartsAt: instant(14, 1),
      agreedEndsAt: instant(16, 1),
      certificates: [0, 1],
      parts: [{ windowStartsAt: instant(14, 1), state: "confirmed" }],
      repromises: [
        { number: 1, actor: "shopper", reason: "shopper_asked", oldStartsAt: instant(12), startsAt: instant(14, 1) },
      ],
    });
    const windows: number[] = [];
    for (const repromise of [null, "1"]) {
      const jws = await (await answerCertificate(world.sql, order.token, repromise)).text();
      const { certificate, faults } = verifyCertificate(jws, world.platform.offerKeys().publicJwk);
      expect(faults).toEqual([]);
      windows.push(certificate!.decision.originSec + certificate!.decision.window.startSec);
    }
    expect(windows.map((sec) => new Date(sec * 1000).toISOString())).toEqual([instant(12), instant(14, 1)]);
    for (const repromise of ["2", "x", "-1"])
      expect((await answerCertificate(world.sql, order.token, repromise)).status).toBe(404);
  });

  test("is offered what only the order itself has: its goods, its picking and its place in the van", async () => {
    await world.sql`update public.inventory_levels set on_hand = case node_id when 'STORE-A' then 2 else 0 end where sku_id = 'ICE'`;
    await world.sql`update public.shifts s set limit_weight_g = case v.id when 'VAN-A1' then 1000 else 1 end
      from public.vehicles v where v.id = s.vehicle_id`;
    const lines = [lineOf(SKUS.ice, 2)];
    const order = await buy(lines);
    const { delivery } = await shopper.promise.quote({ regionId, lines, destination: DOOR });
    expect(delivery.some(({ open }) => open)).toBe(false);
    await shopper.orders.reschedule(await change(order, instant(16)));
    const [left] = await world.sql`
      select reserved, (select sum(claimed_weight_g)::int from public.shifts) as claimed_g
      from public.inventory_levels where node_id = 'STORE-A' and sku_id = 'ICE'`;
    expect(left).toEqual({ reserved: 2, claimed_g: 1000 });
  });

  test("pays the price of the new window, dearer or cheaper, and what was paid for the goods stays", async () => {
    await world.sql`update public.windows set price_cents = 590 where starts_at = ${instant(14)}`;
    await world.sql`update public.windows set price_cents = 90 where starts_at = ${instant(16)}`;
    const order = await buy();
    await world.sql`update public.skus set price_cents = 999`;
    await shopper.orders.reschedule(await change(order, instant(14)));
    expect(await read(order)).toMatchObject({ priceCents: 590, repromises: [{ oldPriceCents: 390, priceCents: 590 }] });
    await shopper.orders.reschedule(await change(order, instant(16), undefined, 1));
    expect(await read(order)).toMatchObject({ priceCents: 90, goodsCents: 380, lines: [{ priceCents: 190 }] });
  });

  test("may wish for other hours and another floor with it", async () => {
    const order = await buy(undefined, 12, { floor: 2, hasLift: false });
    await shopper.orders.reschedule(await change(order, instant(14), { notBefore: "15:00", floor: 4, hasLift: true }));
    expect(await read(order)).toMatchObject({
      parts: [{ visitStartsAt: instant(15), visitEndsAt: instant(16), floor: 4, hasLift: true }],
    });
  });

  test("moves what is collected, also to another store", async () => {
    const order = await buyPickup();
    const other = NodeId.parse(NODES.storeB);
    const { pickup, delivery } = await shopper.orders.quoteChange({ token: order.token });
    expect([delivery.length, pickup.map((place) => place.nodeId).sort()]).toEqual([0, [nodeId, other]]);
    const { windows } = await shopper.orders.quotePickupChange({ token: order.token, nodeId: other });
    const { offer } = openAt(windows, instant(16));
    await shopper.orders.reschedule({ token: order.token, holdId: newHoldId(), offer, after: 0 });
    expect(await read(order)).toMatchObject({ agreedStartsAt: instant(16), pickupPlace: { name: "Belém" } });
  });

  test("is refused what was not offered for the order, and what others took meanwhile, and keeps what was promised", async () => {
    const order = await buy();
    const other = await shopper.promise.quote({ regionId, lines: [lineOf(SKUS.bread, 3)], destination: DOOR });
    const request = { token: order.token, holdId: newHoldId(), after: 0 };
    const stranger = openAt(other.delivery, instant(14)).offer;
    expect(await faultOf(shopper.orders.reschedule({ ...request, offer: stranger }))).toBe("offer-invalid");
    const { windows } = await shopper.promise.pickup({
      regionId,
      lines: [lineOf(SKUS.bread, 2)],
      destination: DOOR,
      nodeId,
    });
    const counter = openAt(windows, instant(14)).offer;
    expect(await faultOf(shopper.orders.reschedule({ ...request, offer: counter }))).toBe("offer-invalid");
    const asked = await change(order, instant(14));
    await world.sql`update public.windows set closed = true where starts_at = ${instant(14)}`;
    expect(await faultOf(shopper.orders.reschedule(asked))).toBe("window-gone");
    expect(await read(order)).toMatchObject({ agreedStartsAt: instant(12), repromises: [], state: "confirmed" });
  });

  test("who has seen another window agreed on is asked to look again", async () => {
    const order = await buy();
    const [one, two] = [await change(order, instant(14)), await change(order, instant(16))];
    expect(await faultOf(shopper.orders.reschedule(one))).toBe("ok");
    expect(await faultOf(shopper.orders.reschedule(two))).toBe("wrong-state");
    expect(await read(order)).toMatchObject({ agreedStartsAt: instant(14) });
  });

  test("keeps the window once a store has picked a part", async () => {
    const order = await buyPickup();
    const { windows } = await shopper.orders.quotePickupChange({ token: order.token, nodeId });
    const { offer } = openAt(windows, instant(16));
    const [part] = await world.sql<{ id: string }[]>`select id from public.fulfilments`;
    await asCaller(world.sql, caller(world.network.staff.storeA), (tx) => tx`select app.mark_ready(${part!.id})`);
    expect(await read(order)).toMatchObject({ isMovable: false });
    expect(await faultOf(shopper.orders.quoteChange({ token: order.token }))).toBe("wrong-state");
    expect(await faultOf(shopper.orders.reschedule({ token: order.token, holdId: newHoldId(), offer, after: 0 }))).toBe(
      "wrong-state",
    );
  });
});

describe("operations", () => {
  const moveByOps = async (
    order: Bought,
    startsAt: string,
    cause: { reason: "no_van" | "shopper_asked" | "other" },
  ) => {
    const { delivery } = await ops.tower.quoteChange({ orderId: order.orderId });
    const { offer } = openAt(delivery, startsAt);
    return ops.tower.repromise({ orderId: order.orderId, holdId: newHoldId(), offer, after: 0, cause });
  };

  test("move an order and say why: its shopper pays no more, and it counts as a promise that was not kept", async () => {
    await world.sql`update public.windows set price_cents = 590 where starts_at = ${instant(14)}`;
    const order = await buy();
    await moveByOps(order, instant(14), { reason: "no_van" });
    expect(await read(order)).toMatchObject({ priceCents: 390, repromises: [{ actor: "ops", reason: "no_van" }] });
    const drawer = await ops.tower.order({ orderId: order.orderId });
    expect(drawer).toMatchObject({ agreedStartsAt: instant(14), repromises: 1, priceCents: 390 });
    expect(drawer.events.find(({ kind }) => kind === "order_repromised")).toMatchObject({
      actorName: "ops",
      repromise: { oldStartsAt: instant(12), startsAt: instant(14), reason: "no_van", note: "" },
    });
    await deliverAll();
    expect(await ops.tower.overview({ regionId })).toMatchObject({ served: 1, servedInWindow: 0 });
  });

  test("move it for its shopper at the new window's price, and that promise can be kept", async () => {
    await world.sql`update public.windows set price_cents = 590 where starts_at = ${instant(14)}`;
    const order = await buy();
    await moveByOps(order, instant(14), { reason: "shopper_asked" });
    expect(await read(order)).toMatchObject({ priceCents: 590 });
    await deliverAll();
    expect(await ops.tower.overview({ regionId })).toMatchObject({ served: 1, servedInWindow: 1 });
  });

  test("say in words what none of the reasons says", async () => {
    const order = await buy();
    await expect(moveByOps(order, instant(14), { reason: "other" })).rejects.toThrow("say what it is");
  });

  test("are the only ones of the staff who move orders", async () => {
    const order = await buy();
    const store = world.as(world.network.staff.storeA);
    expect(await faultOf(store.tower.quoteChange({ orderId: order.orderId }))).toBe("forbidden");
  });

  /** Every order is picked, loaded and brought on the stroke of two. */
  async function deliverAll(): Promise<void> {
    await world.sql`update app.clock set shift = ${instant(14)}::timestamptz - clock_timestamp()`;
    await asCaller(world.sql, caller(world.network.staff.ops), async (tx) => {
      await tx`select app.mark_ready(f.id), app.hand_over(f.id) from public.fulfilments f where f.state = 'to_pick'`;
    });
    await asCaller(world.sql, caller(world.network.staff.ops), async (tx) => {
      await tx`select app.start_shift(s.shift_id) from public.stops s`;
      await tx`select app.finish_stop(s.id, 'delivered') from public.stops s`;
    });
  }
});
