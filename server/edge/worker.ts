import * as z from "zod";
import { networkAddress } from "../domain/network-address.ts";
import { excessResponse } from "../domain/problem.ts";
import { type RateLimiter, rateLimiterOf } from "../domain/rate-limiter.ts";
import { OfferPublicJwk, offerReader } from "./offer-token.ts";
import { createPromiseCheck } from "./promise-check.ts";
import { createSnapshotSource } from "./snapshot-source.ts";

// The promise check as a Worker of its own, in front of the platform: close to the shopper, holding nothing secret.

interface Bindings {
  readonly SUPABASE_URL: string;
  readonly PUBLISHABLE_KEY: string;
  /** The public offer key as a JWK, or a JWK set while the key is being changed. */
  readonly OFFER_PUBLIC_JWK: string;
  /** How often one network address may ask, as rate-limiter.ts describes it; only "check" counts here. */
  readonly KEPT_RATE_LIMITS?: string;
  /** The header into which the host writes, over whatever the client says, who is asking: Cloudflare's unless set. */
  readonly CLIENT_ADDRESS_HEADER?: string;
}

interface Execution {
  waitUntil(work: Promise<unknown>): void;
}

const PublicKeys = z.union([
  z.object({ keys: z.array(OfferPublicJwk).min(1).max(4) }).transform(({ keys }) => keys),
  OfferPublicJwk.transform((key) => [key]),
]);

// One for all requests of an isolate: what it has proved and read serves the next one too.
let check: ReturnType<typeof createPromiseCheck> | undefined;
let limiter: RateLimiter | undefined;

export default {
  async fetch(request: Request, env: Bindings, execution: Execution): Promise<Response> {
    limiter ??= rateLimiterOf(env.KEPT_RATE_LIMITS);
    const address = networkAddress(request.headers.get(env.CLIENT_ADDRESS_HEADER ?? "cf-connecting-ip"));
    const waitSec = limiter.take("check", address);
    if (waitSec > 0) return excessResponse(waitSec);
    check ??= await open(env);
    return check(request, (work) => execution.waitUntil(work));
  },
};

async function open(env: Bindings): Promise<ReturnType<typeof createPromiseCheck>> {
  const keys = PublicKeys.parse(JSON.parse(env.OFFER_PUBLIC_JWK));
  const { SUPABASE_URL: supabaseUrl, PUBLISHABLE_KEY: publishableKey } = env;
  return createPromiseCheck({
    readOffer: await offerReader(keys),
    readSnapshot: createSnapshotSource({ supabaseUrl, publishableKey }),
  });
}
