/**
 * Where a search starts: `vertex[i]` can be had at `cost[i]`, for i below `count`. A place in the middle of a road has
 * two seeds, the ends of the road.
 */
export interface Seeds {
  readonly vertex: Int32Array;
  readonly cost: Float64Array;
  count: number;
}

export function createSeeds(capacity = 2): Seeds {
  return { vertex: new Int32Array(capacity), cost: new Float64Array(capacity), count: 0 };
}

export function addSeed(seeds: Seeds, vertex: number, cost: number): void {
  seeds.vertex[seeds.count] = vertex;
  seeds.cost[seeds.count++] = cost;
}
