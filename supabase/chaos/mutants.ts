import { dropCheck, type Mutation, mutateFunction } from "#supabase/tests/mutate-function.ts";
import type { ChaosDatabase, ChaosServer } from "./chaos-server.ts";
import { CLAIMS_TAKEN_LATER, CLIENT_STEPS, type ClientSteps, KEY_WRITTEN_FIRST, KEYS_TABLE } from "./client-steps.ts";
import type { Found } from "./findings.ts";
import { type ChaosReport, runChaos } from "./run-chaos.ts";

/** A bug on purpose. The harness must find it, or its silence about the real functions says nothing. */
export interface Mutant {
  readonly name: string;
  readonly functions?: readonly Mutation[];
  /** Table and text of the CHECKs dropped as well: behind them a mutant fails instead of selling twice. */
  readonly checks?: readonly (readonly [table: string, text: string])[];
  /** Statements that make the database another one; `DATABASE` is its name. */
  readonly sql?: readonly string[];
  readonly steps?: Partial<ClientSteps>;
  readonly sweepEveryMs?: number;
  /** More of everything, where a shortage would refuse what the bug lets through. */
  readonly units?: number;
  /** Kills of the server, where only a crash shows it. */
  readonly kills?: number;
}

const UNLOCKED = (of: string, text: string): Mutation => ({ of, text, by: "" });
const ALL_LOCKS_DROPPED: readonly Mutation[] = [
  UNLOCKED("app.lock_resources", "for no key update of l"),
  UNLOCKED("app.lock_resources", "for no key update of b"),
  UNLOCKED("app.lock_resources", "for no key update"),
];
const COMPARISONS_DROPPED: readonly Mutation[] = [
  { of: "app.take_claims", text: "coalesce(l.available, 0) < x.units", by: "false" },
  { of: "app.take_claims", text: "coalesce(b.limit_sec - b.claimed_sec, 0) < x.sec", by: "false" },
  { of: "app.take_claims", text: "coalesce(w.claimed_orders >= w.limit_orders, true)", by: "false" },
  { of: "app.take_claims", text: "coalesce(d.claimed_parcels >= d.limit_parcels, true)", by: "false" },
  { of: "app.take_claims", text: "coalesce(r.claimed_orders >= r.limit_orders, true)", by: "false" },
  { of: "app.take_claims", text: "shift.claimed_weight_g + part.weight_g > shift.limit_weight_g", by: "false" },
];
const LIMITS: Mutant["checks"] = [
  ["public.inventory_levels", "reserved <= on_hand"],
  ["public.work_buckets", "claimed_sec <= limit_sec"],
  ["public.pickup_windows", "claimed_orders <= limit_orders"],
  ["public.carrier_days", "claimed_parcels <= limit_parcels"],
  ["public.lane_runs", "claimed_orders <= limit_orders"],
  ["public.shifts", "claimed_weight_g <= limit_weight_g"],
];

const PARTS_UNLOCKED = (orderId: string) =>
  `array(select f.hold_id from public.fulfilments f where f.order_id = ${orderId} and f.replaced_by is null)`;
const PLENTY = 600;

