import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatform } from "#bin/platform.ts";
import { stepLog } from "#bin/step-log.ts";
import { EMBED_ORIGINS_VARIABLE } from "#server/domain/embed-host.ts";
import { freePort } from "#supabase/local/free-port.ts";
import { type AnnouncedPlatform, announcedPlatform, announcePlatform, openWorld } from "./world.ts";

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
  const hostOrigin = `http://localhost:${await freePort()}`;
  const ports = { webPort: 0, gatewayPort: 0, postgresPort: 0 };
  const { webUrl, databaseUrl, signIns, stop } = await startPlatform({
    ...ports,
    stateDir,
    mode: "start",
    durable: false,
    env: { [EMBED_ORIGINS_VARIABLE]: hostOrigin },
    log,
  });
  const announced = { webUrl, databaseUrl, signIns, hostOrigin };
  const world = openWorld(announced);
  await world.waitForMorning();
  await world.close();
  return { ...announced, stop };
}
