import { type SplitPolicy, splitCart } from "../allocation/split-cart.ts";
import { createOffers, type OfferWindows, offerWindows, type VisitRows } from "../routing/offer-windows.ts";
import { type CartGroups, type CartLoad, loadOf } from "./cart-load.ts";
import type { FleetRoutes } from "./fleet-routes.ts";
import { type BusyRate, busyCents, isBeforeCutOff, nextFreeHour, planPicking, type WorkHours } from "./picking-plan.ts";

/** A node as a source of goods. */
export interface SourceNode {
  /** By group: 1 where it has all of the group's goods to promise. */
  readonly holds: Uint8Array;
  readonly hours: WorkHours;
  readonly pickSetupSec: number;
  readonly pickLineSec: number;
  readonly pickUnitSec: number;
  /** Between the last item picked and the van leaving. */
  readonly handoverSec: number;
  readonly handlingCents: number;
  readonly pickHourCents: number;
}

/** Windows that are driven to at one time of day, in order of their starts and of their ends. */
export interface WindowAsk {
  readonly rows: VisitRows;
  readonly windows: OfferWindows;
  /** Which of all windows each is. */
  readonly index: Int32Array;
}

export interface SourcingPolicy {
  readonly split: SplitPolicy;
  readonly busy: BusyRate;
}

export interface PromiseProblem {
  readonly nowSec: number;
  readonly cart: CartGroups;
  readonly nodes: readonly SourceNode[];
  readonly fleet: FleetRoutes;
  readonly windowCount: number;
  readonly asks: readonly WindowAsk[];
  readonly policy: SourcingPolicy;
}

/** What a part costs, in cents, term by term. */
export interface PartTerms {
  readonly handlingCents: number;
  readonly pickingCents: number;
  /** For picking in hours that are near their limit. */
  readonly busyCents: number;
  /** What the van drives and stands more than without it. */
  readonly routeCents: number;
}

/** What one node picks, and the place in a route of its that brings it. */
export interface PlannedPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  readonly pickSec: number;
  readonly pickBySec: number;
  readonly shift: number;
  /** Before the stop that is now there; the route's length puts it last. */
  readonly place: number;
  readonly terms: PartTerms;
}

/**
 * How far the best candidate came, by rising distance from "cannot at all": the stage at which a window was lost is what
 * binds it, since every earlier check passed for some van.
 */
export const STAGE = {
  noStock: 0,
  noShift: 1,
  goods: 2,
  tooFar: 3,
  cutOff: 4,
  picking: 5,
  vansFull: 6,
} as const;
export type Stage = (typeof STAGE)[keyof typeof STAGE];

export type WindowAnswer = WindowPlan | WindowLoss;

export interface WindowPlan {
  readonly parts: readonly PlannedPart[];
  /** The sum of the parts' terms and of splitting. */
  readonly costCents: number;
  readonly splitCents: number;
  /** No plan can cost less; below the cost where the search for a cheaper split was cut short. */
  readonly boundCents: number;
}

/** `atSec` is the cut-off that has passed, or when picking has room again. */
export interface WindowLoss {
  readonly stage: Stage;
  readonly atSec: number | undefined;
}

/** So many parts are priced for one window before a search for a split is cut short. */
const MOST_PARTS_PRICED = 4000;

/**
 * Which windows the network can still serve for one cart at one door: from which nodes, by which vans, at which places in
 * their routes, at what cost. Feasible first, then cheapest; of equally cheap plans the first in the order given.
 *
 * One node serves the whole cart where that is possible and no split is cheaper. Every shift is tried against every
 * window, and a split is left out by a bound only. Time: places of the fleet plus the pairs of a place and a window that
 * fit; where the cart is split, the sets of nodes that hold it besides.
 */
