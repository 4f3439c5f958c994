import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { asCaller } from "#server/db/database.ts";
import { openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";

import { caller, deliveryRequest, pickupRequest, placeHold } from "#supabase/tests/network-fixture.ts";

// The worker as it ships: a process of its own on a database of its own.

let world: TestWorld;
let worker: ChildProcess;
beforeAll(async () => {
  world = await openTestWorld();
  worker = fork(join(PROJECT_DIR, "server/jobs/worker.ts"), {
    env: { ...process.env, ...world.env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(worker, "message");
});
afterAll(async () => {
  worker.kill("SIGTERM");
  await once(worker, "exit");
  await world.close();
});

/** Asks until the answer is there; what the worker does is done in its own time. */
async function eventually<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (let i = 0; i < 200; i++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not happen within ten seconds");
}

const snapshotVersion = async () =>
  (await world.sql`select version::int from public.edge_snapshots`)[0]?.version as number | undefined;

test("a hold whose time is over is given back without anybody asking", async () => {
  const holdId = randomUUID();
  const request = await pickupRequest(world.sql);
  await placeHold(world.sql, holdId, request, 1);
  const state = await eventually(async () => {
    const [row] = await world.sql`select state from public.holds where id = ${holdId} and state <> 'held'`;
    return row?.state;
  });
  expect(state).toBe("expired");
  const [open] = await world.sql`select sum(units)::int as units from public.claims where hold_id = ${holdId}`;
  expect(open!.units).toBe(0);
});

test("a change of capacity publishes a new snapshot for the edge, and empties the outbox", async () => {
  const before = await eventually(snapshotVersion);
  await asCaller(
    world.sql,
    caller(world.network.staff.storeA),
    (tx) => tx`select app.set_capacity('STORE-A', '2026-03-02T09:00:00Z', 0)`,
  );
  const free = await eventually(async () => {
    const [row] = await world.sql`select version::int, body from public.edge_snapshots where version > ${before}`;
    const store = row?.body.nodes["STORE-A"];
    const hour = store?.hours.indexOf(Date.parse("2026-03-02T09:00:00Z") / 1000);
    return store && store.freeSec[hour] === 0 ? store.freeSec[hour] : undefined;
  });
  expect(free).toBe(0);
  expect(
    await eventually(async () => ((await world.sql`select from app.outbox`).length === 0 ? true : undefined)),
  ).toBe(true);
});

test("a stop that was planned with loose legs is tightened to what the roads say", async () => {
  const holdId = randomUUID();
  const request = await deliveryRequest(world.sql, world.network, { holdId, legSec: 1800 });
  await placeHold(world.sql, holdId, request);
  const version = await eventually(async () => {
    const [row] =
      await world.sql`select plan_version from public.shifts where id = ${request.shift_id} and plan_version > 1`;
    return row?.plan_version;
  });
  expect(version).toBe(2);
});

test("a job that a killed worker left locked is done by the next, and so is what queued behind it", async () => {
  const jobs = () => world.sql`select locked_by from graphile_worker.jobs where queue_name = 'improve_routes'`;
  const add = (key: string) => world.sql`
    select from graphile_worker.add_job('improve_routes', json_build_object('shiftId', ${randomUUID()}::text),
      queue_name => 'improve_routes', job_key => ${key}, run_at => now() + interval '1 hour')`;
  await add("lost");
  await add("behind");
  // What a kill -9 leaves: the lock on a job and on its queue, of a worker that is no more.
  await world.sql.begin(async (sql) => {
    await sql`
      update graphile_worker._private_job_queues set locked_by = 'pool-killed', locked_at = now() - interval '3 minutes'
      where queue_name = 'improve_routes'`;
    await sql`
      update graphile_worker._private_jobs set run_at = now(),
        locked_by = case key when 'lost' then 'pool-killed' end,
        locked_at = case key when 'lost' then now() - interval '3 minutes' end
      where key in ('lost', 'behind')`;
  });
  await eventually(async () => ((await jobs()).length === 0 ? true : undefined));
}, 20_000);

test("told to stop, it finishes what it is at and leaves", async () => {
  const second = fork(join(PROJECT_DIR, "server/jobs/worker.ts"), {
    env: { ...process.env, ...world.env },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await once(second, "message");
  second.kill("SIGTERM");
  const [code] = await once(second, "exit");
  expect(code).toBe(0);
});
