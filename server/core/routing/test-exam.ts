import fc from "fast-check";
import type { RoutingProblem } from "./problem.ts";
import { type ExactPlan, exactPlan } from "./test-exact-plan.ts";
import { HAND_PROBLEMS, shortCut } from "./test-hand-problems.ts";
import { offerTown } from "./test-offer-towns.ts";
import type { OfferTown } from "./test-offers-by-walk.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";
import { FEATURES, type Feature, smallProblem } from "./test-small-problems.ts";
import { busyTown, fullTown, hurriedTown, restingTown, returningTown, town } from "./test-towns.ts";

/** What an engine is asked: plain data, so that it can be handed to a thread. */
export interface Exam {
  readonly small: readonly SmallQuestion[];
  /** Too large to know the best plan, large enough to take strings and to trade tails. */
  readonly towns: readonly TownQuestion[];
  readonly offers: readonly OfferTown[];
  /** To be filled visit by visit. */
  readonly places: readonly RoutingProblem[];
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

/** What is often there where visits are put at their places: everything seldom, and what a delay runs into together. */
const PLACES: readonly (readonly Feature[] | undefined)[] = [
  undefined,
  ["breaks"],
  ["several windows", "overtime"],
  ["breaks", "several windows"],
  ["breaks", "overtime"],
  ["releases"],
  ["releases", "overtime"],
  ["releases", "periods"],
  ["releases", "breaks", "overtime"],
  ["periods", "lateness"],
  FEATURES,
];

/**
 * Somebody comes first who must wait, so that the other two are delayed: past the moment when a break is due as the van
 * leaves, before it is at a door, or so that it cannot be home without; past the first of a door's windows.
 */
const DELAYED: readonly RoutingProblem[] = [
  problemOf({
    placeCount: 1,
    durationSec: [[0]],
    visits: [{ place: 0, windows: [[42, 43]] }, { place: 0, serviceSec: 5 }, { place: 0 }],
    vehicles: [
      { endSec: 47, overtimeSec: 100, overtimeCost: 1, breaks: [{ earliestSec: 44, latestSec: 90, durationSec: 5 }] },
    ],
  }),
  problemOf({
    placeCount: 2,
    durationSec: [lineMatrix([0, 5])],
    visits: [{ place: 0, windows: [[42, 43]] }, { place: 1, windows: [[50, 51]], lateCost: 1 }, { place: 0 }],
    vehicles: [{ breaks: [{ earliestSec: 45, latestSec: 100, durationSec: 10 }] }],
  }),
  problemOf({
    placeCount: 2,
    durationSec: [lineMatrix([0, 10])],
    visits: [{ place: 1, windows: [[42, 43]] }, { place: 1 }, { place: 1 }],
    vehicles: [
      { endSec: 55, overtimeSec: 100, overtimeCost: 1, breaks: [{ earliestSec: 45, latestSec: 47, durationSec: 5 }] },
    ],
  }),
  problemOf({
    placeCount: 1,
    durationSec: [[0]],
    visits: [
      { place: 0, windows: [[12, 13]] },
      {
        place: 0,
        windows: [
          [0, 10],
          [60, 61],
        ],
      },
      { place: 0 },
    ],
    vehicles: [{ endSec: 50, overtimeSec: 100, overtimeCost: 1 }],
  }),
];

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
      { problem: returningTown(), mostCost: 77_400 },
      { problem: busyTown(), mostCost: 26_000 },
    ],
    places: [
      // Each often, since the order in which visits come is drawn.
      ...Array.from({ length: 10 }, () => DELAYED).flat(),
      ...PLACES.flatMap((features, seed) => {
        const problems = smallProblem({ maxVisits: 8, maxVehicles: 2, ...(features && { features }) });
        return fc.sample(problems, { numRuns: 100, seed });
      }),
    ],
    offers: fc.sample(offerTown, { numRuns: 1000, seed: 3 }),
  };
}
