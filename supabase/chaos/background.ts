import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import type { Random } from "#server/core/random.ts";
import { faultsOf, type Surroundings } from "./asking.ts";
import { AnswerLost, type Client } from "./client.ts";
import type { ClientSteps } from "./client-steps.ts";
import type { PlatformClock } from "./platform-clock.ts";
import type { Sampler } from "./sampler.ts";
import type { Tabs } from "./tabs.ts";

// What goes on all the time, whatever the clients do: somebody looks, somebody sweeps, and time passes.

const SAMPLE_EVERY_MS = 25;
const SWEEP_EVERY_MS = 100;
const SWEPT_AT_ONCE = 50;

export interface Background extends Surroundings {
  readonly tabs: Tabs;
  isOver(): boolean;
}

export async function sampleAllTheTime(background: Background, sampler: Sampler): Promise<void> {
  const { findings, tally, deaths } = background;
  let lastMs = performance.now();
  let deathsBefore = 0;
  await repeatedly(
    background,
    () => SAMPLE_EVERY_MS,
    async (client) => {
      findings.report(await sampler.sample(client.transact));
      const nowMs = performance.now();
      tally.samples++;
      // While there is no server there is nothing to look at.
      if (deathsBefore === deaths.recoveriesMs.length)
        tally.longestGapMs = Math.max(tally.longestGapMs, nowMs - lastMs);
      deathsBefore = deaths.recoveriesMs.length;
      lastMs = nowMs;
    },
    () => sampler.forget(),
  );
}

/** As the worker does, and it may die as everybody else. */
export async function sweepAllTheTime(
  background: Background,
  random: Random,
  { expireHolds }: ClientSteps,
  everyMs = SWEEP_EVERY_MS,
): Promise<void> {
  await repeatedly(
    background,
    () => everyMs,
    async (client) => {
      const dies = random.chance(background.crash);
      const crash = { afterStatements: 1 + random.below(3), lingerMs: random.below(4) };
      client.behave({ crash: dies ? crash : undefined, dawdleMs: random.below(8) });
      let expired: number;
      do {
        expired = await expireHolds(client.transact, SWEPT_AT_ONCE);
        background.tally.expired += expired;
      } while (expired === SWEPT_AT_ONCE);
    },
  );
}

export async function moveTheClock(background: Background, random: Random, clock: PlatformClock): Promise<void> {
  await repeatedly(
    background,
    () => random.between(300, 900),
    (client) => clock.jump(client.transact, random.between(0, 1200)),
  );
}

/** Runs `work` again and again until the run is over; a lost connection is opened anew. */
async function repeatedly(
  { tabs, gate, findings, isOver }: Background,
  everyMs: () => number,
  work: (client: Client) => Promise<unknown>,
  onLost = () => {},
): Promise<void> {
  const tab = tabs.open();
  while (!isOver()) {
    const startedMs = performance.now();
    await gate.pass(async () => {
      try {
        await work(tab());
      } catch (error) {
        if (error instanceof AnswerLost) onLost();
        else if (error instanceof postgres.PostgresError) findings.report(faultsOf("background", error));
        else throw error;
      }
    });
    await sleep(Math.max(1, everyMs() - (performance.now() - startedMs)));
  }
}
