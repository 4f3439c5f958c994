import { afterAll, beforeAll, expect, test } from "vitest";
import { EdgeSnapshotBody } from "#server/domain/edge-snapshot.ts";
import { openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { promiseServices } from "./promise-services.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

async function build(): Promise<{ version: number; body: EdgeSnapshotBody }> {
  const version = await buildSnapshot(promiseServices(world.platform), "LISBOA");
  const [row] = await world.sql`select version::int, body from public.edge_snapshots`;
  expect(row!.version).toBe(version);
  return { version, body: EdgeSnapshotBody.parse(row!.body) };
}

const at = (hour: number) => Date.parse(`2026-03-02T${String(hour).padStart(2, "0")}:00:00Z`) / 1000;

test("a snapshot says what each node can still pick, drive and hand over, and rises in version", async () => {
  const first = await build();
  const store = first.body.nodes["STORE-A"]!;
  expect(store.hours[0]).toBe(at(8));
  expect(store.freeSec[0]).toBe(10_800);
  expect(store.windows).toHaveLength(8 * 4);
  expect(store.windows[0]).toEqual({ start: at(10), end: at(12), freeG: 200_000, freeMl: 1_000_000 });
  expect(store.pickups[0]).toEqual({ start: at(10), end: at(12), free: 6 });
  expect(first.body.nodes["DC-1"]!.windows).toEqual([]);
  expect((await build()).version).toBe(first.version + 1);
});

test("a window leaves the snapshot when no van of the node could stop once more", async () => {
  await world.sql`update public.shifts set ends_at = starts_at + interval '3 hours' where node_id = 'STORE-B'`;
  const { body } = await build();
  const starts = body.nodes["STORE-B"]!.windows.filter((window) => window.start < at(23)).map((window) => window.start);
  expect(starts).toEqual([at(10), at(12)]);
});

test("a full van leaves what the roomiest one has, and a shift that has left does not count", async () => {
  await world.sql`update public.shifts set claimed_weight_g = limit_weight_g - 500, plan_version = plan_version + 1 where vehicle_id = 'VAN-A1'`;
  await world.sql`update public.shifts set state = 'cancelled' where vehicle_id = 'VAN-A2'`;
  expect((await build()).body.nodes["STORE-A"]!.windows[0]!.freeG).toBe(500);
  await world.sql`update public.shifts set state = 'cancelled'`;
  expect((await build()).body.nodes["STORE-A"]!.windows).toEqual([]);
});

test("of two that were built at once the later reading stays, and one of before the clock was set back does not", async () => {
  const { version } = await build();
  let building: Promise<number> = Promise.resolve(0);
  await world.sql.begin(async (tx) => {
    await tx`update public.edge_snapshots set version = version`;
    building = buildSnapshot(promiseServices(world.platform), "LISBOA");
    await expect
      .poll(
        async () =>
          (
            await world.sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%edge_snapshots%'`
          ).length,
      )
      .toBe(1);
    await tx`update public.edge_snapshots set version = version + 1, built_at = app.now(), body = '{"of": "the later"}'`;
  });
  expect(await building).toBe(version + 1);
  const [kept] = await world.sql`select body from public.edge_snapshots`;
  expect(kept!.body).toEqual({ of: "the later" });

  await world.sql`update public.edge_snapshots set built_at = app.now() + interval '1 day'`;
  expect((await build()).version).toBe(version + 2);
});
