import { createClock, setOut, stepTo } from "./clock.ts";
import { NO_WAY_SEC, type RoutingProblem } from "./problem.ts";

/** How many visits before, and behind, each visit an insertion looks at. */
const NEIGHBOURS = 40;
/** How far around a visit a ruin may spread. */
const ADJACENT = 120;
/** What a second of waiting adds to a second of driving when neighbours are chosen (Vidal et al. 2013). */
const WAIT_WEIGHT = 0.2;
/** Costs that are laid out for all pairs of rates together: sixteen pairs over a thousand visits. Both ways round 134 MB. */
const MOST_COSTS = 2 ** 24;
/** Later than any time, and two of them still fit 32 bits. */
const NEVER = NO_WAY_SEC;

/**
 * The problem laid out for the search. Nodes are the visits 0 … visitCount − 1, then one start for each vehicle, then one
 * end: every route is a chain of nodes from its start to its end. A node's slot is its row in the square matrices, which
 * are kept both ways round so that all that concerns one visit lies side by side.
 *
 * Where travel changes over the day the matrices hold the best of all periods, so what they forbid is impossible and what
 * they cost is a lower bound; and so they do for all vehicles together where these have too many rates for a matrix each.
 * `isPlain` says that they are exact, and that of time nothing but one window a visit binds.
 */
export interface Prepared {
  readonly problem: RoutingProblem;
  readonly isPlain: boolean;
  readonly hasPickups: boolean;
  /** Goods of some visit are picked only after a vehicle could leave: who carries them may make the whole route later. */
  readonly hasReleases: boolean;
  readonly visitCount: number;
  readonly vehicleCount: number;
  /** At least 1. */
  readonly loadCount: number;
  readonly slotCount: number;
  readonly slot: Int32Array;
  readonly placeOfSlot: Int32Array;
  /** `duration[i * slotCount + j]` from i to j; `durationTo[j * slotCount + i]` is the same number. */
  readonly duration: Int32Array;
  readonly durationTo: Int32Array;
  /** What one whole number of cost stands for, in the unit of the problem's rates. */
  readonly unit: number;
  /** Cost of an arc and of the service behind it, a pair of matrices for each pair of rates, or one with the least rates. */
  readonly cost: readonly Int32Array[];
  readonly costTo: readonly Int32Array[];
  readonly ratesOf: Int32Array;
  /** Of a vehicle that leaves at all, in units. */
  readonly fixedCost: Float64Array;
  /** By node, both ends included. Starts: when the vehicle may leave. Ends: when it must be back at the latest. */
  readonly opens: Int32Array;
  readonly closes: Int32Array;
  readonly service: Int32Array;
  /** 1 for a node that nothing may be put before, and that stays where it is. */
  readonly locked: Uint8Array;
  /** When a locked visit starts if nothing follows what is locked: nothing that does may make it later than its window. */
  readonly lockedStart: Int32Array;
  readonly delivery: Int32Array;
  readonly pickup: Int32Array;
  readonly capacity: Int32Array;
  readonly needs: Int32Array;
  readonly onlyVehicle: Int32Array;
  readonly has: Int32Array;
  /** Vehicles that differ in nothing have the same kind. */
  readonly kindOf: Int32Array;
  readonly kinds: readonly Int32Array[];
  /** Vehicles that may trade the ends of their routes: how they start, what they carry and have begun may differ. */
  readonly tailKindOf: Int32Array;
  /** Where each vehicle stands in the list of its kind. */
  readonly rankOf: Int32Array;
  /** What leaving a visit out costs: its prize, Infinity for one that must be served. */
  readonly absence: Float64Array;
  readonly before: Neighbours;
  readonly behind: Neighbours;
  /** The visits nearest to each, itself first. */
  readonly adjacent: readonly Int32Array[];
}

/**
 * Visits that each visit may well come directly behind, or before, the nearest first. Those of visit v stand at
 * `from[v] … from[v + 1] − 1`, with the arc between the two beside each, so that no row of a matrix is touched.
 */
