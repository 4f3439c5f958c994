import { splitCart } from "../allocation/split-cart.ts";
import { allGroups } from "./cart-load.ts";
import { hasEverything, type PromiseProblem } from "./promise-problem.ts";

/** So many parts are looked at for one window and check before the search for the closest split is cut short. */
const MOST_PARTS_TRIED = 4000;

/** A part and the first check that it fails. */
interface Tried {
  readonly fails: number | null;
}

/** Whether a part comes further than another, or as far and is less short there. */
export function isCloser<Part extends Tried>(tried: Part, best: Part, shortfall: (part: Part) => number): boolean {
  const reached = ({ fails }: Part) => fails ?? Number.POSITIVE_INFINITY;
  if (reached(tried) !== reached(best)) return reached(tried) > reached(best);
  return shortfall(tried) < shortfall(best);
}

/**
 * Of a window that nothing serves: the first check, in their order, that no plan passes besides all before it, and the plan, whole or
 * split, that is least short there. Check 0 is stock: where it binds there is no plan to show.
 *
 * `explainPart` says of a part of one node which check it fails first; `shortfall` how short it is there, only to tell which of several is
 * closest.
 */
export function closestPlan<Stage extends number, Part extends { readonly fails: Stage | null }>(
  { cart, nodes, policy }: Pick<PromiseProblem, "cart" | "nodes" | "policy">,
  lastStage: Stage,
  explainPart: (node: number, groups: readonly number[]) => Part,
  shortfall: (part: Part) => number,
): { readonly binding: Stage; readonly parts: readonly Part[] } {
  const everything = allGroups(cart);
  const known = new Map<string, Part>();
  const partOf = (node: number, groups: readonly number[]) => {
    const key = `${node} ${groups.join(" ")}`;
    let part = known.get(key);
    if (!part) {
      part = explainPart(node, groups);
      known.set(key, part);
    }
    return part;
  };
  for (let stage: number = lastStage; stage > 0; stage--) {
    const shortOf = (node: number, groups: readonly number[]) => {
      const part = partOf(node, groups);
      if (part.fails === null || part.fails > stage) return 0;
      return part.fails === stage ? shortfall(part) : Number.POSITIVE_INFINITY;
    };
    let least = Number.POSITIVE_INFINITY;
    let parts: readonly Part[] | undefined;
    for (const [n, node] of nodes.entries()) {
      if (!hasEverything(node) || shortOf(n, everything) >= least) continue;
      least = shortOf(n, everything);
      parts = [partOf(n, everything)];
    }
    const split = closestSplit(shortOf, least);
    if (split) parts = split.map(({ node, groups }) => partOf(node, groups));
    if (parts) return { binding: stage as Stage, parts };
  }
  return { binding: 0 as Stage, parts: [] };

  function closestSplit(shortOf: (node: number, groups: readonly number[]) => number, least: number) {
    if (policy.split.mostNodes < 2 || cart.count < 2) return null;
    const holds = new Uint8Array(nodes.length * cart.count);
    for (const [n, node] of nodes.entries()) holds.set(node.holds, n * cart.count);
    return splitCart(
      {
        nodeCount: nodes.length,
        groupCount: cart.count,
        holds,
        groupValue: cart.valueCents,
        leastCost: new Float64Array(nodes.length),
        groupCost: new Float64Array(nodes.length * cart.count),
        policy: { ...policy.split, splitCost: 0 },
      },
      shortOf,
      least,
      MOST_PARTS_TRIED,
    ).parts;
  }
}
