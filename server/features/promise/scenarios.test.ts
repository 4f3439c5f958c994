import { randomUUID } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { makeRandom } from "#server/core/random.ts";
import { asCaller } from "#server/db/database.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { HoldId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { QuoteView, WindowView } from "#server/domain/quote.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { gridTown } from "#server/travel/grid-town.ts";
import { periodClock } from "#server/travel/zone-clock.ts";
import { faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, VANS } from "#supabase/tests/network-fixture.ts";

// What must hold whatever is built, each under the name that the retailer would give it: from the question to the promise, on
// the fixture's network. Monday begins at 06:00; vans leave at 10:00 and are back at 18:00, stores pick from 08:00.

let world: TestWorld;
afterEach(() => world.close());

const regionId = RegionId.parse("LISBOA");
const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const cartOf = (units: Readonly<Record<string, number>>): CartLine[] =>
  Object.entries(units).map(([sku, count]) => ({ skuId: SkuId.parse(sku), units: count }));

const quote = (lines: CartLine[], destination = DOOR): Promise<QuoteView> =>
  world.as(null).promise.quote({ regionId, lines, destination });

/** The delivery window of the first day that starts at the hour; Lisbon is on UTC in March. */
function windowAt({ delivery }: QuoteView, hour: number): WindowView {
  const window = delivery.find(({ startsAt }) => startsAt.startsWith(`2026-03-02T${hour}`));
  if (!window) throw new Error(`no window at ${hour}`);
  return window;
}

async function hold(offer: string, lines: CartLine[], destination = DOOR): Promise<HoldId> {
  return (await world.as(null).promise.hold({ holdId: HoldId.parse(randomUUID()), offer, lines, destination })).holdId;
}

async function nodesOf(holdId: HoldId): Promise<string[]> {
  const parts = await world.sql`select node_id from public.holds where lead_id = ${holdId} order by node_id`;
  return parts.map((part) => part.node_id);
}

/** Holds and confirms an offer; answers the nodes that serve it. */
async function promise(offer: string, lines: CartLine[], destination = DOOR): Promise<string[]> {
  const holdId = await hold(offer, lines, destination);
  const customer = { name: "Ana", phone: "910000000", note: "" };
  await world.as(null).promise.confirm({ holdId, orderId: OrderId.parse(randomUUID()), customer });
  return nodesOf(holdId);
}

async function servedBy(lines: CartLine[], hour = 12, destination = DOOR): Promise<string[]> {
  const window = windowAt(await quote(lines, destination), hour);
  return window.open ? promise(window.offer, lines, destination) : [window.reason.code];
}

describe("demand from half to three times of what the vans take", () => {
  /** Shoppers come one after the other and take the soonest window of the day; returns the share that found one, and of promises kept. */
  async function sell(shoppers: number): Promise<{ offered: number; kept: number }> {
    world = await openTestWorld();
    await world.sql`update public.hold_limits set per_address = 100`;
    await world.sql`update public.shifts set ends_at = starts_at + interval '4 hours'`;
    const random = makeRandom(7);
    let promised = 0;
    for (let i = 0; i < shoppers; i++) {
      // In one of the streets that run from west to east.
      const door = { ...DOOR, lng: -9.205 + random.next() * 0.085, lat: 38.69 + random.below(8) * 0.01 };
      const lines = cartOf({ BREAD: 1 + random.below(3) });
      const window = (await quote(lines, door)).delivery.find(({ open, startsAt }) => open && startsAt < "2026-03-03");
      if (!window?.open) continue;
      await promise(window.offer, lines, door);
      promised++;
    }
    const kept = await drive();
    expect(violations(await auditLedger(world.sql))).toEqual([]);
    return { offered: promised / shoppers, kept: kept / promised };
  }

  /** Drives the day's routes door by door over the roads, and counts the doors at which service begins within what was promised. */
  async function drive(): Promise<number> {
    const travel = world.platform.travel();
    const periodAt = periodClock(travel, "Europe/Lisbon");
    const at = ({ lng, lat }: { lng: number; lat: number }) => travel.snap(lng, lat)!;
    const shifts = await world.sql`
      select s.id, extract(epoch from s.starts_at)::integer as leaves, n.lng, n.lat
      from public.shifts s join public.nodes n on n.id = s.node_id where s.starts_at < '2026-03-03'`;
    let kept = 0;
    for (const shift of shifts) {
      const doors = await world.sql`
        select s.lng, s.lat, s.service_sec, extract(epoch from h.window_starts_at)::integer as opens, extract(epoch from h.window_ends_at)::integer as closes
        from public.stops s join public.holds h on h.id = s.hold_id where s.shift_id = ${shift.id} order by s.position`;
      let clock = shift.leaves;
      let here = at({ lng: shift.lng, lat: shift.lat });
      for (const { lng, lat, opens, closes, service_sec } of doors) {
        const there = at({ lng, lat });
        const starts = Math.max(opens, clock + travel.leg(here, there, periodAt(opens))!.durationSec);
        if (starts < closes) kept++;
        clock = starts + service_sec;
        here = there;
      }
    }
    return kept;
  }

  test("makes fewer offers, and every promise can be kept", async () => {
    const shares: { offered: number; kept: number }[] = [];
    for (const shoppers of [25, 50, 100, 150]) {
      shares.push(await sell(shoppers));
      if (shoppers < 150) await world.close();
    }
    expect(shares.map(({ kept }) => kept)).toEqual([1, 1, 1, 1]);
    const offered = shares.map((share) => share.offered);
    expect(offered[0]).toBe(1);
    expect(offered.at(-1)).toBeLessThan(0.7);
    expect(offered).toEqual([...offered].sort((a, b) => b - a));
  });
});

