import type { Random } from "#server/core/random.ts";
import type { AnswerLog } from "./answer-log.ts";
import type { Request } from "./asking.ts";
import type { ClientSteps } from "./client-steps.ts";
import type { Findings } from "./findings.ts";
import type { KnownHolds } from "./known-holds.ts";
import type { ScarceNetwork } from "./scarce-network.ts";
import type { Tab, Tabs } from "./tabs.ts";

/** What the clients have in common. */
export interface World {
  readonly seed: number;
  readonly network: ScarceNetwork;
  readonly steps: ClientSteps;
  readonly log: AnswerLog;
  readonly known: KnownHolds;
  readonly tabs: Tabs;
  readonly findings: Findings;
  ask<T>(tab: Tab, random: Random, request: Request<T>): Promise<string>;
  isStopping(): boolean;
}

/** One client's attempt: who does it, what is drawn for it, and its number. */
export interface Attempt {
  readonly tab: Tab;
  readonly random: Random;
  readonly number: number;
}

/** The same attempt in two tabs at once, each with draws of its own. */
export function inTwoTabs<T>(
  { tabs }: World,
  { tab, random, number }: Attempt,
  work: (attempt: Attempt, isOther: boolean) => Promise<T>,
): Promise<[T, T]> {
  const [here, there] = [random.fork("one tab"), random.fork("the other tab")];
  return tabs.withOther((otherTab) =>
    Promise.all([work({ tab, random: here, number }, false), work({ tab: otherTab, random: there, number }, true)]),
  );
}
