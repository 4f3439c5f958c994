import { afterAll, beforeAll, expect, test } from "vitest";
import { createArea, isInArea } from "#server/core/geo/area.ts";
import { NodeId } from "#server/domain/id.ts";
import { partsOf } from "#server/domain/service-area.ts";
import { createTravelRow } from "#server/travel/travel.ts";
import { faultOf, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";
import { NODES } from "#supabase/tests/network-fixture.ts";

let world: TestWorld;
beforeAll(async () => {
  world = await openTestWorld();
});
afterAll(() => world.close());

const nodeId = NodeId.parse(NODES.storeA);
/** The line is drawn between the points of a grid: so far from the limit a door's side is not in doubt. */
const CLEARLY = 0.25;
const LIMIT_SEC = 240;

test("the land that is drawn holds the doors within the drive, and not those beyond it", async () => {
  const ops = world.as(world.network.staff.ops);
  const { reach } = await ops.tower.driveReach({ nodeId, mostDriveSec: LIMIT_SEC });
  const area = createArea(partsOf(reach!).map((rings) => rings.map((ring) => Float64Array.from(ring.flat()))));
  const travel = world.platform.travel();
  const [west, south, east, north] = travel.bbox;
  const size = 37;
  const share = (i: number) => (i + 0.5) / size;
  const lngs = Array.from({ length: size * size }, (_, i) => west + (east - west) * share(i % size));
  const lats = Array.from({ length: size * size }, (_, i) => south + (north - south) * share(Math.floor(i / size)));
  const way = createTravelRow(lngs.length);
  const [home] = await world.sql<
    { lng: number; lat: number }[]
  >`select lng, lat from public.nodes where id = ${nodeId}`;
  travel.oneToMany(travel.snap(home!.lng, home!.lat)!, travel.snapAll(lngs, lats), travel.periodAt(720, false), way);
  const told = { in: 0, out: 0 };
  for (const [i, lng] of lngs.entries()) {
    const share = way.durationSec[i]! / LIMIT_SEC;
    if (Math.abs(share - 1) < CLEARLY) continue;
    told[share < 1 ? "in" : "out"]++;
    expect(isInArea(area, lng, lats[i]!), `${way.durationSec[i]} s`).toBe(share < 1);
  }
  expect(told.in).toBeGreaterThan(20);
  expect(told.out).toBeGreaterThan(20);
});

test("a longer drive reaches farther, and none is drawn of a node that is not there", async () => {
  const ops = world.as(world.network.staff.ops);
  const areaWithin = async (mostDriveSec: number) => {
    const { reach } = await ops.tower.driveReach({ nodeId, mostDriveSec });
    const points = partsOf(reach!).flat(2);
    const [lngs, lats] = [points.map(([lng]) => lng), points.map(([, lat]) => lat)];
    return (Math.max(...lngs) - Math.min(...lngs)) * (Math.max(...lats) - Math.min(...lats));
  };
  expect(await areaWithin(180)).toBeLessThan(await areaWithin(300));
  expect(await faultOf(ops.tower.driveReach({ nodeId: NodeId.parse("NOWHERE"), mostDriveSec: 300 }))).toBe("not-found");
});
