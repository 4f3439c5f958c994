import postgres from "postgres";

export type Database = postgres.Sql;
export type Transaction = postgres.TransactionSql;
/** A pool or a transaction: whatever a query can run on. */
export type Queryable = Database | Transaction;

/** The claims of a verified token, as the database's policies read them. */
export interface DatabaseCaller {
  readonly userId: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Opens a pool. `transactionPooler` is for a pooler that gives a connection per transaction (Supavisor on port 6543):
 * prepared statements would then be prepared on one server connection and run on another.
 */
export function openDatabase(url: string, options: { max?: number; transactionPooler?: boolean } = {}): Database {
  return postgres(url, {
    max: options.max ?? 10,
    prepare: !options.transactionPooler,
    onnotice: () => {},
    connection: { application_name: "kept", timezone: "UTC" },
  });
}

/**
 * Runs `work` as the caller: role and claims are set for one transaction, so RLS and the functions see who asks.
 *
 * The settings are awaited before `work` starts: postgres.js sends a query when it is awaited, so a `work` that went out
 * first would run as the pool's own user.
 */
export async function asCaller<T>(
  db: Database,
  caller: DatabaseCaller,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return (await db.begin(async (tx) => {
    await tx`select set_config('role', 'authenticated', true),
      set_config('request.jwt.claims', ${JSON.stringify(caller.claims)}, true),
      set_config('request.jwt.claim.sub', ${caller.userId}, true),
      set_config('request.jwt.claim.role', 'authenticated', true)`;
    return work(tx);
  })) as T;
}
