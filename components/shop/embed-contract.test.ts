import { expect, test } from "vitest";
import { isForPicker, readHostMessage } from "./embed-contract.ts";

const line = { skuId: "BREAD", units: 2 };
const destination = { lng: -9.1, lat: 38.7, address: "Mill Lane 12" };

test.each([
  { type: "cart", lines: [line], partial: false },
  { type: "address", destination },
  { type: "language", language: "pt" },
  { type: "scheme", scheme: "dark" },
  { type: "confirmed" },
])("$type is understood", (message) => {
  expect(readHostMessage({ kept: 1, ...message })).toEqual(message);
});

test("going on without what there is too little of is asked for by its word alone", () => {
  const partial = (given: unknown) =>
    readHostMessage({ kept: 1, type: "cart", lines: [line], partial: given } as never);
  expect(["allowed", "yes", true, undefined].map((given) => partial(given))).toEqual(
    [true, false, false, false].map((read) => ({ type: "cart", lines: [line], partial: read })),
  );
});

test("a language is understood by its first part", () => {
  expect(readHostMessage({ kept: 1, type: "language", language: "pt-BR" } as never)).toEqual({
    type: "language",
    language: "pt",
  });
});

test.each([
  ["version 2: this is 1", { kept: 2, type: "cart", lines: [line] }],
  ["cart: lines", { kept: 1, type: "cart", lines: [] }],
  ["cart: lines", { kept: 1, type: "cart", lines: [line, line] }],
  ["cart: lines", { kept: 1, type: "cart", lines: [{ skuId: "BREAD", units: 0 }] }],
  ["address: destination", { kept: 1, type: "address", destination: { ...destination, lat: 91 } }],
  ["address: destination", { kept: 1, type: "address", destination: { lng: 1, lat: 1 } }],
  ["language: language", { kept: 1, type: "language", language: "xx" }],
  ["scheme: scheme", { kept: 1, type: "scheme", scheme: "blue" }],
  ["type", { kept: 1, type: "__proto__" }],
])("%s is named when it is wrong", (wrong, message) => {
  expect(readHostMessage(message)).toEqual({ wrong });
});

test("what other scripts say to the window is not for the picker", () => {
  expect(["kept", null, 1, [], { type: "cart" }].filter(isForPicker)).toEqual([]);
});
