import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import { writeChannelPass } from "#server/domain/channel-pass.ts";
import { HoldId, NodeId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES } from "#supabase/tests/network-fixture.ts";
import { claimedFor, outcomeWithin, withoutClaimed } from "./channel-shares.ts";
import { verifyCertificate } from "./verify-certificate.ts";

// MARKET is a channel beside the own shop. Six orders fit into a pickup window, twenty parcels into a carrier's day.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
  await world.sql`insert into public.channels (region_id, id, name) values ('LISBOA', 'MARKET', 'The market')`;
});
afterAll(() => world.close());

const MARKET = ChannelId.parse("MARKET");
const regionId = RegionId.parse("LISBOA");
const nodeId = NodeId.parse(NODES.storeA);
const destination = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const lines = [{ skuId: SkuId.parse("BREAD"), units: 1 }];
const NOON = "2026-03-02T12:00:00.000Z";

const request = (channelId: ChannelId) => {
  const channel = writeChannelPass(world.platform.offerKeys().disguise, regionId, channelId, Date.now() / 1000);
  return { regionId, lines, destination, ...(channel && { channel }) };
};

const shares = (columns: Record<string, number | null>, channelId = "MARKET") =>
  world.sql`update public.channels set ${world.sql(columns)} where id = ${channelId}`;

async function atNoon(channelId: ChannelId, service: "delivery" | "pickup"): Promise<WindowView> {
  const windows =
    service === "delivery"
      ? (await shopper.promise.quote(request(channelId))).delivery
      : (await shopper.promise.pickup({ ...request(channelId), nodeId })).windows;
  return windows.find(({ startsAt }) => startsAt === NOON)!;
}

const answer = (window: WindowView) => (window.open ? "open" : window.reason.code);

async function hold(window: WindowView): Promise<HoldId> {
  if (!window.open) throw new Error(`closed: ${window.reason.code}`);
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.offer, lines, destination });
  return holdId;
}

async function confirm(holdId: HoldId): Promise<void> {
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  await shopper.promise.confirm({ holdId, orderId: OrderId.parse(randomUUID()), customer });
}

test("a pickup window is open to a channel until it has its share, and to others still", async () => {
  await shares({ pickup_percent: 34 });
  await hold(await atNoon(MARKET, "pickup"));
  const offered = await atNoon(MARKET, "pickup");
  await hold(await atNoon(MARKET, "pickup"));
  expect(answer(await atNoon(MARKET, "pickup"))).toBe("share_used");
  expect(answer(await atNoon(OWN_SHOP, "pickup"))).toBe("open");
  // The offer was made before the share was used up: the hold compares again.
  expect(await faultOf(hold(offered))).toBe("channel-share-used");
  await shares({ share_lapses_hours: 8 });
  expect(answer(await atNoon(MARKET, "pickup"))).toBe("open");
});

test("an hour's picking, of which the channel has its share, closes what would be picked in it alone", async () => {
  await world.sql`update public.work_buckets set limit_sec = 200, target_sec = 200`;
  await shares({ picking_percent: 0 });
  const quoted = await shopper.promise.quote(request(MARKET));
  const reasons = new Set([...quoted.delivery, ...quoted.parcel].map(answer));
  expect(reasons).toEqual(new Set(["share_used"]));
  expect(quoted.pickup.every(({ nextStartsAt }) => nextStartsAt === null)).toBe(true);
  expect(answer(await atNoon(OWN_SHOP, "delivery"))).toBe("open");
  // What is closed to everybody is not closed for a share.
  await world.sql`update public.work_buckets set limit_sec = 10, target_sec = 10`;
  expect(answer(await atNoon(MARKET, "delivery"))).toBe(answer(await atNoon(OWN_SHOP, "delivery")));
});

test("a carrier's day is open to a channel until it has its share of the parcels", async () => {
  await shares({ parcel_percent: 5 });
  const firstDay = async (channelId: ChannelId) => (await shopper.promise.quote(request(channelId))).parcel[0]!;
  // Two nodes send by this carrier.
  for (let i = 0; i < 2; i++) await hold(await firstDay(MARKET));
  expect(answer(await firstDay(MARKET))).toBe("share_used");
  expect(answer(await firstDay(OWN_SHOP))).toBe("open");
});

test("vans take a channel's orders until it has its share of their time in the window, and the next van the next", async () => {
  await shares({ delivery_percent: 10 });
  let held = 0;
  for (let window = await atNoon(MARKET, "delivery"); window.open; window = await atNoon(MARKET, "delivery")) {
    await confirm(await hold(window));
    held++;
  }
  expect(answer(await atNoon(MARKET, "delivery"))).toBe("share_used");
  expect(held).toBeGreaterThan(1);
  const vans = await world.sql`
    select s.shift_id, sum(s.leg_sec + s.service_sec)::int as sec from public.stops s group by s.shift_id`;
  expect(vans.length).toBeGreaterThan(1);
  for (const { sec } of vans) expect(sec).toBeLessThanOrEqual(720);
  expect(answer(await atNoon(OWN_SHOP, "delivery"))).toBe("open");
  expect(violations(await auditLedger(world.sql))).toEqual([]);
});

