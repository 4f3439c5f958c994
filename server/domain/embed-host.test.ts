import { expect, test } from "vitest";
import { embedHost } from "./embed-host.ts";

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

test("nobody may embed where no site is named", () => {
  expect(embedHost("https://shop.example", undefined)).toBeNull();
  expect(embedHost("https://shop.example", "*")).toBeNull();
  expect(embedHost("null", "null")).toBeNull();
});
