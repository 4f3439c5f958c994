import fc from "fast-check";
import { expect, test } from "vitest";
import { explainWindows } from "./explain-windows.ts";
import { findPlans } from "./find-plans.ts";
import { STAGE, type Stage } from "./promise-problem.ts";
import { holdingEverything, LONG_AGO, NO_LIMIT, neverFull, workedSinceLongAgo } from "./test-relaxed-nodes.ts";
import { HOUR, NODES, PLACES, problemOf, type Town, town } from "./test-small-town.ts";

// The oracle does not look for what is short: it changes the town, and asks findPlans again.

type Window = Town["windows"][number];

/** With a window at the end of the day, when vans are out but would be back too late. */
const longDay = town.map((one): Town => ({ ...one, windows: [...one.windows, [13.5 * HOUR, 15 * HOUR]] }));

/** For one window the town in which nothing can fail at a check. */
const WITHOUT: Record<Stage, (one: Town, window: Window) => Town> = {
  [STAGE.noStock]: (one) => ({
    ...one,
    nodes: one.nodes.map((node) => holdingEverything(node, one.cart.count)),
  }),
  [STAGE.noShift]: (one, [startSec, endSec]) => ({
    ...one,
    vans: Array.from({ length: NODES }, (_, node) => [
      ...one.vans.filter((van) => van.node === node),
      { ...EMPTY_VAN, node, startSec, endSec },
    ]).flat(),
  }),
  [STAGE.outsideArea]: (one) => ({ ...one, reaches: new Uint8Array(NODES).fill(1) }),
  [STAGE.goods]: (one) => ({
    ...one,
    vans: one.vans.map((van) => ({ ...van, has: 3, limitG: NO_LIMIT, limitMl: NO_LIMIT })),
  }),
  [STAGE.tooFar]: (one, [startSec, endSec]) => ({
    ...one,
    vans: one.vans.map((van) =>
      van.endSec > startSec && van.startSec < endSec ? { ...van, startSec: -HOUR, endSec: 100 * HOUR } : van,
    ),
  }),
  [STAGE.cutOff]: (one) => ({
    ...one,
    nowSec: LONG_AGO,
    nodes: one.nodes.map(workedSinceLongAgo),
  }),
  [STAGE.picking]: (one) => ({
    ...one,
    nodes: one.nodes.map(neverFull),
  }),
  // As it drives and empty: in a town where a detour can be shorter, an empty van is not always the sooner one.
  [STAGE.vansFull]: (one) => ({
    ...one,
    vans: one.vans.flatMap((van) => {
      const roomy = { ...van, freeG: van.limitG, freeMl: van.limitMl };
      return [roomy, { ...roomy, stops: [] }];
    }),
  }),
};

const EMPTY_VAN = {
  stops: [],
  limitG: 1,
  limitMl: 1,
  freeG: 1,
  freeMl: 1,
  has: 0,
  centsPerSec: 0.5,
  centsPerM: 0,
};

/** The town in which nothing can fail from the check on. */
function relaxedFrom(one: Town, window: Window, stage: number): Town {
  let relaxed = one;
  for (let from = stage; from <= STAGE.vansFull; from++) relaxed = WITHOUT[from as Stage](relaxed, window);
  return relaxed;
}

const isServed = (one: Town, w: number) => "parts" in findPlans(problemOf(one))[w]!;
const explain = (one: Town) => {
  const problem = problemOf(one);
  return explainWindows(problem, findPlans(problem));
};
/** From one node or not at all: then what binds is what the quote says too. */
const isWhole = ({ cart, policy }: Town) => cart.count === 1 || policy.split.mostNodes === 1;

test("the binding check is the first that a plan cannot pass: without it and all behind it the window is served, with it not", () => {
  const seen = new Map<Stage | null, number>();
  fc.assert(
    fc.property(longDay, (one) => {
      const answers = findPlans(problemOf(one));
      for (const [w, { binding, parts }] of explain(one).entries()) {
        const window = one.windows[w]!;
        const answer = answers[w]!;
        seen.set(binding, (seen.get(binding) ?? 0) + 1);
        expect(binding === null).toBe("parts" in answer);
        if (binding === null || "parts" in answer) {
          expect(parts.every(({ fails }) => fails === null)).toBe(true);
          continue;
        }
        expect(isServed(relaxedFrom(one, window, binding), w)).toBe(true);
        expect(isServed(relaxedFrom(one, window, binding + 1), w)).toBe(false);
        if (isWhole(one)) expect(binding).toBe(answer.stage);
      }
    }),
    { numRuns: 600 },
  );
  for (const stage of Object.values(STAGE)) expect(seen.get(stage), `stage ${stage}`).toBeGreaterThan(5);
});

