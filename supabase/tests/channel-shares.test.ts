import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Transaction } from "#server/db/database.ts";
import { cloneDatabase, type TestDatabase } from "#supabase/local/test-database.ts";
import {
  confirmHold,
  deliveryRequest,
  type HoldRequest,
  insertLane,
  insertNetwork,
  instant,
  type Network,
  NODES,
  parcelRequest,
  pickupRequest,
  placeHold,
  type RequestOptions,
  repromiseOrder,
  setClock,
  swapHold,
  transferRequest,
  VANS,
} from "./network-fixture.ts";
import { actingAs, expectRefusal, rolledBack } from "./rolled-back.ts";

// MARKET is a second channel. A pickup window has 6 places, the carrier takes 20 parcels a day, the lane 8 orders a run; an
// hour has 10 800 s of picking, of which a cart of one line takes 90 s and 5 s a unit; a stop takes 300 s of the 7 200 s of a window.

let db: TestDatabase;
let network: Network;
beforeAll(async () => {
  db = await cloneDatabase();
  network = await insertNetwork(db.sql);
  await db.sql`insert into public.channels (region_id, id, name) values ('LISBOA', 'MARKET', 'The market')`;
});
afterAll(() => db.drop());

const share = (tx: Transaction, shares: Record<string, number | null>, channelId = "MARKET") =>
  actingAs(tx, network.staff.ops, (s) => s`select app.set_channel_shares('LISBOA', ${channelId}, ${s.json(shares)})`);

async function place(tx: Transaction, request: HoldRequest, channelId = "MARKET"): Promise<string> {
  const holdId = request.route?.stops.at(-1)?.id ?? randomUUID();
  await placeHold(tx, holdId, { ...request, channel_id: channelId });
  return holdId;
}

const collect = async (tx: Transaction, options: RequestOptions = {}, channelId?: string) =>
  place(tx, await pickupRequest(tx, { cart: { BREAD: 1 }, ...options }), channelId);

const send = (tx: Transaction, channelId?: string) => place(tx, parcelRequest({ cart: { BREAD: 1 } }), channelId);

const deliver = async (tx: Transaction, channelId?: string, hour = 10) =>
  place(tx, await deliveryRequest(tx, network, { cart: { BREAD: 1 }, hour }), channelId);

const claimedBy = async (tx: Transaction, table: string) => {
  const rows = await tx`select claimed_by from ${tx(`public.${table}`)} where claimed_by <> '{}'`;
  return rows.map((row) => row.claimed_by);
};

test("of a pickup window a channel has no more places than its share, and others have the rest", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 50 });
    for (let i = 0; i < 3; i++) await collect(tx);
    expect((await expectRefusal(tx, "KPSHR", (s) => collect(s))).detail).toBe("pickup");
    await collect(tx, { hour: 12 });
    for (let i = 0; i < 3; i++) await collect(tx, {}, "SHOP");
    await expectRefusal(tx, "KPWIN", (s) => collect(s, {}, "SHOP"));
    expect(await claimedBy(tx, "pickup_windows")).toEqual(expect.arrayContaining([{ MARKET: 3 }, { MARKET: 1 }]));
  }));

test("the own shop has a share too: what it has is what no other channel has", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 34 }, "SHOP");
    await collect(tx);
    await collect(tx, {}, "SHOP");
    await collect(tx, {}, "SHOP");
    await expectRefusal(tx, "KPSHR", (s) => collect(s, {}, "SHOP"));
    await collect(tx);
  }));

test("of a carrier's day a channel has no more parcels than its share", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { parcel: 10 });
    await send(tx);
    const last = await send(tx);
    expect((await expectRefusal(tx, "KPSHR", (s) => send(s))).detail).toBe("parcel");
    await send(tx, "SHOP");
    await tx`select app.release_hold(${last})`;
    await send(tx);
  }));

