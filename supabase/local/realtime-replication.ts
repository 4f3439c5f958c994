import postgres from "postgres";

/** A row that a transaction added to `realtime.messages`. */
export interface DatabaseMessage {
  readonly id: string;
  readonly topic: string;
  readonly event: string;
  readonly payload: unknown;
  readonly private: boolean;
}

export interface Replication {
  /** Before Postgres is stopped: a fast shutdown waits for this connection (36 s were seen). */
  close(): Promise<void>;
}

interface Options {
  readonly databaseUrl: string;
  onMessage(message: DatabaseMessage): void;
  /** After the first connection and after each new one: messages in between are lost, as they are on a hosted project. */
  onConnected?(): void;
}

const PUBLICATION = "supabase_realtime_messages_publication";
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;

/**
 * Follows `realtime.messages` through a temporary logical replication slot.
 *
 * Not through NOTIFY: it takes a lock at commit that makes all committing transactions queue, five times fewer
 * reservations per second when measured.
 *
 * Resolves when the first connection stands. postgres.js says that it reconnects after a lost connection but does
 * not recover, so each attempt has a client of its own.
 */
export async function followMessages({ databaseUrl, onMessage, onConnected }: Options): Promise<Replication> {
  let closed = false;
  let client: postgres.Sql | undefined;
  let retry: NodeJS.Timeout | undefined;

  async function connect(delayMs: number): Promise<void> {
    const mine = postgres(databaseUrl, { max: 1, publications: PUBLICATION, onnotice: () => {} });
    client = mine;
    let lost = false;
    const again = () => {
      if (lost || closed) return;
      lost = true;
      void mine.end({ timeout: 0 }).catch(() => {});
      retry = setTimeout(() => connect(Math.min(delayMs * 2, LAST_RETRY_MS)).catch(() => {}), delayMs);
    };
    const receive = (row: postgres.Row | null) => {
      // A probe of authorisation has no event; it is rolled back, but a policy test may commit one.
      if (row?.event) onMessage(row as unknown as DatabaseMessage);
    };
    try {
      await mine.subscribe("insert:realtime.messages", receive, () => onConnected?.(), again);
    } catch (error) {
      again();
      throw error;
    }
  }

  await connect(FIRST_RETRY_MS);
  return {
    async close() {
      closed = true;
      clearTimeout(retry);
      await client?.end({ timeout: 1 }).catch(() => {});
    },
  };
}
