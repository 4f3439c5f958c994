import fc from "fast-check";
import { expect, test } from "vitest";
import { loadOf } from "./cart-load.ts";
import { findPlans } from "./find-plans.ts";
import { type SourceNode, STAGE, type WindowPlan } from "./promise-problem.ts";
import { canDrive, HOUR, PLACES, problemOf, type Stop, type Town, town, type Van } from "./test-small-town.ts";

// The oracle shares nothing with the search but the rules: it gives every group to every node, puts the stop everywhere, walks the clock and adds up the hours.

function driveCost({ sec, m }: Pick<Town, "sec" | "m">, one: Van, stops: readonly Stop[]): number {
  const way = [one.node + 1, ...stops.map(({ at }) => at), one.node + 1];
  let cents = stops.reduce((sum, { serviceSec }) => sum + serviceSec * one.centsPerSec, 0);
  if (stops.length === 0) return cents;
  for (let i = 1; i < way.length; i++) {
    const arc = way[i - 1]! * PLACES + way[i]!;
    cents += sec[arc]! * one.centsPerSec + m[arc]! * one.centsPerM;
  }
  return cents;
}

/** Picks second by second, from the latest hour that ends in time backwards; Infinity where the hours do not hold it. */
function pickCost(one: Town, node: SourceNode, pickSec: number, pickBySec: number): number {
  const { startSec, limitSec, freeSec } = node.hours;
  const { fromShare, hourCents } = one.policy.busy;
  // One picker, from now on, in the hours that end in time.
  const alone = startSec.filter((start) => start + HOUR <= pickBySec);
  const seconds = alone.reduce((sum, start) => sum + Math.max(0, Math.min(HOUR, start + HOUR - one.nowSec)), 0);
  if (seconds < pickSec) return Number.POSITIVE_INFINITY;
  let left = pickSec;
  let cents = ((pickSec * node.pickHourCents) / HOUR) * one.policy.weights.picking;
  for (let h = startSec.length - 1; h >= 0 && left > 0; h--) {
    if (startSec[h]! + HOUR > pickBySec) continue;
    const share = Math.min(1, (startSec[h]! + HOUR - one.nowSec) / HOUR);
    const taken = Math.min(left, Math.max(0, Math.floor(freeSec[h]! * share)));
    const limit = limitSec[h]!;
    for (let s = 0; s < taken; s++) {
      // The mean rate over a second, where the rate rises from the threshold on to its full height.
      const from = (limit - freeSec[h]! + s) / limit;
      const rateAt = (used: number) => Math.max(0, used - fromShare) / (1 - fromShare);
      const kink = Math.min(1, Math.max(0, (fromShare - from) * limit));
      cents +=
        ((rateAt(from + 1 / limit) / 2) * (1 - kink) + (kink === 0 ? rateAt(from) / 2 : 0)) *
        ((hourCents * one.policy.weights.busy) / HOUR);
    }
    left -= taken;
  }
  return left > 0 ? Number.POSITIVE_INFINITY : cents;
}

function partCost(one: Town, n: number, groups: readonly number[], window: readonly [number, number]): number {
  const node = one.nodes[n]!;
  if (!one.reaches[n] || groups.some((group) => node.holds[group] === 0)) return Number.POSITIVE_INFINITY;
  const load = loadOf(one.cart, groups);
  const pickSec = groups.reduce(
    (sum, g) => sum + one.cart.lines[g]! * node.pickLineSec + one.cart.units[g]! * node.pickUnitSec,
    node.pickSetupSec,
  );
  let best = Number.POSITIVE_INFINITY;
  for (const it of one.vans) {
    if (it.node !== n || load.weightG > it.freeG || load.volumeMl > it.freeMl || (load.needs & ~it.has) !== 0) continue;
    const picked = pickCost(one, node, pickSec, it.startSec - node.handoverSec);
    for (let place = 0; place <= it.stops.length; place++) {
      const door = { at: 0, startSec: window[0], endSec: window[1], serviceSec: load.serviceSec };
      const stops = it.stops.toSpliced(place, 0, door);
      if (!canDrive(one, it, stops)) continue;
      const { handling, route } = one.policy.weights;
      const drives = driveCost(one, it, stops) - driveCost(one, it, it.stops);
      best = Math.min(best, node.handlingCents * handling + picked + drives * route);
    }
  }
  return best;
}

/** Every group from every node. */
function cheapestByTrying(one: Town, window: readonly [number, number]): number {
  const { split } = one.policy;
  let best = Number.POSITIVE_INFINITY;
  const given: number[][] = one.nodes.map(() => []);
  const give = (group: number): void => {
    if (group === one.cart.count) {
      const parts = [...given.entries()].filter(([, groups]) => groups.length > 0);
      if (parts.length > split.mostNodes) return;
      const worth = (groups: readonly number[]) => groups.reduce((sum, g) => sum + one.cart.valueCents[g]!, 0);
      if (parts.length > 1 && parts.some(([, groups]) => worth(groups) < split.leastPartValue)) return;
      const cost = parts.reduce((sum, [n, groups]) => sum + partCost(one, n, groups, window), 0);
      best = Math.min(best, cost + split.splitCost * one.policy.weights.split * (parts.length - 1));
      return;
    }
    for (const groups of given) {
      groups.push(group);
      give(group + 1);
      groups.pop();
    }
  };
  give(0);
  return best;
}

test("a plan is the cheapest that trying every node for every group and every place in every route finds", () => {
  let splits = 0;
  let outside = 0;
  fc.assert(
    fc.property(town, (one) => {
      const answers = findPlans(problemOf(one));
      for (const [w, window] of one.windows.entries()) {
        const cheapest = cheapestByTrying(one, window);
        const answer = answers[w]!;
        expect("parts" in answer).toBe(cheapest < Number.POSITIVE_INFINITY);
        if (!("parts" in answer)) {
          // That the goods are there and only the door is not, is said of an area alone.
          if (answer.stage === STAGE.outsideArea) outside++;
          expect(answer.stage === STAGE.outsideArea && one.reaches.every((reach) => reach === 1)).toBe(false);
          continue;
        }
        expect(answer.costCents).toBeCloseTo(cheapest, 4);
        expect(answer.boundCents).toBeCloseTo(cheapest, 4);
        expect(totalOf(answer)).toBeCloseTo(cheapest, 4);
        for (const { node, shift } of answer.parts) expect(one.vans[shift]!.node).toBe(node);
        if (answer.parts.length > 1) splits++;
      }
    }),
    { numRuns: 3000 },
  );
  expect(splits).toBeGreaterThan(30);
  expect(outside).toBeGreaterThan(10);
});

function totalOf({ parts, splitCents }: WindowPlan): number {
  return parts.reduce((sum, { terms }) => sum + Object.values(terms).reduce((a, b) => a + b, 0), splitCents);
}
