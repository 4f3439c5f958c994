"use client";

import type { SupabaseClient } from "@supabase/supabase-js";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink, retryLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { createContext, type ReactNode, use, useContext, useState } from "react";
import { MAX_CALLS } from "#server/domain/calls.ts";
import type { RootRouter } from "#server/trpc/root.ts";
import { readFault } from "./read-fault.ts";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<RootRouter>();

/** Told by the server when the page is rendered, never baked into the build: one build serves every installation. */
export interface PublicConfig {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
}

/** Where the browser keeps who is signed in. */
const SESSION_KEY = "kept-session";

/** False also where a browser keeps nothing for us: in another site's frame. */
function mayHaveSession(): boolean {
  try {
    return localStorage.getItem(SESSION_KEY) !== null;
  } catch {
    return false;
  }
}

type LoadSupabase = () => Promise<SupabaseClient>;
const SupabaseContext = createContext<LoadSupabase | null>(null);

/**
 * Loads the browser's one connection to the platform, for sign-in and Realtime. A shopper's first page comes without it:
 * its code is fetched when something wants to listen.
 */
export function useSupabaseLoader(): LoadSupabase {
  const load = useContext(SupabaseContext);
  if (!load) throw new Error("useSupabaseLoader needs <Connection> around it");
  return load;
}

/** The same connection for screens that are nothing without it; suspends until its code is there. */
export function useSupabase(): SupabaseClient {
  return use(useSupabaseLoader()());
}

export function Connection({ config, children }: { config: PublicConfig; children: ReactNode }) {
  const [{ loadSupabase, queryClient, trpcClient }] = useState(() => connect(config));
  return (
    <SupabaseContext value={loadSupabase}>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </SupabaseContext>
  );
}

/** How long a call must wait that was one too many, in milliseconds; null for every other failure. */
function waitOf(error: unknown): number | null {
  const { code, detail } = readFault(error);
  return code === "too-many-requests" ? 1000 * Number(detail ?? 1) : null;
}

function connect(config: PublicConfig) {
  let loading: Promise<SupabaseClient> | undefined;
  const loadSupabase: LoadSupabase = () => {
    loading ??= import("@supabase/supabase-js").then(
      ({ createClient }) =>
        createClient(config.supabaseUrl, config.publishableKey, { auth: { storageKey: SESSION_KEY } }),
      (error: unknown) => {
        // A chunk that did not arrive may arrive the next time.
        loading = undefined;
        throw error;
      },
    );
    return loading;
  };
  const trpcClient = createTRPCClient<RootRouter>({
    links: [
      // A change that was turned away has changed nothing. Questions are asked again by the query client, which says so.
      retryLink({
        retry: ({ op, error, attempts }) => op.type === "mutation" && attempts < 4 && waitOf(error) !== null,
        retryDelayMs: (attempt) => 1000 * attempt,
      }),
      httpBatchLink({
        url: "/api/trpc",
        methodOverride: "POST",
        maxItems: MAX_CALLS,
        async headers() {
          // Without a kept session there is no token to send, and no reason to load what would read it.
          if (!mayHaveSession()) return {};
          const { data } = await (await loadSupabase()).auth.getSession();
          return data.session ? { authorization: `Bearer ${data.session.access_token}` } : {};
        },
      }),
    ],
  });
  // Realtime says when something changed; between two such messages what was read stays fresh.
  const queryClient = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        retry: (failures, error) => failures < (waitOf(error) === null ? 1 : 5),
        retryDelay: (failures, error) => waitOf(error) ?? 1000 * 2 ** failures,
      },
    },
  });
  return { loadSupabase, queryClient, trpcClient };
}
