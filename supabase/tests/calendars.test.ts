import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  insertNetwork,
  instant,
  type Network,
  NODES,
  parcelRequest,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  setClock,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";
import { attempt, holdOpen, openSession, waits } from "./session.ts";

// The fixture's Monday 2 March 2026; Tuesday is its second day.

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
});
afterAll(() => db.drop());

const MONDAY = "2026-03-02";
const TUESDAY = "2026-03-03";

interface Hours {
  readonly opens?: string;
  readonly closes?: string;
  readonly workSec?: number;
}

const except = (tx: Transaction, nodeId: string | null, day: string, hours: Hours = {}, by = network.staff.ops) =>
  actingAs(
    tx,
    by,
    (s) => s`select app.set_calendar_day('LISBOA', ${nodeId}, ${day}, 'Feast', ${hours.opens ?? null},
      ${hours.closes ?? null}, ${hours.workSec ?? null})`,
  );
const clear = (tx: Transaction, nodeId: string | null, day: string, by = network.staff.ops) =>
  actingAs(tx, by, (s) => s`select app.clear_calendar_day('LISBOA', ${nodeId}, ${day})`);
const blackOut = (tx: Transaction, service: string, nodeId: string | null, starts: string | null) =>
  actingAs(
    tx,
    network.staff.ops,
    (s) => s`select app.set_blackout('LISBOA', ${nodeId}, ${service}, ${TUESDAY}, ${starts}, 'Roadworks')`,
  );
const cutOff = (tx: Transaction, service: string, nodeId: string | null, rules: readonly object[]) =>
  actingAs(
    tx,
    network.staff.ops,
    (s) => s`select app.set_cut_offs('LISBOA', ${nodeId}, ${service}, ${s.json(rules as never)})`,
  );
const everyDay = (rule: object) => [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, ...rule }));

/** What can be had on a day: delivery windows, places at counters, picking seconds by node, parcels, shifts that take stops. */
async function offered(tx: Transaction, day: string) {
  const [row] = await tx`
    select (select count(*)::int from public.windows where starts_at::date = d and not closed) as windows,
      (select sum(limit_orders - claimed_orders)::int from public.pickup_windows where starts_at::date = d) as places,
      (select jsonb_object_agg(node_id, sec) from (
        select node_id, sum(limit_sec - claimed_sec)::int as sec from public.work_buckets where starts_at::date = d group by 1) x) as work,
      (select sum(limit_parcels - claimed_parcels)::int from public.carrier_days where day = d) as parcels,
      (select count(*)::int from public.shifts where starts_at::date = d and not closed) as shifts
    from (select ${day}::date as d) x`;
  return row;
}

const WHOLE_DAY = 12 * 10_800;
const USUAL = {
  windows: 4,
  places: 48,
  work: { "STORE-A": WHOLE_DAY, "STORE-B": WHOLE_DAY, "DC-1": WHOLE_DAY },
  parcels: 40,
  shifts: 3,
};
const NOTHING = { windows: 0, places: 0, work: { "STORE-A": 0, "STORE-B": 0, "DC-1": 0 }, parcels: 0, shifts: 0 };

test("a holiday closes a day that is open already, and the day is a usual one again once it is taken back", () =>
  rolledBack(db.sql, async (tx) => {
    await tx`update public.work_buckets set target_sec = 7200, limit_sec = 7200 where node_id = 'STORE-A' and starts_at = ${instant(9, 1)}`;
    await tx`update public.pickup_windows set limit_orders = 3 where node_id = 'STORE-A' and starts_at = ${instant(10, 1)}`;
    const before = await offered(tx, TUESDAY);
    await except(tx, null, TUESDAY);
    expect(await offered(tx, TUESDAY)).toEqual(NOTHING);
    expect(await offered(tx, MONDAY)).toEqual(USUAL);
    await clear(tx, null, TUESDAY);
    expect(await offered(tx, TUESDAY)).toEqual(before);
  }));

test("a day that comes into the horizon later is opened as the calendar says, and becomes usual when the entry goes", () =>
  rolledBack(db.sql, async (tx) => {
    const later = "2026-03-10";
    await except(tx, null, later);
    await setClock(tx, "2026-03-03T06:00:00Z");
    await tx`select from app.open_horizon('LISBOA')`;
    // A van of a closed node has no shift at all.
    expect(await offered(tx, later)).toEqual(NOTHING);
    await clear(tx, null, later);
    expect(await offered(tx, later)).toEqual(USUAL);
  }));

