import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  type HoldRequest,
  insertNetwork,
  instant,
  type Network,
  NODES,
  parcelRequest,
  pickupRequest,
  placeHold,
  setClock,
  VANS,
} from "./network-fixture.ts";
import { digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
let vanA1: string;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  vanA1 = network.shifts[VANS.a1]!;
});
afterAll(() => db.drop());

/** The rows that limit something, as they stand. */
async function resources(tx: Transaction) {
  const { "public.inventory_levels": stock, "public.stops": stops } = await digestTables(tx);
  const work =
    await tx`select node_id, starts_at, limit_sec, claimed_sec from public.work_buckets order by node_id, starts_at`;
  const pickup = await tx`select id, claimed_orders from public.pickup_windows order by id`;
  const parcels =
    await tx`select carrier_id, node_id, day, claimed_parcels from public.carrier_days order by carrier_id, node_id, day`;
  const load = await tx`select id, claimed_weight_g, claimed_volume_ml, return_leg_sec from public.shifts order by id`;
  return {
    stock,
    work: JSON.stringify(work),
    pickup: JSON.stringify(pickup),
    parcels: JSON.stringify(parcels),
    load: JSON.stringify(load),
    stops,
  };
}

const REQUESTS: Record<string, (tx: Transaction, holdId: string) => Promise<HoldRequest>> = {
  delivery: (tx, holdId) => deliveryRequest(tx, network, { holdId, cart: { BREAD: 2, MILK: 1 } }),
  parcel: async () => parcelRequest({ cart: { BREAD: 2, WATER: 1 } }),
  pickup: (tx) => pickupRequest(tx, { cart: { BREAD: 2, ICE: 1 } }),
};

