"use client";

import { useSearchParams } from "next/navigation";
import type * as z from "zod";

/** What to change of a view: a value to show, or null or nothing to leave it out of the address. */
export type ViewChange<View> = { readonly [K in keyof View]?: string | null | undefined };

export type ChangeView<View> = (change: ViewChange<View>, how?: "replace" | "push") => void;

/** What is looked at, as the address has it, and how to change it; pushed, a change is a step that the browser's Back takes back. */
export function useAddressView<Schema extends z.ZodType<object>>(
  schema: Schema,
): readonly [z.output<Schema>, ChangeView<z.output<Schema>>] {
  const params = useSearchParams();
  return [schema.parse(Object.fromEntries(params)), changeAddress];
}

function changeAddress(change: Readonly<Record<string, string | null | undefined>>, how = "replace"): void {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(change)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (how === "push") window.history.pushState(null, "", address);
  else window.history.replaceState(null, "", address);
}
