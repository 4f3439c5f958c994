import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  insertNetwork,
  instant,
  type Network,
  placeDelivery,
  placeHold,
  type Route,
  type RouteStop,
  setClock,
  VANS,
} from "./network-fixture.ts";
import { actingAs, digestTables, expectRefusal, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
let network: Network;
let vanA1: string;
let vanA2: string;
let vanB1: string;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  [vanA1, vanA2, vanB1] = [network.shifts[VANS.a1]!, network.shifts[VANS.a2]!, network.shifts[VANS.b1]!];
});
afterAll(() => db.drop());

interface Plan {
  shift_id: string;
  plan_version: number;
  route: Route;
}

const apply = (plans: readonly Plan[]) => (tx: Transaction) => tx`select app.apply_plan(${tx.json(plans as never)})`;

/** Stops one after the other from 10:00, two minutes apart and three at the door. */
function drive(ids: readonly string[], firstAt = instant(10)): Route {
  let leftAt = Date.parse(firstAt);
  const stops = ids.map((id): RouteStop => {
    const at = new Date(leftAt + 120_000).toISOString();
    leftAt += 300_000;
    return { id, leg_sec: 120, leg_m: 960, arrive_at: at, start_at: at };
  });
  return { return_leg_sec: ids.length > 0 ? 600 : 0, return_leg_m: ids.length > 0 ? 4800 : 0, stops };
}

async function plan(tx: Transaction, shiftId: string, ids: readonly string[]): Promise<Plan> {
  const [shift] = await tx`select plan_version from public.shifts where id = ${shiftId}`;
  return { shift_id: shiftId, plan_version: shift!.plan_version, route: drive(ids) };
}

async function shiftOf(tx: Transaction, shiftId: string) {
  const [shift] = await tx`select claimed_weight_g, claimed_volume_ml,
    array(select hold_id::text from public.stops where shift_id = s.id order by position) as stops from public.shifts s where id = ${shiftId}`;
  return shift;
}

