import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import { asCaller } from "#server/db/database.ts";
import type { Certificate } from "#server/domain/decision.ts";
import { HoldId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { judgeOffer } from "#server/edge/judge-offer.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, setClock } from "#supabase/tests/network-fixture.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { resourceOrder } from "./contract.ts";
import { answerCertificate } from "./http.ts";
import { promiseServices } from "./promise-services.ts";
import { summaryOf, verifyCertificate } from "./verify-certificate.ts";

// The fixture's Monday begins at 06:00. Poste fetches at DC-1 and STORE-A at 16:00 every day, brings it on the next day from
// 08:00 to 20:00, and takes 3.50 and 0.20 a kilogram, 20 parcels a day.

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
});
afterAll(() => world.close());

const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const regionId = RegionId.parse("LISBOA");
const cart = (units = 1, sku = "BREAD") => [{ skuId: SkuId.parse(sku), units }];
const TUESDAY = "2026-03-03T08:00:00.000Z";

interface Asked {
  readonly lines?: ReturnType<typeof cart>;
  readonly destination?: typeof DOOR;
  readonly insteadOf?: HoldId;
}

async function parcels({ lines = cart(), destination = DOOR, insteadOf }: Asked = {}): Promise<WindowView[]> {
  return (await shopper.promise.quote({ regionId, lines, destination, ...(insteadOf && { insteadOf }) })).parcel;
}

async function on(startsAt: string, asked?: Asked): Promise<WindowView> {
  const day = (await parcels(asked)).find((one) => one.startsAt === startsAt);
  if (!day) throw new Error(`no parcel comes on ${startsAt}`);
  return day;
}

function offerOf(day: WindowView): string {
  if (!day.open) throw new Error(`closed: ${day.reason.code}`);
  return day.offer;
}

async function hold(day: WindowView, { lines = cart(), destination = DOOR, insteadOf }: Asked = {}): Promise<HoldId> {
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: offerOf(day), lines, destination, ...(insteadOf && { insteadOf }) });
  return holdId;
}

const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
const confirm = (holdId: HoldId, orderId = OrderId.parse(randomUUID())) =>
  shopper.promise.confirm({ holdId, orderId, customer });

const claimed = async () =>
  (
    await world.sql`
    select carrier_id, node_id, day::text, claimed_parcels from public.carrier_days where claimed_parcels > 0 order by day, node_id`
  ).map((row) => `${row.carrier_id} ${row.node_id} ${row.day}: ${row.claimed_parcels}`);

async function addCarrier(id: string, terms: Record<string, unknown>): Promise<void> {
  await world.sql`insert into public.carriers (id, name) values (${id}, ${`${id} & Sons`})`;
  const service = {
    carrier_id: id,
    node_id: "STORE-A",
    cut_off: "16:00",
    transit_days: 1,
    base_cents: 350,
    kg_cents: 20,
    day_limit_parcels: 20,
    ...terms,
  };
  await world.sql`insert into public.carrier_services ${world.sql(service)}`;
  await world.sql`select from app.open_horizon('LISBOA')`;
}

test("a quote names every day on which a carrier comes, for what the carrier takes unless its service has a price", async () => {
  const days = await parcels({ lines: cart(2) });
  expect(days).toHaveLength(8);
  // 350 + 0.8 kg × 20, by whichever node.
  expect(days[0]).toMatchObject({
    open: true,
    startsAt: TUESDAY,
    endsAt: "2026-03-03T20:00:00.000Z",
    priceCents: 366,
    carriers: ["Poste"],
    deliveries: 1,
  });
  await world.sql`update public.carrier_services set price_cents = 490`;
  expect(await on(TUESDAY)).toMatchObject({ priceCents: 490 });
});

test("the carrier whose parcel costs least to send has the day, whatever the shopper pays for it", async () => {
  await addCarrier("CHEAP", { base_cents: 100, price_cents: 900, cut_off: "14:00" });
  await addCarrier("SLOW", { base_cents: 10, transit_days: 2 });
  expect(await on(TUESDAY)).toMatchObject({ carriers: ["CHEAP & Sons"], priceCents: 900 });
  const wednesday = await on("2026-03-04T08:00:00.000Z");
  expect(wednesday).toMatchObject({ carriers: ["SLOW & Sons"] });
  await hold(wednesday);
  expect(await claimed()).toEqual(["SLOW STORE-A 2026-03-02: 1"]);
  // Its cut-off has passed at two, and Poste still comes.
  await setClock(world.sql, "2026-03-02T14:00:00Z");
  expect(await on(TUESDAY)).toMatchObject({ carriers: ["Poste"] });
});

