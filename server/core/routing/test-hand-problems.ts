import type { Plan, RoutingProblem } from "./problem.ts";
import { lineMatrix, problemOf } from "./test-problems.ts";

/** A problem whose one best plan can be worked out by hand, and what it costs. */
export interface HandProblem {
  /** What it is about, as a sentence. */
  readonly name: string;
  readonly problem: RoutingProblem;
  readonly best: Plan;
  readonly cost: number;
}

// The depot at 0 and doors along a road at 100, 200 and 300 m; a metre takes a second and costs 1. From a door to one that
// is nearer to the depot it is a metre more, so of two ways with the same turns the one that serves on the way out wins.
const AT = [0, 100, 200, 300];
const road = lineMatrix(AT).map((m, arc) => {
  const from = Math.floor(arc / AT.length);
  const to = arc % AT.length;
  return from > to && to > 0 ? m + 1 : m;
});
const ROAD = { placeCount: AT.length, durationSec: [road] };
const NEAR = { place: 1 };
const MIDDLE = { place: 2 };
const FAR = { place: 3 };

export const HAND_PROBLEMS: readonly HandProblem[] = [
  {
    name: "one-way streets are driven in their direction",
    // 0 → 1 → 2 → 3 → 0 at 10 each, every other way 30: 40. Any other order has at least two of 30: 80.
    problem: problemOf({
      placeCount: 4,
      durationSec: [[0, 10, 30, 30, 30, 0, 10, 30, 30, 30, 0, 10, 10, 30, 30, 0]],
      visits: [FAR, NEAR, MIDDLE],
      vehicles: [{}],
    }),
    best: { routes: [[1, 2, 0]], leftOut: [] },
    cost: 40,
  },
  {
    name: "every kind of load binds, not only the first",
    // By weight one van could take all three; by crates two fit the one, one the other. The second van costs 50, so it
    // takes the nearest: 200 + 50, and the first the others: 600. With the middle on it: 400 + 50 + 600.
    problem: problemOf({
      ...ROAD,
      loadCount: 2,
      visits: [NEAR, MIDDLE, FAR].map((visit) => ({ ...visit, delivery: [1, 1] })),
      vehicles: [{ capacity: [9, 2] }, { capacity: [9, 1], fixedCost: 50 }],
    }),
    best: { routes: [[1, 2], [0]], leftOut: [] },
    cost: 850,
  },
  {
    name: "who comes as a window ends is too late",
    // Far by 300, when its window has just ended, so the van goes to near only: 200, and 900 for far.
    problem: problemOf({
      ...ROAD,
      visits: [NEAR, { ...FAR, windows: [[0, 300]], prize: 900 }],
      vehicles: [{}],
    }),
    best: { routes: [[0]], leftOut: [1] },
    cost: 1100,
  },
  {
    name: "who comes as the first window ends waits for the second, and uses the time",
    // In the middle by 200, when its first window has just ended. Waiting there for 500, then far by 600, it would be home
    // by 900, and must be by 850. So far first, by 300, back in the middle by 401, there until 500: 300 + 101 + 200.
    problem: problemOf({
      ...ROAD,
      visits: [
        {
          ...MIDDLE,
          windows: [
            [0, 200],
            [500, 600],
          ],
        },
        FAR,
      ],
      vehicles: [{ endSec: 850 }],
    }),
    best: { routes: [[1, 0]], leftOut: [] },
    cost: 601,
  },
  {
    name: "being late costs what it costs, and is worth it",
    // Near by 100, 30 s there, far by 330: a second too late for far. Far first, then near by 501, 401 s late: 601 + 401.
    // A second van would cost 300 + 200 + 600.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...NEAR, serviceSec: 30, windows: [[0, 101]], lateCost: 1 },
        { ...FAR, windows: [[0, 330]] },
      ],
      vehicles: [{}, { fixedCost: 300 }],
    }),
    best: { routes: [[1, 0], []], leftOut: [] },
    cost: 1002,
  },
  {
    name: "goods that are picked late go with a van of their own",
    // Far's goods are picked by 500, near must be served by 100. The second van costs twice as much a metre and goes near:
    // 600 + 2 · 200, against 200 + 2 · 600.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...NEAR, windows: [[0, 101]] },
        { ...FAR, releaseSec: 500 },
      ],
      vehicles: [{}, { metreCost: 2 }],
    }),
    best: { routes: [[1], [0]], leftOut: [] },
    cost: 1000,
  },
  {
    name: "a van that is cheap to drive and dear to take out stays in",
    // With the first van 600 + 500, with the second 600 · 1.1 + 100. The goods for far are picked by 50, which holds up no
    // window.
    problem: problemOf({
      ...ROAD,
      visits: [NEAR, MIDDLE, { ...FAR, releaseSec: 50 }],
      vehicles: [{ fixedCost: 500 }, { fixedCost: 100, metreCost: 1.1 }],
    }),
    best: { routes: [[], [0, 1, 2]], leftOut: [] },
    cost: 760,
  },
  {
    name: "a break is taken where it can be",
    // 60 s of rest that start between 290 and 330; far by 360. In the middle 200 … 250, the leg to far would end by 350,
    // so the van waits until 290, rests until 350, and is there by 450: too late. Far first, by 300, rest until 360, just
    // in time, then back to the middle: 300 + 101 + 200. Without the break the other way round would do, for 600.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...MIDDLE, serviceSec: 50 },
        { ...FAR, windows: [[0, 361]] },
      ],
      vehicles: [{ breaks: [{ earliestSec: 290, latestSec: 330, durationSec: 60 }] }],
    }),
    best: { routes: [[1, 0]], leftOut: [] },
    cost: 601,
  },
  {
    name: "waiting for a window is time for a break",
    // 100 s of rest that start between 250 and 500. In the middle by 200, rest 250 … 350, service as its window opens at 400,
    // far by 500, just in time: 600. Far first, by 300, rest until 400, and back to the middle is 601. A rest after the
    // middle would make far too late.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...MIDDLE, windows: [[400, 800]] },
        { ...FAR, windows: [[0, 501]] },
      ],
      vehicles: [{ breaks: [{ earliestSec: 250, latestSec: 500, durationSec: 100 }] }],
    }),
    best: { routes: [[0, 1]], leftOut: [] },
    cost: 600,
  },
  {
    name: "overtime is driven where it is cheaper than another van",
    // Both by 600, 100 s after the shift ends: 600 + 100. The other van has time, and costs 150.
    problem: problemOf({
      ...ROAD,
      visits: [NEAR, FAR],
      vehicles: [{ endSec: 500, overtimeSec: 200, overtimeCost: 1 }, { fixedCost: 150 }],
    }),
    best: { routes: [[0, 1], []], leftOut: [] },
    cost: 700,
  },
  {
    name: "a leg costs what its period says, and its period is the one that arrives first",
    // From 50 on every way is 150 m instead of 100, and quicker: to the first door 40 s instead of 100, so the van waits
    // until 50 to be there by 90; to the second 60 s, which would be by 110, so it leaves at once. Out and back that is
    // 150 + 150 for the first, not worth its 290; 100 + 150 for the second, which is. Between the doors it is far.
    problem: problemOf({
      placeCount: 3,
      periodStartSec: [0, 50],
      durationSec: [
        [0, 100, 100, 100, 0, 900, 100, 900, 0],
        [0, 40, 60, 40, 0, 900, 60, 900, 0],
      ],
      distanceM: [
        [0, 100, 100, 100, 0, 900, 100, 900, 0],
        [0, 150, 150, 150, 0, 900, 150, 900, 0],
      ],
      visits: [
        { ...NEAR, prize: 290 },
        { ...MIDDLE, prize: 290 },
      ],
      vehicles: [{}],
    }),
    best: { routes: [[1]], leftOut: [0] },
    cost: 540,
  },
  {
    name: "who leaves as the rush begins is in it",
    // From 100 on every way takes twice as long. Near by 100, just in time, and back through the rush by 300, 50 s after
    // the shift: 100 + 100 + 50.
    problem: problemOf({
      ...ROAD,
      periodStartSec: [0, 100],
      durationSec: [road, road.map((sec) => 2 * sec)],
      distanceM: [road, road],
      visits: [{ ...NEAR, windows: [[0, 101]] }],
      vehicles: [{ endSec: 250, overtimeSec: 100, overtimeCost: 1 }],
    }),
    best: { routes: [[0]], leftOut: [] },
    cost: 250,
  },
  {
    name: "room for a pickup is made first",
    // Ten to far, ten from near, and the van holds ten: far before near, 300 + 201 + 100.
    problem: problemOf({
      ...ROAD,
      loadCount: 1,
      visits: [
        { ...NEAR, pickup: [10] },
        { ...FAR, delivery: [10] },
      ],
      vehicles: [{ capacity: [10] }],
    }),
    best: { routes: [[1, 0]], leftOut: [] },
    cost: 601,
  },
  {
    name: "room that is made too late is none",
    // As above, but near only by 100: then the van is still full of what it brings to far. 600, and 50 for near.
    problem: problemOf({
      ...ROAD,
      loadCount: 1,
      visits: [
        { ...NEAR, pickup: [10], windows: [[0, 101]], prize: 50 },
        { ...FAR, delivery: [10] },
      ],
      vehicles: [{ capacity: [10] }],
    }),
    best: { routes: [[1]], leftOut: [0] },
    cost: 650,
  },
  {
    name: "the van with the skill drives no farther than it must",
    // It costs three a metre: near alone 3 · 200, and the other van far for 600. Both with it: 3 · 600.
    problem: problemOf({
      ...ROAD,
      visits: [FAR, { ...NEAR, needs: 0b10 }],
      vehicles: [{ has: 0b01 }, { has: 0b11, metreCost: 3 }],
    }),
    best: { routes: [[0], [1]], leftOut: [] },
    cost: 1200,
  },
  {
    name: "two prizes may be worth a van that neither is worth alone",
    // The van costs 300. The middle alone 300 + 400, for a prize of 400; far alone 300 + 600, for 700; both 300 + 600, for 1100.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...MIDDLE, prize: 400 },
        { ...FAR, prize: 700 },
      ],
      vehicles: [{ fixedCost: 300 }],
    }),
    best: { routes: [[0, 1]], leftOut: [] },
    cost: 900,
  },
  {
    name: "a great prize is worth a dear van, however little a metre costs",
    // Ten million and 200 m at a sixteenth, for a prize of twenty million.
    problem: problemOf({
      ...ROAD,
      visits: [{ ...NEAR, prize: 20_000_000 }],
      vehicles: [{ fixedCost: 10_000_000, metreCost: 0.0625 }],
    }),
    best: { routes: [[0]], leftOut: [] },
    cost: 10_000_012.5,
  },
  {
    name: "a second van is not worth its cost, in cents and their fractions",
    // Two doors 1,000 m from the depot and 3,000 m apart, the first by 1,000, at 0.025 a metre; the vans cost 60.5 and 61. One: 60.5 + 5,000 m or
    // 125. Both: 121.5 + 4,000 m or 100.
    problem: problemOf({
      placeCount: 3,
      durationSec: [[0, 1000, 1000, 1000, 0, 3000, 1000, 3000, 0]],
      visits: [{ place: 1, windows: [[0, 1001]] }, { place: 2 }],
      vehicles: [
        { fixedCost: 60.5, metreCost: 0.025 },
        { fixedCost: 61, metreCost: 0.025 },
      ],
    }),
    best: { routes: [[0, 1], []], leftOut: [] },
    cost: 185.5,
  },
  {
    name: "a metre more is driven where it saves being late",
    // On the way out the near door takes until 300, so the van is at the far one by 500, 200 s after its window, at 5 each.
    // The far door first, then the near one on the way home: 300 + 201 + 100.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...FAR, windows: [[0, 301]], lateCost: 5 },
        { ...NEAR, serviceSec: 200 },
      ],
      vehicles: [{}],
    }),
    best: { routes: [[0, 1]], leftOut: [] },
    cost: 601,
  },
  {
    name: "what must be served is served, however late and dear",
    // There at 100, after a window that ends at 0: 100 s late at 25 each, and 200 m.
    problem: problemOf({ ...ROAD, visits: [{ ...NEAR, windows: [[0, 1]], lateCost: 25 }], vehicles: [{}] }),
    best: { routes: [[0]], leftOut: [] },
    cost: 2700,
  },
  {
    name: "a prize that is worth the way may not be worth the van",
    // Near needs the second van, which costs 400: 400 + 200 for a prize of 500. Far goes with the first for 600. Both with
    // the second: 400 + 600, less than the 1100 of far and the prize; but far's goods are on board of the first.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...FAR, onlyVehicle: 0 },
        { ...NEAR, prize: 500, needs: 1 },
      ],
      vehicles: [{}, { fixedCost: 400, has: 1 }],
    }),
    best: { routes: [[0], []], leftOut: [1] },
    cost: 1100,
  },
  {
    name: "each depot serves its end of the road",
    // The first van lives at the depot, the second at the farthest door. Near from the depot: 200. The middle, which from
    // the depot is too far to be there by 149, from the other side, a metre more for coming in: 101 + 100.
    problem: problemOf({
      ...ROAD,
      visits: [NEAR, { ...MIDDLE, windows: [[0, 150]] }],
      vehicles: [{}, { startPlace: 3, endPlace: 3 }],
    }),
    best: { routes: [[0], [1]], leftOut: [] },
    cost: 401,
  },
  {
    name: "what is locked comes first, though it is the farthest",
    // Far is driven to already: 300, then in by way of the others, a metre more each: 101 + 101 + 100.
    problem: problemOf({ ...ROAD, visits: [NEAR, MIDDLE, FAR], vehicles: [{ locked: [2] }] }),
    best: { routes: [[2, 1, 0]], leftOut: [] },
    cost: 602,
  },
  {
    name: "goods on board of the second of two like vans go with it",
    // 200 m with either, and only the second has them.
    problem: problemOf({ ...ROAD, visits: [{ ...NEAR, onlyVehicle: 1 }], vehicles: [{}, {}] }),
    best: { routes: [[], [0]], leftOut: [] },
    cost: 200,
  },
  {
    name: "a skill does not change vans with what comes behind",
    // Locked at near and at far; the second at far would be no way behind the first there, but that van lacks the skill: 600 + 600.
    problem: problemOf({
      ...ROAD,
      visits: [NEAR, FAR, { ...FAR, needs: 1 }],
      vehicles: [{ locked: [0], has: 1 }, { locked: [1] }],
    }),
    best: { routes: [[0, 2], [1]], leftOut: [] },
    cost: 1200,
  },
  {
    name: "nothing comes before what is locked",
    // On the way to far, which is locked, near would cost nothing. Behind it, by 501, it is too late: 600, and 50 for near.
    problem: problemOf({
      ...ROAD,
      visits: [FAR, { ...NEAR, windows: [[0, 400]], prize: 50 }],
      vehicles: [{ locked: [0] }],
    }),
    best: { routes: [[0]], leftOut: [1] },
    cost: 650,
  },
  {
    name: "a shift between two windows is in neither",
    // The first has ended as the van leaves, the second begins a second after its shift. The middle 400, and 50 for near.
    problem: problemOf({
      ...ROAD,
      visits: [
        MIDDLE,
        {
          ...NEAR,
          windows: [
            [0, 100],
            [801, 1000],
          ],
          prize: 50,
        },
      ],
      vehicles: [{ startSec: 100, endSec: 800 }],
    }),
    best: { routes: [[0]], leftOut: [1] },
    cost: 450,
  },
  {
    name: "goods that are picked later do not hold up what is locked",
    // Locked at near, by 100: the van leaves at 0. With goods that are picked by 5 it would be there by 105.
    problem: problemOf({
      ...ROAD,
      visits: [
        { ...NEAR, windows: [[0, 101]] },
        { ...NEAR, releaseSec: 5, prize: 50 },
      ],
      vehicles: [{ locked: [0] }],
    }),
    best: { routes: [[0]], leftOut: [1] },
    cost: 250,
  },
];

/**
 * Home from the first door takes 100 s, by way of the second only 10 + 10, and the van must be home by 60: the route is fine,
 * and its first half is not. A search that adds one visit at a time does not find it, and must keep it once it has it.
 */
export function shortCut(): RoutingProblem {
  return problemOf({
    placeCount: 3,
    durationSec: [[0, 10, 100, 100, 0, 10, 10, 10, 0]],
    visits: [
      { place: 1, prize: 1 },
      { place: 2, prize: 1 },
    ],
    vehicles: [{ endSec: 60, metreCost: 0 }],
  });
}
