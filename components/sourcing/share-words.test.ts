import { expect, test } from "vitest";
import { readShares, typedOf, wordsOfUse } from "./share-words.ts";

const NONE = { picking: null, pickup: null, parcel: null, transfer: null, delivery: null, lapsesHours: null };

test("what is typed reads back as it was, and nothing typed is not limited", () => {
  const shares = { ...NONE, picking: 40, delivery: 0, lapsesHours: 6 };
  expect(readShares(typedOf(shares))).toEqual({ shares });
  expect(readShares({ ...typedOf(shares), picking: "  " })).toEqual({ shares: { ...shares, picking: null } });
});

test("a share is a whole percentage below a hundred, and time is whole hours", () => {
  const typed = { ...typedOf(NONE), picking: "100", pickup: "12.5", parcel: "many", lapsesHours: "0" };
  expect(readShares(typed)).toEqual({ wrong: new Set(["picking", "pickup", "parcel", "lapsesHours"]) });
});

test("what a channel has is said of the week, and where it is most", () => {
  const use = { percent: 0.2, mostPercent: 37.5, mostAt: "2026-11-24T18:00:00.000Z", mostNode: "Alvalade" };
  expect(wordsOfUse(use, "Europe/Lisbon")).toBe(
    "under 1 % of the coming week, 38 % at most: Alvalade, Tue 24 Nov, 18:00",
  );
  expect(wordsOfUse({ percent: 0, mostPercent: 0, mostAt: null, mostNode: null }, "Europe/Lisbon")).toBe(
    "nothing of the coming week",
  );
});
