import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Certificate } from "#server/domain/decision.ts";
import { FulfilmentId, HoldId, NodeId, OrderId, OrderToken, RegionId, SkuId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { judgeOffer } from "#server/edge/judge-offer.ts";
import { auditLedger, violations } from "#server/features/audit/audit-ledger.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { insertLane, LANE, NODES, setClock } from "#supabase/tests/network-fixture.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { answerCertificate } from "./http.ts";
import { promiseServices } from "./promise-services.ts";
import { summaryOf, verifyCertificate } from "./verify-certificate.ts";

// The fixture's Monday begins at 06:00. Only DC-1 has ice here, and hands nothing over itself: the lane takes it to STORE-A at
// 11:00, where it can be collected from 13:00 on. Windows start at 10, 12, 14 and 16.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
  await insertLane(world.sql);
  await world.sql`update public.inventory_levels set safety = on_hand where sku_id = 'ICE' and node_id <> 'DC-1'`;
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");
const nodeId = NodeId.parse(NODES.storeA);
const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const line = (sku: string, units = 1) => ({ skuId: SkuId.parse(sku), units });
type Lines = ReturnType<typeof line>[];
const ICE = [line("ICE")];

async function pickups(lines: Lines = ICE, insteadOf?: HoldId): Promise<WindowView[]> {
  const asked = { regionId, lines, destination: DOOR, nodeId, ...(insteadOf && { insteadOf }) };
  return (await shopper.promise.pickup(asked)).windows;
}

/** By hour of the fixture's Monday: from when what is brought can be collected, "own", or the reason. */
async function monday(lines?: Lines): Promise<Record<string, string>> {
  const windows = (await pickups(lines)).filter(({ startsAt }) => startsAt.startsWith("2026-03-02"));
  const told = (one: WindowView) => (one.open ? (one.broughtBy?.slice(11, 16) ?? "own") : one.reason.code);
  return Object.fromEntries(windows.map((one) => [one.startsAt.slice(11, 13), told(one)]));
}

async function at(hour: number, lines?: Lines, insteadOf?: HoldId): Promise<string> {
  const window = (await pickups(lines, insteadOf)).find(({ startsAt }) => startsAt === `2026-03-02T${hour}:00:00.000Z`);
  if (!window?.open) throw new Error(`${hour} is closed`);
  return window.offer;
}

async function hold(offer: string, lines: Lines = ICE, insteadOf?: HoldId): Promise<HoldId> {
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer, lines, destination: DOOR, ...(insteadOf && { insteadOf }) });
  return holdId;
}

async function buy(hour: number, lines: Lines = ICE) {
  const holdId = await hold(await at(hour, lines), lines);
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  return shopper.promise.confirm({ holdId, orderId: OrderId.parse(randomUUID()), customer });
}

const onRun = async () =>
  (await world.sql`select day::text, claimed_orders from public.lane_runs where claimed_orders > 0 order by day`).map(
    ({ day, claimed_orders }) => `${day}: ${claimed_orders}`,
  );

test("windows are offered from when the run is ready, and named the runs that are not", async () => {
  expect(await monday()).toEqual({ "10": "no_transfer", "12": "no_transfer", "14": "13:00", "16": "13:00" });
  // The store's own are there before: the run brings nothing that need not be brought.
  expect(await monday([line("BREAD")])).toEqual({ "10": "own", "12": "own", "14": "own", "16": "own" });
  await world.sql`update public.lanes set is_active = false`;
  expect(await monday()).toMatchObject({ "14": "out_of_stock" });
});

test("a quote lists a store to which the goods can be brought, with the window from which on they are there", async () => {
  const quote = await shopper.promise.quote({ regionId, lines: ICE, destination: DOOR });
  expect(quote.pickup).toMatchObject([{ nodeId, nextStartsAt: "2026-03-02T14:00:00.000Z", isBroughtHere: true }]);
});

test("each check that keeps a run from bringing it is named", async () => {
  await world.sql`update public.lane_runs set limit_orders = 0`;
  expect(await monday()).toMatchObject({ "14": "transfer_full" });
  await world.sql`update public.lane_runs set limit_orders = 1`;
  await world.sql`update public.lanes set carries_frozen = false`;
  expect(await monday()).toMatchObject({ "14": "no_transfer" });
  await world.sql`update public.lanes set carries_frozen = true`;
  await world.sql`update public.work_buckets set target_sec = 0, limit_sec = 0 where node_id = 'DC-1' and starts_at < '2026-03-02T12:00Z'`;
  expect(await monday()).toMatchObject({ "14": "picking_full" });
  await setClock(world.sql, "2026-03-02T10:45:00Z");
  expect(await monday()).toMatchObject({ "14": "cut_off_passed" });
});

