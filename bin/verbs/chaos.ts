import { parseArguments } from "#bin/parse-arguments.ts";
import { type ProgressBar, progressBar } from "#bin/progress-bar.ts";
import { stopSignal } from "#bin/stop-signal.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import { type ChaosServer, startChaosServer } from "#supabase/chaos/chaos-server.ts";
import { summarize } from "#supabase/chaos/chaos-summary.ts";
import { CONTROL, hunt, MUTANTS } from "#supabase/chaos/mutants.ts";
import { type ChaosPlan, runChaos } from "#supabase/chaos/run-chaos.ts";

/** Enough for the slowest of them on a busy machine; most are caught within a few hundred. */
const MUTANT_ATTEMPTS = 2500;
const MUTANT_CONNECTIONS = 32;

export const verb: Verb = {
  summary: "Proves the holds under load: crashing clients, a killed Postgres, every invariant watched meanwhile.",
  usage: `[--attempts 10000] [--units 500] [--connections 64] [--crash 0.05] [--kills 3] [--seed 1] [--mutants]

On a Postgres of its own in a temporary folder. Exit code 1 when an invariant is broken, with what broke it and the seed.
--mutants runs it on functions with a bug in them, one after the other, and exits with 1 unless it catches every one.`,

  async run(args) {
    const plan = readArguments(args);
    const signal = stopSignal();
    const progress = progressBar();
    progress.task("starting Postgres");
    const server = await startChaosServer(plan.isOfMutants ? MUTANT_CONNECTIONS : plan.connections);
    try {
      return await (plan.isOfMutants ? catchMutants : proveHolds)(server, plan, progress, signal);
    } catch (error) {
      // Whatever was interrupted may fail in any way.
      if (signal.aborted) throw new OperatorError("stopped before it was done: this run proves nothing.");
      throw error;
    } finally {
      progress.clear();
      await server.stop();
    }
  },
};

type Plan = ChaosPlan & { readonly units: number; readonly isOfMutants: boolean };

async function proveHolds(
  server: ChaosServer,
  plan: Plan,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<number> {
  const database = await server.createDatabase(plan.units);
  progress.task("chaos");
  const report = await runChaos(server, database, {
    ...plan,
    signal,
    onProgress: (made) => progress.at(made / plan.attempts),
  });
  progress.done();
  if (signal.aborted) throw new Error("aborted");
  for (const line of summarize(plan, report)) console.log(line);
  return report.found.length === 0 ? 0 : 1;
}

async function catchMutants(
  server: ChaosServer,
  plan: Plan,
  progress: ProgressBar,
  signal: AbortSignal,
): Promise<number> {
  const width = Math.max(...MUTANTS.map(({ name }) => name.length));
  let missed = 0;
  for (const mutant of [CONTROL, ...MUTANTS]) {
    progress.task(mutant.name);
    const attempts = mutant === CONTROL ? MUTANT_ATTEMPTS / 2 : MUTANT_ATTEMPTS;
    const { found, report } = await hunt(server, mutant, {
      attempts,
      connections: MUTANT_CONNECTIONS,
      seed: plan.seed,
      signal,
      onProgress: (made) => progress.at(made / attempts),
    });
    progress.done();
    if (signal.aborted) throw new Error("aborted");
    if ((found === undefined) !== (mutant === CONTROL)) missed++;
    const verdict = found
      ? `${found.signal}, after ${found.afterAttempts} attempts`
      : `nothing found in ${report.attempts} attempts`;
    console.log(`${mutant.name.padEnd(width)}  ${verdict}`);
    if (found && mutant === CONTROL) console.log(`  ${found.detail}`);
  }
  console.log(
    missed === 0
      ? `\n${MUTANTS.length} of ${MUTANTS.length} mutants caught, and nothing found where there is no bug.`
      : `\n${missed} verdicts are wrong, seed ${plan.seed}.`,
  );
  return missed === 0 ? 0 : 1;
}

const WHOLE: Readonly<Record<string, readonly [least: number, most: number, usual: number]>> = {
  attempts: [1, 1_000_000, 10_000],
  units: [12, 100_000, 500],
  connections: [1, 200, 64],
  kills: [0, 8, 3],
  seed: [0, 2 ** 31 - 1, 1],
};

function readArguments(args: readonly string[]): Plan {
  const string = { type: "string" } as const;
  const { values } = parseArguments(args, {
    options: {
      attempts: string,
      units: string,
      connections: string,
      crash: string,
      kills: string,
      seed: string,
      mutants: { type: "boolean" },
    },
  });
  const whole = (name: "attempts" | "units" | "connections" | "kills" | "seed"): number => {
    const [least, most, usual] = WHOLE[name]!;
    const text = values[name] ?? `${usual}`;
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not "${text}".`);
  };
  const crash = Number(values.crash ?? "0.05");
  if (!(values.crash !== "" && crash >= 0 && crash <= 0.5)) {
    throw new UsageError(`--crash is a share of the attempts from 0 to 0.5, not "${values.crash}".`);
  }
  return {
    attempts: whole("attempts"),
    units: whole("units"),
    connections: whole("connections"),
    kills: whole("kills"),
    seed: whole("seed"),
    crash,
    isOfMutants: values.mutants === true,
  };
}
