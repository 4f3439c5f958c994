"use client";

import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { useSupabaseLoader } from "#components/trpc/connection.tsx";

export interface Session {
  /** `unknown` until the browser has looked, `out` when nobody is signed in. */
  readonly status: "unknown" | "out" | "in";
  readonly email: string | null;
  readonly signOut: () => Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession needs <SessionProvider> around it");
  return session;
}

/** Knows who is signed in, in this tab and when another tab signs in or out. What one person read is gone for the next. */
export function SessionProvider({ children }: { children: ReactNode }) {
  const loadSupabase = useSupabaseLoader();
  const queryClient = useQueryClient();
  const [known, setKnown] = useState<{ userId: string | null; email: string | null } | null>(null);

  useEffect(() => {
    let over = false;
    let unsubscribe: (() => void) | undefined;
    let shownUserId: string | null | undefined;
    const listen = async () => {
      const { auth } = await loadSupabase();
      if (over) return;
      const { data } = auth.onAuthStateChange((_, session) => {
        const userId = session?.user.id ?? null;
        if (shownUserId !== undefined && shownUserId !== userId) queryClient.clear();
        shownUserId = userId;
        setKnown({ userId, email: session?.user.email ?? null });
      });
      unsubscribe = () => data.subscription.unsubscribe();
    };
    listen().catch(() => setKnown({ userId: null, email: null }));
    return () => {
      over = true;
      unsubscribe?.();
    };
  }, [loadSupabase, queryClient]);

  const session: Session = {
    status: known === null ? "unknown" : known.userId === null ? "out" : "in",
    email: known?.email ?? null,
    // Of this browser only: the same person may be signed in on the phone.
    signOut: async () => void (await (await loadSupabase()).auth.signOut({ scope: "local" })),
  };
  return <SessionContext value={session}>{children}</SessionContext>;
}
