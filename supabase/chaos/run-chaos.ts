import { makeRandom } from "#server/core/random.ts";
import { readInvariants } from "#server/features/audit/audit-ledger.ts";
import { AnswerLog } from "./answer-log.ts";
import { ask } from "./asking.ts";
import { attemptOne } from "./attempt.ts";
import { type Background, moveTheClock, sampleAllTheTime, sweepAllTheTime } from "./background.ts";
import type { ChaosDatabase, ChaosServer } from "./chaos-server.ts";
import { CLIENT_STEPS, type ClientSteps } from "./client-steps.ts";
import type { IsWaiting } from "./encounter.ts";
import { Findings, type Found } from "./findings.ts";
import { Gate } from "./gate.ts";
import { KnownHolds } from "./known-holds.ts";
import { PlatformClock } from "./platform-clock.ts";
import { Pressure } from "./pressure.ts";
import { makeSampler } from "./sampler.ts";
import { drawKills, ServerDeaths } from "./server-deaths.ts";
import { Tabs } from "./tabs.ts";
import { type Latencies, type Outcomes, Tally } from "./tally.ts";
import { judge, untilSwept } from "./verdict.ts";
import type { World } from "./world.ts";

// Many clients, all of whom may die at any statement, on a server that is killed now and then. The seed decides what is
// asked, who dies where and when the server is killed; the machine decides who comes first. So a seed makes a run alike,
// not equal, and what is asserted holds for every order.

export interface ChaosPlan {
  readonly attempts: number;
  readonly connections: number;
  /** Share of the attempts whose client dies in mid-transaction. */
  readonly crash: number;
  /** How often the server is killed. */
  readonly kills: number;
  readonly seed: number;
}

export interface ChaosOptions extends ChaosPlan {
  /** Others than the right ones: a mutant's. */
  readonly steps?: ClientSteps;
  readonly sweepEveryMs?: number;
  /** Ends at the first violation, and looks at everything after each so many attempts. */
  readonly judgeEvery?: number;
  readonly signal?: AbortSignal;
  onProgress?(made: number): void;
}

export interface ChaosReport {
  readonly attempts: number;
  readonly seconds: number;
  readonly outcomes: Outcomes;
  readonly latencies: Latencies;
  readonly expired: number;
  /** Clients that died in mid-transaction, and answers lost by the deaths of the server. */
  readonly crashes: number;
  readonly lostToKills: number;
  /** How long each time from the kill until the server served again. */
  readonly recoveriesMs: readonly number[];
  readonly samples: number;
  readonly longestGapMs: number;
  readonly claims: number;
  readonly invariants: number;
  readonly found: readonly Found[];
}

const PATIENCE_MS = 60_000;
const PATIENCE_OF_ATTEMPT_MS = 100;
/** Longer than anything that is held lives. */
const AFTER_ALL_MS = 60_000;

/** Runs one chaos on a fresh database and judges it. Rejects only for what is no finding: a server that does not start. */
export async function runChaos(
  server: ChaosServer,
  database: ChaosDatabase,
  options: ChaosOptions,
): Promise<ChaosReport> {
  const { attempts, connections, judgeEvery, steps = CLIENT_STEPS, signal } = options;
  const startedMs = performance.now();
  const seed = makeRandom(options.seed);
  let begun = 0;
  let claims = 0;
  let isOver = false;

  const attemptsBegun = () => Math.min(begun, attempts);
  const findings = new Findings(attemptsBegun, judgeEvery !== undefined);
  const [gate, pressure, tally] = [new Gate(), new Pressure(connections), new Tally()];
  const [deaths, tabs, clock] = [new ServerDeaths(server), new Tabs(database.url), new PlatformClock()];
  const [log, sampler] = [new AnswerLog(), makeSampler()];
  const observer = database.open();
  const isWaiting: IsWaiting = async (pid) => {
    const [row] = await observer<{ waits: boolean }[]>`
      select wait_event_type is not distinct from 'Lock' as waits from pg_stat_activity where pid = ${pid}`;
    return row?.waits ?? true;
  };
  const isStopping = () => signal?.aborted === true || findings.areEnough;
  const background: Background = {
    ...{ gate, pressure, findings, tally, deaths, tabs, crash: options.crash, isStopping },
    isOver: () => isOver,
  };
  const world: World = {
    ...{ seed: options.seed, network: database.network, steps, log, tabs, findings, isStopping },
    known: new KnownHolds(clock),
    ask: (attempt, request) => ask(background, attempt, request),
    isWaiting,
  };

  const look = async () => {
    const verdict = await judge(database, log);
    findings.report(verdict.found);
    claims = verdict.claims;
  };
  const kill = () =>
    gate.standStill(look, async () => {
      await deaths.kill();
      sampler.forget();
      pressure.begin();
    });

  const killAt = drawKills(seed.fork("kills"), attempts, options.kills);
  const kills: Promise<void>[] = [];
  const patienceMs = PATIENCE_MS + attempts * PATIENCE_OF_ATTEMPT_MS;
  const work = async () => {
    const tab = tabs.open();
    while (!isStopping() && begun < attempts) {
      if (performance.now() - startedMs > patienceMs) {
        findings.report([
          { signal: "too slow", detail: `it should take ${Math.round(patienceMs / 1000)} s at the most` },
        ]);
        return;
      }
      await pressure.pass(async () => {
        const number = begun++;
        if (number >= attempts) return;
        options.onProgress?.(number);
        if (killAt.has(number)) kills.push(kill());
        else if (number > 0 && judgeEvery !== undefined && number % judgeEvery === 0) await gate.standStill(look);
        await attemptOne(world, { tab, random: seed.fork(`attempt ${number}`), number });
      });
    }
  };

  const outside = tabs.open();
  const goingOn: Promise<void>[] = [];
  try {
    await clock.jump(outside().transact, 0);
    goingOn.push(
      sampleAllTheTime(background, sampler),
      sweepAllTheTime(background, seed.fork("sweeper"), steps, options.sweepEveryMs),
      moveTheClock(background, seed.fork("clock"), clock),
    );
    await Promise.all(Array.from({ length: connections }, work));
    await Promise.all(kills);
    // Whatever is still held is over now, and two seconds are enough to give it back.
    if (!isStopping()) {
      await clock.jump(outside().transact, AFTER_ALL_MS);
      await untilSwept(database, isStopping);
    }
    isOver = true;
    await Promise.all(goingOn);
    if (!isStopping()) await gate.standStill(look);
  } finally {
    isOver = true;
    await Promise.allSettled(goingOn);
    await Promise.all([tabs.end(), observer.end()]);
  }
  return {
    attempts: attemptsBegun(),
    seconds: (performance.now() - startedMs) / 1000,
    outcomes: tally.outcomes,
    latencies: tally.latencies,
    expired: tally.expired,
    crashes: tally.crashes,
    lostToKills: tally.lostToKills,
    recoveriesMs: deaths.recoveriesMs,
    samples: tally.samples,
    longestGapMs: tally.longestGapMs,
    claims,
    invariants: readInvariants().length,
    found: findings.all,
  };
}
