import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compactVerify, importJWK, SignJWT } from "jose";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { OfferClaims } from "../domain/offer.ts";
import { offerReader } from "../edge/offer-token.ts";
import { openOfferKeys } from "./offer-keys.ts";

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "kept-keys-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const NOW_SEC = 1_800_000_000;
const claims: OfferClaims = {
  iss: "kept",
  jti: "0b0e7c56-1c1e-4d6a-9a52-0d6a3f0a8a11",
  iat: NOW_SEC,
  exp: NOW_SEC + 600,
  rgn: "DEMO",
  svc: "delivery",
  win: [NOW_SEC + 7200, NOW_SEC + 14_400],
  prc: 490,
  crt: "abc",
  plc: "1.00000,2.00000",
  pts: [{ nod: "ST-01", pck: 240, by: NOW_SEC + 6000, wgt: 12_000, vol: 30_000 }],
};

test("a signed offer reads back until the second it expires", () => {
  const keys = openOfferKeys(dir, {});
  const token = keys.sign([claims])[0]!;
  expect(keys.verify(token, NOW_SEC)).toEqual(claims);
  expect(keys.verify(token, claims.exp - 1)).toEqual(claims);
  expect(keys.verify(token, claims.exp)).toBe("expired");
});

test("an independent library accepts the signature over the root", async () => {
  const keys = openOfferKeys(dir, {});
  const [header, payload, path, signature] = keys.sign([claims])[0]!.split(".") as [string, string, string, string];
  expect(path).toBe("");
  const root = createHash("sha256").update(`\0${payload}`).digest();
  const key = await importJWK(keys.publicJwk, "ES256");
  const jws = await compactVerify(`${header}.${root.toString("base64url")}.${signature}`, key);
  expect(Buffer.from(jws.payload)).toEqual(root);
  expect(jws.protectedHeader).toEqual({ alg: "ES256", kid: keys.publicJwk.kid });
  expect(JSON.parse(Buffer.from(payload, "base64url").toString())).toEqual(claims);
});

test("however many offers a quote makes, each reads back by itself, on the server and at the edge", async () => {
  const keys = openOfferKeys(dir, {});
  const readOffer = await offerReader([keys.publicJwk]);
  for (const count of [0, 1, 2, 3, 5, 8, 13, 31, 200]) {
    const offers = Array.from({ length: count }, (_, i) => ({ ...claims, prc: i }));
    const tokens = keys.sign(offers);
    expect(tokens.map((token) => keys.verify(token, NOW_SEC))).toEqual(offers);
    expect(await Promise.all(tokens.map(readOffer))).toEqual(offers);
    expect(new Set(tokens.map((token) => token.split(".")[3])).size).toBe(Math.min(1, count));
  }
});

test("an offer cannot borrow the path of another, shorten or lengthen it, or change its claims", async () => {
  const keys = openOfferKeys(dir, {});
  const readOffer = await offerReader([keys.publicJwk]);
  const [one, other] = keys.sign([0, 1, 2, 3].map((prc) => ({ ...claims, prc }))) as [string, string];
  const [header, payload, path, signature] = one.split(".") as [string, string, string, string];
  const siblings = Buffer.from(path, "base64url");
  const forged = [
    `${header}.${payload}.${other.split(".")[2]}.${signature}`,
    `${header}.${payload}..${signature}`,
    `${header}.${payload}.${siblings.subarray(32).toString("base64url")}.${signature}`,
    `${header}.${payload}.${siblings.subarray(1).toString("base64url")}.${signature}`,
    `${header}.${payload}.${Buffer.alloc(32 * 11).toString("base64url")}.${signature}`,
    `${header}.${payload.slice(0, -4)}AAAA.${path}.${signature}`,
  ];
  for (const token of forged) {
    expect(keys.verify(token, NOW_SEC)).toBe("invalid");
    expect(await readOffer(token)).toBeUndefined();
  }
});

test("a changed character anywhere, a foreign key, another header or other claims make an offer invalid", async () => {
  const keys = openOfferKeys(dir, {});
  const token = keys.sign([claims])[0]!;
  // The last character of a part carries bits that decoding drops, so each part is changed at its start.
  for (let at = 0; at < token.length; at = token.indexOf(".", at) + 1 || token.length) {
    const changed = token.slice(0, at) + (token[at] === "A" ? "B" : "A") + token.slice(at + 1);
    expect(keys.verify(changed, NOW_SEC)).toBe("invalid");
  }
  const other = openOfferKeys(join(dir, "other"), {});
  expect(keys.verify(other.sign([claims])[0]!, NOW_SEC)).toBe("invalid");
  expect(keys.verify(keys.sign([{ ...claims, svc: "drone" } as never])[0]!, NOW_SEC)).toBe("invalid");
  expect(keys.verify(keys.sign([{ ...claims, more: 1 } as never])[0]!, NOW_SEC)).toBe("invalid");
  const mac = await new SignJWT({ ...claims }).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32));
  expect(keys.verify(mac, NOW_SEC)).toBe("invalid");
  for (const junk of ["", ".", "..", "a.b.c", `${token}.`, `${token}.x`])
    expect(keys.verify(junk, NOW_SEC)).toBe("invalid");
});

test("the key is made once, readable by its owner only, and leaves no draft behind", () => {
  const first = openOfferKeys(dir, {});
  expect(statSync(join(dir, "offer-key.json")).mode & 0o777).toBe(0o600);
  expect(openOfferKeys(dir, {}).publicJwk).toEqual(first.publicJwk);
  expect(readdirSync(dir)).toEqual(["offer-key.json"]);
});

test("processes that start together on an empty folder agree on one key", async () => {
  // They leave the blocks at the same instants, on one folder after the other: a single start would often miss the race.
  const script = `const { openOfferKeys } = await import(${JSON.stringify(new URL("./offer-keys.ts", import.meta.url).href)});
    for (let round = 0; round < 20; round++) {
      while (Date.now() < ${Date.now() + 1000} + round * 20);
      console.log(openOfferKeys(${JSON.stringify(dir)} + "/" + round, {}).publicJwk.kid);
    }`;
  const run = () => promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const [one, other] = await Promise.all([run(), run()]);
  expect(one.stdout).toBe(other.stdout);
});

test("a key in the environment wins and nothing is written", () => {
  const source = openOfferKeys(dir, {});
  const env = { KEPT_OFFER_PRIVATE_JWK: readFileSync(join(dir, "offer-key.json"), "utf8") };
  const elsewhere = join(dir, "elsewhere");
  expect(openOfferKeys(elsewhere, env).verify(source.sign([claims])[0]!, NOW_SEC)).toEqual(claims);
  expect(existsSync(elsewhere)).toBe(false);
});

test("a damaged key is refused with its place, not replaced", () => {
  const file = join(dir, "offer-key.json");
  for (const content of ["", "{", '{"kty":"EC"}', '{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"c"}']) {
    writeFileSync(file, content);
    expect(() => openOfferKeys(dir, {})).toThrow(file);
    expect(readFileSync(file, "utf8")).toBe(content);
  }
  expect(() => openOfferKeys(dir, { KEPT_OFFER_PRIVATE_JWK: "no" })).toThrow("KEPT_OFFER_PRIVATE_JWK");
});
