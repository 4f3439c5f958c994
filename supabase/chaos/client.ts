import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";

/** The connection went before the answer came. */
export class AnswerLost extends Error {
  override readonly name = "AnswerLost";
  /** False where the transaction cannot have been committed. */
  readonly maybeDone: boolean;

  constructor(maybeDone: boolean, cause: unknown) {
    super(maybeDone ? "lost at the commit" : "lost before the commit", { cause });
    this.maybeDone = maybeDone;
  }
}

/** Where a client dies: once so many more statements of its transactions were answered, `begin` and `commit` counted. */
export interface Crash {
  readonly afterStatements: number;
  /** The statement that would be the last one may be `commit`: then it dies this long after sending it. */
  readonly lingerMs: number;
}

export type Rows<T> = PromiseLike<readonly T[]>;
/** Runs one statement of a transaction. */
export type Run = <T>(statement: (sql: postgres.Sql) => Rows<T>) => Promise<readonly T[]>;
/** Runs `work` between `begin` and `commit`, each of them a statement of its own. Throws {@link AnswerLost}. */
export type Transact = <T>(work: (run: Run) => Promise<T>) => Promise<T>;

/** How the next transactions of a client go. */
export interface Manners {
  readonly crash?: Crash;
  /** How long a transaction stays open after its work is done. */
  readonly dawdleMs?: number;
}

/** One connection, for as long as it lasts. */
export interface Client {
  readonly transact: Transact;
  /** Behaves so until told otherwise. */
  behave(manners: Manners): void;
  isLost(): boolean;
  end(): Promise<void>;
}

/** Server going down, connection refused, reset or closed, in the words of the system and of the driver. */
const CUT_OFF = /^(CONNECTION_|ECONN|EPIPE|57P0|08)/;

export function isCutOff(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown };
  return error instanceof Destroyed || (typeof code === "string" && CUT_OFF.test(code));
}

class Destroyed extends Error {
  override readonly name = "Destroyed";
}

/** Opens a connection that is never made a second time: what the driver would reconnect is out of its transaction. */
export function openClient(url: string): Client {
  let socket: Socket | undefined;
  let lost = false;
  let crash: Crash | undefined;
  let left = 0;
  let dawdleMs = 0;
  const sql = postgres(url, {
    max: 1,
    max_lifetime: null,
    fetch_types: false,
    onnotice: () => {},
    // Not among the driver's types, but among its options: a function that makes the socket.
    socket: ({ host, port }: { host: string[]; port: number[] }) => {
      if (socket) throw new Destroyed("a connection is made once");
      socket = connect({ host: host[0]!, port: port[0]!, noDelay: true });
      socket.once("close", () => {
        lost = true;
      });
      return socket;
    },
  } as postgres.Options<Record<string, never>>);

  function destroy(): never {
    lost = true;
    socket?.destroy();
    throw new Destroyed("the client died");
  }

  async function run<T>(statement: (sql: postgres.Sql) => Rows<T>, isCommit = false): Promise<readonly T[]> {
    if (lost) throw new Destroyed("the connection is lost");
    const isLast = crash !== undefined && --left === 0;
    const answer = Promise.resolve(statement(sql));
    if (isLast && isCommit) {
      answer.catch(() => {});
      await sleep(crash!.lingerMs);
      destroy();
    }
    const rows = await answer;
    if (isLast) destroy();
    return rows;
  }

  async function transact<T>(work: (run: Run) => Promise<T>): Promise<T> {
    let isCommitting = false;
    try {
      await run((s) => s.unsafe("begin"));
      let answer: T;
      try {
        answer = await work(run);
      } catch (error) {
        if (!isCutOff(error)) await run((s) => s.unsafe("rollback"));
        throw error;
      }
      if (dawdleMs > 0) await sleep(dawdleMs);
      isCommitting = true;
      await run((s) => s.unsafe("commit"), true);
      return answer;
    } catch (error) {
      if (!isCutOff(error)) throw error;
      lost = true;
      throw new AnswerLost(isCommitting, error);
    }
  }

  return {
    transact,
    behave: (manners) => {
      ({ crash, dawdleMs = 0 } = manners);
      left = crash?.afterStatements ?? 0;
    },
    isLost: () => lost,
    async end() {
      await sql.end({ timeout: lost ? 0 : 1 }).catch(() => {});
      socket?.destroy();
    },
  };
}