describe("a plan", () => {
  test("puts the stops of a van into another order", () =>
    rolledBack(db.sql, async (tx) => {
      const [a, b] = [await placeDelivery(tx, network), await placeDelivery(tx, network)];
      await apply([await plan(tx, vanA1, [b.holdId, a.holdId])])(tx);
      expect((await shiftOf(tx, vanA1))?.stops).toEqual([b.holdId, a.holdId]);
      const claims = await tx`select count(*)::int as moved from public.claims where reason = 'moved'`;
      expect(claims).toEqual([{ moved: 0 }]);
    }));

  test("moves stops between vans, and their load claims with them", () =>
    rolledBack(db.sql, async (tx) => {
      const [a, b] = [
        await placeDelivery(tx, network, { cart: { WATER: 2 } }),
        await placeDelivery(tx, network, { cart: { BREAD: 1 } }),
      ];
      const held = randomUUID();
      await placeHold(tx, held, await deliveryRequest(tx, network, { holdId: held, cart: { WATER: 1 } }));
      const c = await placeDelivery(tx, network, { shiftId: vanA2, cart: { BREAD: 3 } });
      await apply([await plan(tx, vanA2, [held, a.holdId]), await plan(tx, vanA1, [c.holdId, b.holdId])])(tx);
      expect(await shiftOf(tx, vanA1)).toEqual({
        claimed_weight_g: 1600,
        claimed_volume_ml: 8000,
        stops: [c.holdId, b.holdId],
      });
      expect(await shiftOf(tx, vanA2)).toEqual({
        claimed_weight_g: 27000,
        claimed_volume_ml: 27000,
        stops: [held, a.holdId],
      });

      // The held one is given back from the van it is in now, not from the one it was placed in.
      await tx`select app.release_hold(${held})`;
      expect(await shiftOf(tx, vanA2)).toEqual({
        claimed_weight_g: 18000,
        claimed_volume_ml: 18000,
        stops: [a.holdId],
      });
    }));

  test("repeated is refused as KPPLN: its version is gone", () =>
    rolledBack(db.sql, async (tx) => {
      const a = await placeDelivery(tx, network);
      const plans = [await plan(tx, vanA1, []), await plan(tx, vanA2, [a.holdId])];
      await apply(plans)(tx);
      await expectRefusal(tx, "KPPLN", apply(plans));
    }));

  test("of which one van's version is old changes no van", () =>
    rolledBack(db.sql, async (tx) => {
      const [a, b] = [await placeDelivery(tx, network), await placeDelivery(tx, network, { shiftId: vanA2 })];
      const plans = [await plan(tx, vanA1, [b.holdId]), await plan(tx, vanA2, [a.holdId])];
      for (const i of [0, 1]) {
        const stale = plans.map((p, j) => (i === j ? { ...p, plan_version: p.plan_version - 1 } : p));
        await expectRefusal(tx, "KPPLN", apply(stale));
      }
    }));

  test("of a van that has left, was cancelled, should have left or does not exist is refused as KPDEP", () =>
    rolledBack(db.sql, async (tx) => {
      const plans = [await plan(tx, vanA1, [])];
      await expectRefusal(tx, "KPDEP", apply([{ ...plans[0]!, shift_id: randomUUID() }]));
      await actingAs(tx, network.staff.ops, (s) => s`select app.cancel_shift(${vanA1})`);
      await expectRefusal(tx, "KPDEP", apply([await plan(tx, vanA1, [])]));
      await setClock(tx, instant(10));
      await expectRefusal(tx, "KPDEP", apply([await plan(tx, vanA2, [])]));
    }));

  test("that would overload a van by weight or volume is refused as KPVAN", () =>
    rolledBack(db.sql, async (tx) => {
      const a = await placeDelivery(tx, network, { cart: { WATER: 1 } });
      for (const limit of ["limit_weight_g", "limit_volume_ml"]) {
        await tx.savepoint(async (s) => {
          await s.unsafe(`update public.shifts set ${limit} = 8999 where id = '${vanA2}'`);
          await expectRefusal(s, "KPVAN", apply([await plan(s, vanA1, []), await plan(s, vanA2, [a.holdId])]));
          await s.unsafe(`update public.shifts set ${limit} = 200000 where id = '${vanA2}'`);
        });
      }
    }));

  test("that loses a stop, invents one, doubles one, or names a van twice is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const [a, b] = [await placeDelivery(tx, network), await placeDelivery(tx, network)];
      const [one, two] = [a.holdId, b.holdId];
      const [p, q] = [(ids: string[]) => plan(tx, vanA1, ids), (ids: string[]) => plan(tx, vanA2, ids)];
      for (const plans of [
        [await p([one])],
        [await p([one, two, randomUUID()])],
        [await p([one, two, two])],
        [await p([one]), await q([one, two])],
        [await p([one, two]), await q([two])],
        [await p([one, two]), await p([one, two])],
        [await q([one]), await p([two]), await q([one])],
      ])
        await expectRefusal(tx, "KPBUG", apply(plans));
    }));

  test("that takes a stop from a van it does not name, or to a van of another node, is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const a = await placeDelivery(tx, network);
      await expectRefusal(tx, "KPBUG", apply([await plan(tx, vanA2, [a.holdId])]));
      await expectRefusal(tx, "KPBUG", apply([await plan(tx, vanA1, []), await plan(tx, vanB1, [a.holdId])]));
    }));

  test("that would break a promise is refused by the table", () =>
    rolledBack(db.sql, async (tx) => {
      const a = await placeDelivery(tx, network, { hour: 10 });
      const late = { ...(await plan(tx, vanA1, [a.holdId])), route: drive([a.holdId], instant(11.99)) };
      const refusal = await expectRefusal(tx, "23514", apply([late]));
      expect(refusal.constraint_name).toBe("a_plan_keeps_its_promise");
    }));

  test("that puts an order into a van that leaves before it is picked is refused as KPBUG", () =>
    rolledBack(db.sql, async (tx) => {
      const a = await placeDelivery(tx, network);
      await tx`update public.shifts set starts_at = starts_at - interval '1 hour' where id = ${vanA2}`;
      await expectRefusal(tx, "KPBUG", apply([await plan(tx, vanA1, []), await plan(tx, vanA2, [a.holdId])]));
    }));

  test("that takes a loaded order out of its van is refused as KPPLN; within the van it may move", () =>
    rolledBack(db.sql, async (tx) => {
      const [a, b] = [await placeDelivery(tx, network), await placeDelivery(tx, network)];
      await actingAs(
        tx,
        network.staff.storeA,
        (s) => s`select app.mark_ready(${a.fulfilmentId}), app.hand_over(${a.fulfilmentId})`,
      );
      await expectRefusal(tx, "KPPLN", apply([await plan(tx, vanA1, [b.holdId]), await plan(tx, vanA2, [a.holdId])]));
      await apply([await plan(tx, vanA1, [b.holdId, a.holdId])])(tx);
    }));
});

