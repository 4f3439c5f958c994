import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import { HoldId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import { type Caller, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, setClock } from "#supabase/tests/network-fixture.ts";
import { forecastShifts } from "./forecast-shifts.ts";
import { improveRoutes } from "./improve-routes.ts";

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
  // One node, so that all stops ride on its two vans.
  await world.sql`update public.nodes set paused_at = now() where id <> 'STORE-A'`;
});
afterAll(() => world.close());

/** Holds one bread for the door in the window at the hour (Lisbon, UTC in March) and returns the hold. */
async function book(lng: number, lat: number, hour = 12): Promise<HoldId> {
  const lines = [{ skuId: SkuId.parse("BREAD"), units: 1 }];
  const destination = { lng, lat, address: "Rua do Teste" };
  const view = await shopper.promise.quote({ regionId: RegionId.parse("LISBOA"), lines, destination });
  const window = view.delivery.find((w) => w.startsAt.startsWith(`2026-03-02T${hour}`));
  if (!window?.open) throw new Error("the window is closed");
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.offer, lines, destination });
  return holdId;
}

async function confirm(holdId: HoldId): Promise<void> {
  const customer = { name: "Ana", phone: "910000000", note: "" };
  await shopper.promise.confirm({ holdId, orderId: OrderId.parse(randomUUID()), customer });
}

const asOps = (work: Parameters<typeof asCaller>[2]) => asCaller(world.sql, caller(world.network.staff.ops), work);
const routes = () => world.sql`
  select t.hold_id, t.shift_id, t.position, t.leg_sec, t.start_at, t.window_starts_at, t.window_ends_at from public.stops t order by t.shift_id, t.position`;

test("a removed stop leaves its detour behind, and the worker tightens the route", async () => {
  // Three doors on one street; with the far one in the middle removed, the van no longer drives there.
  await book(-9.15, 38.75);
  const far = await book(-9.2, 38.7);
  await book(-9.155, 38.75);
  const total = async () => {
    const [sum] = await world.sql`
      select (select sum(leg_sec) from public.stops)::int + (select sum(return_leg_sec) from public.shifts)::int as sec`;
    return sum!.sec as number;
  };
  const before = await total();
  await shopper.promise.release({ holdId: far });
  expect(await total()).toBe(before);

  const [shift] = await world.sql`select shift_id from public.stops limit 1`;
  const improved = await improveRoutes(world.platform.db, world.platform.travel(), shift!.shift_id);
  expect(improved).not.toBeNull();
  expect(await total()).toBeLessThan(before);
  expect(await improveRoutes(world.platform.db, world.platform.travel(), shift!.shift_id)).toEqual({
    shifts: 0,
    movedStops: 0,
    savedCents: 0,
  });
});

test("an improvement moves stops, keeps every window, and leaves loaded orders where they are", async () => {
  // Each door was put where it cost least when it was booked: of nine, not the cheapest plan.
  const holds: HoldId[] = [];
  for (let i = 0; i < 9; i++) holds.push(await book(-9.19 + ((i * 5) % 9) * 0.008, 38.7 + ((i * 4) % 9) * 0.007));
  await confirm(holds[0]!);
  const [loaded] = await world.sql`
    select t.shift_id, f.id as fulfilment_id from public.fulfilments f join public.stops t on t.hold_id = f.hold_id`;
  await asOps(async (tx) => {
    await tx`select app.mark_ready(${loaded!.fulfilment_id})`;
    await tx`select app.hand_over(${loaded!.fulfilment_id})`;
  });

  const result = await improveRoutes(world.platform.db, world.platform.travel(), loaded!.shift_id);
  expect(result!.movedStops).toBeGreaterThan(0);
  expect(result!.savedCents).toBeGreaterThan(1);
  for (const stop of await routes()) {
    expect(stop.start_at >= stop.window_starts_at && stop.start_at < stop.window_ends_at).toBe(true);
  }
  expect((await routes()).map((stop) => stop.hold_id).sort()).toEqual([...holds].sort());
  expect((await routes()).find((stop) => stop.hold_id === holds[0])!.shift_id).toBe(loaded!.shift_id);
  const [loads] = await world.sql`
    select sum(claimed_weight_g)::int as claimed, (select sum(weight_g) from public.stops)::int as planned from public.shifts`;
  expect(loads!.claimed).toBe(loads!.planned);
});

test("a plan that moved on while the search ran is left for the next run", async () => {
  await book(-9.15, 38.75);
  const far = await book(-9.2, 38.7);
  await book(-9.155, 38.75);
  await shopper.promise.release({ holdId: far });
  const [shift] = await world.sql`select shift_id from public.stops limit 1`;
  // The travel times are asked for after the plan was read and before it is written: there the plan moves on.
  const travel = world.platform.travel();
  const overtaken = {
    ...travel,
    snapAll: travel.snapAll.bind(travel),
    manyToMany: travel.manyToMany.bind(travel),
    periodAt: travel.periodAt.bind(travel),
  };
  const locker = world.sql.begin(async (tx) => {
    await tx`select from public.shifts where id = ${shift!.shift_id} for no key update`;
    await tx`update public.shifts set plan_version = plan_version + 1 where id = ${shift!.shift_id}`;
    // The improvement reads the old version, computes, and waits for this lock to write.
    const improving = improveRoutes(world.platform.db, overtaken, shift!.shift_id);
    await waitUntilBlocked();
    return { improving };
  });
  const { improving } = await locker;
  expect(await improving).toBeNull();
});

async function waitUntilBlocked(): Promise<void> {
  for (let i = 0; i < 500; i++) {
    const [row] = await world.sql`
      select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (row!.waiting > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("nobody waited for the lock");
}

test("a van that cannot make a window any more is an exception before the window has passed, and stops being one", async () => {
  const holdId = await book(-9.15, 38.735, 12);
  await confirm(holdId);
  const [fulfilment] = await world.sql`select id from public.fulfilments`;
  const [stop] = await world.sql`select id, shift_id from public.stops`;
  await asOps(async (tx) => {
    await tx`select app.mark_ready(${fulfilment!.id})`;
    await tx`select app.hand_over(${fulfilment!.id})`;
    await tx`select app.start_shift(${stop!.shift_id})`;
  });
  const open = () => world.sql`select data from public.exceptions where kind = 'van_late' and resolved_at is null`;

  await setClock(world.sql, "2026-03-02T11:00:00Z");
  expect(await forecastShifts(world.platform.db)).toBe(1);
  expect(await open()).toHaveLength(0);
  const [eta] = await world.sql`select eta_at from public.stops`;
  expect(eta!.eta_at.getTime()).toBeGreaterThanOrEqual(Date.parse("2026-03-02T11:00:00Z"));

  await setClock(world.sql, "2026-03-02T14:00:30Z");
  await forecastShifts(world.platform.db);
  await forecastShifts(world.platform.db);
  const [late] = await open();
  expect(late!.data.late_sec).toBeGreaterThan(30);

  await asOps(async (tx) => {
    await tx`select app.arrive(${stop!.id})`;
    await tx`select app.finish_stop(${stop!.id}, 'delivered')`;
  });
  expect(await open()).toHaveLength(0);
});
