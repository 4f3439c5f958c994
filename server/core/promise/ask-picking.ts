import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import type { CartGroups } from "./cart-load.ts";
import { type BusyRate, busyCents, isBeforeCutOff, nextFreeHour, planPicking } from "./picking-plan.ts";
import { type PromiseProblem, type SourceNode, STAGE, type WindowLoss } from "./promise-problem.ts";

export function pickSecAt(
  node: Pick<SourceNode, "pickSetupSec" | "pickLineSec" | "pickUnitSec">,
  cart: Pick<CartGroups, "lines" | "units">,
  groups: readonly number[],
): number {
  let sec = node.pickSetupSec;
  for (const group of groups) sec += cart.lines[group]! * node.pickLineSec + cart.units[group]! * node.pickUnitSec;
  return sec;
}

export function pickingCents({ pickHourCents }: Pick<SourceNode, "pickHourCents">, pickSec: number): number {
  return (pickSec * pickHourCents) / SECONDS_PER_HOUR;
}

/** Whether a node can pick so much before a van of its leaves, and what that costs besides its way. */
interface PickingAnswer {
  readonly pickBySec: number;
  readonly loss: WindowLoss | null;
  readonly pickingCents: number;
  readonly busyCents: number;
}

export type AskPicking = (node: number, pickSec: number, leavesSec: number) => PickingAnswer;

/** Each question is answered once: shifts of a node often leave together, and parts come back while a split is sought. */
export function askPicking({ nowSec, nodes, policy }: Pick<PromiseProblem, "nowSec" | "nodes" | "policy">): AskPicking {
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
  node: SourceNode,
  pickSec: number,
  leavesSec: number,
  busy: BusyRate,
): PickingAnswer {
  const { hours, handoverSec } = node;
  const pickBySec = leavesSec - handoverSec;
  const lost = (loss: WindowLoss) => ({ pickBySec, loss, pickingCents: Number.POSITIVE_INFINITY, busyCents: 0 });
  // One order is in the hands of one picker: however many work in an hour, the order takes its time.
  if (!isBeforeCutOff(hours, nowSec, pickSec, pickBySec))
    return lost({ stage: STAGE.cutOff, atSec: pickBySec - pickSec });
  const plan = planPicking(hours, nowSec, pickSec, pickBySec);
  if (!plan) return lost({ stage: STAGE.picking, atSec: nextFreeHour(hours, pickSec, pickBySec) });
  return {
    pickBySec,
    loss: null,
    pickingCents: pickingCents(node, pickSec),
    busyCents: busyCents(hours, plan, busy),
  };
}

/** What a part costs besides its way when a shift of its node brings it, or Infinity where it cannot be picked in time. */
export function besidesItsWay({ handlingCents }: SourceNode, { loss, pickingCents, busyCents }: PickingAnswer): number {
  return loss ? Number.POSITIVE_INFINITY : handlingCents + pickingCents + busyCents;
}
