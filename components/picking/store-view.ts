"use client";

import { useSearchParams } from "next/navigation";
import * as z from "zod";
import { Day } from "#server/domain/instant.ts";

const StoreView = z.object({
  day: Day.optional().catch(undefined),
  show: z.enum(["orders", "capacity"]).catch("orders"),
});
export type StoreView = z.infer<typeof StoreView>;

/** What the store screen shows, as the address has it, and how to change it. */
export function useStoreView(): readonly [StoreView, (change: { [K in keyof StoreView]?: string | null }) => void] {
  const params = useSearchParams();
  const change = (next: Record<string, string | null | undefined>) => {
    const address = new URL(window.location.href);
    for (const [name, value] of Object.entries(next)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    window.history.replaceState(null, "", address);
  };
  return [StoreView.parse(Object.fromEntries(params)), change];
}
