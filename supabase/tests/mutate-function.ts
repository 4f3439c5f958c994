import type { Database } from "#server/db/database.ts";

/** A change to the text of a function, or of a table's checks, that takes a safeguard away. */
export interface Mutation {
  /** Schema and name of the only function called so. */
  readonly of: string;
  /** Must occur in its definition; every occurrence is replaced. */
  readonly text: string;
  readonly by: string;
}

/**
 * Creates the function again with a piece of its text replaced: a test that passes must then fail.
 *
 * Throws when the piece is not there, so that a mutant dies with the code that it was a mutant of.
 */
export async function mutateFunction(sql: Database, { of, text, by }: Mutation): Promise<void> {
  const [row] = await sql<{ definition: string }[]>`select pg_get_functiondef(${of}::regproc) as definition`;
  const definition = row!.definition;
  if (!definition.includes(text)) throw new Error(`${of} does not contain: ${text}`);
  await sql.unsafe(definition.replaceAll(text, by));
}

/** Drops the CHECK constraint of a table whose definition contains `text`: the last line of defence behind a lock. */
export async function dropCheck(sql: Database, table: string, text: string): Promise<void> {
  const found = await sql<{ conname: string }[]>`select conname from pg_constraint
    where conrelid = ${table}::regclass and contype = 'c' and position(${text} in pg_get_constraintdef(oid)) > 0`;
  if (found.length !== 1) throw new Error(`${table} has ${found.length} checks that contain: ${text}`);
  await sql.unsafe(`alter table ${table} drop constraint ${found[0]!.conname}`);
}
