import { afterAll, beforeEach, expect, test } from "vitest";
import type { ExplainedWindow, Explanation } from "#server/domain/explanation.ts";
import { NodeId, RegionId, SkuId } from "#server/domain/id.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { insertLane, NODES, setClock } from "#supabase/tests/network-fixture.ts";

// The fixture's Monday begins at 06:00; vans leave at 10:00 and are back at 18:00, stores pick from 08:00.

let world: TestWorld;
let ops: Caller;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  ops = world.as(world.network.staff.ops);
});
afterAll(() => world.close());

const regionId = RegionId.parse("LISBOA");
const destination = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const cart = (units = 1, sku = "BREAD") => [{ skuId: SkuId.parse(sku), units }];
const explain = (lines = cart()) => ops.promise.explain({ regionId, lines, destination });

const NOON = "2026-03-02T12:00:00.000Z";
function noonOf({ windows }: Explanation): ExplainedWindow {
  const window = windows.find(({ startsAt }) => startsAt === NOON);
  if (!window) throw new Error("no window at noon");
  return window;
}

/** Code by code what the shopper is told of the same windows. */
async function agreesWithTheQuote(lines = cart()): Promise<void> {
  const { delivery } = await world.as(null).promise.quote({ regionId, lines, destination });
  const { windows } = await explain(lines);
  expect(windows.map(({ startsAt, binding }) => [startsAt, binding?.reason ?? null])).toEqual(
    delivery.map((window) => [window.startsAt, window.open ? null : window.reason]),
  );
}

test("an offered window shows four checks that are passed, with their figures", async () => {
  const explanation = await explain(cart(2));
  await agreesWithTheQuote(cart(2));
  const { binding, parts } = noonOf(explanation);
  expect(binding).toBeNull();
  expect(parts).toHaveLength(1);
  const { stock, window, workload, route, nodeId } = parts[0]!;
  const node = explanation.nodes.find((one) => one.nodeId === nodeId)!;
  expect(stock).toEqual({ passed: true, lines: [{ line: 0, units: 2, available: node.available[0]! }] });
  expect(window).toMatchObject({ passed: true, isInReach: true, cutOffAt: null });
  expect(workload).toMatchObject({ passed: true });
  expect(workload!.freeSec).toBeGreaterThanOrEqual(workload!.wantedSec);
  expect(route).toMatchObject({ passed: true, gapSec: 0, overFreeG: 0, lateSec: 0 });
});

test("goods that no node has bind at stock, with what each node could promise", async () => {
  await world.sql`update public.inventory_levels set on_hand = 3 where sku_id = 'BREAD'`;
  const explanation = await explain(cart(4));
  expect(noonOf(explanation)).toEqual({
    startsAt: NOON,
    endsAt: "2026-03-02T14:00:00.000Z",
    binding: { check: "stock", reason: { code: "out_of_stock" } },
    parts: [],
    places: null,
  });
  expect(Math.max(...explanation.nodes.flatMap(({ available }) => available))).toBe(3);
  await agreesWithTheQuote(cart(4));
});

test("full hours bind at workload: as many seconds more as it says take the window past it", async () => {
  await world.sql`update public.work_buckets set claimed_sec = limit_sec where starts_at < '2026-03-02 10:00Z'`;
  const { binding, parts } = noonOf(await explain());
  expect(binding).toMatchObject({ check: "workload", reason: { code: "picking_full" } });
  const { workload, window, route, nodeId } = parts[0]!;
  expect([window.passed, workload!.passed, route!.passed]).toEqual([true, false, true]);
  expect(workload!.freeSec).toBe(0);
  await agreesWithTheQuote();
  const raise = (bySec: number) =>
    world.sql`update public.work_buckets set claimed_sec = limit_sec - ${bySec} where node_id = ${nodeId} and starts_at = '2026-03-02 08:00Z'`;
  await raise(workload!.wantedSec - 1);
  expect(noonOf(await explain()).binding?.check).toBe("workload");
  await raise(workload!.wantedSec);
  expect(noonOf(await explain()).binding).toBeNull();
});

