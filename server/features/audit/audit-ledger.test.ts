import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asCaller, type Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  caller,
  confirmHold,
  deliveryRequest,
  extendHold,
  insertNetwork,
  instant,
  type Network,
  parkOrder,
  pickupRequest,
  placeDelivery,
  placeHold,
  placePickup,
  repromiseOrder,
  shiftOf,
  transferRequest,
  VANS,
} from "#supabase/tests/network-fixture.ts";
import { playHistory } from "#supabase/tests/random-history.ts";
import { auditLedger, auditWithin, readInvariants, violations } from "./audit-ledger.ts";

/** A day in which nearly each kind of event occurs; any other seed passes the audit as well. */
const SEED = 36;
const STEPS = 500;

let db: TestDatabase;
beforeAll(async () => {
  db = await cloneDatabase();
  const { sql } = db;
  const network = await insertNetwork(sql);
  await playHistory(sql, network, SEED, STEPS);
  await sql`select app.expire_holds(1000)`;
  // What a corruption below needs, whatever became of the day: of days that the history did not touch.
  await sql`select app.record_stock_events('WMS', jsonb_build_array(jsonb_build_object('event_id', 'e', 'seq', 1, 'node_id', 'STORE-B',
    'sku_id', 'BREAD', 'kind', 'count', 'units', 500, 'at', app.now())))`;
  const [later] = await sql<
    { id: string }[]
  >`select id from public.shifts where vehicle_id = ${VANS.b1} order by starts_at offset 3`;
  await placeDelivery(sql, network, { shiftId: later!.id, day: 3, cart: { ICE: 1 } });
  const { orderId } = await placePickup(sql, { day: 3, cart: { MILK: 1 } });
  await repromiseOrder(sql, orderId, randomUUID(), await pickupRequest(sql, { day: 3, hour: 12, cart: { MILK: 1 } }));
  await bringToStore(network);
  await asCaller(sql, caller(network.staff.ops), async (tx) => {
    await parkOrder(tx, orderId, { releaseBy: instant(20, 3) });
    await tx`select app.unpark_order(${orderId})`;
  });
  await fallOut(network);
  await bringToDoors(network);
  const [held, released] = [randomUUID(), randomUUID()];
  await placeHold(sql, held, await pickupRequest(sql, { day: 3, cart: { BREAD: 1 } }));
  await extendHold(sql, held);
  await placeHold(sql, released, await pickupRequest(sql, { day: 3, cart: { BREAD: 1 } }));
  await sql`select app.release_hold(${released})`;
});
afterAll(() => db.drop());

/** Something is brought to a store on a day that the history did not touch, and received there. */
async function bringToStore(network: Network): Promise<void> {
  const { sql } = db;
  const holdId = randomUUID();
  await placeHold(sql, holdId, await transferRequest(sql, { day: 3, cart: { MILK: 1 } }));
  await confirmHold(sql, holdId);
  const [part] = await sql<{ id: string }[]>`select id from public.fulfilments where hold_id = ${holdId}`;
  for (const step of ["mark_ready", "hand_over", "receive_transfer"])
    await asCaller(sql, caller(network.staff.ops), (tx) => tx.unsafe(`select app.${step}('${part!.id}')`));
}

/** A van of a day that the history did not touch brings one order, and finds nobody at the other door. */
async function bringToDoors(network: Network): Promise<void> {
  const { sql } = db;
  const shiftId = await shiftOf(sql, VANS.b1, 4);
  const orders = [
    await placeDelivery(sql, network, { shiftId, day: 4, cart: { BREAD: 1 } }),
    await placeDelivery(sql, network, { shiftId, day: 4, cart: { BREAD: 1 } }),
  ];
  const asOps = (work: (tx: Transaction) => Promise<unknown>) => asCaller(sql, caller(network.staff.ops), work);
  for (const { fulfilmentId } of orders) {
    await asOps((tx) => tx`select app.mark_ready(${fulfilmentId})`);
    await asOps((tx) => tx`select app.hand_over(${fulfilmentId})`);
  }
  await asOps((tx) => tx`select app.start_shift(${shiftId})`);
  await asOps((tx) => tx`select app.arrive(${orders[0]!.holdId})`);
  await asOps((tx) => tx`select app.finish_stop(${orders[0]!.holdId}, 'delivered')`);
  await asOps((tx) => tx`select app.finish_stop(${orders[1]!.holdId}, 'failed', 'nobody_home')`);
}

/** A van falls out on a day that the history did not touch, and its stop goes to another one of the node. */
async function fallOut(network: Network): Promise<void> {
  const { sql } = db;
  const [gone, other] = [await shiftOf(sql, VANS.a1, 3), await shiftOf(sql, VANS.a2, 3)];
  const { holdId } = await placeDelivery(sql, network, { shiftId: gone, day: 3, cart: { BREAD: 1 } });
  await asCaller(sql, caller(network.staff.ops), (tx) => tx`select app.cancel_shift(${gone})`);
  const asked = await deliveryRequest(sql, network, { shiftId: other, day: 3, holdId });
  await sql`select app.replan_hold(${holdId}, ${asked.shift_id}, ${asked.plan_version}, ${sql.json(asked.route as never)})`;
}

