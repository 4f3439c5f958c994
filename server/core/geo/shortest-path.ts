import { type Climb, climbFrom, downSlope, meetingOf, upSlope } from "./climb.ts";
import type { Hierarchy } from "./contraction-hierarchy.ts";
import type { Seeds } from "./seeds.ts";

export interface Path {
  readonly cost: number;
  /** Vertices at the two ends; the same one when the path has no arc. */
  readonly source: number;
  readonly target: number;
  /** What {@link buildHierarchy} was told to remember the arcs by, from source to target. */
  readonly via: number[];
}

/**
 * A cheapest path from some source seed to some target seed, or null. The two climbs meet at the path's summit; the
 * shortcuts on both slopes are then unpacked into the arcs they stand for.
 */
export function shortestPath(
  hierarchy: Hierarchy,
  sourceSeeds: Seeds,
  targetSeeds: Seeds,
  forward: Climb,
  backward: Climb,
): Path | null {
  const up = upSlope(hierarchy);
  const down = downSlope(hierarchy);
  climbFrom(forward, sourceSeeds, up, down);
  climbFrom(backward, targetSeeds, down, up);
  const { summit, cost } = meetingOf(forward, backward);
  if (summit < 0) return null;

  const ascent: number[] = [];
  let source = summit;
  for (; forward.arc[source]! >= 0; source = forward.parent[source]!) ascent.push(source);
  const via: number[] = [];
  for (let i = ascent.length - 1; i >= 0; i--) {
    const v = ascent[i]!;
    unpack(hierarchy, forward.parent[v]!, v, hierarchy.upVia[forward.arc[v]!]!, via);
  }
  let target = summit;
  for (; backward.arc[target]! >= 0; target = backward.parent[target]!)
    unpack(hierarchy, target, backward.parent[target]!, hierarchy.downVia[backward.arc[target]!]!, via);
  return { cost, source, target, via };
}

/** Appends the arcs that `tail → head` stands for. A shortcut may nest a few dozen deep, not more: recursion is safe. */
function unpack(hierarchy: Hierarchy, tail: number, head: number, via: number, into: number[]): void {
  if (via >= 0) {
    into.push(via);
    return;
  }
  const middle = ~via;
  const { upStart, upHead, upVia, downStart, downTail, downVia } = hierarchy;
  for (let a = downStart[middle]!; a < downStart[middle + 1]!; a++)
    if (downTail[a] === tail) {
      unpack(hierarchy, tail, middle, downVia[a]!, into);
      break;
    }
  for (let a = upStart[middle]!; a < upStart[middle + 1]!; a++)
    if (upHead[a] === head) {
      unpack(hierarchy, middle, head, upVia[a]!, into);
      break;
    }
}