export interface Neighbours {
  readonly from: Int32Array;
  readonly visit: Int32Array;
  readonly duration: Int32Array;
  /** By pair of rates, as in {@link Prepared.cost}. */
  readonly cost: readonly Int32Array[];
  /** The least of these costs, whoever drives. */
  readonly leastCost: Int32Array;
  /** The cheapest arc of each visit in this direction, from or to anywhere, whoever drives. */
  readonly cheapest: Int32Array;
}

/** Time and memory: places² for the matrices, visits² for the neighbours. */
export function prepare(problem: RoutingProblem): Prepared {
  const { visits, vehicles } = problem;
  const n = visits.count;
  const m = vehicles.length;
  const nodeCount = n + 2 * m;
  const { slot, slotCount, placeOfSlot } = slotsOf(problem);
  const { duration, distance } = bestTravel(problem, placeOfSlot);
  const durationTo = transposed(duration, slotCount);

  const { rates, ratesOf, isExact } = ratesFor(vehicles, slotCount);
  const serviceOfSlot = new Int32Array(slotCount);
  serviceOfSlot.set(visits.serviceSec);
  const horizonSec = vehicles.reduce(
    (most, { startSec, endSec, overtimeSec }) => Math.max(most, endSec + overtimeSec - startSec),
    0,
  );
  const unit = unitOf(rates, duration, distance, serviceOfSlot, horizonSec);
  const cost = rates.map((rate) => costsOf(rate, unit, duration, distance, serviceOfSlot));
  const costTo = cost.map((all) => (all === duration ? durationTo : transposed(all, slotCount)));
  const fixedCost = Float64Array.from(vehicles, (vehicle) => vehicle.fixedCost / unit);

  const opens = new Int32Array(nodeCount);
  const closes = new Int32Array(nodeCount);
  const service = new Int32Array(nodeCount);
  const locked = new Uint8Array(nodeCount);
  for (let v = 0; v < n; v++) {
    opens[v] = visits.windowStartSec[visits.windowsFrom[v]!]!;
    closes[v] =
      visits.lateCost[v] === Number.POSITIVE_INFINITY
        ? visits.windowEndSec[visits.windowsFrom[v + 1]! - 1]! - 1
        : NEVER;
    service[v] = visits.serviceSec[v]!;
  }
  vehicles.forEach((vehicle, k) => {
    opens[n + k] = vehicle.startSec;
    closes[n + k] = NEVER;
    opens[n + m + k] = vehicle.startSec;
    closes[n + m + k] = vehicle.endSec + vehicle.overtimeSec;
    for (const visit of vehicle.locked) locked[visit] = 1;
  });

  const pinned = new Set(visits.onlyVehicle);
  const kindKeys = vehicles.map((vehicle, k) =>
    vehicle.locked.length > 0 || pinned.has(k) ? `vehicle ${k}` : JSON.stringify(vehicle),
  );
  const kindNames = [...new Set(kindKeys)];
  const kindOf = Int32Array.from(kindKeys, (key) => kindNames.indexOf(key));
  const kinds = kindNames.map((_, kind) => Int32Array.from(kindOf.keys()).filter((k) => kindOf[k] === kind));
  const rankOf = new Int32Array(m);
  for (const members of kinds) for (const [rank, k] of members.entries()) rankOf[k] = rank;

  // Where driving costs nothing, near is what is there soon.
  const farness = rates[0]!.metreCost + rates[0]!.secondCost > 0 ? cost[0]! : duration;
  const near = nearest(n, slotCount, duration, farness, opens, closes, service);
  const hasPickups = visits.pickup.some((load) => load > 0);
  const prepared: Prepared = {
    problem,
    isPlain: isExact && isPlain(problem),
    hasPickups,
    hasReleases: !arePickedInTime(problem),
    visitCount: n,
    vehicleCount: m,
    loadCount: Math.max(1, problem.loadCount),
    slotCount,
    slot,
    placeOfSlot,
    duration,
    durationTo,
    unit,
    cost,
    costTo,
    ratesOf,
    fixedCost,
    opens,
    closes,
    service,
    locked,
    lockedStart: new Int32Array(n).fill(NEVER),
    delivery: problem.loadCount === 0 ? new Int32Array(n) : visits.delivery,
    pickup: problem.loadCount === 0 ? new Int32Array(n) : visits.pickup,
    capacity:
      problem.loadCount === 0 ? new Int32Array(m) : Int32Array.from(vehicles.flatMap(({ capacity }) => capacity)),
    needs: visits.needs,
    onlyVehicle: visits.onlyVehicle,
    has: Int32Array.from(vehicles, (vehicle) => vehicle.has),
    kindOf,
    kinds,
    tailKindOf: tailKindsOf(problem),
    rankOf,
    absence: visits.prize.map((prize) => prize / unit),
    before: neighboursOf(near.before, slotCount, durationTo, costTo),
    behind: neighboursOf(near.behind, slotCount, duration, cost),
    adjacent: near.adjacent,
  };
  noteLockedStarts(prepared);
  return prepared;
}

