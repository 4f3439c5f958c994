import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HoldId, NodeId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES, setClock } from "#supabase/tests/network-fixture.ts";

// What becomes of a hold before it is an order: more time, another window, limits, and a payment that came back too late.
// The fixture's Monday begins at 06:00; vans leave at 10:00 and are back at 18:00, stores pick from 08:00.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
});
afterAll(() => world.close());

const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const regionId = RegionId.parse("LISBOA");
const cart = (units = 1, sku = "BREAD") => [{ skuId: SkuId.parse(sku), units }];
const newHoldId = () => HoldId.parse(randomUUID());

type Asked = { lines?: ReturnType<typeof cart>; insteadOf?: HoldId; destination?: typeof DOOR };

async function deliveryAt(hour: number, { lines = cart(), destination = DOOR, ...more }: Asked = {}) {
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination, ...more });
  return windowAt(delivery, hour);
}

async function pickupAt(hour: number, { lines = cart(), destination = DOOR, ...more }: Asked = {}) {
  const nodeId = NodeId.parse(NODES.storeA);
  return windowAt((await shopper.promise.pickup({ regionId, lines, destination, nodeId, ...more })).windows, hour);
}

function windowAt(windows: readonly WindowView[], hour: number): WindowView {
  const found = windows.find(({ startsAt }) => startsAt.startsWith(`2026-03-02T${hour}`));
  if (!found) throw new Error(`no window at ${hour}`);
  return found;
}

type HoldOptions = Asked & { checkoutId?: string; holdId?: HoldId; as?: Caller };

async function hold(
  window: WindowView,
  { lines = cart(), destination = DOOR, as = shopper, ...more }: HoldOptions = {},
) {
  if (!window.open) throw new Error(`closed: ${window.reason.code}`);
  const { holdId } = await as.promise.hold({ holdId: newHoldId(), offer: window.offer, lines, destination, ...more });
  return holdId;
}

async function statesOf(...holdIds: readonly HoldId[]): Promise<string[]> {
  const rows = await world.sql<{ id: string; state: string }[]>`
    select id, state from public.holds where id = any (${[...holdIds]})`;
  return holdIds.map((id) => rows.find((row) => row.id === id)?.state ?? "none");
}

const clockAt = (time: string) => setClock(world.sql, `2026-03-02T${time}Z`);

describe("more time", () => {
  test("is given once, for its whole length from now, and a repeated wish is the same one", async () => {
    const holdId = await hold(await deliveryAt(12));
    await clockAt("06:08:00");
    const wish = { holdId, extensionId: randomUUID() };
    const first = await shopper.promise.extend(wish);
    expect(Date.parse(first.expiresAt) - Date.parse(first.now)).toBe(600_000);
    expect((await shopper.promise.extend(wish)).expiresAt).toBe(first.expiresAt);
    expect(await faultOf(shopper.promise.extend({ holdId, extensionId: randomUUID() }))).toBe("wrong-state");
  });

  test("is refused once the time is over, and for what nobody holds", async () => {
    const holdId = await hold(await deliveryAt(12));
    await clockAt("06:11:00");
    expect(await faultOf(shopper.promise.extend({ holdId, extensionId: randomUUID() }))).toBe("hold-expired");
    expect(await faultOf(shopper.promise.extend({ holdId: newHoldId(), extensionId: randomUUID() }))).toBe("not-found");
  });
});

