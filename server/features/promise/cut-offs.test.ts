import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { HoldId, NodeId, RegionId, SkuId } from "#server/domain/id.ts";
import { type Caller, faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES, setClock } from "#supabase/tests/network-fixture.ts";
import { buildSnapshot } from "./build-snapshot.ts";
import { cutOffsOf } from "./cut-offs.ts";
import { promiseServices } from "./promise-services.ts";

describe("from one quote to the next", () => {
  let world: TestWorld;
  let shopper: Caller;
  beforeEach(async () => {
    await world?.close();
    world = await openTestWorld();
    shopper = world.as(null);
  });
  afterAll(() => world.close());

  const regionId = RegionId.parse("LISBOA");
  const lines = [{ skuId: SkuId.parse("BREAD"), units: 1 }];
  const destination = { lng: -9.15, lat: 38.735, address: "Rua do Teste 7" };
  const MONDAY = 1;

  async function today() {
    const { delivery } = await shopper.promise.quote({ regionId, lines, destination });
    return delivery.filter((window) => window.startsAt.startsWith("2026-03-02"));
  }
  async function pickups() {
    const nodeId = NodeId.parse(NODES.storeA);
    const { windows } = await shopper.promise.pickup({ regionId, lines, destination, nodeId });
    return windows.filter((window) => window.startsAt.startsWith("2026-03-02"));
  }
  async function cutOff(service: string, nodeId: string | null, orderBy: string): Promise<void> {
    await world.sql`insert into public.cut_offs (region_id, node_id, service, weekday, order_by) values ('LISBOA', ${nodeId}, ${service}, ${MONDAY}, ${orderBy})`;
    await world.sql`select app.settle_cut_offs('LISBOA')`;
  }
  const hold = (offer: string) =>
    shopper.promise.hold({ holdId: HoldId.parse(randomUUID()), offer, lines, destination });

  test("a window can be ordered until its cut-off, says so, and is then closed with that instant", async () => {
    await cutOff("delivery", null, "07:00");
    const before = await today();
    expect(before.map((window) => window.open && window.orderBy)).toEqual(Array(4).fill("2026-03-02T07:00:00.000Z"));
    const soonest = await shopper.promise.soonest({ regionId, skuId: lines[0]!.skuId, destination });
    expect(soonest.delivery?.orderBy).toBe("2026-03-02T07:00:00.000Z");

    await setClock(world.sql, "2026-03-02T06:58:00Z");
    const [first] = await today();
    await setClock(world.sql, "2026-03-02T07:00:01Z");
    expect(await today()).toEqual(
      before.map(({ startsAt, endsAt, priceCents }) => ({
        ...{ open: false, startsAt, endsAt, priceCents },
        reason: { code: "cut_off_passed", at: "2026-03-02T07:00:00.000Z" },
      })),
    );
    expect(await faultOf(hold(first!.open ? first!.offer : ""))).toBe("window-gone");
  });

  test("where only some nodes are too late, the others serve the window, by their own cut-off", async () => {
    await cutOff("delivery", NODES.storeA, "05:00");
    await cutOff("delivery", NODES.storeB, "06:45");
    const windows = await today();
    expect(windows.map((window) => window.open && window.orderBy)).toEqual(Array(4).fill("2026-03-02T06:45:00.000Z"));
    const { holdId } = await hold(windows[0]!.open ? windows[0]!.offer : "");
    const [row] = await world.sql`select node_id from public.holds where id = ${holdId}`;
    expect(row!.node_id).toBe(NODES.storeB);
    await setClock(world.sql, "2026-03-02T06:46:00Z");
    expect((await today())[0]).toMatchObject({ reason: { code: "cut_off_passed", at: "2026-03-02T06:45:00.000Z" } });
  });

  test("pickup windows have the node's cut-off", async () => {
    await cutOff("pickup", NODES.storeA, "06:30");
    const [window] = await pickups();
    expect(window!.open && window!.orderBy).toBe("2026-03-02T06:30:00.000Z");
    await setClock(world.sql, "2026-03-02T06:30:00Z");
    expect((await pickups())[0]).toMatchObject({ reason: { code: "cut_off_passed", at: "2026-03-02T06:30:00.000Z" } });
  });

  test("a day that is closed meanwhile is not in the next quote, and an offer from before cannot be held", async () => {
    const [window] = await today();
    expect(await pickups()).toHaveLength(4);
    await world.sql`insert into public.calendar_days (region_id, day, name) values ('LISBOA', '2026-03-02', 'Feast')`;
    await world.sql`select app.settle_day('LISBOA', array['STORE-A', 'STORE-B', 'DC-1'], '2026-03-02', true)`;
    expect(await today()).toEqual([]);
    expect(await pickups()).toEqual([]);
    expect(await faultOf(hold(window!.open ? window!.offer : ""))).toBe("window-gone");
  });

  test("the snapshot for the edge has the cut-offs, and nothing that is closed", async () => {
    await cutOff("delivery", null, "07:00");
    await cutOff("delivery", NODES.storeB, "08:00");
    await cutOff("pickup", null, "07:30");
    await world.sql`insert into public.calendar_days (region_id, day, name) values ('LISBOA', '2026-03-03', 'Feast')`;
    await world.sql`select app.settle_day('LISBOA', array['STORE-A', 'STORE-B', 'DC-1'], '2026-03-03', true)`;
    await buildSnapshot(promiseServices(world.platform), "LISBOA");
    const [row] = await world.sql`select body from public.edge_snapshots`;
    const { nodes } = row!.body;
    const at = (time: string) => Date.parse(`2026-03-02T${time}:00Z`) / 1000;
    expect(nodes["STORE-A"].windows[0].orderBy).toBe(at("07:00"));
    expect(nodes["STORE-B"].windows[0].orderBy).toBe(at("08:00"));
    expect(nodes["STORE-A"].pickups[0].orderBy).toBe(at("07:30"));
    expect(nodes["STORE-A"].windows).toHaveLength(7 * 4);
    expect(nodes["STORE-A"].pickups).toHaveLength(7 * 4);
    // The last day is a Monday again; of Sunday's windows nothing is said.
    expect(nodes["STORE-A"].windows.at(-5)).not.toHaveProperty("orderBy");
  });
});

