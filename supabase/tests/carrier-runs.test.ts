import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { setClock } from "./network-fixture.ts";
import { rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await cloneDatabase();
});
afterAll(() => db.drop());

/** A node and a carrier that comes at 17:30 and brings from 08:00 to 20:00, opened for days from local midnight of `from` on. */
async function open(
  tx: Transaction,
  zone: string,
  from: string,
  days: number,
  terms: Record<string, unknown>,
): Promise<void> {
  await setClock(tx, "2026-01-01T00:00:00Z");
  await tx`insert into public.regions (id, name, time_zone, currency, lng, lat, horizon_days) values ('R', 'R', ${zone}, 'EUR', 0, 0, ${days})`;
  await tx`insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec)
    values ('N', 'R', 'store', 'N', 'N', 0, 0, true, 0, 0, 0)`;
  await tx`insert into public.carriers (id, name) values ('C', 'C')`;
  const service = {
    carrier_id: "C",
    node_id: "N",
    cut_off: "17:30",
    transit_days: 1,
    base_cents: 1,
    kg_cents: 1,
    day_limit_parcels: 1,
    ...terms,
  };
  await tx`insert into public.carrier_services ${tx(service)}`;
  const [midnight] = await tx`select ${from}::date::timestamp at time zone ${zone} as at`;
  await setClock(tx, midnight!.at.toISOString());
  await tx`select from app.open_horizon('R')`;
}

const runs = async (tx: Transaction) =>
  (await tx`select day::text, leaves_at, arrives_from, arrives_until from public.carrier_days order by day`).map(
    ({ day, leaves_at, arrives_from, arrives_until }) =>
      `${day}: ${[leaves_at, arrives_from, arrives_until].map((at: Date) => at.toISOString().slice(5, 16)).join(" ")}`,
  );

test("a run leaves at its cut-off and arrives within the hours of the zone, on both sides of a change of the clock", () =>
  rolledBack(db.sql, async (tx) => {
    // Lisbon goes to summer time on Sunday 29 March.
    await open(tx, "Europe/Lisbon", "2026-03-28", 2, {});
    expect(await runs(tx)).toEqual([
      "2026-03-28: 03-28T17:30 03-29T07:00 03-29T19:00",
      "2026-03-29: 03-29T16:30 03-30T07:00 03-30T19:00",
    ]);
  }));

test.each([
  ["America/New_York", "2026-10-31", "2026-10-31: 10-31T21:30 11-01T13:00 11-02T01:00"],
  ["Asia/Kolkata", "2026-06-01", "2026-06-01: 06-01T12:00 06-02T02:30 06-02T14:30"],
  ["Pacific/Auckland", "2026-09-26", "2026-09-26: 09-26T05:30 09-26T19:00 09-27T07:00"],
])("a run in %s is dated by its own clock", (zone, day, run) =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, zone, day, 1, {});
    expect(await runs(tx)).toEqual([run]);
  }),
);

test("nothing is fetched on a day off, and none counts as a day in transit", () =>
  rolledBack(db.sql, async (tx) => {
    // From Thursday on; no Saturdays and no Sundays.
    await open(tx, "UTC", "2026-03-05", 5, { works_on: "12345", transit_days: 2 });
    expect(await runs(tx)).toEqual([
      "2026-03-05: 03-05T17:30 03-09T08:00 03-09T20:00",
      "2026-03-06: 03-06T17:30 03-10T08:00 03-10T20:00",
      "2026-03-09: 03-09T17:30 03-11T08:00 03-11T20:00",
    ]);
  }));

test("what is brought on the day it is fetched comes after it was", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, "UTC", "2026-03-05", 1, { transit_days: 0, cut_off: "13:00" });
    expect(await runs(tx)).toEqual(["2026-03-05: 03-05T13:00 03-05T13:00 03-05T20:00"]);
  }));

test("another cut-off counts for the runs that are still to leave", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, "UTC", "2026-03-05", 2, {});
    await setClock(tx, "2026-03-05T18:00:00Z");
    const revisions = async () =>
      (await tx`select revision from public.carrier_days order by day`).map((row) => row.revision);
    expect(await revisions()).toEqual([1, 1]);
    await tx`update public.carrier_services set cut_off = '12:00', transit_days = 2`;
    expect(await runs(tx)).toEqual([
      "2026-03-05: 03-05T17:30 03-06T08:00 03-06T20:00",
      "2026-03-06: 03-06T12:00 03-08T08:00 03-08T20:00",
    ]);
    expect(await revisions()).toEqual([1, 2]);
    await tx`update public.carrier_services set cut_off = '12:00'`;
    expect(await revisions()).toEqual([1, 2]);
  }));
