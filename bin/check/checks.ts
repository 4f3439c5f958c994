import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { startMigratedPostgres, TEMPLATE_DATABASE } from "#supabase/local/test-postgres.setup.ts";
import { PROJECT_DIR } from "../project-dir.ts";
import { databaseTypes } from "./database-types.ts";
import { houseRuleFaults } from "./house-rules.ts";
import { misdirectedImports } from "./import-directions.ts";
import { lineDiff } from "./line-diff.ts";
import { runTool } from "./run-tool.ts";
import { schemaSnapshot } from "./schema-snapshot.ts";
import { readSources } from "./source-file.ts";

export interface Verdict {
  readonly name: string;
  readonly isGood: boolean;
  /** One line. */
  readonly sentence: string;
  /** For a bad one: what is wrong, in as many lines as it takes. */
  readonly details?: string;
}

export const TYPES_FILE = "server/db/database.types.ts";
export const SCHEMA_FILE = "supabase/schema.snapshot.sql";

/** All checks, in the order in which their verdicts are printed. `write` mends what can be mended instead of reporting it. */
export function startChecks(write: boolean): Promise<Verdict>[] {
  const database = checkDatabase(write);
  return [
    checkDirections(),
    checkLint(write),
    checkTypes(),
    database.then(({ types }) => types),
    database.then(({ schema }) => schema),
  ];
}

async function checkDirections(): Promise<Verdict> {
  const files = readSources(PROJECT_DIR);
  const faults = [...misdirectedImports(files), ...houseRuleFaults(files)];
  return {
    name: "house rules",
    isGood: faults.length === 0,
    sentence: faults.length === 0 ? `${files.length} files keep to layers and names` : `${faults.length} broken`,
    details: faults.map(({ path, line, message }) => `${path}:${line}  ${message}`).join("\n"),
  };
}

async function checkLint(write: boolean): Promise<Verdict> {
  const { code, output } = await runTool("biome", [
    "check",
    "--colors=off",
    "--max-diagnostics=10",
    ...(write ? ["--write"] : []),
  ]);
  const count = /Checked (\d+ files)/.exec(output)?.[1] ?? "files";
  return {
    name: "lint and format",
    isGood: code === 0,
    sentence:
      code === 0 ? `${count} are as biome wants them` : 'biome objects; "npm run check -- --write" mends what it can',
    details: output.trim(),
  };
}

async function checkTypes(): Promise<Verdict> {
  const { code, output } = await runTool("tsc", ["--noEmit", "--pretty", "false"]);
  const errors = output.match(/error TS\d+/g)?.length ?? 0;
  return {
    name: "types",
    isGood: code === 0,
    sentence: code === 0 ? "tsc finds nothing" : `tsc finds ${errors} errors`,
    details: output.trim(),
  };
}

/** Both derive from one freshly migrated database. */
async function checkDatabase(write: boolean): Promise<{ types: Verdict; schema: Verdict }> {
  const server = await startMigratedPostgres();
  const url = server.url.replace(/\/postgres$/, `/${TEMPLATE_DATABASE}`);
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const schema = compare("schema snapshot", SCHEMA_FILE, await sql.begin(schemaSnapshot), write);
    const types = compare("database types", TYPES_FILE, await databaseTypes(url), write);
    return { types, schema };
  } finally {
    await sql.end({ timeout: 1 });
    await server.stop();
  }
}

function compare(name: string, path: string, made: string, write: boolean): Verdict {
  const file = join(PROJECT_DIR, path);
  const committed = existsSync(file) ? readFileSync(file, "utf8") : "";
  if (committed === made) return { name, isGood: true, sentence: `${path} is what the migrations make` };
  if (write) {
    writeFileSync(file, made);
    return { name, isGood: true, sentence: `${path} written anew` };
  }
  return {
    name,
    isGood: false,
    sentence: `${path} is not what the migrations make; "npm run check -- --write" writes it`,
    details: lineDiff(committed, made),
  };
}
