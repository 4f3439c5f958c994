import { expect, test } from "vitest";
import type { WindowView } from "#server/domain/quote.ts";
import { allSlots, firstOpenDay, nearestOpen, slotDays } from "./slot-board.ts";

const open = (startsAt: string, offer: string, priceCents = 390): WindowView => ({
  open: true,
  startsAt,
  endsAt: twoHoursAfter(startsAt),
  priceCents,
  offer,
  deliveries: 1,
  carriers: [],
  isVanNearby: false,
  broughtBy: null,
  orderBy: startsAt,
});
const closed = (startsAt: string): WindowView => ({
  open: false,
  startsAt,
  endsAt: twoHoursAfter(startsAt),
  priceCents: 390,
  reason: { code: "vans_full" },
});

function twoHoursAfter(startsAt: string): string {
  return new Date(Date.parse(startsAt) + 7_200_000).toISOString();
}

const delivery = { mode: "delivery", place: null } as const;
const windows = [
  open("2026-11-22T18:00:00.000Z", "a", 590),
  closed("2026-11-22T20:00:00.000Z"),
  closed("2026-11-23T08:00:00.000Z"),
  open("2026-11-24T08:00:00.000Z", "b", 390),
  open("2026-11-24T10:00:00.000Z", "c", 290),
];
const nothingGone = new Map();

test("windows stand under the day that the region's clock gives them", () => {
  const days = slotDays(windows, delivery, "Pacific/Auckland", nothingGone);
  // 18:00 and 20:00 UTC are the next morning there.
  expect(days.map(({ day, slots }) => [day, slots.length])).toEqual([
    ["2026-11-23", 3],
    ["2026-11-24", 2],
  ]);
});

test("a day tells how many windows are open and the lowest price among them", () => {
  const days = slotDays(windows, delivery, "Europe/Lisbon", nothingGone);
  expect(days.map(({ openCount, lowestCents }) => [openCount, lowestCents])).toEqual([
    [1, 590],
    [0, null],
    [2, 290],
  ]);
});

test("an offer that was lost closes its window with the reason", () => {
  const [day] = slotDays(windows, delivery, "Europe/Lisbon", new Map([["a", "picking_full" as const]]));
  expect(day?.slots[0]).toMatchObject({ offer: null, reason: { code: "picking_full" }, justGone: true });
  expect(day?.openCount).toBe(0);
});

test("a window keeps its key when a new quote makes another offer for it", () => {
  const [before] = slotDays([open("2026-11-22T18:00:00.000Z", "a")], delivery, "Europe/Lisbon", nothingGone);
  const [after] = slotDays([open("2026-11-22T18:00:00.000Z", "z")], delivery, "Europe/Lisbon", nothingGone);
  expect(before?.slots[0]?.key).toBe(after?.slots[0]?.key);
});

test("the nearest open windows may lie on another day, and the earlier of two comes first", () => {
  const days = slotDays(windows, delivery, "Europe/Lisbon", nothingGone);
  const nearest = (startsAt: string) => nearestOpen(days, { startsAt }, 2).map(({ offer }) => offer);
  expect(nearest("2026-11-22T20:00:00.000Z")).toEqual(["a", "b"]);
  expect(nearest("2026-11-24T09:00:00.000Z")).toEqual(["b", "c"]);
  expect(nearest("2026-11-24T09:01:00.000Z")).toEqual(["c", "b"]);
  expect(nearestOpen([], { startsAt: "2026-11-24T09:01:00.000Z" }, 2)).toEqual([]);
});

test("the cheapest windows are marked among those that are open, and none where all cost the same", () => {
  const marked = (gone: ReadonlyMap<string, "vans_full">, from = windows) =>
    allSlots(slotDays(from, delivery, "Europe/Lisbon", gone)).flatMap((slot) => (slot.isCheapest ? [slot.offer] : []));
  expect(marked(nothingGone)).toEqual(["c"]);
  expect(marked(new Map([["c", "vans_full"]]))).toEqual(["b"]);
  expect(marked(nothingGone, windows.slice(0, 4).concat(open("2026-11-25T08:00:00.000Z", "d", 390)))).toEqual([
    "b",
    "d",
  ]);
  expect(marked(nothingGone, [open("2026-11-25T08:00:00.000Z", "d"), open("2026-11-25T10:00:00.000Z", "e")])).toEqual(
    [],
  );
});

test("a window near which a van passes loses the mark with its offer", () => {
  const near: WindowView = { ...open("2026-11-25T08:00:00.000Z", "d"), isVanNearby: true } as WindowView;
  const slot = (gone: ReadonlyMap<string, "vans_full">) =>
    allSlots(slotDays([near], delivery, "Europe/Lisbon", gone))[0];
  expect(slot(nothingGone)?.isVanNearby).toBe(true);
  expect(slot(new Map([["d", "vans_full"]]))?.isVanNearby).toBe(false);
});

test("the picker opens on the day that was looked at, unless nothing is open on it", () => {
  const days = slotDays(windows, delivery, "Europe/Lisbon", nothingGone);
  expect(firstOpenDay(days, "2026-11-24")).toBe("2026-11-24");
  expect(firstOpenDay(days, "2026-11-23")).toBe("2026-11-22");
  expect(firstOpenDay(slotDays([closed("2026-11-23T08:00:00.000Z")], delivery, "Europe/Lisbon", nothingGone))).toBe(
    "2026-11-23",
  );
});

test("what is nearest leaves out what is not to be recommended", () => {
  const days = slotDays(windows, delivery, "Europe/Lisbon", nothingGone);
  const lost = { startsAt: "2026-11-24T10:00:00.000Z" };
  const [itself, next] = nearestOpen(days, lost, 2);
  expect(nearestOpen(days, lost, 1, [itself?.key, undefined])).toEqual([next]);
});

test("a window says in how many deliveries it comes, while it is open", () => {
  const twice = [{ ...open("2026-11-22T18:00:00.000Z", "a"), deliveries: 2 } as WindowView, ...windows.slice(1, 2)];
  const [first, second] = allSlots(slotDays(twice, delivery, "Europe/Lisbon", nothingGone));
  expect([first?.deliveries, second?.deliveries]).toEqual([2, 1]);
});

test("a parcel says whose it is while its day is open", () => {
  const parcel = { ...open("2026-11-22T08:00:00.000Z", "a"), carriers: ["Swift"] } as WindowView;
  const [slot] = allSlots(slotDays([parcel], { mode: "parcel", place: null }, "Europe/Lisbon", nothingGone));
  expect(slot).toMatchObject({ mode: "parcel", carriers: ["Swift"] });
  expect(slot!.key).not.toBe(allSlots(slotDays([parcel], delivery, "Europe/Lisbon", nothingGone))[0]!.key);
  const gone = new Map([["a", "carrier_full" as const]]);
  const [lost] = allSlots(slotDays([parcel], { mode: "parcel", place: null }, "Europe/Lisbon", gone));
  expect(lost).toMatchObject({ offer: null, justGone: true, reason: { code: "carrier_full" } });
});