test("the last place on the run is held once, and is there again for who held it", async () => {
  await world.sql`update public.lane_runs set limit_orders = 1`;
  const mine = await at(14);
  const yours = await at(16);
  const holdId = await hold(mine);
  expect(await onRun()).toEqual(["2026-03-02: 1"]);
  expect(await faultOf(hold(yours))).toBe("run-full");
  expect(await monday()).toMatchObject({ "14": "transfer_full" });
  await hold(await at(16, ICE, holdId), ICE, holdId);
  expect(await onRun()).toEqual(["2026-03-02: 1"]);
});

test("a cart of which the store has a part is collected in one window, and only the rest is brought", async () => {
  await world.sql`update public.sourcing_rules set most_nodes = 2, least_part_cents = 0, split_cents = 0`;
  // So dear that nothing is brought without need.
  await world.sql`update public.sourcing_rules set transfer_weight_percent = 1000`;
  await world.sql`update public.lanes set kg_cents = 500`;
  const lines = [line("BREAD", 3), line("ICE")];
  expect(await monday(lines)).toMatchObject({ "12": "no_transfer", "14": "13:00" });
  await buy(14, lines);
  const parts = await world.sql`
    select h.node_id, h.lane_id, l.sku_id, (select count(*)::int from public.claims c where c.hold_id = h.id and c.kind = 'pickup') as places
    from public.holds h join public.hold_lines l on l.hold_id = h.id order by h.node_id desc`;
  expect([...parts]).toEqual([
    { node_id: "STORE-A", lane_id: null, sku_id: "BREAD", places: 1 },
    { node_id: "DC-1", lane_id: LANE, sku_id: "ICE", places: 0 },
  ]);
  expect(violations(await auditLedger(world.sql))).toEqual([]);
});

const keys = () => world.platform.offerKeys();
const contentsOf = (jws: string): Certificate => JSON.parse(Buffer.from(jws.split(".")[1]!, "base64url").toString());

test("the certificate says which run brings it, adds up, and replays", async () => {
  const { token } = await buy(14);
  const jws = await (await answerCertificate(world.sql, token)).text();
  const { certificate, faults } = verifyCertificate(jws, keys().publicJwk);
  expect(faults).toEqual([]);
  const [part] = certificate!.judgement.parts;
  // 90 and 3 a kilogram for half of one.
  expect(part).toMatchObject({
    nodeId: "DC-1",
    transfer: { laneId: LANE, day: "2026-03-02", free: 8 },
    terms: { transferCents: 91.5 },
  });
  expect(summaryOf(certificate!).join("\n")).toContain(`with ${LANE}`);

  const forged = (change: (one: Certificate) => void) => {
    const one = contentsOf(jws);
    change(one);
    return verifyCertificate(keys().certify(JSON.stringify(one)), keys().publicJwk).faults.join(" ");
  };
  const transferOf = (one: Certificate) => one.judgement.parts[0]!.transfer!;
  expect(forged((one) => Object.assign(transferOf(one), { day: "2026-04-03" }))).toContain("does not leave DC-1");
  expect(forged((one) => Object.assign(transferOf(one), { readySec: one.decision.window.startSec + 1 }))).toContain(
    "not ready when it starts",
  );
  expect(forged((one) => Object.assign(transferOf(one), { free: 0 }))).toContain("took no more orders");
  expect(forged((one) => Object.assign(one.decision, { laneRuns: [] }))).toContain("nothing could have been promised");
});

test("a certificate from before there were transfers is judged by the rules of its time", async () => {
  await world.sql`update public.sourcing_rules set busy_percent = 0, busy_hour_cents = 100000`;
  const lines = [line("BREAD")];
  const { token } = await buy(12, lines);
  const old = contentsOf(await (await answerCertificate(world.sql, token)).text());
  const { decision, judgement } = old;
  expect(judgement.parts[0]!.terms.busyCents).toBeGreaterThan(0);
  const nodes = decision.nodes.slice(0, 1);
  const { laneRuns: _, ...before } = { ...decision, nodes };
  const [part] = judgement.parts;
  const { transfer: _none, ...plain } = part!;
  const { transferCents: _zero, ...terms } = { ...part!.terms, busyCents: 0 };
  const costCents = judgement.costCents - part!.terms.busyCents;
  const then = {
    ...old,
    decision: before,
    judgement: { ...judgement, alternatives: [], costCents, boundCents: costCents, parts: [{ ...plain, terms }] },
  };
  expect(verifyCertificate(keys().certify(JSON.stringify(then)), keys().publicJwk).faults).toEqual([]);
});

