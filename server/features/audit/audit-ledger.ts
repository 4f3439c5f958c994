import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Database, Queryable } from "#server/db/database.ts";

const AUDIT_DIR = fileURLToPath(new URL("../../../supabase/audit", import.meta.url));

/** A sentence that must be true of the database, and the query for the rows that make it false. */
export interface Invariant {
  readonly name: string;
  readonly sentence: string;
  /** A warning says that something needs a look; a violation, that a promise or the ledger is wrong. */
  readonly severity: "violation" | "warning";
  readonly query: string;
}

export interface Finding {
  readonly invariant: Invariant;
  /** The first offending rows; none: the sentence is true. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** How many there are in all. */
  readonly count: number;
}

/** The invariants of `supabase/audit`, one file each: the sentence as its first line, then the query. */
export function readInvariants(dir = AUDIT_DIR): Invariant[] {
  const files = readdirSync(dir).filter((file) => file.endsWith(".sql"));
  return files.sort().map((file) => {
    const [, warning, sentence, query] =
      /^-- (warning: )?(.+)\n([\s\S]+?);\s*$/.exec(readFileSync(`${dir}/${file}`, "utf8")) ?? [];
    if (sentence === undefined || query === undefined) throw new Error(`${file} is not a sentence and a query`);
    return { name: file.slice(0, -4), sentence, severity: warning ? "warning" : "violation", query };
  });
}

const ROWS_SHOWN = 10;

/**
 * Asks every invariant, all of one snapshot: what commits meanwhile cannot look half done.
 *
 * It shares no code with the functions it judges: the totals are derived again from the ledger, the routes walked again.
 */
export async function auditLedger(db: Database): Promise<Finding[]> {
  return (await db.begin("isolation level repeatable read read only", (tx) => auditWithin(tx))) as Finding[];
}

/** As {@link auditLedger}, in the transaction of the caller, whose own changes it sees. */
export async function auditWithin(tx: Queryable): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const invariant of readInvariants()) {
    const rows = await tx.unsafe(
      `select offending.*, count(*) over () as "__count" from (${invariant.query}) offending limit ${ROWS_SHOWN}`,
    );
    findings.push({
      invariant,
      rows: rows.map(({ __count, ...row }) => row),
      count: Number(rows[0]?.__count ?? 0),
    });
  }
  return findings;
}

/** What is wrong, without the warnings. */
export function violations(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ invariant, count }) => count > 0 && invariant.severity === "violation");
}
