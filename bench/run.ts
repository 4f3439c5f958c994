import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { PROJECT_DIR } from "#bin/project-dir.ts";
import { makeCity } from "#server/travel/city/make-city.ts";
import { writeMap } from "#server/travel/write-map.ts";
import type { Figures } from "./figures.ts";
import { roundFigure } from "./figures.ts";
import { benchFirstLoad } from "./first-load.ts";
import { benchPromise, DEMO, LARGE } from "./promise.ts";
import { benchStockFeed } from "./stock-feed.ts";
import { benchTravel } from "./travel.ts";

/** A real extract beside the checkout; without it the figures of a real city are left out. */
const REAL_EXTRACT = join(PROJECT_DIR, "..", "shared", "data", "osm", "porto.osm.pbf");

/** Everything that must be fast, measured on this machine; progress goes to `log`. */
export async function runBenchmarks(log: (line: string) => void): Promise<Figures> {
  const dir = mkdtempSync(join(tmpdir(), "kept-bench-"));
  const figures: Figures = {};
  try {
    log(
      `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
    );
    const city = join(dir, "city.keptmap");
    await writeMap(makeCity({ seed: 1 }), "generated city, seed 1", city);
    Object.assign(figures, await benchPromise(city, "city", DEMO, log));
    Object.assign(figures, await benchPromise(city, "large", LARGE, log));
    if (existsSync(REAL_EXTRACT)) {
      const porto = join(dir, "porto.keptmap");
      Object.assign(figures, await benchTravel(REAL_EXTRACT, porto, log));
      Object.assign(figures, await benchPromise(porto, "porto", DEMO, log));
    } else {
      log("no real extract beside the checkout: its figures are left out");
    }
    Object.assign(figures, await benchStockFeed(log));
    Object.assign(figures, await benchFirstLoad(join(dir, "web"), log));
    return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, roundFigure(value)]));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
