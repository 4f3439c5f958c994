import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startPlatform } from "#bin/platform.ts";
import { stepLog } from "#bin/step-log.ts";
import { announcePlatform } from "./world.ts";

/** Starts everything once: throwaway data in the demo city, free ports, the build that all starters share. */
export default async function setup(): Promise<() => Promise<void>> {
  const stateDir = mkdtempSync(join(tmpdir(), "kept-e2e-"));
  const ports = { webPort: 0, gatewayPort: 0, postgresPort: 0 };
  const platform = await startPlatform({ ...ports, stateDir, mode: "start", durable: false, log: stepLog() });
  await startInTheMorning(platform.databaseUrl);
  const { webUrl, databaseUrl, signIns } = platform;
  announcePlatform({ webUrl, databaseUrl, signIns });
  return async () => {
    await platform.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
}

/** Sets the platform's clock to the next 06:00 there: a whole day of windows lies ahead, at whatever hour the tests run. */
export async function startInTheMorning(databaseUrl: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql`
    update app.clock set shift = (
      select min(morning) - clock_timestamp()
      from public.regions r, generate_series(0, 1) day,
        lateral (select (((clock_timestamp() at time zone r.time_zone)::date + day) + time '06:00') at time zone r.time_zone as morning) m
      where morning > clock_timestamp()
    )`;
  await sql.end();
}