describe("a window that is changed for another", () => {
  test("may need the last unit of stock that the shopper holds already", async () => {
    await world.sql`update public.inventory_levels set on_hand = case node_id when 'STORE-A' then 1 else 0 end where sku_id = 'ICE'`;
    const lines = cart(1, "ICE");
    const first = await hold(await deliveryAt(12, { lines }), { lines });
    expect(await deliveryAt(14, { lines })).toMatchObject({ open: false, reason: { code: "out_of_stock" } });
    const second = await hold(await deliveryAt(14, { lines, insteadOf: first }), { lines, insteadOf: first });
    expect(await statesOf(first, second)).toEqual(["released", "held"]);
    const [left] =
      await world.sql`select reserved from public.inventory_levels where node_id = 'STORE-A' and sku_id = 'ICE'`;
    expect(left).toEqual({ reserved: 1 });
  });

  test("may need the last room in the van, also for the same window again", async () => {
    await world.sql`update public.shifts s set limit_weight_g = case v.id when 'VAN-A1' then 400 else 1 end
      from public.vehicles v where v.id = s.vehicle_id`;
    const first = await hold(await deliveryAt(12));
    expect(await deliveryAt(14)).toMatchObject({ open: false, reason: { code: "vans_full" } });
    const second = await hold(await deliveryAt(14, { insteadOf: first }), { insteadOf: first });
    const third = await hold(await deliveryAt(14, { insteadOf: second }), { insteadOf: second });
    expect(await statesOf(first, second, third)).toEqual(["released", "released", "held"]);
    const shifts = await world.sql`select claimed_weight_g from public.shifts where claimed_weight_g > 0`;
    expect(shifts).toEqual([{ claimed_weight_g: 400 }]);
  });

  test("may need the last minutes of picking, and the last place at the counter", async () => {
    await world.sql`update public.work_buckets set target_sec = 0, limit_sec = 0`;
    await world.sql`update public.work_buckets set target_sec = 95, limit_sec = 95 where node_id = 'STORE-A' and starts_at = '2026-03-02T08:00:00Z'`;
    await world.sql`update public.pickup_windows set limit_orders = 1`;
    const first = await hold(await deliveryAt(12));
    const second = await hold(await pickupAt(12, { insteadOf: first }), { insteadOf: first });
    expect((await pickupAt(12)).open).toBe(false);
    const third = await hold(await pickupAt(12, { insteadOf: second }), { insteadOf: second });
    expect(await statesOf(first, second, third)).toEqual(["released", "released", "held"]);
  });

  test("leaves the others in the route where they are, with a straight way past the door that fell away", async () => {
    const others = { lines: cart(1, "MILK") };
    await world.sql`update public.shifts s set limit_weight_g = 1 from public.vehicles v where v.id = s.vehicle_id and v.id <> 'VAN-A1'`;
    const far = { ...DOOR, lng: -9.19, lat: 38.71, address: "Rua do Desvio 1" };
    const neighbour = await hold(await deliveryAt(10, others), others);
    const first = await hold(await deliveryAt(12, { destination: far }), { destination: far });
    const last = await hold(await deliveryAt(14, others), others);
    const aside = { destination: far, insteadOf: first };
    const second = await hold(await deliveryAt(16, aside), aside);
    const stops = await world.sql<{ hold_id: string; leg_sec: number }[]>`
      select t.hold_id, t.leg_sec from public.stops t order by t.position`;
    expect(stops.map(({ hold_id }) => hold_id)).toEqual([neighbour, last, second]);
    // The same door as the neighbour's.
    expect(stops[1]!.leg_sec).toBe(0);
  });

  test("stays as it was when the other one cannot be had", async () => {
    const first = await hold(await deliveryAt(12));
    const window = await pickupAt(14, { insteadOf: first });
    await world.sql`update public.pickup_windows set limit_orders = 0`;
    expect(await faultOf(hold(window, { insteadOf: first }))).toBe("window-gone");
    expect(await statesOf(first)).toEqual(["held"]);
  });

  test("is asked for again without harm, and not instead of an order or of nothing", async () => {
    const first = await hold(await deliveryAt(12));
    const window = await deliveryAt(14, { insteadOf: first });
    const holdId = newHoldId();
    await hold(window, { insteadOf: first, holdId });
    await hold(window, { insteadOf: first, holdId });
    await confirm(holdId);
    expect(await faultOf(hold(window, { insteadOf: holdId }))).toBe("wrong-state");
    expect(await faultOf(hold(window, { insteadOf: newHoldId() }))).toBe("not-found");
  });

  test("is had by all of ten who change at once, whose plans overtake each other", async () => {
    await world.sql`update public.hold_limits set per_address = 100`;
    await world.sql`update public.shifts s set limit_weight_g = 1 from public.vehicles v where v.id = s.vehicle_id and v.id <> 'VAN-A1'`;
    const before = await deliveryAt(12);
    const firsts = await Promise.all(Array.from({ length: 10 }, () => hold(before)));
    const after = await deliveryAt(14);
    const seconds = await Promise.all(firsts.map((insteadOf) => hold(after, { insteadOf })));
    expect(new Set(await statesOf(...firsts))).toEqual(new Set(["released"]));
    expect(new Set(await statesOf(...seconds))).toEqual(new Set(["held"]));
    const [sum] = await world.sql`
      select count(*)::int as stops, (select sum(claimed_weight_g)::int from public.shifts) as grams from public.stops`;
    expect(sum).toEqual({ stops: 10, grams: 4000 });
  });
});

