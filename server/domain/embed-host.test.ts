import { expect, test } from "vitest";
import { embedChannel, embedHost } from "./embed-host.ts";

const ALLOWED = "https://shop.example  http://localhost:3999";

test.each([
  ["https://shop.example", "https://shop.example"],
  ["https://shop.example/cart?a=1", "https://shop.example"],
  ["https://SHOP.example:443", "https://shop.example"],
  ["http://localhost:3999", "http://localhost:3999"],
  ["http://shop.example", null],
  ["https://shop.example.evil.example", null],
  ["https://evil.example/https://shop.example", null],
  ["https://sub.shop.example", null],
  ["null", null],
  ["javascript:alert(1)", null],
  ["", null],
  [null, null],
])("of %j, %j may embed", (asked, host) => {
  expect(embedHost(asked, ALLOWED)).toBe(host);
});

test("a site belongs to the channel that stands behind it, else to the own shop", () => {
  const sites =
    "https://shop.example=MARKET https://own.example https://bad.example=not-a-code https://two.example=A=B";
  const channels = ["shop", "own", "bad", "two", "none"].map((name) => embedChannel(`https://${name}.example`, sites));
  expect(channels).toEqual(["MARKET", "SHOP", null, null, null]);
  expect(embedHost("https://shop.example", sites)).toBe("https://shop.example");
  expect(embedHost("https://bad.example", sites)).toBeNull();
});

test("nobody may embed where no site is named", () => {
  expect(embedHost("https://shop.example", undefined)).toBeNull();
  expect(embedHost("https://shop.example", "*")).toBeNull();
  expect(embedHost("null", "null")).toBeNull();
});
