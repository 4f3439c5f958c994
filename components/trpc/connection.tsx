"use client";

import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createTRPCClient, httpBatchLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { createContext, type ReactNode, useContext, useState } from "react";
import type { RootRouter } from "#server/trpc/root.ts";

export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<RootRouter>();

/** Told by the server when the page is rendered, never baked into the build: one build serves every installation. */
export interface PublicConfig {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
}

const SupabaseContext = createContext<SupabaseClient | null>(null);

/** The browser's one connection to the platform: sign-in and Realtime. */
export function useSupabase(): SupabaseClient {
  const client = useContext(SupabaseContext);
  if (!client) throw new Error("useSupabase needs <Connection> around it");
  return client;
}

export function Connection({ config, children }: { config: PublicConfig; children: ReactNode }) {
  const [{ supabase, queryClient, trpcClient }] = useState(() => connect(config));
  return (
    <SupabaseContext value={supabase}>
      <QueryClientProvider client={queryClient}>
        <TRPCProvider trpcClient={trpcClient} queryClient={queryClient}>
          {children}
        </TRPCProvider>
      </QueryClientProvider>
    </SupabaseContext>
  );
}

function connect(config: PublicConfig) {
  const supabase = createClient(config.supabaseUrl, config.publishableKey);
  const trpcClient = createTRPCClient<RootRouter>({
    links: [
      httpBatchLink({
        url: "/api/trpc",
        methodOverride: "POST",
        async headers() {
          const { data } = await supabase.auth.getSession();
          return data.session ? { authorization: `Bearer ${data.session.access_token}` } : {};
        },
      }),
    ],
  });
  // Realtime says when something changed; between two such messages what was read stays fresh.
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: 15_000, retry: 1 } } });
  return { supabase, queryClient, trpcClient };
}
