import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeRandom } from "#server/core/random.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { type Mutation, mutateFunction } from "./mutate-function.ts";
import {
  confirmHold,
  insertNetwork,
  instant,
  type Network,
  NODES,
  pickupRequest,
  placeHold,
  placePickup,
  setClock,
} from "./network-fixture.ts";
import { actingAs } from "./rolled-back.ts";
import { attempt, holdOpen, openSession, type Session, waits } from "./session.ts";

let stocked: TestDatabase;
let network: Network;
beforeAll(async () => {
  stocked = await cloneDatabase();
  network = await insertNetwork(stocked.sql);
  await setClock(stocked.sql, instant(6.5));
  await stocked.sql.end();
});
afterAll(() => stocked.drop());

let db: TestDatabase;
let sessions: Session[] = [];
beforeEach(async () => {
  db = await cloneDatabase(stocked);
});
afterEach(async () => {
  await Promise.all(sessions.map((session) => session.end()));
  sessions = [];
  await db.drop();
});

async function session(): Promise<Session> {
  const opened = await openSession(db.url);
  sessions.push(opened);
  return opened;
}

const broken = async () => violations(await auditLedger(db.sql)).map(({ invariant }) => invariant.name);

function tell(sql: postgres.Sql | postgres.TransactionSql, events: readonly object[]) {
  return sql<{ outcome: string }[]>`select outcome from app.record_stock_events('TILL', ${sql.json(events as never)})`;
}

/** For callers that wait. */
const UNLOCKED = { of: "app.record_stock_events", text: "for no key update\n    );\n  else", by: ");\n  else" };

const countOfBread = (units: number, at: string) => ({
  ...{ event_id: "count", seq: 1, node_id: NODES.storeA, sku_id: "BREAD", kind: "count" },
  units,
  at,
});

describe("a count that comes while an order of ours leaves", () => {
  /** Taken before the order left: what is there afterwards is what was counted less what left. */
  async function run(): Promise<object> {
    const { fulfilmentId } = await placePickup(db.sql, { cart: { BREAD: 4 } });
    await db.sql.begin((tx) => actingAs(tx, network.staff.storeA, (s) => s`select app.mark_ready(${fulfilmentId})`));
    const leaving = await holdOpen(await session(), (tx) =>
      actingAs(tx, network.staff.storeA, (s) => s`select app.hand_over(${fulfilmentId})`),
    );
    const counting = attempt(await session(), (tx) => tell(tx, [countOfBread(30, instant(6.4))]));
    const waited = await waits(db.sql, counting);
    await leaving.commit();
    const outcome = await counting.outcome;
    const [level] =
      await db.sql`select on_hand from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
    return { waited, outcome, onHand: level!.on_hand, broken: await broken() };
  }
  const RIGHT = { waited: true, outcome: "done", onHand: 26, broken: [] };

  test("waits for it and counts what left", async () => {
    expect(await run()).toEqual(RIGHT);
  });

  test("the test notices a function without the lock", async () => {
    await mutateFunction(db.sql, UNLOCKED);
    const verdict = await run();
    expect(verdict).not.toEqual(RIGHT);
    expect(verdict).toMatchObject({ broken: expect.arrayContaining(["stock-is-what-was-told"]) });
  });
});

describe("a count of less than a shopper is just reserving", () => {
  async function run(): Promise<object> {
    const asked = await pickupRequest(db.sql, { cart: { BREAD: 40 } });
    const reserving = await holdOpen(await session(), (tx) => placeHold(tx, randomUUID(), asked));
    const counting = attempt(await session(), (tx) => tell(tx, [countOfBread(30, instant(6.4))]));
    const waited = await waits(db.sql, counting);
    await reserving.commit();
    const outcome = await counting.outcome;
    const [level] = await db.sql`
      select on_hand, reserved, shortage from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
    return { waited, outcome, ...level, broken: await broken() };
  }
  const RIGHT = { waited: true, outcome: "done", on_hand: 40, reserved: 40, shortage: 10, broken: [] };

  test("leaves the reservation and says what is missing", async () => {
    expect(await run()).toEqual(RIGHT);
  });

  test("the test notices a table that does not settle what is owed: the count would be lost", async () => {
    await db.sql`drop trigger levels_settle_their_shortage on public.inventory_levels`;
    expect(await run()).toMatchObject({ outcome: "23514", on_hand: 50 });
  });
});