test("windows are asked about together exactly where the same nodes are too late", () => {
  const nodeIds = ["A", "B", "C", "ELSEWHERE"];
  const instants = fc.option(fc.nat(9), { nil: null });
  const world = fc.record({
    region: fc.array(instants, { maxLength: 6 }),
    ofNodes: fc.uniqueArray(fc.tuple(fc.constantFrom("A", "B", "C", "UNKNOWN"), fc.nat(5), fc.nat(9)), {
      selector: ([node, w]) => `${node} ${w}`,
    }),
    nowSec: fc.nat(10),
  });
  fc.assert(
    fc.property(world, ({ region, ofNodes, nowSec }) => {
      const cutOffs = cutOffsOf({
        windows: {
          startSec: region.map((_, w) => w * 100),
          endSec: region.map((_, w) => w * 100 + 50),
          priceCents: region.map(() => 0),
          orderBySec: region,
        },
        cutOffs: {
          nodeId: ofNodes.map(([node]) => node),
          startSec: ofNodes.map(([, w]) => w * 100),
          endSec: ofNodes.map(([, w]) => w * 100 + 50),
          orderBySec: ofNodes.map(([, , sec]) => sec),
        },
      });
      const lateIn = (w: number) =>
        nodeIds.filter((id) => {
          const own = ofNodes.find(([node, window]) => node === id && window === w)?.[2];
          const orderBy = own ?? region[w];
          return orderBy !== null && orderBy !== undefined && orderBy <= nowSec;
        });
      const groups = cutOffs.groupsAt(nowSec, nodeIds);
      expect(groups.flatMap(({ windows }) => windows).sort()).toEqual(region.map((_, w) => w));
      for (const { lateNodeIds, windows } of groups)
        for (const w of windows) expect([...lateNodeIds].sort()).toEqual(lateIn(w));
      expect(new Set(groups.map(({ lateNodeIds }) => [...lateNodeIds].sort().join()))).toHaveProperty(
        "size",
        groups.length,
      );
    }),
  );
});
