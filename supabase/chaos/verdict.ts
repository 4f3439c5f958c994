import { setTimeout as sleep } from "node:timers/promises";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import type { AnswerLog } from "./answer-log.ts";
import type { ChaosDatabase } from "./chaos-server.ts";
import { replayDatabase } from "./replay-ledger.ts";
import type { Violation } from "./violation.ts";

export interface Verdict {
  readonly found: readonly Violation[];
  /** Lines of the ledger that were walked. */
  readonly claims: number;
}

/** Everything that can be asked while nobody does anything. */
export async function judge(database: ChaosDatabase, log: AnswerLog): Promise<Verdict> {
  const sql = database.open();
  try {
    const contradictions = await log.verify(sql);
    const replayed = await replayDatabase(sql, database.network.hourSec);
    const audited = violations(await auditLedger(sql)).map(({ invariant, rows }) => {
      return { signal: `audit: ${invariant.name}`, detail: JSON.stringify(rows[0]) };
    });
    return { found: [...contradictions, ...replayed.violations, ...audited], claims: replayed.entries };
  } finally {
    await sql.end();
  }
}

/** Longer than the sampler takes to complain. */
const LONGEST_SWEEP_MS = 4000;

/** Until nothing is left that is over, or long enough for the sampler to have complained. */
export async function untilSwept(database: ChaosDatabase, isStopping: () => boolean): Promise<void> {
  const sql = database.open();
  try {
    const deadlineMs = performance.now() + LONGEST_SWEEP_MS;
    for (;;) {
      const [row] = await sql<{ left: number }[]>`select count(*)::int as left from public.holds where state = 'held'`;
      if (row!.left === 0 || performance.now() > deadlineMs || isStopping()) return;
      await sleep(50);
    }
  } finally {
    await sql.end();
  }
}
