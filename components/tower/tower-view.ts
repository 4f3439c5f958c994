"use client";

import * as z from "zod";
import { type ChangeView, useAddressView, type ViewChange } from "#components/ui/use-address-view.ts";
import { ExceptionId, NodeId, OrderId, RegionId, ShiftId } from "#server/domain/id.ts";
import { Day } from "#server/domain/instant.ts";
import { OrderState } from "#server/domain/state.ts";

/** What is looked at, as the address has it: a colleague who opens the link sees the same. Nonsense counts as absent. */
const TowerView = z.object({
  region: RegionId.optional().catch(undefined),
  day: Day.optional().catch(undefined),
  list: z.enum(["exceptions", "vans"]).optional().catch(undefined),
  // One of these is selected, at most.
  shift: ShiftId.optional().catch(undefined),
  exception: ExceptionId.optional().catch(undefined),
  node: NodeId.optional().catch(undefined),
  /** Opens the drawer over whatever else is shown. */
  order: OrderId.optional().catch(undefined),
  state: OrderState.optional().catch(undefined),
  q: z.string().trim().min(1).max(80).optional().catch(undefined),
});
export type TowerView = z.infer<typeof TowerView>;

type Change = ViewChange<TowerView>;

export const NOTHING_SELECTED = { shift: null, exception: null, node: null } as const satisfies Change;

/** The view, and how to change it. Each change is a step that the browser's Back takes back, unless it replaces. */
export function useTowerView(): readonly [TowerView, ChangeView<TowerView>] {
  const [view, change] = useAddressView(TowerView);
  return [view, (next, how = "push") => change(next, how)];
}

/** The address of the order list with these filters. */
export function ordersHref(filters: Change): string {
  const params = new URLSearchParams(
    Object.entries(filters).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  return params.size === 0 ? "/ops/orders" : `/ops/orders?${params}`;
}
