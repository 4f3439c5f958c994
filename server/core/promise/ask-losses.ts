import { type AskPicking, pickSecAt } from "./ask-picking.ts";
import { type CartLoad, loadOf } from "./cart-load.ts";
import { furthestLoss } from "./furthest-loss.ts";
import {
  candidates,
  isOut,
  type PromiseProblem,
  STAGE,
  type Stage,
  type WindowAsk,
  type WindowLoss,
} from "./promise-problem.ts";

/**
 * Says what binds a window that no plan serves: of nodes with the whole cart, or, where there are none, of those with a part.
 * `asked` is the problem before the nodes were left out whose vans do not go to the door.
 */
export function askLosses(
  problem: PromiseProblem,
  picking: AskPicking,
  asked: PromiseProblem,
): (ask: WindowAsk, w: number) => WindowLoss {
  const { cart, nodes, fleet } = problem;
  let wishes: readonly (Wish | null)[] | undefined;
  /** By node: whether it would be asked if its vans went there. */
  let beyond: readonly boolean[] = [];

  return ({ rows, windows }, w) => {
    const startSec = windows.startSec[w]!;
    const endSec = windows.endSec[w]!;
    if (!wishes) {
      wishes = candidates(problem).map((groups, n) =>
        groups.length === 0 ? null : { ...loadOf(cart, groups), pickSec: pickSecAt(nodes[n]!, cart, groups) },
      );
      beyond = candidates(asked).map((groups, n) => groups.length > 0 && asked.reaches[n] === 0);
    }
    const first: Stage = wishes.some((wish) => wish) || beyond.includes(true) ? STAGE.noShift : STAGE.noStock;
    const { reached, loss: furthest } = furthestLoss<Stage>(first, STAGE.cutOff);

    for (let n = 0; n < nodes.length; n++) {
      const wish = wishes[n]!;
      if (!wish && !beyond[n]) continue;
      for (let s = fleet.fromShift[n]!; s < fleet.fromShift[n + 1]!; s++) {
        const shift = fleet.shifts[s]!;
        if (!isOut(shift.route, startSec, endSec)) continue;
        if (!wish) {
          reached(STAGE.outsideArea);
          break;
        }
        if (wish.weightG > shift.limitG || wish.volumeMl > shift.limitMl || (wish.needs & ~shift.has) !== 0) {
          reached(STAGE.goods);
          continue;
        }
        const starts = Math.max(startSec, shift.route.startSec + rows.toSec[shift.homeRow]!);
        if (starts >= endSec || starts + wish.serviceSec + rows.fromSec[shift.homeRow]! > shift.route.endSec) {
          reached(STAGE.tooFar);
          continue;
        }
        const { loss } = picking(n, wish.pickSec, shift.route.startSec);
        // Nothing is further than a full van.
        if (!loss) return { stage: STAGE.vansFull, atSec: undefined };
        reached(loss.stage, loss.atSec);
      }
    }
    return furthest();
  };
}

interface Wish extends CartLoad {
  readonly pickSec: number;
}
