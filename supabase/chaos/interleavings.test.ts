import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { type Mutation, mutateFunction } from "#supabase/tests/mutate-function.ts";
import { parcelRequest, placeHold } from "#supabase/tests/network-fixture.ts";
import {
  distinctOrders,
  everyOrder,
  insertPlenty,
  type OrderedSession,
  openSessions,
  type Turn,
  takeTurns,
} from "./every-order.ts";

// Confirm, release and expiry of one hold, in every order. Of the 1,680 orders 90 differ in more than their begins.

const SESSIONS = ["confirm", "release", "expire"] as const;
type Name = (typeof SESSIONS)[number];

const ALL = everyOrder(SESSIONS);

/** When the hold's time is over: as the sweeper comes, before anybody does anything, or long after. */
const ENDS = ["as the sweeper calls", "before all", "after all"] as const;

vi.setConfig({ testTimeout: 120_000 });

let stocked: TestDatabase;
beforeAll(async () => {
  stocked = await cloneDatabase();
  await insertPlenty(stocked.sql);
  await stocked.sql.end();
});
afterAll(() => stocked.drop());

let db: TestDatabase;
let sessions: Record<Name, OrderedSession>;
beforeEach(async () => {
  db = await cloneDatabase(stocked);
  sessions = await openSessions(db.url, SESSIONS);
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
async function play(turns: readonly Turn<Name>[], end: (typeof ENDS)[number]): Promise<Ending> {
  const holdId = randomUUID();
  const orderId = randomUUID();
  await placeHold(db.sql, holdId, parcelRequest(), LIFETIME_SEC);
  if (end === "before all") await moveClock(LIFETIME_SEC);

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
  const told = await takeTurns(db.sql, sessions, turns, calls, async ([name, step]) => {
    if (name === "expire" && step === "call" && end === "as the sweeper calls") await moveClock(LIFETIME_SEC);
  });
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
  expect(distinctOrders(ALL)).toHaveLength(90);
});

describe("confirm, release and expiry in every order, where the hold's time is over", () => {
  test.for(ENDS)("%s: one of them wins, and what it claimed is kept or given back once", async (end) => {
    const winners = new Set<string>();
    for (const turns of distinctOrders(ALL)) {
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
    for (const turns of distinctOrders(ALL)) {
      if (faultsOf(await play(turns, end)).length > 0) return;
    }
    expect.unreachable("no order showed the bug");
  });
});
