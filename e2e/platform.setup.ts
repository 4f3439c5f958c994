import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { startPlatform } from "#bin/platform.ts";
import { stepLog } from "#bin/step-log.ts";
import { type AnnouncedPlatform, announcedPlatform, announcePlatform } from "./world.ts";

/** Starts everything once, unless a platform was announced to us: throwaway data in the demo city, free ports. */
export default async function setup(): Promise<() => Promise<void>> {
  if (announcedPlatform()) return async () => {};
  const stateDir = mkdtempSync(join(tmpdir(), "kept-e2e-"));
  const platform = await startThrowaway(stateDir, stepLog());
  announcePlatform(platform);
  return async () => {
    await platform.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
}

/** A platform on the map of `stateDir`, or in the demo city; with the build that all starters share. */
export async function startThrowaway(
  stateDir: string,
  log: (line: string) => void,
): Promise<AnnouncedPlatform & { stop(): Promise<void> }> {
  const ports = { webPort: 0, gatewayPort: 0, postgresPort: 0 };
  const { webUrl, databaseUrl, signIns, stop } = await startPlatform({
    ...ports,
    stateDir,
    mode: "start",
    durable: false,
    log,
  });
  await startInTheMorning(databaseUrl);
  return { webUrl, databaseUrl, signIns, stop };
}

/** Sets the platform's clock to the next 06:00 there: a whole day of windows lies ahead, at whatever hour the tests run. */
async function startInTheMorning(databaseUrl: string): Promise<void> {
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