test("every invariant holds after a day in which everything happened", async () => {
  const broken = violations(await auditLedger(db.sql));
  expect(broken.map(({ invariant, rows }) => ({ broken: invariant.name, rows }))).toEqual([]);
  const kinds = await db.sql<{ kind: string }[]>`select distinct kind from public.events `;
  expect(kinds.map(({ kind }) => kind).sort()).toEqual(EVERYTHING);
});

const EVERYTHING = [
  ...[
    "capacity_set",
    "exception_opened",
    "exception_resolved",
    "hold_expired",
    "hold_extended",
    "hold_placed",
    "hold_released",
    "hold_replanned",
  ],
  ...[
    "order_arrived",
    "order_confirmed",
    "order_delivered",
    "order_failed",
    "order_handed_over",
    "order_on_the_way",
    "order_parked",
    "order_picked",
    "order_ready",
    "order_received",
  ],
  ...[
    "order_rejected",
    "order_replaced",
    "order_repromised",
    "order_unparked",
    "part_given_back",
    "route_improved",
    "shift_cancelled",
    "shift_finished",
    "shift_started",
  ],
];

/**
 * One way to break each invariant behind the back of the functions: triggers and foreign keys are off, checks that would
 * object are dropped first. Each statement must hit a row of the history.
 */
const CORRUPTIONS: Readonly<Record<string, string | readonly string[]>> = {
  "stock-claims-add-up": one("inventory_levels", "reserved = reserved + 1", "reserved < on_hand"),
  "work-claims-add-up": one("work_buckets", "claimed_sec = claimed_sec - 1", "claimed_sec > 0"),
  "pickup-claims-add-up": one("pickup_windows", "claimed_orders = claimed_orders + 1", "claimed_orders < limit_orders"),
  "parcel-claims-add-up": one(
    "carrier_days",
    "claimed_parcels = claimed_parcels + 1",
    "claimed_parcels < limit_parcels",
  ),
  "lane-claims-add-up": one("lane_runs", "claimed_orders = claimed_orders + 1", "claimed_orders < limit_orders"),
  "pickup-has-one-place": one(
    "claims",
    "units = 2",
    "kind = 'pickup' and hold_id in (select id from public.holds where state = 'held')",
  ),
  "transfer-is-brought-in-time": [
    "alter table public.lane_runs drop constraint lane_runs_check1",
    one("lane_runs", "ready_at = ready_at + interval '1 day'", "claimed_orders > 0"),
  ],
  "load-claims-add-up": one(
    "shifts",
    "claimed_volume_ml = claimed_volume_ml + 1",
    "claimed_volume_ml < limit_volume_ml",
  ),
  "nothing-over-its-limit": [
    "alter table public.pickup_windows drop constraint pickup_windows_check1",
    one("pickup_windows", "limit_orders = claimed_orders - 1", "claimed_orders > 0"),
  ],
  "hour-follows-its-target": one(
    "work_buckets",
    "limit_sec = limit_sec + 1",
    "limit_sec > target_sec or claimed_sec = 0",
  ),
  "reversal-mirrors-its-claim": one("claims", "units = units - 1", "reverses is not null"),
  "ended-hold-claims-nothing":
    "delete from public.claims where id = (select max(c.id) from public.claims c where c.reason = 'released')",
  "live-hold-has-its-goods": one(
    "hold_lines",
    "units = units + 1",
    "hold_id in (select id from public.holds where state in ('held', 'confirmed'))",
  ),
  "left-where-allowed": [
    "alter table public.stops drop constraint only_what_is_delivered_is_left",
    one("stops", "left_with = 'neighbour'", "hold_id in (select hold_id from public.fulfilments)"),
  ],
  "live-hold-has-its-work": one("holds", "pick_sec = pick_sec + 1", "state = 'confirmed'"),
  "live-hold-has-one-way-to-move": one(
    "holds",
    "weight_g = weight_g + 1",
    "state = 'confirmed' and service = 'delivery' and id in (select hold_id from public.stops)",
  ),
  "stock-balance-is-its-movements": one("inventory_levels", "on_hand = on_hand + 1", "true"),
  "stock-is-what-was-told": one("stock_events", "units = units + 1", "true"),
  "stock-covers-what-is-reserved": [
    "alter table public.inventory_levels drop constraint inventory_levels_check2",
    one("inventory_levels", "shortage = 1", "true"),
  ],
  "part-has-one-node": one("fulfilments", "replaced_by = null", "state = 'rejected' and replaced_by is not null"),
  "fulfilment-agrees-with-its-hold": one(
    "fulfilments",
    "node_id = 'DC-1'",
    "state not in ('rejected', 'repromised') and node_id <> 'DC-1'",
  ),
  "order-is-as-far-as-its-parts": one("orders", "state = 'ready'", "state = 'confirmed'"),
  "parts-share-a-lifetime": one("holds", "expires_at = expires_at + interval '1 second'", "id <> lead_id"),
  "order-has-what-was-ordered": one("order_lines", "units = units + 1", "true"),
  "order-has-its-priority":
    "insert into public.events (at, region_id, kind, order_id, data) select app.now(), region_id, 'order_prioritised', id, '{\"class\": 1}' from public.orders limit 1",
  "channel-claims-add-up": one("work_buckets", "claimed_by = '{\"OTHER\": 1}'", "claimed_sec > 0"),
  "channel-keeps-to-its-share": one(
    "claim_shares",
    "units = units - 1",
    "claim_id in (select id from public.claims where kind = 'work')",
  ),
  "order-keeps-its-channel": one("holds", "channel_id = 'OTHER'", "state = 'fulfilled'"),
  "confirmed-hold-has-its-order":
    "delete from public.fulfilments where id = (select id from public.fulfilments where state = 'delivered' limit 1)",
  "delivery-has-one-stop":
    "delete from public.stops where id = (select id from public.stops where state = 'planned' limit 1)",
  "route-counts-from-zero":
    "update public.stops set position = position + 1 where shift_id = (select shift_id from public.stops limit 1)",
  "route-can-be-driven": one("stops", "leg_sec = leg_sec + 86400", "true"),
  "route-is-back-in-time": one("shifts", "return_leg_sec = 86400", "id in (select shift_id from public.stops)"),
  "stop-keeps-its-window": [
    "alter table public.stops drop constraint a_plan_keeps_its_promise",
    one("stops", "start_at = start_at + interval '1 day', depart_at = depart_at + interval '1 day'", "true"),
  ],
  "load-is-the-sum-of-stops": one("stops", "weight_g = weight_g + 1", "true"),
  "van-leaves-after-picking": one(
    "holds",
    "pick_by = window_ends_at - interval '1 second'",
    "id in (select hold_id from public.stops)",
  ),
  "van-keeps-the-cold": one("vehicles", "carries_frozen = false, carries_chilled = false", "id = 'VAN-B1'"),
  "shift-agrees-with-its-stops": one(
    "stops",
    "state = 'planned', finished_at = null, fail_reason = null",
    "state in ('delivered', 'failed')",
  ),
  "agreement-is-the-last-promise": one("repromises", "old_price_cents = old_price_cents + 1", "true"),
  "repromise-has-its-hold": one("repromises", "ends_at = ends_at + interval '1 second'", "true"),
  "parked-order-waits":
    "insert into public.parkings (id, order_id, reason, release_by, parked_at, parked_by) select gen_random_uuid(), order_id, 'payment_check', ready_at + interval '1 hour', ready_at - interval '1 second', gen_random_uuid() from public.fulfilments where ready_at is not null limit 1",
  "promise-is-the-first-window": one("orders", "promise_ends_at = promise_ends_at + interval '1 hour'", "true"),
  "state-has-its-event":
    "delete from public.events where id = (select max(id) from public.events where kind = 'order_ready')",
  "hold-ends-in-time": one(
    "holds",
    "expires_at = app.now() - interval '3 minutes', created_at = app.now() - interval '9 minutes'",
    "state = 'held'",
  ),
};

