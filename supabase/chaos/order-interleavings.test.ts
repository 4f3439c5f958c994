import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { type Mutation, mutateFunction } from "#supabase/tests/mutate-function.ts";
import {
  confirmHold,
  type Network,
  parcelRequest,
  parkOrder,
  placeHold,
  repromiseOrder,
} from "#supabase/tests/network-fixture.ts";
import {
  distinctOrders,
  everyOrder,
  insertPlenty,
  type OrderedSession,
  openSessions,
  type Turn,
  takeTurns,
} from "./every-order.ts";

// What may befall a confirmed order at once, in every order: its shopper moves it, its node picks it, and its node rejects it or
// operations park it. The third of them is drawn in turn.

const SESSIONS = ["move", "pick", "third"] as const;
type Name = (typeof SESSIONS)[number];
const THIRDS = ["reject", "park"] as const;
type Third = (typeof THIRDS)[number];
const ORDERS = distinctOrders(everyOrder(SESSIONS));

vi.setConfig({ testTimeout: 120_000 });

let stocked: TestDatabase;
let network: Network;
beforeAll(async () => {
  stocked = await cloneDatabase();
  network = await insertPlenty(stocked.sql);
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
  readonly repromises: number;
  readonly parked: boolean;
  /** Of the parts that no other has taken over. */
  readonly parts: readonly string[];
  /** Claims of all its parts that were not given back. */
  readonly open: number;
  readonly told: Readonly<Record<Name, string>>;
}

async function play(turns: readonly Turn<Name>[], third: Third): Promise<Ending> {
  const [holdId, movedId] = [randomUUID(), randomUUID()];
  await placeHold(db.sql, holdId, parcelRequest());
  const { orderId } = await confirmHold(db.sql, holdId);
  const [part] = await db.sql<{ id: string }[]>`select id from public.fulfilments where hold_id = ${holdId}`;
  const asOps = (sql: postgres.Sql) =>
    sql`select set_config('request.jwt.claims', ${JSON.stringify({ sub: network.staff.ops })}, true)`;
  const told = await takeTurns(db.sql, sessions, turns, {
    move: async (sql) => {
      await repromiseOrder(sql, orderId, movedId, parcelRequest({ day: 1 }));
      return "moved";
    },
    pick: async (sql) => {
      await asOps(sql);
      return (await sql`select app.mark_ready(${part!.id}) as state`)[0]!.state;
    },
    third: async (sql) => {
      await asOps(sql);
      if (third === "park") await parkOrder(sql, orderId);
      else await sql`select app.reject_fulfilment(${part!.id}, 'damaged')`;
      return third;
    },
  });
  const [row] = await db.sql<Omit<Ending, "told">[]>`
    select o.state, o.repromises, app.is_parked(o.id) as parked,
      array(select f.state from public.fulfilments f where f.order_id = o.id and f.replaced_by is null) as parts,
      (select count(*)::int from public.fulfilments f cross join app.open_claims(array[f.hold_id]) where f.order_id = o.id) as open
    from public.orders o where o.id = ${orderId}`;
  return { ...row!, told };
}

const CLAIMS = 3;

/** What is wrong with an ending, in words. */
function faultsOf({ state, repromises, parked, parts, open, told }: Ending, third: Third): string[] {
  const faults: string[] = [];
  const isMoved = told.move === "moved";
  const isPicked = told.pick === "ready";
  const isRejected = told.third === "reject";
  if (!["moved", "KPSTA", "KPPRK"].includes(told.move)) faults.push(`move was told ${told.move}`);
  if (!["ready", "KPSTA", "KPPRK"].includes(told.pick)) faults.push(`pick was told ${told.pick}`);
  // Whoever parks as it is moved could not lock its new parts in order, and asks again.
  if (![third, third === "park" ? "KPPLN" : "KPSTA"].includes(told.third))
    faults.push(`${third} was told ${told.third}`);
  // What was picked and sent back is taken along.
  if (isMoved && isPicked && !isRejected) faults.push("it was moved, and picked where it was");
  if (repromises !== (isMoved ? 1 : 0)) faults.push(`told ${told.move}, and moved ${repromises} times`);
  if (parked !== (told.third === "park")) faults.push(`told ${told.third}, and parked: ${parked}`);
  const expected = isMoved ? "to_pick" : isRejected ? "rejected" : isPicked ? "ready" : "to_pick";
  if (parts.join() !== expected) faults.push(`its parts are ${parts.join()} and not ${expected}`);
  if (state !== { to_pick: "confirmed", rejected: "unplaced", ready: "ready" }[expected]) faults.push(`it is ${state}`);
  if (open !== (expected === "rejected" ? 0 : CLAIMS)) faults.push(`${expected} with ${open} open claims`);
  return faults;
}

describe("a confirmed order that is moved and picked at once", () => {
  test.for(THIRDS)(
    "while it is to %s: whoever comes first decides, and what it claims is kept or given back once",
    async (third) => {
      const endings = new Set<string>();
      for (const turns of ORDERS) {
        const ending = await play(turns, third);
        endings.add(`${ending.told.move} ${ending.told.pick} ${ending.told.third}`);
        expect({ turns: turns.join(" "), ...ending, faults: faultsOf(ending, third) }).toMatchObject({ faults: [] });
      }
      expect(violations(await auditLedger(db.sql)).map(({ invariant }) => invariant.name)).toEqual([]);
      const possible = {
        reject: ["KPSTA ready reject", "moved KPSTA KPSTA", "moved KPSTA reject", "moved ready reject"],
        park: ["KPPRK KPPRK park", "KPSTA ready park", "moved KPSTA KPPLN", "moved KPSTA park"],
      };
      expect([...endings].sort()).toEqual(possible[third]);
    },
  );
});

describe("the orders notice", () => {
  const mutants: Record<string, { readonly mutation: Mutation; readonly third: Third }> = {
    "a pick without its lock": {
      mutation: { of: "app.lock_fulfilment", text: "order by h.id for no key update", by: "" },
      third: "reject",
    },
    "a move that does not give back": {
      mutation: { of: "app.repromise_order", text: "perform app.return_claims(olds, 'repromised');", by: "" },
      third: "reject",
    },
    "a parking without the parts' locks": {
      mutation: { of: "app.lock_parts", text: "order by h.id for no key update", by: "" },
      third: "park",
    },
  };
  test.for(Object.keys(mutants))("%s", async (name) => {
    const { mutation, third } = mutants[name]!;
    await mutateFunction(db.sql, mutation);
    for (const turns of ORDERS) {
      if (faultsOf(await play(turns, third), third).length > 0) return;
    }
    expect.unreachable("no order showed the bug");
  });
});
