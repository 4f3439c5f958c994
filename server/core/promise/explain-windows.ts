import { pickSecAt } from "./ask-picking.ts";
import { type CartLoad, loadOf } from "./cart-load.ts";
import { closestPlan, isCloser } from "./closest-plan.ts";
import { type PickingFigures, pickingFigures } from "./picking-figures.ts";
import { isOut, type PromiseProblem, STAGE, type Stage, type WindowAnswer, type WindowAsk } from "./promise-problem.ts";

/** What keeps a window from being offered, and the plan that comes closest to it. */
export interface ExplainedWindow {
  /** The first check that no plan passes besides all before it; null: the window is offered. */
  readonly binding: Stage | null;
  /** Of the plan, or of the one that is least short at the binding check; none without goods. */
  readonly parts: readonly ExplainedPart[];
}

/** A part with the figures of every check, also of those behind the one that it fails. Seconds, grams, millilitres. */
export interface ExplainedPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  /** The first check that it fails. */
  readonly fails: Stage | null;
  readonly isInReach: boolean;
  /** By rule nothing is ordered here in this window from then on; Infinity where no rule says so. */
  readonly cutOffSec: number;
  readonly pickSec: number;
  /** Null where no shift of the node is known: what is picked by when depends on it. */
  readonly van: VanFigures | null;
}

export interface VanFigures extends PickingFigures {
  readonly shift: number;
  /** From the window to the time when the shift is out; 0: it is out in the window. */
  readonly gapSec: number;
  /** Bits of NEEDS that the van lacks. */
  readonly lacks: number;
  /** Beyond what the van takes when it is empty, and beyond what is free in it. */
  readonly overLimitG: number;
  readonly overLimitMl: number;
  readonly overFreeG: number;
  readonly overFreeMl: number;
  /** Too late for the window or for its way home, if it came here only. */
  readonly lateWhenEmptySec: number;
  /** By as much the best place in the route is too late for the window or for the stops behind it. */
  readonly lateSec: number;
}

/** Farther off than any shift or hour: there is none. */
const NEVER_SEC = 1e9;
/** Whatever a van lacks beyond weight, more room does not mend. */
const LACKS_COLD = 1e9;

/**
 * For each window the figures of its checks, and the one that binds it: the first in the order of STAGE that no plan passes
 * besides all before it, so that more of what it asks for, and nothing else, takes the window past it.
 *
 * `answers` are findPlans' of the same problem, except that there a node has nothing where its cut-off has passed; windows
 * by their index among all. Looks at every shift for every set of groups: on request, never for a quote.
 */
export function explainWindows(
  problem: PromiseProblem,
  answers: readonly WindowAnswer[],
  cutOffSec: (node: number, index: number) => number = () => Number.POSITIVE_INFINITY,
): ExplainedWindow[] {
  const { cart, nodes, fleet, windowCount } = problem;
  const shortOf = (part: ExplainedPart) => shortfall(part, problem.nowSec);
  const explained = new Array<ExplainedWindow>(windowCount);
  for (const ask of problem.asks) {
    for (const [w, index] of ask.index.entries()) {
      const answer = answers[index]!;
      explained[index] =
        "parts" in answer
          ? {
              binding: null,
              parts: answer.parts.map(({ node, groups, shift }) => explainPart(ask, w, node, groups, [shift])),
            }
          : closestPlan<Stage, ExplainedPart>(
              problem,
              STAGE.vansFull,
              (node, groups) => explainPart(ask, w, node, groups, shiftsOf(node)),
              shortOf,
            );
    }
  }
  return explained;

  function shiftsOf(node: number): number[] {
    const first = fleet.fromShift[node]!;
    return Array.from({ length: fleet.fromShift[node + 1]! - first }, (_, s) => first + s);
  }

  /** At the shift, of those given, with which the part comes furthest and is least short. */
  function explainPart(
    ask: WindowAsk,
    w: number,
    node: number,
    groups: readonly number[],
    shifts: readonly number[],
  ): ExplainedPart {
    const part = {
      node,
      groups,
      load: loadOf(cart, groups),
      isInReach: problem.reaches[node] === 1,
      cutOffSec: cutOffSec(node, ask.index[w]!),
      pickSec: pickSecAt(nodes[node]!, cart, groups),
    };
    let best: ExplainedPart = { ...part, fails: STAGE.noShift, van: null };
    for (const shift of shifts) {
      const van = vanFigures(problem, ask, w, part, shift);
      const tried = { ...part, van, fails: failedCheck({ ...part, van }, problem.nowSec) };
      if (isCloser(tried, best, shortOf)) best = tried;
    }
    return best;
  }
}

