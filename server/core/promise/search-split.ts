import { splitCart } from "../allocation/split-cart.ts";
import { pickingCents } from "./ask-picking.ts";
import type { PromiseProblem } from "./promise-problem.ts";

/** So many parts are priced for one window or day before a search for a split is cut short. */
const MOST_PARTS_PRICED = 4000;

/** With 4,096 nodes such a key stays below 2^53. */
const MOST_DIGITS = 40;

type Sourcing = Pick<PromiseProblem, "cart" | "nodes" | "policy">;

/** By node and group, row by row: 1 where the node has the group, and the least that the group adds to a part there. */
export interface GroupTable {
  readonly holds: Uint8Array;
  readonly groupCost: Float64Array;
}

/** `besidesCents`: what a group costs at a node at the least, besides its picking. */
export function groupTable(
  { cart, nodes }: Pick<Sourcing, "cart" | "nodes">,
  besidesCents: (node: number, group: number) => number = () => 0,
): GroupTable {
  const holds = new Uint8Array(nodes.length * cart.count);
  const groupCost = new Float64Array(nodes.length * cart.count);
  for (const [n, node] of nodes.entries()) {
    holds.set(node.holds, n * cart.count);
    for (let group = 0; group < cart.count; group++) {
      const sec = cart.lines[group]! * node.pickLineSec + cart.units[group]! * node.pickUnitSec;
      groupCost[n * cart.count + group] = pickingCents(node, sec) + besidesCents(n, group);
    }
  }
  return { holds, groupCost };
}

/** More than sums of the same costs in another order differ by. */
const HAIR_CENTS = 1e-6;

export interface SplitAnswer<Part> {
  readonly parts: readonly Part[] | null;
  readonly bound: number;
}

/** See splitCart; of each node what any part costs there at the least, and what some groups cost, or null where it cannot be. */
export type SearchSplit<Part> = (
  leastCost: Float64Array,
  priceOf: (node: number, groups: readonly number[]) => Part | null,
  costToBeat: number,
) => SplitAnswer<Part>;

/**
 * Searches for the cheapest split in one window, or on one day, after the other. They are much alike: what was best in one is priced
 * in the next before its search, which then has something to beat. A part is priced once in each.
 */
export function createSplitSearch<
  Part extends { readonly node: number; readonly groups: readonly number[]; readonly cost: number },
>({ cart, nodes, policy }: Sourcing, { holds, groupCost }: GroupTable): SearchSplit<Part> {
  const { splitCost } = policy.split;
  let lastFound: readonly Part[] | undefined;

  return (leastCost, priceOf, costToBeat) => {
    const priced = new Map<number | string, Part | null>();
    const priceOnce = (node: number, groups: readonly number[]) => {
      const key = keyOf(node, groups);
      let part = priced.get(key);
      if (part === undefined) {
        part = priceOf(node, groups);
        priced.set(key, part);
      }
      return part;
    };
    const again = lastFound && priceAgain(lastFound, priceOnce);
    // A little dearer, so that it is found like any other: of equally cheap splits the first one is taken.
    const beaten = Math.min(costToBeat, again ? again.cost + HAIR_CENTS : costToBeat);
    const { parts: found, bound } = splitCart(
      {
        nodeCount: nodes.length,
        groupCount: cart.count,
        holds,
        groupValue: cart.valueCents,
        leastCost,
        groupCost,
        policy: policy.split,
      },
      (node, groups) => priceOnce(node, groups)?.cost ?? Number.POSITIVE_INFINITY,
      beaten,
      MOST_PARTS_PRICED,
    );
    if (!found) return { parts: beaten < costToBeat ? again!.parts : null, bound };
    const parts = found.map(({ node, groups }) => priceOnce(node, groups)!);
    lastFound = parts;
    return { parts, bound };
  };

  /** What a split costs here that was found elsewhere, or null where it cannot be. */
  function priceAgain(
    found: readonly Part[],
    priceOf: (node: number, groups: readonly number[]) => Part | null,
  ): { readonly parts: readonly Part[]; readonly cost: number } | null {
    const parts = found.flatMap(({ node, groups }) => priceOf(node, groups) ?? []);
    if (parts.length < found.length) return null;
    return { parts, cost: parts.reduce((sum, { cost }) => sum + cost, splitCost * (parts.length - 1)) };
  }

  /** The groups as digits of a number, as long as it is exact: many parts are asked for, and texts take their time. */
  function keyOf(node: number, groups: readonly number[]): number | string {
    if (cart.count > MOST_DIGITS) return `${node} ${groups.join(" ")}`;
    let key = node * 2 ** cart.count;
    for (const group of groups) key += 2 ** group;
    return key;
  }
}