test("a cut-off binds at window, a full van at route, a closed day at window", async () => {
  await world.sql`update public.shifts set claimed_weight_g = limit_weight_g where starts_at < '2026-03-03'`;
  const full = noonOf(await explain());
  expect(full.binding).toMatchObject({ check: "route", reason: { code: "vans_full" } });
  expect(full.parts[0]!.route).toMatchObject({ passed: false, overLimitG: 0, lateSec: 0 });
  expect(full.parts[0]!.route!.overFreeG).toBe(full.parts[0]!.route!.weightG);
  await agreesWithTheQuote();

  await world.sql`insert into public.cut_offs (region_id, node_id, service, weekday, order_by) values ('LISBOA', null, 'delivery', 1, '07:00')`;
  await world.sql`select app.settle_cut_offs('LISBOA')`;
  await setClock(world.sql, "2026-03-02T07:00:01Z");
  const late = noonOf(await explain());
  expect(late.binding).toEqual({
    check: "window",
    reason: { code: "cut_off_passed", at: "2026-03-02T07:00:00.000Z" },
  });
  expect(late.parts[0]!.window).toMatchObject({ passed: false, cutOffAt: "2026-03-02T07:00:00.000Z" });
  await agreesWithTheQuote();

  await world.sql`update public.windows set closed = true where starts_at < '2026-03-03'`;
  expect(noonOf(await explain()).binding).toEqual({ check: "window", reason: { code: "day_closed" } });
});