/** What is pinned to a van and not locked on it may stand in its tail, which is then no other's. */
function tailKindsOf({ visits, vehicles }: RoutingProblem): Int32Array {
  const locked = new Set(vehicles.flatMap((vehicle) => vehicle.locked));
  const pinned = new Set(visits.onlyVehicle.filter((_, visit) => !locked.has(visit)));
  const keys = vehicles.map((vehicle, k) =>
    pinned.has(k)
      ? `vehicle ${k}`
      : JSON.stringify({ ...vehicle, startPlace: 0, startSec: 0, fixedCost: 0, capacity: [], locked: [] }),
  );
  return Int32Array.from(keys, (key) => keys.indexOf(key));
}

function noteLockedStarts(prepared: Prepared): void {
  const { problem, visitCount: n, service, lockedStart } = prepared;
  const clock = createClock();
  for (const [k, { locked }] of problem.vehicles.entries()) {
    setOut(prepared, k, locked, clock);
    let from = n + k;
    for (const visit of locked) {
      stepTo(prepared, k, from, visit, clock);
      lockedStart[visit] = clock.readySec - service[visit]!;
      from = visit;
    }
  }
}

interface Rates {
  readonly metreCost: number;
  readonly secondCost: number;
}

/** The pairs of rates that costs are laid out for, and which of them each vehicle has. */
function ratesFor(
  vehicles: readonly Rates[],
  slotCount: number,
): { rates: readonly Rates[]; ratesOf: Int32Array; isExact: boolean } {
  const rates: Rates[] = [];
  const ratesOf = Int32Array.from(vehicles, ({ metreCost, secondCost }) => {
    const known = rates.findIndex((rate) => rate.metreCost === metreCost && rate.secondCost === secondCost);
    return known >= 0 ? known : rates.push({ metreCost, secondCost }) - 1;
  });
  if (rates.length === 0) rates.push({ metreCost: 1, secondCost: 0 });
  if (rates.length === 1 || rates.length * slotCount ** 2 <= MOST_COSTS) return { rates, ratesOf, isExact: true };
  const least = {
    metreCost: Math.min(...rates.map(({ metreCost }) => metreCost)),
    secondCost: Math.min(...rates.map(({ secondCost }) => secondCost)),
  };
  return { rates: [least], ratesOf: ratesOf.fill(0), isExact: false };
}

/** Whether the matrices and one window a visit say all about time, so that one comparison settles an insertion. */
function isPlain({ travel, visits, vehicles }: RoutingProblem): boolean {
  return (
    travel.startSec.length === 1 &&
    visits.windowStartSec.length === visits.count &&
    visits.lateCost.every((cost) => cost === Number.POSITIVE_INFINITY) &&
    arePickedInTime({ visits, vehicles }) &&
    vehicles.every(({ breaks, overtimeSec, locked }) => breaks.length + overtimeSec + locked.length === 0)
  );
}

