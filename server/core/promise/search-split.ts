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

/** See splitCart. A part is priced once, and null where it is impossible. */
export function searchSplit<Part extends { readonly cost: number }>(
  { cart, nodes, policy }: Sourcing,
  { holds, groupCost }: GroupTable,
  leastCost: Float64Array,
  priceOf: (node: number, groups: readonly number[]) => Part | null,
  costToBeat: number,
): { readonly parts: readonly Part[] | null; readonly bound: number } {
  const priced = new Map<number | string, Part | null>();
  const answer = splitCart(
    {
      nodeCount: nodes.length,
      groupCount: cart.count,
      holds,
      groupValue: cart.valueCents,
      leastCost,
      groupCost,
      policy: policy.split,
    },
    (node, groups) => {
      const key = keyOf(node, groups);
      let part = priced.get(key);
      if (part === undefined) {
        part = priceOf(node, groups);
        priced.set(key, part);
      }
      return part?.cost ?? Number.POSITIVE_INFINITY;
    },
    costToBeat,
    MOST_PARTS_PRICED,
  );
  return {
    parts: answer.parts?.map(({ node, groups }) => priced.get(keyOf(node, groups))!) ?? null,
    bound: answer.bound,
  };

  /** The groups as digits of a number, as long as it is exact: many parts are asked for, and texts take their time. */
  function keyOf(node: number, groups: readonly number[]): number | string {
    if (cart.count > MOST_DIGITS) return `${node} ${groups.join(" ")}`;
    return groups.reduce((key, group) => key + 2 ** group, node * 2 ** cart.count);
  }
}
