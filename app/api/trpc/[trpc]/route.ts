import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { contextOfRequest } from "#server/trpc/context.ts";
import { rootRouter } from "#server/trpc/root.ts";

function handle(request: Request): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: rootRouter,
    createContext: () => contextOfRequest(request),
    allowMethodOverride: true,
    onError({ error, path }) {
      if (error.code === "INTERNAL_SERVER_ERROR") console.error(`[trpc] ${path ?? "?"}:`, error.cause ?? error);
    },
  });
}

export { handle as GET, handle as POST };
