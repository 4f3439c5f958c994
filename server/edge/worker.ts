import * as z from "zod";
import { OfferPublicJwk, offerReader } from "./offer-token.ts";
import { createPromiseCheck } from "./promise-check.ts";
import { createSnapshotSource } from "./snapshot-source.ts";

// The promise check as a Worker of its own, in front of the platform: close to the shopper, holding nothing secret.

interface Bindings {
  readonly SUPABASE_URL: string;
  readonly PUBLISHABLE_KEY: string;
  /** The public offer key as a JWK, or a JWK set while the key is being changed. */
  readonly OFFER_PUBLIC_JWK: string;
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

export default {
  async fetch(request: Request, env: Bindings, execution: Execution): Promise<Response> {
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
