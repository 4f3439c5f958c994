import type { Road } from "./use-roads.ts";

type Leg = Road["legs"][number];

/** How much of a route's length is driven once `doneCount` of its doors are left: 0 … 1. */
export function shareDriven(legs: readonly Leg[], doneCount: number): number {
  const lengths = legs.map(lengthOf);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total === 0) return 0;
  return lengths.slice(0, doneCount).reduce((sum, length) => sum + length, 0) / total;
}

/** Degrees, with those of longitude as short as they are there: only a share is asked for, so the unit does not matter. */
function lengthOf(leg: Leg): number {
  let length = 0;
  for (let i = 1; i < leg.length; i++) {
    const [from, to] = [leg[i - 1]!, leg[i]!];
    const shrink = Math.cos((from[1] * Math.PI) / 180);
    length += Math.hypot((to[0] - from[0]) * shrink, to[1] - from[1]);
  }
  return length;
}
