import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { calculateJwkThumbprint, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { readOrCreate } from "./secrets.ts";

/** Signs the tokens that leave the gateway, as a hosted project does: ES256, verifiable by anybody through the JWKS. */
export interface SigningKeys {
  readonly jwks: JSONWebKeySet;
  sign(claims: JWTPayload): Promise<string>;
  /** The claims of a token of ours; rejects with a jose error for one that is forged, expired or not a user's. */
  verify(token: string): Promise<JWTPayload>;
}

const PrivateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

/** The key of `stateDir`, made on the first start and kept: a new one would end every sign-in. */
export async function loadSigningKeys(stateDir: string): Promise<SigningKeys> {
  const stored = readOrCreate(join(stateDir, "signing-key.json"), PrivateJwk, () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return PrivateJwk.parse(privateKey.export({ format: "jwk" }));
  });
  const { d: _secret, ...open } = stored;
  const privateKey = createPrivateKey({ key: stored, format: "jwk" });
  const publicKey = createPublicKey({ key: open, format: "jwk" });
  // Named for what it is, so that nobody's cache takes the key of another installation for this one.
  const kid = await calculateJwkThumbprint(open);
  return {
    jwks: { keys: [{ ...open, kid, alg: "ES256", use: "sig" }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "JWT", kid }).sign(privateKey),
    verify: async (token) =>
      (await jwtVerify(token, publicKey, { algorithms: ["ES256"], audience: "authenticated" })).payload,
  };
}
