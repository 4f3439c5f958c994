import { afterAll, beforeAll, expect, test } from "vitest";
import { RegionId } from "#server/domain/id.ts";
import { type Caller, openTestWorld, type TestWorld } from "#server/trpc/test-caller.ts";

let world: TestWorld;
let shopper: Caller;

beforeAll(async () => {
  world = await openTestWorld();
  shopper = world.as(null);
});
afterAll(() => world.close());

test("a point near a street snaps to it, and says how far that is", async () => {
  // The town's streets cross at whole hundredths of a degree; a thousandth north is about 111 m.
  const snapped = await shopper.addresses.snap({ lng: -9.155, lat: 38.741 });
  expect(snapped).toMatchObject({ reachable: true, lng: expect.closeTo(-9.155, 4), lat: expect.closeTo(38.74, 4) });
  if (snapped.reachable) expect(snapped.offM).toBeGreaterThan(100);
});

test("a point far from every road is answered, not refused", async () => {
  expect(await shopper.addresses.snap({ lng: 0, lat: 0 })).toEqual({ reachable: false, reason: "outside_area" });
});

test("sample addresses are those of the region", async () => {
  const regionId = RegionId.parse(world.network.regionId);
  await world.sql`insert into public.sample_addresses values (${regionId}, 'Rua B 2', -9.15, 38.74), (${regionId}, 'Rua A 1', -9.14, 38.74)`;
  expect(await shopper.addresses.samples({ regionId })).toEqual([
    { address: "Rua A 1", lng: -9.14, lat: 38.74 },
    { address: "Rua B 2", lng: -9.15, lat: 38.74 },
  ]);
  expect(await shopper.addresses.samples({ regionId: RegionId.parse("ELSEWHERE") })).toEqual([]);
});
