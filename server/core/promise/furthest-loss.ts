/** At which check something was lost. `atSec`: the cut-off that has passed, or when there is room again. */
export interface Loss<Stage extends number> {
  readonly stage: Stage;
  readonly atSec: number | undefined;
}

/**
 * Keeps the furthest check that any candidate came to: everything before it passed for that one, so it is what binds. Of
 * several that fail at the same check, the one that comes closest speaks: the latest cut-off, the first free hour.
 */
export function furthestLoss<Stage extends number>(
  first: Stage,
  cutOff: NoInfer<Stage>,
): { reached(stage: Stage, atSec?: number): void; loss(): Loss<Stage> } {
  let furthest: Loss<Stage> = { stage: first, atSec: undefined };
  return {
    reached(stage, atSec) {
      const { stage: known, atSec: knownSec } = furthest;
      if (stage < known) return;
      const isCloser = atSec !== undefined && (knownSec === undefined || (stage === cutOff) === atSec > knownSec);
      if (stage > known || isCloser) furthest = { stage, atSec };
    },
    loss: () => furthest,
  };
}
