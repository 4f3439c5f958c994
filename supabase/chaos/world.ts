import type { Random } from "#server/core/random.ts";
import type { AnswerLog } from "./answer-log.ts";
import type { Request } from "./asking.ts";
import type { ClientSteps } from "./client-steps.ts";
import { encounter, type IsWaiting, type Side } from "./encounter.ts";
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
  /** Answers how it came out: "done", "gone" or an SQLSTATE. */
  ask<T>(attempt: Attempt, request: Request<T>): Promise<string>;
  readonly isWaiting: IsWaiting;
  isStopping(): boolean;
}

/** One client's attempt: who does it, what is drawn for it, and its number. */
export interface Attempt {
  readonly tab: Tab;
  readonly random: Random;
  readonly number: number;
  /** Where its first request meets another. */
  readonly side?: Side;
}

/** The same attempt in two tabs at once, each with draws of its own: what they ask for first is decided while both are at it. */
export function inTwoTabs<T>(
  { tabs, isWaiting }: World,
  { tab, random, number }: Attempt,
  work: (attempt: Attempt, isOther: boolean) => Promise<T>,
): Promise<[T, T]> {
  const [here, there] = [random.fork("one tab"), random.fork("the other tab")];
  const [one, other] = encounter(isWaiting);
  return tabs.withOther((otherTab) =>
    Promise.all([
      work({ tab, random: here, number, side: one }, false),
      work({ tab: otherTab, random: there, number, side: other }, true),
    ]),
  );
}