test("store, distribution centre, micro-fulfilment node and carrier each win where they are cheapest and can", async () => {
  world = await openTestWorld();
  await world.sql`update public.nodes set kind = 'micro_fulfilment', pick_hour_cents = 600 where id = 'STORE-B'`;
  // The distribution centre moves to the edge of town, picks for next to nothing, and gets a van of its own.
  await world.sql`update public.nodes set lng = -9.12, lat = 38.70, pick_hour_cents = 100 where id = 'DC-1'`;
  await world.sql`update public.vehicles set node_id = 'DC-1' where id = 'VAN-A2'`;
  await world.sql`update public.shifts set node_id = 'DC-1' where vehicle_id = 'VAN-A2'`;
  const nextTo = (lng: number, lat: number) => ({ ...DOOR, lng, lat });
  const few = cartOf({ BREAD: 1 });
  expect(await servedBy(few, 12, nextTo(-9.14, 38.749))).toEqual(["STORE-A"]);
  expect(await servedBy(few, 12, nextTo(-9.2, 38.701))).toEqual(["STORE-B"]);
  // Much to pick: the way is worth it.
  const many = cartOf({ BREAD: 45 });
  await world.sql`update public.nodes set pick_unit_sec = 60 where id <> 'DC-1'`;
  expect(await servedBy(many, 12, nextTo(-9.14, 38.74))).toEqual(["DC-1"]);
  // Where no van goes the carrier brings it, from wherever its parcel costs least.
  const far = { ...DOOR, lng: -9.6 };
  const view = await quote(few, far);
  expect(view.delivery.some(({ open }) => open)).toBe(false);
  const parcel = view.parcel.find(({ open }) => open);
  if (!parcel?.open) throw new Error("no parcel");
  const served = await promise(parcel.offer, few, far);
  await world.sql`update public.carrier_services set base_cents = 9000 where node_id = ${served[0]!}`;
  const dearer = (await quote(few, far)).parcel.find(({ open }) => open);
  if (!dearer?.open) throw new Error("no parcel");
  expect(await promise(dearer.offer, few, far)).not.toEqual(served);
});

test("the nearest node loses to one farther away when it is full", async () => {
  world = await openTestWorld();
  const nextToA = { ...DOOR, lng: -9.141, lat: 38.749 };
  const lines = cartOf({ BREAD: 1 });
  expect(await servedBy(lines, 12, nextToA)).toEqual(["STORE-A"]);
  await world.sql`update public.work_buckets set target_sec = claimed_sec, limit_sec = claimed_sec where node_id = 'STORE-A'`;
  expect(await servedBy(lines, 12, nextToA)).toEqual(["STORE-B"]);
});

test("the rush hour changes who serves a door", async () => {
  // One store lies at a main road, which the peak slows by a quarter, the other in the back streets, which it hardly does.
  const grid = gridTown(-9.21, 38.69, 11, 9, 0.01);
  const ways = grid.ways.map((way) => (way.name.startsWith("Row") ? { ...way, roadClass: "primary" as const } : way));
  world = await openTestWorld({ ...grid, ways });
  await world.sql`update public.nodes set lng = -9.2, lat = 38.715 where id = 'STORE-B'`;
  await world.sql`update public.vehicles set km_cents = 12 where node_id = 'STORE-A'`;
  const corner = { ...DOOR, lng: -9.2, lat: 38.75 };
  const lines = cartOf({ BREAD: 1 });
  const servedAt = async (hour: number) => {
    const window = windowAt(await quote(lines, corner), hour);
    if (!window.open) throw new Error("closed");
    const holdId = await hold(window.offer, lines, corner);
    const nodes = await nodesOf(holdId);
    // The next question finds the routes as they were.
    await world.as(null).promise.release({ holdId });
    return nodes;
  };
  expect(await servedAt(12)).toEqual(["STORE-A"]);
  expect(await servedAt(16)).toEqual(["STORE-B"]);
});

test("when a driver is off the roster, the windows that only that driver could serve vanish, and no others", async () => {
  world = await openTestWorld();
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'MILK' and node_id <> 'STORE-B'`;
  const milk = cartOf({ MILK: 1 });
  const bread = cartOf({ BREAD: 1 });
  const openOn = async (lines: CartLine[], day: string) =>
    (await quote(lines)).delivery.filter(({ open, startsAt }) => open && startsAt.startsWith(day)).length;
  const [today, tomorrow] = ["2026-03-02", "2026-03-03"];
  expect([await openOn(milk, today), await openOn(milk, tomorrow)]).toEqual([4, 4]);
  const before = windowAt(await quote(milk), 12);

  const shift = world.network.shifts[VANS.b1]!;
  await asCaller(world.sql, caller(world.network.staff.ops), (tx) => tx`select app.cancel_shift(${shift})`);
  expect([await openOn(milk, today), await openOn(milk, tomorrow)]).toEqual([0, 4]);
  expect(await openOn(bread, today)).toBe(4);
  if (!before.open) throw new Error("closed");
  expect(await faultOf(promise(before.offer, milk))).toBe("window-gone");
});