test("what alone is wanting takes the window past its check: the figures of the closest plan are enough, and one less is not", () => {
  const tried = new Map<Stage, number>();
  fc.assert(
    fc.property(longDay, (one) => {
      for (const [w, { binding, parts }] of explain(one).entries()) {
        const [part] = parts;
        if (binding === null || !isWhole(one) || !part?.van) continue;
        const mended = mend(one, binding, part);
        if (!mended) continue;
        tried.set(binding, (tried.get(binding) ?? 0) + 1);
        const after = explain(mended.enough)[w]!.binding;
        expect(after === null || after > binding).toBe(true);
        expect(explain(mended.oneLess)[w]!.binding).toBe(binding);
      }
    }),
    { numRuns: 1500 },
  );
  expect(tried.get(STAGE.picking)).toBeGreaterThan(20);
  expect(tried.get(STAGE.goods)).toBeGreaterThan(20);
  expect(tried.get(STAGE.cutOff)).toBeGreaterThan(5);
  expect(tried.get(STAGE.vansFull)).toBeGreaterThan(5);
});

/** The town with exactly what the part is short of, and with one of it less; null where it is short of several things. */
function mend(one: Town, binding: Stage, part: Part): { enough: Town; oneLess: Town } | null {
  const van = part.van!;
  const both = (change: (less: number) => Town) => ({ enough: change(0), oneLess: change(1) });
  const withVan = (change: (it: Town["vans"][number]) => Partial<Town["vans"][number]>): Town => ({
    ...one,
    vans: one.vans.map((it, s) => (s === van.shift ? { ...it, ...change(it) } : it)),
  });
  const withHours = (change: (hours: Town["nodes"][number]["hours"]) => Town["nodes"][number]["hours"]): Town => ({
    ...one,
    nodes: one.nodes.map((node, n) => (n === part.node ? { ...node, hours: change(node.hours) } : node)),
  });
  switch (binding) {
    case STAGE.picking: {
      const { hours } = one.nodes[part.node]!;
      const whole = hours.startSec.findIndex((start) => start >= one.nowSec && start + HOUR <= van.pickBySec);
      if (whole < 0) return null;
      const wanting = part.pickSec - van.freeSec;
      return both((less) =>
        withHours((known) => ({
          ...known,
          freeSec: known.freeSec.with(whole, known.freeSec[whole]! + wanting - less),
        })),
      );
    }
    case STAGE.cutOff:
      if (van.lastStartSec === Number.NEGATIVE_INFINITY) return null;
      return both((less) => ({ ...one, nowSec: van.lastStartSec + less }));
    case STAGE.goods:
      if (van.lacks !== 0 || van.overLimitMl > 0) return null;
      return both((less) => withVan((it) => ({ limitG: it.limitG + van.overLimitG - less })));
    case STAGE.vansFull:
      if (van.lateSec > 0 || van.overFreeMl > 0) return null;
      return both((less) => withVan((it) => ({ freeG: it.freeG + van.overFreeG - less })));
    default:
      return null;
  }
}
type Part = ReturnType<typeof explain>[number]["parts"][number];

test("the seconds by which a window is missed in a route are those by which the best place in it is too late", () => {
  let missed = 0;
  fc.assert(
    fc.property(longDay, (one) => {
      for (const [w, { parts }] of explain(one).entries()) {
        for (const { van, load } of parts) {
          if (!van) continue;
          if (van.lateSec > 0) missed++;
          expect(van.lateSec).toBe(leastLate(one, van.shift, one.windows[w]!, load.serviceSec));
        }
      }
    }),
    { numRuns: 1500 },
  );
  expect(missed).toBeGreaterThan(20);
});

/** Puts the stop everywhere, lets it begin ever so much sooner than it can, and walks the clock on from there. */
function leastLate(one: Town, shift: number, [startSec, endSec]: Window, serviceSec: number): number {
  const { node, stops, ...van } = one.vans[shift]!;
  const isOnTime = (place: number, soonerSec: number) => {
    let clock = van.startSec;
    let at = node + 1;
    for (const [p, next] of stops.toSpliced(place, 0, { at: 0, startSec, endSec, serviceSec }).entries()) {
      clock = Math.max(clock + one.sec[at * PLACES + next.at]!, next.startSec) - (p === place ? soonerSec : 0);
      if (clock >= next.endSec) return false;
      clock += next.serviceSec;
      at = next.at;
    }
    return clock + one.sec[at * PLACES + node + 1]! <= van.endSec;
  };
  let low = 0;
  let high = 100 * HOUR;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (stops.some((_, place) => isOnTime(place, middle)) || isOnTime(stops.length, middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