test("an order whose hold ran out is brought anew by whichever run is in time", async () => {
  const holdId = await hold(await at(16));
  await world.sql`update public.holds set expires_at = app.now() + interval '1 millisecond'`;
  await world.sql`select pg_sleep(0.01)`;
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  await shopper.promise.confirm({ holdId, orderId: OrderId.parse(randomUUID()), customer });
  expect(await onRun()).toEqual(["2026-03-02: 1"]);
  expect(violations(await auditLedger(world.sql))).toEqual([]);
});

test("the edge says gone where no run takes it any more, and what is nearest", async () => {
  const { offerKeys, ...services } = promiseServices(world.platform);
  const offer = offerKeys.verify(await at(14), Date.parse("2026-03-02T06:01:00Z") / 1000);
  if (typeof offer === "string") throw new Error(offer);
  expect(offer).toMatchObject({ col: "STORE-A", pts: [{ nod: "DC-1" }] });
  const judged = async () => {
    await buildSnapshot({ offerKeys, ...services }, regionId);
    const [row] = await world.sql`select body from public.edge_snapshots where region_id = ${regionId}`;
    const { status, ...rest } = judgeOffer(offer, row!.body, row!.body.builtAt);
    return "reason" in rest ? rest.reason : status;
  };
  expect(await judged()).toBe("ok");
  await world.sql`update public.lane_runs set limit_orders = 0`;
  expect(await judged()).toBe("transfer_full");
  await world.sql`update public.lane_runs set limit_orders = 8`;
  await world.sql`update public.pickup_windows set limit_orders = 0 where node_id = ${nodeId}`;
  expect(await judged()).toBe("pickup_full");
});

test("the order page, the source's queue, the store's screen and ops say where it is", async () => {
  const { token } = await buy(14);
  const ops = world.as(world.network.staff.ops);
  const store = world.as(world.network.staff.storeA);
  const page = async () => {
    const { state, pickupPlace, parts, timeline } = await shopper.orders.byToken({ token: OrderToken.parse(token) });
    const reached = timeline.filter(({ progress }) => progress !== "ahead").at(-1)!.step;
    return [state, reached, pickupPlace?.name, parts[0]!.nodeName, parts[0]!.transfer?.step];
  };
  const atStore = async () =>
    (await store.picking.queue({ nodeId })).brought.map(({ from, state }) => `${from} ${state}`);
  const atSource = async () => (await ops.picking.queue({ nodeId: NodeId.parse(NODES.dc) })).tasks;

  const [task] = await atSource();
  expect(task).toMatchObject({ state: "to_pick", run: { to: "Alvalade", leavesAt: "2026-03-02T11:00:00.000Z" } });
  expect(await atStore()).toEqual(["Carregado to_pick"]);
  expect(await page()).toEqual(["confirmed", "confirmed", "Alvalade", "Carregado", "waiting"]);
  const { fulfilmentId, orderId } = task!;
  await ops.picking.markReady({ fulfilmentId });
  expect(await faultOf(store.picking.receiveTransfer({ fulfilmentId }))).toBe("wrong-state");
  await ops.picking.handOver({ fulfilmentId });
  expect(await page()).toEqual(["confirmed", "confirmed", "Alvalade", "Carregado", "on_the_way"]);
  await store.picking.receiveTransfer({ fulfilmentId });
  expect(await atStore()).toEqual(["Carregado received"]);
  expect(await page()).toEqual(["ready", "ready", "Alvalade", "Carregado", "received"]);
  expect((await ops.tower.order({ orderId })).fulfilments[0]).toMatchObject({
    state: "received",
    transfer: { toName: "Alvalade", readyAt: "2026-03-02T13:00:00.000Z", receivedAt: expect.any(String) },
  });
  await store.picking.collectTransfer({ fulfilmentId });
  expect(await page()).toEqual(["delivered", "delivered", "Alvalade", "Carregado", "received"]);
});

// ------------------------------------------------------------------------------------------- what does not come after all

const partsOf = async (orderId: string) =>
  (
    await world.sql<{ id: string; nodeId: string; state: string }[]>`
      select f.id, f.node_id as "nodeId", f.state from public.fulfilments f where f.order_id = ${orderId} order by f.created_at, f.id`
  ).map((part) => ({ ...part, fulfilmentId: FulfilmentId.parse(part.id) }));