/** An update of one row. */
function one(table: string, set: string, where: string): string {
  return `update public.${table} set ${set} where ctid = (select ctid from public.${table} where ${where} limit 1)`;
}

class Undone extends Error {}

/** The names of what is wrong after `statements`, which are undone again. */
async function auditAfter(statements: readonly string[]): Promise<string[]> {
  let named: string[] = [];
  const corrupt = async (tx: Transaction) => {
    await tx`set local session_replication_role = replica`;
    for (const statement of statements) {
      const { command, count } = await tx.unsafe(statement);
      if (command !== "ALTER TABLE" && !count) throw new Error(`the history has no row for: ${statement}`);
    }
    named = (await auditWithin(tx)).flatMap(({ invariant, count }) => (count > 0 ? [invariant.name] : []));
    throw new Undone();
  };
  await db.sql.begin(corrupt).catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  return named;
}

describe("the audit notices", () => {
  test.each(readInvariants().map((i) => [i.name, i.sentence] as const))("what breaks %s", async (name) => {
    const corruption = CORRUPTIONS[name];
    if (corruption === undefined) throw new Error(`nobody has tried to break ${name}`);
    const before = await auditAfter([]);
    const after = await auditAfter([corruption].flat());
    expect(before).not.toContain(name);
    expect(after).toContain(name);
  });
});

test("a warning is no violation", async () => {
  await expect(auditAfter([CORRUPTIONS["hold-ends-in-time"]].flat() as string[])).resolves.toContain(
    "hold-ends-in-time",
  );
  const [warning] = readInvariants().filter(({ severity }) => severity === "warning");
  expect(violations([{ invariant: warning!, rows: [{}], count: 1 }])).toEqual([]);
});

test("an invariant shows its first rows and counts all", async () => {
  const ten = await db.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`update public.inventory_levels set on_hand = on_hand + 1`;
    const findings = await auditWithin(tx);
    await tx`update public.inventory_levels set on_hand = on_hand - 1`;
    return findings.find(({ invariant }) => invariant.name === "stock-balance-is-its-movements");
  });
  expect(ten).toMatchObject({ count: 12 });
  expect(ten?.rows).toHaveLength(10);
});