test("a door that no van reaches is offered parcels all the same", async () => {
  const destination = { ...DOOR, lng: -12 };
  const quote = await shopper.promise.quote({ regionId, lines: cart(), destination });
  expect(quote.delivery.every((window) => !window.open && window.reason.code === "outside_area")).toBe(true);
  expect(quote.parcel.every((day) => day.open)).toBe(true);
  const skuId = cart()[0]!.skuId;
  expect(await shopper.promise.soonest({ regionId, skuId, destination })).toMatchObject({
    delivery: null,
    parcel: { startsAt: TUESDAY, priceCents: 358 },
  });
  await confirm(await hold(await on(TUESDAY, { destination }), { destination }));
});

test("a parcel is held, confirmed, certified and followed under its carrier's name", async () => {
  const holdId = await hold(await on(TUESDAY));
  const [held] = await world.sql`
    select h.service, h.window_starts_at, (select array_agg(c.kind order by c.kind) from public.claims c where c.hold_id = h.id) as kinds
    from public.holds h where h.id = ${holdId}`;
  expect(held).toMatchObject({ service: "parcel", kinds: ["parcel", "stock", "work"] });
  expect(held!.window_starts_at.toISOString()).toBe(TUESDAY);

  const { token } = await confirm(holdId);
  const order = await shopper.orders.byToken({ token });
  expect(order).toMatchObject({ service: "parcel", parts: [{ carrier: "Poste" }], promiseStartsAt: TUESDAY });

  const keys = world.platform.offerKeys();
  const jws = await (await answerCertificate(world.sql, token)).text();
  const { certificate, faults } = verifyCertificate(jws, keys.publicJwk);
  expect(faults).toEqual([]);
  const { decision, judgement } = certificate!;
  expect(judgement.parts[0]).toMatchObject({
    parcel: { carrierId: "POSTE", fetchedOn: "2026-03-02", weightG: 400, free: 20 },
    terms: { routeCents: 0, carrierCents: 358 },
  });
  expect(judgement.alternatives.map(({ nodeId }) => nodeId)).toEqual(
    ["DC-1", "STORE-A", "STORE-B"].filter((id) => id !== judgement.parts[0]!.nodeId),
  );
  expect(judgement.alternatives).toContainEqual({ nodeId: "STORE-B", fails: "window" });
  expect(summaryOf(certificate!)[1]).toContain("400 g with POSTE, which leaves at 2026-03-02T16:00Z");

  const faultsOf = (change: (certificate: Certificate) => void) => {
    const forged = structuredClone(certificate!);
    change(forged);
    return verifyCertificate(keys.certify(JSON.stringify(forged)), keys.publicJwk).faults.join(" ");
  };
  const n = decision.runs.findIndex((run) => decision.nodes[run.node]!.nodeId === judgement.parts[0]!.nodeId);
  expect(faultsOf((it) => void Object.assign(it.judgement.parts[0]!.terms, { carrierCents: 1 }))).toContain(
    "rate card",
  );
  expect(faultsOf((it) => void Object.assign(it.decision.runs[n]!, { limitG: 399 }))).toContain("weighs 400 g");
  expect(faultsOf((it) => void Object.assign(it.judgement.parts[0]!.parcel!, { free: 0 }))).toContain(
    "no more parcels",
  );
  expect(faultsOf((it) => void Object.assign(it.judgement.parts[0]!.parcel!, { endSec: 1e9 }))).toContain("outside");
  expect(faultsOf((it) => void Object.assign(it.judgement.parts[0]!, { parcel: null }))).toContain("has none");
});

test("a day without a parcel says why", async () => {
  const reasonOf = async (lines = cart()) => {
    const day = await on(TUESDAY, { lines });
    return day.open ? "open" : day.reason;
  };
  expect(await reasonOf(cart(1, "ICE"))).toEqual({ code: "no_cold_parcel" });
  await world.sql`update public.carrier_services set carries_frozen = true`;
  expect(await reasonOf(cart(1, "ICE"))).toBe("open");
  expect(await reasonOf(cart(1, "MILK"))).toEqual({ code: "no_cold_parcel" });
  expect(await reasonOf(cart(4, "WATER"))).toEqual({ code: "parcel_too_heavy" });
  expect(await reasonOf(cart(999))).toEqual({ code: "out_of_stock" });
  await world.sql`update public.carrier_days set limit_parcels = 0`;
  expect(await reasonOf()).toEqual({ code: "carrier_full" });
  await world.sql`update public.work_buckets set target_sec = 0, limit_sec = 0 where starts_at < '2026-03-02T18:00:00Z'`;
  expect(await reasonOf()).toEqual({ code: "picking_full", at: "2026-03-02T18:00:00.000Z" });
  // Fetched at 16:00, handed over by 15:45; 60 + 20 + 3 s at DC-1.
  await setClock(world.sql, "2026-03-02T15:30:00Z");
  expect(await reasonOf()).toEqual({ code: "cut_off_passed", at: "2026-03-02T15:43:37.000Z" });
  await world.sql`update public.inventory_levels set on_hand = 0 where node_id <> 'STORE-B'`;
  expect(await reasonOf()).toEqual({ code: "no_carrier" });
});

