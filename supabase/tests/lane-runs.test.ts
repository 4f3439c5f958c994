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

/** A centre FAR and a store NEAR with a lane between them, opened for days from the region's midnight of `from` on. */
async function open(
  tx: Transaction,
  zones: { readonly far: string; readonly near: string },
  from: string,
  days: number,
  terms: Record<string, unknown> = {},
): Promise<void> {
  await setClock(tx, "2026-01-01T00:00:00Z");
  await tx`insert into public.regions (id, name, time_zone, currency, lng, lat, horizon_days) values ('R', 'R', ${zones.far}, 'EUR', 0, 0, ${days})`;
  await tx`insert into public.nodes (id, region_id, kind, name, address, lng, lat, offers_pickup, pick_setup_sec, pick_line_sec, pick_unit_sec, time_zone)
    values ('FAR', 'R', 'distribution_centre', 'Far', 'F', 0, 0, false, 0, 0, 0, null),
           ('NEAR', 'R', 'store', 'Near', 'N', 0, 0, true, 0, 0, 0, ${zones.near})`;
  const lane = {
    id: "L",
    from_node_id: "FAR",
    to_node_id: "NEAR",
    departs: "14:00",
    arrives: "15:30",
    handling_min: 45,
    base_cents: 90,
    kg_cents: 3,
    limit_orders: 5,
    ...terms,
  };
  await tx`insert into public.lanes ${tx(lane)}`;
  const [midnight] = await tx`select ${from}::date::timestamp at time zone ${zones.far} as at`;
  await setClock(tx, midnight!.at.toISOString());
  await tx`select from app.open_horizon('R')`;
}

const LISBON = { far: "Europe/Lisbon", near: "Europe/Lisbon" };

/** "day: leaves arrives ready, orders that it takes", and whether it is closed. */
const runs = async (tx: Transaction) =>
  (
    await tx`select day::text, leaves_at, arrives_at, ready_at, limit_orders, usual_orders from public.lane_runs order by day`
  ).map(
    ({ day, leaves_at, arrives_at, ready_at, limit_orders, usual_orders }) =>
      `${day}: ${[leaves_at, arrives_at, ready_at].map((at: Date) => at.toISOString().slice(5, 16)).join(" ")}, ${limit_orders}${usual_orders === null ? "" : " closed"}`,
  );

/** No hold is behind what a test claims by hand, and the ledger is looked at when it ends. */
const giveBack = (tx: Transaction) => tx`update public.lane_runs set claimed_orders = 0`;

test("a run keeps the local times of its lane on both sides of a change of the clock", () =>
  rolledBack(db.sql, async (tx) => {
    // Lisbon goes to summer time on Sunday 29 March.
    await open(tx, LISBON, "2026-03-28", 2);
    expect(await runs(tx)).toEqual([
      "2026-03-28: 03-28T14:00 03-28T15:30 03-28T16:15, 5",
      "2026-03-29: 03-29T13:00 03-29T14:30 03-29T15:15, 5",
    ]);
  }));

test.each([
  ["Europe/Madrid", "Europe/Lisbon", "2026-06-01: 06-01T12:00 06-01T14:30 06-01T15:15, 5"],
  ["Europe/Lisbon", "Asia/Kolkata", "2026-06-01: 06-01T13:00 06-02T10:00 06-02T10:45, 5"],
  ["Pacific/Auckland", "America/New_York", "2026-06-01: 06-01T02:00 06-02T19:30 06-02T20:15, 5"],
])("a run from %s to %s leaves by the one clock and arrives by the other", (far, near, run) =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, { far, near }, "2026-06-01", 1, { arrives_after_days: near === "Europe/Lisbon" ? 0 : 1 });
    expect(await runs(tx)).toEqual([run]);
  }),
);

test("a lane leaves on its weekdays alone, and one that is not in use leaves on none", () =>
  rolledBack(db.sql, async (tx) => {
    // 1 June 2026 is a Monday.
    await open(tx, LISBON, "2026-06-01", 7, { works_on: "135" });
    expect((await runs(tx)).map((run) => run.slice(0, 10))).toEqual(["2026-06-01", "2026-06-03", "2026-06-05"]);
    await tx`insert into public.lanes (id, from_node_id, to_node_id, departs, arrives, base_cents, kg_cents, limit_orders, is_active)
      values ('IDLE', 'FAR', 'NEAR', '08:00', '09:00', 0, 0, 1, false)`;
    await tx`select from app.open_horizon('R')`;
    expect(await runs(tx)).toHaveLength(3);
  }));

