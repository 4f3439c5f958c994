import postgres from "postgres";
import { withOperatorDatabase } from "#bin/operator-database.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import { auditLedger, type Finding, violations } from "#server/features/audit/audit-ledger.ts";

/** Undefined table, column, function, schema. */
const OTHER_SCHEMA = new Set(["42P01", "42703", "42883", "3F000"]);

export const verb: Verb = {
  summary: "Checks the ledger: every promise, claim and route, derived again from what was recorded.",
  usage: `

Prints one line for each invariant and the first rows that break it. Exit code 1 when one is broken. The database is
that of DATABASE_URL, or the embedded one, which must be running.`,

  async run(args) {
    if (args.length > 0) throw new UsageError("it takes no arguments.");
    const startedAt = performance.now();
    const findings = await withOperatorDatabase((db) => auditLedger(db)).catch((error: unknown) => {
      const isOther = error instanceof postgres.PostgresError && OTHER_SCHEMA.has(error.code);
      throw isOther
        ? new OperatorError(`This database is not migrated as this audit expects (${error.message}).`, { cause: error })
        : error;
    });
    for (const finding of findings) console.log(formatFinding(finding));
    const broken = violations(findings).length;
    const warnings = findings.filter(({ count }) => count > 0).length - broken;
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(
      `\n${findings.length - broken - warnings} of ${findings.length} invariants hold, ${broken} broken, ${warnings} to look at (${seconds} s)`,
    );
    return broken > 0 ? 1 : 0;
  },
};

function formatFinding({ invariant, rows, count }: Finding): string {
  if (count === 0) return `holds    ${invariant.sentence}`;
  const verdict = invariant.severity === "warning" ? "look at " : "BROKEN  ";
  const lines = rows.map((row) => `           ${formatRow(row)}`);
  if (count > rows.length) lines.push(`           and ${(count - rows.length).toLocaleString("en")} more`);
  return [`${verdict} ${invariant.sentence} (${invariant.name})`, ...lines].join("\n");
}

function formatRow(row: Readonly<Record<string, unknown>>): string {
  return Object.entries(row)
    .map(([name, value]) => `${name}=${value instanceof Date ? value.toISOString() : String(value)}`)
    .join(" ");
}
