import { type Climb, climbFrom, createClimb, downSlope, upSlope } from "./climb.ts";
import type { Hierarchy } from "./contraction-hierarchy.ts";
import type { Seeds } from "./seeds.ts";

/**
 * Costs from every source to every target, row by row into `costs` (Knopp, Sanders, Schultes, Schulz, Wagner 2007).
 *
 * Each target climbs once and leaves its cost in a bucket at every vertex it settles; each source climbs once and
 * empties the buckets it comes by. `sourceSeeds(i, seeds)` and `targetSeeds(j, seeds)` say where each starts; entries
 * of `costs` are only ever lowered, so the caller fills it first: with UNREACHED, or with costs known otherwise.
 */
export function manyToMany(
  hierarchy: Hierarchy,
  sourceCount: number,
  sourceSeeds: (source: number, seeds: Seeds) => void,
  targetCount: number,
  targetSeeds: (target: number, seeds: Seeds) => void,
  seeds: Seeds,
  costs: Float64Array,
  climb: Climb = createClimb(hierarchy.vertexCount),
): void {
  const up = upSlope(hierarchy);
  const down = downSlope(hierarchy);

  let capacity = Math.max(1024, targetCount * 128);
  let entryVertex = new Int32Array(capacity);
  let entryTarget = new Int32Array(capacity);
  let entryCost = new Float64Array(capacity);
  let entryCount = 0;
  for (let target = 0; target < targetCount; target++) {
    targetSeeds(target, seeds);
    climbFrom(climb, seeds, down, up);
    if (entryCount + climb.count > capacity) {
      capacity = Math.max(capacity * 2, entryCount + climb.count);
      entryVertex = widened(entryVertex, new Int32Array(capacity));
      entryTarget = widened(entryTarget, new Int32Array(capacity));
      entryCost = widened(entryCost, new Float64Array(capacity));
    }
    for (let i = 0; i < climb.count; i++, entryCount++) {
      const v = climb.vertex[i]!;
      entryVertex[entryCount] = v;
      entryTarget[entryCount] = target;
      entryCost[entryCount] = climb.cost[v]!;
    }
  }

  const bucketStart = new Int32Array(hierarchy.vertexCount + 1);
  for (let i = 0; i < entryCount; i++) bucketStart[entryVertex[i]! + 1]!++;
  for (let v = 0; v < hierarchy.vertexCount; v++) bucketStart[v + 1]! += bucketStart[v]!;
  const bucketTarget = new Int32Array(entryCount);
  const bucketCost = new Float64Array(entryCount);
  const next = bucketStart.slice(0, hierarchy.vertexCount);
  for (let i = 0; i < entryCount; i++) {
    const at = next[entryVertex[i]!]!++;
    bucketTarget[at] = entryTarget[i]!;
    bucketCost[at] = entryCost[i]!;
  }

  for (let source = 0; source < sourceCount; source++) {
    sourceSeeds(source, seeds);
    climbFrom(climb, seeds, up, down);
    const row = costs.subarray(source * targetCount, (source + 1) * targetCount);
    for (let i = 0; i < climb.count; i++) {
      const v = climb.vertex[i]!;
      const toSummit = climb.cost[v]!;
      for (let b = bucketStart[v]!; b < bucketStart[v + 1]!; b++) {
        const through = toSummit + bucketCost[b]!;
        if (through < row[bucketTarget[b]!]!) row[bucketTarget[b]!] = through;
      }
    }
  }
}

function widened<T extends Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