export function findPlans(problem: PromiseProblem): WindowAnswer[] {
  const { cart, fleet, nodes, policy, windowCount } = problem;
  const picking = askPicking(problem);
  const everything = Array.from({ length: cart.count }, (_, group) => group);
  const whole = askWhole(problem, picking, everything);
  const splits = askSplits(problem, picking);
  const losses = askLosses(problem, picking);

  const answers = new Array<WindowAnswer>(windowCount);
  for (const ask of problem.asks) {
    for (const [w, index] of ask.index.entries()) {
      const cost = whole.cost[index]!;
      const split = splits(ask, w, cost);
      const parts =
        split.parts?.map(({ node, groups, shift, place, cost: partCost }) =>
          partOf(node, groups, shift, place, partCost),
        ) ??
        (cost < Number.POSITIVE_INFINITY
          ? [
              partOf(
                fleet.shifts[whole.route[index]!]!.node,
                everything,
                whole.route[index]!,
                whole.place[index]!,
                cost,
              ),
            ]
          : null);
      answers[index] = parts
        ? {
            parts,
            costCents: Math.min(cost, split.cost),
            splitCents: policy.split.splitCost * (parts.length - 1),
            boundCents: split.bound,
          }
        : losses(ask, w);
    }
  }
  return answers;

  function partOf(
    node: number,
    groups: readonly number[],
    shift: number,
    place: number,
    costCents: number,
  ): PlannedPart {
    const { startSec } = fleet.shifts[shift]!.route;
    const pickSec = pickSecAt(nodes[node]!, cart, groups);
    const { handlingCents } = nodes[node]!;
    const { pickBySec, pickingCents, busyCents } = picking(node, pickSec, startSec);
    const routeCents = costCents - handlingCents - pickingCents - busyCents;
    const terms = { handlingCents, pickingCents, busyCents, routeCents };
    return { node, groups, load: loadOf(cart, groups), pickSec, pickBySec, shift, place, terms };
  }
}

export function pickSecAt(
  node: Pick<SourceNode, "pickSetupSec" | "pickLineSec" | "pickUnitSec">,
  cart: Pick<CartGroups, "lines" | "units">,
  groups: readonly number[],
): number {
  let sec = node.pickSetupSec;
  for (const group of groups) sec += cart.lines[group]! * node.pickLineSec + cart.units[group]! * node.pickUnitSec;
  return sec;
}

// ------------------------------------------------------------------------------------------------------------- picking

/** Whether a node can pick so much before a van of its leaves, and what that costs besides its way. */
interface PickingAnswer {
  readonly pickBySec: number;
  readonly loss: WindowLoss | null;
  readonly pickingCents: number;
  readonly busyCents: number;
}

type AskPicking = (node: number, pickSec: number, leavesSec: number) => PickingAnswer;

/** Each question is answered once: shifts of a node often leave together, and parts come back while a split is sought. */
function askPicking({ nowSec, nodes, policy }: PromiseProblem): AskPicking {
  const known = nodes.map(() => new Map<number, Map<number, PickingAnswer>>());
  return (node, pickSec, leavesSec) => {
    let ofLoad = known[node]!.get(pickSec);
    if (!ofLoad) {
      ofLoad = new Map();
      known[node]!.set(pickSec, ofLoad);
    }
    let answer = ofLoad.get(leavesSec);
    if (!answer) {
      answer = pickingAnswer(nowSec, nodes[node]!, pickSec, leavesSec, policy.busy);
      ofLoad.set(leavesSec, answer);
    }
    return answer;
  };
}

function pickingAnswer(
  nowSec: number,
  { hours, handoverSec, pickHourCents }: SourceNode,
  pickSec: number,
  leavesSec: number,
  busy: BusyRate,
): PickingAnswer {
  const pickBySec = leavesSec - handoverSec;
  const lost = (loss: WindowLoss) => ({ pickBySec, loss, pickingCents: Number.POSITIVE_INFINITY, busyCents: 0 });
  // One order is in the hands of one picker: however many work in an hour, the order takes its time.
  if (!isBeforeCutOff(hours, nowSec, pickSec, pickBySec))
    return lost({ stage: STAGE.cutOff, atSec: pickBySec - pickSec });
  const plan = planPicking(hours, nowSec, pickSec, pickBySec);
  if (!plan) return lost({ stage: STAGE.picking, atSec: nextFreeHour(hours, pickSec, pickBySec) });
  const pickingCents = (pickSec * pickHourCents) / 3600;
  return { pickBySec, loss: null, pickingCents, busyCents: busyCents(hours, plan, busy) };
}

/** What a part costs besides its way when a shift of its node brings it, or Infinity where it cannot be picked in time. */
function besidesItsWay({ handlingCents }: SourceNode, { loss, pickingCents, busyCents }: PickingAnswer): number {
  return loss ? Number.POSITIVE_INFINITY : handlingCents + pickingCents + busyCents;
}

// ------------------------------------------------------------------------------------------------------------- one node

