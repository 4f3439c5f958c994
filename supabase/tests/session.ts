import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";

/** One connection with a transaction that a test holds open, or a call that it watches waiting. */
export interface Session {
  readonly sql: postgres.Sql;
  readonly pid: number;
  end(): Promise<void>;
}

export async function openSession(url: string): Promise<Session> {
  const sql = postgres(url, { max: 1, onnotice: () => {}, connection: { deadlock_timeout: "100ms" } as never });
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return { sql, pid: row!.pid, end: () => sql.end({ timeout: 1 }) };
}

/** What became of a call: "done", or the SQLSTATE that refused it. */
export type Outcome = string;

/** A call under way on a session of its own. */
export interface Attempt {
  readonly pid: number;
  readonly outcome: Promise<Outcome>;
}

/** Starts `work` in a transaction on `session` and lets it run; its failure becomes its outcome. */
export function attempt(session: Session, work: (tx: postgres.TransactionSql) => Promise<unknown>): Attempt {
  const outcome = session.sql.begin(work).then(
    () => "done",
    (error: unknown) => {
      if (error instanceof postgres.PostgresError) return error.code;
      throw error;
    },
  );
  return { pid: session.pid, outcome };
}

/** A transaction that has done its work and waits to be told how it ends. */
export interface OpenTransaction {
  commit(): Promise<Outcome>;
  rollback(): Promise<Outcome>;
}

/** Runs `work` on `session` and keeps its transaction open. */
export async function holdOpen(
  session: Session,
  work: (tx: postgres.TransactionSql) => Promise<unknown>,
): Promise<OpenTransaction> {
  const worked = Promise.withResolvers<void>();
  const end = Promise.withResolvers<"commit" | "rollback">();
  const outcome = session.sql
    .begin(async (tx) => {
      await work(tx);
      worked.resolve();
      if ((await end.promise) === "rollback") throw new RolledBack();
    })
    .then(
      () => "done",
      (error: unknown) => {
        worked.reject(error);
        if (error instanceof RolledBack) return "rolled back";
        if (error instanceof postgres.PostgresError) return error.code;
        throw error;
      },
    );
  await worked.promise;
  const finish = (how: "commit" | "rollback") => {
    end.resolve(how);
    return outcome;
  };
  return { commit: () => finish("commit"), rollback: () => finish("rollback") };
}

class RolledBack extends Error {}

const PATIENCE_MS = 10_000;

/**
 * Resolves with true once Postgres says that the attempt waits for a lock of another session, and with false when it
 * ended without waiting.
 */
export async function waits(observer: postgres.Sql, { pid, outcome }: Attempt): Promise<boolean> {
  let over = false;
  outcome.finally(() => {
    over = true;
  });
  const deadline = Date.now() + PATIENCE_MS;
  while (!over) {
    const [row] = await observer<{ blocked: boolean }[]>`select cardinality(pg_blocking_pids(${pid})) > 0 as blocked`;
    if (row!.blocked) return true;
    if (Date.now() > deadline) throw new Error(`process ${pid} neither ended nor waited for a lock`);
    await sleep(2);
  }
  return false;
}
