import { expect, test } from "vitest";
import type { CartLine } from "#server/domain/cart.ts";
import { SkuId } from "#server/domain/id.ts";
import { cartKey } from "./cart-store.ts";
import { afterLeaving, linesLeft } from "./left-out-store.ts";

const line = (sku: string, units: number): CartLine => ({ skuId: SkuId.parse(sku), units });
const short = (sku: string, wanted: number, available: number) => ({
  ...{ skuId: SkuId.parse(sku), name: sku.toLowerCase() },
  ...{ wanted, available },
});

test("what is left is the cart with fewer of what is short, and without what there is none of", () => {
  const lines = [line("BREAD", 2), line("MILK", 3), line("ICE", 1)];
  const missing = [short("MILK", 3, 1), short("ICE", 1, 0)];
  expect(linesLeft(lines, missing)).toEqual([line("BREAD", 2), line("MILK", 1)]);
});

test("who leaves something out twice gets back the cart as it was wanted first", () => {
  const wanted = [line("BREAD", 2), line("MILK", 3)];
  const once = afterLeaving(wanted, null, [short("MILK", 3, 2)]);
  const left = linesLeft(wanted, once.short);
  expect(once).toMatchObject({ wanted, cartKey: cartKey(left) });
  const twice = afterLeaving(left, once, [short("MILK", 2, 0), short("BREAD", 2, 1)]);
  expect(twice).toEqual({
    wanted,
    short: [short("MILK", 3, 0), short("BREAD", 2, 1)],
    cartKey: cartKey([line("BREAD", 1)]),
  });
});