/** The cheapest way to serve each window from one node that has everything. */
function askWhole(
  { cart, nodes, fleet, windowCount, asks }: PromiseProblem,
  picking: AskPicking,
  everything: readonly number[],
) {
  const { weightG, volumeMl, needs, serviceSec } = loadOf(cart, everything);
  const surcharge = new Float64Array(fleet.shifts.length).fill(Number.POSITIVE_INFINITY);
  for (const [s, shift] of fleet.shifts.entries()) {
    const node = nodes[shift.node]!;
    if (!holdsAll(node)) continue;
    const pickSec = pickSecAt(node, cart, everything);
    surcharge[s] = besidesItsWay(node, picking(shift.node, pickSec, shift.route.startSec));
  }
  const visit = { serviceSec, load: [weightG, volumeMl], needs, surcharge };
  const best = createOffers(windowCount);
  for (const { rows, windows, index } of asks) {
    const offers = createOffers(index.length);
    offerWindows(fleet.offer, visit, rows, windows, offers);
    for (const [w, at] of index.entries()) {
      best.route[at] = offers.route[w]!;
      best.place[at] = offers.place[w]!;
      best.cost[at] = offers.cost[w]!;
    }
  }
  return best;
}

function holdsAll({ holds }: SourceNode): boolean {
  return holds.every((held) => held === 1);
}

// ---------------------------------------------------------------------------------------------------------- many nodes

interface SplitAnswer {
  readonly parts:
    | readonly { node: number; groups: readonly number[]; shift: number; place: number; cost: number }[]
    | null;
  readonly cost: number;
  readonly bound: number;
}

/** Asks of a window whether several nodes can serve it for less than one can. */
function askSplits(
  problem: PromiseProblem,
  picking: AskPicking,
): (ask: WindowAsk, w: number, costToBeat: number) => SplitAnswer {
  const { cart, nodes, fleet, policy, asks } = problem;
  const { split } = policy;
  const isPossible =
    split.mostNodes > 1 &&
    cart.count > 1 &&
    Array.from({ length: cart.count }, (_, group) => group).every((group) => nodes.some((node) => node.holds[group]));
  if (!isPossible)
    return (_ask, _w, costToBeat) => ({ parts: null, cost: Number.POSITIVE_INFINITY, bound: costToBeat });

  // The least that a part can be: nothing in it, but a stop.
  const nothing = { serviceSec: loadOf(cart, []).serviceSec, load: [0, 0], needs: 0 };
  const leastBesides = nodes.map((node) => node.handlingCents + (node.pickSetupSec * node.pickHourCents) / 3600);
  const anyShift = Float64Array.from(fleet.shifts, (shift) => leastBesides[shift.node]!);
  const leastAnywhere = asks.map(({ rows, windows, index }) => {
    const offers = createOffers(index.length);
    offerWindows(fleet.offer, { ...nothing, surcharge: anyShift }, rows, windows, offers);
    return offers.cost;
  });
  const leastAt = asks.map(() => [] as (Float64Array | undefined)[]);
  const holds = new Uint8Array(nodes.length * cart.count);
  const groupCost = new Float64Array(nodes.length * cart.count);
  for (const [n, node] of nodes.entries()) {
    holds.set(node.holds, n * cart.count);
    for (let group = 0; group < cart.count; group++) {
      const sec = cart.lines[group]! * node.pickLineSec + cart.units[group]! * node.pickUnitSec;
      groupCost[n * cart.count + group] = (sec * node.pickHourCents) / 3600;
    }
  }

  return (ask, w, costToBeat) => {
    const a = asks.indexOf(ask);
    const least = leastAnywhere[a]![w]!;
    if (least === Number.POSITIVE_INFINITY || 2 * least + split.splitCost >= costToBeat)
      return { parts: null, cost: Number.POSITIVE_INFINITY, bound: costToBeat };

    const leastCost = Float64Array.from(nodes, (_, n) => leastOf(a, n)[w]!);
    const found = new Map<string, { shift: number; place: number; cost: number }>();
    const window = {
      startSec: ask.windows.startSec.subarray(w, w + 1),
      endSec: ask.windows.endSec.subarray(w, w + 1),
    };
    const priceOf = (node: number, groups: readonly number[]): number => {
      const key = `${node} ${groups.join(" ")}`;
      let part = found.get(key);
      if (!part) {
        part = cheapestPart(problem, picking, node, groups, ask.rows, window);
        found.set(key, part);
      }
      return part.cost;
    };
    const answer = splitCart(
      {
        nodeCount: nodes.length,
        groupCount: cart.count,
        holds,
        groupValue: cart.valueCents,
        leastCost,
        groupCost,
        policy: split,
      },
      priceOf,
      costToBeat,
      MOST_PARTS_PRICED,
    );
    const parts = answer.parts?.map(({ node, groups }) => ({
      node,
      groups,
      ...found.get(`${node} ${groups.join(" ")}`)!,
    }));
    return { parts: parts ?? null, cost: answer.cost, bound: answer.bound };
  };

  /** By window of an ask: the least that any part from the node costs. */
  function leastOf(a: number, n: number): Float64Array {
    let costs = leastAt[a]![n];
    if (!costs) {
      const { rows, windows, index } = asks[a]!;
      const { offer } = fleet.ofNode[n]!;
      const offers = createOffers(index.length);
      const surcharge = new Float64Array(offer.routeCount).fill(leastBesides[n]!);
      offerWindows(offer, { ...nothing, surcharge }, rows, windows, offers);
      costs = offers.cost;
      leastAt[a]![n] = costs;
    }
    return costs;
  }
}

