import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { dropCheck, mutateFunction } from "./mutate-function.ts";
import {
  confirmHold,
  deliveryRequest,
  extendHold,
  type HoldRequest,
  insertNetwork,
  instant,
  type Network,
  NODES,
  parcelRequest,
  pickupRequest,
  placeHold,
  setClock,
  swapHold,
  VANS,
} from "./network-fixture.ts";

// Races by volume: many shoppers over 64 connections. What exactly happens is left to luck, what holds afterwards is not.

const CONNECTIONS = 64;
// Slow where other tests share the machine, and then still right.
vi.setConfig({ testTimeout: 120_000 });

let stocked: TestDatabase;
let network: Network;
let db: TestDatabase;
let pool: postgres.Sql;
beforeAll(async () => {
  stocked = await cloneDatabase();
  network = await insertNetwork(stocked.sql);
  await stocked.sql.end();
});
afterAll(() => stocked.drop());
beforeEach(async () => {
  db = await cloneDatabase(stocked);
  // Where deadlocks are wanted there are dozens, and each is found after this long.
  pool = postgres(db.url, { max: CONNECTIONS, onnotice: () => {}, connection: { deadlock_timeout: "100ms" } as never });
  // All connections are open before the first shopper asks.
  await Promise.all(Array.from({ length: CONNECTIONS }, () => pool`select pg_sleep(0.01)`));
});
afterEach(async () => {
  await pool.end({ timeout: 5 });
  await db.drop();
});

