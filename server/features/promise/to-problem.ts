import { type CartGroups, type CartLineLoad, groupLines, heldGroups, NEEDS } from "#server/core/promise/cart-load.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import type { WorkHours } from "#server/core/promise/picking-plan.ts";
import type { PromiseProblem, SourceNode } from "#server/core/promise/promise-problem.ts";
import type { CartLine } from "#server/domain/cart.ts";
import type { Decision } from "#server/domain/decision.ts";
import type { Place } from "#server/travel/travel.ts";

import { asksOf } from "./ask-travel.ts";
import type { Fleet, LoadedShift, PlannedFleet } from "./fleet.ts";
import { policyOf } from "./policy-of.ts";
import type { NodeRow, SkuRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";

// Rows, ids and instants end here: beyond this file there are indices, typed arrays and seconds since the fleet's origin.

/** A cart with its goods, and as groups of lines that come from one node. */
export interface GroupedCart {
  readonly lines: readonly CartLineLoad[];
  readonly groups: CartGroups;
}

/** `climbSec` is what each way up to the door takes. */
export function groupCart(lines: readonly CartLine[], skus: readonly SkuRow[], climbSec = 0): GroupedCart {
  const groupOf = new Map<string, number>();
  const loads = lines.map(({ skuId, units }, i): CartLineLoad => {
    const { keptWith, weightG, volumeMl, priceCents, temperature } = skus[i]!;
    const key = keptWith === null ? `line ${skuId}` : `with ${keptWith}`;
    if (!groupOf.has(key)) groupOf.set(key, groupOf.size);
    return {
      group: groupOf.get(key)!,
      units,
      weightG: units * weightG,
      volumeMl: units * volumeMl,
      valueCents: units * priceCents,
      needs: temperature === "ambient" ? 0 : NEEDS[temperature],
    };
  });
  return { lines: loads, groups: groupLines(loads, climbSec) };
}

/** The nodes as sources of a cart, in the order given; one that takes no orders holds nothing. */
export function sourcesOf(
  facts: Pick<QuoteFacts, "stock" | "workOf">,
  nodes: readonly NodeRow[],
  { lines }: GroupedCart,
  originSec: number,
): SourceNode[] {
  const none = lines.map(() => 0);
  return nodes.map((node) => {
    const { pickSetupSec, pickLineSec, pickUnitSec, handoverSec, handlingCents, pickHourCents } = node;
    const holds = heldGroups(lines, facts.stock.get(node.id) ?? none);
    const hours = workHoursOf(facts, node.id, originSec);
    return { holds, hours, pickSetupSec, pickLineSec, pickUnitSec, handoverSec, handlingCents, pickHourCents };
  });
}

/** Whether it has anything of the cart to promise. */
export function isSource({ holds }: SourceNode): boolean {
  return holds.some((held) => held === 1);
}

/** The sources as if those of `lateNodeIds` held nothing. */
export function sourcesInTime(
  sources: readonly SourceNode[],
  nodes: readonly NodeRow[],
  lateNodeIds: ReadonlySet<string>,
): readonly SourceNode[] {
  if (lateNodeIds.size === 0) return sources;
  return sources.map((source, n) =>
    lateNodeIds.has(nodes[n]!.id) ? { ...source, holds: new Uint8Array(source.holds.length) } : source,
  );
}

/** The same hours are asked for by one quote after the other. */
const hoursSince = new WeakMap<Int32Array, { readonly originSec: number; readonly startSec: Int32Array }>();

/** A node's hours in seconds since the origin. */
function workHoursOf(facts: Pick<QuoteFacts, "workOf">, nodeId: string, originSec: number): WorkHours {
  const { startSec, limitSec, freeSec } = facts.workOf(nodeId);
  let since = hoursSince.get(startSec);
  if (since?.originSec !== originSec) {
    since = { originSec, startSec: startSec.map((sec) => sec - originSec) };
    hoursSince.set(startSec, since);
  }
  return { startSec: since.startSec, limitSec, freeSec };
}

/** A cart, a door and windows, ready for findPlans; the windows in epoch seconds, in any order. */
export function toPromiseProblem(
  fleet: Fleet,
  facts: Pick<QuoteFacts, "nowSec"> & { readonly rules: Decision["rules"] },
  sources: readonly SourceNode[],
  reaches: Uint8Array,
  planned: PlannedFleet,
  cart: GroupedCart,
  door: Place,
  windows: readonly WindowSpan[],
): PromiseProblem {
  return {
    nowSec: facts.nowSec - fleet.originSec,
    cart: cart.groups,
    nodes: sources,
    reaches,
    fleet: planned.routes,
    windowCount: windows.length,
    asks: asksOf(fleet, planned, door, windows),
    policy: policyOf(facts.rules),
  };
}

/** The shifts that are out at some time within a window; epoch seconds. */
export function shiftsWithin(loaded: readonly LoadedShift[], startSec: number, endSec: number): LoadedShift[] {
  return loaded.filter(({ row }) => row.startSec < endSec && row.endSec > startSec);
}
