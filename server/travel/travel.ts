/**
 * Travel times by road, at a time of day. The one door through which everything else asks for them; what stands
 * behind it today is the embedded road graph (`embedded-travel.ts`), later perhaps a routing server.
 *
 * Times are whole seconds, distances whole metres along the fastest path (of equally fast ones, the shortest).
 * Every method gives the same answer for the same pair: a leg takes as long as the matrix says. The travel time of a
 * leg is that of the period in which it starts, all the way.
 */
export interface Travel {
  /** Changes whenever any answer might: part of the key of everything cached or stored from here. */
  readonly version: string;
  readonly name: string;
  /** Must be shown wherever a map is. */
  readonly attribution: string;
  /** West, south, east, north in degrees. */
  readonly bbox: readonly [number, number, number, number];
  readonly periodCount: number;
  /** The period, 0 … periodCount − 1, of a local wall-clock time: minutes since midnight. */
  periodAt(minuteOfDay: number, weekend: boolean): number;
  /** The nearest point of a road where a van may stop; null when none lies within {@link MAX_SNAP_M}. */
  snap(lng: number, lat: number): Place | null;
  /** Snaps many at once. One that is too far from any road stays in the list with edge −1, unreachable for every query. */
  snapAll(lngs: ArrayLike<number>, lats: ArrayLike<number>): PlaceList;
  /**
   * Fills the first `to.length` numbers of `out`. The effort is that of the part of the network above the targets, and
   * hardly depends on how many there are; it is smallest when the same targets are asked for again and again.
   */
  oneToMany(from: Place, to: PlaceList, period: number, out: TravelRow): void;
  /** As oneToMany with the roads reversed: from each of many to one. */
  manyToOne(from: PlaceList, to: Place, period: number, out: TravelRow): void;
  manyToMany(from: PlaceList, to: PlaceList, period: number): TravelMatrix;
  /** Null when `to` cannot be reached, which on one connected network does not happen. */
  leg(from: Place, to: Place, period: number): Leg | null;
  /**
   * Streets with a word that starts with the query's last word, and with its other words before it, ignoring case
   * and accents; for an address field. Whole names and longer streets come first.
   */
  searchStreets(query: string, limit: number): Street[];
}

export const MAX_SNAP_M = 400;

/** Fills the place of a duration where there is no path: more than any day, and two of them still fit 32 bits. */
export const UNREACHABLE_SEC = 1_000_000_000;

/**
 * A point on the road network. Store `lng` and `lat` only: snapping them again finds the same place.
 * `edge` and `along` mean something only to the Travel that made the place.
 */
export interface Place {
  readonly lng: number;
  readonly lat: number;
  /** Metres from the point that was asked for. */
  readonly offM: number;
  readonly edge: number;
  /** Whole decimetres from the edge's start. */
  readonly along: number;
}

/** Places as a struct of arrays, each `length` long. */
export interface PlaceList {
  readonly length: number;
  readonly lng: Float64Array;
  readonly lat: Float64Array;
  readonly edge: Int32Array;
  readonly along: Float64Array;
}

export interface TravelRow {
  readonly durationSec: Int32Array;
  readonly distanceM: Int32Array;
}

/** Row-major: from i to j stands at `i * columnCount + j`. */
export interface TravelMatrix extends TravelRow {
  readonly rowCount: number;
  readonly columnCount: number;
}

export interface Leg {
  readonly durationSec: number;
  readonly distanceM: number;
  /** [lng, lat] from the first place to the second along the road. */
  readonly shape: [number, number][];
}

export interface Street {
  readonly name: string;
  /** The suburb, village or town it lies in; empty when the map names none near. */
  readonly place: string;
  readonly lng: number;
  readonly lat: number;
}

export function createTravelRow(length: number): TravelRow {
  return { durationSec: new Int32Array(length), distanceM: new Int32Array(length) };
}

/** Places that are still to be written. */
export function createPlaceList(length: number): PlaceList {
  return {
    length,
    lng: new Float64Array(length),
    lat: new Float64Array(length),
    edge: new Int32Array(length),
    along: new Float64Array(length),
  };
}

/** Some places of a list. */
export function placesAt({ lng, lat, edge, along }: PlaceList, rows: Int32Array): PlaceList {
  const some = createPlaceList(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    some.lng[i] = lng[row]!;
    some.lat[i] = lat[row]!;
    some.edge[i] = edge[row]!;
    some.along[i] = along[row]!;
  }
  return some;
}

export function placeListOf(places: readonly Place[]): PlaceList {
  return {
    length: places.length,
    lng: Float64Array.from(places, (place) => place.lng),
    lat: Float64Array.from(places, (place) => place.lat),
    edge: Int32Array.from(places, (place) => place.edge),
    along: Float64Array.from(places, (place) => place.along),
  };
}