/** How often each outcome came: "done", or the SQLSTATE of a refusal. */
async function tally(attempts: readonly Promise<unknown>[]): Promise<Record<string, number>> {
  const outcomes = await Promise.allSettled(attempts);
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    if (outcome.status === "rejected" && !(outcome.reason instanceof postgres.PostgresError)) throw outcome.reason;
    const name = outcome.status === "fulfilled" ? "done" : (outcome.reason as postgres.PostgresError).code;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const brokenInvariants = async () => violations(await auditLedger(db.sql)).map(({ invariant }) => invariant.name);

/** 200 shoppers who all saw the last ice cream, each with a pickup window and an hour of picking of their own choice. */
async function askForTheLastUnit(): Promise<Record<string, number>> {
  await db.sql`update public.inventory_levels set on_hand = 1 where node_id = ${NODES.storeA} and sku_id = 'ICE'`;
  await db.sql`insert into public.stock_movements (node_id, sku_id, units, reason) values (${NODES.storeA}, 'ICE', -49, 'count')`;
  const choices = [10, 12, 14, 16].flatMap((hour) => Array.from({ length: 8 }, (_, day) => ({ hour, day })));
  const windows = await Promise.all(choices.map((choice) => pickupRequest(db.sql, { cart: { ICE: 1 }, ...choice })));
  const requests = Array.from({ length: 200 }, (_, i): HoldRequest => {
    const choice = i % choices.length;
    const request = windows[choice]!;
    return {
      ...request,
      fingerprint: `shopper-${i}`.padEnd(16, "."),
      work: [{ starts_at: instant(8 + (i % 2), choices[choice]!.day), sec: request.pick_sec }],
    };
  });
  return tally(requests.map((request) => placeHold(pool, randomUUID(), request)));
}

test("200 shoppers, 64 connections, one last unit: one has it, 199 are told that it is gone", async () => {
  expect(await askForTheLastUnit()).toEqual({ done: 1, KPSTK: 199 });
  expect(await brokenInvariants()).toEqual([]);
});

test("the test notices a function without the lock: the table's check is what stops some of them", async () => {
  await loseTheLock();
  const { done, ...refusals } = await askForTheLastUnit();
  expect(done).toBe(1);
  expect(refusals["23514"]).toBeGreaterThan(0);
});

test("the test notices a function without lock and check: the unit is sold more than once", async () => {
  await loseTheLock();
  await dropCheck(db.sql, "public.inventory_levels", "reserved <= on_hand");
  const { done } = await askForTheLastUnit();
  expect(done).toBeGreaterThan(1);
  expect(await brokenInvariants()).toContain("nothing-over-its-limit");
});

/** Who sees the unit there takes it only once another has seen it as well, so that what happens needs no luck. */
async function loseTheLock(): Promise<void> {
  // A sequence counts for everybody at once, whatever becomes of the transactions.
  await db.sql`create sequence public.seen`;
  await db.sql.unsafe(`create function public.await_company() returns boolean language plpgsql volatile as $$
    begin
      perform nextval('public.seen');
      while (select last_value < 2 from public.seen) loop perform pg_sleep(0.01); end loop;
      return true;
    end $$`);
  await mutateFunction(db.sql, {
    of: "app.take_claims",
    text: "coalesce(l.available, 0) < x.units",
    // Of conditions joined by "or" and "and" the planner would ask the cheap one first, and the other never.
    by: "case when coalesce(l.available, 0) < x.units then true else not public.await_company() end",
  });
  await mutateFunction(db.sql, {
    of: "app.lock_resources",
    text: "order by l.node_id, l.sku_id for no key update of l",
    by: "",
  });
}

/**
 * A shopper who is told that the plan has moved on asks again on the fresh one, as the engine does, for as long as it
 * takes: with no lock taken first, whoever commits first wins a round.
 */
async function insist(shiftId: string): Promise<void> {
  const holdId = randomUUID();
  for (;;) {
    const request = await deliveryRequest(pool, network, { holdId, shiftId, cart: { BREAD: 1 } });
    try {
      await placeHold(pool, holdId, request);
      return;
    } catch (error) {
      if (!(error instanceof postgres.PostgresError && error.code === "KPPLN")) throw error;
    }
  }
}

test("50 deliveries for a van that takes 20: 20 are held, 30 are told that it is full", async () => {
  const shiftId = network.shifts[VANS.a1]!;
  await db.sql`update public.shifts set limit_weight_g = 8000 where id = ${shiftId}`;
  expect(await tally(Array.from({ length: 50 }, () => insist(shiftId)))).toEqual({ done: 20, KPVAN: 30 });
  const [shift] =
    await db.sql`select claimed_weight_g, (select count(*)::int from public.stops where shift_id = ${shiftId}) as stops
    from public.shifts where id = ${shiftId}`;
  expect(shift).toEqual({ claimed_weight_g: 8000, stops: 20 });
  expect(await brokenInvariants()).toEqual([]);
});

test("the test notices a function that does not compare the load", async () => {
  const shiftId = network.shifts[VANS.a1]!;
  await db.sql`update public.shifts set limit_weight_g = 8000 where id = ${shiftId}`;
  await mutateFunction(db.sql, {
    of: "app.take_claims",
    text: "shift.claimed_weight_g + part.weight_g > shift.limit_weight_g",
    by: "false",
  });
  expect(await tally(Array.from({ length: 50 }, () => insist(shiftId)))).toEqual({ done: 20, "23514": 30 });
});

test("carts of the same goods in every order, while the sweeper runs: no deadlock, and every claim adds up", async () => {
  const goods = ["BREAD", "WATER", "MILK", "ICE"];
  const windows = await Promise.all([10, 12, 14, 16].map((hour) => pickupRequest(db.sql, { hour })));
  await db.sql`update public.pickup_windows set limit_orders = 1000`;
  let placing = true;
  const sweeping = (async () => {
    let expired = 0;
    while (placing) {
      const [swept] = await pool<{ expire_holds: number }[]>`select app.expire_holds(5)`;
      expired += swept!.expire_holds;
    }
    return expired;
  })();
  const attempts = Array.from({ length: 300 }, async (_, i) => {
    const shuffled = goods.map((_, j) => goods[(i + j * (i % 2 ? 1 : 3)) % 4]!);
    const base = windows[i % 4]!;
    const lines = shuffled.map((sku_id) => ({ sku_id, units: 1 + (i % 2), price_cents: 100 }));
    const work = [
      { starts_at: instant(8 + (i % 2)), sec: base.pick_sec - 10 },
      { starts_at: instant(9 - (i % 2)), sec: 10 },
    ];
    const holdId = randomUUID();
    // A lifetime of a second: many are over before their shopper has decided.
    await placeHold(pool, holdId, { ...base, fingerprint: `cart-${i}`.padEnd(16, "."), lines, work }, 1);
    if (i % 3 === 0) await pool`select app.release_hold(${holdId})`;
    else if (i % 3 === 1) await confirmHold(pool, holdId);
  });
  const outcomes = await tally(attempts);
  placing = false;
  await sweeping;
  expect(Object.keys(outcomes).filter((code) => !["done", "KPSTK", "KPEXP", "KPWRK"].includes(code))).toEqual([]);
  expect(await brokenInvariants()).toEqual([]);

  await setClock(db.sql, instant(9));
  while ((await db.sql`select app.expire_holds()`)[0]?.expire_holds !== 0);
  const [left] = await db.sql`select
    (select coalesce(sum(reserved), 0)::int from public.inventory_levels) as reserved,
    (select coalesce(sum(l.units), 0)::int from public.hold_lines l join public.holds h on h.id = l.hold_id where h.state = 'confirmed') as promised,
    (select count(*)::int from public.holds where state = 'held') as held`;
  expect(left).toEqual({ reserved: left?.promised, promised: left?.promised, held: 0 });
  expect(await brokenInvariants()).toEqual([]);
});

/** Carts that two nodes serve, either of them the lead, while the sweeper runs: held, changed, extended, confirmed, given back. */
async function askTwoNodes(): Promise<Record<string, number>> {
  await db.sql`update public.carrier_days set limit_parcels = 1000`;
  let placing = true;
  const sweeping = (async () => {
    while (placing) await pool`select app.expire_holds(5)`;
  })();
  const part = (nodeId: string, i: number, cart: Record<string, number>): HoldRequest => {
    const request = parcelRequest({ nodeId, cart });
    const work = [
      { starts_at: instant(8 + (i % 2)), sec: request.pick_sec - 10 },
      { starts_at: instant(9 - (i % 2)), sec: 10 },
    ];
    return { ...request, work };
  };
  const cartOf = (i: number) => {
    const [first, second] = i % 2 ? [NODES.dc, NODES.storeA] : [NODES.storeA, NODES.dc];
    return [part(first, i, { WATER: 1, BREAD: 1 }), part(second, i + 1, { BREAD: 1, ICE: 1 })];
  };
  const attempts = Array.from({ length: 200 }, async (_, i) => {
    const [holdId, next] = [randomUUID(), randomUUID()];
    await placeHold(pool, holdId, cartOf(i), 1);
    if (i % 5 === 0) await pool`select app.release_hold(${holdId})`;
    else if (i % 5 === 1) await swapHold(pool, holdId, next, cartOf(i + 1), 1);
    else if (i % 5 === 2) await extendHold(pool, holdId);
    else await confirmHold(pool, holdId);
  });
  const over = Promise.allSettled(attempts).then(() => {
    placing = false;
  });
  return tally([...attempts, sweeping, over]);
}

test("carts that take the same two nodes in either order, while the sweeper runs: no deadlock, no half of a cart", async () => {
  const outcomes = await askTwoNodes();
  expect(outcomes.done).toBeGreaterThan(0);
  expect(Object.keys(outcomes).filter((code) => !["done", "KPSTK", "KPEXP", "KPWRK"].includes(code))).toEqual([]);
  expect(await brokenInvariants()).toEqual([]);
});

test("the test notices a function that goes through a cart node by node", async () => {
  await mutateFunction(db.sql, {
    of: "app.lock_resources",
    text: "order by l.node_id, l.sku_id for no key update of l",
    by: "order by array_position(nodes, l.node_id::text), l.sku_id for no key update of l",
  });
  expect(Object.keys(await askTwoNodes())).toContain("40P01");
});

test("holds that are confirmed, released and swept at once each end one way", async () => {
  const ids = Array.from({ length: 24 }, () => randomUUID());
  await db.sql`update public.pickup_windows set limit_orders = 1000`;
  const request = await pickupRequest(db.sql);
  for (const id of ids) await placeHold(db.sql, id, { ...request, fingerprint: id }, 600);
  // So close to the end of their time that some are still theirs and some are not.
  await db.sql`update app.clock set shift = shift + (select min(expires_at) from public.holds) - app.now() - interval '50 milliseconds'`;
  const outcomes = await tally(
    ids.flatMap((id) => [
      confirmHold(pool, id),
      pool`select app.release_hold(${id})`,
      pool`select app.expire_holds(100)`,
      confirmHold(pool, id),
    ]),
  );
  expect(Object.keys(outcomes).filter((code) => !["done", "KPEXP", "KPSTA"].includes(code))).toEqual([]);
  expect(await brokenInvariants()).toEqual([]);
});
