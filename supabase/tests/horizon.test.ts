import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { insertNetwork, setClock } from "./network-fixture.ts";
import { digestTables, rolledBack } from "./rolled-back.ts";

let db: TestDatabase;
beforeAll(async () => {
  db = await cloneDatabase();
});
afterAll(() => db.drop());

/**
 * A region whose one node picks round the clock (an hour's work is 3600 s), hands over and sends vans at night too, seen
 * from shortly after local midnight of `day`, with a horizon of that one day.
 */
async function openDay(tx: Transaction, timeZone: string, day: string, hours = ["00:00", "24:00"]): Promise<void> {
  await setClock(tx, "2026-01-01T00:00:00Z");
  await tx`insert into public.regions (id, name, time_zone, currency, lng, lat, horizon_days) values ('R', 'R', ${timeZone}, 'EUR', 0, 0, 1)`;
  await tx`insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec)
    values ('N', 'R', 'store', 'N', 'N', 0, 0, true, 0, 0, 0)`;
  await tx`insert into public.node_hours select 'N', d, ${hours[0]!}::time, ${hours[1]!}::time, 3600 from generate_series(1, 7) d`;
  await tx`insert into public.vehicles (id, node_id, name, limit_weight_g, limit_volume_ml, carries_chilled, carries_frozen, km_cents, hour_cents)
    values ('V', 'N', 'V', 1, 1, false, false, 0, 0)`;
  for (const [from, to] of RULES) {
    await tx`insert into public.window_rules select 'R', s, d, ${from}::time, ${to}::time, 0, case s when 'pickup' then 6 end
      from generate_series(1, 7) d, unnest(array['delivery', 'pickup']) s`;
    await tx`insert into public.shift_rules (vehicle_id, weekday, starts, ends) select 'V', d, ${from}::time, ${to}::time from generate_series(1, 7) d`;
  }
  const [midnight] = await tx`select (${day}::date + time '00:05') at time zone ${timeZone} as at`;
  await setClock(tx, midnight!.at.toISOString());
  await tx`select from app.open_horizon('R')`;
}

/** The night in which the clock is changed, hour by hour, and one window of the day. */
const RULES = [
  ["00:00", "01:00"],
  ["01:00", "02:00"],
  ["02:00", "03:00"],
  ["03:00", "04:00"],
  ["14:00", "16:00"],
] as const;

/** "01:00+01:00 60 min" for each window or shift, in the region's local time. */
async function spans(
  tx: Transaction,
  table: "windows" | "pickup_windows" | "shifts",
  timeZone: string,
): Promise<string[]> {
  const rows = await tx.unsafe(`select starts_at, ends_at from public.${table} order by starts_at`);
  const clock = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "longOffset",
  });
  return rows.map(({ starts_at, ends_at }) => `${clock.format(starts_at)} ${(ends_at - starts_at) / 60_000} min`);
}

async function buckets(tx: Transaction) {
  const [row] = await tx`select count(*)::int as hours, sum(limit_sec)::int as work_sec,
    extract(epoch from max(starts_at) + interval '1 hour' - min(starts_at))::int / 3600 as span from public.work_buckets`;
  return row;
}

// Where the local hour is skipped, the window that lies in it is left out. Where it is doubled, Postgres takes its second
// occurrence, so the window before it lasts until then.
const CHANGES = [
  {
    ...{ zone: "Europe/Lisbon", day: "2026-03-29", hours: 23 },
    windows: ["00:00 GMT+00:00 60 min", "02:00 GMT+01:00 60 min", "03:00 GMT+01:00 60 min", "14:00 GMT+01:00 120 min"],
  },
  {
    ...{ zone: "Europe/Lisbon", day: "2026-10-25", hours: 25 },
    windows: [
      "00:00 GMT+01:00 120 min",
      "01:00 GMT+00:00 60 min",
      "02:00 GMT+00:00 60 min",
      "03:00 GMT+00:00 60 min",
      "14:00 GMT+00:00 120 min",
    ],
  },
  {
    ...{ zone: "America/New_York", day: "2026-03-08", hours: 23 },
    windows: ["00:00 GMT-05:00 60 min", "01:00 GMT-05:00 60 min", "03:00 GMT-04:00 60 min", "14:00 GMT-04:00 120 min"],
  },
  {
    ...{ zone: "America/New_York", day: "2026-11-01", hours: 25 },
    windows: [
      ...["00:00 GMT-04:00 120 min", "01:00 GMT-05:00 60 min", "02:00 GMT-05:00 60 min"],
      ...["03:00 GMT-05:00 60 min", "14:00 GMT-05:00 120 min"],
    ],
  },
  {
    ...{ zone: "Australia/Sydney", day: "2026-10-04", hours: 23 },
    windows: ["00:00 GMT+10:00 60 min", "01:00 GMT+10:00 60 min", "03:00 GMT+11:00 60 min", "14:00 GMT+11:00 120 min"],
  },
  {
    ...{ zone: "Australia/Sydney", day: "2026-04-05", hours: 25 },
    windows: [
      ...["00:00 GMT+11:00 60 min", "01:00 GMT+11:00 120 min", "02:00 GMT+10:00 60 min"],
      ...["03:00 GMT+10:00 60 min", "14:00 GMT+10:00 120 min"],
    ],
  },
];

