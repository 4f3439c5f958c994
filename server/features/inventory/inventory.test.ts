import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { NodeId, RegionId, SkuId } from "#server/domain/id.ts";
import { faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { caller, instant, NODES, setClock } from "#supabase/tests/network-fixture.ts";
import { answerStockFeed } from "./http.ts";
import { readLines } from "./read-lines.ts";
import { BATCH_EVENTS, MAX_FEED_LINES } from "./take-stock-feed.ts";

let world: TestWorld;
beforeEach(async () => {
  await world?.close();
  world = await openTestWorld();
  await setClock(world.sql, instant(6.5));
});
afterAll(() => world.close());

interface Line {
  readonly [name: string]: unknown;
}

const line = (seq: number, more: Line = {}): Line => ({
  ...{ eventId: `e-${seq}`, seq, nodeId: NODES.storeB, skuId: "BREAD", kind: "count", units: 20, at: instant(6.4) },
  ...more,
});

async function feed(
  body: readonly (Line | string)[] | BodyInit,
  options: { user?: string | null; query?: string; type?: string } = {},
) {
  const { user = world.network.staff.ops, query = "?source=WMS", type = "application/x-ndjson" } = options;
  const text = Array.isArray(body)
    ? body.map((l) => (typeof l === "string" ? l : JSON.stringify(l))).join("\n")
    : (body as BodyInit);
  const init = { method: "POST", headers: { "content-type": type }, body: text, duplex: "half" };
  const request = new Request(`http://127.0.0.1/api/stock/feed${query}`, init as RequestInit);
  const answer = await answerStockFeed(request, { db: world.platform.db, caller: user === null ? null : caller(user) });
  return { status: answer.status, body: await answer.json() };
}

const DOOR = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
const regionId = RegionId.parse("LISBOA");
const bread = SkuId.parse("BREAD");
const quote = (units: number) =>
  world.as(null).promise.quote({ regionId, lines: [{ skuId: bread, units }], destination: DOOR });

test("a store whose feed went stale keeps more back, then is not promised from, until it is counted again", async () => {
  const ops = world.as(world.network.staff.ops);
  await ops.inventory.setFreshness({
    regionId,
    steps: [
      { afterHours: 1, heldBackPercent: 20 },
      { afterHours: 2, heldBackPercent: 100 },
    ],
  });
  const places = async (units: number) =>
    (await quote(units)).pickup.flatMap((p) => (p.nextStartsAt ? [p.nodeId] : []));
  expect(await places(50)).toEqual([NODES.storeA, NODES.storeB]);
  await setClock(world.sql, instant(7.1));
  expect(await places(41)).toEqual([]);
  expect(await places(40)).toEqual([NODES.storeA, NODES.storeB]);
  await setClock(world.sql, instant(8.1));
  const stale = await quote(1);
  expect(stale.delivery.every((w) => !w.open && w.reason.code === "out_of_stock")).toBe(true);
  const shelf = await world.as(null).catalogue.skusById({ regionId, skuIds: [bread] });
  expect(shelf.map((sku) => sku.availableUnits)).toEqual([0]);

  expect(await feed([line(1, { at: instant(8.05) })])).toMatchObject({ status: 200, body: { applied: 1 } });
  expect(await places(20)).toEqual([NODES.storeB]);
  const nodeId = NodeId.parse(NODES.storeB);
  expect(await ops.inventory.level({ nodeId, skuId: bread })).toMatchObject({
    onHandUnits: 20,
    availableUnits: 20,
    heldBackUnits: 0,
    confirmedAt: instant(8.05),
    confirmedBy: "WMS",
  });
  expect(await ops.inventory.asOf({ nodeId, skuId: bread, at: instant(8.07) })).toEqual({
    bookedUnits: 50,
    knownUnits: 20,
  });
});

test("a count of less than is promised stands in the tower's queue with the goods and how many are missing", async () => {
  await world.sql`update public.inventory_levels set reserved = 30 where node_id = ${NODES.storeB} and sku_id = 'BREAD'`;
  await feed([line(1)]);
  const { open } = await world.as(world.network.staff.ops).tower.exceptions({ regionId });
  expect(open).toMatchObject([
    { kind: "stock_short", node: { nodeId: NODES.storeB }, goods: { skuId: "BREAD", missingUnits: 10 }, order: null },
  ]);
});

describe("a feed", () => {
  test("counts its good lines, names its bad ones, and changes nothing when it is sent again", async () => {
    const lines = [
      line(1),
      "",
      "{not json",
      line(2, { kind: "delta", units: -3 }),
      line(3, { nodeId: "NOWHERE" }),
      line(4, { units: -1 }),
      line(2, { eventId: "other" }),
      line(5, { at: instant(9) }),
      line(6, { more: 1 }),
      `{"eventId":"${"x".repeat(2000)}"}`,
      line(1),
    ];
    const first = await feed(lines);
    expect(first).toMatchObject({
      status: 200,
      body: { lines: 10, applied: 2, superseded: 0, duplicate: 1, refused: 7 },
    });
    expect(first.body.faults.map((f: { line: number; code: string }) => [f.line, f.code])).toEqual([
      [3, "invalid"],
      [5, "unknown_node"],
      [6, "invalid"],
      [7, "seq_reused"],
      [8, "in_the_future"],
      [9, "invalid"],
      [10, "invalid"],
    ]);
    expect((await feed(lines)).body).toMatchObject({ applied: 0, duplicate: 3, refused: 7 });
    const [level] =
      await world.sql`select on_hand from public.inventory_levels where node_id = ${NODES.storeB} and sku_id = 'BREAD'`;
    expect(level!.on_hand).toBe(17);
  });

  test("of several batches counts every line, however it is cut on the way", async () => {
    const lines = Array.from({ length: 2 * BATCH_EVENTS + 7 }, (_, i) => line(i, { kind: "delta", units: 1 }));
    const bytes = new TextEncoder().encode(`${lines.map((l) => JSON.stringify(l)).join("\r\n")}\r\n`);
    const body = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 777) controller.enqueue(bytes.subarray(at, at + 777));
        controller.close();
      },
    });
    expect((await feed(body)).body).toMatchObject({ lines: lines.length, applied: lines.length, refused: 0 });
  });

  test("does not wait for a level that a shopper has locked with others locked itself, and counts it in the end", async () => {
    const lines = Array.from({ length: 3 * BATCH_EVENTS }, (_, i) =>
      line(i, { kind: "delta", units: 1, skuId: i === 0 ? "BREAD" : "MILK" }),
    );
    const reserved = Promise.withResolvers<void>();
    const counted = world.sql.begin(async (tx) => {
      await tx`select from public.inventory_levels where node_id = ${NODES.storeB} and sku_id = 'BREAD' for no key update`;
      const fed = feed(lines);
      // All the milk is in the books, and free again, while the bread is still locked.
      await expect
        .poll(
          async () =>
            (
              await world.sql`select on_hand from public.inventory_levels where node_id = ${NODES.storeB} and sku_id = 'MILK'`
            )[0]!.on_hand,
        )
        .toBe(50 + lines.length - 1);
      reserved.resolve();
      return { fed };
    });
    await reserved.promise;
    expect((await (await counted).fed).body).toMatchObject({ applied: lines.length, refused: 0 });
    const [bread] =
      await world.sql`select on_hand from public.inventory_levels where node_id = ${NODES.storeB} and sku_id = 'BREAD'`;
    expect(bread!.on_hand).toBe(51);
  });

  test("that is longer than it may be is read as far as it may, and says so", async () => {
    const lines = Array.from({ length: MAX_FEED_LINES + 1 }, () => "{}");
    expect(await feed(lines)).toMatchObject({ status: 413, body: { type: "invalid-request", lines: MAX_FEED_LINES } });
  });

  test("is for ops, names its source, and is lines of JSON", async () => {
    const { staff } = world.network;
    expect(await feed([line(1)], { user: null })).toMatchObject({ status: 401, body: { type: "not-signed-in" } });
    for (const user of [staff.storeB, staff.driverA])
      expect(await feed([line(1)], { user })).toMatchObject({ status: 403 });
    for (const query of ["", "?source=till", "?source=IMPORT", "?source="])
      expect(await feed([line(1)], { query })).toMatchObject({ status: 400 });
    expect(await feed([line(1)], { type: "text/csv" })).toMatchObject({ status: 415 });
    const [told] = await world.sql`select count(*)::int as events from public.stock_events`;
    expect(told!.events).toBe(0);
  });
});

test("lines are the same however the stream is cut, and one without an end is not kept", async () => {
  const bytes = new TextEncoder().encode(`a\r\n\nção\n${"y".repeat(50)}\nlast`);
  for (let size = 1; size <= bytes.length; size++) {
    async function* cut() {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    }
    const lines: unknown[] = [];
    for await (const { line, text } of readLines(cut(), 10)) lines.push([line, text]);
    expect(lines).toEqual([
      [1, "a"],
      [2, ""],
      [3, "ção"],
      [4, null],
      [5, "last"],
    ]);
  }
});

test("an unknown level has no past", async () => {
  const ops = world.as(world.network.staff.ops);
  const level = { nodeId: NodeId.parse(NODES.storeA), skuId: SkuId.parse("NOTHING") };
  expect(await faultOf(ops.inventory.asOf({ ...level, at: instant(6) }))).toBe("not-found");
});