/** The cheapest shift of a node that brings these groups in one window. */
function cheapestPart(
  { cart, nodes, fleet }: PromiseProblem,
  picking: AskPicking,
  node: number,
  groups: readonly number[],
  rows: VisitRows,
  window: OfferWindows,
): { shift: number; place: number; cost: number } {
  const { offer, firstShift } = fleet.ofNode[node]!;
  const { weightG, volumeMl, needs, serviceSec } = loadOf(cart, groups);
  const pickSec = pickSecAt(nodes[node]!, cart, groups);
  const surcharge = new Float64Array(offer.routeCount).fill(Number.POSITIVE_INFINITY);
  for (let r = 0; r < offer.routeCount; r++) {
    const { route } = fleet.shifts[firstShift + r]!;
    if (!isOut(route, window.startSec[0]!, window.endSec[0]!)) continue;
    surcharge[r] = besidesItsWay(nodes[node]!, picking(node, pickSec, route.startSec));
  }
  const offers = createOffers(1);
  offerWindows(offer, { serviceSec, load: [weightG, volumeMl], needs, surcharge }, rows, window, offers);
  return { shift: firstShift + offers.route[0]!, place: offers.place[0]!, cost: offers.cost[0]! };
}

function isOut(route: { startSec: number; endSec: number }, startSec: number, endSec: number): boolean {
  return route.endSec > startSec && route.startSec < endSec;
}

// -------------------------------------------------------------------------------------------------------------- losses

/** Says what binds a window that no plan serves: of nodes with the whole cart, or, where there are none, of those with a part. */
function askLosses(problem: PromiseProblem, picking: AskPicking): (ask: WindowAsk, w: number) => WindowLoss {
  const { cart, nodes, fleet } = problem;
  let wishes: readonly (Wish | null)[] | undefined;

  return ({ rows, windows }, w) => {
    const startSec = windows.startSec[w]!;
    const endSec = windows.endSec[w]!;
    wishes ??= candidates(problem).map((groups, n) =>
      groups.length === 0 ? null : { ...loadOf(cart, groups), pickSec: pickSecAt(nodes[n]!, cart, groups) },
    );
    let stage: Stage = wishes.some((wish) => wish) ? STAGE.noShift : STAGE.noStock;
    let atSec: number | undefined;
    const reached = (next: Stage, at?: number): void => {
      if (next < stage) return;
      // Of several vans that fail at the same check, the one that comes closest speaks: the latest cut-off, the first free hour.
      if (next > stage) atSec = at;
      else if (at !== undefined && (atSec === undefined || (next === STAGE.cutOff) === at > atSec)) atSec = at;
      stage = next;
    };

    for (const shift of fleet.shifts) {
      const wish = wishes[shift.node]!;
      if (!wish || !isOut(shift.route, startSec, endSec)) continue;
      if (wish.weightG > shift.limitG || wish.volumeMl > shift.limitMl || (wish.needs & ~shift.has) !== 0) {
        reached(STAGE.goods);
        continue;
      }
      const starts = Math.max(startSec, shift.route.startSec + rows.toSec[shift.homeRow]!);
      if (starts >= endSec || starts + wish.serviceSec + rows.fromSec[shift.homeRow]! > shift.route.endSec) {
        reached(STAGE.tooFar);
        continue;
      }
      const { loss } = picking(shift.node, wish.pickSec, shift.route.startSec);
      if (loss) reached(loss.stage, loss.atSec);
      else reached(STAGE.vansFull);
    }
    return { stage, atSec };
  };
}

interface Wish extends CartLoad {
  readonly pickSec: number;
}

/** By node: the groups that it would be asked for. */
function candidates({ cart, nodes, policy }: PromiseProblem): (readonly number[])[] {
  const everything = Array.from({ length: cart.count }, (_, group) => group);
  if (nodes.some(holdsAll)) return nodes.map((node) => (holdsAll(node) ? everything : []));
  const isSplittable =
    policy.split.mostNodes > 1 && everything.every((group) => nodes.some((node) => node.holds[group]));
  return nodes.map((node) => (isSplittable ? everything.filter((group) => node.holds[group]) : []));
}
