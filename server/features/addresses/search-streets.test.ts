import { expect, test } from "vitest";
import { splitHouseNumber } from "./search-streets.ts";

test("a house number after the street is not searched for", () => {
  expect(splitHouseNumber("Mill Lane 12b")).toEqual({ street: "Mill Lane", houseNumber: "12b" });
  expect(splitHouseNumber(" Mill Lane, 7 ")).toEqual({ street: "Mill Lane", houseNumber: "7" });
});

test("a house number before the street is not searched for", () => {
  expect(splitHouseNumber("12 Mill Lane")).toEqual({ street: "Mill Lane", houseNumber: "12" });
});

test("digits inside a street's name stay in it", () => {
  expect(splitHouseNumber("Rua 5 de Outubro")).toEqual({ street: "Rua 5 de Outubro", houseNumber: null });
  expect(splitHouseNumber("Rua 5 de Outubro 31")).toEqual({ street: "Rua 5 de Outubro", houseNumber: "31" });
});

test("a query without a number is the street", () => {
  expect(splitHouseNumber("Mill")).toEqual({ street: "Mill", houseNumber: null });
  expect(splitHouseNumber("12")).toEqual({ street: "12", houseNumber: null });
});