describe("a cancelled van", () => {
  const cancel = (shiftId: string) => (tx: Transaction) => tx`select app.cancel_shift(${shiftId}) as displaced`;
  const ops = (tx: Transaction, work: (s: Transaction) => Promise<unknown>) => actingAs(tx, network.staff.ops, work);
  const replan =
    (holdId: string, asked: { shift_id: string; plan_version: number; route: Route }) => (tx: Transaction) =>
      tx`select app.replan_hold(${holdId}, ${asked.shift_id}, ${asked.plan_version}, ${tx.json(asked.route as never)})`;

  test("gives its stops up, keeps what else they claim, and each stands as an exception", () =>
    rolledBack(db.sql, async (tx) => {
      const a = await placeDelivery(tx, network);
      const held = randomUUID();
      await placeHold(tx, held, await deliveryRequest(tx, network, { holdId: held }));
      expect(await ops(tx, cancel(vanA1))).toEqual([{ displaced: [a.holdId, held].sort() }]);
      expect(await shiftOf(tx, vanA1)).toEqual({ claimed_weight_g: 0, claimed_volume_ml: 0, stops: [] });
      const open = await tx`select hold_id, kind from public.exceptions where resolved_at is null order by hold_id`;
      expect(open).toEqual([a.holdId, held].sort().map((hold_id) => ({ hold_id, kind: "hold_unplannable" })));
      const claims =
        await tx`select kind, sum(units)::int as units from public.claims where hold_id = ${held} group by kind order by kind`;
      expect(claims).toMatchObject([
        { kind: "stock" },
        { kind: "volume", units: 0 },
        { kind: "weight", units: 0 },
        { kind: "work" },
      ]);

      const before = await digestTables(tx);
      expect(await ops(tx, cancel(vanA1))).toEqual([{ displaced: [] }]);
      expect(await digestTables(tx)).toEqual(before);
    }));

  test("is for ops alone to cancel, before it leaves and before anything is on board", () =>
    rolledBack(db.sql, async (tx) => {
      for (const user of [network.staff.storeA, network.staff.driverA, randomUUID()])
        await expectRefusal(tx, "KPNTF", (s) => actingAs(s, user, cancel(vanA1)));
      await expectRefusal(tx, "KPNTF", (s) => ops(s, cancel(randomUUID())));
      const { fulfilmentId } = await placeDelivery(tx, network);
      await actingAs(
        tx,
        network.staff.storeA,
        (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`,
      );
      await expectRefusal(tx, "KPSTA", (s) => ops(s, cancel(vanA1)));
      await ops(tx, (s) => s`select app.start_shift(${vanA1})`);
      await expectRefusal(tx, "KPSTA", (s) => ops(s, cancel(vanA1)));
    }));

  test("leaves holds that find another van, once, which ends their exception", () =>
    rolledBack(db.sql, async (tx) => {
      const { holdId } = await placeDelivery(tx, network, { cart: { WATER: 1 } });
      await ops(tx, cancel(vanA1));
      const asked = await deliveryRequest(tx, network, { shiftId: vanA2, holdId });
      await replan(holdId, asked)(tx);
      const before = await digestTables(tx);
      await replan(holdId, asked)(tx);
      expect(await digestTables(tx)).toEqual(before);
      expect(await shiftOf(tx, vanA2)).toEqual({ claimed_weight_g: 9000, claimed_volume_ml: 9000, stops: [holdId] });
      expect(await tx`select resolution from public.exceptions`).toEqual([{ resolution: "automatic" }]);
    }));

  test("leaves holds that are refused a van that is full, has changed, has left, is of another node, or is cancelled", () =>
    rolledBack(db.sql, async (tx) => {
      const { holdId } = await placeDelivery(tx, network, { cart: { WATER: 1 } });
      await ops(tx, cancel(vanA1));
      const ask = (shiftId: string) => deliveryRequest(tx, network, { shiftId, holdId });
      await expectRefusal(tx, "KPDEP", replan(holdId, await ask(vanA1)));
      await expectRefusal(tx, "KPDEP", replan(holdId, await ask(vanB1)));
      const asked = await ask(vanA2);
      await expectRefusal(tx, "KPPLN", replan(holdId, { ...asked, plan_version: asked.plan_version + 1 }));
      await expectRefusal(tx, "KPBUG", replan(holdId, { ...asked, route: drive([]) }));
      await expectRefusal(tx, "KPNTF", replan(randomUUID(), asked));
      await tx`update public.shifts set limit_weight_g = 8999 where id = ${vanA2}`;
      await expectRefusal(tx, "KPVAN", replan(holdId, await ask(vanA2)));
    }));

  test("leaves holds that may still be confirmed, released or expire, and their exceptions with them", () =>
    rolledBack(db.sql, async (tx) => {
      const ids = [randomUUID(), randomUUID(), randomUUID()] as const;
      for (const holdId of ids) await placeHold(tx, holdId, await deliveryRequest(tx, network, { holdId }));
      await ops(tx, cancel(vanA1));
      const [confirmed, released] = ids;
      await confirmHold(tx, confirmed);
      await tx`select app.release_hold(${released})`;
      await setClock(tx, instant(7));
      expect(await tx`select app.expire_holds()`).toEqual([{ expire_holds: 1 }]);
      const open = await tx`select hold_id from public.exceptions where resolved_at is null`;
      expect(open).toEqual([{ hold_id: confirmed }]);
      const asked = await deliveryRequest(tx, network, { shiftId: vanA2, holdId: released });
      await expectRefusal(tx, "KPSTA", replan(released, asked));
    }));

  test("leaves exceptions that nobody closes by hand while the delivery has no van", () =>
    rolledBack(db.sql, async (tx) => {
      await placeDelivery(tx, network);
      await ops(tx, cancel(vanA1));
      const [e] = await tx`select id from public.exceptions`;
      await expectRefusal(tx, "KPSTA", (s) => ops(s, (o) => o`select app.resolve_exception(${e!.id})`));
    }));
});

test("a changed vehicle, and a shift with other limits or times, make the plans computed on them old", () =>
  rolledBack(db.sql, async (tx) => {
    const stale = async () => [await plan(tx, vanA1, [])];
    for (const change of [
      `update public.vehicles set carries_frozen = false where id = 'VAN-A1'`,
      `update public.shifts set limit_weight_g = limit_weight_g - 1 where id = '${vanA1}'`,
      `update public.shifts set ends_at = ends_at - interval '1 hour' where id = '${vanA1}'`,
    ]) {
      const plans = await stale();
      await tx.unsafe(change);
      await expectRefusal(tx, "KPPLN", apply(plans));
    }
    const plans = await stale();
    await tx`update public.vehicles set name = name`;
    await apply(plans)(tx);
  }));