describe.each(CHANGES)("on $day in $zone, a day of $hours hours", ({ zone, day, hours, windows }) => {
  test("a node that picks round the clock has as many hours as the day", () =>
    rolledBack(db.sql, async (tx) => {
      await openDay(tx, zone, day);
      expect(await buckets(tx)).toEqual({ hours, work_sec: hours * 3600, span: hours });
    }));

  test("windows, pickup windows and shifts keep their local time, and none ends before it starts", () =>
    rolledBack(db.sql, async (tx) => {
      await openDay(tx, zone, day);
      expect(await spans(tx, "windows", zone)).toEqual(windows);
      expect(await spans(tx, "pickup_windows", zone)).toEqual(windows);
      expect(await spans(tx, "shifts", zone)).toEqual(windows);
    }));
});

test("an hour that is open in part offers that part of the work", () =>
  rolledBack(db.sql, async (tx) => {
    await openDay(tx, "Europe/Lisbon", "2026-03-02", ["08:30", "10:15"]);
    const hours =
      await tx`select to_char(starts_at, 'HH24:MI') as at, target_sec, limit_sec from public.work_buckets order by starts_at`;
    expect(hours).toEqual([
      { at: "08:00", target_sec: 1800, limit_sec: 1800 },
      { at: "09:00", target_sec: 3600, limit_sec: 3600 },
      { at: "10:00", target_sec: 900, limit_sec: 900 },
    ]);
  }));

test("in a zone of half hours the work of a day is the work of its open hours", () =>
  rolledBack(db.sql, async (tx) => {
    await openDay(tx, "Asia/Kolkata", "2026-03-02", ["08:00", "20:00"]);
    expect(await buckets(tx)).toEqual({ hours: 13, work_sec: 12 * 3600, span: 13 });
  }));

test("pickup windows are opened where the node offers them and while it is open", () =>
  rolledBack(db.sql, async (tx) => {
    await openDay(tx, "Europe/Lisbon", "2026-03-02", ["02:00", "15:00"]);
    expect(await spans(tx, "pickup_windows", "Europe/Lisbon")).toEqual([
      "02:00 GMT+00:00 60 min",
      "03:00 GMT+00:00 60 min",
    ]);
  }));

test("the coming days are opened once, and a new day when it comes", () =>
  rolledBack(db.sql, async (tx) => {
    await openDay(tx, "Europe/Lisbon", "2026-03-02");
    await tx`update public.regions set horizon_days = 3`;
    const days = await tx`select day::text, windows, shifts from app.open_horizon('R')`;
    expect(days).toEqual(["2026-03-02", "2026-03-03", "2026-03-04"].map((day) => ({ day, windows: 5, shifts: 5 })));
    const before = await digestTables(tx);
    await tx`select from app.open_horizon('R')`;
    expect(await digestTables(tx)).toEqual(before);
    await setClock(tx, "2026-03-03T00:05:00Z");
    await tx`select from app.open_horizon('R')`;
    const [row] = await tx`select count(*)::int as shifts, max(starts_at)::date::text as last from public.shifts`;
    expect(row).toEqual({ shifts: 20, last: "2026-03-05" });
  }));

test("opening again changes nothing that was changed by hand or claimed", () =>
  rolledBack(db.sql, async (tx) => {
    await openDay(tx, "Europe/Lisbon", "2026-03-02");
    await tx`update public.work_buckets set target_sec = 7, limit_sec = 7`;
    await tx`update public.windows set price_cents = 7`;
    await tx`update public.pickup_windows set limit_orders = 7`;
    await tx`update public.shifts set limit_weight_g = 7`;
    const before = await digestTables(tx);
    await tx`select from app.open_horizon('R')`;
    expect(await digestTables(tx)).toEqual(before);
  }));

test("the small network of the tests is open for eight days", async () => {
  const fresh = await cloneDatabase();
  try {
    await insertNetwork(fresh.sql);
    const [counts] =
      await fresh.sql`select (select count(*)::int from public.windows) as windows, (select count(*)::int from public.pickup_windows) as pickups,
      (select count(*)::int from public.shifts) as shifts, (select count(*)::int from public.work_buckets) as hours, (select count(*)::int from public.carrier_days) as days`;
    expect(counts).toEqual({ windows: 32, pickups: 64, shifts: 24, hours: 288, days: 16 });
  } finally {
    await fresh.drop();
  }
});