test("what is promised on a day that is closed stays promised, is at stake, and leaves no room when it goes", () =>
  rolledBack(db.sql, async (tx) => {
    const shiftId = (
      await tx`select id from public.shifts where vehicle_id = 'VAN-A1' and starts_at::date = ${TUESDAY}`
    )[0]!.id;
    const delivery = await placeDelivery(tx, network, { day: 1, shiftId });
    const pickup = await placePickup(tx, { day: 1, hour: 12, nodeId: NODES.storeB });
    const heldId = randomUUID();
    await placeHold(tx, heldId, await pickupRequest(tx, { day: 1, hour: 14, nodeId: NODES.storeB }));
    const stake = (nodeId: string | null, hours: Hours = {}) =>
      actingAs(
        tx,
        network.staff.ops,
        (s) => s`
        select order_id, service, node_id, why from app.promises_at_stake('LISBOA', ${nodeId}, ${TUESDAY}, ${hours.opens ?? null},
          ${hours.closes ?? null}, false)`,
      );
    const all = [
      { order_id: delivery.orderId, service: "delivery", node_id: "STORE-A", why: "window" },
      { order_id: pickup.orderId, service: "pickup", node_id: "STORE-B", why: "window" },
    ];
    expect(await stake(null)).toEqual(all);
    expect(await stake(NODES.storeA)).toEqual([{ ...all[0], why: "van" }]);
    expect(await stake(NODES.storeB, { opens: "08:00", closes: "13:00" })).toEqual([all[1]]);
    expect(await stake(NODES.storeB, { opens: "08:00", closes: "14:00" })).toEqual([]);

    await except(tx, null, TUESDAY);
    expect(await stake(null)).toEqual(all);
    expect(await offered(tx, TUESDAY)).toEqual(NOTHING);
    await tx`select app.release_hold(${heldId})`;
    expect(await offered(tx, TUESDAY)).toEqual(NOTHING);
    await clear(tx, null, TUESDAY);
    expect((await offered(tx, TUESDAY))!.places).toBe(47);
  }));

test("a node's own entry counts before its region's, and longer hours open what they add", () =>
  rolledBack(db.sql, async (tx) => {
    await tx`insert into public.window_rules values ('LISBOA', 'pickup', 2, '20:00', '22:00', 0, 6)`;
    await except(tx, null, TUESDAY);
    await except(tx, NODES.storeA, TUESDAY, { opens: "10:00", closes: "22:00", workSec: 3600 });
    expect(await offered(tx, TUESDAY)).toEqual({
      ...NOTHING,
      places: 30,
      work: { ...NOTHING.work, "STORE-A": 12 * 3600 },
      parcels: 20,
      shifts: 2,
    });
    await clear(tx, NODES.storeA, TUESDAY);
    expect(await offered(tx, TUESDAY)).toEqual(NOTHING);
    await clear(tx, null, TUESDAY);
    // The hours and the window that were added stand there and offer nothing.
    expect(await offered(tx, TUESDAY)).toEqual(USUAL);
  }));

test("an entry may change the picking alone, and another entry for the day replaces it", () =>
  rolledBack(db.sql, async (tx) => {
    await except(tx, NODES.storeB, TUESDAY, { workSec: 5400 });
    expect((await offered(tx, TUESDAY))!.work).toEqual({ ...USUAL.work, "STORE-B": 12 * 5400 });
    expect((await offered(tx, TUESDAY))!.places).toBe(48);
    await except(tx, NODES.storeB, TUESDAY);
    expect((await offered(tx, TUESDAY))!.work).toEqual({ ...USUAL.work, "STORE-B": 0 });
    await clear(tx, NODES.storeB, TUESDAY);
    expect(await offered(tx, TUESDAY)).toEqual(USUAL);
  }));

test("a blackout takes one window of one service, or all of a day's", () =>
  rolledBack(db.sql, async (tx) => {
    await blackOut(tx, "delivery", null, "12:00");
    expect(await offered(tx, TUESDAY)).toEqual({ ...USUAL, windows: 3 });
    await blackOut(tx, "pickup", NODES.storeA, "12:00");
    await blackOut(tx, "pickup", NODES.storeB, null);
    expect(await offered(tx, TUESDAY)).toEqual({ ...USUAL, windows: 3, places: 18 });
    await blackOut(tx, "parcel", null, null);
    expect((await offered(tx, TUESDAY))!.parcels).toBe(0);
    for (const [service, node, starts] of [
      ["delivery", null, "12:00"],
      ["pickup", NODES.storeA, "12:00"],
      ["pickup", NODES.storeB, null],
      ["parcel", null, null],
    ])
      await actingAs(
        tx,
        network.staff.ops,
        (s) => s`select app.clear_blackout('LISBOA', ${node!}, ${service!}, ${TUESDAY}, ${starts!})`,
      );
    expect(await offered(tx, TUESDAY)).toEqual(USUAL);
  }));