describe.each(Object.keys(REQUESTS))("a %s hold", (service) => {
  const request = (tx: Transaction, holdId: string) => REQUESTS[service]!(tx, holdId);

  test("claims the goods, the work and the way to move, and says until when", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const placed = await placeHold(tx, holdId, await request(tx, holdId), 600);
      expect(placed.state).toBe("held");
      expect(placed.expires_at.getTime()).toBeGreaterThan(placed.now_at.getTime() + 590_000);
      const kinds = await tx`select distinct kind from public.claims where hold_id = ${holdId} order by kind`;
      const move = { delivery: ["volume", "weight"], parcel: ["parcel"], pickup: ["pickup"] }[service]!;
      expect(kinds.map(({ kind }) => kind)).toEqual(["stock", "work", ...move].sort());
    }));

  test("placed twice has one effect and the same answer", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      const first = await placeHold(tx, holdId, asked);
      const before = await digestTables(tx);
      const second = await placeHold(tx, holdId, asked);
      expect(second.expires_at).toEqual(first.expires_at);
      expect(await digestTables(tx)).toEqual(before);
    }));

  test("placed with an id that another request used is refused as KPDUP", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, await request(tx, holdId));
      const other = { ...(await pickupRequest(tx, { hour: 12 })), fingerprint: "another-request-0001" };
      await expectRefusal(tx, "KPDUP", (s) => placeHold(s, holdId, other));
    }));

  test("gives every claim back once when it is released, however often it is asked", () =>
    rolledBack(db.sql, async (tx) => {
      const before = await resources(tx);
      const holdId = randomUUID();
      await placeHold(tx, holdId, await request(tx, holdId));
      expect(await resources(tx)).not.toEqual(before);
      await tx`select app.release_hold(${holdId})`;
      const after = await digestTables(tx);
      expect(await resources(tx)).toEqual(before);
      expect(await tx`select app.release_hold(${holdId})`).toEqual([{ release_hold: "released" }]);
      expect(await digestTables(tx)).toEqual(after);
    }));

  test("gives every claim back once when its time is over", () =>
    rolledBack(db.sql, async (tx) => {
      const before = await resources(tx);
      const holdId = randomUUID();
      await placeHold(tx, holdId, await request(tx, holdId), 600);
      expect(await tx`select app.expire_holds()`).toEqual([{ expire_holds: 0 }]);
      await setClock(tx, instant(6.25));
      expect(await tx`select app.expire_holds()`).toEqual([{ expire_holds: 1 }]);
      expect(await resources(tx)).toEqual(before);
      const after = await digestTables(tx);
      expect(await tx`select app.expire_holds()`).toEqual([{ expire_holds: 0 }]);
      expect(await tx`select app.release_hold(${holdId})`).toEqual([{ release_hold: "expired" }]);
      expect(await digestTables(tx)).toEqual(after);
    }));

  test("becomes one order, however often it is confirmed", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, await request(tx, holdId));
      const order = await confirmHold(tx, holdId);
      const before = await digestTables(tx);
      const again = await confirmHold(tx, holdId, order.orderId);
      expect(again).toEqual(order);
      expect(await digestTables(tx)).toEqual(before);
    }));

  test("of a paused node is refused as KPWRK", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      await tx`update public.nodes set paused_at = app.now() where id = ${asked.node_id}`;
      await expectRefusal(tx, "KPWRK", (s) => placeHold(s, holdId, asked));
    }));

  test("of more than the shelf has is refused as KPSTK, naming the first such SKU", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      await tx`update public.inventory_levels set safety = on_hand where node_id = ${asked.node_id}`;
      const lines = [...asked.lines].sort((a, b) => (a.sku_id < b.sku_id ? 1 : -1));
      const refusal = await expectRefusal(tx, "KPSTK", (s) => placeHold(s, holdId, { ...asked, lines }));
      expect(refusal.detail).toBe("BREAD");
    }));

  test("that must be picked by now is refused as KPWIN", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      await setClock(tx, asked.pick_by);
      await expectRefusal(tx, "KPWIN", (s) => placeHold(s, holdId, asked));
    }));

  test("of work that an hour no longer has is refused as KPWRK, naming the hour", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      await tx`update public.work_buckets set limit_sec = ${asked.pick_sec - 1}, target_sec = ${asked.pick_sec - 1}
        where node_id = ${asked.node_id} and starts_at = ${asked.work[0]!.starts_at}`;
      const refusal = await expectRefusal(tx, "KPWRK", (s) => placeHold(s, holdId, asked));
      expect(new Date(refusal.detail!)).toEqual(new Date(asked.work[0]!.starts_at));
    }));

  test("of work in an hour that is over, that is not open, or that starts too late is refused as KPWRK", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      const at = (hour: number) => ({ ...asked, work: [{ starts_at: instant(hour), sec: asked.pick_sec }] });
      await expectRefusal(tx, "KPWRK", (s) => placeHold(s, holdId, at(3)));
      await expectRefusal(tx, "KPWRK", (s) => placeHold(s, holdId, at(10)));
      await setClock(tx, instant(9.1));
      await expectRefusal(tx, "KPWRK", (s) => placeHold(s, holdId, at(8)));
    }));

  test("of other work than its order's, of an hour twice, of no goods or of another region is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      const [work] = asked.work;
      await expectRefusal(tx, "KPBUG", (s) => placeHold(s, holdId, { ...asked, pick_sec: asked.pick_sec + 1 }));
      const twice = [
        { ...work!, sec: work!.sec - 1 },
        { starts_at: work!.starts_at.replace("Z", "+00:00"), sec: 1 },
      ];
      await expectRefusal(tx, "KPBUG", (s) => placeHold(s, holdId, { ...asked, work: twice }));
      await expectRefusal(tx, "KPBUG", (s) => placeHold(s, holdId, { ...asked, lines: [] }));
      await tx`insert into public.regions (id, name, time_zone, currency, lng, lat) values ('PORTO', 'Porto', 'Europe/Lisbon', 'EUR', -8.6, 41.1)`;
      await expectRefusal(tx, "KPBUG", (s) => placeHold(s, holdId, { ...asked, region_id: "PORTO" }));
    }));

  test("that gives work or goods a negative number is refused by the tables", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await request(tx, holdId);
      const work = [
        { starts_at: instant(8), sec: asked.pick_sec + 5 },
        { starts_at: instant(9), sec: -5 },
      ];
      await expectRefusal(tx, "23514", (s) => placeHold(s, holdId, { ...asked, work }));
      const lines = [{ ...asked.lines[0]!, units: -1 }];
      await expectRefusal(tx, "23514", (s) => placeHold(s, holdId, { ...asked, lines }));
      const same = [asked.lines[0]!, asked.lines[0]!];
      await expectRefusal(tx, "23505", (s) => placeHold(s, holdId, { ...asked, lines: same }));
    }));
});

