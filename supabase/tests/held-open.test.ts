import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import { dropCheck, type Mutation, mutateFunction } from "./mutate-function.ts";
import {
  confirmHold,
  deliveryRequest,
  extendHold,
  from,
  type HoldRequest,
  insertLane,
  insertNetwork,
  instant,
  type Network,
  NODES,
  parcelRequest,
  parkOrder,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  placeTwoVans,
  replaceFulfilment,
  repromiseOrder,
  setClock,
  swapHold,
  transferRequest,
  twoVanParts,
  VANS,
  withoutStops,
} from "./network-fixture.ts";
import { attempt, holdOpen, type Outcome, openSession, type Session, waits } from "./session.ts";

// Races without luck: one transaction is held open, the other is seen waiting for it in pg_blocking_pids, and only then
// does the first one end. Each race is run on the functions as they are and on mutants without a safeguard; a mutant
// must be noticed, or the test proves nothing. Behind some safeguards stands a CHECK or UNIQUE: then the mutant does not
// oversell but fails with its 23514 or 23505, which is no refusal that a shopper could be told. Where that last line is
// taken away too, the mutant sells the same unit twice.

interface World {
  readonly db: TestDatabase;
  readonly network: Network;
  /** Two shoppers, drivers or workers. */
  readonly a: Session;
  readonly b: Session;
}

interface Verdict {
  readonly first: Outcome;
  /** Whether the second had to wait for the first. */
  readonly waited: boolean;
  readonly second: Outcome;
  /** Names of the invariants that the outcome breaks. */
  readonly broken: readonly string[];
  /** Whatever else the race wants to be known. */
  readonly left?: unknown;
}

interface Race {
  readonly name: string;
  run(world: World, end: "commit" | "rollback"): Promise<Verdict>;
  readonly afterCommit: Partial<Verdict>;
  readonly afterRollback?: Partial<Verdict>;
  /** Each must give another verdict than the function it was made from. */
  readonly mutants: Readonly<Record<string, MutantWorld>>;
}

interface MutantWorld {
  readonly functions: readonly Mutation[];
  /** Table and text of a check to drop as well. */
  readonly checks?: readonly (readonly [table: string, text: string])[];
  /** What the mutant does instead, once the first has committed. */
  readonly noticedAs: Partial<Verdict>;
}

let stocked: TestDatabase;
let network: Network;
beforeAll(async () => {
  stocked = await cloneDatabase();
  network = await insertNetwork(stocked.sql);
  await stocked.sql.end();
});
afterAll(() => stocked.drop());

let open: TestDatabase[] = [];
let sessions: Session[] = [];
afterEach(async () => {
  await Promise.all(sessions.map((s) => s.end()));
  await Promise.all(open.map((db) => db.drop()));
  open = [];
  sessions = [];
});

async function createWorld(): Promise<World> {
  const db = await cloneDatabase(stocked);
  open.push(db);
  const [a, b] = [await openSession(db.url), await openSession(db.url)];
  sessions.push(a, b);
  return { db, network, a, b };
}

type Work = (tx: Transaction) => Promise<unknown>;

/** Runs `first` and keeps it open, starts `second`, waits until it waits (or is done), ends `first`, and judges. */
async function race(
  { db, a, b }: World,
  end: "commit" | "rollback",
  first: Work,
  second: Work,
  between?: () => Promise<unknown>,
): Promise<Verdict> {
  const held = await holdOpen(a, first);
  await between?.();
  const other = attempt(b, second);
  const waited = await waits(db.sql, other);
  const firstOutcome = await (end === "commit" ? held.commit() : held.rollback());
  const secondOutcome = await other.outcome;
  const broken = violations(await auditLedger(db.sql)).map(({ invariant }) => invariant.name);
  return { first: firstOutcome, waited, second: secondOutcome, broken };
}

/** The same call by a person: role and claims of the session are those of `userId` until the transaction ends. */
function as(userId: string, work: Work): Work {
  return async (tx) => {
    const claims = JSON.stringify({ sub: userId, role: "authenticated" });
    await tx`select set_config('request.jwt.claims', ${claims}, true), set_config('role', 'authenticated', true)`;
    await work(tx);
  };
}

const place = (request: HoldRequest | readonly HoldRequest[], holdId = randomUUID()): Work => {
  const id = [request].flat()[0]!.route?.stops.at(-1)?.id ?? holdId;
  return (tx) => placeHold(tx, id, request);
};