const soundLedger = async () => expect(violations(await auditLedger(world.sql))).toEqual([]);

async function bought(hour: number, lines: Lines = ICE) {
  const { token } = await buy(hour, lines);
  const [row] = await world.sql<{ id: string }[]>`select id from public.orders where token = ${token}`;
  return { token: OrderToken.parse(token), orderId: OrderId.parse(row!.id) };
}

test("what its store rejects is brought to the same counter from elsewhere, in time for its window", async () => {
  const { token, orderId } = await bought(14, [line("BREAD")]);
  const [own] = await partsOf(orderId);
  expect(own!.nodeId).toBe("STORE-A");
  const store = world.as(world.network.staff.storeA);
  const { takenBy } = await store.picking.reject({ fulfilmentId: own!.fulfilmentId, reason: "damaged" });
  expect(takenBy.map(({ nodeId }) => nodeId)).toEqual(["DC-1"]);
  expect(await onRun()).toEqual(["2026-03-02: 1"]);
  const order = await shopper.orders.byToken({ token });
  expect(order).toMatchObject({ state: "confirmed", pickupPlace: { name: "Alvalade" } });
  expect(order.agreedStartsAt).toBe(order.promiseStartsAt);
  await soundLedger();
});

test("a box that its run did not bring is made anew from the store's shelf, and its node may send another", async () => {
  const { orderId } = await bought(16);
  const [brought] = await partsOf(orderId);
  const [ops, store] = [world.as(world.network.staff.ops), world.as(world.network.staff.storeA)];
  const { fulfilmentId } = brought!;
  await ops.picking.markReady({ fulfilmentId });
  await ops.picking.handOver({ fulfilmentId });
  await setClock(world.sql, "2026-03-02T09:10:00Z");
  expect(await store.picking.loseTransfer({ fulfilmentId, reason: "damaged" })).toEqual({ orderId, isPlaced: true });
  // The run has not left: what was spoilt on the ramp is picked once more, and goes with it.
  expect((await partsOf(orderId)).map(({ nodeId, state }) => [nodeId, state])).toEqual([
    ["DC-1", "rejected"],
    ["DC-1", "to_pick"],
  ]);
  const [, again] = await partsOf(orderId);
  await ops.picking.markReady({ fulfilmentId: again!.fulfilmentId });
  await ops.picking.handOver({ fulfilmentId: again!.fulfilmentId });
  await setClock(world.sql, "2026-03-02T13:10:00Z");
  await world.sql`update public.inventory_levels set safety = 0 where (node_id, sku_id) = ('STORE-A', 'ICE')`;
  const lost = { fulfilmentId: again!.fulfilmentId, reason: "lost" } as const;
  expect(await store.picking.loseTransfer(lost)).toEqual({ orderId, isPlaced: true });
  expect((await partsOf(orderId)).at(-1)).toMatchObject({ nodeId: "STORE-A", state: "to_pick" });
  await soundLedger();
});

test("where nobody can, operations end that part or the order, and its shopper reads which goods cannot be had", async () => {
  await world.sql`update public.inventory_levels set safety = on_hand where sku_id = 'BREAD' and node_id = 'DC-1'`;
  const { token, orderId } = await bought(14, [line("BREAD"), line("ICE")]);
  const [ops, store] = [world.as(world.network.staff.ops), world.as(world.network.staff.storeA)];
  const brought = (await partsOf(orderId)).find(({ nodeId }) => nodeId === "DC-1")!;
  await ops.picking.reject({ fulfilmentId: brought.fulfilmentId, reason: "out_of_stock" });
  expect(await shopper.orders.byToken({ token })).toMatchObject({ state: "unplaced" });
  const end = { orderId, scope: "parts", note: "no more ice" } as const;
  expect(await faultOf(store.tower.failOrder(end))).toBe("forbidden");
  expect(await ops.tower.failOrder(end)).toEqual({ state: "confirmed" });
  expect(await ops.tower.failOrder(end)).toEqual({ state: "confirmed" });
  const { parts, state, pickupPlace } = await shopper.orders.byToken({ token });
  expect([state, pickupPlace?.name]).toEqual(["confirmed", "Alvalade"]);
  expect(parts.map(({ isGivenUp, nodeName, lines }) => [isGivenUp, nodeName, lines.map(({ skuId }) => skuId)])).toEqual(
    expect.arrayContaining([
      [true, null, ["ICE"]],
      [false, "Alvalade", ["BREAD"]],
    ]),
  );
  await soundLedger();
});
