"use client";

import { useSearchParams } from "next/navigation";
import * as z from "zod";
import { NodeId, RegionId } from "#server/domain/id.ts";
import { Day } from "#server/domain/instant.ts";

/** What is looked at, as the address has it. Nonsense counts as absent. */
const CalendarView = z.object({
  region: RegionId.optional().catch(undefined),
  /** Of the region's calendar: one node's alone. */
  node: NodeId.optional().catch(undefined),
  /** A day of the first week. */
  from: Day.optional().catch(undefined),
  /** Opened. */
  day: Day.optional().catch(undefined),
});
export type CalendarView = z.infer<typeof CalendarView>;

export function useCalendarView(): readonly [
  CalendarView,
  (change: { readonly [K in keyof CalendarView]?: string | null }) => void,
] {
  const params = useSearchParams();
  const change = (next: Readonly<Record<string, string | null | undefined>>) => {
    const address = new URL(window.location.href);
    for (const [name, value] of Object.entries(next)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    window.history.replaceState(null, "", address);
  };
  return [CalendarView.parse(Object.fromEntries(params)), change];
}