test("of a lane's run a channel has no more orders than its share", () =>
  rolledBack(db.sql, async (tx) => {
    await insertLane(tx);
    await share(tx, { transfer: 13 });
    await place(tx, await transferRequest(tx, { cart: { BREAD: 1 } }));
    const another = await transferRequest(tx, { cart: { BREAD: 1 } });
    expect((await expectRefusal(tx, "KPSHR", (s) => place(s, another))).detail).toBe("transfer");
    await place(tx, another, "SHOP");
  }));

test("of a node's hour a channel has no more picking than its share, in whatever window it is wanted", () =>
  rolledBack(db.sql, async (tx) => {
    // Of 10 800 s two carts of 95 s; the third would come to 285 s of 216 s.
    await share(tx, { picking: 2 });
    await collect(tx);
    await collect(tx, { hour: 12 });
    expect((await expectRefusal(tx, "KPSHR", (s) => collect(s, { hour: 14 }))).detail).toBe("picking");
    await collect(tx, { hour: 14 }, "SHOP");
  }));

test("of a van's time in a window a channel has no more than its share", () =>
  rolledBack(db.sql, async (tx) => {
    // 720 s of 7 200 s: two stops of 300 s.
    await share(tx, { delivery: 10 });
    await deliver(tx);
    await deliver(tx, "SHOP");
    await deliver(tx);
    expect((await expectRefusal(tx, "KPSHR", (s) => deliver(s))).detail).toBe("delivery");
    await deliver(tx, "SHOP");
    const other = await deliveryRequest(tx, network, { cart: { BREAD: 1 }, shiftId: network.shifts[VANS.a2]! });
    await place(tx, other);
    await deliver(tx, "MARKET", 12);
  }));

test("a share lapses so many hours before what it is a share of begins", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 17, lapses_hours: 4 });
    await collect(tx, { hour: 14 });
    await expectRefusal(tx, "KPSHR", (s) => collect(s, { hour: 14 }));
    // At six the window at ten has no share any more.
    await collect(tx);
    await collect(tx);
    expect(await tx`select from public.claim_shares`).toHaveLength(1);
  }));

test("a swap and a move do not count what they give back, and leave the window that they leave", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 17 });
    const first = await collect(tx);
    const again = { ...(await pickupRequest(tx, { cart: { BREAD: 1 } })), channel_id: "MARKET" };
    const second = randomUUID();
    await swapHold(tx, first, second, again);
    const { orderId } = await confirmHold(tx, second);
    await repromiseOrder(tx, orderId, randomUUID(), { ...again, fingerprint: "moved within its window" });
    await collect(tx, { hour: 12 });
    const full = { ...(await pickupRequest(tx, { cart: { BREAD: 1 }, hour: 12 })), channel_id: "MARKET" };
    await expectRefusal(tx, "KPSHR", (s) => repromiseOrder(s, orderId, randomUUID(), full, { after: 1 }));
    const free = { ...(await pickupRequest(tx, { cart: { BREAD: 1 }, hour: 14 })), channel_id: "MARKET" };
    await repromiseOrder(tx, orderId, randomUUID(), free, { after: 1 });
    await collect(tx);
  }));

test("a repeated hold counts once", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 34 });
    const holdId = randomUUID();
    const request = { ...(await pickupRequest(tx, { cart: { BREAD: 1 } })), channel_id: "MARKET" };
    for (let i = 0; i < 3; i++) await placeHold(tx, holdId, request);
    expect(await claimedBy(tx, "pickup_windows")).toEqual([{ MARKET: 1 }]);
    await collect(tx);
  }));

test("what is promised outlives a smaller share and a smaller window, and nothing new is promised", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 50, picking: 50 });
    const held = await collect(tx);
    await collect(tx);
    await share(tx, { pickup: 0, picking: 0 });
    await tx`update public.pickup_windows set limit_orders = greatest(4, claimed_orders)`;
    await tx`select app.extend_hold(${held}, ${randomUUID()}, 900)`;
    await confirmHold(tx, held);
    await expectRefusal(tx, "KPSHR", (s) => collect(s));
    await share(tx, { pickup: null });
    await collect(tx, { hour: 12 });
  }));

