import { lastStartSec } from "./last-order.ts";
import { freeSecBy, nextFreeHour } from "./picking-plan.ts";
import type { SourceNode } from "./promise-problem.ts";

/** Whether a node can pick so much before something leaves, and by how much not. */
export interface PickingFigures {
  readonly pickBySec: number;
  /** The last second at which it could be ordered if none of the hours were taken; −Infinity where the node works in none. */
  readonly lastStartSec: number;
  /** What is still to be had by then. */
  readonly freeSec: number;
  /** The first hour behind it that has room for the whole part. */
  readonly nextFreeSec: number | undefined;
}

export function pickingFigures(
  { hours, handoverSec }: Pick<SourceNode, "hours" | "handoverSec">,
  nowSec: number,
  pickSec: number,
  leavesSec: number,
): PickingFigures {
  const pickBySec = leavesSec - handoverSec;
  return {
    pickBySec,
    lastStartSec: lastStartSec(hours, pickSec, pickBySec),
    freeSec: freeSecBy(hours, nowSec, pickBySec),
    nextFreeSec: nextFreeHour(hours, pickSec, pickBySec),
  };
}
