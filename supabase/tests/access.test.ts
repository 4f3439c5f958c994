import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { type Claims, readAccess, writeAccess } from "#supabase/local/realtime-authorization.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  CARRIER,
  confirmHold,
  insertNetwork,
  type Network,
  NODES,
  parcelRequest,
  parkOrder,
  placeDelivery,
  placeHold,
  placePickup,
  repromiseOrder,
  VANS,
} from "./network-fixture.ts";
import { actingAs, expectRefusal, rolledBack } from "./rolled-back.ts";

// Who sees which rows: one pickup and one delivery at STORE-A (driven by driverA), one delivery at STORE-B (driverB), and
// a parcel that is only held at STORE-A; at DC-1, where nobody works, one that was moved.

let db: TestDatabase;
let network: Network;
let pickupA: Awaited<ReturnType<typeof placePickup>>;
let deliveryA: Awaited<ReturnType<typeof placeDelivery>>;
let deliveryB: Awaited<ReturnType<typeof placeDelivery>>;
const heldC = randomUUID();
/** A signed-in user who is no staff: tokens are given to whoever signs up. */
const stranger = randomUUID();
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  pickupA = await placePickup(db.sql);
  deliveryA = await placeDelivery(db.sql, network);
  deliveryB = await placeDelivery(db.sql, network, { shiftId: network.shifts[VANS.b1]! });
  await placeHold(db.sql, heldC, parcelRequest({ nodeId: NODES.storeA }));
  await db.sql`select app.record_stock_events('WMS', jsonb_agg(jsonb_build_object('event_id', 'e', 'seq', 1, 'node_id', n.id, 'sku_id', 'ICE',
    'kind', 'delta', 'units', 1, 'at', app.now()))) from public.nodes n`;
  await db.sql`insert into public.calendar_days (region_id, day, name) values ('LISBOA', '2026-12-25', 'Christmas')`;
  await db.sql`insert into public.blackouts (region_id, service, day, name) values ('LISBOA', 'delivery', '2026-12-24', 'Roadworks')`;
  await db.sql`insert into public.cut_offs (region_id, service, weekday, order_by) values ('LISBOA', 'delivery', 7, '20:00')`;
  await db.sql`insert into public.window_cut_offs (window_id, node_id, order_by_at)
    select id, ${NODES.storeA}, starts_at from public.windows limit 1`;
  await db.sql`insert into public.channel_safety (region_id, channel_id, sku_id, node_id, units) values ('LISBOA', 'SHOP', 'ICE', ${NODES.storeA}, 1)`;
  await db.sql`insert into public.claim_shares (claim_id, units, most) select id, 1, 1 from public.claims limit 1`;
  await db.sql`insert into public.service_areas (node_id, most_drive_sec) values (${NODES.storeA}, 1800)`;
  await db.sql`insert into public.lanes (id, from_node_id, to_node_id, departs, arrives, base_cents, kg_cents, limit_orders)
    values ('L', 'DC-1', ${NODES.storeA}, '06:00', '07:00', 60, 4, 20)`;
  await db.sql`insert into public.lane_runs (lane_id, day, limit_orders) values ('L', '2026-03-03', 20)`;
  const movedC = randomUUID();
  await placeHold(db.sql, movedC, parcelRequest());
  const { orderId } = await confirmHold(db.sql, movedC);
  await repromiseOrder(db.sql, orderId, randomUUID(), parcelRequest({ day: 2 }));
  await db.sql.begin((tx) => actingAs(tx, network.staff.ops, (s) => parkOrder(s, orderId)));
  for (const [van, driver, { fulfilmentId, holdId }] of [
    [VANS.a1, network.staff.driverA, deliveryA],
    [VANS.b1, network.staff.driverB, deliveryB],
  ] as const) {
    await db.sql.begin(async (tx) => {
      await actingAs(
        tx,
        network.staff.ops,
        (s) => s`select app.mark_ready(${fulfilmentId}), app.hand_over(${fulfilmentId})`,
      );
      await actingAs(tx, driver, async (s) => {
        await s`select app.start_shift(${network.shifts[van]!})`;
        await s`select app.report_position(${network.shifts[van]!}, 0, 0), app.arrive(${holdId})`;
      });
    });
  }
});
afterAll(() => db.drop());

type User = keyof Network["staff"] | "stranger";
const idOf = (user: User) => (user === "stranger" ? stranger : network.staff[user]);

const visible = (tx: Transaction, user: User, query: string) =>
  actingAs(tx, idOf(user), async (s) =>
    (await s.unsafe<{ key: string }[]>(`select distinct key from (${query}) q (key) order by key`)).map(
      ({ key }) => key,
    ),
  );

