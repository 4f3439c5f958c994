import { createHash } from "node:crypto";
import { type CartLine, canonicalCart } from "#server/domain/cart.ts";

/** Binds an offer to a cart without carrying it: base64url SHA-256 of the canonical cart. */
export function cartDigest(lines: readonly CartLine[]): string {
  return createHash("sha256").update(canonicalCart(lines)).digest("base64url");
}
