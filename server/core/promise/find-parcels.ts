import { type AskPicking, askPicking, besidesItsWay, pickingCents, pickSecAt } from "./ask-picking.ts";
import { allGroups, loadOf } from "./cart-load.ts";
import { furthestLoss } from "./furthest-loss.ts";
import {
  type CarrierRun,
  carrierCents,
  PARCEL_STAGE,
  type ParcelAnswer,
  type ParcelLoss,
  type ParcelPart,
  type ParcelPlan,
  type ParcelProblem,
  type ParcelStage,
} from "./parcel-problem.ts";
import { candidates, hasEverything, STAGE } from "./promise-problem.ts";
import { createSplitSearch, type GroupTable, groupTable, type SearchSplit, type SplitAnswer } from "./search-split.ts";
import { weighRuns, weighSources } from "./weigh-terms.ts";

/**
 * On which days carriers can bring a cart: from which nodes, with which runs, at what cost. Feasible first, then cheapest;
 * of equally cheap plans the first in the order given.
 *
 * One node sends the whole cart where that is possible and no split is cheaper; each part of a split is a parcel of its
 * own, and all of them arrive on the same day. What is left out is left out by a bound. Time: the runs; where the cart is
 * split, the sets of nodes that hold it besides.
 */
export function findParcels(asked: ParcelProblem): ParcelAnswer[] {
  const problem = weighSources({ ...asked, runs: weighRuns(asked.runs, asked.policy.weights) });
  const { cart, nodes, policy, dayCount, runs } = problem;
  const picking = askPicking(problem);
  const everything = allGroups(cart);
  const searchSplit = createSplitSearch<PricedParcel>(problem, leastTable(problem));
  const runsOf = Array.from({ length: dayCount }, () => nodes.map((): number[] => []));
  for (const [r, { day, node }] of runs.entries()) runsOf[day]![node]!.push(r);

  return runsOf.map((ofNode) => {
    let one = null as PricedParcel | null;
    for (const [n, node] of nodes.entries()) {
      if (!hasEverything(node)) continue;
      one = cheapestParcel(problem, picking, n, everything, ofNode[n]!, one?.cost) ?? one;
    }
    const split = askSplit(problem, picking, searchSplit, ofNode, one?.cost ?? Number.POSITIVE_INFINITY);
    const parcels = split.parts ?? (one && [one]);
    return parcels ? planOf(parcels, split.bound) : lossOf(problem, picking, ofNode);
  });

  function planOf(parcels: readonly PricedParcel[], boundCents: number): ParcelPlan {
    const splitCents = policy.split.splitCost * (parcels.length - 1);
    const costCents = parcels.reduce((sum, { cost }) => sum + cost, splitCents);
    return { parts: parcels.map(partOf), costCents, splitCents, boundCents };
  }

  function partOf({ node, groups, run }: PricedParcel): ParcelPart {
    const { handlingCents } = nodes[node]!;
    const pickSec = pickSecAt(nodes[node]!, cart, groups);
    const load = { ...loadOf(cart, groups), serviceSec: 0 };
    const { pickBySec, pickingCents, busyCents } = picking(node, pickSec, runs[run]!.leavesSec);
    const terms = { handlingCents, pickingCents, busyCents, carrierCents: carrierCents(runs[run]!, load.weightG) };
    return { node, groups, load, pickSec, pickBySec, run, terms };
  }
}

/** A part and the cheapest run that takes it. */
interface PricedParcel {
  readonly node: number;
  readonly groups: readonly number[];
  readonly run: number;
  readonly cost: number;
}

