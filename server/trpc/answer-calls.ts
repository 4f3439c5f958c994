import { getTRPCErrorShape, TRPCError } from "@trpc/server";
import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { MAX_CALLS } from "../domain/calls.ts";
import { Fault } from "../domain/fault.ts";
import { readText } from "../domain/read-text.ts";
import { contextOfRequest } from "./context.ts";
import { addressOf, requestLimiter } from "./request-limits.ts";
import { rootRouter } from "./root.ts";

/** Every call of a batch with the longest input there is, a cart of eighty lines and its offer, and room to spare. */
const MAX_BODY_BYTES = MAX_CALLS * 16_384;

/**
 * Answers what a browser calls by `/api/trpc/<procedure>`, one or a batch. Of whoever asks too often the body is not read,
 * and one that is too long not to its end.
 */
export async function answerCalls(request: Request): Promise<Response> {
  const waitSec = requestLimiter().take("request", addressOf(request));
  if (waitSec > 0) return refuseCalls(waitSec);
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
    responseMeta({ errors }) {
      const waits = errors.flatMap(({ cause }) =>
        cause instanceof Fault && cause.code === "too-many-requests" ? Number(cause.detail) : [],
      );
      return waits.length > 0 ? { headers: { "Retry-After": String(Math.max(...waits)) } } : {};
    },
    onError({ error, path }) {
      if (error.code === "INTERNAL_SERVER_ERROR") console.error(`[trpc] ${path ?? "?"}:`, error.cause ?? error);
    },
  });
}

/** One refusal for all calls of a request, as each of them would be refused. */
function refuseCalls(waitSec: number): Response {
  const error = new TRPCError({ code: "TOO_MANY_REQUESTS", cause: new Fault("too-many-requests", String(waitSec)) });
  const { _config: config } = rootRouter._def;
  const none = { type: "unknown", path: undefined, input: undefined, ctx: undefined } as const;
  const headers = { "Retry-After": String(waitSec), "Cache-Control": "no-store" };
  return Response.json({ error: getTRPCErrorShape({ config, error, ...none }) }, { status: 429, headers });
}