/** For a query of one text column: what each kind of user sees of it. Whoever is not named sees nothing, ops everything. */
interface Sight {
  readonly query: string;
  readonly storeA?: () => readonly string[];
  readonly storeB?: () => readonly string[];
  readonly driverA?: () => readonly string[];
  readonly driverB?: () => readonly string[];
}

const sorted = (...keys: readonly string[]) => [...keys].sort();
const nodeOnly = (query: string): Sight => ({ query, storeA: () => [NODES.storeA], storeB: () => [NODES.storeB] });

const SIGHTS: Readonly<Record<string, Sight>> = {
  carrier_days: { ...nodeOnly("select node_id from carrier_days"), storeB: () => [] },
  carrier_services: { query: "select node_id from carrier_services" },
  carriers: { query: "select id from carriers", storeA: () => [CARRIER] },
  channel_safety: { query: "select sku_id from channel_safety" },
  // Any of the staff may know through whom was bought what they pick or bring.
  channels: {
    query: "select id from channels",
    storeA: () => ["SHOP"],
    storeB: () => ["SHOP"],
    driverA: () => ["SHOP"],
    driverB: () => ["SHOP"],
  },
  claim_shares: { query: "select claim_id from claim_shares" },
  // Of what is claimed, a node is told who fetches its parcels.
  claims: { query: "select hold_id::text from claims", storeA: () => [heldC] },
  // A driver learns of changes through the shift's topic; the record itself is for the node and for ops.
  events: nodeOnly("select node_id from events where node_id is not null"),
  exceptions: { query: "select id::text from exceptions" },
  fulfilments: {
    query: "select id::text from fulfilments",
    storeA: () => sorted(pickupA.fulfilmentId, deliveryA.fulfilmentId),
    storeB: () => [deliveryB.fulfilmentId],
    driverA: () => [deliveryA.fulfilmentId],
    driverB: () => [deliveryB.fulfilmentId],
  },
  hold_limits: { query: "select region_id from hold_limits" },
  hold_lines: {
    query: "select hold_id::text from hold_lines",
    storeA: () => sorted(pickupA.holdId, deliveryA.holdId),
    storeB: () => [deliveryB.holdId],
    driverA: () => [deliveryA.holdId],
    driverB: () => [deliveryB.holdId],
  },
  holds: {
    query: "select id::text from holds",
    storeA: () => sorted(pickupA.holdId, deliveryA.holdId),
    storeB: () => [deliveryB.holdId],
    driverA: () => [deliveryA.holdId],
    driverB: () => [deliveryB.holdId],
  },
  inventory_levels: nodeOnly("select node_id from inventory_levels"),
  // Of what comes or goes by a lane, both its ends.
  lane_runs: { query: "select lane_id from lane_runs", storeA: () => ["L"] },
  lanes: { query: "select id from lanes", storeA: () => ["L"] },
  order_lines: {
    query: "select order_id::text from order_lines",
    storeA: () => sorted(pickupA.orderId, deliveryA.orderId),
    storeB: () => [deliveryB.orderId],
    driverA: () => [deliveryA.orderId],
    driverB: () => [deliveryB.orderId],
  },
  orders: {
    query: "select id::text from orders",
    storeA: () => sorted(pickupA.orderId, deliveryA.orderId),
    storeB: () => [deliveryB.orderId],
    driverA: () => [deliveryA.orderId],
    driverB: () => [deliveryB.orderId],
  },
  pickup_windows: nodeOnly("select node_id from pickup_windows"),
  positions: {
    query: "select shift_id::text from positions",
    driverA: () => [network.shifts[VANS.a1]!],
    driverB: () => [network.shifts[VANS.b1]!],
  },
  parkings: { query: "select order_id::text from parkings" },
  repromises: { query: "select order_id::text from repromises" },
  // Any of the staff may know to which doors a node's vans go, of whichever node: what a door can have is weighed over all.
  service_areas: {
    query: "select node_id from service_areas",
    storeA: () => [NODES.storeA],
    storeB: () => [NODES.storeA],
    driverA: () => [NODES.storeA],
    driverB: () => [NODES.storeA],
  },
  shift_rules: { query: "select vehicle_id from shift_rules" },
  shifts: {
    query: "select vehicle_id from shifts",
    storeA: () => [VANS.a1, VANS.a2],
    storeB: () => [VANS.b1],
    driverA: () => [VANS.a1],
    driverB: () => [VANS.b1],
  },
  sourcing_rules: {
    query: "select region_id from sourcing_rules",
    storeA: () => ["LISBOA"],
    storeB: () => ["LISBOA"],
    driverA: () => ["LISBOA"],
    driverB: () => ["LISBOA"],
  },
  staff: {
    query: "select name from staff",
    storeA: () => ["storeA"],
    storeB: () => ["storeB"],
    driverA: () => ["driverA"],
    driverB: () => ["driverB"],
  },
  staff_nodes: nodeOnly("select node_id from staff_nodes"),
  stock_events: nodeOnly("select node_id from stock_events"),
  // The rule of a region, for whoever works there: what is available at a node cannot be told without it.
  stock_freshness_steps: {
    query: "select region_id from stock_freshness_steps",
    storeA: () => ["LISBOA"],
    storeB: () => ["LISBOA"],
    driverA: () => ["LISBOA"],
    driverB: () => ["LISBOA"],
  },
  stock_movements: nodeOnly("select node_id from stock_movements"),
  stops: {
    query: "select hold_id::text from stops",
    storeA: () => [deliveryA.holdId],
    storeB: () => [deliveryB.holdId],
    driverA: () => [deliveryA.holdId],
    driverB: () => [deliveryB.holdId],
  },
  vehicles: {
    query: "select id from vehicles",
    storeA: () => [VANS.a1, VANS.a2],
    storeB: () => [VANS.b1],
    driverA: () => [VANS.a1],
    driverB: () => [VANS.b1],
  },
  work_buckets: nodeOnly("select node_id from work_buckets"),
};