describe("unconfirmed holds are limited", () => {
  test("to one of a checkout, unless it changes it", async () => {
    const checkoutId = randomUUID();
    const first = await hold(await deliveryAt(12), { checkoutId });
    const window = await deliveryAt(14);
    expect(await faultOf(hold(window, { checkoutId }))).toBe("too-much-held");
    await hold(window, { checkoutId, insteadOf: first });
  });

  test("to three of a door, however its words are written, and not to three of a house", async () => {
    const window = async (address: string) => {
      const destination = { ...DOOR, address };
      return hold(await deliveryAt(12, { destination }), { destination });
    };
    await window("Rua A, 7 1º");
    await window("rua a 7  1o");
    await window("RUA Á, 7, 1o");
    expect(await faultOf(window("Rua A 7 - 1º"))).toBe("too-much-held");
    await window("Rua A, 7 2º");
  });

  test("to so many of a network address, whoever they say they are", async () => {
    await world.sql`update public.hold_limits set per_network = 2, per_address = 100`;
    const window = await deliveryAt(12);
    const [one, other] = [world.as(null, "192.0.2.7"), world.as(null, "192.0.2.8")];
    await hold(window, { as: one });
    await hold(window, { as: one });
    expect(await faultOf(hold(window, { as: one }))).toBe("too-much-held");
    await hold(window, { as: other });
    const known = await world.sql<{ key: string }[]>`select distinct network_key as key from public.holds`;
    expect(known.map(({ key }) => key).some((key) => key.includes("192"))).toBe(false);
  });
});

const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
function confirm(holdId: HoldId, orderId = OrderId.parse(randomUUID())) {
  return shopper.promise.confirm({ holdId, orderId, customer });
}

describe("a confirmation that comes after the hold has run out", () => {
  test("takes everything anew at the price that was promised, once, with a certificate", async () => {
    const holdId = await hold(await deliveryAt(12));
    await world.sql`update public.skus set price_cents = price_cents + 100`;
    await clockAt("06:11:00");
    const orderId = OrderId.parse(randomUUID());
    const first = await confirm(holdId, orderId);
    expect(await confirm(holdId, orderId)).toEqual(first);
    const [order] = await world.sql`
      select o.price_cents, o.goods_cents, (select count(*)::int from public.stops) as stops,
        (select count(*)::int from app.certificates c where c.order_id = o.id) as certificates
      from public.orders o`;
    expect(order).toEqual({ price_cents: 390, goods_cents: 190, stops: 1, certificates: 1 });
    expect(await statesOf(holdId)).toEqual(["expired"]);
  });

  test("is had when what the old hold had is all there is, also by two at once that are one", async () => {
    await world.sql`update public.inventory_levels set on_hand = case node_id when 'STORE-A' then 1 else 0 end where sku_id = 'ICE'`;
    const lines = cart(1, "ICE");
    const holdId = await hold(await deliveryAt(12, { lines }), { lines });
    await clockAt("06:11:00");
    const orderId = OrderId.parse(randomUUID());
    const [one, other] = await Promise.all([confirm(holdId, orderId), confirm(holdId, orderId)]);
    expect(one).toEqual(other);
    expect(await faultOf(confirm(holdId))).toBe("hold-expired");
  });

  test("comes from another node where the first one cannot any more", async () => {
    const holdId = await hold(await deliveryAt(12));
    const [before] = await world.sql`select node_id from public.holds`;
    await clockAt("06:11:00");
    await world.sql`select app.expire_holds()`;
    await world.sql`update public.inventory_levels set safety = on_hand where node_id = ${before!.node_id}`;
    await confirm(holdId);
    const [after] = await world.sql`select node_id from public.fulfilments`;
    expect(after!.node_id).not.toBe(before!.node_id);
  });

  test("is refused, and nothing taken, when the window cannot be had any more or the price is too old", async () => {
    const gone = await hold(await pickupAt(12));
    const late = await hold(await deliveryAt(12));
    await clockAt("06:11:00");
    await world.sql`update public.pickup_windows set limit_orders = claimed_orders`;
    await hold(await deliveryAt(12));
    await world.sql`select app.expire_holds()`;
    await world.sql`update public.pickup_windows set limit_orders = claimed_orders`;
    expect(await faultOf(confirm(gone))).toBe("hold-expired");
    await clockAt("06:41:00");
    expect(await faultOf(confirm(late))).toBe("hold-expired");
    const [count] = await world.sql`select count(*)::int as orders from public.orders`;
    expect(count).toEqual({ orders: 0 });
  });
});
