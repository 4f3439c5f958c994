import type { SourceNode } from "./promise-problem.ts";
import { HOUR } from "./test-small-town.ts";

// For tests: nodes at which one check cannot fail.

export const LONG_AGO = -500 * HOUR;
export const NO_LIMIT = 1e9;

/** As many hours again before the first, that nobody works in: it is too late for nothing that is asked for long ago. */
export function workedSinceLongAgo(node: SourceNode): SourceNode {
  const { startSec, limitSec, freeSec } = node.hours;
  const before = Array.from({ length: 400 }, (_, h) => (h - 400) * HOUR + startSec[0]!);
  const none = before.map(() => 0);
  return {
    ...node,
    hours: {
      startSec: Int32Array.from([...before, ...startSec]),
      limitSec: Int32Array.from([...none, ...limitSec]),
      freeSec: Int32Array.from([...none, ...freeSec]),
    },
  };
}

export function neverFull(node: SourceNode): SourceNode {
  const { hours } = node;
  const endless = hours.limitSec.map(() => NO_LIMIT);
  return { ...node, hours: { ...hours, limitSec: endless, freeSec: endless } };
}

export function holdingEverything(node: SourceNode, groupCount: number): SourceNode {
  return { ...node, holds: new Uint8Array(groupCount).fill(1) };
}
