import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "#server/db/database.ts";
import { importNetwork } from "#server/features/network/import-network.ts";
import { makeNetwork } from "#server/features/network/make-network/make-network.ts";
import { readStreets } from "#server/features/network/make-network/read-streets.ts";
import { writeNetworkFiles } from "#server/features/network/write-csv.ts";
import { compileMap } from "#server/travel/compile-map.ts";
import { openTravel } from "#server/travel/embedded-travel.ts";
import { gridTown } from "#server/travel/grid-town.ts";
import { writeMapFile } from "#server/travel/map-file.ts";
import { cloneDatabase } from "#supabase/local/test-database.ts";
import { copyStock, growNetwork } from "./grow-network.ts";

test("a network of fewer and of more nodes can be imported, and every node has goods and its hours", async () => {
  const dir = mkdtempSync(join(tmpdir(), "kept-grow-network-"));
  try {
    const map = join(dir, "town.keptmap");
    const { header, sections } = compileMap(gridTown(14.4, 35.8, 64, 64, 0.002), "test");
    await writeMapFile(map, header, sections);
    const rows = makeNetwork({ travel: openTravel(map), streets: readStreets(map), seed: 1, timeZone: "Europe/Malta" });
    for (const nodes of [5, 60]) {
      const database = await cloneDatabase();
      const db = openDatabase(database.url, { max: 2 });
      try {
        const folder = join(dir, String(nodes));
        writeNetworkFiles(folder, growNetwork(rows, nodes, 50));
        await importNetwork(db, folder);
        await copyStock(db);
        const [count] = await db`
          select count(*)::integer as nodes,
            (count(*) filter (where exists (select from public.inventory_levels l where l.node_id = n.id)))::integer as "withGoods",
            (count(*) filter (where exists (select from public.work_buckets b where b.node_id = n.id)))::integer as "withHours"
          from public.nodes n`;
        expect(count).toEqual({ nodes, withGoods: nodes, withHours: nodes });
      } finally {
        await db.end({ timeout: 1 });
        await database.drop();
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
