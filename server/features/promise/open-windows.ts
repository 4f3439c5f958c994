import { findOpenWindows } from "#server/core/promise/find-open-windows.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import type { Travel } from "#server/travel/travel.ts";
import { type LoadedShift, prepareFleet } from "./fleet.ts";
import type { NodeRow } from "./queries.ts";

/** The least a stop takes at the door; a van that has no room for this has room for nothing. */
const LEAST_SERVICE_SEC = 120;

/** By plan of a shift: the windows in which it could stop once more, and the spans that they were asked of. */
const known = new WeakMap<LoadedShift, { readonly spans: string; readonly open: readonly number[] }>();

/**
 * For each of these shifts the windows in which it could stop once more, as positions in `spans`. A plan never changes, so
 * what was found for it is remembered while it lives: after a change only the plans that have moved on are looked at.
 */
export function openWindowsOf(
  travel: Travel,
  nodes: readonly NodeRow[],
  loaded: readonly LoadedShift[],
  spans: readonly WindowSpan[],
): readonly (readonly number[])[] {
  const key = spans.map(({ startSec, endSec }) => `${startSec}-${endSec}`).join();
  const unknown = loaded.filter((shift) => known.get(shift)?.spans !== key);
  const planned = prepareFleet(travel, nodes, unknown);
  const open = new Map<LoadedShift, number[]>(unknown.map((shift) => [shift, []]));
  for (const [w, shifts] of findOpenWindows(planned.routes, spans, LEAST_SERVICE_SEC).entries())
    for (const s of shifts) open.get(planned.loaded[s]!)!.push(w);
  for (const [shift, windows] of open) known.set(shift, { spans: key, open: windows });
  return loaded.map((shift) => known.get(shift)!.open);
}
