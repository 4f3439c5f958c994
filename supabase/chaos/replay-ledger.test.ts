import { describe, expect, test } from "vitest";
import { type HoldEnd, type LedgerEntry, type LimitEntry, replayLedger } from "./replay-ledger.ts";

const SHELF = "stock STORE-A MILK";

function claim(id: number, holdId: string, units: number, atMs = id): LedgerEntry {
  return { id, holdId, resource: SHELF, units, reverses: null, reason: "held", atMs };
}

function reversal(id: number, of: LedgerEntry, reason = "released"): LedgerEntry {
  return { ...of, id, units: -of.units, reverses: of.id, reason, atMs: id };
}

const limit = (most: number, atMs = 0): LimitEntry => ({ resource: SHELF, most, atMs });
const end = (id: string, state: string, times: Partial<HoldEnd> = {}): HoldEnd => {
  return { id, state, releases: 0, expiries: 0, confirmations: 0, ...times };
};
const signals = (...args: Parameters<typeof replayLedger>) => replayLedger(...args).map(({ signal }) => signal);

const first = claim(1, "a", 2);
const second = claim(3, "b", 2);

describe("the replay of a ledger", () => {
  test("finds nothing where a unit is sold again after it was given back", () => {
    const ends = [end("a", "released", { releases: 1 }), end("b", "confirmed", { confirmations: 1 })];
    expect(signals([first, reversal(2, first), second], [limit(2)], ends)).toEqual([]);
  });

  test("finds the instant at which more was claimed than there was, even if it was given back since", () => {
    const ends = [end("a", "released", { releases: 1 }), end("b", "confirmed", { confirmations: 1 })];
    expect(signals([first, second, reversal(4, first)], [limit(2)], ends)).toEqual(["replay over its limit"]);
  });

  test("measures each claim by what was offered when it was taken", () => {
    const ends = [end("a", "held"), end("b", "held")];
    expect(signals([first, second], [limit(4), limit(2, 4)], ends)).toEqual([]);
    expect(signals([first, second], [limit(4), limit(2, 2)], ends)).toEqual(["replay over its limit"]);
  });

  test("keeps what was shipped taken from what the shelf offered", () => {
    const ends = [end("a", "fulfilled", { confirmations: 1 }), end("b", "held")];
    expect(signals([first, reversal(2, first, "shipped"), second], [limit(2)], ends)).toEqual([
      "replay over its limit",
    ]);
  });

  test("finds a claim that is given back twice", () => {
    const ends = [end("a", "released", { releases: 1 })];
    expect(signals([first, reversal(2, first), reversal(3, first)], [limit(9)], ends)).toContain("released twice");
  });

  test("finds a hold that has ended and still claims", () => {
    expect(signals([first], [limit(9)], [end("a", "expired", { expiries: 1 })])).toEqual(["leaked"]);
  });

  test("finds a hold that has ended in two ways", () => {
    const ends = [end("a", "released", { releases: 1, confirmations: 1 })];
    expect(signals([first, reversal(2, first)], [limit(9)], ends)).toEqual(["ended twice"]);
  });
});
