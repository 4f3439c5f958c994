import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { mapLocation } from "#server/travel/map-location.ts";
import { expectDrawn } from "./map.ts";
import { startThrowaway } from "./platform.setup.ts";
import { chooseAddress, confirm, fillCart, hold, openWindows, plentifulGoods } from "./shopper.ts";
import { expect, expectAccessible, test as onDemo, openWorld, type World } from "./world.ts";

/** A folder of real extracts beside the checkout, where there is one. */
const EXTRACT = join(PROJECT_DIR, "..", "shared", "data", "osm", "porto.osm.pbf");

const test = onDemo.extend<object, { world: World }>({
  world: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures it needs from here.
    async ({}, use) => {
      const stateDir = mkdtempSync(join(tmpdir(), "kept-porto-"));
      importRoads(mapLocation({ KEPT_STATE_DIR: stateDir }));
      const platform = await startThrowaway(stateDir, () => {});
      const world = openWorld(platform);
      await use(world);
      await world.close();
      await platform.stop();
      rmSync(stateDir, { recursive: true, force: true });
    },
    { scope: "worker", timeout: 300_000 },
  ],
});

test.skip(!existsSync(EXTRACT), `needs the real extract ${EXTRACT}`);

test("a shopper in Porto books a window on the city's real streets", async ({ page, openAs, world }) => {
  await fillCart(page, await plentifulGoods(world, 3));
  await page.getByRole("region", { name: "Address" }).getByRole("button", { name: "Pick on the map" }).click();
  const dialog = page.getByRole("dialog");
  await expectDrawn(page, "Map to pick the delivery address on", { count: 20 });
  await expect(dialog.getByText("OpenStreetMap")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();

  await chooseAddress(page);
  await hold(page, openWindows(page).first());
  await confirm(page, "Inês Almeida");
  await expectAccessible(page);

  const tower = await openAs(world.account("ops"), "/ops");
  await expectDrawn(tower, "Nodes, routes and vans of the day", { count: 20 });
  const [region] = await world.sql<{ time_zone: string }[]>`select time_zone from public.regions`;
  expect(region?.time_zone).toBe("Europe/Lisbon");
});

function importRoads(out: string): void {
  const args = [join(PROJECT_DIR, "bin", "kept.js"), "import-roads", EXTRACT, "--out", out, "--name", "Porto"];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`the extract could not be imported: ${stderr}`);
}