// What is open, closed and ordered until when is asked before anybody signs in.
const OPEN_TO_ALL = [
  "blackouts",
  "calendar_days",
  "cut_offs",
  "edge_snapshots",
  "node_hours",
  "nodes",
  "regions",
  "sample_addresses",
  "skus",
  "window_cut_offs",
  "window_rules",
  "windows",
];

test("every table is either open to all or has a line below", async () => {
  const tables = await db.sql`select tablename from pg_tables where schemaname = 'public' order by 1`;
  expect(tables.map(({ tablename }) => tablename)).toEqual([...Object.keys(SIGHTS), ...OPEN_TO_ALL].sort());
});

describe.each(Object.entries(SIGHTS))("%s", (table, sight) => {
  test.each(["storeA", "storeB", "driverA", "driverB"] as const)("%s sees its own rows", (user) =>
    rolledBack(db.sql, async (tx) => {
      expect(await visible(tx, user, sight.query)).toEqual(sight[user]?.() ?? []);
    }),
  );
  test("ops sees every row, a user who is no staff none, and nobody may ask without signing in", () =>
    rolledBack(db.sql, async (tx) => {
      const [all] = await tx.unsafe(`select count(*)::int as rows from ${table}`);
      expect(await actingAs(tx, idOf("ops"), (s) => s.unsafe(`select count(*)::int as rows from ${table}`))).toEqual([
        all,
      ]);
      expect(await visible(tx, "stranger", sight.query)).toEqual([]);
      await expectRefusal(tx, "42501", (s) => actingAs(s, null, (a) => a.unsafe(`select from ${table}`)));
    }));
});

test.each(OPEN_TO_ALL)("%s is open to all", (table) =>
  rolledBack(db.sql, async (tx) => {
    const [all] = await tx.unsafe(`select count(*)::int as rows from ${table}`);
    for (const user of [null, stranger])
      expect(await actingAs(tx, user, (s) => s.unsafe(`select count(*)::int as rows from ${table}`))).toEqual([all]);
  }),
);

describe("nobody writes a table, whoever they are", () => {
  test.each([...Object.keys(SIGHTS), ...OPEN_TO_ALL])("%s", (table) =>
    rolledBack(db.sql, async (tx) => {
      const [column] =
        await tx`select attname as name from pg_attribute where attrelid = ${table}::regclass and attnum = 2`;
      for (const write of [
        `insert into ${table} default values`,
        `update ${table} set ${column!.name} = ${column!.name} where false`,
        `delete from ${table} where false`,
        `truncate ${table} cascade`,
        `select from ${table} for update`,
      ]) {
        for (const user of [null, idOf("ops"), idOf("storeA")]) {
          const refused = actingAs(tx, user, (s) => s.unsafe(write));
          await expect(refused, write).rejects.toMatchObject({ code: "42501" });
        }
        const asService = tx.savepoint(async (s) => {
          await s`set local role service_role`;
          await s.unsafe(write);
        });
        await expect(asService, write).rejects.toMatchObject({ code: "42501" });
      }
    }),
  );
});

test("the functions that trust their caller are not for people", () =>
  rolledBack(db.sql, async (tx) => {
    for (const call of [
      `select app.release_hold('${heldC}')`,
      `select app.confirm_hold('${heldC}', gen_random_uuid(), '{}')`,
      `select app.expire_holds()`,
      `select app.close_unused_shifts()`,
      `select app.apply_plan('[]')`,
      `select app.return_claims('{${heldC}}', 'released')`,
      `select app.lock_fulfilment('${pickupA.fulfilmentId}')`,
      `select * from app.outbox`,
      `update app.clock set shift = '1 day'`,
    ]) {
      for (const user of [null, stranger, idOf("ops")])
        await expect(
          actingAs(tx, user, (s) => s.unsafe(call)),
          call,
        ).rejects.toMatchObject({ code: "42501" });
    }
  }));

