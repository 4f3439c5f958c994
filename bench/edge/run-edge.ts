import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { quoteCart } from "#server/features/promise/quote-cart.ts";
import { makeCity } from "#server/travel/city/make-city.ts";
import { writeMap } from "#server/travel/write-map.ts";
import { type BenchRegion, fillRoutes, openBenchRegion } from "../bench-region.ts";
import { endOnSignal } from "../end-on-signal.ts";
import { measureRequestRate } from "./request-rate.ts";
import { runWorker } from "./run-worker.ts";
import { measureFreshness } from "./snapshot-freshness.ts";
import { type DemandRun, measureVerdicts } from "./verdict-errors.ts";

// npm run bench:edge: how soon the edge knows, how often it is wrong, and what it costs beside an empty handler; some four
// minutes on a stack of its own. Arguments: the seconds of demand, 90 unless given; and "verdicts" for nothing but the demand.

const SEED = 1;
const FRESHNESS_HOLDS = 40;
const RATE_ROUNDS = 3;

async function main(demandSec: number, isDemandOnly: boolean): Promise<void> {
  const load = () => `load ${loadavg()[0]!.toFixed(1)}`;
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown processor"}, Node ${process.version}, ${load()}`,
  );
  const dir = mkdtempSync(join(tmpdir(), "kept-bench-"));
  const map = join(dir, "city.keptmap");
  await writeMap(makeCity({ seed: SEED }), "generated city, seed 1", map);
  const region = await openBenchRegion(map, SEED);
  const worker = await runWorker(region, map);
  try {
    if (!isDemandOnly) await measureRegion(region, load);
    await makeScarce(region);
    const { placed } = await fillRoutes(region, 60, 4);
    console.log(`${placed} stops planned in a region made scarce; ${demandSec} s of demand`);
    const run = await measureVerdicts(region, demandSec, SEED);
    printErrors(run);
    console.log(load());
  } finally {
    await worker.stop();
    await region.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measureRegion(region: BenchRegion, load: () => string): Promise<void> {
  const [counter] = await region.db`select id from public.nodes where offers_pickup order by id limit 1`;
  for (const [name, value] of Object.entries(await measureFreshness(region, counter!.id, FRESHNESS_HOLDS, "quiet")))
    console.log(`${name}  ${value.toFixed(0)}`);

  for (const { host, checkPerSec, emptyPerSec, echoPerSec } of await rates(region))
    console.log(
      `${host}: ${checkPerSec.toFixed(0)} checks a second, ${emptyPerSec.toFixed(0)} answers of 204: ${((100 * checkPerSec) / emptyPerSec).toFixed(0)} %; ${echoPerSec.toFixed(0)} of a handler that reads a body and answers JSON: ${((100 * checkPerSec) / echoPerSec).toFixed(0)} % (${load()})`,
    );
}

async function rates(region: BenchRegion) {
  let offer: string | undefined;
  while (!offer) {
    const { delivery } = await quoteCart(region.services, region.draw());
    offer = delivery.flatMap((window) => (window.open ? [window.offer] : []))[0];
  }
  const bindings = {
    SUPABASE_URL: region.stack.gatewayUrl,
    PUBLISHABLE_KEY: region.stack.publishableKey,
    OFFER_PUBLIC_JWK: JSON.stringify(region.services.offerKeys.publicJwk),
    KEPT_RATE_LIMITS: "check=999999/999999",
  };
  return measureRequestRate(bindings, offer, RATE_ROUNDS);
}

/** Two days of windows, few small vans and few places at the counters: a minute of demand meets full ones again and again. */
async function makeScarce({ db }: BenchRegion): Promise<void> {
  await db`delete from public.windows where starts_at > app.now() + interval '54 hours'`;
  await db`
    update public.shifts s set state = 'cancelled' from (
      select id, row_number() over (partition by date_trunc('day', starts_at) order by id) as n from public.shifts where state = 'planned'
    ) r where r.id = s.id and r.n > 6`;
  await db`update public.shifts set limit_weight_g = greatest(60000, claimed_weight_g) where state = 'planned'`;
  await db`update public.pickup_windows set limit_orders = greatest(1, claimed_orders) where starts_at > app.now()`;
}

function printErrors({ rows, refusals, rejects, quotes, holds, ageP50, ageP95 }: DemandRun): void {
  console.log(
    `${quotes} quotes, ${holds} holds; the edge's snapshot was ${ageP50.toFixed(0)} ms old at the median, ${ageP95.toFixed(0)} ms at p95`,
  );
  const percent = (part: number, of: number) => (of === 0 ? "" : `${((100 * part) / of).toFixed(1)} %`);
  console.log(
    "| snapshot at least so old | said ok | refused all the same | said gone | could be had all the same | unsure |",
  );
  console.log("|---|---|---|---|---|---|");
  for (const { ageMs, ok, falseAccepts, gone, falseRejects, unsure } of rows) {
    const age = ageMs === undefined ? "as the edge works" : `${ageMs / 1000} s`;
    console.log(
      `| ${age} | ${ok} | ${falseAccepts} (${percent(falseAccepts, ok)}) | ${gone} | ${falseRejects} (${percent(falseRejects, gone)}) | ${unsure} |`,
    );
  }
  const listed = (counts: ReadonlyMap<string, number>) =>
    [...counts].map(([what, count]) => `${what}: ${count}`).join("; ") || "none";
  console.log(`refused though ok: ${listed(refusals)}`);
  console.log(`could be had though gone: ${listed(rejects)}`);
}

endOnSignal();
await main(Number(process.argv[2] ?? 90), process.argv[3] === "verdicts");