test("a store's manager changes the calendar of their own node, and nobody else's", () =>
  rolledBack(db.sql, async (tx) => {
    await except(tx, NODES.storeA, TUESDAY, {}, network.staff.storeA);
    for (const [by, nodeId] of [
      [network.staff.storeA, NODES.storeB],
      [network.staff.storeA, null],
      [network.staff.driverA, NODES.storeA],
      [randomUUID(), null],
    ] as const)
      await expectRefusal(tx, "KPNTF", (s) => except(s, nodeId, TUESDAY, {}, by));
    await expectRefusal(tx, "KPARG", (s) => except(s, null, "2026-03-01"));
    await expectRefusal(tx, "KPARG", (s) => except(s, NODES.storeA, TUESDAY, { opens: "12:00", closes: "12:00" }));
    await expectRefusal(tx, "KPARG", (s) => blackOut(s, "delivery", NODES.storeA, null));
    await clear(tx, NODES.storeA, TUESDAY, network.staff.storeA);
  }));

test("a change that is asked for again changes nothing and tells nothing", () =>
  rolledBack(db.sql, async (tx) => {
    const rules = everyDay({ order_by: "18:00", lead_days: 1, least_lead_min: 0 });
    await except(tx, null, TUESDAY);
    await blackOut(tx, "pickup", NODES.storeA, "12:00");
    await cutOff(tx, "delivery", null, rules);
    const before = await digestTables(tx);
    await except(tx, null, TUESDAY);
    await blackOut(tx, "pickup", NODES.storeA, "12:00");
    await cutOff(tx, "delivery", null, rules);
    await tx`select from app.open_horizon('LISBOA')`;
    // Rules that are written anew have other numbers.
    expect({ ...(await digestTables(tx)), "public.cut_offs": "" }).toEqual({ ...before, "public.cut_offs": "" });
  }));

test("a hold in a window that is not given, or by a van of a closed node, is refused", () =>
  rolledBack(db.sql, async (tx) => {
    const shiftId = (
      await tx`select id from public.shifts where vehicle_id = 'VAN-A1' and starts_at::date = ${TUESDAY}`
    )[0]!.id;
    const request = await deliveryRequest(tx, network, { day: 1, shiftId });
    const holdId = request.route.stops.at(-1)!.id;
    await tx`savepoint usual`;
    await blackOut(tx, "delivery", null, "10:00");
    await expectRefusal(tx, "KPWIN", (s) => placeHold(s, holdId, request));
    await tx`rollback to savepoint usual`;
    await tx`update public.shifts set closed = true where id = ${shiftId}`;
    await expectRefusal(tx, "KPDEP", (s) => placeHold(s, holdId, request));
  }));

test("what is ordered after the cut-off is refused, and what is held before it can be confirmed after", () =>
  rolledBack(db.sql, async (tx) => {
    await cutOff(tx, "delivery", null, everyDay({ order_by: "06:05" }));
    const heldId = randomUUID();
    await placeHold(tx, heldId, await deliveryRequest(tx, network, { holdId: heldId }));
    const late = await deliveryRequest(tx, network, { hour: 12 });
    await setClock(tx, "2026-03-02T06:06:00Z");
    const { detail } = await expectRefusal(tx, "KPWIN", (s) => placeHold(s, late.route.stops.at(-1)!.id, late));
    expect(detail).toContain("06:05:00");
    await confirmHold(tx, heldId);
  }));

test("pickups and parcels have cut-offs of their own, and a node's rule counts instead of its region's", () =>
  rolledBack(db.sql, async (tx) => {
    await cutOff(tx, "pickup", null, everyDay({ least_lead_min: 300 }));
    const early = await pickupRequest(tx, { hour: 10 });
    await expectRefusal(tx, "KPWIN", (s) => placeHold(s, randomUUID(), early));
    await placeHold(tx, randomUUID(), await pickupRequest(tx, { hour: 16 }));
    await cutOff(tx, "pickup", NODES.storeA, [{ weekday: 1, least_lead_min: 60 }]);
    await placeHold(tx, randomUUID(), early);

    await cutOff(tx, "parcel", null, everyDay({ order_by: "18:00", lead_days: 1 }));
    await expectRefusal(tx, "KPWIN", (s) => placeHold(s, randomUUID(), parcelRequest()));
    await cutOff(tx, "parcel", null, []);
    await placeHold(tx, randomUUID(), parcelRequest());
  }));