test("who changes a window or moves an order has that order's place of the share again", async () => {
  await shares({ pickup_percent: 17, delivery_percent: 99 });
  const holdId = await hold(await atNoon(MARKET, "pickup"));
  expect(answer(await atNoon(MARKET, "pickup"))).toBe("share_used");
  const windows = (await shopper.promise.pickup({ ...request(MARKET), nodeId, insteadOf: holdId })).windows;
  expect(answer(windows.find(({ startsAt }) => startsAt === NOON)!)).toBe("open");
});

test("a certificate of a channel with shares says what it may still have, and replays", async () => {
  await shares({ pickup_percent: 50, picking_percent: 50 });
  const holdId = await hold(await atNoon(MARKET, "pickup"));
  await confirm(holdId);
  const [row] = await world.sql`select jws from app.certificates`;
  const { certificate, faults } = verifyCertificate(row!.jws, world.platform.offerKeys().publicJwk);
  expect(faults).toEqual([]);
  const { channel, freePlaces, nodes } = certificate!.decision;
  expect(channel).toMatchObject({ channelId: "MARKET", pickup: 50, picking: 50, parcel: null });
  expect(freePlaces).toBe(3);
  expect(Math.max(...nodes[0]!.hours.freeSec)).toBe(5400);
});

test("of a claimed amount the own shop has what no other channel has", () => {
  const claimedBy = { MARKET: 3, PARTNER: 2 };
  expect([MARKET, OWN_SHOP].map((id) => claimedFor(9, claimedBy, id))).toEqual([3, 4]);
  expect(claimedFor(9, null, OWN_SHOP)).toBe(9);
  expect(withoutClaimed(claimedBy, MARKET, 1)).toEqual({ MARKET: 2, PARTNER: 2 });
  expect(withoutClaimed(claimedBy, OWN_SHOP, 1)).toBe(claimedBy);
});

test("closed for a share is what would be open without one", () => {
  const closed = (code: "picking_full" | "vans_full") => ({ reason: { code } });
  expect(outcomeWithin(closed("picking_full"), closed("vans_full"))).toEqual(closed("vans_full"));
});

test("operations see what each channel has of the week against its share, and change the share", async () => {
  const ops = world.as(world.network.staff.ops);
  const none = { picking: null, pickup: null, parcel: null, transfer: null, delivery: null, lapsesHours: null };
  await ops.tower.setChannelShares({ regionId, channelId: MARKET, shares: { ...none, pickup: 50, lapsesHours: 2 } });
  await hold(await atNoon(MARKET, "pickup"));
  await hold(await atNoon(OWN_SHOP, "pickup"));
  await hold(await atNoon(MARKET, "delivery"));
  const { channels } = await ops.tower.channelShares({ regionId });
  const [own, market] = channels;
  expect([own!.channelId, own!.shares]).toEqual([OWN_SHOP, none]);
  expect(market!.shares).toEqual({ ...none, pickup: 50, lapsesHours: 2 });
  for (const channel of [own!, market!])
    expect(channel.uses.pickup).toMatchObject({
      mostPercent: expect.closeTo(100 / 6),
      mostAt: NOON,
      mostNode: "Alvalade",
    });
  expect(market!.uses.picking!.percent).toBeGreaterThan(own!.uses.picking!.percent);
  expect(market!.uses.delivery).toMatchObject({ mostAt: NOON });
  expect(own!.uses.delivery).toMatchObject({ percent: 0, mostAt: null, mostNode: null });
  expect(own!.uses.transfer).toBeNull();
});

test("who asks why a window is closed is told of the share, in the check that it belongs to", async () => {
  const ops = world.as(world.network.staff.ops);
  const noon = async (channelId: ChannelId) => {
    const { windows } = await ops.promise.explain({ regionId, lines, destination, channelId });
    return windows.find(({ startsAt }) => startsAt === NOON)!.binding;
  };
  expect([await noon(MARKET), await noon(OWN_SHOP)]).toEqual([null, null]);
  await shares({ picking_percent: 0 });
  expect([await noon(MARKET), await noon(OWN_SHOP)]).toEqual([
    { check: "workload", reason: { code: "share_used" } },
    null,
  ]);
  await shares({ picking_percent: null, delivery_percent: 0 });
  expect(await noon(MARKET)).toEqual({ check: "route", reason: { code: "share_used" } });
});
