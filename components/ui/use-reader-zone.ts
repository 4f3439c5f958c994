"use client";

import { useSyncExternalStore } from "react";

const never = () => () => {};
const here = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
const unknown = () => null;

/** The time zone of whoever reads, or null while the server renders: it does not know. */
export function useReaderZone(): string | null {
  return useSyncExternalStore<string | null>(never, here, unknown);
}