describe("feeds against shoppers, by volume", () => {
  const GOODS = ["BREAD", "WATER", "MILK", "ICE"];

  /** Twelve shoppers reserve, confirm and give back while two sources count and correct. Answers what else than refusals came. */
  async function run(): Promise<{ strange: string[]; broken: string[]; oversold: number }> {
    const pool = postgres(db.url, { max: 16, onnotice: () => {} });
    const codes = new Set<string>();
    const tally = (error: unknown) => {
      if (!(error instanceof postgres.PostgresError)) throw error;
      codes.add(error.code);
    };
    try {
      await db.sql`update public.pickup_windows set limit_orders = 10000`;
      await db.sql`update public.work_buckets set target_sec = 1000000, limit_sec = 1000000`;
      const requests = await Promise.all(
        GOODS.map((sku, i) => pickupRequest(db.sql, { cart: { [sku]: 3, [GOODS[(i + 1) % 4]!]: 2 } })),
      );
      const shoppers = Array.from({ length: 12 }, async (_, shopper) => {
        const random = makeRandom(shopper + 1);
        for (let i = 0; i < 12; i++) {
          const holdId = randomUUID();
          try {
            await placeHold(pool, holdId, { ...random.pick(requests), fingerprint: holdId });
            if (random.below(3) === 0) await pool`select app.release_hold(${holdId})`;
            else if (random.below(2) === 0) await confirmHold(pool, holdId);
          } catch (error) {
            tally(error);
          }
        }
      });
      const sources = ["TILL", "WMS"].map(async (source, s) => {
        const random = makeRandom(100 + s);
        for (let batch = 0; batch < 25; batch++) {
          const [now] = await pool<{ at: string }[]>`select app.now()::text as at`;
          const events = Array.from({ length: 8 }, (_, i) => ({
            event_id: `${batch}.${i}`,
            seq: batch * 8 + i,
            node_id: NODES.storeA,
            sku_id: random.pick(GOODS),
            kind: random.below(3) === 0 ? "count" : "delta",
            units: 1 + random.below(25),
            at: now!.at,
          })).reverse();
          await pool`select app.record_stock_events(${source}, ${pool.json(events)})`.catch(tally);
        }
      });
      await Promise.all([...shoppers, ...sources]);
    } finally {
      await pool.end({ timeout: 5 });
    }
    const [over] = await db.sql`
      select count(*)::int as levels from public.inventory_levels l where l.reserved > l.on_hand or (l.shortage > 0 and l.on_hand > l.reserved)`;
    return {
      strange: [...codes].filter((code) => code !== "KPSTK").sort(),
      broken: await broken(),
      oversold: over!.levels,
    };
  }

  test("nothing is oversold, nobody waits in a circle, and the audit is clean", async () => {
    expect(await run()).toEqual({ strange: [], broken: [], oversold: 0 });
  }, 60_000);

  const MUTANTS: Record<string, readonly Mutation[]> = {
    "that does not lock": [UNLOCKED],
    "that forgets the shortage when stock is promised": [
      // A view cannot be mutated by its text: its reader is, to what it was before there were shortages.
      {
        of: "app.take_claims",
        text: "left join app.available_stock l on l.node_id = x.node_id",
        by: "left join (select *, on_hand + shortage - reserved - safety as available from public.inventory_levels) l on l.node_id = x.node_id",
      },
    ],
  };
  test.each(Object.entries(MUTANTS))(
    "the test notices a function %s",
    async (_, mutations) => {
      for (const mutation of mutations) await mutateFunction(db.sql, mutation);
      expect(await run()).not.toEqual({ strange: [], broken: [], oversold: 0 });
    },
    60_000,
  );
});
