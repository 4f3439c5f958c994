import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { setClock } from "./network-fixture.ts";

// What the database makes of local times is compared with what Intl says of each instant: they share no code. Intl only knows
// the way from an instant to a clock's face, so the oracle looks through the instants for the face that is wanted.

let db: TestDatabase;
beforeAll(async () => {
  db = await cloneDatabase();
});
afterAll(() => db.drop());

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** With both days of 2026 on which the clocks change; those of Lord Howe by half an hour. */
const ZONES = {
  "Europe/Lisbon": ["2026-03-29", "2026-10-25"],
  "America/New_York": ["2026-03-08", "2026-11-01"],
  "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
  "Africa/Cairo": ["2026-04-24", "2026-10-29"],
  "Asia/Kolkata": [],
} as const;

const formats = new Map<string, Intl.DateTimeFormat>();
/** "2026-03-29 02:30" */
function face(ms: number, zone: string): string {
  if (!formats.has(zone))
    formats.set(
      zone,
      new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short", hourCycle: "h23" }),
    );
  return formats.get(zone)!.format(ms);
}

/** Where a face comes twice, the later instant; where it never comes, as if the clock had not been changed yet. */
function instantOf(zone: string, day: string, minutes: number): number {
  const wanted = Date.parse(`${day}T00:00Z`) + minutes * MINUTE_MS;
  const wantedFace = new Date(wanted).toISOString().slice(0, 16).replace("T", " ");
  const offsetAt = (ms: number) => Date.parse(`${face(ms, zone).replace(" ", "T")}Z`) - ms;
  const [before, after] = [offsetAt(wanted - DAY_MS), offsetAt(wanted + DAY_MS)];
  const faces = [wanted - before, wanted - after].filter((ms) => face(ms, zone) === wantedFace);
  return faces.length > 0 ? Math.max(...faces) : wanted - before;
}

function plusDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

const clock = (minutes: number) =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

const quarter = fc.integer({ min: 0, max: 96 }).map((n) => n * 15);
const span = fc
  .tuple(quarter, quarter)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);

const days = fc.constantFrom(...(Object.keys(ZONES) as (keyof typeof ZONES)[])).chain((zone) =>
  fc.record({
    zone: fc.constant(zone),
    // The day of a change, one near it, or any.
    day: fc.oneof(
      ...ZONES[zone].map((changed) => fc.integer({ min: -1, max: 1 }).map((n) => plusDays(changed, n))),
      fc.integer({ min: 0, max: 364 }).map((n) => plusDays("2026-01-01", n)),
    ),
  }),
);

interface Week {
  readonly hours: readonly [number, number];
  readonly window: readonly [number, number];
  readonly orderBy: number;
  readonly leadDays: number;
  readonly leastLeadMin: number;
}

/** A region in one zone with a node in another, every day alike, opened from shortly after the node's midnight of `day`. */
async function open(tx: Transaction, regionZone: string, nodeZone: string, day: string, week: Week): Promise<void> {
  const [opens, closes] = week.hours.map(clock);
  const [starts, ends] = week.window.map(clock);
  await setClock(tx, "2025-11-01T00:00:00Z");
  await tx`insert into public.regions (id, name, time_zone, currency, lng, lat, horizon_days) values ('R', 'R', ${regionZone}, 'EUR', 0, 0, 4)`;
  await tx`insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec, time_zone)
    values ('N', 'R', 'store', 'N', 'N', 0, 0, true, 0, 0, 0, ${nodeZone === regionZone ? null : nodeZone})`;
  await tx`insert into public.node_hours select 'N', d, ${opens!}::time, ${closes!}::time, 3600 from generate_series(1, 7) d`;
  await tx`insert into public.window_rules select 'R', s, d, ${starts!}::time, ${ends!}::time, 0, case s when 'pickup' then 6 end
    from generate_series(1, 7) d, unnest(array['delivery', 'pickup']) s`;
  await tx`insert into public.cut_offs (region_id, service, weekday, order_by, lead_days, least_lead_min)
    select 'R', s, d, ${clock(week.orderBy)}::time, ${week.leadDays}, ${week.leastLeadMin}
    from generate_series(1, 7) d, unnest(array['delivery', 'pickup']) s`;
  await setClock(tx, new Date(instantOf(regionZone, plusDays(day, -1), 5)).toISOString());
  await tx`select from app.open_horizon('R')`;
}

