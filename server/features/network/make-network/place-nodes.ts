import type { Random } from "#server/core/random.ts";
import type { PlaceList, Travel } from "#server/travel/travel.ts";
import type { Sites } from "./sites.ts";

/** Indices of the sites where the nodes of a network stand. */
export interface NodeSites {
  readonly stores: readonly number[];
  readonly distributionCentres: readonly number[];
  readonly microFulfilment: readonly number[];
}

export const STORE_COUNT = 22;
export const DISTRIBUTION_CENTRE_COUNT = 2;
export const MICRO_FULFILMENT_COUNT = 3;

const MIN_APART_M = 250;
const MORNING_MINUTE = 8 * 60;

/**
 * Stores stand where the people are, micro-fulfilment in the dense quarters around the centre, and distribution centres outside of them,
 * where the stores are soonest reached by road, which is near the main ones.
 */
export function placeNodes(travel: Travel, sites: Sites, random: Random): NodeSites {
  const all = [...sites.x.keys()];
  const taken: number[] = [];
  const take = (candidates: readonly number[]): number => {
    const free = candidates.find((site) => taken.every((other) => distanceBetween(sites, site, other) >= MIN_APART_M));
    const site = free ?? candidates[0]!;
    taken.push(site);
    return site;
  };

  const stores = centresOf(sites, all, STORE_COUNT, random.fork("stores")).map((centre) =>
    // Of the streets around, the longest: a high street rather than an alley. Sites are listed by length.
    take(nearest(sites, all, centre, 12).sort((a, b) => a - b)),
  );
  const dense = quantile(sites.density, 0.5);
  const near = quantile(sites.driveSec, 0.4);
  const inner = all.filter((site) => sites.density[site]! >= dense && sites.driveSec[site]! <= near);
  const microFulfilment = centresOf(sites, inner, MICRO_FULFILMENT_COUNT, random.fork("micro")).map((centre) =>
    take(nearest(sites, inner, centre, 15).sort((a, b) => sites.density[b]! - sites.density[a]! || a - b)),
  );
  return { stores, microFulfilment, distributionCentres: placeDistributionCentres(travel, sites, stores, random) };
}

function placeDistributionCentres(
  travel: Travel,
  sites: Sites,
  stores: readonly number[],
  random: Random,
): readonly number[] {
  const [near, far] = [quantile(sites.driveSec, 0.6), quantile(sites.driveSec, 0.97)];
  const sparse = quantile(sites.density, 0.35);
  const outskirts = [...sites.x.keys()].filter(
    (site) => sites.driveSec[site]! >= near && sites.driveSec[site]! <= far && sites.density[site]! <= sparse,
  );
  const candidates = sample(outskirts.length >= 20 ? outskirts : [...sites.x.keys()], 160, random.fork("centres"));
  const { durationSec, columnCount } = travel.manyToMany(
    pick(sites.places, candidates),
    pick(sites.places, stores),
    travel.periodAt(MORNING_MINUTE, false),
  );
  const total = (row: number) =>
    durationSec.subarray(row * columnCount, (row + 1) * columnCount).reduce((a, b) => a + b, 0);
  const byDrive = candidates
    .map((site, row) => ({ site, sec: total(row) }))
    .sort((a, b) => a.sec - b.sec || a.site - b.site);
  const first = byDrive[0]!.site;
  const apart = byDrive.map(({ site }) => distanceBetween(sites, first, site));
  // The second serves the other side of the city: of those far enough from the first, the soonest at the stores.
  const other = byDrive[apart.findIndex((metres) => metres >= 0.6 * Math.max(...apart))]!.site;
  return [first, other];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * The middles of `count` groups of near sites (Lloyd's k-means, started as k-means++). A site counts as many times as
 * there are streets around it: groups are small where many people live, and a wide countryside gets one or two.
 */
function centresOf(sites: Sites, members: readonly number[], count: number, random: Random): Point[] {
  let centres: Point[] = [pointOf(sites, random.pick(members))];
  const toNearest = new Float64Array(members.length).fill(Infinity);
  while (centres.length < count) {
    const last = centres.at(-1)!;
    members.forEach((site, m) => {
      toNearest[m] = Math.min(toNearest[m]!, sites.density[site]! * square(pointOf(sites, site), last));
    });
    let left = random.next() * toNearest.reduce((sum, value) => sum + value, 0);
    let chosen = 0;
    while (chosen < members.length - 1 && left >= toNearest[chosen]!) left -= toNearest[chosen++]!;
    centres.push(pointOf(sites, members[chosen]!));
  }
  for (let round = 0; round < 20; round++) {
    const sums = centres.map(() => ({ x: 0, y: 0, weight: 0 }));
    for (const site of members) {
      const point = pointOf(sites, site);
      const distances = centres.map((centre) => square(point, centre));
      const sum = sums[distances.indexOf(Math.min(...distances))]!;
      const weight = sites.density[site]!;
      sum.x += weight * point.x;
      sum.y += weight * point.y;
      sum.weight += weight;
    }
    centres = sums.map(({ x, y, weight }, c) => (weight === 0 ? centres[c]! : { x: x / weight, y: y / weight }));
  }
  // Numbered from west to east, so that a list of nodes reads like a map.
  return centres.sort((a, b) => a.x - b.x || a.y - b.y);
}

function nearest(sites: Sites, members: readonly number[], to: Point, count: number): number[] {
  return members
    .map((site) => ({ site, off: square(pointOf(sites, site), to) }))
    .sort((a, b) => a.off - b.off || a.site - b.site)
    .slice(0, count)
    .map(({ site }) => site);
}

function pointOf(sites: Sites, site: number): Point {
  return { x: sites.x[site]!, y: sites.y[site]! };
}

function square(a: Point, b: Point): number {
  return (a.x - b.x) ** 2 + (a.y - b.y) ** 2;
}

export function distanceBetween(sites: Sites, a: number, b: number): number {
  return Math.sqrt(square(pointOf(sites, a), pointOf(sites, b)));
}

function quantile(values: Int32Array, share: number): number {
  return values.toSorted()[Math.floor(share * (values.length - 1))]!;
}

/** `count` different members in a random order, or all of them. */
export function sample(members: readonly number[], count: number, random: Random): number[] {
  const pool = [...members];
  for (let i = 0; i < Math.min(count, pool.length); i++) {
    const j = i + random.below(pool.length - i);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}

function pick(places: PlaceList, chosen: readonly number[]): PlaceList {
  return {
    length: chosen.length,
    lng: Float64Array.from(chosen, (i) => places.lng[i]!),
    lat: Float64Array.from(chosen, (i) => places.lat[i]!),
    edge: Int32Array.from(chosen, (i) => places.edge[i]!),
    along: Float64Array.from(chosen, (i) => places.along[i]!),
  };
}
