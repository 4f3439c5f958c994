/**
 * A cart as groups of lines that are not parted, and nodes that hold some of them. Nodes by groups stand row by row.
 * All money in one unit.
 */
export interface SplitProblem {
  readonly nodeCount: number;
  readonly groupCount: number;
  /** By node and group: 1 where the node has all of the group's goods. */
  readonly holds: Uint8Array;
  readonly groupValue: ArrayLike<number>;
  /** By node: the least that any part costs there, whatever is in it; Infinity where none can be served. */
  readonly leastCost: ArrayLike<number>;
  /** By node and group: the least that the group adds to a part there. */
  readonly groupCost: ArrayLike<number>;
  readonly policy: SplitPolicy;
}

export interface SplitPolicy {
  readonly mostNodes: number;
  /** A part worth less than this is not sent on its own. */
  readonly leastPartValue: number;
  /** What every part after the first costs besides. */
  readonly splitCost: number;
}

/** What one node serves, its groups in ascending order, for how much. */
export interface SplitPart {
  readonly node: number;
  readonly groups: readonly number[];
  readonly cost: number;
}

export interface Split {
  /** Null: nothing below the cost to beat was found. */
  readonly parts: readonly SplitPart[] | null;
  /** Of the parts and of splitting; Infinity without parts. */
  readonly cost: number;
  /** No split can cost less: equal to the cost to beat or to the cost found where the search was exhausted. */
  readonly bound: number;
}

/**
 * The cheapest way to serve a cart from several nodes for less than `costToBeat`.
 *
 * `costOf` prices one part, or says Infinity: at least `leastCost` without any group, by each group more at least its
 * `groupCost` dearer, and what is impossible stays so. Branch and bound over the sets of nodes and then over who serves
 * each group: what is left out is left out by a bound, so the answer is the best one unless `mostCalls` of `costOf` ran
 * out, and then `bound` says how much better one could still be.
 */
