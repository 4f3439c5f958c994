import { useSyncExternalStore } from "react";

/** A value that the browser keeps: across visits and tabs ("local"), or for this tab and its reloads ("session"). */
export interface StoredValue<T> {
  readonly initial: T;
  read(): T;
  write(next: T): void;
  subscribe(listener: () => void): () => void;
}

/**
 * `parse` turns whatever was kept (by an older version, or edited by hand) into a value, or throws: then it starts from
 * `initial`. Where the browser keeps nothing (blocked, full), the value lives as long as the page.
 */
export function createStoredValue<T>(
  area: "local" | "session",
  key: string,
  initial: T,
  parse: (kept: unknown) => T,
): StoredValue<T> {
  const listeners = new Set<() => void>();
  let value: T | undefined;
  const storage = () => (area === "local" ? window.localStorage : window.sessionStorage);
  const load = (): T => {
    try {
      const kept = storage().getItem(key);
      return kept === null ? initial : parse(JSON.parse(kept));
    } catch {
      return initial;
    }
  };
  const heard = (event: StorageEvent) => {
    if (event.key !== key && event.key !== null) return;
    value = load();
    for (const listener of listeners) listener();
  };
  return {
    initial,
    read() {
      value ??= load();
      return value;
    },
    write(next) {
      value = next;
      try {
        if (next === null) storage().removeItem(key);
        else storage().setItem(key, JSON.stringify(next));
      } catch {
        // Kept in memory only.
      }
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      if (listeners.size === 0) window.addEventListener("storage", heard);
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) window.removeEventListener("storage", heard);
      };
    },
  };
}

/** The value as it is now; `initial` while the server renders and the browser takes over. */
export function useStoredValue<T>(stored: StoredValue<T>): T {
  return useSyncExternalStore(stored.subscribe, stored.read, () => stored.initial);
}

const never = () => () => {};

/** False while the server renders and the browser takes over: what is stored is not known yet. */
export function useStorageKnown(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