test("a pickup in a full window is refused as KPWIN", () =>
  rolledBack(db.sql, async (tx) => {
    for (let i = 0; i < 6; i++) await placeHold(tx, randomUUID(), await pickupRequest(tx));
    const seventh = await pickupRequest(tx);
    await expectRefusal(tx, "KPWIN", (s) => placeHold(s, randomUUID(), seventh));
  }));

test("a pickup in a window of another node or at other times than it says is refused as KPWIN", () =>
  rolledBack(db.sql, async (tx) => {
    const asked = await pickupRequest(tx);
    const elsewhere = await pickupRequest(tx, { nodeId: NODES.storeB });
    const { pickup_window_id: _, ...without } = asked;
    for (const spoiled of [
      { ...asked, pickup_window_id: elsewhere.pickup_window_id! },
      { ...asked, window_ends_at: instant(13) },
      without,
    ]) {
      await expectRefusal(tx, "KPWIN", (s) => placeHold(s, randomUUID(), spoiled));
    }
  }));

test("a parcel more than the carrier takes, or on a day it does not come, is refused as KPCAR", () =>
  rolledBack(db.sql, async (tx) => {
    await tx`update public.carrier_days set limit_parcels = 1 where node_id = ${NODES.dc} and day = '2026-03-02'`;
    await placeHold(tx, randomUUID(), parcelRequest());
    const { carrier_id: _, ...without } = parcelRequest({ day: 1 });
    for (const asked of [parcelRequest(), { ...parcelRequest(), carrier_day: "2027-01-01" }, without])
      await expectRefusal(tx, "KPCAR", (s) => placeHold(s, randomUUID(), asked));
  }));

