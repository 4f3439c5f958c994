import { TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { MAX_CALLS } from "../domain/calls.ts";
import { readText } from "../domain/read-text.ts";
import { contextOfRequest } from "./context.ts";
import { rootRouter } from "./root.ts";

/** Every call of a batch with the longest input there is, a cart of eighty lines and its offer, and room to spare. */
const MAX_BODY_BYTES = MAX_CALLS * 16_384;

/** Answers what a browser calls by `/api/trpc/<procedure>`, one or a batch. A body that is too long is not read to its end. */
export async function answerCalls(request: Request): Promise<Response> {
  const text = await readText(request, MAX_BODY_BYTES);
  const { url, method, headers, signal } = request;
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: new Request(url, { method, headers, signal, ...(method !== "GET" && { body: text ?? "" }) }),
    router: rootRouter,
    createContext: () => {
      if (text === undefined) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
      return contextOfRequest(request);
    },
    allowMethodOverride: true,
    maxBatchSize: MAX_CALLS,
    onError({ error, path }) {
      if (error.code === "INTERNAL_SERVER_ERROR") console.error(`[trpc] ${path ?? "?"}:`, error.cause ?? error);
    },
  });
}