test("a cart of two nodes shows the checks of both parts, and the one that fails", async () => {
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'BREAD' and node_id <> 'STORE-A'`;
  await world.sql`update public.inventory_levels set on_hand = 0 where sku_id = 'ICE' and node_id <> 'STORE-B'`;
  await world.sql`update public.work_buckets set claimed_sec = limit_sec where starts_at < '2026-03-02 10:00Z' and node_id = 'STORE-B'`;
  const { binding, parts } = noonOf(await explain([...cart(2), ...cart(1, "ICE")]));
  expect(binding).toMatchObject({ check: "workload" });
  expect(parts.map(({ nodeId, workload }) => [nodeId, workload!.passed])).toEqual([
    ["STORE-A", true],
    ["STORE-B", false],
  ]);
});

// ------------------------------------------------------------------------------------- parcels, counters and wishes

const storeA = NodeId.parse(NODES.storeA);

test("a day of parcels shows the carrier's run, and what binds it is what the quote says", async () => {
  const ask = () => ops.promise.explain({ regionId, lines: cart(2), destination, service: "parcel" });
  const agrees = async () => {
    const { parcel } = await world.as(null).promise.quote({ regionId, lines: cart(2), destination });
    const { windows } = await ask();
    expect(windows.map(({ startsAt, binding }) => [startsAt, binding?.reason ?? null])).toEqual(
      parcel.map((day) => [day.startsAt, day.open ? null : day.reason]),
    );
    return windows[0]!;
  };
  const open = await agrees();
  expect(open).toMatchObject({ binding: null, places: null });
  expect(open.parts[0]!.run).toMatchObject({ passed: true, name: "Poste", overLimitG: 0, free: 20 });

  await world.sql`update public.carrier_days set claimed_parcels = limit_parcels where arrives_from < '2026-03-04'`;
  const full = await agrees();
  expect(full.binding).toEqual({ check: "route", reason: { code: "carrier_full" } });
  expect(full.parts[0]!.run).toMatchObject({ passed: false, free: 0 });
  await world.sql`update public.carrier_days set claimed_parcels = 0`;

  await world.sql`update public.work_buckets set claimed_sec = limit_sec where starts_at < '2026-03-02 16:00Z'`;
  const busy = await agrees();
  expect(busy.binding?.check).toBe("workload");
  expect(busy.parts[0]!.workload).toMatchObject({ passed: false, freeSec: 0 });
  // A carrier keeps a day: hours within it are nobody's promise.
  const { windows } = await ops.promise.explain({
    regionId,
    lines: cart(2),
    destination,
    service: "parcel",
    wishes: { notBefore: "12:00" },
  });
  expect(new Set(windows.map(({ binding }) => binding?.reason.code))).toEqual(new Set(["outside_wish"]));
});

test("a window at the counter shows the lane's run, its ready time, and the places left", async () => {
  await insertLane(world.sql);
  await world.sql`update public.inventory_levels set safety = on_hand where sku_id = 'ICE' and node_id <> 'DC-1'`;
  const agrees = async (lines = cart(1, "ICE")) => {
    const asked = { regionId, lines, destination, nodeId: storeA };
    const quoted = await world.as(null).promise.pickup(asked);
    const { windows } = await ops.promise.explain({ ...asked, service: "pickup" });
    expect(windows.map(({ startsAt, binding }) => [startsAt, binding?.reason ?? null])).toEqual(
      quoted.windows.map((window) => [window.startsAt, window.open ? null : window.reason]),
    );
    return (hour: number) => windows.find(({ startsAt }) => startsAt === `2026-03-02T${hour}:00:00.000Z`)!;
  };
  const at = await agrees();
  expect(at(12)).toMatchObject({ binding: { check: "route", reason: { code: "no_transfer" } } });
  expect(at(12).parts).toMatchObject([{ nodeId: "DC-1", run: null }]);
  expect(at(14).parts).toMatchObject([
    {
      nodeId: "DC-1",
      run: { passed: true, leavesAt: "2026-03-02T11:00:00.000Z", arrivesAt: "2026-03-02T13:00:00.000Z" },
    },
  ]);
  const own = await agrees(cart());
  expect(own(12).parts).toMatchObject([{ nodeId: "STORE-A", run: { name: null, passed: true, arrivesAt: null } }]);
  await world.sql`update public.pickup_windows set claimed_orders = limit_orders where node_id = 'STORE-A' and starts_at < '2026-03-03'`;
  expect((await agrees(cart()))(12)).toMatchObject({
    binding: { check: "window", reason: { code: "pickup_full" } },
    places: 0,
  });
  await world.sql`update public.nodes set paused_at = app.now() where id = 'STORE-A'`;
  expect((await agrees(cart()))(12).binding?.reason.code).toBe("node_paused");
});

test("wishes of the visit narrow the windows, and what they leave no time for binds at window", async () => {
  const wishes = { notBefore: "13:15", floor: 4 };
  const { delivery } = await world.as(null).promise.quote({ regionId, lines: cart(), destination, wishes });
  const explanation = await ops.promise.explain({ regionId, lines: cart(), destination, wishes });
  expect(explanation.windows.map(({ binding }) => binding?.reason ?? null)).toEqual(
    delivery.map((window) => (window.open ? null : window.reason)),
  );
  expect(explanation.windows[0]).toMatchObject({ binding: { check: "window", reason: { code: "outside_wish" } } });
  expect(noonOf(explanation).binding).toBeNull();
});

test("a pickup is asked of a node that hands over, and of nothing else", async () => {
  const ask = (nodeId?: NodeId) =>
    faultOf(
      ops.promise.explain({ regionId, lines: cart(), destination, service: "pickup", ...(nodeId && { nodeId }) }),
    );
  expect(await ask()).toBe("not-found");
  expect(await ask(NodeId.parse("DC-1"))).toBe("not-found");
});

test("only operations ask", async () => {
  const ask = (caller: Caller) => faultOf(caller.promise.explain({ regionId, lines: cart(), destination }));
  expect(await ask(world.as(null))).toBe("not-signed-in");
  expect(await ask(world.as(world.network.staff.driverA))).toBe("forbidden");
});