test("staff who lose their role or node lose their sight with the next query, whatever their token says", () =>
  rolledBack(db.sql, async (tx) => {
    await tx`delete from public.staff_nodes where user_id = ${idOf("storeA")}`;
    expect(await visible(tx, "storeA", "select id::text from orders")).toEqual([]);
    await tx`delete from public.staff where user_id = ${idOf("ops")}`;
    expect(await visible(tx, "ops", "select id::text from orders")).toEqual([]);
  }));

// -------------------------------------------------------------------------------------------------------------- topics

type Listener = User | "anon";
const EVERY_LISTENER: readonly Listener[] = ["anon", "stranger", "storeA", "storeB", "driverA", "driverB", "ops"];

/** Who may hear a topic; a function of it, because ids are minted when the tests start. */
const TOPICS: readonly [name: string, topic: () => string, listeners: readonly Listener[]][] = [
  ["windows of a region", () => "windows:LISBOA", EVERY_LISTENER],
  ["an order, by its link", () => `order:${pickupA.token}`, EVERY_LISTENER],
  ["an order, by its id", () => `order:${pickupA.orderId}`, []],
  ["an order that does not exist", () => `order:${"0".repeat(32)}`, []],
  ["ops of a region", () => "ops:LISBOA", ["ops"]],
  ["a store", () => "store:STORE-A", ["storeA", "ops"]],
  ["another store", () => "store:STORE-B", ["storeB", "ops"]],
  ["a shift", () => `shift:${network.shifts[VANS.a1]!}`, ["driverA", "ops"]],
  ["another shift", () => `shift:${network.shifts[VANS.b1]!}`, ["driverB", "ops"]],
  ["a shift that does not exist", () => `shift:${randomUUID()}`, []],
  ["a store whose name is no code", () => "store:store-a", []],
  ["a store and more", () => "store:STORE-A:x", []],
  ["a shift whose name is no uuid", () => `shift:${"-".repeat(36)}`, []],
  ["a topic of no kind", () => "everything", []],
  ["a topic without a name", () => "", []],
];

function claimsOf(listener: Listener): Claims {
  return listener === "anon" ? { role: "anon" } : { role: "authenticated", sub: idOf(listener) };
}

describe("a private channel", () => {
  test.each(TOPICS)("for %s is heard by whom it concerns", async (_name, topic, listeners) => {
    const heard: Listener[] = [];
    for (const listener of EVERY_LISTENER) {
      const access = await readAccess(db.sql, claimsOf(listener), topic());
      expect(access.presence).toBe(false);
      if (access.broadcast) heard.push(listener);
    }
    expect(heard).toEqual(EVERY_LISTENER.filter((listener) => listeners.includes(listener)));
  });

  test("is spoken on by the database alone", async () => {
    for (const [, topic] of TOPICS.slice(0, 8)) {
      for (const listener of ["anon", "storeA", "ops"] as const)
        expect(await writeAccess(db.sql, claimsOf(listener), topic(), "broadcast")).toBe(false);
    }
  });

  test("shows no message of another topic", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`select set_config('realtime.topic', 'windows:LISBOA', true)`;
      const seen = await actingAs(tx, stranger, (s) => s`select topic from realtime.messages`);
      expect(seen).toEqual([]);
    }));
});

describe("a message", () => {
  const told = (tx: Transaction) =>
    tx`select topic, payload from realtime.messages where inserted_at = now()::timestamp order by topic`;

  test("of an event goes to whom it concerns, with ids and a kind and nothing else", () =>
    rolledBack(db.sql, async (tx) => {
      await actingAs(tx, idOf("ops"), (s) => s`select app.finish_stop(${deliveryA.holdId}, 'delivered')`);
      const messages = (await told(tx)).filter(({ payload }) => payload.kind === "order_delivered");
      expect(messages.map(({ topic }) => topic)).toEqual(
        ["ops:LISBOA", `order:${deliveryA.token}`, `shift:${network.shifts[VANS.a1]!}`, "store:STORE-A"].sort(),
      );
      for (const { payload } of messages) expect(Object.keys(payload).sort()).toEqual(["event", "id", "kind"]);
    }));

  test("of a new snapshot goes to the shoppers of the region, with its version", () =>
    rolledBack(db.sql, async (tx) => {
      await tx`insert into public.edge_snapshots (region_id, version, built_at, body) values ('LISBOA', 3, app.now(), '{}')`;
      await tx`update public.edge_snapshots set version = 4`;
      const messages = await told(tx);
      expect(messages.map(({ topic, payload }) => [topic, payload.version]).sort()).toEqual([
        ["windows:LISBOA", 3],
        ["windows:LISBOA", 4],
      ]);
    }));
});
