import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  hash,
  randomUUID,
  sign,
  verify,
} from "node:crypto";
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { OfferClaims } from "../domain/offer.ts";
import {
  leafMessage,
  nodeMessage,
  type OfferPublicJwk,
  offerHeader,
  parseClaims,
  splitPath,
} from "../edge/offer-token.ts";

/** Signs and reads offers on the server. Synchronous: a quote waits for nothing but its one signature. */
export interface OfferKeys {
  /** The tokens of the offers of one quote, in their order, under one signature (ES256): see offer-token.ts. */
  sign(offers: readonly OfferClaims[]): string[];
  /** `nowSec` is the platform's time in epoch seconds: it may run ahead of this machine's. */
  verify(token: string, nowSec: number): OfferClaims | "expired" | "invalid";
  /** A signed JSON (JWS, compact, ES256) with the type of a certificate, which no offer's signature can stand for. */
  certify(payload: string): string;
  /** A digest that nobody without the key can try out texts against. Same kind and text, same digest. */
  disguise(kind: string, text: string): string;
  /** For the edge. */
  readonly publicJwk: OfferPublicJwk;
}

const PrivateJwk = z.object({
  kty: z.literal("EC"),
  crv: z.literal("P-256"),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
type PrivateJwk = z.infer<typeof PrivateJwk>;

const KEY_FILE = "offer-key.json";
const ENV_NAME = "KEPT_OFFER_PRIVATE_JWK";
/** RFC 7515, typ: says what is signed, so that one kind is never taken for another. */
export const CERTIFICATE_TYPE = "kept-certificate+jwt";
const SIGNATURE_FORM = "ieee-p1363";

/**
 * The installation's offer key: the one in the environment, else the one in `stateDir`, made by whoever comes first.
 *
 * Throws when the key is damaged: signing with a new one would turn every open offer into a forgery.
 */
export function openOfferKeys(
  stateDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): OfferKeys {
  const given = env[ENV_NAME];
  return offerKeysOf(given ? parseKey(given, ENV_NAME) : storedKey(join(stateDir, KEY_FILE)));
}

/** Whether there is a key to open, or one would be made. */
export function hasOfferKey(
  stateDir: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  return Boolean(env[ENV_NAME]) || existsSync(join(stateDir, KEY_FILE));
}

function offerKeysOf(jwk: PrivateJwk): OfferKeys {
  const { d: secret, ...open } = jwk;
  const kid = thumbprint(open);
  const header = offerHeader(kid);
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  const publicKey = createPublicKey({ key: open, format: "jwk" });
  return {
    publicJwk: { ...open, kid },
    sign(offers) {
      if (offers.length === 0) return [];
      const payloads = offers.map((claims) => Buffer.from(JSON.stringify(claims)).toString("base64url"));
      const tree = growTree(payloads.map((payload) => sha256(leafMessage(payload))));
      const root = tree.at(-1)![0]!.toString("base64url");
      const proof = sign("sha256", Buffer.from(`${header}.${root}`), { key: privateKey, dsaEncoding: SIGNATURE_FORM });
      const signature = proof.toString("base64url");
      return payloads.map((payload, i) => `${header}.${payload}.${pathFrom(tree, i)}.${signature}`);
    },
    certify(payload) {
      const head = Buffer.from(JSON.stringify({ alg: "ES256", typ: CERTIFICATE_TYPE, kid })).toString("base64url");
      const text = `${head}.${Buffer.from(payload).toString("base64url")}`;
      const proof = sign("sha256", Buffer.from(text), { key: privateKey, dsaEncoding: SIGNATURE_FORM });
      return `${text}.${proof.toString("base64url")}`;
    },
    disguise: (kind, text) => createHmac("sha256", secret).update(`${kind} ${text}`).digest("base64url"),
    verify(token, nowSec) {
      const [head, payload, path, signature, ...more] = token.split(".");
      if (head !== header || !payload || path === undefined || !signature || more.length > 0) return "invalid";
      const siblings = splitPath(Buffer.from(path, "base64url"));
      if (!siblings) return "invalid";
      const root = siblings.reduce<Buffer>(
        (hash, sibling) => sha256(nodeMessage(hash, sibling)),
        sha256(leafMessage(payload)),
      );
      const signed = Buffer.from(`${head}.${root.toString("base64url")}`);
      const proof = Buffer.from(signature, "base64url");
      if (!verify("sha256", signed, { key: publicKey, dsaEncoding: SIGNATURE_FORM }, proof)) return "invalid";
      const claims = parseClaims(Buffer.from(payload, "base64url"));
      if (!claims) return "invalid";
      return claims.exp <= nowSec ? "expired" : claims;
    },
  };
}

/** The levels of the tree from the leaves to the root. A node without a neighbour rises as it is. */
function growTree(leaves: readonly Buffer[]): (readonly Buffer[])[] {
  const levels = [leaves];
  for (let level = leaves; level.length > 1; levels.push(level)) {
    const below = level;
    level = Array.from({ length: Math.ceil(below.length / 2) }, (_, i) => {
      const [one, other] = [below[2 * i]!, below[2 * i + 1]];
      return other ? sha256(nodeMessage(one, other)) : one;
    });
  }
  return levels;
}

function pathFrom(tree: readonly (readonly Buffer[])[], leaf: number): string {
  // Where the last node rises without a neighbour, there is nothing on the path.
  const siblings = tree.slice(0, -1).flatMap((level, depth) => level[(leaf >> depth) ^ 1] ?? []);
  return Buffer.concat(siblings).toString("base64url");
}

function sha256(message: Uint8Array): Buffer {
  return hash("sha256", message, "buffer");
}

function storedKey(file: string): PrivateJwk {
  const stored = readIfThere(file);
  if (stored !== undefined) return parseKey(stored, file);
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  mkdirSync(join(file, ".."), { recursive: true });
  const draft = `${file}.${randomUUID()}.part`;
  writeFileSync(draft, `${JSON.stringify(privateKey.export({ format: "jwk" }))}\n`, { mode: 0o600 });
  try {
    // A link appears whole and never replaces: of two processes that start together, both read the same winner.
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return parseKey(readFileSync(file, "utf8"), file);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function parseKey(text: string, source: string): PrivateJwk {
  try {
    const jwk = PrivateJwk.parse(JSON.parse(text));
    createPrivateKey({ key: jwk, format: "jwk" });
    return jwk;
  } catch (error) {
    throw new Error(`${source} does not hold an ES256 private key (EC, P-256, as a JWK): put the right one there.`, {
      cause: error,
    });
  }
}

/** RFC 7638: the required members in the order of their names, without spaces. */
function thumbprint({ crv, kty, x, y }: Omit<PrivateJwk, "d">): string {
  return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
}