describe("a delivery", () => {
  test("heavier or larger than what is left in the van is refused as KPVAN", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`update public.shifts set limit_weight_g = 18799 where id = ${vanA1}`;
      const holdId = randomUUID();
      await placeHold(tx, holdId, await deliveryRequest(tx, network, { cart: { WATER: 1, BREAD: 1 }, holdId }));
      // A changed limit makes the plan a new one, so the second shopper asks on the present version each time.
      const another = async (s: Transaction) => {
        const asked = await deliveryRequest(s, network, { cart: { WATER: 1, BREAD: 1 } });
        await placeHold(s, asked.route.stops[1]!.id, asked);
      };
      await expectRefusal(tx, "KPVAN", another);
      await tx`update public.shifts set limit_weight_g = 18800, limit_volume_ml = 21999 where id = ${vanA1}`;
      await expectRefusal(tx, "KPVAN", another);
      await tx`update public.shifts set limit_volume_ml = 22000 where id = ${vanA1}`;
      await another(tx);
    }));

  test("computed on a plan that has moved on, or on none, is refused as KPPLN", () =>
    rolledBack(db.sql, async (tx) => {
      const stale = await deliveryRequest(tx, network);
      const holdId = randomUUID();
      await placeHold(tx, holdId, await deliveryRequest(tx, network, { holdId }));
      await expectRefusal(tx, "KPPLN", (s) => placeHold(s, stale.route.stops[0]!.id, stale));
      const { plan_version: _, ...without } = await deliveryRequest(tx, network);
      await expectRefusal(tx, "KPPLN", (s) => placeHold(s, without.route.stops[1]!.id, without));
    }));

  test("by a shift that has left, is of another node, or is none is refused as KPDEP", () =>
    rolledBack(db.sql, async (tx) => {
      const asked = await deliveryRequest(tx, network);
      const holdId = asked.route.stops[0]!.id;
      const { shift_id: _, ...without } = asked;
      await expectRefusal(tx, "KPDEP", (s) => placeHold(s, holdId, without));
      await expectRefusal(tx, "KPDEP", (s) => placeHold(s, holdId, { ...asked, shift_id: randomUUID() }));
      await expectRefusal(tx, "KPDEP", (s) => placeHold(s, holdId, { ...asked, node_id: NODES.storeB }));
      await tx`update public.shifts set state = 'under_way', started_at = app.now() where id = ${vanA1}`;
      await expectRefusal(tx, "KPDEP", (s) => placeHold(s, holdId, asked));
      await tx`update public.shifts set state = 'planned', started_at = null where id = ${vanA1}`;
      await setClock(tx, instant(10));
      const late = { ...asked, pick_by: instant(11), work: [{ starts_at: instant(10), sec: asked.pick_sec }] };
      await expectRefusal(tx, "KPDEP", (s) => placeHold(s, holdId, late));
    }));

  test("whose van would leave before the order can be picked is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const asked = await deliveryRequest(tx, network);
      await expectRefusal(tx, "KPBUG", (s) =>
        placeHold(s, asked.route.stops[0]!.id, { ...asked, pick_by: "2026-03-02T10:00:01Z" }),
      );
    }));

  test("at a time outside its window is refused by the table", () =>
    rolledBack(db.sql, async (tx) => {
      const asked = await deliveryRequest(tx, network);
      const [stop] = asked.route.stops;
      for (const start_at of [instant(12), instant(9)]) {
        const route = { ...asked.route, stops: [{ ...stop!, arrive_at: instant(9), start_at }] };
        const refusal = await expectRefusal(tx, "23514", (s) => placeHold(s, stop!.id, { ...asked, route }));
        expect(refusal.constraint_name).toBe("a_plan_keeps_its_promise");
      }
    }));

  test("on a route that leaves out a stop, names one twice or a foreign one, or not itself is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const first = randomUUID();
      await placeHold(tx, first, await deliveryRequest(tx, network, { holdId: first }));
      const asked = await deliveryRequest(tx, network, { legSec: 600 });
      const [planned, own] = asked.route.stops;
      for (const stops of [
        [own!],
        [planned!],
        [planned!, planned!, own!],
        [{ ...planned!, id: randomUUID() }, own!],
        [],
      ]) {
        const route = { ...asked.route, stops };
        await expectRefusal(tx, "KPBUG", (s) => placeHold(s, own!.id, { ...asked, route }));
      }
    }));

  test("on a route that cannot be driven in its times is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const first = randomUUID();
      await placeHold(tx, first, await deliveryRequest(tx, network, { holdId: first }));
      const asked = await deliveryRequest(tx, network);
      const [planned, own] = asked.route.stops;
      const tooFast = { ...asked.route, stops: [planned!, { ...own!, leg_sec: own!.leg_sec + 1 }] };
      const homeLate = { ...asked.route, return_leg_sec: 8 * 3600 };
      for (const route of [tooFast, homeLate])
        await expectRefusal(tx, "KPBUG", (s) => placeHold(s, own!.id, { ...asked, route }));
    }));

  test("that is released leaves a route that can be driven, with its positions closed up", () =>
    rolledBack(db.sql, async (tx) => {
      const ids: string[] = [];
      for (const legSec of [100, 200, 300, 400]) {
        const holdId = randomUUID();
        await placeHold(tx, holdId, await deliveryRequest(tx, network, { holdId, legSec }));
        ids.push(holdId);
      }
      // Two neighbours and the last one, in one go: their legs are driven by way of the place where they stood.
      await tx`select app.return_claims(${[ids[0]!, ids[1]!, ids[3]!]}, 'released')`;
      await tx`update public.holds set state = 'released', settled_at = app.now() where id <> ${ids[2]!}`;
      const stops = await tx`select hold_id, position, leg_sec from public.stops where shift_id = ${vanA1}`;
      expect(stops).toEqual([{ hold_id: ids[2], position: 0, leg_sec: 600 }]);
      const [shift] = await tx`select return_leg_sec, plan_version from public.shifts where id = ${vanA1}`;
      expect(shift).toEqual({ return_leg_sec: 1000, plan_version: 7 });
      await tx`select app.record_event(h.region_id, 'hold_released', h.id, null, h.node_id, null) from public.holds h where h.state = 'released'`;

      await tx`select app.release_hold(${ids[2]!})`;
      const [empty] =
        await tx`select return_leg_sec, return_leg_m, claimed_weight_g from public.shifts where id = ${vanA1}`;
      expect(empty).toEqual({ return_leg_sec: 0, return_leg_m: 0, claimed_weight_g: 0 });
    }));
});