test("what a node rejects goes to another node whatever the share and whether the channel is open", () =>
  rolledBack(db.sql, async (tx) => {
    const holdId = await send(tx);
    await confirmHold(tx, holdId);
    const [{ fulfilmentId }] = await tx<[{ fulfilmentId: string }]>`
      select id as "fulfilmentId" from public.fulfilments where hold_id = ${holdId}`;
    await share(tx, { parcel: 0, picking: 0 });
    await tx`update public.channels set is_active = false where id = 'MARKET'`;
    await actingAs(tx, network.staff.ops, (s) => s`select app.reject_fulfilment(${fulfilmentId}, 'out_of_stock')`);
    expect(await claimedBy(tx, "carrier_days")).toEqual([]);
    const other = { ...parcelRequest({ cart: { BREAD: 1 }, nodeId: NODES.storeA }), channel_id: "MARKET" };
    const newId = randomUUID();
    await tx`select app.replace_fulfilment(${fulfilmentId}, ${newId}, ${tx.json([{ ...other, hold_id: newId }] as never)})`;
    expect(await claimedBy(tx, "carrier_days")).toEqual([{ MARKET: 1 }]);
    expect(await tx`select from public.claim_shares`).toHaveLength(0);
  }));

test("holds that run out give back what their channels have, of several channels at once", () =>
  rolledBack(db.sql, async (tx) => {
    await tx`insert into public.channels (region_id, id, name) values ('LISBOA', 'PARTNER', 'A partner')`;
    await collect(tx);
    await collect(tx, {}, "PARTNER");
    const kept = await collect(tx, {}, "PARTNER");
    await confirmHold(tx, kept);
    await setClock(tx, instant(6.5));
    await tx`select app.expire_holds()`;
    expect(await claimedBy(tx, "pickup_windows")).toEqual([{ PARTNER: 1 }]);
  }));

test("a quote reads the shares of its channel alone, and what channels have of each resource", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 50, lapses_hours: 2 });
    await collect(tx);
    const facts = async (channel: string) =>
      (await tx`select app.read_quote_facts('LISBOA', '0', ${channel}) as facts`)[0]!.facts;
    expect((await facts("SHOP")).shares).toBeNull();
    const { shares, changes } = await facts("MARKET");
    expect(shares).toEqual({
      picking: null,
      pickup: 50,
      parcel: null,
      transfer: null,
      delivery: null,
      lapsesHours: 2,
    });
    expect(changes.pickups.claimedBy.filter(Boolean)).toEqual([{ MARKET: 1 }]);
    expect(changes.hours.claimedBy.filter(Boolean)).toEqual([{ MARKET: 95 }]);
    expect(changes.pickups.limit).toHaveLength(changes.pickups.id.length);
  }));

test("only operations set a channel's shares, and the record says who and what", () =>
  rolledBack(db.sql, async (tx) => {
    await share(tx, { pickup: 50 });
    const [event] = await tx`select actor, data from public.events where kind = 'channel_shares_set'`;
    expect({ ...event }).toEqual({ actor: network.staff.ops, data: { id: "MARKET", pickup: 50 } });
    await expectRefusal(tx, "KPNTF", (s) =>
      actingAs(s, network.staff.storeA, (a) => a`select app.set_channel_shares('LISBOA', 'MARKET', '{}')`),
    );
    await expectRefusal(tx, "KPNTF", (s) => share(s, {}, "NOBODY"));
    const none: readonly Record<string, number>[] = [{ pickup: 100 }, { picking: -1 }, { lapses_hours: 0 }];
    for (const wrong of none) await expectRefusal(tx, "KPARG", (s) => share(s, wrong));
    await share(tx, {});
    const [channel] = await tx`select is_limited from public.channels where id = 'MARKET'`;
    expect(channel!.is_limited).toBe(false);
  }));
