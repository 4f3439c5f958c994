import { askLosses } from "./ask-losses.ts";
import { askPicking, pickSecAt } from "./ask-picking.ts";
import { askSplits } from "./ask-splits.ts";
import { askWhole, type PricedPart } from "./ask-whole.ts";
import { loadOf } from "./cart-load.ts";
import type { PlannedPart, PromiseProblem, WindowAnswer, WindowPlan } from "./promise-problem.ts";
import { weighAsks, weighSources } from "./weigh-terms.ts";

/**
 * Which windows the network can still serve for one cart at one door: from which nodes, by which vans, at which places in
 * their routes, at what cost. Feasible first, then cheapest; of equally cheap plans the first in the order given.
 * What is cheap is told in weighed cents: see weigh-terms.ts.
 *
 * One node serves the whole cart where that is possible and no split is cheaper. Every shift that is in time is
 * tried against every window, and a split is left out by a bound only. Time: places of the fleet plus the pairs of a place and a window that
 * fit; where the cart is split, the sets of nodes that hold it besides.
 */
export function findPlans(asked: PromiseProblem): WindowAnswer[] {
  const weighed = weighSources(asked);
  const problem = withinReach({ ...weighed, asks: weighAsks(weighed.asks, weighed.policy.weights) });
  const { cart, fleet, nodes, policy, windowCount } = problem;
  const picking = askPicking(problem);
  const whole = askWhole(problem, picking);
  const splits = askSplits(problem, picking);
  const losses = askLosses(problem, picking, asked);

  const answers = new Array<WindowAnswer>(windowCount);
  for (const [a, ask] of problem.asks.entries()) {
    for (const [w, index] of ask.index.entries()) {
      const one = whole(index);
      const split = splits(a, w, one?.cost ?? Number.POSITIVE_INFINITY);
      const parts = split.parts ?? (one && [one]);
      answers[index] = parts ? planOf(parts, split.bound) : losses(ask, w);
    }
  }
  return answers;

  function planOf(parts: readonly PricedPart[], boundCents: number): WindowPlan {
    const splitCents = policy.split.splitCost * (parts.length - 1);
    const costCents = parts.reduce((sum, { cost }) => sum + cost, splitCents);
    return { parts: parts.map(partOf), costCents, splitCents, boundCents };
  }

  function partOf({ node, groups, shift, place, cost }: PricedPart): PlannedPart {
    const pickSec = pickSecAt(nodes[node]!, cart, groups);
    const { handlingCents } = nodes[node]!;
    const { pickBySec, pickingCents, busyCents } = picking(node, pickSec, fleet.shifts[shift]!.route.startSec);
    const routeCents = cost - handlingCents - pickingCents - busyCents;
    const terms = { handlingCents, pickingCents, busyCents, routeCents };
    return { node, groups, load: loadOf(cart, groups), pickSec, pickBySec, shift, place, terms };
  }
}

/** As if the nodes whose vans do not go there had nothing to promise. */
function withinReach(asked: PromiseProblem): PromiseProblem {
  const { nodes, reaches, cart } = asked;
  if (reaches.every((reach) => reach === 1)) return asked;
  const nothing = new Uint8Array(cart.count);
  return { ...asked, nodes: nodes.map((node, n) => (reaches[n] ? node : { ...node, holds: nothing })) };
}
