import type { ChaosPlan, ChaosReport } from "./run-chaos.ts";

/** What each refusal says in a word or two; see docs/data-model.md. */
const OUTCOMES: Readonly<Record<string, string>> = {
  done: "done",
  gone: "gone",
  KPSTK: "no stock",
  KPWRK: "no picking",
  KPWIN: "window full",
  KPCAR: "carrier full",
  KPRUN: "run full",
  KPVAN: "van full",
  KPPLN: "plan moved on",
  KPDEP: "van left",
  KPEXP: "expired",
  KPSTA: "not in this state",
  KPPRK: "parked",
  KPLIM: "held too much",
};

const count = (n: number) => n.toLocaleString("en");
const ms = (n: number) => (n < 10 ? n.toFixed(1) : count(Math.round(n)));

/** The report for people, line by line. */
export function summarize(plan: ChaosPlan & { readonly units: number }, report: ChaosReport): string[] {
  const { attempts, seconds, recoveriesMs } = report;
  const kinds = Object.keys(report.outcomes).sort((a, b) => total(report, b) - total(report, a));
  const width = Math.max(0, ...kinds.map((kind) => kind.length));
  const lines = [
    `${count(attempts)} attempts by ${plan.connections} clients for ${count(plan.units)} units in ${seconds.toFixed(0)} s (${(attempts / seconds).toFixed(0)} a second), seed ${plan.seed}`,
    "",
  ];
  for (const kind of kinds) {
    const times = report.latencies[kind];
    const outcomes = Object.entries(report.outcomes[kind]!)
      .sort(([, a], [, b]) => b - a)
      .map(([outcome, n]) => `${count(n)} ${OUTCOMES[outcome] ?? outcome}`);
    const latency = times ? `p50 ${ms(times.p50Ms)} ms, p99 ${ms(times.p99Ms)} ms` : "";
    lines.push(`  ${kind.padEnd(width)}  ${latency.padEnd(28)}  ${outcomes.join(", ")}`);
  }
  lines.push(
    "",
    `  ${count(report.expired)} holds expired, ${count(report.crashes)} clients died in mid-transaction and ${count(report.lostToKills)} more lost an answer with the server`,
    recoveriesMs.length === 0
      ? "  the server was not killed"
      : `  the server was killed ${recoveriesMs.length === 1 ? "once" : `${recoveriesMs.length} times`} and served again after ${recoveriesMs.map((t) => `${(t / 1000).toFixed(1)} s`).join(", ")}`,
    `  ${count(report.samples)} samples (longest gap ${ms(report.longestGapMs)} ms), ${count(report.claims)} lines of the ledger replayed, ${report.invariants} invariants audited`,
    "",
  );
  if (report.found.length === 0) {
    lines.push(
      "Every acknowledged promise was kept: nothing over its limit, nothing lost, nothing leaked, no deadlock.",
    );
    return lines;
  }
  lines.push(`BROKEN, seed ${plan.seed}:`);
  for (const { signal, detail, afterAttempts } of report.found) {
    lines.push(`  ${signal}, after ${count(afterAttempts)} attempts: ${detail}`);
  }
  return lines;
}

function total({ outcomes }: ChaosReport, kind: string): number {
  return Object.values(outcomes[kind]!).reduce((sum, n) => sum + n, 0);
}
