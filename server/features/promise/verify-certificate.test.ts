import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, test } from "vitest";
import type { Certificate } from "#server/domain/decision.ts";
import { HoldId, NodeId, OrderId, RegionId, SkuId } from "#server/domain/id.ts";
import type { WindowView } from "#server/domain/quote.ts";
import { type Caller, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES } from "#supabase/tests/network-fixture.ts";
import { answerCertificate } from "./http.ts";
import { judgeDecision } from "./judge-decision.ts";
import { verifyCertificate } from "./verify-certificate.ts";

let world: TestWorld;
let shopper: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  shopper = world.as(null);
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");
const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const line = (sku: string, units: number) => ({ skuId: SkuId.parse(sku), units });
const BREAD_AND_ICE = [line("BREAD", 2), line("ICE", 1)];

/** Buys the cart in the first open window at noon and returns the certificate. */
async function buy(lines: ReturnType<typeof line>[], windows: readonly WindowView[]): Promise<string> {
  const window = windows.find((one) => one.open && one.startsAt === "2026-03-02T12:00:00.000Z");
  if (!window?.open) throw new Error("noon is closed");
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.offer, lines, destination: DOOR });
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  const order = { holdId, orderId: OrderId.parse(randomUUID()), customer };
  const { token } = await shopper.promise.confirm(order);
  await shopper.promise.confirm(order);
  return (await answerCertificate(world.sql, token)).text();
}

async function deliver(lines = BREAD_AND_ICE): Promise<string> {
  return buy(lines, (await shopper.promise.quote({ regionId, lines, destination: DOOR })).delivery);
}

const keys = () => world.platform.offerKeys();
const faultsOf = (jws: string) => verifyCertificate(jws, keys().publicJwk).faults;

function contentsOf(jws: string): Certificate {
  return JSON.parse(Buffer.from(jws.split(".")[1]!, "base64url").toString());
}

/** The certificate with something else in it, signed all the same. */
function forged(jws: string, change: (certificate: Certificate) => Certificate): string {
  return keys().certify(JSON.stringify(change(contentsOf(jws))));
}

test("every order has one certificate, whose decision can be taken again and comes out the same", async () => {
  await deliver();
  const jws = await deliver();
  const { certificate, faults } = verifyCertificate(jws, keys().publicJwk);
  expect(faults).toEqual([]);
  const [part] = certificate!.judgement.parts;
  const [placed] = await world.sql`
    select h.node_id, s.shift_id, s.position, h.price_cents, extract(epoch from s.start_at)::int as start_sec
    from public.holds h join public.stops s on s.hold_id = h.id where h.id = ${certificate!.holdId}`;
  expect(part).toMatchObject({
    nodeId: placed!.node_id,
    window: { startSec: placed!.start_sec - certificate!.decision.originSec },
    route: { shiftId: placed!.shift_id, place: placed!.position, stops: 1 },
  });
  expect(certificate!.judgement.alternatives.length).toBe(2);
  const [left] =
    await world.sql`select (select count(*) from app.decisions)::int as decisions, (select count(*) from app.certificates)::int as certificates`;
  expect(left).toEqual({ decisions: 0, certificates: 2 });
});

test("an order whose record is damaged is confirmed all the same, without a certificate", async () => {
  const { delivery } = await shopper.promise.quote({ regionId, lines: BREAD_AND_ICE, destination: DOOR });
  const window = delivery.find(({ open }) => open);
  if (!window?.open) throw new Error("nothing is open");
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: window.offer, lines: BREAD_AND_ICE, destination: DOOR });
  const damaged = await world.sql`update app.decisions set body = '\\x00' where hold_id = ${holdId}`;
  expect(damaged.count).toBe(1);
  const customer = { name: "Ana", phone: "+351 910 000 000", note: "" };
  const { token } = await shopper.promise.confirm({ holdId, orderId: OrderId.parse(randomUUID()), customer });
  expect((await answerCertificate(world.sql, token)).status).toBe(404);
});

test("a region's weights count in the choice, stand in the certificate and are replayed", async () => {
  const even = contentsOf(await deliver());
  await world.sql`update public.sourcing_rules set handling_weight_percent = 400, route_weight_percent = 50`;
  const jws = await deliver();
  expect(faultsOf(jws)).toEqual([]);
  const weighed = contentsOf(jws);
  expect(weighed.decision.rules.weights).toMatchObject({ handling: 400, route: 50, picking: 100 });
  const handlingOf = ({ judgement, decision }: Certificate) => {
    const [part] = judgement.parts;
    const node = decision.nodes.find(({ nodeId }) => nodeId === part!.nodeId)!;
    return [part!.terms.handlingCents, node.handlingCents] as const;
  };
  const [evenTerm, evenRate] = handlingOf(even);
  expect(evenTerm).toBe(evenRate);
  const [term, rate] = handlingOf(weighed);
  expect(term).toBe(4 * rate);
  // Whoever forgets the weights decides otherwise than what was signed.
  const forgotten = forged(jws, ({ decision, ...rest }) => {
    const { weights: _, ...rules } = decision.rules;
    return { ...rest, decision: { ...decision, rules } };
  });
  expect(faultsOf(forgotten)).not.toEqual([]);
});