type AskedPart = Omit<ExplainedPart, "fails" | "van">;

function vanFigures(
  { nowSec, nodes, fleet }: PromiseProblem,
  { rows, windows }: WindowAsk,
  w: number,
  { node, load, pickSec }: AskedPart,
  shift: number,
): VanFigures {
  const startSec = windows.startSec[w]!;
  const lastSec = windows.endSec[w]! - 1;
  const { route, homeRow, has, limitG, limitMl, freeG, freeMl } = fleet.shifts[shift]!;
  const { weightG, volumeMl, needs, serviceSec } = load;
  const isThere = isOut(route, startSec, windows.endSec[w]!);
  const gapSec = isThere ? 0 : 1 + Math.max(route.startSec - windows.endSec[w]!, startSec - route.endSec);

  /** By how much a stop between two rows is too late. */
  const lateBetween = (readySec: number, before: number, latestSec: number, behind: number) => {
    const startsBy = latestSec - rows.fromSec[behind]! - serviceSec;
    const starts = Math.max(startSec, readySec + rows.toSec[before]!);
    return Math.max(0, starts - lastSec, starts - startsBy);
  };
  const { from, readySec, latestSec, before, behind } = fleet.offer;
  let lateSec = Number.POSITIVE_INFINITY;
  for (let p = from[shift]!; p < from[shift + 1]!; p++)
    lateSec = Math.min(lateSec, lateBetween(readySec[p]!, before[p]!, latestSec[p]!, behind[p]!));

  return {
    shift,
    gapSec,
    lacks: needs & ~has,
    overLimitG: Math.max(0, weightG - limitG),
    overLimitMl: Math.max(0, volumeMl - limitMl),
    overFreeG: Math.max(0, weightG - freeG),
    overFreeMl: Math.max(0, volumeMl - freeMl),
    // Over another stop the way may be shorter: travel times need not keep the triangle inequality.
    lateWhenEmptySec: Math.min(lateSec, lateBetween(route.startSec, homeRow, route.endSec, homeRow)),
    lateSec,
    ...pickingFigures(nodes[node]!, nowSec, pickSec, route.startSec),
  };
}

/** The first check that a part fails with a van, in the order of STAGE. */
function failedCheck(
  { isInReach, cutOffSec, pickSec, van }: AskedPart & { readonly van: VanFigures },
  nowSec: number,
): Stage | null {
  if (van.gapSec > 0) return STAGE.noShift;
  if (!isInReach) return STAGE.outsideArea;
  if (van.lacks !== 0 || van.overLimitG > 0 || van.overLimitMl > 0) return STAGE.goods;
  if (van.lateWhenEmptySec > 0) return STAGE.tooFar;
  if (nowSec >= cutOffSec || nowSec > van.lastStartSec) return STAGE.cutOff;
  if (van.freeSec < pickSec) return STAGE.picking;
  if (van.lateSec > 0 || van.overFreeG > 0 || van.overFreeMl > 0) return STAGE.vansFull;
  return null;
}

/**
 * How short a part is at the check that it fails. Only to tell which of several is closest: where a check has several figures
 * they are added up, a gram and a millilitre like a second.
 */
function shortfall({ fails, van, cutOffSec, pickSec }: ExplainedPart, nowSec: number): number {
  if (fails === null) return 0;
  if (!van) return NEVER_SEC;
  switch (fails) {
    case STAGE.noShift:
      return van.gapSec;
    case STAGE.goods:
      return (van.lacks === 0 ? 0 : LACKS_COLD) + van.overLimitG + van.overLimitMl;
    case STAGE.tooFar:
      return van.lateWhenEmptySec;
    case STAGE.cutOff:
      return Math.min(NEVER_SEC, Math.max(nowSec - cutOffSec, nowSec - van.lastStartSec));
    case STAGE.picking:
      return pickSec - van.freeSec;
    case STAGE.vansFull:
      return van.lateSec + van.overFreeG + van.overFreeMl;
    default:
      return 0;
  }
}