function arePickedInTime({ visits, vehicles }: Pick<RoutingProblem, "visits" | "vehicles">): boolean {
  const firstSec = vehicles.reduce((first, { startSec }) => Math.min(first, startSec), Number.POSITIVE_INFINITY);
  return visits.releaseSec.every((releaseSec) => releaseSec <= firstSec);
}

function slotsOf({ visits, vehicles }: RoutingProblem): {
  slot: Int32Array;
  slotCount: number;
  placeOfSlot: Int32Array;
} {
  const n = visits.count;
  const m = vehicles.length;
  const depots = [...new Set(vehicles.flatMap((vehicle) => [vehicle.startPlace, vehicle.endPlace]))];
  const slotOfDepot = new Map(depots.map((place, i) => [place, n + i]));
  const slot = new Int32Array(n + 2 * m);
  for (let v = 0; v < n; v++) slot[v] = v;
  vehicles.forEach((vehicle, k) => {
    slot[n + k] = slotOfDepot.get(vehicle.startPlace)!;
    slot[n + m + k] = slotOfDepot.get(vehicle.endPlace)!;
  });
  return { slot, slotCount: n + depots.length, placeOfSlot: Int32Array.of(...visits.place, ...depots) };
}

/** The shortest time and the shortest distance of each arc over all periods. */
function bestTravel(
  { travel, placeCount }: RoutingProblem,
  placeOfSlot: Int32Array,
): { duration: Int32Array; distance: Int32Array } {
  const size = placeOfSlot.length;
  const duration = new Int32Array(size * size).fill(NEVER);
  const distance = new Int32Array(size * size).fill(NEVER);
  for (let period = 0; period < travel.startSec.length; period++) {
    const sec = travel.durationSec[period]!;
    const m = travel.distanceM[period]!;
    for (let i = 0, arc = 0; i < size; i++) {
      const row = placeOfSlot[i]! * placeCount;
      for (let j = 0; j < size; j++, arc++) {
        const at = row + placeOfSlot[j]!;
        if (sec[at]! < duration[arc]!) duration[arc] = sec[at]!;
        if (m[at]! < distance[arc]!) distance[arc] = m[at]!;
      }
    }
  }
  return { duration, distance };
}

/** So many bits hold the dearest arc: no route's cost overflows 32, and no thousandth of a cent is lost. */
const ARC_BITS = 22;

/** 1 when the costs of all arcs are whole numbers and small enough, else what makes them so. */
function unitOf(
  rates: readonly Rates[],
  duration: Int32Array,
  distance: Int32Array,
  service: Int32Array,
  horizonSec: number,
): number {
  const longestService = service.reduce((most, sec) => Math.max(most, sec), 0);
  let dearest = 0;
  for (const { metreCost, secondCost } of rates)
    for (let a = 0; a < duration.length; a++) {
      // Nobody drives from a visit to itself, and what takes longer than there is time would leave no bits for the rest.
      if (a % (service.length + 1) === 0 || duration[a]! > horizonSec) continue;
      dearest = Math.max(dearest, distance[a]! * metreCost + (duration[a]! + longestService) * secondCost);
    }
  const areWhole = rates.every((rate) => Number.isInteger(rate.metreCost) && Number.isInteger(rate.secondCost));
  return (areWhole && dearest < 2 ** ARC_BITS) || dearest === 0 ? 1 : dearest / 2 ** ARC_BITS;
}

