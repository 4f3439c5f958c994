import { QueryClient } from "@tanstack/react-query";
import { createTRPCOptionsProxy, type TRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { UNLIMITED } from "../domain/rate-limiter.ts";
import { platform } from "../platform.ts";
import { type RootRouter, rootRouter } from "./root.ts";

export interface ServerQueries {
  readonly queryClient: QueryClient;
  readonly trpc: TRPCOptionsProxy<RootRouter>;
}

/**
 * The procedures as a page calls them while it is rendered, for what anyone may read: the answers go to the browser with
 * the page, and the islands find them there. One per request, which proxy.ts has counted.
 */
export function serverQueries(): ServerQueries {
  const on = platform();
  const queryClient = new QueryClient();
  const trpc = createTRPCOptionsProxy({
    router: rootRouter,
    ctx: { platform: on, db: on.db, caller: null, clientAddress: null, limiter: UNLIMITED },
    queryClient,
  });
  return { queryClient, trpc };
}
