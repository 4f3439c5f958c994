import * as z from "zod";
import { contourParts } from "#server/core/geo/contour.ts";
import { longitudeShrink, M_PER_DEGREE } from "#server/core/geo/distance.ts";
import { Fault } from "#server/domain/fault.ts";
import { NodeId } from "#server/domain/id.ts";
import { AREA_DRIVE_MINUTE, AreaGeometry, ServiceArea } from "#server/domain/service-area.ts";
import { createTravelRow, type Place, type Travel, UNREACHABLE_SEC } from "#server/travel/travel.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";

const Input = z.strictObject({ nodeId: NodeId, mostDriveSec: ServiceArea.shape.mostDriveSec.unwrap() });
const Output = z.object({ reach: AreaGeometry.nullable() });

/** No road is faster, so what lies farther as the crow flies is not reached. */
const FASTEST_M_PER_SEC = 37;
/** Once for the extent, and once for the shape within it. */
const COARSE = 40;
const FINE = 72;

interface Extent {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/**
 * The land to which a node's vans drive within so many seconds, as the promise asks it of a door: the drive to the points of a grid, each
 * snapped to the nearest street where a van may stop, and the line between those that are in and those that are not. A place far from
 * any street is not in. Null where nothing is. Faults: not-found.
 */
export const readDriveReach = opsProcedure
  .input(Input)
  .output(Output)
  .query(async ({ ctx, input: { nodeId, mostDriveSec } }) => {
    const [node] = await ctx.asCaller(
      (tx) => tx<{ lng: number; lat: number }[]>`select lng, lat from public.nodes where id = ${nodeId}`,
    );
    if (!node) throw new Fault("not-found", nodeId);
    return { reach: driveReach(ctx.platform.travel(), node, mostDriveSec) };
  });

export function driveReach(
  travel: Travel,
  { lng, lat }: { readonly lng: number; readonly lat: number },
  mostDriveSec: number,
): AreaGeometry | null {
  const home = travel.snap(lng, lat);
  if (!home) return null;
  const drive = createDrive(travel, home);
  const [west, south, east, north] = travel.bbox;
  const high = (mostDriveSec * FASTEST_M_PER_SEC) / M_PER_DEGREE;
  const wide = high / longitudeShrink(lat);
  const widest = {
    west: Math.max(west, lng - wide),
    south: Math.max(south, lat - high),
    east: Math.min(east, lng + wide),
    north: Math.min(north, lat + high),
  };
  const coarse = drive(widest, COARSE);
  const extent = extentOf(widest, coarse, mostDriveSec);
  if (!extent) return null;
  const parts = contourParts({ columns: FINE, rows: FINE, values: drive(extent, FINE) }, mostDriveSec);
  if (parts.length === 0) return null;
  const stepX = (extent.east - extent.west) / (FINE - 1);
  const stepY = (extent.north - extent.south) / (FINE - 1);
  const coordinates = parts.map((rings) =>
    rings.map((ring) =>
      Array.from({ length: ring.length / 2 }, (_, i): [number, number] => [
        extent.west + ring[2 * i]! * stepX,
        extent.south + ring[2 * i + 1]! * stepY,
      ]),
    ),
  );
  return { type: "MultiPolygon", coordinates };
}

/** The drive from a place to the points of a square grid over an extent, row by row from the south; Infinity where there is no way. */
function createDrive(travel: Travel, home: Place): (extent: Extent, size: number) => Float64Array {
  const period = travel.periodAt(AREA_DRIVE_MINUTE, false);
  return ({ west, south, east, north }, size) => {
    const lngs = Float64Array.from({ length: size * size }, (_, i) => west + ((east - west) * (i % size)) / (size - 1));
    const lats = Float64Array.from(
      { length: size * size },
      (_, i) => south + ((north - south) * Math.floor(i / size)) / (size - 1),
    );
    const row = createTravelRow(size * size);
    travel.oneToMany(home, travel.snapAll(lngs, lats), period, row);
    return Float64Array.from(row.durationSec, (sec) => (sec >= UNREACHABLE_SEC ? Number.POSITIVE_INFINITY : sec));
  };
}

/** Around all points that are in, a step of the coarse grid wider; null where none is. */
function extentOf(widest: Extent, coarse: Float64Array, mostDriveSec: number): Extent | null {
  const inside = [...coarse.keys()].filter((i) => coarse[i]! <= mostDriveSec);
  if (inside.length === 0) return null;
  const stepX = (widest.east - widest.west) / (COARSE - 1);
  const stepY = (widest.north - widest.south) / (COARSE - 1);
  const columns = inside.map((i) => i % COARSE);
  const rows = inside.map((i) => Math.floor(i / COARSE));
  return {
    west: widest.west + stepX * (Math.min(...columns) - 1),
    south: widest.south + stepY * (Math.min(...rows) - 1),
    east: widest.west + stepX * (Math.max(...columns) + 1),
    north: widest.south + stepY * (Math.max(...rows) + 1),
  };
}