function costsOf(
  { metreCost, secondCost }: Rates,
  unit: number,
  duration: Int32Array,
  distance: Int32Array,
  service: Int32Array,
): Int32Array {
  const all = new Int32Array(duration.length);
  const size = service.length;
  let isDuration = true;
  for (let a = 0; a < all.length; a++) {
    const cost = (distance[a]! * metreCost + (duration[a]! + service[a % size]!) * secondCost) / unit;
    all[a] = Math.min(NEVER, Math.round(cost));
    isDuration &&= all[a] === duration[a];
  }
  // One matrix instead of two where they agree: the more of it stays in the cache, the quicker the search.
  return isDuration ? duration : all;
}

function transposed(matrix: Int32Array, size: number): Int32Array {
  const turned = new Int32Array(matrix.length);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) turned[j * size + i] = matrix[i * size + j]!;
  return turned;
}

function nearest(
  n: number,
  slotCount: number,
  duration: Int32Array,
  cost: Int32Array,
  opens: Int32Array,
  closes: Int32Array,
  service: Int32Array,
): { before: Int32Array[]; behind: Int32Array[]; adjacent: Int32Array[] } {
  const before: Int32Array[] = [];
  const behind: Int32Array[] = [];
  const adjacent: Int32Array[] = [];
  const key = new Float64Array(n);
  const follow = (i: number, j: number): number => {
    const ready = service[i]! + duration[i * slotCount + j]!;
    if (opens[i]! + ready > closes[j]!) return Number.POSITIVE_INFINITY;
    const waitSec = Math.max(0, opens[j]! - ready - closes[i]!);
    return cost[i * slotCount + j]! + WAIT_WEIGHT * waitSec;
  };
  for (let v = 0; v < n; v++) {
    for (let i = 0; i < n; i++) key[i] = i === v ? Number.POSITIVE_INFINITY : follow(i, v);
    before.push(smallest(key, NEIGHBOURS));
    for (let j = 0; j < n; j++) key[j] = j === v ? Number.POSITIVE_INFINITY : follow(v, j);
    behind.push(smallest(key, NEIGHBOURS));
    for (let i = 0; i < n; i++) key[i] = cost[v * slotCount + i]! + cost[i * slotCount + v]!;
    key[v] = Number.NEGATIVE_INFINITY;
    adjacent.push(smallest(key, ADJACENT));
  }
  return { before, behind, adjacent };
}

/** Indices of the `count` smallest finite keys, ascending; of equal ones the lower index first. */
function smallest(key: Float64Array, count: number): Int32Array {
  const found = new Int32Array(count);
  let length = 0;
  for (let i = 0; i < key.length; i++) {
    const k = key[i]!;
    if (k === Number.POSITIVE_INFINITY || (length === count && k >= key[found[count - 1]!]!)) continue;
    let at = length < count ? length++ : count - 1;
    for (; at > 0 && key[found[at - 1]!]! > k; at--) found[at] = found[at - 1]!;
    found[at] = i;
  }
  return found.slice(0, length);
}

function neighboursOf(
  lists: readonly Int32Array[],
  slotCount: number,
  duration: Int32Array,
  cost: readonly Int32Array[],
): Neighbours {
  const from = new Int32Array(lists.length + 1);
  for (const [v, list] of lists.entries()) from[v + 1] = from[v]! + list.length;
  const visit = new Int32Array(from.at(-1)!);
  const arc = new Int32Array(from.at(-1)!);
  for (const [v, list] of lists.entries()) {
    visit.set(list, from[v]!);
    for (let a = 0; a < list.length; a++) arc[from[v]! + a] = v * slotCount + list[a]!;
  }
  const cheapest = Int32Array.from(lists, (_, v) => {
    let least = NEVER;
    for (const all of cost)
      for (let s = 0; s < slotCount; s++) if (s !== v) least = Math.min(least, all[v * slotCount + s]!);
    return least;
  });
  const costOfList = cost.map((all) => arc.map((a) => all[a]!));
  return {
    from,
    visit,
    cheapest,
    duration: arc.map((a) => duration[a]!),
    cost: costOfList,
    leastCost: costOfList.reduce((least, other) => least.map((sec, a) => Math.min(sec, other[a]!))),
  };
}
