import { distanceM, longitudeShrink, M_PER_DEGREE } from "#server/core/geo/distance.ts";
import { createTravelRow, type Place, type PlaceList, type Street, type Travel } from "#server/travel/travel.ts";

/** Where something could stand: streets of a map, one point each, in reach of its centre. Longer streets come first. */
export interface Sites {
  readonly length: number;
  readonly places: PlaceList;
  /** Metres east and north of the map's middle. */
  readonly x: Float64Array;
  readonly y: Float64Array;
  /** Streets within half a mile: as good a guess at how many people live there as a road map gives. */
  readonly density: Int32Array;
  /** Drive from the centre around noon. */
  readonly driveSec: Int32Array;
  readonly streets: readonly Street[];
}

/** A map without enough streets for a network. */
export class TooFewSites extends Error {
  override readonly name = "TooFewSites";
}

const MIN_SITES = 200;
const NEIGHBOURHOOD_M = 800;
const CENTRE_M = 1_600;
/** Beyond, a van would spend its shift on the way there: such streets of a wide map stay without service. */
const REACH_SEC = 35 * 60;
/** "A 41", "EN319-2": a number of the road network, at which nobody has an address. */
const ROAD_NUMBER = /^[A-Z]{1,4}[ -]?\d/;
const MAX_GRID_SIDE = 60;
const GRID_STEP_M = 150;
const NOON_MINUTE = 12 * 60;

/** Throws {@link TooFewSites}. */
export function findSites(travel: Travel, named: readonly Street[]): Sites {
  const addressable = named.filter(({ name }) => !ROAD_NUMBER.test(name));
  // A map that names few streets still has roads: a grid of points on them stands in.
  const streets = addressable.length >= MIN_SITES ? addressable : [...addressable, ...gridOfRoads(travel)];
  const snapped = travel.snapAll(
    streets.map(({ lng }) => lng),
    streets.map(({ lat }) => lat),
  );
  const onRoad = selected(streets, snapped, (i) => snapped.edge[i]! >= 0);
  if (onRoad.streets.length < MIN_SITES) throw tooFew(travel, onRoad.streets.length);

  const flat = flatten(travel, onRoad.places);
  const centre = indexOfMax(countNear(flat.x, flat.y, CENTRE_M));
  const drive = createTravelRow(onRoad.streets.length);
  travel.oneToMany(placeAt(onRoad.places, centre), onRoad.places, travel.periodAt(NOON_MINUTE, false), drive);

  const near = selected(onRoad.streets, onRoad.places, (i) => drive.durationSec[i]! <= REACH_SEC);
  if (near.streets.length < MIN_SITES) throw tooFew(travel, near.streets.length);
  const { x, y } = flatten(travel, near.places);
  return {
    length: near.streets.length,
    places: near.places,
    x,
    y,
    density: countNear(x, y, NEIGHBOURHOOD_M),
    driveSec: drive.durationSec.filter((sec) => sec <= REACH_SEC),
    streets: near.streets,
  };
}

export function placeAt(places: PlaceList, i: number): Place {
  return { lng: places.lng[i]!, lat: places.lat[i]!, offM: 0, edge: places.edge[i]!, along: places.along[i]! };
}

function tooFew(travel: Travel, found: number): TooFewSites {
  return new TooFewSites(
    `${travel.name} has ${found} streets within reach of its centre, and a network needs ${MIN_SITES}: take a larger map.`,
  );
}

function gridOfRoads({ bbox: [west, south, east, north] }: Travel): Street[] {
  const columns = gridCount(distanceM(west, south, east, south));
  const rows = gridCount(distanceM(west, south, west, north));
  return Array.from({ length: columns * rows }, (_, i) => ({
    name: `Road ${i + 1}`,
    place: "",
    lng: west + ((east - west) * (0.5 + (i % columns))) / columns,
    lat: south + ((north - south) * (0.5 + Math.floor(i / columns))) / rows,
  }));
}

function gridCount(lengthM: number): number {
  return Math.min(MAX_GRID_SIDE, Math.ceil(lengthM / GRID_STEP_M));
}

function selected(streets: readonly Street[], places: PlaceList, keep: (i: number) => boolean) {
  const kept = [...streets.keys()].filter(keep);
  return {
    streets: kept.map((i) => streets[i]!),
    places: {
      length: kept.length,
      lng: Float64Array.from(kept, (i) => places.lng[i]!),
      lat: Float64Array.from(kept, (i) => places.lat[i]!),
      edge: Int32Array.from(kept, (i) => places.edge[i]!),
      along: Float64Array.from(kept, (i) => places.along[i]!),
    } satisfies PlaceList,
  };
}

function flatten({ bbox: [west, south, east, north] }: Travel, { lng, lat }: PlaceList) {
  const middleLat = (south + north) / 2;
  const perDegree = longitudeShrink(middleLat) * M_PER_DEGREE;
  return {
    x: lng.map((value) => (value - (west + east) / 2) * perDegree),
    y: lat.map((value) => (value - middleLat) * M_PER_DEGREE),
  };
}

/** For each point, how many lie within `radiusM` of it, itself included. */
function countNear(x: Float64Array, y: Float64Array, radiusM: number): Int32Array {
  const cellOf = (value: number) => Math.floor(value / radiusM);
  const cells = Map.groupBy(x.keys(), (i) => `${cellOf(x[i]!)} ${cellOf(y[i]!)}`);
  return Int32Array.from(x, (_, i) => {
    let count = 0;
    for (let column = cellOf(x[i]!) - 1; column <= cellOf(x[i]!) + 1; column++)
      for (let row = cellOf(y[i]!) - 1; row <= cellOf(y[i]!) + 1; row++)
        for (const j of cells.get(`${column} ${row}`) ?? [])
          if ((x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2 <= radiusM * radiusM) count++;
    return count;
  });
}

function indexOfMax(values: Int32Array): number {
  let best = 0;
  values.forEach((value, i) => {
    if (value > values[best]!) best = i;
  });
  return best;
}