export const MUTANTS: readonly Mutant[] = [
  { name: "locks dropped", functions: ALL_LOCKS_DROPPED },
  { name: "locks dropped, and the tables' checks", functions: ALL_LOCKS_DROPPED, checks: LIMITS },
  { name: "checks dropped", functions: COMPARISONS_DROPPED },
  { name: "checks dropped, and the tables' checks", functions: COMPARISONS_DROPPED, checks: LIMITS },
  {
    name: "runs of lanes neither locked nor compared, nor checked by their table",
    functions: [
      UNLOCKED("app.lock_resources", "order by r.lane_id, r.day for no key update"),
      { of: "app.take_claims", text: "coalesce(r.claimed_orders >= r.limit_orders, true)", by: "false" },
    ],
    checks: [["public.lane_runs", "claimed_orders <= limit_orders"]],
  },
  {
    name: "confirm without lock",
    functions: [UNLOCKED("app.confirm_hold", "for no key update")],
  },
  {
    name: "confirm without expiry test",
    functions: [{ of: "app.confirm_hold", text: "(hold.state = 'held' and hold.expires_at <= as_of)", by: "false" }],
  },
  { name: "cancel without lock", functions: [UNLOCKED("app.release_hold", "for no key update")] },
  {
    name: "inverse lock order on the release path",
    functions: [
      {
        of: "app.return_claims",
        text: "perform app.lock_resources(giving, '{}');",
        by: `perform from public.work_buckets b
             where (b.node_id, b.starts_at) in (select c.node_id, c.bucket_at from unnest(giving) c where c.kind = 'work')
             order by b.node_id, b.starts_at for no key update;
             perform app.lock_resources(giving, '{}');`,
      },
    ],
  },
  {
    // Locked in the order in which the shopper put them into the cart.
    name: "unsorted lines",
    functions: [
      {
        of: "app.lock_resources",
        text: "unnest(nodes, skus) k (node_id, sku_id)",
        by: "unnest(nodes, skus) with ordinality k (node_id, sku_id, place)",
      },
      { of: "app.lock_resources", text: "order by l.node_id, l.sku_id", by: "order by k.place" },
    ],
  },
  {
    // The time at which the transaction began, however long it has waited since.
    name: "now() for the clock",
    functions: [{ of: "app.now", text: "clock_timestamp()", by: "now()" }],
  },
  {
    name: "synchronous_commit off",
    sql: ["alter database DATABASE set synchronous_commit = off"],
    kills: 5,
  },
  { name: "idempotency key written in another transaction", sql: [KEYS_TABLE], steps: KEY_WRITTEN_FIRST },
  {
    name: "hold and claims in two transactions",
    functions: [{ of: "app.place_hold", text: "perform app.take_claims(requests);", by: "null;" }],
    steps: CLAIMS_TAKEN_LATER,
  },
  { name: "extension without lock", functions: [UNLOCKED("app.extend_hold", "for no key update")], units: PLENTY },
  {
    name: "swap without locking the old hold",
    functions: [UNLOCKED("app.swap_hold", "for no key update")],
    units: PLENTY,
  },
  {
    name: "swap that takes and gives in two steps",
    functions: [
      {
        of: "app.swap_hold",
        text: "perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);",
        by: "",
      },
    ],
    units: PLENTY,
  },
  {
    name: "move that does not give back",
    functions: [UNLOCKED("app.repromise_order", "perform app.return_claims(olds, 'repromised');")],
    units: PLENTY,
  },
  {
    name: "move without locking the order's parts",
    functions: [
      {
        of: "app.repromise_order",
        text: "app.lock_parts(repromise_order.order_id)",
        by: PARTS_UNLOCKED("repromise_order.order_id"),
      },
    ],
    units: PLENTY,
  },
  {
    name: "parking without locking the order's parts",
    functions: [
      { of: "app.park_order", text: "app.lock_parts(park_order.order_id)", by: PARTS_UNLOCKED("park_order.order_id") },
    ],
    units: PLENTY,
  },
  {
    name: "parking that gives back what the order claims",
    functions: [
      {
        of: "app.park_order",
        text: "as_of := app.now();",
        by: "as_of := app.now(); perform app.return_claims(parts, 'rejected');",
      },
    ],
    units: PLENTY,
  },
  {
    name: "picking that does not ask whether the order is parked",
    functions: [{ of: "app.mark_ready", text: "app.is_parked(f.order_id)", by: "false" }],
    units: PLENTY,
  },
  {
    // Two of one checkout count before either has committed.
    name: "limits counted without waiting",
    functions: [{ of: "app.lock_hold_keys", text: "pg_advisory_xact_lock(k.number)", by: "k.number" }],
  },
  {
    // Nobody gets what an expired hold claims before somebody has swept it, and the sweeper has much else to do.
    name: "sweeper-dependent availability",
    sweepEveryMs: 6000,
  },
];

/** The functions as they are, under the conditions of the mutants: a harness that cries always catches everything. */
export const CONTROL: Mutant = { name: "no bug", kills: 1 };

/** How a mutant is looked for: small, hard, and until the first finding. */
export interface Hunt {
  readonly attempts: number;
  readonly connections: number;
  readonly seed: number;
  readonly signal?: AbortSignal;
  onProgress?(made: number): void;
}

const SCARCE_UNITS = 90;
const CRASHES = 0.05;
const JUDGE_EVERY = 150;

/** Runs the harness on the mutant in a fresh database. The first thing found is undefined where nothing was. */
export async function hunt(
  server: ChaosServer,
  mutant: Mutant,
  { attempts, connections, seed, signal, onProgress }: Hunt,
): Promise<{ readonly found: Found | undefined; readonly report: ChaosReport }> {
  const database = await server.createDatabase(mutant.units ?? SCARCE_UNITS);
  try {
    await plant(mutant, database);
    const report = await runChaos(server, database, {
      attempts,
      connections,
      crash: CRASHES,
      kills: mutant.kills ?? 0,
      seed,
      steps: { ...CLIENT_STEPS, ...mutant.steps },
      sweepEveryMs: mutant.sweepEveryMs,
      judgeEvery: JUDGE_EVERY,
      signal,
      onProgress,
    });
    return { found: report.found[0], report };
  } finally {
    await database.drop();
  }
}

async function plant({ functions = [], checks = [], sql: statements = [] }: Mutant, database: ChaosDatabase) {
  const sql = database.open();
  try {
    for (const mutation of functions) await mutateFunction(sql, mutation);
    for (const [table, text] of checks) await dropCheck(sql, table, text);
    for (const statement of statements) await sql.unsafe(statement.replace("DATABASE", database.name));
  } finally {
    await sql.end();
  }
}