describe("confirming", () => {
  test("an unknown hold is refused as KPNTF, so is releasing it", () =>
    rolledBack(db.sql, async (tx) => {
      await expectRefusal(tx, "KPNTF", (s) => confirmHold(s, randomUUID()));
      await expectRefusal(tx, "KPNTF", (s) => s`select app.release_hold(${randomUUID()})`);
    }));

  test("a hold whose time is over is refused as KPEXP, swept or not", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, await pickupRequest(tx), 600);
      await setClock(tx, instant(6.2));
      await expectRefusal(tx, "KPEXP", (s) => confirmHold(s, holdId));
      await tx`select app.expire_holds()`;
      await expectRefusal(tx, "KPEXP", (s) => confirmHold(s, holdId));
    }));

  test("a released hold is refused as KPSTA, so is releasing a confirmed one", () =>
    rolledBack(db.sql, async (tx) => {
      const released = randomUUID();
      await placeHold(tx, released, await pickupRequest(tx));
      await tx`select app.release_hold(${released})`;
      await expectRefusal(tx, "KPSTA", (s) => confirmHold(s, released));
      const confirmed = randomUUID();
      await placeHold(tx, confirmed, await pickupRequest(tx));
      await confirmHold(tx, confirmed);
      await expectRefusal(tx, "KPSTA", (s) => s`select app.release_hold(${confirmed})`);
    }));

  test("a hold for a second order is refused as KPSTA, for an order that exists as KPDUP", () =>
    rolledBack(db.sql, async (tx) => {
      const [first, second] = [randomUUID(), randomUUID()];
      await placeHold(tx, first, await pickupRequest(tx));
      await placeHold(tx, second, await pickupRequest(tx));
      const { orderId } = await confirmHold(tx, first);
      await expectRefusal(tx, "KPSTA", (s) => confirmHold(s, first));
      await expectRefusal(tx, "KPDUP", (s) => confirmHold(s, second, orderId));
    }));

  test("a confirmed hold does not expire", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      await placeHold(tx, holdId, await pickupRequest(tx));
      await confirmHold(tx, holdId);
      await setClock(tx, instant(9));
      expect(await tx`select app.expire_holds()`).toEqual([{ expire_holds: 0 }]);
    }));

  test("makes the window of the hold the promise, its goods the order's lines, and a token the only key", () =>
    rolledBack(db.sql, async (tx) => {
      const holdId = randomUUID();
      const asked = await pickupRequest(tx, { cart: { BREAD: 2, MILK: 3 } });
      await placeHold(tx, holdId, asked);
      const { orderId } = await confirmHold(tx, holdId);
      const [order] = await tx`select * from public.orders where id = ${orderId}`;
      expect(order).toMatchObject({
        state: "confirmed",
        goods_cents: 2 * 190 + 3 * 95,
        price_cents: 0,
        finished_at: null,
      });
      expect(order?.promise_starts_at.toISOString()).toBe(asked.window_starts_at);
      expect(order?.token).toMatch(/^[0-9a-f]{32}$/);
    }));
});

test("the sweeper takes at most as many holds as it is told, in the order of their ids", () =>
  rolledBack(db.sql, async (tx) => {
    const ids = Array.from({ length: 5 }, () => randomUUID()).sort();
    // Placed in the opposite order: the sweep goes by id, not by age, because that is the lock order.
    for (const id of ids.toReversed()) await placeHold(tx, id, await pickupRequest(tx), 60);
    await setClock(tx, instant(7));
    expect(await tx`select app.expire_holds(2)`).toEqual([{ expire_holds: 2 }]);
    const left = await tx`select id from public.holds where state = 'held' order by id`;
    expect(left.map(({ id }) => id)).toEqual(ids.slice(2));
    await tx`select app.expire_holds()`;
  }));
