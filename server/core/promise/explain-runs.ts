import { pickSecAt } from "./ask-picking.ts";
import { type CartLoad, loadOf } from "./cart-load.ts";
import { closestPlan, isCloser } from "./closest-plan.ts";
import { findParcels } from "./find-parcels.ts";
import { asParcels, STAGE_OF_PARCEL } from "./find-pickups.ts";
import { PARCEL_STAGE, type ParcelAnswer, type ParcelProblem, type ParcelStage } from "./parcel-problem.ts";
import { type PickingFigures, pickingFigures } from "./picking-figures.ts";
import type { PickupProblem, PickupStage } from "./pickup-problem.ts";

/** What keeps a day of parcels, or a window at a counter, from being offered, and the plan that comes closest to it. */
export interface ExplainedRuns<Stage extends ParcelStage | PickupStage> {
  /** The first check that no plan passes besides all before it; null: there is a plan. */
  readonly binding: Stage | null;
  /** Of the plan, or of the one that is least short at the binding check; none without goods. */
  readonly parts: readonly ExplainedRunPart[];
}

/** A part with the figures of every check, also of those behind the one that it fails. Seconds and grams. */
export interface ExplainedRunPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly load: CartLoad;
  readonly pickSec: number;
  /** The first check that it fails. */
  readonly fails: ParcelStage | null;
  /** Null where nothing leaves the node for that day or window. */
  readonly run: RunFigures | null;
}

export interface RunFigures extends PickingFigures {
  /** Which of the problem's; of a pickup null where the goods are on the store's own shelves. */
  readonly run: number | null;
  /** By rule nothing is ordered for it from then on; Infinity where no rule says so. */
  readonly cutOffSec: number;
  /** Bits of NEEDS that it lacks. */
  readonly lacks: number;
  /** Beyond the heaviest parcel that it takes. */
  readonly overLimitG: number;
  /** What it still takes. */
  readonly free: number;
}

/** A run that cannot keep the cold is as far off as any other that cannot. */
const LACKS_COLD = 1;
const NO_PLACE = 1;
/** Farther off than any hour: there is none. */
const NEVER_SEC = 1e9;

/**
 * For each day of parcels the figures of its checks, and the one that binds it, as explainWindows does for those of vans.
 *
 * `answers` are findParcels' of the same problem, except that there a run whose cut-off has passed counts as gone. Looks at every run
 * for every set of groups: on request, never for a quote.
 */
export function explainParcels(
  problem: ParcelProblem,
  answers: readonly ParcelAnswer[],
  cutOffSec: (run: number) => number = () => Number.POSITIVE_INFINITY,
): ExplainedRuns<ParcelStage>[] {
  const { cart, nodes, runs, nowSec } = problem;
  const shortOf = (part: ExplainedRunPart) => shortfall(part, nowSec);
  return answers.map((answer, day) => {
    const explainPart = (node: number, groups: readonly number[]): ExplainedRunPart => {
      const ofNode = runs.flatMap((run, r) => (run.day === day && run.node === node ? [r] : []));
      return explainAt(node, groups, ofNode);
    };
    if ("parts" in answer)
      return { binding: null, parts: answer.parts.map(({ node, groups, run }) => explainAt(node, groups, [run])) };
    return closestPlan(problem, PARCEL_STAGE.carrierFull as ParcelStage, explainPart, shortOf);
  });

  /** With the run, of those given, with which the part comes furthest and is least short. */
  function explainAt(node: number, groups: readonly number[], candidates: readonly number[]): ExplainedRunPart {
    const pickSec = pickSecAt(nodes[node]!, cart, groups);
    const part = { node, groups, load: { ...loadOf(cart, groups), serviceSec: 0 }, pickSec };
    let best: ExplainedRunPart = { ...part, fails: PARCEL_STAGE.noCarrier, run: null };
    for (const r of candidates) {
      const { leavesSec, limitG, has, free } = runs[r]!;
      const run: RunFigures = {
        run: r,
        cutOffSec: cutOffSec(r),
        lacks: part.load.needs & ~has,
        overLimitG: Math.max(0, part.load.weightG - limitG),
        free,
        ...pickingFigures(nodes[node]!, nowSec, pickSec, leavesSec),
      };
      const tried = { ...part, run, fails: failedCheck(run, pickSec, nowSec) };
      if (isCloser(tried, best, shortOf)) best = tried;
    }
    return best;
  }
}

/** The same for the windows of a store's counter: what its shelves have, and what the runs of lanes bring in time. */
export function explainPickups(problem: PickupProblem): ExplainedRuns<PickupStage>[] {
  const { asked, placeOf } = asParcels(problem);
  return explainParcels(asked, findParcels(asked)).map(({ binding, parts }) => ({
    binding: binding === null ? null : STAGE_OF_PARCEL[binding],
    parts: parts.map(({ run, ...part }) => ({ ...part, run: run && { ...run, run: placeOf[run.run!]! } })),
  }));
}

/** The first check that a part fails with a run, in the order of PARCEL_STAGE. */
function failedCheck(run: RunFigures, pickSec: number, nowSec: number): ParcelStage | null {
  if (run.lacks !== 0) return PARCEL_STAGE.cold;
  if (run.overLimitG > 0) return PARCEL_STAGE.tooHeavy;
  if (nowSec >= run.cutOffSec || nowSec > run.lastStartSec) return PARCEL_STAGE.cutOff;
  if (run.freeSec < pickSec) return PARCEL_STAGE.picking;
  return run.free < 1 ? PARCEL_STAGE.carrierFull : null;
}

/** How short a part is at the check that it fails. Only to tell which of several is closest. */
function shortfall({ fails, run, pickSec }: ExplainedRunPart, nowSec: number): number {
  if (fails === null) return 0;
  if (!run) return NEVER_SEC;
  switch (fails) {
    case PARCEL_STAGE.cold:
      return LACKS_COLD;
    case PARCEL_STAGE.tooHeavy:
      return run.overLimitG;
    case PARCEL_STAGE.cutOff:
      return Math.min(NEVER_SEC, Math.max(nowSec - run.cutOffSec, nowSec - run.lastStartSec));
    case PARCEL_STAGE.picking:
      return pickSec - run.freeSec;
    case PARCEL_STAGE.carrierFull:
      return NO_PLACE;
    default:
      return 0;
  }
}
