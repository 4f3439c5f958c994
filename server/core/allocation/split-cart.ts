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
  const cheapestGroup = Float64Array.from({ length: groupCount }, (_, group) =>
    nodes.reduce((least, node) => Math.min(least, addsAt(node, group)), Number.POSITIVE_INFINITY),
  );
  const leastOfGroups = cheapestGroup.reduce((sum, cost) => sum + cost, 0);

  chooseNodes([], 0, 0);
  return {
    parts: bestParts,
    cost: bestParts ? best : Number.POSITIVE_INFINITY,
    bound: Math.min(best, openBound),
  };

  function chooseNodes(chosen: readonly number[], from: number, leastOfChosen: number): void {
    for (let i = from; i < nodes.length; i++) {
      const node = nodes[i]!;
      const least = leastOfChosen + leastCost[node]! + (chosen.length > 0 ? splitCost : 0);
      // Those that follow cost no less. A node more makes it dearer, unless an insertion there is below zero.
      const mostSaved = Math.min(0, leastCost[node]! + splitCost) * (mostNodes - chosen.length - 1);
      if (least + mostSaved + leastOfGroups >= best) break;
      const set = [...chosen, node];
      if (set.length >= 2) shareOut(set, least);
      if (set.length < mostNodes) chooseNodes(set, i + 1, least);
    }
  }

  /** Gives every group to one of the nodes, cheapest first; every node gets some. */
  function shareOut(set: readonly number[], leastOfSet: number): void {
    const order: { group: number; takers: number[] }[] = [];
    let leastOfRest = 0;
    for (let group = 0; group < groupCount; group++) {
      const takers = set.filter((node) => holds[node * groupCount + group]);
      if (takers.length === 0) return;
      takers.sort((a, b) => addsAt(a, group) - addsAt(b, group));
      leastOfRest += addsAt(takers[0]!, group);
      order.push({ group, takers });
    }
    if (leastOfSet + leastOfRest >= best) return;
    // Those with no choice first: what cannot be served together shows soon.
    order.sort((a, b) => a.takers.length - b.takers.length || a.group - b.group);
    const given = new Map(set.map((node) => [node, [] as number[]]));
    const costs = new Map(set.map((node) => [node, leastCost[node]!]));
    give(0, leastOfSet + leastOfRest);

    function give(place: number, bound: number): void {
      if (bound >= best) return;
      if (place === order.length) {
        keep(set, given, costs);
        return;
      }
      const { group, takers } = order[place]!;
      for (const node of takers) {
        if (calls >= mostCalls) {
          openBound = Math.min(openBound, bound);
          return;
        }
        const groups = given.get(node)!;
        const before = costs.get(node)!;
        groups.push(group);
        calls++;
        const cost = costOf(
          node,
          [...groups].sort((a, b) => a - b),
        );
        if (cost < Number.POSITIVE_INFINITY) {
          costs.set(node, cost);
          // What the node's part costs stands in the bound as its least; the group itself as the cheapest taker's.
          const rises = cost - before - addsAt(takers[0]!, group);
          give(place + 1, bound + rises);
        }
        costs.set(node, before);
        groups.pop();
      }
    }
  }

  function keep(
    set: readonly number[],
    given: ReadonlyMap<number, readonly number[]>,
    costs: ReadonlyMap<number, number>,
  ): void {
    const parts = set.map((node) => ({
      node,
      groups: [...given.get(node)!].sort((a, b) => a - b),
      cost: costs.get(node)!,
    }));
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