export function splitCart(
  problem: SplitProblem,
  costOf: (node: number, groups: readonly number[]) => number,
  costToBeat: number,
  mostCalls: number,
): Split {
  const { nodeCount, groupCount, holds, leastCost, groupCost, groupValue, policy } = problem;
  const { mostNodes, splitCost } = policy;
  let best = costToBeat;
  let bestParts: readonly SplitPart[] | null = null;
  let openBound = Number.POSITIVE_INFINITY;
  let calls = 0;

  // In the order of their least cost, the cheap sets come first and a bound ends a whole row of them.
  const nodes = Array.from({ length: nodeCount }, (_, node) => node)
    .filter((node) => leastCost[node]! < Number.POSITIVE_INFINITY && holdsAny(node))
    .sort((a, b) => leastCost[a]! - leastCost[b]! || a - b);
  const everyone = nodes.map((_, at) => at);
  const holdersOf = Array.from({ length: groupCount }, (_, group) =>
    everyone.filter((at) => holds[nodes[at]! * groupCount + group]),
  );
  const leastOfGroups = holdersOf.reduce(
    (sum, holders, group) =>
      sum + holders.reduce((least, at) => Math.min(least, addsAt(nodes[at]!, group)), Number.POSITIVE_INFINITY),
    0,
  );
  const set: number[] = [];
  /** By size of the set and group, row by row: the least that the group adds at one of its nodes; Infinity where none holds it. */
  const leastAdded = new Float64Array((mostNodes + 1) * groupCount).fill(Number.POSITIVE_INFINITY);

  chooseNodes(0, 0);
  return {
    parts: bestParts,
    cost: bestParts ? best : Number.POSITIVE_INFINITY,
    bound: Math.min(best, openBound),
  };

  /** Adds each of the nodes from place `from` on to the set, for all that can come of it. */
  function chooseNodes(from: number, leastOfChosen: number): void {
    const isLast = set.length + 1 === mostNodes;
    for (const at of isLast ? holdersOfRest() : everyone) {
      if (at < from) continue;
      const node = nodes[at]!;
      const least = leastOfChosen + leastCost[node]! + (set.length > 0 ? splitCost : 0);
      // Those that follow cost no less. A node more makes it dearer, unless an insertion there is below zero.
      const mostSaved = Math.min(0, leastCost[node]! + splitCost) * (mostNodes - set.length - 1);
      if (least + mostSaved + leastOfGroups >= best) break;
      const leastOfSet = least + addToSet(node);
      set.push(node);
      if (set.length >= 2 && leastOfSet < best) shareOut(leastOfSet);
      if (!isLast) chooseNodes(at + 1, least);
      set.pop();
    }
  }

  /** Writes what the groups add at the least once the node is in the set, and answers the sum; Infinity where it lacks one. */
  function addToSet(node: number): number {
    const row = set.length * groupCount;
    let sum = 0;
    for (let group = 0; group < groupCount; group++) {
      const adds = Math.min(leastAdded[row + group]!, addsAt(node, group));
      leastAdded[row + groupCount + group] = adds;
      sum += adds;
    }
    return sum;
  }

  /** Who alone could complete the set: the holders of what is hardest to come by of what it lacks. */
  function holdersOfRest(): readonly number[] {
    const isLacking = (group: number) => leastAdded[set.length * groupCount + group] === Number.POSITIVE_INFINITY;
    let fewest = everyone;
    for (let group = 0; group < groupCount; group++)
      if (isLacking(group) && holdersOf[group]!.length < fewest.length) fewest = holdersOf[group]!;
    return fewest;
  }

  /** Gives every group to one of the set's nodes, cheapest first; every node gets some. None of it costs less than the bound. */
  function shareOut(bound: number): void {
    // What only one of them holds is given first, and priced at once: what cannot be served together shows soon.
    const given = new Map(set.map((node) => [node, [] as number[]]));
    const costs = new Map(set.map((node) => [node, leastCost[node]!]));
    const contested: { group: number; takers: number[] }[] = [];
    for (let group = 0; group < groupCount; group++) {
      const takers = set.filter((node) => holds[node * groupCount + group]);
      if (takers.length === 1) given.get(takers[0]!)!.push(group);
      else contested.push({ group, takers: takers.sort((a, b) => addsAt(a, group) - addsAt(b, group)) });
    }
    contested.sort((a, b) => a.takers.length - b.takers.length || a.group - b.group);
    for (const [node, groups] of given) {
      if (groups.length === 0) continue;
      if (calls >= mostCalls) {
        openBound = Math.min(openBound, bound);
        return;
      }
      calls++;
      const cost = costOf(node, groups);
      bound += groups.reduce((rise, group) => rise - addsAt(node, group), cost - leastCost[node]!);
      if (bound >= best) return;
      costs.set(node, cost);
    }
    give(0, bound);

    function give(place: number, bound: number): void {
      if (place === contested.length) {
        keep(given, costs);
        return;
      }
      const { group, takers } = contested[place]!;
      const leastAdded = addsAt(takers[0]!, group);
      for (const node of takers) {
        // Those that follow add no less.
        if (bound + addsAt(node, group) - leastAdded >= best) return;
        if (calls >= mostCalls) {
          openBound = Math.min(openBound, bound);
          return;
        }
        const groups = given.get(node)!;
        const before = costs.get(node)!;
        const more = [...groups, group].sort((a, b) => a - b);
        calls++;
        const cost = costOf(node, more);
        // What the node's part costs stands in the bound as its least; the group itself as the cheapest taker's.
        const rise = cost - before - leastAdded;
        if (bound + rise < best) {
          given.set(node, more);
          costs.set(node, cost);
          give(place + 1, bound + rise);
          given.set(node, groups);
          costs.set(node, before);
        }
      }
    }
  }

  function keep(given: ReadonlyMap<number, readonly number[]>, costs: ReadonlyMap<number, number>): void {
    const parts = set.map((node) => ({ node, groups: given.get(node)!, cost: costs.get(node)! }));
    if (parts.some(({ groups }) => groups.length === 0 || worthOf(groups) < policy.leastPartValue)) return;
    const cost = parts.reduce((sum, part) => sum + part.cost, splitCost * (parts.length - 1));
    if (cost >= best) return;
    best = cost;
    bestParts = parts;
  }

  function worthOf(groups: readonly number[]): number {
    return groups.reduce((sum, group) => sum + groupValue[group]!, 0);
  }

  function holdsAny(node: number): boolean {
    for (let group = 0; group < groupCount; group++) if (holds[node * groupCount + group]) return true;
    return false;
  }

  function addsAt(node: number, group: number): number {
    return holds[node * groupCount + group] ? groupCost[node * groupCount + group]! : Number.POSITIVE_INFINITY;
  }
}
