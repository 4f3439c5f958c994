import type { PromiseProblem } from "./promise-problem.ts";

/**
 * For tests: what a cart costs at the least when every group is given to every node, within the split policy. `priceOf` is what a
 * part costs, Infinity where it cannot be.
 */
export function leastSplit(
  { cart, nodes, policy }: Pick<PromiseProblem, "cart" | "nodes" | "policy">,
  priceOf: (node: number, groups: readonly number[]) => number,
): number {
  let least = Number.POSITIVE_INFINITY;
  const giver = new Array<number>(cart.count).fill(0);
  for (let code = 0; code < nodes.length ** cart.count; code++) {
    for (let g = 0, rest = code; g < cart.count; g++, rest = Math.floor(rest / nodes.length))
      giver[g] = rest % nodes.length;
    const parts = [...new Set(giver)].map((node) => giver.flatMap((by, g) => (by === node ? g : [])));
    if (parts.length > policy.split.mostNodes) continue;
    const worth = (groups: number[]) => groups.reduce((sum, g) => sum + cart.valueCents[g]!, 0);
    if (parts.length > 1 && parts.some((groups) => worth(groups) < policy.split.leastPartValue)) continue;
    const splitCost = policy.split.splitCost * policy.weights.split * (parts.length - 1);
    least = Math.min(
      least,
      parts.reduce((sum, groups) => sum + priceOf(giver[groups[0]!]!, groups), splitCost),
    );
  }
  return least;
}
