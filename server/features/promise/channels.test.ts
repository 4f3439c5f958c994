import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import { ChannelId, OWN_SHOP } from "#server/domain/channel.ts";
import { readChannelPass, writeChannelPass } from "#server/domain/channel-pass.ts";
import { HoldId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { QuoteView, WindowView } from "#server/domain/quote.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, NODES } from "#supabase/tests/network-fixture.ts";
import { resourceOrder } from "./contract.ts";

// MARKET is a channel beside the own shop, from which the last units of bread are kept back.

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
const destination = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const lines = (units = 1) => [{ skuId: SkuId.parse("BREAD"), units }];
const passOf = (channelId: ChannelId) =>
  writeChannelPass(world.platform.offerKeys().disguise, regionId, channelId, Date.now() / 1000);

function quote(channelId: ChannelId, units = 1): Promise<QuoteView> {
  const channel = passOf(channelId);
  return shopper.promise.quote({ regionId, lines: lines(units), destination, ...(channel && { channel }) });
}

function offerAtNoon(windows: readonly WindowView[]): string {
  const noon = windows.find(({ startsAt }) => startsAt === "2026-03-02T12:00:00.000Z");
  if (!noon?.open) throw new Error("noon is closed");
  return noon.offer;
}

async function order(channelId: ChannelId): Promise<OrderId> {
  const holdId = HoldId.parse(randomUUID());
  const offer = offerAtNoon((await quote(channelId)).delivery);
  await shopper.promise.hold({ holdId, offer, lines: lines(), destination });
  const orderId = OrderId.parse(randomUUID());
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  await shopper.promise.confirm({ holdId, orderId, customer });
  return orderId;
}

test("a page asks through its channel, and hold and order carry it from the offer on", async () => {
  expect(passOf(OWN_SHOP)).toBeUndefined();
  await order(MARKET);
  await order(OWN_SHOP);
  const holds = await world.sql`select channel_id from public.holds order by created_at, id`;
  const orders = await world.sql`select channel_id from public.orders order by number`;
  for (const rows of [holds, orders]) expect(rows.map((row) => row.channel_id).sort()).toEqual(["MARKET", "SHOP"]);
});

test("what is kept back from a channel is neither quoted nor held through it", async () => {
  await world.sql`
    insert into public.channel_safety (region_id, channel_id, sku_id, node_id, units)
    select 'LISBOA', 'MARKET', 'BREAD', l.node_id, l.on_hand - 2 from public.inventory_levels l where l.sku_id = 'BREAD'`;
  const isOpen = async (channelId: ChannelId, units: number) =>
    (await quote(channelId, units)).delivery.some(({ open }) => open);
  expect([await isOpen(MARKET, 2), await isOpen(MARKET, 3), await isOpen(OWN_SHOP, 3)]).toEqual([true, false, true]);
  expect((await quote(MARKET, 3)).short).toMatchObject([{ wanted: 3, available: 2 }]);
  // It is set after the offer was made: the hold compares again.
  const offer = offerAtNoon((await quote(MARKET, 2)).delivery);
  await world.sql`update public.channel_safety set units = units + 2`;
  const holdId = HoldId.parse(randomUUID());
  expect(await faultOf(shopper.promise.hold({ holdId, offer, lines: lines(2), destination }))).toBe(
    "insufficient-stock",
  );
});

test("nobody chooses a channel: a pass is of one region, of one day, and of our making", async () => {
  const { disguise } = world.platform.offerKeys();
  const pass = writeChannelPass(disguise, regionId, MARKET, 1000)!;
  expect(readChannelPass(disguise, regionId, pass, 1000)).toBe(MARKET);
  expect(readChannelPass(disguise, regionId, undefined, 1000)).toBe(OWN_SHOP);
  const read =
    (given: string, region: string = regionId, nowSec = 1000) =>
    () =>
      readChannelPass(disguise, region, given, nowSec);
  for (const wrong of [
    read(pass.replace("MARKET", "SHOP")),
    read(pass.slice(0, -1)),
    read("MARKET"),
    read(pass, "PORTO"),
    read(pass, regionId, 1000 + 86_400),
  ])
    expect(wrong).toThrow(expect.objectContaining({ code: "invalid-request" }));
  const forged = `MARKET.${Math.floor(Date.now() / 1000) + 1000}.${"A".repeat(43)}`;
  expect(await faultOf(shopper.promise.quote({ regionId, lines: lines(), destination, channel: forged }))).toBe(
    "invalid-request",
  );
});

test("a channel that is closed after the quote holds nothing", async () => {
  const offer = offerAtNoon((await quote(MARKET)).delivery);
  await world.sql`update public.channels set is_active = false where id = 'MARKET'`;
  const holdId = HoldId.parse(randomUUID());
  expect(await faultOf(shopper.promise.hold({ holdId, offer, lines: lines(), destination }))).toBe("channel-closed");
});

test("an order that another node takes over stays of its channel", async () => {
  const orderId = await order(MARKET);
  const [part] = await world.sql`select id, node_id from public.fulfilments where order_id = ${orderId}`;
  const manager = part!.node_id === NODES.storeA ? world.network.staff.storeA : world.network.staff.storeB;
  await asCaller(world.sql, caller(manager), (tx) => tx`select app.reject_fulfilment(${part!.id}, 'damaged', '[]')`);
  expect(await resourceOrder(world.platform, orderId)).toMatchObject({ placed: true });
  const holds = await world.sql`select channel_id from public.holds`;
  expect(holds.map((row) => row.channel_id)).toEqual(["MARKET", "MARKET"]);
});