test("a run that would arrive before it leaves is left out", () =>
  rolledBack(db.sql, async (tx) => {
    // Half past two in Paris is half past one in Lisbon.
    await open(tx, { far: "Europe/Lisbon", near: "Europe/Paris" }, "2026-06-01", 1, {
      departs: "14:00",
      arrives: "14:30",
    });
    expect(await runs(tx)).toEqual([]);
  }));

test("a closed node sends nothing and receives nothing, and its runs come back with its day", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, LISBON, "2026-06-01", 3, { departs: "20:00", arrives: "07:00", arrives_after_days: 1 });
    const close = async (node: string, day: string) => {
      await tx`insert into public.calendar_days (region_id, node_id, day, name) values ('R', ${node}, ${day}, 'Works')`;
      await tx`select app.settle_day('R', ${[node]}, ${day}, true)`;
    };
    await tx`update public.lane_runs set claimed_orders = 2 where day = '2026-06-01'`;
    await close("NEAR", "2026-06-02");
    await close("FAR", "2026-06-03");
    // What leaves on Monday would arrive on Tuesday: what is claimed of it stays.
    expect((await runs(tx)).map((run) => run.slice(0, 10) + run.slice(run.indexOf(",")))).toEqual([
      "2026-06-01, 2 closed",
      "2026-06-02, 5",
      "2026-06-03, 0 closed",
    ]);
    await tx`update public.lane_runs set claimed_orders = 1 where day = '2026-06-01'`;
    expect((await runs(tx))[0]).toContain(", 1 closed");
    await tx`delete from public.calendar_days`;
    for (const day of ["2026-06-02", "2026-06-03"])
      await tx`select app.settle_day('R', array['FAR', 'NEAR'], ${day}, true)`;
    expect((await runs(tx)).map((run) => run.slice(run.indexOf(",")))).toEqual([", 5", ", 5", ", 5"]);
    await giveBack(tx);
  }));

test("a day that is closed before it is opened is opened closed", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, LISBON, "2026-06-01", 1);
    await tx`insert into public.calendar_days (region_id, node_id, day, name) values ('R', null, '2026-06-02', 'Holiday')`;
    await tx`update public.regions set horizon_days = 2`;
    await tx`select from app.open_horizon('R')`;
    expect((await runs(tx))[1]).toBe("2026-06-02: 06-02T13:00 06-02T14:30 06-02T15:15, 0 closed");
  }));

test("other times date the runs anew with which nothing is promised, and every run is read again", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, LISBON, "2026-06-01", 2);
    await tx`update public.lane_runs set claimed_orders = 1 where day = '2026-06-01'`;
    const revisions = () => tx`select revision from public.lane_runs order by day`;
    const before = await revisions();
    await tx`update public.lanes set departs = '15:00', arrives = '17:00', base_cents = 100`;
    expect(await runs(tx)).toEqual([
      "2026-06-01: 06-01T13:00 06-01T14:30 06-01T15:15, 5",
      "2026-06-02: 06-02T14:00 06-02T16:00 06-02T16:45, 5",
    ]);
    expect((await revisions()).every(({ revision }, i) => revision > before[i]!.revision)).toBe(true);
    await giveBack(tx);
  }));

test("a lane out of use offers nothing more and keeps what is promised; in use again it offers what it did", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, LISBON, "2026-06-01", 2);
    await tx`update public.lane_runs set claimed_orders = 1 where day = '2026-06-01'`;
    const limits = async () => (await runs(tx)).map((run) => run.slice(run.indexOf(",")));
    await tx`update public.lanes set is_active = false`;
    expect(await limits()).toEqual([", 1 closed", ", 0 closed"]);
    await tx`update public.lanes set is_active = true, works_on = '2'`;
    expect(await limits()).toEqual([", 1 closed", ", 5"]);
    await tx`update public.lanes set works_on = '1234567'`;
    expect(await limits()).toEqual([", 5", ", 5"]);
    await giveBack(tx);
  }));

test("no run takes more orders than its limit, whatever the locks", () =>
  rolledBack(db.sql, async (tx) => {
    await open(tx, LISBON, "2026-06-01", 1);
    const beyond = tx.savepoint((inner) => inner`update public.lane_runs set claimed_orders = 6`);
    await expect(beyond).rejects.toMatchObject({ code: "23514" });
  }));