test("a certificate from before there were parcels is still right", async () => {
  const jws = await deliver();
  const old = structuredClone(contentsOf(jws)) as unknown as Record<"decision" | "judgement", Record<string, unknown>>;
  delete old.decision.runs;
  for (const part of old.judgement.parts as Record<string, Record<string, unknown>>[]) {
    delete part.parcel;
    delete part.terms!.carrierCents;
  }
  expect(faultsOf(keys().certify(JSON.stringify(old)))).toEqual([]);
});

test("a cart from two nodes and a pickup have certificates too", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'BREAD' and node_id <> 'STORE-A'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'ICE' and node_id <> 'STORE-B'`;
  const split = await deliver();
  expect(faultsOf(split)).toEqual([]);
  expect(
    contentsOf(split)
      .judgement.parts.map(({ nodeId }) => nodeId)
      .sort(),
  ).toEqual(["STORE-A", "STORE-B"]);

  const nodeId = NodeId.parse(NODES.storeA);
  const lines = [line("BREAD", 1)];
  const picked = await buy(
    lines,
    (await shopper.promise.pickup({ regionId, lines, destination: DOOR, nodeId })).windows,
  );
  expect(faultsOf(picked)).toEqual([]);
  expect(contentsOf(picked).judgement.parts).toMatchObject([{ nodeId, window: null, route: null }]);
});

test("what was changed after it was signed, or signed by another, is found out", async () => {
  const jws = await deliver();
  const [head, payload, signature] = jws.split(".") as [string, string, string];
  const dearer = Buffer.from(JSON.stringify({ ...contentsOf(jws), priceCents: 1 })).toString("base64url");
  expect(faultsOf(`${head}.${dearer}.${signature}`)).toEqual([
    "The signature is not that of the key: it was changed after it was signed.",
  ]);
  expect(verifyCertificate(jws, { ...keys().publicJwk, kid: "other" }).faults).toEqual([]);
  expect(faultsOf("no certificate")).toEqual(["It is not a signed JSON (JWS)."]);
  expect(faultsOf(`${Buffer.from('{"alg":"ES256"}').toString("base64url")}.${payload}.${signature}`)).toEqual([
    "It is signed, but is not a certificate.",
  ]);
});

test("a promise that was decided wrongly is found out though it is signed", async () => {
  const jws = await deliver();
  const { decision, judgement } = contentsOf(jws);
  const first = judgement.parts[0]!;
  const withPart = (change: Partial<typeof first>) =>
    faultsOf(forged(jws, (one) => ({ ...one, judgement: { ...judgement, parts: [{ ...first, ...change }] } })));

  expect(withPart({ stock: first.stock.map((one) => ({ ...one, available: 0 })) })[0]).toMatch(/^Stock: /);
  expect(withPart({ stock: first.stock.slice(1) })[0]).toMatch(/^Stock: 2 of BREAD were asked for, 0 found/);
  expect(withPart({ workload: { ...first.workload, freeSec: 1 } })[0]).toMatch(/^Workload: /);
  expect(withPart({ window: { ...first.window!, startSec: decision.window.endSec } })[0]).toMatch(/^Window: /);
  expect(withPart({ window: { ...first.window!, slackSec: -1 } })[0]).toMatch(/^Route: /);
  expect(withPart({ terms: { ...first.terms, routeCents: 0 } })[0]).toMatch(/^Cost: /);

  // The van that was chosen, where the other store's is cheaper: every figure is true, and the plan is not the best.
  const other = decision.nodes.findIndex(({ nodeId }) => nodeId !== first.nodeId && nodeId.startsWith("STORE"));
  const only = (n: number) => ({
    ...decision,
    nodes: decision.nodes.map((node, i) => (i === n ? node : { ...node, available: [] })),
  });
  const worse = judgeDecision(only(other))!;
  const faults = faultsOf(forged(jws, (one) => ({ ...one, judgement: worse })));
  expect(faults[0]).toMatch(/^Replay: the best plan costs/);
});

test("what was decided for a hold that is released is forgotten", async () => {
  const lines = BREAD_AND_ICE;
  const { delivery } = await shopper.promise.quote({ regionId, lines, destination: DOOR });
  const offer = delivery.find((one) => one.open)!;
  const holdId = HoldId.parse(randomUUID());
  await shopper.promise.hold({ holdId, offer: offer.open ? offer.offer : "", lines, destination: DOOR });
  const forget = async () => (await world.sql`select app.forget_decisions() as gone`)[0]!.gone;
  expect(await forget()).toBe(0);
  await shopper.promise.release({ holdId });
  expect(await forget()).toBe(1);
  expect(await forget()).toBe(0);
});
