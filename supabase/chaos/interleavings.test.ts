import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { type Mutation, mutateFunction } from "#supabase/tests/mutate-function.ts";
import { insertNetwork, parcelRequest, placeHold } from "#supabase/tests/network-fixture.ts";

// Confirm, release and expiry of one hold, in every order: three sessions, each of which begins, calls and commits. A
// session that waits for a lock goes on when it can, so its commit comes after its call however early its turn is.
//
// Of the 1,680 orders many are the same. `begin` takes no snapshot and reads no clock that a function asks (a mutant may, and
// is another test's: see mutants.ts), so it may as well come right before its call; that leaves 90.

const SESSIONS = ["confirm", "release", "expire"] as const;
type Name = (typeof SESSIONS)[number];
const STEPS = ["begin", "call", "commit"] as const;
type Turn = readonly [Name, (typeof STEPS)[number]];

/** Every way to shuffle the steps of the sessions together, each session's own in their order. */
function interleavings(left: Readonly<Record<Name, readonly (typeof STEPS)[number][]>>): Turn[][] {
  const open = SESSIONS.filter((name) => left[name].length > 0);
  if (open.length === 0) return [[]];
  return open.flatMap((name) => {
    const [next, ...rest] = left[name];
    return interleavings({ ...left, [name]: rest }).map((turns): Turn[] => [[name, next!], ...turns]);
  });
}

const ALL = interleavings({ confirm: STEPS, release: STEPS, expire: STEPS });

/** One order for all that differ in nothing but when a session says `begin`. */
function distinct(orders: readonly Turn[][]): Turn[][] {
  const byCalls = new Map<string, Turn[]>();
  for (const turns of orders) {
    const lateBegins = turns.flatMap(([name, step]): Turn[] => {
      if (step === "begin") return [];
      return step === "call"
        ? [
            [name, "begin"],
            [name, step],
          ]
        : [[name, step]];
    });
    byCalls.set(lateBegins.join(), lateBegins);
  }
  return [...byCalls.values()];
}

/** When the hold's time is over: as the sweeper comes, before anybody does anything, or long after. */
const ENDS = ["as the sweeper calls", "before all", "after all"] as const;

interface Session {
  readonly sql: postgres.Sql;
  readonly pid: number;
}

vi.setConfig({ testTimeout: 120_000 });

let stocked: TestDatabase;
beforeAll(async () => {
  stocked = await cloneDatabase();
  await insertNetwork(stocked.sql);
  // Each hold takes of its own; a shortage would be another test.
  await stocked.sql`update public.carrier_days set limit_parcels = 10000`;
  await stocked.sql`update public.work_buckets set target_sec = 1000000, limit_sec = 1000000`;
  await stocked.sql`insert into public.stock_movements (node_id, sku_id, units, reason)
    select node_id, sku_id, 10000, 'count' from public.inventory_levels`;
  await stocked.sql`update public.inventory_levels set on_hand = on_hand + 10000`;
  await stocked.sql.end();
});
afterAll(() => stocked.drop());

let db: TestDatabase;
let sessions: Record<Name, Session>;
beforeEach(async () => {
  db = await cloneDatabase(stocked);
  const opened = await Promise.all(
    SESSIONS.map(async (name) => {
      const sql = postgres(db.url, { max: 1, onnotice: () => {} });
      const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
      return [name, { sql, pid: row!.pid }] as const;
    }),
  );
  sessions = Object.fromEntries(opened) as Record<Name, Session>;
  return async () => {
    await Promise.all(Object.values(sessions).map(({ sql }) => sql.end({ timeout: 1 })));
    await db.drop();
  };
});

interface Ending {
  readonly state: string;
  /** Whether confirm was called when the hold's time was over already. */
  readonly isLate: boolean;
  /** What each session was told: "confirmed", the state it left, or an SQLSTATE. */
  readonly told: Readonly<Record<Name, string>>;
  readonly orders: number;
  /** Claims that were given back, and those that were not. */
  readonly reversals: number;
  readonly open: number;
}

/** Short, so that ninety of them pass before anything must be picked. */
const LIFETIME_SEC = 20;

/** Plays one order on a fresh hold. A step of a session that still waits is taken when it has waited enough. */
async function play(turns: readonly Turn[], end: (typeof ENDS)[number]): Promise<Ending> {
  const holdId = randomUUID();
  const orderId = randomUUID();
  await placeHold(db.sql, holdId, parcelRequest(), LIFETIME_SEC);
  if (end === "before all") await moveClock(LIFETIME_SEC);

  const told: Record<Name, string> = { confirm: "", release: "", expire: "" };
  const tails: Record<Name, Promise<unknown>> = {
    confirm: Promise.resolve(),
    release: Promise.resolve(),
    expire: Promise.resolve(),
  };
  const customer = {
    token: orderId.replaceAll("-", ""),
    customer_name: "Ana Sousa",
    customer_phone: "+351 210 000 000",
  };
  const calls: Record<Name, (sql: postgres.Sql) => Promise<string>> = {
    confirm: async (sql) => {
      await sql`select from app.confirm_hold(${holdId}, ${orderId}, ${sql.json(customer)})`;
      return "confirmed";
    },
    release: async (sql) => (await sql`select app.release_hold(${holdId}) as state`)[0]!.state,
    expire: async (sql) => `${(await sql`select app.expire_holds() as ended`)[0]!.ended}`,
  };
  const take = async (name: Name, step: Turn[1]) => {
    const { sql } = sessions[name];
    if (step !== "call") return sql.unsafe(step);
    try {
      told[name] = await calls[name](sql);
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      // The transaction is over then, and its commit a rollback.
      told[name] = error.code;
    }
  };

  for (const [name, step] of turns) {
    if (name === "expire" && step === "call" && end === "as the sweeper calls") await moveClock(LIFETIME_SEC);
    tails[name] = tails[name].then(() => take(name, step));
    await doneOrWaiting(tails[name], sessions[name]);
  }
  await Promise.all(Object.values(tails));
  if (end === "after all") await moveClock(LIFETIME_SEC);
  // The sweeper passes over what somebody has locked, and comes again.
  await db.sql`select app.expire_holds()`;

  const [row] = await db.sql<Omit<Ending, "told" | "isLate">[]>`
    select h.state, (select count(*)::int from public.fulfilments f where f.hold_id = h.id) as orders,
      (select count(*)::int from public.claims c where c.hold_id = h.id and c.units < 0) as reversals,
      (select count(*)::int from app.open_claims(array[h.id])) as open
    from public.holds h where h.id = ${holdId}`;
  const callOf = (name: Name) => turns.findIndex(([session, step]) => session === name && step === "call");
  const isLate = end === "before all" || (end === "as the sweeper calls" && callOf("confirm") > callOf("expire"));
  return { ...row!, told, isLate };
}

