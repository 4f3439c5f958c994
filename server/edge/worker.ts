import * as z from "zod";
import { OfferPublicJwk, offerReader, type ReadOffer } from "./offer-token.ts";
import { createPromiseCheck } from "./promise-check.ts";
import { createSnapshotSource, type SnapshotCache } from "./snapshot-source.ts";

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

// Shared by the requests of an isolate. Values only: a promise that waits for one request's network must not be awaited by another.
const cache: SnapshotCache = new Map();
let readOffer: ReadOffer | undefined;

export default {
  async fetch(request: Request, env: Bindings, execution: Execution): Promise<Response> {
    readOffer ??= await offerReader(PublicKeys.parse(JSON.parse(env.OFFER_PUBLIC_JWK)));
    const readSnapshot = createSnapshotSource({
      supabaseUrl: env.SUPABASE_URL,
      publishableKey: env.PUBLISHABLE_KEY,
      cache,
      keepAlive: (work) => execution.waitUntil(work),
    });
    return createPromiseCheck({ readOffer, readSnapshot })(request);
  },
};