test("a node in a zone of its own is open, and cut off, by its own clock", () =>
  rolledBack(db.sql, async (tx) => {
    // The Azores are an hour behind Lisbon.
    await tx`insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec, time_zone)
      values ('ILHA', 'LISBOA', 'store', 'Ilha', 'Ilha', -25.6, 37.7, true, 0, 0, 0, 'Atlantic/Azores')`;
    await tx`insert into public.node_hours select 'ILHA', d, '08:00', '20:00', 3600 from generate_series(1, 7) d`;
    await tx`insert into public.vehicles (id, node_id, name, limit_weight_g, limit_volume_ml, carries_chilled, carries_frozen, km_cents, hour_cents)
      values ('VAN-I', 'ILHA', 'Van', 1, 1, false, false, 0, 0)`;
    await tx`insert into public.shift_rules (vehicle_id, weekday, starts, ends) select 'VAN-I', d, '10:00', '18:00' from generate_series(1, 7) d`;
    await cutOff(tx, "pickup", null, everyDay({ order_by: "09:00" }));
    await cutOff(tx, "delivery", "ILHA", everyDay({ order_by: "09:00" }));
    await tx`select from app.open_horizon('LISBOA')`;
    const [row] = await tx`
      select (select min(starts_at) from public.work_buckets where node_id = 'ILHA' and starts_at >= ${instant(0, 1)}) as opens,
        (select min(starts_at) from public.shifts where node_id = 'ILHA' and starts_at >= ${instant(0, 1)}) as leaves,
        p.starts_at as collects, p.order_by_at as pickup_by, c.order_by_at as delivery_by
      from public.pickup_windows p, public.windows w join public.window_cut_offs c on c.window_id = w.id and c.node_id = 'ILHA'
      where p.node_id = 'ILHA' and p.starts_at::date = ${TUESDAY} and w.starts_at = ${instant(10, 1)}
      order by p.starts_at limit 1`;
    expect(row).toEqual({
      opens: new Date(instant(9, 1)),
      leaves: new Date(instant(11, 1)),
      collects: new Date(instant(11, 1)),
      pickup_by: new Date(instant(10, 1)),
      delivery_by: new Date(instant(10, 1)),
    });
  }));

test("a day is closed only after a hold that is under way has its place, which then stays promised", async () => {
  const fresh = await cloneDatabase();
  const [holder, closer] = [await openSession(fresh.url), await openSession(fresh.url)];
  try {
    const { staff } = await insertNetwork(fresh.sql);
    const request = await pickupRequest(fresh.sql, { day: 1 });
    const holding = await holdOpen(holder, (tx) => placeHold(tx, randomUUID(), request));
    const closing = attempt(closer, (tx) =>
      actingAs(tx, staff.ops, (s) => s`select app.set_calendar_day('LISBOA', null, ${TUESDAY}, 'Feast')`),
    );
    expect(await waits(fresh.sql, closing)).toBe(true);
    expect(await holding.commit()).toBe("done");
    expect(await closing.outcome).toBe("done");
    const [window] = await fresh.sql`
      select limit_orders, claimed_orders, usual_orders from public.pickup_windows where id = ${request.pickup_window_id!}`;
    expect(window).toEqual({ limit_orders: 1, claimed_orders: 1, usual_orders: 6 });
  } finally {
    await holder.end();
    await closer.end();
    await fresh.drop();
  }
});

test("a change of a calendar leaves the windows and runs of other days to those who hold them", async () => {
  const fresh = await cloneDatabase();
  const [closer, holder] = [await openSession(fresh.url), await openSession(fresh.url)];
  try {
    const { staff } = await insertNetwork(fresh.sql);
    await fresh.sql`select app.settle_cut_offs('LISBOA')`;
    const pickup = await pickupRequest(fresh.sql, { day: 2 });
    const parcel = parcelRequest({ day: 2 });
    const closing = await holdOpen(closer, (tx) =>
      actingAs(tx, staff.ops, (s) => s`select app.set_calendar_day('LISBOA', null, ${TUESDAY}, 'Feast')`),
    );
    for (const request of [pickup, parcel]) {
      const holding = attempt(holder, (tx) => placeHold(tx, randomUUID(), request));
      expect(await waits(fresh.sql, holding)).toBe(false);
      expect(await holding.outcome).toBe("done");
    }
    expect(await closing.commit()).toBe("done");
  } finally {
    await closer.end();
    await holder.end();
    await fresh.drop();
  }
});
