import {
  cheapestPosition,
  createInsertion,
  type Insertion,
  NOWHERE,
  type Rates,
  type VisitTravel,
} from "../routing/insertion.ts";
import type { Route, Timeline } from "../routing/route.ts";
import { isBeforeCutOff, nextFreeHour, planPicking, type WorkHours } from "./picking-plan.ts";

/** What a cart asks of whoever serves it. */
export interface Parcel {
  readonly weightG: number;
  readonly volumeMl: number;
  readonly needsChilled: boolean;
  readonly needsFrozen: boolean;
  /** At the door. */
  readonly serviceSec: number;
}

/** A node that has the whole cart. */
export interface SourceNode {
  readonly hours: WorkHours;
  /** To pick this cart here. */
  readonly pickSec: number;
  /** Between the last item picked and the van leaving. */
  readonly handoverSec: number;
  readonly handlingCents: number;
}

export interface FleetShift {
  readonly route: Route;
  readonly timeline: Timeline;
  /** Index into the nodes of the problem, or −1: its node does not have the cart. */
  readonly node: number;
  /** Where its stops stand in the rows of `VisitTravel`, and where its home does. */
  readonly offset: number;
  readonly home: number;
  readonly limitG: number;
  readonly limitMl: number;
  readonly freeG: number;
  readonly freeMl: number;
  readonly carriesChilled: boolean;
  readonly carriesFrozen: boolean;
  readonly rates: Rates;
}

export interface DeliveryWindow {
  readonly startSec: number;
  readonly endSec: number;
  /** Travel between the cart's door and every stop, at the time of day of this window. */
  readonly travel: VisitTravel;
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
  feasible: 7,
} as const;
export type Stage = (typeof STAGE)[keyof typeof STAGE];

/** One window's answer. Where it is not feasible, `atSec` is the cut-off that passed, or when picking has room again. */
export interface WindowAnswer {
  stage: Stage;
  shift: number;
  node: number;
  position: number;
  /** Handling at the node and marginal route cost. */
  costCents: number;
  pickBySec: number;
  atSec: number | undefined;
}

/**
 * Which windows the network can still serve for one cart at one door, from which node, by which van, at which place in
 * its route, at what marginal cost.
 *
 * Feasible first, then cheapest; of equally cheap candidates the first in the order given. Every shift is tried against
 * every window it overlaps: nothing is pruned by a guess. Time: windows × overlapping shifts × stops.
 */
export function findDeliveryWindows(
  nowSec: number,
  parcel: Parcel,
  nodes: readonly SourceNode[],
  shifts: readonly FleetShift[],
  windows: readonly DeliveryWindow[],
): WindowAnswer[] {
  const scratch = createInsertion();
  const picking = askPicking(nowSec, nodes, shifts);
  return windows.map((window) => findWindow(parcel, nodes, shifts, picking, window, scratch));
}

/** Whether a node can pick the cart before a van of its leaves. */
interface PickingAnswer {
  readonly pickBySec: number;
  readonly stage: typeof STAGE.cutOff | typeof STAGE.picking | typeof STAGE.feasible;
  readonly atSec: number | undefined;
}

/** The answer depends on the node and on when the van leaves, not on the window: asked once for each such pair. */
function askPicking(
  nowSec: number,
  nodes: readonly SourceNode[],
  shifts: readonly FleetShift[],
): (PickingAnswer | undefined)[] {
  const known = new Map<string, PickingAnswer>();
  return shifts.map((shift) => {
    if (shift.node === NOWHERE) return undefined;
    const key = `${shift.node} ${shift.route.startSec}`;
    let answer = known.get(key);
    if (!answer) {
      answer = pickingAnswer(nowSec, nodes[shift.node]!, shift.route.startSec);
      known.set(key, answer);
    }
    return answer;
  });
}

