import { excessResponse } from "../domain/problem.ts";
import { type CallKind, RATE_LIMITS_VARIABLE, type RateLimiter, rateLimiterOf } from "../domain/rate-limiter.ts";
import { clientAddress, trustedProxies } from "./client-address.ts";

const slot = globalThis as typeof globalThis & { keptLimiter?: RateLimiter };

/** The one limiter of this process, with the allowances of the environment; routes, pages and procedures share it. */
export function requestLimiter(): RateLimiter {
  slot.keptLimiter ??= rateLimiterOf(process.env[RATE_LIMITS_VARIABLE]);
  return slot.keptLimiter;
}

/** Where a request comes from: see client-address.ts. */
export function addressOf(request: Request): string | null {
  return clientAddress(request.headers, trustedProxies(process.env));
}

/** The 429 for a request whose address has had all that it may, else undefined: then it is counted. */
export function refuseExcess(request: Request, kind: CallKind): Response | undefined {
  const waitSec = requestLimiter().take(kind, addressOf(request));
  return waitSec > 0 ? excessResponse(waitSec) : undefined;
}

/** A route's handler that turns away, before it reads anything, whoever asks too often. */
export function limited<Rest extends unknown[]>(
  kind: CallKind,
  handle: (request: Request, ...rest: Rest) => Response | Promise<Response>,
): (request: Request, ...rest: Rest) => Promise<Response> {
  return async (request, ...rest) => refuseExcess(request, kind) ?? handle(request, ...rest);
}
