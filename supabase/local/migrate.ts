import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { OperatorError } from "#bin/verb.ts";
import { hostFault } from "./host-fault.ts";
import { type Statement, splitStatements } from "./split-statements.ts";

export const MIGRATIONS_DIR = fileURLToPath(new URL("../migrations", import.meta.url));

/** Two starters must not migrate the same database at once; any fixed number will do. */
const MIGRATION_LOCK = 5_432_109_876;

interface Migration {
  readonly version: string;
  readonly name: string;
  readonly file: string;
  readonly statements: readonly Statement[];
}

interface Applied {
  readonly version: string;
  readonly statements: readonly string[] | null;
}

/**
 * Applies the pending migrations of `dirs` in the order of their versions, each in a transaction of its own, and
 * records them as the Supabase command line does. Answers how many it applied.
 *
 * Throws OperatorError naming file, line and message when one fails, and naming the file when one was edited after
 * it had been applied: the database would not be what the code expects.
 */
export async function migrate(sql: postgres.Sql, dirs: readonly string[] = [MIGRATIONS_DIR]): Promise<number> {
  const migrations = readMigrations(dirs);
  const session = await sql.reserve();
  try {
    await session`select pg_advisory_lock(${MIGRATION_LOCK})`;
    const applied = await session<Applied[]>`select version, statements from supabase_migrations.schema_migrations`;
    const pending = pendingMigrations(migrations, applied);
    for (const migration of pending) await apply(session, migration);
    return pending.length;
  } finally {
    await session`select pg_advisory_unlock(${MIGRATION_LOCK})`.catch(() => {});
    session.release();
  }
}

/** The files of the migrations that the database behind `sql` has not seen; it may be a hosted one without any history. */
export async function unappliedMigrations(sql: postgres.Sql): Promise<string[]> {
  const [history] = await sql`select to_regclass('supabase_migrations.schema_migrations') is not null as present`;
  const applied = history?.present
    ? await sql<Applied[]>`select version from supabase_migrations.schema_migrations`
    : [];
  const versions = new Set(applied.map(({ version }) => version));
  return readMigrations([MIGRATIONS_DIR])
    .filter(({ version }) => !versions.has(version))
    .map(({ file }) => basename(file));
}

function readMigrations(dirs: readonly string[]): Migration[] {
  const migrations: Migration[] = [];
  for (const dir of dirs) {
    for (const entry of readdirSync(dir)) {
      const [, version, name] = /^(\d+)_(.*)\.sql$/.exec(entry) ?? [];
      if (version === undefined || name === undefined) continue;
      const file = join(dir, entry);
      migrations.push({ version, name, file, statements: splitStatements(readFileSync(file, "utf8")) });
    }
  }
  migrations.sort((a, b) => (a.version < b.version ? -1 : 1));
  for (let i = 1; i < migrations.length; i++) {
    const [a, b] = [migrations[i - 1]!, migrations[i]!];
    if (a.version === b.version)
      throw new OperatorError(`Two migrations have the same version: ${a.file} and ${b.file}.`);
  }
  return migrations;
}

function pendingMigrations(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const recorded = new Map(applied.map((row) => [row.version, row.statements]));
  const remedy = 'put it back, or start from an empty database with "kept db reset"';
  const pending = migrations.filter(({ version, file, statements }) => {
    const before = recorded.get(version);
    if (before === undefined) return true;
    recorded.delete(version);
    if (before !== null && before.join(";") !== statements.map(({ sql }) => sql).join(";")) {
      throw new OperatorError(`${basename(file)} was edited after it had been applied to this database: ${remedy}.`);
    }
    return false;
  });
  const [unknown] = recorded.keys();
  if (unknown === undefined) return pending;
  throw new OperatorError(`This database has a migration ${unknown} that is not in supabase/migrations: ${remedy}.`);
}

async function apply(session: postgres.ReservedSql, { version, name, file, statements }: Migration): Promise<void> {
  await session`begin`;
  try {
    for (const statement of statements) {
      try {
        // Without parameters: the simple protocol, which takes every kind of statement.
        await session.unsafe(statement.sql);
      } catch (error) {
        throw migrationFault(error, file, statement);
      }
    }
    await session`
      insert into supabase_migrations.schema_migrations (version, name, statements)
      values (${version}, ${name}, ${statements.map(({ sql }) => sql)})
    `;
    await session`commit`;
  } catch (error) {
    await session`rollback`.catch(() => {});
    throw error;
  }
}

function migrationFault(error: unknown, file: string, { sql, line }: Statement): unknown {
  if (!(error instanceof postgres.PostgresError)) return error;
  const full = hostFault(error.message, { dir: "the database" });
  if (error.code === "53100" && full) return new OperatorError(full);
  // Postgres counts characters from 1; an error without a position concerns the statement as a whole.
  const at = error.position ? line + sql.slice(0, Number(error.position) - 1).split("\n").length - 1 : line;
  const more = [error.detail, error.hint].filter(Boolean).join(" ");
  return new OperatorError(`${basename(file)}, line ${at}: ${error.message}${more ? ` (${more})` : ""}`);
}