/** The cheapest run that takes these groups from a node, if it costs less than `costToBeat`. */
function cheapestParcel(
  { cart, nodes, runs }: ParcelProblem,
  picking: AskPicking,
  node: number,
  groups: readonly number[],
  candidates: readonly number[],
  costToBeat = Number.POSITIVE_INFINITY,
): PricedParcel | null {
  const { weightG, needs } = loadOf(cart, groups);
  const pickSec = pickSecAt(nodes[node]!, cart, groups);
  const leastCents = nodes[node]!.handlingCents + pickingCents(nodes[node]!, pickSec);
  let best: PricedParcel | null = null;
  let below = costToBeat;
  for (const run of candidates) {
    const { limitG, has, free, leavesSec } = runs[run]!;
    if (free < 1 || weightG > limitG || (needs & ~has) !== 0) continue;
    const rateCents = carrierCents(runs[run]!, weightG);
    // To look for the hours is what takes time: what is too dear in any of them is not asked for.
    if (leastCents + rateCents >= below) continue;
    const cost = besidesItsWay(nodes[node]!, picking(node, pickSec, leavesSec)) + rateCents;
    if (cost >= below) continue;
    best = { node, groups, run, cost };
    below = cost;
  }
  return best;
}

/** What the groups cost at the least at each node, whatever day they go. */
function leastTable(problem: ParcelProblem): GroupTable {
  const kgCents = problem.nodes.map(() => Number.POSITIVE_INFINITY);
  for (const run of problem.runs) kgCents[run.node] = Math.min(kgCents[run.node]!, run.kgCents);
  return groupTable(problem, (n, group) =>
    carrierCents({ baseCents: 0, kgCents: kgCents[n]! }, problem.cart.weightG[group]!),
  );
}

/** Whether several nodes can send the cart, each a parcel, to arrive on one day for less than one can. */
function askSplit(
  problem: ParcelProblem,
  picking: AskPicking,
  searchSplit: SearchSplit<PricedParcel>,
  ofNode: readonly (readonly number[])[],
  costToBeat: number,
): SplitAnswer<PricedParcel> {
  const { cart, nodes, runs, policy } = problem;
  const { split } = policy;
  const none = { parts: null, bound: costToBeat };
  if (split.mostNodes < 2 || cart.count < 2) return none;
  const cheapest = (n: number, costOf: (run: CarrierRun) => number) =>
    ofNode[n]!.reduce((least, run) => Math.min(least, costOf(runs[run]!)), Number.POSITIVE_INFINITY);
  const leastCost = Float64Array.from(
    nodes,
    (node, n) => node.handlingCents + pickingCents(node, node.pickSetupSec) + cheapest(n, ({ baseCents }) => baseCents),
  );
  // Every part costs at least what the cheapest does, and none of it is below zero.
  if (
    2 * leastCost.reduce((least, cost) => Math.min(least, cost), Number.POSITIVE_INFINITY) + split.splitCost >=
    costToBeat
  )
    return none;

  return searchSplit(
    leastCost,
    (node, groups) => cheapestParcel(problem, picking, node, groups, ofNode[node]!),
    costToBeat,
  );
}

const STAGE_OF_PICKING: Record<number, ParcelStage> = {
  [STAGE.cutOff]: PARCEL_STAGE.cutOff,
  [STAGE.picking]: PARCEL_STAGE.picking,
};

/** What binds a day on which no parcel arrives: the furthest check that any run came to. */
function lossOf(problem: ParcelProblem, picking: AskPicking, ofNode: readonly (readonly number[])[]): ParcelLoss {
  const { cart, nodes, runs } = problem;
  const wishes = candidates(problem);
  const first: ParcelStage = wishes.some((groups) => groups.length > 0) ? PARCEL_STAGE.noCarrier : PARCEL_STAGE.noStock;
  const { reached, loss: furthest } = furthestLoss<ParcelStage>(first, PARCEL_STAGE.cutOff);
  for (const [n, groups] of wishes.entries()) {
    if (groups.length === 0) continue;
    const { weightG, needs } = loadOf(cart, groups);
    const pickSec = pickSecAt(nodes[n]!, cart, groups);
    for (const run of ofNode[n]!) {
      const { limitG, has, leavesSec } = runs[run]!;
      if ((needs & ~has) !== 0) reached(PARCEL_STAGE.cold);
      else if (weightG > limitG) reached(PARCEL_STAGE.tooHeavy);
      else {
        const { loss } = picking(n, pickSec, leavesSec);
        if (loss) reached(STAGE_OF_PICKING[loss.stage]!, loss.atSec);
        else reached(PARCEL_STAGE.carrierFull);
      }
    }
  }
  return furthest();
}
