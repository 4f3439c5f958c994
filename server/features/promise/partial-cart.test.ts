import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { CartLine } from "#server/domain/cart.ts";
import { HoldId, NodeId, OrderId, OrderToken, RegionId, SkuId } from "#server/domain/id.ts";
import type { QuoteView, WindowView } from "#server/domain/quote.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { setClock } from "#supabase/tests/network-fixture.ts";

// A cart of which there is too little: said line by line, and never held as less without saying so.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
  await world.sql`update public.inventory_levels set on_hand = 2 where sku_id = 'MILK'`;
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");
const destination = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const line = (skuId: string, units: number): CartLine => ({ skuId: SkuId.parse(skuId), units });
const WANTED = [line("BREAD", 1), line("MILK", 3)];
const HAD = [line("BREAD", 1), line("MILK", 2)];
const SHORT = [{ skuId: SkuId.parse("MILK"), name: "Milk", wanted: 3, available: 2 }];

const isAnyOpen = ({ delivery, parcel }: QuoteView) => [...delivery, ...parcel].some(({ open }) => open);

function firstOffer(windows: readonly WindowView[]): string {
  const first = windows.find((window) => window.open);
  if (!first?.open) throw new Error("nothing is open");
  return first.offer;
}

const hold = (offer: string, lines: CartLine[], wanted?: CartLine[], holdId = HoldId.parse(randomUUID())) =>
  shopper.promise.hold({ holdId, offer, lines, destination, ...(wanted && { wanted }) });

test("where only stock is in the way, the quote says of which lines there are fewer, and offers nothing", async () => {
  const view = await shopper.promise.quote({ regionId, lines: WANTED, destination });
  expect(isAnyOpen(view)).toBe(false);
  expect(view.lines).toEqual(WANTED);
  expect(view.short).toEqual(SHORT);
  // A cart that can be had says nothing of the kind, and neither does one for a door that nobody goes to.
  expect((await shopper.promise.quote({ regionId, lines: HAD, destination })).short).toEqual([]);
  const far = { lng: -30, lat: 38.7, address: "At sea" };
  expect((await shopper.promise.quote({ regionId, lines: WANTED, destination: far })).short).toEqual([]);
});

test("lines that nobody has at all are left out, and nothing is said where no line is there", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'MILK'`;
  const view = await shopper.promise.quote({ regionId, lines: WANTED, destination, partial: "allowed" });
  expect(view.lines).toEqual([line("BREAD", 1)]);
  expect(view.short).toEqual([{ ...SHORT[0], available: 0 }]);
  await world.sql`update public.inventory_levels set on_hand = 0`;
  const none = await shopper.promise.quote({ regionId, lines: WANTED, destination, partial: "allowed" });
  expect([none.lines, none.short, isAnyOpen(none)]).toEqual([WANTED, [], false]);
});

test("where less is allowed, offers are for what there is, signed as such, and held only by who says so", async () => {
  const view = await shopper.promise.quote({ regionId, lines: WANTED, destination, partial: "allowed" });
  expect([view.lines, view.short]).toEqual([HAD, SHORT]);
  const offer = firstOffer(view.delivery);
  expect(await faultOf(hold(offer, HAD))).toBe("offer-invalid");
  expect(await faultOf(hold(offer, WANTED, WANTED))).toBe("offer-invalid");
  expect(await faultOf(hold(offer, HAD, [line("BREAD", 1), line("MILK", 4)]))).toBe("offer-invalid");
  const holdId = HoldId.parse(randomUUID());
  const placed = await hold(offer, HAD, WANTED, holdId);
  expect(await hold(offer, HAD, WANTED, holdId)).toEqual({ ...placed, now: expect.any(String) });

  const orderId = OrderId.parse(randomUUID());
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  const { token } = await shopper.promise.confirm({ holdId, orderId, customer });
  const order = await shopper.orders.byToken({ token: OrderToken.parse(token) });
  expect(order.lines.map(({ skuId, units }) => [skuId, units])).toEqual([
    ["BREAD", 1],
    ["MILK", 2],
  ]);
  expect(order.leftOut).toEqual([{ name: "Milk", units: 1 }]);
  const ops = world.as(world.network.staff.ops);
  const { events } = await ops.tower.order({ orderId });
  expect(events.filter(({ kind }) => kind === "goods_left_out").map(({ leftOut }) => leftOut)).toEqual(["1 × Milk"]);
});

test("whoever took lines out because of it has offers signed for what was wanted, at the counter too", async () => {
  const view = await shopper.promise.quote({ regionId, lines: HAD, wanted: WANTED, destination });
  const offer = firstOffer(view.delivery);
  expect(await faultOf(hold(offer, HAD))).toBe("offer-invalid");
  expect((await hold(offer, HAD, WANTED)).state).toBe("held");
  const nodeId = NodeId.parse("STORE-B");
  const { windows } = await shopper.promise.pickup({ regionId, lines: HAD, wanted: WANTED, destination, nodeId });
  expect((await hold(firstOffer(windows), HAD, WANTED)).state).toBe("held");
  // What is not less of it is refused.
  for (const wanted of [HAD, [line("BREAD", 1)], [line("MILK", 9)]])
    expect(await faultOf(shopper.promise.quote({ regionId, lines: HAD, wanted, destination }))).toBe("invalid-request");
});

test("an offer for the whole cart is not held as less", async () => {
  const view = await shopper.promise.quote({ regionId, lines: HAD, destination });
  expect(await faultOf(hold(firstOffer(view.delivery), HAD, WANTED))).toBe("offer-invalid");
});

test("what is held again, for another door or after its time, says again what it leaves out", async () => {
  const view = await shopper.promise.quote({ regionId, lines: HAD, wanted: WANTED, destination });
  const first = HoldId.parse(randomUUID());
  await hold(firstOffer(view.delivery), HAD, WANTED, first);
  const elsewhere = { lng: -9.19, lat: 38.705, address: "Rua do Sul 1" };
  const second = HoldId.parse(randomUUID());
  await shopper.promise.redirect({ holdId: second, insteadOf: first, destination: elsewhere });
  await setClock(world.sql, "2026-03-02T06:12:00Z");
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  const { token } = await shopper.promise.confirm({ holdId: second, orderId: OrderId.parse(randomUUID()), customer });
  const order = await shopper.orders.byToken({ token: OrderToken.parse(token) });
  expect(order.leftOut).toEqual([{ name: "Milk", units: 1 }]);
  const [told] = await world.sql`select count(*)::int as times from public.events where kind = 'goods_left_out'`;
  expect(told).toEqual({ times: 3 });
});
