import fc from "fast-check";
import type { RoutingProblem } from "./problem.ts";
import { type ExactPlan, exactPlan } from "./test-exact-plan.ts";
import { HAND_PROBLEMS, shortCut } from "./test-hand-problems.ts";
import { offerTown } from "./test-offer-towns.ts";
import type { OfferTown } from "./test-offers-by-walk.ts";
import { FEATURES, smallProblem } from "./test-small-problems.ts";
import { busyTown, fullTown, hurriedTown, restingTown, town } from "./test-towns.ts";

/** What an engine is asked: plain data, so that it can be handed to a thread. */
export interface Exam {
  readonly small: readonly SmallQuestion[];
  /** Too large to know the best plan, large enough to take strings and to trade tails. */
  readonly towns: readonly TownQuestion[];
  readonly offers: readonly OfferTown[];
}

export interface SmallQuestion {
  /** What binds in it; misses are counted by group. */
  readonly group: string;
  /** No miss at all. */
  readonly mustSolve: boolean;
  readonly problem: RoutingProblem;
  readonly best: ExactPlan;
}

export interface TownQuestion {
  readonly problem: RoutingProblem;
  /** A little more than the worst of eight seeds needs. */
  readonly mostCost: number;
}

const EACH_GROUP = 40;

/** Always the same exam. It takes a second or two to find all best plans by trying everything. */
export function drawExam(): Exam {
  const groups: (readonly [group: string, drawn: fc.Arbitrary<RoutingProblem>])[] = [
    ["nothing but windows, loads and needs", smallProblem({ features: [] })],
    ...FEATURES.map((feature) => [feature, smallProblem({ features: [feature] })] as const),
    ["everything seldom", smallProblem()],
    ["everything often", smallProblem({ features: FEATURES })],
  ];
  const drawn = groups.map(([group, problem], seed) =>
    fc.sample(problem, { numRuns: EACH_GROUP, seed }).map((one) => ({ group, problem: one, mustSolve: false })),
  );
  // One of each group after the other: what is broken shows soon.
  const turns = Array.from({ length: EACH_GROUP }, (_, turn) => drawn.map((questions) => questions[turn]!)).flat();
  const small = [
    ...HAND_PROBLEMS.map(({ name, problem }) => ({ group: name, problem, mustSolve: true })),
    { group: "a part takes longer than the whole", problem: shortCut(), mustSolve: false },
    ...turns,
  ];
  return {
    small: small.map((question) => ({ ...question, best: exactPlan(question.problem)! })),
    towns: [
      { problem: town(), mostCost: 80_600 },
      { problem: fullTown(), mostCost: 91_900 },
      { problem: hurriedTown(), mostCost: 60_300 },
      { problem: restingTown(), mostCost: 61_500 },
      { problem: busyTown(), mostCost: 26_000 },
    ],
    offers: fc.sample(offerTown, { numRuns: 1000, seed: 3 }),
  };
}
