import { offerReader } from "#server/edge/offer-token.ts";
import { createPromiseCheck } from "#server/edge/promise-check.ts";
import { createSnapshotSource } from "#server/edge/snapshot-source.ts";
import { openOfferKeys } from "#server/keys/offer-keys.ts";
import { platform } from "#server/platform.ts";
import { limited } from "#server/trpc/request-limits.ts";

type Check = ReturnType<typeof createPromiseCheck>;

let opening: Promise<Check> | undefined;

/** The same handler as the Worker's, in the process that also signs the offers. */
async function open(): Promise<Check> {
  const { stateDir, supabaseUrl, publishableKey } = platform();
  return createPromiseCheck({
    readOffer: await offerReader([openOfferKeys(stateDir).publicJwk]),
    readSnapshot: createSnapshotSource({ supabaseUrl, publishableKey }),
  });
}

const handle = limited("check", async (request) => {
  opening ??= open();
  return (await opening)(request);
});

// Every method arrives, so that a wrong one gets the handler's own answer.
export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