/** Two shoppers ask for the last of something. */
function lastOne(
  name: string,
  refusal: string,
  prepare: (world: World) => Promise<[HoldRequest, HoldRequest]>,
  mutants: Race["mutants"],
  isHour = refusal === "KPWRK",
): Race {
  return {
    name: `the last ${name} is held once`,
    async run(world, end) {
      const [mine, yours] = await prepare(world);
      // Picked in another hour, unless the hour is what they compete for: they shall meet at that one resource.
      return race(world, end, place(mine), place(isHour ? yours : inTheNextHour(yours)));
    },
    afterCommit: { first: "done", waited: true, second: refusal, broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants,
  };
}

/** The same request with its picking at nine. */
function inTheNextHour(request: HoldRequest): HoldRequest {
  return { ...request, work: [{ starts_at: instant(9), sec: request.pick_sec }] };
}

const LEVELS_UNLOCKED = {
  of: "app.lock_resources",
  text: "order by l.node_id, l.sku_id for no key update of l",
  by: "",
};
const HOURS_UNLOCKED = {
  of: "app.lock_resources",
  text: "order by b.node_id, b.starts_at for no key update of b",
  by: "",
};
const SHIFTS_UNLOCKED = { of: "app.lock_resources", text: "order by s.id for no key update", by: "" };
const UNLOCKED = { text: "for no key update", by: "" };
const CHECK_REFUSED = { second: "23514", broken: [] };

/** Moves an order to another window, as its shopper does. */
const move =
  (orderId: string, request: HoldRequest, holdId = request.route?.stops.at(-1)?.id ?? randomUUID()): Work =>
  (tx) =>
    repromiseOrder(tx, orderId, holdId, request);

/** Operations park an order. */
const park = (network: Network, orderId: string): Work => as(network.staff.ops, (tx) => parkOrder(tx, orderId));

const PARTS_UNLOCKED = { of: "app.lock_parts", ...UNLOCKED };
const NOT_ASKED_AGAIN = {
  of: "app.repromise_order",
  text: "if app.has_other_parts(o.id, olds) then",
  by: "if false then",
};

const PICKING_SHARE = "picking of an hour";

/** What two carts of one channel can meet at, of which its share is one cart's. A van's time goes to whoever knows its route. */
const LAST_OF_A_SHARE: readonly {
  readonly name: string;
  prepare(world: World): Promise<[HoldRequest, HoldRequest]>;
}[] = [
  {
    name: PICKING_SHARE,
    prepare: async ({ db }) => [
      await pickupRequest(db.sql, { cart: { BREAD: 1 } }),
      await pickupRequest(db.sql, { cart: { MILK: 1 }, hour: 12 }),
    ],
  },
  {
    name: "place in a pickup window",
    prepare: async ({ db }) => [
      await pickupRequest(db.sql, { cart: { BREAD: 1 } }),
      await pickupRequest(db.sql, { cart: { MILK: 1 } }),
    ],
  },
  {
    name: "parcel of a carrier's day",
    prepare: async () => [parcelRequest({ cart: { BREAD: 1 } }), parcelRequest({ cart: { MILK: 1 } })],
  },
];

const RACES: readonly Race[] = [
  lastOne(
    "unit on a shelf",
    "KPSTK",
    async ({ db }) => {
      await db.sql`update public.inventory_levels set safety = 49 where node_id = ${NODES.storeA} and sku_id = 'ICE'`;
      return [
        await pickupRequest(db.sql, { cart: { ICE: 1 } }),
        await pickupRequest(db.sql, { cart: { ICE: 1 }, hour: 12 }),
      ];
    },
    {
      // The second one compares before the first has committed; the stock kept for safety is sold.
      "without the lock": {
        functions: [LEVELS_UNLOCKED],
        noticedAs: { second: "done" },
      },
      "without the comparison": {
        functions: [{ of: "app.take_claims", text: "coalesce(l.available, 0) <", by: "0 >" }],
        noticedAs: { second: "done" },
      },
    },
  ),
  lastOne(
    "unit in a store, with nothing kept for safety",
    "KPSTK",
    async ({ db }) => {
      await db.sql`update public.inventory_levels set on_hand = 1 where node_id = ${NODES.storeA} and sku_id = 'ICE'`;
      await db.sql`insert into public.stock_movements (node_id, sku_id, units, reason) values (${NODES.storeA}, 'ICE', -49, 'count')`;
      return [
        await pickupRequest(db.sql, { cart: { ICE: 1 } }),
        await pickupRequest(db.sql, { cart: { ICE: 1 }, hour: 12 }),
      ];
    },
    {
      "without the lock": {
        functions: [LEVELS_UNLOCKED],
        noticedAs: CHECK_REFUSED,
      },
      "without the lock and the check": {
        functions: [LEVELS_UNLOCKED],
        checks: [["public.inventory_levels", "reserved <= on_hand"]],
        noticedAs: { second: "done", broken: ["nothing-over-its-limit"] },
      },
    },
  ),
  lastOne(
    "unit that a channel may have",
    "KPSTK",
    async ({ db }) => {
      await db.sql`insert into public.channels (region_id, id, name) values ('LISBOA', 'MARKET', 'The market')`;
      await db.sql`insert into public.channel_safety (region_id, channel_id, sku_id, node_id, units)
        values ('LISBOA', 'MARKET', 'ICE', ${NODES.storeA}, 49)`;
      return [
        { ...(await pickupRequest(db.sql, { cart: { ICE: 1 } })), channel_id: "MARKET" },
        { ...(await pickupRequest(db.sql, { cart: { ICE: 1 }, hour: 12 })), channel_id: "MARKET" },
      ];
    },
    {
      // Nothing is oversold: what others were to have is.
      "without the lock": {
        functions: [LEVELS_UNLOCKED],
        noticedAs: { second: "done" },
      },
      "without the comparison": {
        functions: [{ of: "app.take_claims", text: "l.available - k.units < x.units", by: "false" }],
        noticedAs: { second: "done" },
      },
    },
  ),
  ...LAST_OF_A_SHARE.map(({ name, prepare }) =>
    lastOne(
      `${name} that a channel may have`,
      "KPSHR",
      async (world) => {
        await world.db
          .sql`insert into public.channels (region_id, id, name, picking_percent, pickup_percent, parcel_percent)
          values ('LISBOA', 'MARKET', 'The market', 1, 17, 5)`;
        const [mine, yours] = await prepare(world);
        return [
          { ...mine, channel_id: "MARKET" },
          { ...yours, channel_id: "MARKET" },
        ];
      },
      {
        // Nothing is oversold: what others were to have is, and the table of the shares says by how much.
        "without the comparison": {
          functions: [{ of: "app.take_shares", text: "one.units > one.most", by: "false" }],
          noticedAs: CHECK_REFUSED,
        },
        "without the comparison and the check": {
          functions: [{ of: "app.take_shares", text: "one.units > one.most", by: "false" }],
          checks: [["public.claim_shares", "units <= most"]],
          noticedAs: { second: "done", broken: ["channel-keeps-to-its-share"] },
        },
        "that asks before anything is claimed": {
          functions: [
            {
              of: "app.place_hold",
              text: "perform app.take_claims(requests);\n    perform app.check_hold_shares(requests);\n    perform app.check_calendar(requests);\n    perform app.check_channel(requests);",
              by: "perform app.check_channel(requests);\n    perform app.take_claims(requests);\n    perform app.check_hold_shares(requests);\n    perform app.check_calendar(requests);",
            },
          ],
          noticedAs: { second: "done" },
        },
      },
      name === PICKING_SHARE,
    ),
  ),
  lastOne(
    "picking seconds of an hour",
    "KPWRK",
    async ({ db }) => {
      const [mine, yours] = [
        await pickupRequest(db.sql, { cart: { BREAD: 1 } }),
        await pickupRequest(db.sql, { cart: { MILK: 1 }, hour: 12 }),
      ];
      await db.sql`update public.work_buckets set target_sec = ${mine.pick_sec}, limit_sec = ${mine.pick_sec}
        where node_id = ${NODES.storeA} and starts_at = ${mine.work[0]!.starts_at}`;
      return [mine, yours];
    },
    {
      "without the lock": {
        functions: [HOURS_UNLOCKED],
        noticedAs: CHECK_REFUSED,
      },
      "without the lock and the check": {
        functions: [HOURS_UNLOCKED],
        checks: [["public.work_buckets", "claimed_sec <= limit_sec"]],
        noticedAs: { second: "done", broken: ["hour-follows-its-target", "nothing-over-its-limit"] },
      },
    },
  ),
  lastOne(
    "place in a pickup window",
    "KPWIN",
    async ({ db }) => {
      const [mine, yours] = [
        await pickupRequest(db.sql, { cart: { BREAD: 1 } }),
        await pickupRequest(db.sql, { cart: { MILK: 1 } }),
      ];
      await db.sql`update public.pickup_windows set limit_orders = 1 where id = ${mine.pickup_window_id!}`;
      return [mine, yours];
    },
    {
      "without the lock": {
        functions: [{ of: "app.lock_resources", text: "order by w.id for no key update", by: "" }],
        noticedAs: CHECK_REFUSED,
      },
      "without the comparison": {
        functions: [{ of: "app.take_claims", text: "coalesce(w.claimed_orders >= w.limit_orders, true)", by: "false" }],
        noticedAs: CHECK_REFUSED,
      },
      "without the comparison and the check": {
        functions: [{ of: "app.take_claims", text: "coalesce(w.claimed_orders >= w.limit_orders, true)", by: "false" }],
        checks: [["public.pickup_windows", "claimed_orders <= limit_orders"]],
        noticedAs: { second: "done", broken: ["nothing-over-its-limit"] },
      },
    },
  ),
  lastOne(
    "parcel of a carrier's day",
    "KPCAR",
    async ({ db }) => {
      await db.sql`update public.carrier_days set limit_parcels = 1`;
      return [parcelRequest({ cart: { BREAD: 1 } }), parcelRequest({ cart: { MILK: 1 } })];
    },
    {
      "without the lock": {
        functions: [
          { of: "app.lock_resources", text: "order by d.carrier_id, d.node_id, d.day for no key update", by: "" },
        ],
        noticedAs: CHECK_REFUSED,
      },
      "without the comparison": {
        functions: [
          { of: "app.take_claims", text: "coalesce(d.claimed_parcels >= d.limit_parcels, true)", by: "false" },
        ],
        noticedAs: CHECK_REFUSED,
      },
      "without the comparison and the check": {
        functions: [
          { of: "app.take_claims", text: "coalesce(d.claimed_parcels >= d.limit_parcels, true)", by: "false" },
        ],
        checks: [["public.carrier_days", "claimed_parcels <= limit_parcels"]],
        noticedAs: { second: "done", broken: ["nothing-over-its-limit"] },
      },
    },
  ),
  lastOne(
    "place on a run of a lane",
    "KPRUN",
    async ({ db }) => {
      await insertLane(db.sql, { limit_orders: 1 });
      return [
        await transferRequest(db.sql, { cart: { BREAD: 1 } }),
        await transferRequest(db.sql, { cart: { MILK: 1 }, hour: 16 }),
      ];
    },
    {
      "without the lock": {
        functions: [{ of: "app.lock_resources", text: "order by r.lane_id, r.day for no key update", by: "" }],
        noticedAs: CHECK_REFUSED,
      },
      "without the comparison": {
        functions: [{ of: "app.take_claims", text: "coalesce(r.claimed_orders >= r.limit_orders, true)", by: "false" }],
        noticedAs: CHECK_REFUSED,
      },
      "without the comparison and the check": {
        functions: [{ of: "app.take_claims", text: "coalesce(r.claimed_orders >= r.limit_orders, true)", by: "false" }],
        checks: [["public.lane_runs", "claimed_orders <= limit_orders"]],
        noticedAs: { second: "done", broken: ["nothing-over-its-limit"] },
      },
    },
  ),
  lastOne(
    "version of a route",
    "KPPLN",
    async ({ db, network }) => [
      await deliveryRequest(db.sql, network, { cart: { BREAD: 1 } }),
      await deliveryRequest(db.sql, network, { cart: { MILK: 1 } }),
    ],
    {
      // The route of the second does not name the stop of the first: the caller's bug, where it is nobody's.
      "without the shift's lock": {
        functions: [SHIFTS_UNLOCKED],
        noticedAs: { second: "KPBUG" },
      },
      "without the comparison of versions": {
        functions: [
          { of: "app.take_claims", text: "shift.plan_version is distinct from part.plan_version", by: "false" },
        ],
        noticedAs: { second: "KPBUG" },
      },
      "without the lock and the comparison of the route's stops": {
        functions: [
          SHIFTS_UNLOCKED,
          { of: "app.write_route", text: "where planned.id is null or named.id is null", by: "where false" },
          { of: "app.write_route", text: "jsonb_array_length(route -> 'stops') <>", by: "0 >" },
        ],
        // Two stops at one position, at the same time: only the unique constraint is left to object, at the commit.
        noticedAs: { second: "KPBUG" },
      },
    },
  ),
  {
    name: "a hold on a van that is leaving is refused",
    async run(world, end) {
      const { db, network } = world;
      const { fulfilmentId } = await placeDelivery(db.sql, network);
      await db.sql.begin(async (tx) => {
        await as(
          network.staff.storeA,
          (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`,
        )(tx);
      });
      const asked = await deliveryRequest(db.sql, network);
      const leave = as(network.staff.driverA, (tx) => tx`select app.start_shift(${asked.shift_id})`);
      return race(world, end, leave, place(asked));
    },
    afterCommit: { first: "done", waited: true, second: "KPDEP", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the shift's lock": {
        functions: [SHIFTS_UNLOCKED],
        noticedAs: { second: "done", broken: ["shift-agrees-with-its-stops"] },
      },
    },
  },
  {
    name: "a van does not leave without the order that is being placed on it",
    async run(world, end) {
      const { db, network } = world;
      const { fulfilmentId } = await placeDelivery(db.sql, network);
      await db.sql.begin(async (tx) => {
        await as(
          network.staff.storeA,
          (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`,
        )(tx);
      });
      const asked = await deliveryRequest(db.sql, network);
      const leave = as(network.staff.driverA, (tx) => tx`select app.start_shift(${asked.shift_id})`);
      return race(world, end, place(asked), leave);
    },
    afterCommit: { first: "done", waited: true, second: "KPLOD", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the shift's lock": {
        functions: [
          {
            of: "app.start_shift",
            text: "s.id = start_shift.shift_id for no key update",
            by: "s.id = start_shift.shift_id",
          },
        ],
        noticedAs: { second: "done", broken: ["shift-agrees-with-its-stops"] },
      },
    },
  },
  {
    name: "a hold that is being released is not confirmed",
    async run(world, end) {
      const holdId = randomUUID();
      await placeHold(world.db.sql, holdId, await pickupRequest(world.db.sql));
      return race(
        world,
        end,
        (tx) => tx`select app.release_hold(${holdId})`,
        (tx) => confirmHold(tx, holdId),
      );
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.confirm_hold", ...UNLOCKED }],
        noticedAs: {
          second: "done",
          broken: ["live-hold-has-its-goods", "live-hold-has-its-work", "pickup-has-one-place"],
        },
      },
    },
  },
  {
    name: "a hold that is being confirmed is not released",
    async run(world, end) {
      const holdId = randomUUID();
      await placeHold(world.db.sql, holdId, await pickupRequest(world.db.sql));
      return race(
        world,
        end,
        (tx) => confirmHold(tx, holdId),
        (tx) => tx`select app.release_hold(${holdId})`,
      );
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.release_hold", ...UNLOCKED }],
        noticedAs: {
          second: "done",
          broken: ["confirmed-hold-has-its-order", "fulfilment-agrees-with-its-hold", "state-has-its-event"],
        },
      },
    },
  },
  {
    name: "a hold is confirmed for one order",
    async run(world, end) {
      const holdId = randomUUID();
      await placeHold(world.db.sql, holdId, await pickupRequest(world.db.sql));
      return race(
        world,
        end,
        (tx) => confirmHold(tx, holdId),
        (tx) => confirmHold(tx, holdId),
      );
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.confirm_hold", ...UNLOCKED }],
        noticedAs: { second: "23505" },
      },
    },
  },
  {
    name: "a hold that is being confirmed as its time ends is passed over by the sweeper",
    async run(world, end) {
      const { sql } = world.db;
      const holdId = randomUUID();
      await placeHold(sql, holdId, await pickupRequest(sql), 600);
      const verdict = await race(
        world,
        end,
        (tx) => confirmHold(tx, holdId),
        (tx) => tx`select app.expire_holds()`,
        () => setClock(sql, instant(6.5)),
      );
      const [hold] = await sql`select state from public.holds where id = ${holdId}`;
      return { ...verdict, left: hold?.state };
    },
    afterCommit: { first: "done", waited: false, second: "done", broken: [], left: "confirmed" },
    afterRollback: { first: "rolled back", waited: false, second: "done", broken: [], left: "held" },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.expire_holds", text: "for no key update skip locked", by: "" }],
        noticedAs: { left: "expired" },
      },
    },
  },
  {
    name: "a hold that is being released as its time ends is passed over by the sweeper",
    async run(world, end) {
      const { sql } = world.db;
      const holdId = randomUUID();
      await placeHold(sql, holdId, await pickupRequest(sql), 600);
      const verdict = await race(
        world,
        end,
        (tx) => tx`select app.release_hold(${holdId})`,
        (tx) => tx`select app.expire_holds()`,
        () => setClock(sql, instant(6.5)),
      );
      const [hold] = await sql`select state from public.holds where id = ${holdId}`;
      return { ...verdict, left: hold?.state };
    },
    afterCommit: { first: "done", waited: false, second: "done", broken: [], left: "released" },
    afterRollback: { first: "rolled back", waited: false, second: "done", broken: [], left: "held" },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.expire_holds", text: "for no key update skip locked", by: "" }],
        noticedAs: { waited: true, ...CHECK_REFUSED },
      },
    },
  },
  {
    name: "a hold that the sweeper is ending is not released a second time",
    async run(world, end) {
      const { sql } = world.db;
      const holdId = randomUUID();
      await placeHold(sql, holdId, await pickupRequest(sql), 600);
      await setClock(sql, instant(6.5));
      const verdict = await race(
        world,
        end,
        (tx) => tx`select app.expire_holds()`,
        (tx) => tx`select app.release_hold(${holdId})`,
      );
      const [hold] = await sql`select state from public.holds where id = ${holdId}`;
      return { ...verdict, left: hold?.state };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: "expired" },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: "released" },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.release_hold", ...UNLOCKED }],
        noticedAs: CHECK_REFUSED,
      },
    },
  },
  {
    name: "the sweeper gives back what another shopper's hold of the same goods is waited for",
    async run(world, end) {
      const { sql } = world.db;
      await placeHold(sql, randomUUID(), await pickupRequest(sql), 60);
      const asked = inTheNextHour(await pickupRequest(sql, { hour: 12 }));
      await setClock(sql, instant(6.5));
      const verdict = await race(world, end, place(asked), (tx) => tx`select app.expire_holds()`);
      const [level] =
        await sql`select reserved from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
      return { ...verdict, left: level?.reserved };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: 2 },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: 0 },
    mutants: {
      // Both read what is reserved before either has written.
      "with a total computed before the lock": {
        functions: [
          {
            of: "app.return_claims",
            text: "set reserved = l.reserved - c.units",
            by: "set reserved = c.before - c.units",
          },
          {
            of: "app.return_claims",
            text: "from (select c.node_id, c.sku_id, sum(c.units)::integer as units from unnest(giving) c where c.kind = 'stock' group by 1, 2) c",
            by: `from (select o.node_id, o.sku_id, sum(o.units)::integer as units, max(x.reserved) as before from unnest(giving) o
                  join public.inventory_levels x on (x.node_id, x.sku_id) = (o.node_id, o.sku_id) where o.kind = 'stock' group by 1, 2) c`,
          },
          LEVELS_UNLOCKED,
        ],
        noticedAs: { broken: ["stock-claims-add-up"] },
      },
    },
  },
  {
    name: "one client id places one hold",
    async run(world, end) {
      const asked = await pickupRequest(world.db.sql);
      const holdId = randomUUID();
      const verdict = await race(world, end, place(asked, holdId), place(asked, holdId));
      const [claims] = await world.db.sql`select count(*)::int as stock from public.claims where kind = 'stock'`;
      return { ...verdict, left: claims?.stock };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: 1 },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: 1 },
    mutants: {
      "that inserts without asking for a conflict": {
        functions: [{ of: "app.begin_hold", text: "on conflict (id) do nothing", by: "" }],
        noticedAs: { second: "23505" },
      },
    },
  },
  {
    name: "a plan that was computed before a hold is refused",
    async run(world, end) {
      const { db, network } = world;
      await placeDelivery(db.sql, network);
      const asked = await deliveryRequest(db.sql, network);
      const plans = [
        {
          shift_id: asked.shift_id,
          plan_version: asked.plan_version,
          route: { ...asked.route, stops: asked.route.stops.slice(0, 1) },
        },
      ];
      return race(world, end, place(asked), (tx) => tx`select app.apply_plan(${tx.json(plans as never)})`);
    },
    afterCommit: { first: "done", waited: true, second: "KPPLN", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the shifts' lock": {
        functions: [{ of: "app.apply_plan", text: "order by s.id for no key update", by: "" }],
        noticedAs: { second: "KPBUG" },
      },
      "without the comparison of versions": {
        functions: [{ of: "app.apply_plan", text: "p.plan_version is distinct from p.expected", by: "false" }],
        noticedAs: { second: "KPBUG" },
      },
    },
  },
  {
    name: "an order that is being loaded does not change vans",
    async run(world, end) {
      const { db, network } = world;
      const { fulfilmentId } = await placeDelivery(db.sql, network);
      await db.sql.begin((tx) => as(network.staff.storeA, (s) => s`select app.mark_ready(${fulfilmentId})`)(tx));
      const from = await deliveryRequest(db.sql, network);
      const to = await deliveryRequest(db.sql, network, { shiftId: network.shifts[VANS.a2]! });
      const plans = [
        {
          shift_id: from.shift_id,
          plan_version: from.plan_version,
          route: { return_leg_sec: 0, return_leg_m: 0, stops: [] },
        },
        {
          shift_id: to.shift_id,
          plan_version: to.plan_version,
          route: { ...from.route, stops: from.route.stops.slice(0, 1) },
        },
      ];
      const load = as(network.staff.storeA, (tx) => tx`select app.hand_over(${fulfilmentId})`);
      return race(world, end, load, (tx) => tx`select app.apply_plan(${tx.json(plans as never)})`);
    },
    afterCommit: { first: "done", waited: true, second: "KPPLN", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the holds' lock": {
        functions: [{ of: "app.apply_plan", text: "order by h.id for no key update", by: "" }],
        noticedAs: { second: "done" },
      },
      "without asking what is loaded": {
        functions: [{ of: "app.apply_plan", text: "f.state not in ('to_pick', 'ready')", by: "false" }],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "an order that is being rejected is not handed over",
    async run(world, end) {
      const { db, network } = world;
      const { fulfilmentId } = await placePickup(db.sql);
      await db.sql.begin((tx) => as(network.staff.storeA, (s) => s`select app.mark_ready(${fulfilmentId})`)(tx));
      const reject = as(network.staff.storeA, (tx) => tx`select app.reject_fulfilment(${fulfilmentId}, 'damaged')`);
      const handOver = as(network.staff.storeA, (tx) => tx`select app.hand_over(${fulfilmentId})`);
      return race(world, end, reject, handOver);
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.lock_fulfilment", ...UNLOCKED }],
        // The row that says why it was rejected refuses to be anything else.
        noticedAs: { second: "23514" },
      },
    },
  },
  {
    name: "an order without a node gets one new node",
    async run(world, end) {
      const { db, network } = world;
      const { fulfilmentId } = await placePickup(db.sql);
      await db.sql.begin((tx) =>
        as(network.staff.storeA, (s) => s`select app.reject_fulfilment(${fulfilmentId}, 'damaged')`)(tx),
      );
      const replace =
        (request: HoldRequest): Work =>
        (tx) =>
          replaceFulfilment(tx, fulfilmentId, randomUUID(), request);
      const [here, there] = [await pickupRequest(db.sql), await pickupRequest(db.sql, { nodeId: NODES.storeB })];
      return race(world, end, replace(here), replace(there));
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the order's lock": {
        functions: [{ of: "app.replace_fulfilment", ...UNLOCKED }],
        noticedAs: { second: "done", broken: ["order-has-what-was-ordered", "state-has-its-event"] },
      },
    },
  },
  {
    name: "two vans that bring parts of one order at once leave it delivered",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, parts } = await placeTwoVans(db.sql, network);
      for (const { fulfilmentId } of parts) {
        await db.sql.begin((tx) =>
          as(network.staff.ops, (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`)(tx),
        );
      }
      for (const van of [VANS.a1, VANS.b1])
        await db.sql.begin((tx) =>
          as(network.staff.ops, (s) => s`select app.start_shift(${network.shifts[van]!})`)(tx),
        );
      const deliver = (holdId: string) =>
        as(network.staff.ops, (tx) => tx`select app.finish_stop(${holdId}, 'delivered')`);
      const verdict = await race(world, end, deliver(parts[0].holdId), deliver(parts[1].holdId));
      const [order] = await db.sql`select state from public.orders where id = ${orderId}`;
      return { ...verdict, left: order?.state };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: "delivered" },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: "on_the_way" },
    mutants: {
      // Each sees the other's part on its way.
      "without the order's lock": {
        functions: [{ of: "app.settle_orders", ...UNLOCKED }],
        noticedAs: { left: "on_the_way", broken: ["order-is-as-far-as-its-parts"] },
      },
    },
  },
  {
    name: "a hold whose other part somebody has locked as its time ends is passed over whole by the sweeper",
    async run(world, end) {
      const { db, network } = world;
      const holdId = "ffffffff-ffff-4fff-bfff-ffffffffffff";
      const parts = await twoVanParts(db.sql, network, { holdId });
      await placeHold(db.sql, holdId, parts);
      const verdict = await race(
        world,
        end,
        (tx) => tx`select from public.holds where id = ${parts[1].route!.stops.at(-1)!.id} for no key update`,
        (tx) => tx`select app.expire_holds()`,
        () => setClock(db.sql, instant(6.5)),
      );
      const states = await db.sql`select distinct state from public.holds`;
      return { ...verdict, left: states.map(({ state }) => state) };
    },
    afterCommit: { first: "done", waited: false, second: "done", broken: [], left: ["held"] },
    mutants: {
      "that takes the leads it could lock": {
        functions: [
          {
            of: "app.expire_holds",
            text: "where not exists (select from public.holds h where h.lead_id = d.id and h.id <> all (parts))",
            by: "",
          },
        ],
        noticedAs: { waited: true, left: ["expired"] },
      },
    },
  },
  {
    name: "a checkout that asks for two windows at once holds one",
    async run(world, end) {
      const ana = { checkout: randomUUID() };
      const [one, other] = [
        from(ana, await pickupRequest(world.db.sql, { cart: { BREAD: 1 } })),
        from(ana, inTheNextHour(await pickupRequest(world.db.sql, { cart: { MILK: 1 }, hour: 12 }))),
      ];
      return race(world, end, place(one), place(other));
    },
    afterCommit: { first: "done", waited: true, second: "KPLIM", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      // Neither sees the other's hold.
      "without the keys' locks": {
        functions: [{ of: "app.lock_hold_keys", text: "pg_advisory_xact_lock(k.number)", by: "(k.number)" }],
        noticedAs: { waited: false, second: "done" },
      },
    },
  },
  {
    name: "the last place that unconfirmed holds may have in a window is held once",
    async run(world, end) {
      const { sql } = world.db;
      await sql`update public.hold_limits set unconfirmed_percent = 20`;
      const [one, other] = [
        from({ checkout: randomUUID() }, await pickupRequest(sql, { cart: { BREAD: 1 } })),
        from({ checkout: randomUUID() }, inTheNextHour(await pickupRequest(sql, { cart: { MILK: 1 } }))),
      ];
      return race(world, end, place(one), place(other));
    },
    afterCommit: { first: "done", waited: true, second: "KPLIM", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "that counts before the window's lock": {
        functions: [
          {
            of: "app.place_hold",
            text: "perform app.take_claims(requests);\n    perform app.check_hold_shares(requests);",
            by: "perform app.check_hold_shares(requests);\n    perform app.take_claims(requests);",
          },
        ],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "a hold that is being confirmed is not changed for another",
    async run(world, end) {
      const { sql } = world.db;
      const oldId = randomUUID();
      await placeHold(sql, oldId, await pickupRequest(sql));
      const asked = await pickupRequest(sql, { hour: 12 });
      return race(
        world,
        end,
        (tx) => confirmHold(tx, oldId),
        (tx) => swapHold(tx, oldId, randomUUID(), asked),
      );
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the old hold's lock": {
        functions: [{ of: "app.swap_hold", ...UNLOCKED }],
        noticedAs: {
          second: "done",
          broken: ["confirmed-hold-has-its-order", "fulfilment-agrees-with-its-hold", "state-has-its-event"],
        },
      },
    },
  },
  {
    name: "a hold that is changed twice at once gives back once",
    async run(world, end) {
      const { sql } = world.db;
      const oldId = randomUUID();
      await placeHold(sql, oldId, await pickupRequest(sql));
      const [one, other] = [await pickupRequest(sql, { hour: 12 }), await pickupRequest(sql, { hour: 14 })];
      const verdict = await race(
        world,
        end,
        (tx) => swapHold(tx, oldId, randomUUID(), one),
        (tx) => swapHold(tx, oldId, randomUUID(), other),
      );
      const [left] = await sql`
        select reserved, (select count(*)::int from public.events where kind = 'hold_released') as released
        from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
      return { ...verdict, left };
    },
    // Nothing but the limits keeps a shopper from both.
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: { reserved: 4, released: 1 } },
    afterRollback: {
      first: "rolled back",
      waited: true,
      second: "done",
      broken: [],
      left: { reserved: 2, released: 1 },
    },
    mutants: {
      "without the old hold's lock": {
        functions: [{ of: "app.swap_hold", ...UNLOCKED }],
        noticedAs: { left: { reserved: 4, released: 2 } },
      },
    },
  },
  {
    name: "a hold that the sweeper is ending is not given more time",
    async run(world, end) {
      const { sql } = world.db;
      const holdId = randomUUID();
      await placeHold(sql, holdId, await pickupRequest(sql), 600);
      await setClock(sql, instant(6.5));
      // The sweeper's clock was ahead: to the shopper there is time left.
      return race(
        world,
        end,
        (tx) => tx`select app.expire_holds()`,
        (tx) => extendHold(tx, holdId),
        () => setClock(sql, instant(6.1)),
      );
    },
    afterCommit: { first: "done", waited: true, second: "KPEXP", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the hold's lock": {
        functions: [{ of: "app.extend_hold", ...UNLOCKED }],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "an order that is being moved is not moved elsewhere by who has seen the window before",
    async run(world, end) {
      const { sql } = world.db;
      const { orderId } = await placePickup(sql);
      const [one, other] = [await pickupRequest(sql, { hour: 12 }), await pickupRequest(sql, { hour: 14 })];
      const verdict = await race(world, end, move(orderId, one), move(orderId, other));
      const [level] =
        await sql`select reserved from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
      return { ...verdict, left: level?.reserved };
    },
    // It has other parts by then; who asks again is told that it was moved.
    afterCommit: { first: "done", waited: true, second: "KPPLN", broken: [], left: 2 },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: 2 },
    mutants: {
      // It would be the first change of the order twice over.
      "without the parts' locks, that does not ask again": {
        functions: [PARTS_UNLOCKED, NOT_ASKED_AGAIN],
        noticedAs: { second: "23505" },
      },
    },
  },
  {
    name: "one request to move an order, sent twice at once, moves it once",
    async run(world, end) {
      const { sql } = world.db;
      const { orderId } = await placePickup(sql);
      const [holdId, asked] = [randomUUID(), await pickupRequest(sql, { hour: 12 })];
      const verdict = await race(world, end, move(orderId, asked, holdId), move(orderId, asked, holdId));
      const [left] = await sql`select repromises from public.orders`;
      return { ...verdict, left: left?.repromises };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: 1 },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: 1 },
    mutants: {
      "that looks for what it made before it waits": {
        functions: [
          {
            of: "app.repromise_order",
            text: "if found and done.order_id = repromise_order.order_id then",
            by: "if false then",
          },
        ],
        noticedAs: { second: "KPPLN" },
      },
    },
  },
  {
    name: "an order that is being moved is not picked where it was",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      const asked = await pickupRequest(db.sql, { hour: 12 });
      const pick = as(network.staff.storeA, (tx) => tx`select app.mark_ready(${fulfilmentId})`);
      return race(world, end, move(orderId, asked), pick);
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      // What gave its place to another promise cannot become ready: its row says so.
      "without the hold's lock": {
        functions: [{ of: "app.lock_fulfilment", ...UNLOCKED }],
        noticedAs: { second: "23514" },
      },
    },
  },
  {
    name: "an order that is being picked is not moved",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      const asked = await pickupRequest(db.sql, { hour: 12 });
      const pick = as(network.staff.storeA, (tx) => tx`select app.mark_ready(${fulfilmentId})`);
      return race(world, end, pick, move(orderId, asked));
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the parts' locks": {
        functions: [PARTS_UNLOCKED],
        // What is picked gives its place to nobody: its row says so.
        noticedAs: { second: "23514" },
      },
    },
  },
  {
    name: "an order of which a part is being rejected is not moved without looking again",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      const asked = await pickupRequest(db.sql, { hour: 12 });
      const reject = as(network.staff.storeA, (tx) => tx`select app.reject_fulfilment(${fulfilmentId}, 'damaged')`);
      const verdict = await race(world, end, reject, move(orderId, asked));
      const states = await db.sql`select state from public.fulfilments order by created_at`;
      return { ...verdict, left: states.map(({ state }) => state) };
    },
    // What its node sent back meanwhile is taken along.
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: ["rejected", "to_pick"] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: ["repromised", "to_pick"] },
    mutants: {
      "that takes what was rejected for moved": {
        functions: [
          {
            of: "app.repromise_order",
            text: "case f.state when 'to_pick' then 'repromised' else f.state end",
            by: "'repromised'",
          },
        ],
        noticedAs: { second: "23514" },
      },
    },
  },
  {
    name: "a part that another node is taking over is not taken along by a change of the order",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      await db.sql.begin((tx) =>
        as(network.staff.storeA, (s) => s`select app.reject_fulfilment(${fulfilmentId}, 'damaged')`)(tx),
      );
      const there = await pickupRequest(db.sql, { nodeId: NODES.storeB });
      const asked = await pickupRequest(db.sql, { hour: 12 });
      return race(world, end, (tx) => replaceFulfilment(tx, fulfilmentId, randomUUID(), there), move(orderId, asked));
    },
    afterCommit: { first: "done", waited: true, second: "KPPLN", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "that does not ask again under the order's lock": {
        functions: [
          { of: "app.repromise_order", text: "if app.has_other_parts(o.id, olds) then", by: "if false then" },
        ],
        noticedAs: { second: "done", broken: ["order-has-what-was-ordered", "state-has-its-event"] },
      },
    },
  },
  {
    name: "an order that is being parked is not picked",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      const pick = as(network.staff.storeA, (tx) => tx`select app.mark_ready(${fulfilmentId})`);
      return race(world, end, park(network, orderId), pick);
    },
    afterCommit: { first: "done", waited: true, second: "KPPRK", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      // It waits at the order, after it has asked.
      "without the hold's lock": {
        functions: [{ of: "app.lock_fulfilment", ...UNLOCKED }],
        noticedAs: { second: "done" },
      },
      "that does not ask": {
        functions: [{ of: "app.mark_ready", text: "app.is_parked(f.order_id)", by: "false" }],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "an order that is being parked does not leave the store",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      await db.sql.begin((tx) => as(network.staff.storeA, (s) => s`select app.mark_ready(${fulfilmentId})`)(tx));
      const handOver = as(network.staff.storeA, (tx) => tx`select app.hand_over(${fulfilmentId})`);
      return race(world, end, park(network, orderId), handOver);
    },
    afterCommit: { first: "done", waited: true, second: "KPPRK", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the parts' locks": { functions: [PARTS_UNLOCKED], noticedAs: { second: "done" } },
      "that does not ask": {
        functions: [{ of: "app.hand_over", text: "app.is_parked(f.order_id)", by: "false" }],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "an order that is leaving the store is not parked",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      await db.sql.begin((tx) => as(network.staff.storeA, (s) => s`select app.mark_ready(${fulfilmentId})`)(tx));
      const handOver = as(network.staff.storeA, (tx) => tx`select app.hand_over(${fulfilmentId})`);
      return race(world, end, handOver, park(network, orderId));
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "that does not ask what is left": {
        functions: [
          { of: "app.park_order", text: "f.state in ('to_pick', 'ready', 'received', 'rejected')", by: "true" },
        ],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "an order that is being parked is not moved by its shopper",
    async run(world, end) {
      const { db, network } = world;
      const { orderId } = await placePickup(db.sql);
      return race(world, end, park(network, orderId), move(orderId, await pickupRequest(db.sql, { hour: 12 })));
    },
    afterCommit: { first: "done", waited: true, second: "KPPRK", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "that does not ask": {
        functions: [{ of: "app.repromise_order", text: "app.is_parked(o.id)", by: "false" }],
        noticedAs: { second: "done" },
      },
    },
  },
  {
    name: "an order that is being moved is parked with the parts that it has then, or not at all",
    async run(world, end) {
      const { db, network } = world;
      const { orderId } = await placePickup(db.sql);
      return race(world, end, move(orderId, await pickupRequest(db.sql, { hour: 12 })), park(network, orderId));
    },
    afterCommit: { first: "done", waited: true, second: "KPPLN", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      // Parked by the hold that it had: what it has now could be picked in the same moment.
      "that does not compare its parts": {
        functions: [{ of: "app.park_order", text: "if app.has_other_parts(o.id, parts) then", by: "if false then" }],
        noticedAs: { second: "KPSTA" },
      },
    },
  },
  {
    name: "an order of which a part is being rejected is parked, and waits for a node all the same",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, fulfilmentId } = await placePickup(db.sql);
      const reject = as(network.staff.storeA, (tx) => tx`select app.reject_fulfilment(${fulfilmentId}, 'damaged')`);
      const verdict = await race(world, end, reject, park(network, orderId));
      const [order] = await db.sql`select state, app.is_parked(id) as parked from public.orders`;
      return { ...verdict, left: order };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: { state: "unplaced", parked: true } },
    afterRollback: {
      first: "rolled back",
      waited: true,
      second: "done",
      broken: [],
      left: { state: "confirmed", parked: true },
    },
    mutants: {},
  },
  {
    name: "an order is parked once",
    async run(world, end) {
      const { db, network } = world;
      const { orderId } = await placePickup(db.sql);
      return race(world, end, park(network, orderId), park(network, orderId));
    },
    afterCommit: { first: "done", waited: true, second: "KPSTA", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "that does not ask": {
        functions: [{ of: "app.park_order", text: "if app.is_parked(o.id) or not exists", by: "if not exists" }],
        noticedAs: { second: "23505" },
      },
    },
  },
  {
    name: "an order that is being released is not warned of",
    async run(world, end) {
      const { db, network } = world;
      const { orderId } = await placePickup(db.sql);
      await db.sql.begin((tx) => park(network, orderId)(tx));
      await setClock(db.sql, instant(9.5));
      const release = as(network.staff.ops, (tx) => tx`select app.unpark_order(${orderId})`);
      const verdict = await race(world, end, release, (tx) => tx`select app.warn_parked()`);
      const open = await db.sql`select kind from public.exceptions where resolved_at is null`;
      return { ...verdict, left: open.length };
    },
    afterCommit: { first: "done", waited: false, second: "done", broken: [], left: 0 },
    afterRollback: { first: "rolled back", waited: false, second: "done", broken: [], left: 0 },
    mutants: {
      "without the order's lock": {
        functions: [{ of: "app.warn_parked", text: "for no key update skip locked", by: "" }],
        noticedAs: { left: 1 },
      },
    },
  },
  {
    name: "a plan that was computed before an order left its route is refused",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, holdId } = await placeDelivery(db.sql, network);
      const kept = await deliveryRequest(db.sql, network);
      const plans = [
        {
          shift_id: kept.shift_id,
          plan_version: kept.plan_version,
          route: { ...kept.route, stops: kept.route.stops.slice(0, 1) },
        },
      ];
      const asked = withoutStops(await deliveryRequest(db.sql, network, { hour: 14 }), [holdId]);
      return race(world, end, move(orderId, asked), (tx) => tx`select app.apply_plan(${tx.json(plans as never)})`);
    },
    afterCommit: { first: "done", waited: true, second: "KPPLN", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the comparison of versions": {
        functions: [{ of: "app.apply_plan", text: "p.plan_version is distinct from p.expected", by: "false" }],
        noticedAs: { second: "KPBUG" },
      },
    },
  },
  {
    name: "an order whose van is falling out is moved with what it still claims",
    async run(world, end) {
      const { db, network } = world;
      const { orderId, holdId } = await placeDelivery(db.sql, network);
      const shiftId = network.shifts[VANS.a1]!;
      const asked = withoutStops(
        await deliveryRequest(db.sql, network, { hour: 14, shiftId: network.shifts[VANS.a2]! }),
        [holdId],
      );
      const cancel = as(network.staff.ops, (tx) => tx`select app.cancel_shift(${shiftId})`);
      const verdict = await race(world, end, cancel, move(orderId, asked));
      const open = await db.sql`select count(*)::int as open from public.exceptions where resolved_at is null`;
      return { ...verdict, left: open[0]?.open };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: 0 },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: 0 },
    mutants: {
      // Whoever gives back asks what is open under the resources' locks: without the hold's it comes out the same.
    },
  },
  {
    name: "an order that is being moved keeps what it takes from the sweeper, and gives what it had to who waits",
    async run(world, end) {
      const { sql } = world.db;
      const { orderId } = await placePickup(sql, { cart: { BREAD: 2 } });
      await sql`update public.inventory_levels set safety = 48 where node_id = ${NODES.storeA} and sku_id = 'BREAD'`;
      const asked = inTheNextHour(await pickupRequest(sql, { hour: 14, nodeId: NODES.storeB }));
      const wanted = await pickupRequest(sql, { hour: 12, cart: { BREAD: 2 } });
      return race(world, end, move(orderId, asked), place(wanted));
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "KPSTK", broken: [] },
    mutants: {
      "that keeps what it had": {
        functions: [{ of: "app.repromise_order", text: "perform app.return_claims(olds, 'repromised');", by: "" }],
        noticedAs: { second: "KPSTK" },
      },
    },
  },
  {
    name: "the last two stops, finished at once, end the shift",
    async run(world, end) {
      const { db, network } = world;
      const stops = [await placeDelivery(db.sql, network), await placeDelivery(db.sql, network)];
      for (const { fulfilmentId } of stops) {
        await db.sql.begin((tx) =>
          as(
            network.staff.storeA,
            (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`,
          )(tx),
        );
      }
      const driver = (work: Work) => as(network.staff.driverA, work);
      const shiftId = network.shifts[VANS.a1]!;
      await db.sql.begin((tx) => driver((s) => s`select app.start_shift(${shiftId})`)(tx));
      const deliver = (holdId: string) => driver((tx) => tx`select app.finish_stop(${holdId}, 'delivered')`);
      const verdict = await race(world, end, deliver(stops[0]!.holdId), deliver(stops[1]!.holdId));
      const [shift] = await db.sql`select state from public.shifts where id = ${shiftId}`;
      return { ...verdict, left: shift?.state };
    },
    afterCommit: { first: "done", waited: true, second: "done", broken: [], left: "done" },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [], left: "under_way" },
    mutants: {
      "without the shift's lock": {
        functions: [{ of: "app.finish_stop", ...UNLOCKED }],
        noticedAs: { left: "under_way", broken: ["shift-agrees-with-its-stops"] },
      },
    },
  },
  {
    name: "capacity that is being closed takes no more work",
    async run(world, end) {
      const { db, network } = world;
      const asked = await pickupRequest(db.sql);
      const close = as(network.staff.storeA, (tx) => tx`select app.set_capacity(${NODES.storeA}, ${instant(8)}, 0)`);
      return race(world, end, close, place(asked));
    },
    afterCommit: { first: "done", waited: true, second: "KPWRK", broken: [] },
    afterRollback: { first: "rolled back", waited: true, second: "done", broken: [] },
    mutants: {
      "without the lock": {
        functions: [HOURS_UNLOCKED],
        noticedAs: CHECK_REFUSED,
      },
    },
  },
  {
    name: "capacity that is closed leaves what is being promised",
    async run(world, end) {
      const { db, network } = world;
      const asked = await pickupRequest(db.sql);
      const close = as(network.staff.storeA, (tx) => tx`select app.set_capacity(${NODES.storeA}, ${instant(8)}, 0)`);
      const verdict = await race(world, end, place(asked), close);
      const [hour] =
        await db.sql`select limit_sec, claimed_sec from public.work_buckets where node_id = ${NODES.storeA} and starts_at = ${instant(8)}`;
      return { ...verdict, left: hour };
    },
    afterCommit: {
      first: "done",
      waited: true,
      second: "done",
      broken: [],
      left: { limit_sec: 100, claimed_sec: 100 },
    },
    afterRollback: {
      first: "rolled back",
      waited: true,
      second: "done",
      broken: [],
      left: { limit_sec: 0, claimed_sec: 0 },
    },
    mutants: {
      "that forgets what is claimed": {
        functions: [
          {
            of: "app.set_capacity",
            text: "greatest(set_capacity.target_sec, b.claimed_sec)",
            by: "set_capacity.target_sec",
          },
        ],
        noticedAs: CHECK_REFUSED,
      },
    },
  },
];

describe.each(RACES.map((r) => [r.name, r] as const))("%s", (_, r) => {
  test("when the first commits", async () => {
    expect(await r.run(await createWorld(), "commit")).toMatchObject(r.afterCommit);
  });
  const { afterRollback } = r;
  if (afterRollback)
    test("when the first is rolled back", async () => {
      expect(await r.run(await createWorld(), "rollback")).toMatchObject(afterRollback);
    });
  test.each(Object.entries(r.mutants))("the test notices a function %s", async (_name, mutant) => {
    const world = await createWorld();
    for (const mutation of mutant.functions) await mutateFunction(world.db.sql, mutation);
    for (const [table, text] of mutant.checks ?? []) await dropCheck(world.db.sql, table, text);
    const verdict = await r.run(world, "commit");
    expect(verdict).toMatchObject(mutant.noticedAs);
    expect(verdict).not.toMatchObject(r.afterCommit);
  });
});

/** The first shopper has taken what came free and queues for the rest. */
async function hasMovedOn(observer: postgres.Sql, pid: number, from: number): Promise<void> {
  for (let moved = false; !moved; ) {
    const [row] = await observer<{ blockers: number[] }[]>`select pg_blocking_pids(${pid}) as blockers`;
    moved = row!.blockers.length > 0 && !row!.blockers.includes(from);
  }
}

describe("two carts that name their goods in opposite order", () => {
  /** Two bystanders hold one level each, so that both shoppers are queued when the levels come free one by one. */
  async function meet({ db, a, b }: World): Promise<Outcome[]> {
    const [onMilk, onBread] = [await openSession(db.url), await openSession(db.url)];
    sessions.push(onMilk, onBread);
    const lock = (sku: string) => (tx: postgres.TransactionSql) =>
      tx`select from public.inventory_levels where node_id = ${NODES.storeA} and sku_id = ${sku} for update`;
    const milk = await holdOpen(onMilk, lock("MILK"));
    const bread = await holdOpen(onBread, lock("BREAD"));
    const mine = attempt(a, place(await pickupRequest(db.sql, { cart: { BREAD: 1, MILK: 1 } })));
    await waits(db.sql, mine);
    const yours = attempt(b, place(await pickupRequest(db.sql, { cart: { MILK: 1, BREAD: 1 } })));
    await waits(db.sql, yours);
    await bread.rollback();
    await hasMovedOn(db.sql, mine.pid, onBread.pid);
    await milk.rollback();
    return Promise.all([mine.outcome, yours.outcome]);
  }

  test("both get what they asked for", async () => {
    expect(await meet(await createWorld())).toEqual(["done", "done"]);
  });

  test("the test notices a function that locks in the cart's order", async () => {
    const world = await createWorld();
    await mutateFunction(world.db.sql, {
      ...LEVELS_UNLOCKED,
      by: "order by array_position(skus, l.sku_id::text) for no key update of l",
    });
    expect((await meet(world)).sort()).toEqual(["40P01", "done"]);
  });
});

describe("two carts that take the same two nodes in opposite order", () => {
  /** As above, with a level of each node: the shoppers queue where the other has been first. */
  async function meet({ db, network, a, b }: World): Promise<Outcome[]> {
    const [onA, onB] = [await openSession(db.url), await openSession(db.url)];
    sessions.push(onA, onB);
    const lock = (nodeId: string) => (tx: postgres.TransactionSql) =>
      tx`select from public.inventory_levels where node_id = ${nodeId} and sku_id = 'BREAD' for update`;
    const atA = await holdOpen(onA, lock(NODES.storeA));
    const atB = await holdOpen(onB, lock(NODES.storeB));
    const bread = [{ BREAD: 1 }, { BREAD: 1 }] as const;
    const day = { hour: 12, carts: bread };
    const mine = attempt(a, place(await twoVanParts(db.sql, network, { ...day, vans: [VANS.a1, VANS.b1] })));
    await waits(db.sql, mine);
    const [b1, a1] = await twoVanParts(db.sql, network, { ...day, vans: [VANS.b1, VANS.a1] });
    const yours = attempt(
      b,
      place([b1, { ...parcelRequest({ nodeId: NODES.storeA, cart: { BREAD: 1 } }), ...doorOf(a1) }]),
    );
    await waits(db.sql, yours);
    await atB.rollback();
    // Who locks in the cart's order has B now and queues at A: else the first could overtake it there.
    await hasMovedOn(db.sql, yours.pid, onB.pid);
    await atA.rollback();
    return (await Promise.all([mine.outcome, yours.outcome])).sort();
  }

  const doorOf = ({ lng, lat, address }: HoldRequest) => ({ lng, lat, address });

  // The second one's van has got another stop meanwhile: its route is refused, and nothing of its parcel stays claimed.
  test("one is held whole, the other refused whole", async () => {
    const world = await createWorld();
    expect(await meet(world)).toEqual(["KPPLN", "done"]);
    expect(violations(await auditLedger(world.db.sql))).toEqual([]);
    const [left] = await world.db
      .sql`select count(*)::int as holds, (select count(*)::int from public.claims where kind = 'parcel') as parcels from public.holds`;
    expect(left).toEqual({ holds: 2, parcels: 0 });
  });

  test("the test notices a function that locks in the cart's order", async () => {
    const world = await createWorld();
    await mutateFunction(world.db.sql, {
      ...LEVELS_UNLOCKED,
      by: "order by array_position(nodes, l.node_id::text) for no key update of l",
    });
    expect(await meet(world)).toContain("40P01");
  });
});

describe("a hold that is changed for one of earlier goods, and a cart of both", () => {
  /** A bystander keeps the old hold's window, so that what the change has locked by then shows. */
  async function meet({ db, a, b }: World): Promise<Outcome[]> {
    const onWindow = await openSession(db.url);
    sessions.push(onWindow);
    const oldId = randomUUID();
    const old = await pickupRequest(db.sql, { cart: { WATER: 1 } });
    await placeHold(db.sql, oldId, old);
    const window = await holdOpen(
      onWindow,
      (tx) => tx`select from public.pickup_windows where id = ${old.pickup_window_id!} for update`,
    );
    const asked = inTheNextHour(await pickupRequest(db.sql, { cart: { BREAD: 1 }, hour: 12 }));
    const mine = attempt(a, (tx) => swapHold(tx, oldId, randomUUID(), asked));
    await waits(db.sql, mine);
    const both = inTheNextHour(await pickupRequest(db.sql, { cart: { BREAD: 1, WATER: 1 }, hour: 14 }));
    const yours = attempt(b, place(both));
    await waits(db.sql, yours);
    await window.rollback();
    return (await Promise.all([mine.outcome, yours.outcome])).sort();
  }

  test("do not wait for each other in a circle", async () => {
    const world = await createWorld();
    expect(await meet(world)).toEqual(["done", "done"]);
    expect(violations(await auditLedger(world.db.sql))).toEqual([]);
  });

  test("the test notices a change that gives back before it locks what it takes", async () => {
    const world = await createWorld();
    await mutateFunction(world.db.sql, {
      of: "app.swap_hold",
      text: "perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);",
      by: "",
    });
    expect(await meet(world)).toEqual(["40P01", "done"]);
  });
});

describe("picking and handing over in one transaction, and a part of the order that another node takes over", () => {
  /** The second holds the level or waits for it, when the first one comes to it with the order in its hands. */
  async function meet({ db, network, a, b }: World): Promise<Outcome[]> {
    const { parts } = await placeTwoVans(db.sql, network, { carts: [{ BREAD: 1 }, { BREAD: 1 }] });
    await db.sql.begin((tx) =>
      as(network.staff.ops, (s) => s`select app.reject_fulfilment(${parts[1].fulfilmentId}, 'damaged')`)(tx),
    );
    const there = await deliveryRequest(db.sql, network, { cart: { BREAD: 1 }, shiftId: network.shifts[VANS.a2]! });
    const [isReady, isQueued] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const mine = attempt(
      a,
      as(network.staff.ops, async (tx) => {
        await tx`select app.mark_ready(${parts[0].fulfilmentId})`;
        isReady.resolve();
        await isQueued.promise;
        await tx`select app.hand_over(${parts[0].fulfilmentId})`;
      }),
    );
    await isReady.promise;
    const yours = attempt(b, (tx) => replaceFulfilment(tx, parts[1].fulfilmentId, there.route.stops.at(-1)!.id, there));
    expect(await waits(db.sql, yours)).toBe(true);
    isQueued.resolve();
    return (await Promise.all([mine.outcome, yours.outcome])).sort();
  }

  test("do not wait for each other in a circle", async () => {
    const world = await createWorld();
    expect(await meet(world)).toEqual(["done", "done"]);
    expect(violations(await auditLedger(world.db.sql))).toEqual([]);
  });

  test("the test notices a function that makes ready without the levels", async () => {
    const world = await createWorld();
    await mutateFunction(world.db.sql, {
      of: "app.mark_ready",
      text: "perform app.lock_resources(array(select c from app.open_claims(array[f.hold_id]) c where c.kind = 'stock'), '{}');",
      by: "",
    });
    expect(await meet(world)).toEqual(["40P01", "done"]);
  });
});

describe("an order that moves to a node that comes before its own, and a cart from both", () => {
  /** A bystander keeps the carrier's day that it leaves, so that what the change has locked by then shows. */
  async function meet({ db, a, b }: World): Promise<Outcome[]> {
    const onDay = await openSession(db.url);
    sessions.push(onDay);
    const holdId = randomUUID();
    const water = { cart: { WATER: 1 } };
    await placeHold(db.sql, holdId, parcelRequest({ nodeId: NODES.storeA, ...water }));
    const { orderId } = await confirmHold(db.sql, holdId);
    const day = await holdOpen(
      onDay,
      (tx) => tx`select from public.carrier_days where node_id = ${NODES.storeA} order by day limit 1 for update`,
    );
    const mine = attempt(a, move(orderId, inTheNextHour(parcelRequest({ nodeId: NODES.dc, ...water }))));
    await waits(db.sql, mine);
    const both = [parcelRequest({ nodeId: NODES.dc, ...water }), parcelRequest({ nodeId: NODES.storeA, ...water })];
    const yours = attempt(b, place(both.map(inTheNextHour)));
    await waits(db.sql, yours);
    await day.rollback();
    return (await Promise.all([mine.outcome, yours.outcome])).sort();
  }

  test("do not wait for each other in a circle", async () => {
    const world = await createWorld();
    expect(await meet(world)).toEqual(["done", "done"]);
    expect(violations(await auditLedger(world.db.sql))).toEqual([]);
  });

  test("the test notices a change that gives back before it locks what it takes", async () => {
    const world = await createWorld();
    await mutateFunction(world.db.sql, {
      of: "app.repromise_order",
      text: "perform app.lock_resources(array(select c from app.open_claims(olds) c), requests);",
      by: "",
    });
    expect(await meet(world)).toEqual(["40P01", "done"]);
  });
});
