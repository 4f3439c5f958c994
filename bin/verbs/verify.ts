import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { OperatorError, UsageError, type Verb } from "#bin/verb.ts";
import type { OfferPublicJwk } from "#server/edge/offer-token.ts";
import { summaryOf, verifyCertificate } from "#server/features/promise/verify-certificate.ts";
import { hasOfferKey, openOfferKeys } from "#server/keys/offer-keys.ts";

const PublicJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  kid: z.string(),
});

export const verb: Verb = {
  summary: "Checks an order's certificate and takes its decision again, offline.",
  usage: `CERTIFICATE [--key PUBLIC-KEY]

CERTIFICATE is a file, or - for standard input. The key is a JWK in a file, as /api/promise/key gives it; without one
it is this installation's own. Exit code 1 when the promise was not decided rightly, or the certificate is not genuine.`,

  async run(args) {
    const { file, keyFile } = read(args);
    const publicJwk = keyFile === undefined ? ownKey() : keyIn(keyFile);
    const { certificate, faults } = verifyCertificate(textOf(file), publicJwk);
    if (certificate) for (const line of summaryOf(certificate)) console.log(line);
    for (const fault of faults) console.log(`BROKEN   ${fault}`);
    if (faults.length === 0)
      console.log("right    signed by this key, all four checks hold, and no plan by these records is cheaper");
    return faults.length === 0 ? 0 : 1;
  },
};

function read(args: readonly string[]): { file: string; keyFile: string | undefined } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: "string" } },
    });
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) throw new UsageError("it takes one certificate.");
    return { file, keyFile: values.key };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${(error as Error).message}.`);
  }
}

/** Looks only: a key that were made now could have signed nothing. */
function ownKey(): OfferPublicJwk {
  const stateDir = process.env.KEPT_STATE_DIR ?? join(PROJECT_DIR, ".kept");
  if (!hasOfferKey(stateDir))
    throw new OperatorError(`There is no key in ${stateDir}: name the one of the installation that signed with --key.`);
  return openOfferKeys(stateDir).publicJwk;
}

function keyIn(file: string): OfferPublicJwk {
  try {
    return PublicJwk.parse(JSON.parse(textOf(file)));
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw new OperatorError(`${file} does not hold a public key (EC, P-256, as a JWK with its kid).`, { cause: error });
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    throw new OperatorError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
