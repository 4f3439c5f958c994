import postgres from "postgres";
import { AnswerLost, type Transact } from "./client.ts";
import type { Findings } from "./findings.ts";
import type { Gate } from "./gate.ts";
import type { Pressure } from "./pressure.ts";
import type { ServerDeaths } from "./server-deaths.ts";
import type { Tally } from "./tally.ts";
import type { Violation } from "./violation.ts";
import type { Attempt } from "./world.ts";

/** One request, with what its answer means for the log. */
export interface Request<T> {
  readonly kind: string;
  /** Statements of its transactions, among which its client may die. */
  readonly statements: number;
  /** Its client waits by itself, so that its time says nothing of the server. */
  readonly isPatient?: boolean;
  /** `look` is for what is only read beforehand. */
  ask(transact: Transact, look: Transact): Promise<T>;
  answered?(answer: T): void;
  uncertain?(): void;
}

/** A lost answer is asked for again so often at the most. */
const MOST_REPEATS = 20;
const SHARE_THAT_DAWDLES = 0.25;
const SHARE_THAT_GOES_AWAY = 0.3;

/** What a refused client is told by name, and may be told at any time. */
const REFUSALS: ReadonlySet<string> = new Set([
  "KPSTK",
  "KPWRK",
  "KPWIN",
  "KPCAR",
  "KPRUN",
  "KPVAN",
  "KPPLN",
  "KPDEP",
  "KPEXP",
  "KPSTA",
  "KPPRK",
  "KPLIM",
]);

/** What every request needs, whatever it asks for. */
export interface Surroundings {
  readonly gate: Gate;
  readonly pressure: Pressure;
  readonly findings: Findings;
  readonly tally: Tally;
  readonly deaths: ServerDeaths;
  /** Share of the requests whose client dies in mid-transaction. */
  readonly crash: number;
  isStopping(): boolean;
}

/** Asks until there is an answer, or the client gives up. Answers how it came out: "done", "gone" or an SQLSTATE. */
export async function ask<T>(
  { gate, pressure, findings, tally, deaths, crash: crashes, isStopping }: Surroundings,
  { tab, random, side }: Attempt,
  request: Request<T>,
): Promise<string> {
  const { kind, statements } = request;
  const crash = random.chance(crashes)
    ? { afterStatements: 1 + random.below(statements), lingerMs: random.below(4) }
    : undefined;
  const dawdleMs = random.chance(SHARE_THAT_DAWDLES) ? random.below(12) : 0;
  const goesAway = random.chance(SHARE_THAT_GOES_AWAY);

  const once = async (isFirst: boolean): Promise<string> => {
    const startedMs = performance.now();
    const time = () => {
      const tookMs = performance.now() - startedMs - (isFirst ? dawdleMs : 0);
      tally.time(kind, tookMs);
      if (!request.isPatient) pressure.told(tookMs);
    };
    const deathsBefore = deaths.recoveriesMs.length;
    try {
      const client = tab();
      client.behave(isFirst ? { crash, dawdleMs } : {});
      if (isFirst) side?.enter();
      const deciding = (isFirst && side?.meeting(client.transact)) || client.transact;
      const answer = await request.ask(deciding, client.transact);
      time();
      request.answered?.(answer);
      return "done";
    } catch (error) {
      if (error instanceof AnswerLost) {
        if (error.maybeDone) request.uncertain?.();
        if (isFirst && crash && deathsBefore === deaths.recoveriesMs.length && !deaths.isDying) tally.crashes++;
        else tally.lostToKills++;
        return "lost";
      }
      if (!(error instanceof postgres.PostgresError)) throw error;
      time();
      findings.report(faultsOf(kind, error));
      return error.code;
    } finally {
      side?.leave();
    }
  };

  for (let times = 0; times < MOST_REPEATS; times++) {
    const outcome = await gate.pass(() => once(times === 0));
    if (outcome === "lost" && !goesAway && !isStopping()) continue;
    const told = outcome === "lost" ? "gone" : outcome;
    tally.count(kind, told);
    return told;
  }
  findings.report([{ signal: "no answer", detail: `${kind}: lost ${MOST_REPEATS} times in a row` }]);
  tally.count(kind, "gone");
  return "gone";
}

/** What is wrong with a refusal, if anything. */
export function faultsOf(kind: string, { code, message, detail, where }: postgres.PostgresError): Violation[] {
  if (code === "40P01") return [{ signal: "deadlock", detail: `${kind}: ${detail ?? message}\n${where ?? ""}` }];
  if (REFUSALS.has(code)) return [];
  return [{ signal: "refused without a name", detail: `${kind}: ${code} ${message}` }];
}
