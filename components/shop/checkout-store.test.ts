import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { HoldId } from "#server/domain/id.ts";
import { checkoutRun, endCheckoutRun, forgetHold, rememberHold } from "./checkout-store.ts";

// Without a browser around it, what is stored lives in memory.
beforeEach(endCheckoutRun);
const newHoldId = () => HoldId.parse(randomUUID());

test("a checkout is one shopper until it ends, and then another", () => {
  const { checkoutId } = checkoutRun();
  rememberHold(newHoldId());
  expect(checkoutRun().checkoutId).toBe(checkoutId);
  endCheckoutRun();
  expect(checkoutRun()).toEqual({ checkoutId: expect.not.stringMatching(checkoutId), formerIds: [] });
});

test("the next hold takes the place of the last one that may be there", () => {
  const [held, unheard] = [newHoldId(), newHoldId()];
  rememberHold(held);
  rememberHold(unheard);
  expect(checkoutRun().formerIds).toEqual([unheard, held]);
  forgetHold(unheard);
  expect(checkoutRun().formerIds).toEqual([held]);
  rememberHold(held);
  expect(checkoutRun().formerIds).toEqual([held]);
});
