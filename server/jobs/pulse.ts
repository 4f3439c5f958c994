import type { Database } from "#server/db/database.ts";

const BEAT_MS = 125;
const SWEEP_EVERY_BEATS = 8;
const FORECAST_EVERY_BEATS = 40;
const UNLOCK_EVERY_BEATS = 40;

/**
 * The worker's heartbeat: turns what commits left in the outbox into jobs, and the passing of time into sweeps.
 *
 * The reservation's own transaction only inserts an outbox row; the enqueueing, whose NOTIFY serialises commits, happens
 * here. Rows leave the outbox in the transaction that enqueues their jobs, so a crash loses none. A job's key makes many
 * changes of one region one refresh, and `preserve_run_at` keeps a stream of changes from postponing it for ever. A region
 * is refreshed by one worker at a time and at most five times a second, however many workers there are: what changes
 * meanwhile waits in the outbox and is shown by the next refresh.
 */
export function startPulse(db: Database, report: (error: unknown) => void): { stop(): Promise<void> } {
  let stopped = false;
  let beat = 0;

  async function run(): Promise<void> {
    while (!stopped) {
      const started = performance.now();
      try {
        await drainOutbox(db);
        if (beat % SWEEP_EVERY_BEATS === 0) {
          await sweepDueHolds(db);
          await refreshOldSnapshots(db);
        }
        if (beat % FORECAST_EVERY_BEATS === 0)
          await db`select graphile_worker.add_job('forecast_shifts', job_key => 'forecast_shifts')`;
        if (beat % UNLOCK_EVERY_BEATS === 0) await unlockLostJobs(db);
        beat++;
      } catch (error) {
        report(error);
      }
      await pause(Math.max(20, BEAT_MS - (performance.now() - started)));
    }
  }

  let wake: () => void = () => {};
  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, stopped ? 0 : ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  const running = run();
  return {
    async stop() {
      stopped = true;
      wake();
      await running;
    },
  };
}

async function drainOutbox(db: Database): Promise<void> {
  await db`
    with taken as (
      delete from app.outbox where id in (
        select o.id from app.outbox o
        where not exists (
            select from public.edge_snapshots s
            where s.region_id = o.region_id and s.built_at between app.now() - interval '200 milliseconds' and app.now())
          and not exists (
            select from graphile_worker.jobs j where j.key = 'refresh_snapshot ' || o.region_id and j.locked_at is not null)
        order by o.id limit 500 for update of o skip locked)
      returning region_id, kind, shift_id
    ),
    regions as (
      select graphile_worker.add_job('refresh_snapshot', json_build_object('regionId', region_id),
        job_key => 'refresh_snapshot ' || region_id, job_key_mode => 'preserve_run_at')
      from (select distinct region_id from taken) r
    ),
    routes as (
      select graphile_worker.add_job('improve_routes', json_build_object('shiftId', shift_id), queue_name => 'improve_routes',
        run_at => now() + interval '1 second', job_key => 'improve_routes ' || shift_id, job_key_mode => 'preserve_run_at')
      from (select distinct shift_id from taken where shift_id is not null) s
    )
    select (select count(*) from regions), (select count(*) from routes)`;
}

async function sweepDueHolds(db: Database): Promise<void> {
  await db`
    select graphile_worker.add_job('expire_holds', job_key => 'expire_holds')
    where exists (select from public.holds where state = 'held' and expires_at <= app.now())`;
}

/** The edge trusts a snapshot for a minute: with nothing changing it is still made anew, since hours pass and vans leave. */
async function refreshOldSnapshots(db: Database): Promise<void> {
  await db`
    select graphile_worker.add_job('refresh_snapshot', json_build_object('regionId', r.id),
      job_key => 'refresh_snapshot ' || r.id, job_key_mode => 'preserve_run_at')
    from public.regions r left join public.edge_snapshots s on s.region_id = r.id
    where s.built_at is null or s.built_at not between app.now() - interval '25 seconds' and app.now() + interval '1 second'`;
}

/**
 * Gives back the jobs of a worker that was killed at them, and with them their queue: the library itself waits four
 * hours, in which no route would be improved. No task takes nearly as long as two minutes, and one that did would run
 * twice, which every task bears.
 */
async function unlockLostJobs(db: Database): Promise<void> {
  await db`
    select graphile_worker.force_unlock_workers(array_agg(locked_by)) from graphile_worker.jobs
    where locked_at < now() - interval '2 minutes' having count(*) > 0`;
}