function pickingAnswer(nowSec: number, node: SourceNode, leavesSec: number): PickingAnswer {
  const pickBySec = leavesSec - node.handoverSec;
  if (!isBeforeCutOff(node.hours, nowSec, node.pickSec, pickBySec)) {
    return { pickBySec, stage: STAGE.cutOff, atSec: pickBySec - node.pickSec };
  }
  if (!planPicking(node.hours, nowSec, node.pickSec, pickBySec)) {
    return { pickBySec, stage: STAGE.picking, atSec: nextFreeHour(node.hours, node.pickSec, pickBySec) };
  }
  return { pickBySec, stage: STAGE.feasible, atSec: undefined };
}

function findWindow(
  parcel: Parcel,
  nodes: readonly SourceNode[],
  shifts: readonly FleetShift[],
  picking: readonly (PickingAnswer | undefined)[],
  window: DeliveryWindow,
  scratch: Insertion,
): WindowAnswer {
  const answer: WindowAnswer = {
    stage: nodes.length === 0 ? STAGE.noStock : STAGE.noShift,
    shift: NOWHERE,
    node: NOWHERE,
    position: NOWHERE,
    costCents: Number.POSITIVE_INFINITY,
    pickBySec: 0,
    atSec: undefined,
  };
  const reached = (stage: Stage, atSec?: number): void => {
    if (stage < answer.stage) return;
    // Of several vans that fail at the same check, the one that comes closest speaks: the latest cut-off, the first free hour.
    if (stage > answer.stage) answer.atSec = atSec;
    else if (atSec !== undefined && (answer.atSec === undefined || (stage === STAGE.cutOff) === atSec > answer.atSec))
      answer.atSec = atSec;
    answer.stage = stage;
  };

  const visit = { windowStartSec: window.startSec, windowEndSec: window.endSec, serviceSec: parcel.serviceSec };
  for (let s = 0; s < shifts.length; s++) {
    const shift = shifts[s]!;
    if (shift.node === NOWHERE || shift.route.endSec <= window.startSec || shift.route.startSec >= window.endSec)
      continue;
    const node = nodes[shift.node]!;

    if (!carries(shift, parcel)) {
      reached(STAGE.goods);
      continue;
    }
    if (!reachesWhenEmpty(shift.route, visit, window.travel, shift.home)) {
      reached(STAGE.tooFar);
      continue;
    }
    const { pickBySec, stage, atSec } = picking[s]!;
    if (stage !== STAGE.feasible) {
      reached(stage, atSec);
      continue;
    }
    if (shift.freeG < parcel.weightG || shift.freeMl < parcel.volumeMl) {
      reached(STAGE.vansFull);
      continue;
    }
    cheapestPosition(shift.route, shift.timeline, visit, window.travel, shift.offset, shift.home, shift.rates, scratch);
    if (scratch.position === NOWHERE) {
      reached(STAGE.vansFull);
      continue;
    }
    const costCents = node.handlingCents + scratch.costCents;
    if (answer.stage < STAGE.feasible || costCents < answer.costCents) {
      answer.stage = STAGE.feasible;
      answer.shift = s;
      answer.node = shift.node;
      answer.position = scratch.position;
      answer.costCents = costCents;
      answer.pickBySec = pickBySec;
      answer.atSec = undefined;
    }
  }
  return answer;
}

function carries(shift: FleetShift, parcel: Parcel): boolean {
  return (
    parcel.weightG <= shift.limitG &&
    parcel.volumeMl <= shift.limitMl &&
    (!parcel.needsChilled || shift.carriesChilled) &&
    (!parcel.needsFrozen || shift.carriesFrozen)
  );
}

/** Whether the van could serve the window with no other stop on its route. */
function reachesWhenEmpty(
  route: Route,
  visit: { windowStartSec: number; windowEndSec: number; serviceSec: number },
  travel: VisitTravel,
  home: number,
): boolean {
  const start = Math.max(visit.windowStartSec, route.startSec + travel.homeToSec[home]!);
  return start < visit.windowEndSec && start + visit.serviceSec + travel.homeFromSec[home]! <= route.endSec;
}
