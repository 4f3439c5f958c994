import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import type { Database } from "#server/db/database.ts";
import { insertNetwork, type Network } from "#supabase/tests/network-fixture.ts";

// Calls of one thing in every order: some sessions, each of which begins, calls and commits. A session that waits for a lock goes on
// when it can, so its commit comes after its call however early its turn is.
//
// Of all orders many are the same. `begin` takes no snapshot and reads no clock that a function asks (a mutant may, and is another
// test's: see mutants.ts), so it may as well come right before its call.

const STEPS = ["begin", "call", "commit"] as const;
type Step = (typeof STEPS)[number];
export type Turn<Name extends string> = readonly [Name, Step];

/** Every way to shuffle the steps of the sessions together, each session's own in their order. */
export function everyOrder<Name extends string>(names: readonly Name[]): Turn<Name>[][] {
  return interleavings(names.map((name) => [name, STEPS] as const));
}

function interleavings<Name extends string>(left: readonly (readonly [Name, readonly Step[]])[]): Turn<Name>[][] {
  if (left.every(([, steps]) => steps.length === 0)) return [[]];
  return left.flatMap(([name, [next, ...rest]]) => {
    if (next === undefined) return [];
    const others = left.map((each) => (each[0] === name ? ([name, rest] as const) : each));
    return interleavings(others).map((turns): Turn<Name>[] => [[name, next], ...turns]);
  });
}

/** One order for all that differ in nothing but when a session says `begin`. */
export function distinctOrders<Name extends string>(orders: readonly Turn<Name>[][]): Turn<Name>[][] {
  const byCalls = new Map<string, Turn<Name>[]>();
  for (const turns of orders) {
    const lateBegins = turns.flatMap(([name, step]): Turn<Name>[] => {
      if (step === "begin") return [];
      const turn = [name, step] as const;
      return step === "call" ? [[name, "begin"], turn] : [turn];
    });
    byCalls.set(lateBegins.join(), lateBegins);
  }
  return [...byCalls.values()];
}

export interface OrderedSession {
  readonly sql: postgres.Sql;
  readonly pid: number;
}

export async function openSessions<Name extends string>(
  url: string,
  names: readonly Name[],
): Promise<Record<Name, OrderedSession>> {
  const opened = await Promise.all(
    names.map(async (name) => {
      const sql = postgres(url, { max: 1, onnotice: () => {} });
      const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
      return [name, { sql, pid: row!.pid }] as const;
    }),
  );
  return Object.fromEntries(opened) as Record<Name, OrderedSession>;
}

/**
 * Takes the turns one after the other: a step of a session that still waits is taken when it has waited enough. Answers what each
 * session was told by its call, or the SQLSTATE that it ended with.
 */
export async function takeTurns<Name extends string>(
  observer: Database,
  sessions: Readonly<Record<Name, OrderedSession>>,
  turns: readonly Turn<Name>[],
  calls: Readonly<Record<Name, (sql: postgres.Sql) => Promise<string>>>,
  before?: (turn: Turn<Name>) => Promise<void>,
): Promise<Record<Name, string>> {
  const told = new Map<Name, string>();
  const tails = new Map<Name, Promise<unknown>>();
  const take = async ([name, step]: Turn<Name>) => {
    const { sql } = sessions[name];
    if (step !== "call") return sql.unsafe(step);
    try {
      told.set(name, await calls[name](sql));
    } catch (error) {
      if (!(error instanceof postgres.PostgresError)) throw error;
      // The transaction is over then, and its commit a rollback.
      told.set(name, error.code);
    }
  };
  for (const turn of turns) {
    await before?.(turn);
    const tail = (tails.get(turn[0]) ?? Promise.resolve()).then(() => take(turn));
    tails.set(turn[0], tail);
    await doneOrWaiting(observer, tail, sessions[turn[0]]);
  }
  await Promise.all(tails.values());
  return Object.fromEntries(told) as Record<Name, string>;
}

/** Resolves when the step is done, or when Postgres says that its session waits for another. */
async function doneOrWaiting(observer: Database, step: Promise<unknown>, { pid }: OrderedSession): Promise<void> {
  let isDone = false;
  const done = step.then(() => {
    isDone = true;
  });
  await Promise.race([done, sleep(8)]);
  while (!isDone) {
    const [row] = await observer<{ blocked: boolean }[]>`select cardinality(pg_blocking_pids(${pid})) > 0 as blocked`;
    if (row!.blocked) return;
    await Promise.race([done, sleep(2)]);
  }
}

/** The tests' network with enough of everything: each order takes of its own, and a shortage would be another test. */
export async function insertPlenty(sql: Database): Promise<Network> {
  const network = await insertNetwork(sql);
  await sql`update public.carrier_days set limit_parcels = 10000`;
  await sql`update public.work_buckets set target_sec = 1000000, limit_sec = 1000000`;
  await sql`insert into public.stock_movements (node_id, sku_id, units, reason)
    select node_id, sku_id, 10000, 'count' from public.inventory_levels`;
  await sql`update public.inventory_levels set on_hand = on_hand + 10000`;
  return network;
}