async function undone(work: (tx: Transaction) => Promise<void>): Promise<void> {
  class Undo extends Error {}
  await db.sql
    .begin(async (tx) => {
      await work(tx);
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
}

const week = fc.record({
  hours: span,
  window: span,
  orderBy: quarter.map((minutes) => Math.min(minutes, 1439)),
  leadDays: fc.integer({ min: 0, max: 2 }),
  leastLeadMin: fc.constantFrom(0, 45, 180, 1500),
});

describe("on any day in five zones, the days of both changes among them", () => {
  test("picking hours offer the work of the minutes in which the node is open by its own clock", () =>
    fc.assert(
      fc.asyncProperty(days, days, week, ({ zone, day }, { zone: regionZone }, rules) =>
        undone(async (tx) => {
          await open(tx, regionZone, zone, day, rules);
          const expected = new Map<number, number>();
          // The neighbours too: where a zone is half an hour off, two days share an hour.
          for (const d of [-1, 0, 1]) {
            const [from, to] = rules.hours.map((minutes) => instantOf(zone, plusDays(day, d), minutes));
            for (let at = from!; at < to!; at += MINUTE_MS) {
              const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
              expected.set(hour, (expected.get(hour) ?? 0) + 60);
            }
          }
          const [midnight, next] = [instantOf(zone, day, 0), instantOf(zone, plusDays(day, 1), 0)];
          const rows = await tx`select starts_at, limit_sec from public.work_buckets
            where starts_at > ${new Date(midnight - HOUR_MS)} and starts_at < ${new Date(next)} and limit_sec > 0 order by 1`;
          expect(rows.map((row) => [row.starts_at.getTime(), row.limit_sec])).toEqual(
            [...expected].filter(([hour]) => hour > midnight - HOUR_MS && hour < next).sort(([a], [b]) => a - b),
          );
        }),
      ),
      { numRuns: 60 },
    ));

  test("delivery windows keep the region's clock and pickup windows the node's, and so do their cut-offs", () =>
    fc.assert(
      fc.asyncProperty(days, days, week, ({ zone: regionZone, day }, { zone: nodeZone }, rules) =>
        undone(async (tx) => {
          await open(tx, regionZone, nodeZone, day, rules);
          const expected = (zone: string) => {
            const [starts, ends] = rules.window.map((minutes) => instantOf(zone, day, minutes));
            if (starts! >= ends!) return [];
            const orderBy = Math.min(
              instantOf(zone, plusDays(day, -rules.leadDays), rules.orderBy),
              starts! - rules.leastLeadMin * MINUTE_MS,
            );
            return [{ starts, ends, orderBy }];
          };
          const opened = async (table: string, zone: string) => {
            const rows = await tx`select starts_at, ends_at, order_by_at from ${tx(`public.${table}`)} order by 1`;
            return (
              rows
                .map((row) => ({
                  starts: row.starts_at.getTime(),
                  ends: row.ends_at.getTime(),
                  orderBy: row.order_by_at.getTime(),
                }))
                // A skipped midnight is a minute of the day all the same.
                .filter(({ starts }) => starts === instantOf(zone, day, rules.window[0]))
            );
          };
          expect(await opened("windows", regionZone)).toEqual(expected(regionZone));
          const isOpenThen = rules.hours[0] <= rules.window[0] && rules.hours[1] >= rules.window[1];
          expect(await opened("pickup_windows", nodeZone)).toEqual(isOpenThen ? expected(nodeZone) : []);
        }),
      ),
      { numRuns: 60 },
    ));

  test("a day that the calendar closes is closed by the node's clock, and its neighbours are not", () =>
    fc.assert(
      fc.asyncProperty(days, week, ({ zone, day }, rules) =>
        undone(async (tx) => {
          await open(tx, zone, zone, day, rules);
          const sum = async () => {
            const rows = await tx`select starts_at, limit_sec from public.work_buckets order by 1`;
            return new Map(rows.map((row) => [row.starts_at.getTime(), row.limit_sec]));
          };
          const before = await sum();
          await tx`insert into public.calendar_days (region_id, node_id, day, name) values ('R', 'N', ${day}, 'Feast')`;
          await tx`select app.settle_day('R', array['N'], ${day}, true)`;
          const lost = [...rules.hours].map((minutes) => instantOf(zone, day, minutes));
          const openMs = Math.max(0, lost[1]! - lost[0]!);
          const after = await sum();
          const gone = [...before].reduce((total, [hour, sec]) => total + sec - after.get(hour)!, 0);
          expect(gone).toBe(openMs / 1000);
          await tx`delete from public.calendar_days`;
          await tx`select app.settle_day('R', array['N'], ${day}, true)`;
          expect(await sum()).toEqual(before);
        }),
      ),
      { numRuns: 40 },
    ));
});