test("who asks for hours is offered no parcel, and who lives high up is", async () => {
  const ask = async (wishes: { notBefore?: string; floor?: number }) =>
    (await shopper.promise.quote({ regionId, lines: cart(), destination: DOOR, wishes })).parcel[0]!;
  expect(await ask({ notBefore: "15:00" })).toMatchObject({ open: false, reason: { code: "outside_wish" } });
  const day = await ask({ floor: 5 });
  await confirm(await hold(day));
});

test("of ten shoppers for the last two parcels of every node exactly four get one", async () => {
  await world.sql`update public.hold_limits set per_address = 100, unconfirmed_percent = 100`;
  await world.sql`update public.carrier_days set limit_parcels = 2`;
  const day = await on(TUESDAY);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => faultOf(hold(day))));
  expect(outcomes.filter((outcome) => outcome === "ok")).toHaveLength(4);
  expect(new Set(outcomes)).toEqual(new Set(["ok", "carrier-full"]));
});

test("the last parcel stands open to the shopper who holds it, and is given back when they choose a van", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where node_id = 'DC-1'`;
  await world.sql`update public.carrier_days set limit_parcels = 1`;
  const first = await hold(await on(TUESDAY));
  expect((await on(TUESDAY)).open).toBe(false);
  const second = await hold(await on(TUESDAY, { insteadOf: first }), { insteadOf: first });
  expect(await claimed()).toEqual(["POSTE STORE-A 2026-03-02: 1"]);
  const quote = await shopper.promise.quote({ regionId, lines: cart(), destination: DOOR, insteadOf: second });
  await hold(quote.delivery.find((window) => window.open)!, { insteadOf: second });
  expect(await claimed()).toEqual([]);
});

test("a cart that no node has whole comes in two parcels, in one hold for one price", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'BREAD' and node_id <> 'STORE-A'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'WATER' and node_id <> 'DC-1'`;
  const lines = [...cart(2), ...cart(1, "WATER")];
  const day = await on(TUESDAY, { lines });
  // The dearer of the two: 350 + 9 kg × 20.
  expect(day).toMatchObject({ deliveries: 2, priceCents: 530, carriers: ["Poste"] });
  const { token } = await confirm(await hold(day, { lines }));
  expect(await claimed()).toEqual(["POSTE DC-1 2026-03-02: 1", "POSTE STORE-A 2026-03-02: 1"]);
  const jws = await (await answerCertificate(world.sql, token)).text();
  expect(verifyCertificate(jws, world.platform.offerKeys().publicJwk).faults).toEqual([]);
});

test("a payment that comes back late has its parcel taken anew, by the next carrier if need be", async () => {
  await addCarrier("OTHER", { base_cents: 800, day_limit_parcels: 1 });
  const holdId = await hold(await on(TUESDAY));
  await world.sql`update public.carrier_days set limit_parcels = claimed_parcels where carrier_id = 'POSTE'`;
  await setClock(world.sql, "2026-03-02T06:15:00Z");
  await world.sql`select app.expire_holds()`;
  await world.sql`update public.carrier_days set limit_parcels = 0 where carrier_id = 'POSTE'`;
  const { token } = await confirm(holdId);
  expect(await shopper.orders.byToken({ token })).toMatchObject({
    priceCents: 358,
    parts: [{ carrier: "OTHER & Sons" }],
  });
});

test("a parcel that its node rejects is sent by another node, to arrive on the same day", async () => {
  const orderId = OrderId.parse(randomUUID());
  await confirm(await hold(await on(TUESDAY)), orderId);
  const [first] = await world.sql`select id, node_id from public.fulfilments`;
  await asCaller(
    world.sql,
    caller(world.network.staff.ops),
    (tx) => tx`select app.reject_fulfilment(${first!.id}, 'out_of_stock')`,
  );
  const other = first!.node_id === "DC-1" ? "STORE-A" : "DC-1";
  expect(await resourceOrder(world.platform, orderId)).toEqual({ placed: true, nodeIds: [other] });
  expect(await claimed()).toEqual([`POSTE ${other} 2026-03-02: 1`]);
});

test("the edge knows how many parcels are left of a day", async () => {
  const day = await on(TUESDAY);
  const claims = world.platform.offerKeys().verify(offerOf(day), Date.parse("2026-03-02T06:00:00Z") / 1000);
  if (typeof claims === "string") throw new Error(claims);
  const verdict = async () => {
    await buildSnapshot(promiseServices(world.platform), regionId);
    const [row] = await world.sql`select body from public.edge_snapshots`;
    return judgeOffer(claims, row!.body, claims.iat);
  };
  expect(await verdict()).toEqual({ status: "ok" });
  await world.sql`update public.carrier_days set limit_parcels = 0 where day = '2026-03-02'`;
  expect(await verdict()).toEqual({ status: "gone", reason: "carrier_full" });
});
