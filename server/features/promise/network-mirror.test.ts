import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES, setClock } from "#supabase/tests/network-fixture.ts";
import { createNetworkMirror, type NetworkMirror } from "./network-mirror.ts";
import { readNodes, readQuoteFacts } from "./queries.ts";
import { readFacts } from "./quote-facts.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

const nodes = [NODES.storeA, NODES.storeB, NODES.dc];

async function read(mirror: NetworkMirror): Promise<() => void> {
  const since = mirror.asOf;
  const row = await readQuoteFacts(world.sql, world.network.regionId, [], since);
  return () => mirror.absorb(row.changes, since, row.nowSec);
}

async function contents(mirror: NetworkMirror): Promise<unknown> {
  const { nowSec } = await readQuoteFacts(world.sql, world.network.regionId, [], "9999999999");
  return {
    work: nodes.map((node) => mirror.workOf(node)),
    pickups: nodes.map((node) => mirror.pickupsOf(node, nowSec)),
    runs: nodes.map((node) => mirror.runsOf(node, nowSec)),
    laneRuns: nodes.map((node) => mirror.laneRunsTo(node, nowSec)),
    shifts: mirror.plannedShifts(nodes, nowSec),
  };
}

/** What one of three writers does: it begins, writes one of its own rows, and ends, interleaved with the others. */
const step = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    writer: fc.nat(2),
    row: fc.nat(1),
    table: fc.nat(3),
    value: fc.nat(500),
  }),
  fc.record({ kind: fc.constantFrom("commit" as const, "rollback" as const), writer: fc.nat(2) }),
  fc.record({ kind: fc.constant("read" as const), late: fc.boolean() }),
);

test("whatever overlaps and in whatever order answers arrive, a mirror that has absorbed them holds what the tables hold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const mirror = createNetworkMirror();
      (await read(mirror))();
      const writers = [0, 1, 2].map(openWriter);
      const late: (() => void)[] = [];
      for (const now of steps) {
        if (now.kind === "read") {
          const absorb = await read(mirror);
          if (now.late) late.unshift(absorb);
          else absorb();
        } else if (now.kind === "write") await writers[now.writer]!.write(now.table, now.value);
        else await writers[now.writer]!.end(now.kind === "commit");
      }
      for (const writer of writers) await writer.end(true);
      for (const absorb of late) absorb();
      (await read(mirror))();
      const fresh = createNetworkMirror();
      (await read(fresh))();
      expect(await contents(mirror)).toEqual(await contents(fresh));
    }),
    { numRuns: 60 },
  );
});

test("a further reading finds only what has changed", async () => {
  const mirror = createNetworkMirror();
  // Transactions anywhere in the cluster hold the horizon back for as long as they run, so it may take a few readings.
  await expect
    .poll(async () => {
      (await read(mirror))();
      await world.sql`update public.work_buckets set limit_sec = limit_sec + 1, target_sec = target_sec + 1
        where node_id = ${NODES.dc} and starts_at = (select max(starts_at) from public.work_buckets)`;
      const { changes } = await readQuoteFacts(world.sql, world.network.regionId, [], mirror.asOf);
      return [changes.hours.nodeId, changes.pickups.id, changes.shifts.id, changes.runs.nodeId];
    })
    .toEqual([[NODES.dc], [], [], []]);
});

test("when the clock is set back everything is read anew", async () => {
  const mirror = createNetworkMirror();
  const facts = () => readFacts(world.sql, mirror, world.network.regionId, []);
  await setClock(world.sql, "2026-03-03T12:00:00Z");
  expect((await facts()).workOf(NODES.storeA).startSec).toHaveLength(12 * 8 - 12 - 4);
  await setClock(world.sql, "2026-03-02T06:00:00Z");
  expect((await facts()).workOf(NODES.storeA).startSec).toHaveLength(12 * 8);
});

test("the nodes are read again only when one of them was written, or to which doors its vans go", async () => {
  const mirror = createNetworkMirror();
  const nodesNow = async () => (await readFacts(world.sql, mirror, world.network.regionId, [])).nodes;
  const unchanged = await nodesNow();
  expect(unchanged).toEqual(await readNodes(world.sql, world.network.regionId));
  expect(await nodesNow()).toBe(unchanged);

  const area = (mostDriveSec: number) =>
    world.sql`insert into public.service_areas (node_id, most_drive_sec) values (${NODES.storeA}, ${mostDriveSec})`;
  const noArea = () => world.sql`delete from public.service_areas where node_id = ${NODES.storeA}`;
  const changes = [
    () => world.sql`update public.nodes set paused_at = app.now() where id = ${NODES.storeA}`,
    () => world.sql`update public.nodes set paused_at = null where id = ${NODES.storeA}`,
    () => area(900),
    () =>
      world.sql`update public.service_areas set most_drive_sec = 600, revision = default where node_id = ${NODES.storeA}`,
    noArea,
  ];
  let former = unchanged;
  for (const change of changes) {
    await change();
    const now = await nodesNow();
    expect(now).not.toBe(former);
    expect(now).toEqual(await readNodes(world.sql, world.network.regionId));
    former = now;
  }
});

test("a reading that overlaps a later one is not taken for a clock that was set back", async () => {
  const mirror = createNetworkMirror();
  const row = await readQuoteFacts(world.sql, world.network.regionId, [], mirror.asOf);
  mirror.absorb(row.changes, mirror.asOf, row.nowSec);
  expect(mirror.covers(row.nowSec - 2)).toBe(true);
  expect(mirror.covers(row.nowSec - 3600)).toBe(false);
});

test("rows that mirrors know cannot be deleted", async () => {
  for (const table of ["work_buckets", "pickup_windows", "shifts", "carrier_days"])
    await expect(world.sql`delete from ${world.sql(`public.${table}`)} where false`).rejects.toThrow("are kept");
});

/** A transaction that stays open between its steps. Writers share no rows, so none waits for another. */
function openWriter(writer: number) {
  let running: { tx: Transaction; end: (commit: boolean) => void; ended: Promise<unknown> } | undefined;

  async function begin() {
    const undo = new Error("rolled back");
    return new Promise<NonNullable<typeof running>>((resolve) => {
      const ended = world.sql
        .begin(
          (tx) =>
            new Promise<void>((done, fail) =>
              resolve({
                tx,
                end: (commit) => (commit ? done() : fail(undo)),
                get ended() {
                  return ended;
                },
              }),
            ),
        )
        .catch((error) => {
          if (error !== undo) throw error;
        });
    });
  }

  return {
    async write(table: number, value: number) {
      running ??= await begin();
      const offset = writer;
      const { tx } = running;
      if (table === 0)
        await tx`update public.work_buckets set claimed_sec = ${value} where (node_id, starts_at) =
          (select node_id, starts_at from public.work_buckets where starts_at > app.now() order by node_id, starts_at offset ${offset} limit 1)`;
      if (table === 1)
        await tx`update public.pickup_windows set claimed_orders = ${value % 6} where id =
          (select id from public.pickup_windows order by id offset ${offset} limit 1)`;
      if (table === 2)
        await tx`update public.shifts set plan_version = plan_version + 1, state = ${value % 2 ? "planned" : "cancelled"} where id =
          (select id from public.shifts order by id offset ${offset} limit 1)`;
      if (table === 3)
        await tx`update public.carrier_days set claimed_parcels = ${value % 20} where (carrier_id, node_id, day) =
          (select carrier_id, node_id, day from public.carrier_days order by carrier_id, node_id, day offset ${offset} limit 1)`;
    },
    async end(commit: boolean) {
      running?.end(commit);
      await running?.ended;
      running = undefined;
    },
  };
}