async function moveClock(sec: number): Promise<void> {
  await db.sql`update app.clock set shift = shift + ${sec} * interval '1 second'`;
}

/** Resolves when the step is done, or when Postgres says that its session waits for another. */
async function doneOrWaiting(step: Promise<unknown>, { pid }: Session): Promise<void> {
  let isDone = false;
  const done = step.then(() => {
    isDone = true;
  });
  await Promise.race([done, sleep(8)]);
  while (!isDone) {
    const [row] = await db.sql<{ blocked: boolean }[]>`select cardinality(pg_blocking_pids(${pid})) > 0 as blocked`;
    if (row!.blocked) return;
    await Promise.race([done, sleep(2)]);
  }
}

/** What is wrong with an ending, in words. */
function faultsOf({ state, orders, reversals, open, told, isLate }: Ending): string[] {
  const faults: string[] = [];
  const claims = 3;
  if (!["confirmed", "released", "expired"].includes(state)) faults.push(`it is ${state}`);
  if (orders !== (state === "confirmed" ? 1 : 0)) faults.push(`${state} with ${orders} orders`);
  if (reversals !== (state === "confirmed" ? 0 : claims)) faults.push(`${state} with ${reversals} claims given back`);
  if (isLate && state === "confirmed") faults.push("confirmed after its end");
  if (open !== (state === "confirmed" ? claims : 0)) faults.push(`${state} with ${open} open claims`);
  if ((told.confirm === "confirmed") !== (state === "confirmed"))
    faults.push(`${state}, and confirm was told ${told.confirm}`);
  if (told.release === "released" && state !== "released")
    faults.push(`${state}, and release was told that it is released`);
  if (told.expire === "1" && state !== "expired") faults.push(`${state}, and the sweeper was told that it ended it`);
  if (!["confirmed", "KPSTA", "KPEXP"].includes(told.confirm)) faults.push(`confirm was told ${told.confirm}`);
  if (!["released", "expired", "KPSTA"].includes(told.release)) faults.push(`release was told ${told.release}`);
  if (!["0", "1"].includes(told.expire)) faults.push(`the sweeper was told ${told.expire}`);
  return faults;
}

async function auditFaults(): Promise<string[]> {
  return violations(await auditLedger(db.sql)).map(({ invariant }) => invariant.name);
}

test("three sessions of three steps have 1,680 orders, of which 90 differ in more than their begins", () => {
  expect(ALL).toHaveLength(1680);
  expect(distinct(ALL)).toHaveLength(90);
});

describe("confirm, release and expiry in every order, where the hold's time is over", () => {
  test.for(ENDS)("%s: one of them wins, and what it claimed is kept or given back once", async (end) => {
    const winners = new Set<string>();
    for (const turns of distinct(ALL)) {
      const ending = await play(turns, end);
      winners.add(ending.state);
      // A broken ledger does not mend itself, so of the simpler endings one audit is enough.
      const audited = end === "as the sweeper calls" ? await auditFaults() : [];
      expect({ turns: turns.join(" "), ...ending, faults: [...faultsOf(ending), ...audited] }).toMatchObject({
        faults: [],
      });
    }
    expect(await auditFaults()).toEqual([]);
    const possible = {
      "as the sweeper calls": ["confirmed", "expired", "released"],
      "before all": ["expired", "released"],
      "after all": ["confirmed", "released"],
    };
    expect([...winners].sort()).toEqual(possible[end]);
  });
});

describe("the orders notice", () => {
  const mutants: Record<string, Mutation> = {
    "a confirm without its lock": { of: "app.confirm_hold", text: "order by h.id for no key update", by: "" },
    "a release without its lock": { of: "app.release_hold", text: "order by h.id for no key update", by: "" },
    "a sweeper without its locks": { of: "app.expire_holds", text: "for no key update skip locked", by: "" },
    "a confirm without its expiry test": {
      of: "app.confirm_hold",
      text: "(hold.state = 'held' and hold.expires_at <= as_of)",
      by: "false",
    },
  };
  test.for(Object.keys(mutants))("%s", async (name) => {
    await mutateFunction(db.sql, mutants[name]!);
    const end = name.includes("expiry test") ? "before all" : "as the sweeper calls";
    for (const turns of distinct(ALL)) {
      if (faultsOf(await play(turns, end)).length > 0) return;
    }
    expect.unreachable("no order showed the bug");
  });
});
