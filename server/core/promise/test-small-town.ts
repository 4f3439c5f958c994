import fc from "fast-check";
import { createRoute, type Route, timelineOf } from "../routing/route.ts";
import type { CartGroups } from "./cart-load.ts";
import { fleetInTime } from "./fleet-in-time.ts";
import { createFleetRoutes, type FleetShift } from "./fleet-routes.ts";
import type { PromiseProblem, SourceNode, SourcingPolicy } from "./promise-problem.ts";
import { EVEN_WEIGHTS } from "./weigh-terms.ts";

// For tests: a town of few places, small enough to try everything. The door is place 0 and node n lives at place n + 1.

export const NODES = 3;
export const PLACES = 6;
export const HOUR = 3600;

export interface Stop {
  readonly at: number;
  readonly startSec: number;
  readonly endSec: number;
  readonly serviceSec: number;
}

export interface Van {
  readonly node: number;
  readonly startSec: number;
  readonly endSec: number;
  readonly stops: readonly Stop[];
  readonly limitG: number;
  readonly limitMl: number;
  readonly freeG: number;
  readonly freeMl: number;
  readonly has: number;
  readonly centsPerSec: number;
  readonly centsPerM: number;
}

export interface Town {
  readonly sec: readonly number[];
  readonly m: readonly number[];
  readonly cart: CartGroups;
  readonly nodes: readonly SourceNode[];
  readonly reaches: Uint8Array;
  readonly vans: readonly Van[];
  readonly windows: readonly (readonly [startSec: number, endSec: number])[];
  readonly policy: PromiseProblem["policy"];
  readonly nowSec: number;
}

export const ints = (value: fc.Arbitrary<number>, count: number) =>
  fc.array(value, { minLength: count, maxLength: count }).map((values) => Int32Array.from(values));

export const cart: fc.Arbitrary<CartGroups> = fc.integer({ min: 1, max: 4 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    lines: ints(fc.integer({ min: 1, max: 3 }), count),
    units: ints(fc.integer({ min: 1, max: 5 }), count),
    weightG: ints(fc.integer({ min: 100, max: 20_000 }), count),
    volumeMl: ints(fc.integer({ min: 100, max: 9000 }), count),
    valueCents: ints(fc.integer({ min: 10, max: 3000 }), count),
    needs: ints(fc.constantFrom(0, 0, 0, 1, 2), count),
    climbSec: fc.constantFrom(0, 0, 90),
  }),
);

const stop = fc
  .record({
    at: fc.integer({ min: 0, max: PLACES - 1 }),
    startSec: fc.integer({ min: 10 * HOUR, max: 14 * HOUR }),
    long: fc.integer({ min: HOUR, max: 3 * HOUR }),
    serviceSec: fc.integer({ min: 60, max: 900 }),
  })
  .map(({ long, ...rest }): Stop => ({ ...rest, endSec: rest.startSec + long }));

const van = fc
  .record({
    node: fc.nat(NODES - 1),
    startSec: fc.constantFrom(9 * HOUR, 10 * HOUR, 12 * HOUR),
    endSec: fc.constantFrom(14 * HOUR, 16 * HOUR),
    stops: fc.array(stop, { maxLength: 3 }),
    takenG: fc.constantFrom(0, 0, 0, 15_000),
    freeG: fc.constantFrom(8000, 25_000, 80_000),
    freeMl: fc.constantFrom(5000, 60_000),
    has: fc.constantFrom(3, 3, 3, 1, 0),
    centsPerSec: fc.constantFrom(0.5, 0.75),
    centsPerM: fc.constantFrom(0, 0.25),
  })
  .map(({ takenG, ...rest }) => ({ ...rest, limitG: rest.freeG + takenG, limitMl: rest.freeMl }));

const weight = fc.constantFrom(1, 1, 0.5, 4);
const weights = fc.oneof(
  fc.constant(EVEN_WEIGHTS),
  fc.record({
    handling: weight,
    picking: weight,
    busy: weight,
    route: weight,
    carrier: weight,
    split: weight,
    transfer: weight,
  }),
);

/** By node what it has of so many groups, six hours of picking from seven o'clock on, and its rates. */
export const nodesWith = (groupCount: number): fc.Arbitrary<SourceNode[]> =>
  fc.array(
    fc.record({
      holds: fc
        .array(fc.constantFrom(1, 1, 0), { minLength: groupCount, maxLength: groupCount })
        .map((held) => Uint8Array.from(held)),
      hours: ints(fc.integer({ min: 0, max: 900 }), 6).map((freeSec) => ({
        startSec: Int32Array.from({ length: 6 }, (_, h) => (7 + h) * HOUR),
        limitSec: Int32Array.from({ length: 6 }, () => 900),
        freeSec,
      })),
      pickSetupSec: fc.constantFrom(0, 60, 300),
      pickLineSec: fc.constantFrom(10, 60),
      pickUnitSec: fc.constantFrom(0, 30),
      handoverSec: fc.constantFrom(0, 900),
      handlingCents: fc.constantFrom(0, 100, 400),
      pickHourCents: fc.constantFrom(0, 1800, 3600),
    }),
    { minLength: NODES, maxLength: NODES },
  );

export const policy: fc.Arbitrary<SourcingPolicy> = fc.record({
  split: fc.record({
    mostNodes: fc.integer({ min: 1, max: 3 }),
    leastPartValue: fc.constantFrom(0, 500),
    splitCost: fc.constantFrom(0, 50, 500),
  }),
  busy: fc.record({ fromShare: fc.constantFrom(0.5, 0.8), hourCents: fc.constantFrom(0, 6000) }),
  weights,
});

export const nowSec = fc.constantFrom(7 * HOUR, 8 * HOUR + 700, 10 * HOUR);

export const town: fc.Arbitrary<Town> = cart
  .chain((groups) =>
    fc.record({
      sec: fc.array(fc.integer({ min: 60, max: 2400 }), { minLength: PLACES ** 2, maxLength: PLACES ** 2 }),
      m: fc.array(fc.integer({ min: 100, max: 9000 }), { minLength: PLACES ** 2, maxLength: PLACES ** 2 }),
      cart: fc.constant(groups),
      nodes: nodesWith(groups.count),
      reaches: fc
        .array(fc.constantFrom(1, 1, 1, 1, 1, 1, 1, 0), { minLength: NODES, maxLength: NODES })
        .map((reaches) => Uint8Array.from(reaches)),
      vans: fc.array(van, { maxLength: 6 }),
      windows: fc.constantFrom(
        [[10 * HOUR, 12 * HOUR] as const, [12 * HOUR, 14 * HOUR] as const],
        [[11 * HOUR, 12 * HOUR] as const],
      ),
      policy,
      nowSec,
    }),
  )
  .map((one) => ({
    ...one,
    vans: one.vans.filter((it) => canDrive(one, it, it.stops)).sort((a, b) => a.node - b.node),
  }));

/** Whether the van is everywhere in time, and home in time. */
export function canDrive({ sec }: Pick<Town, "sec">, one: Van, stops: readonly Stop[]): boolean {
  let clock = one.startSec;
  let at = one.node + 1;
  for (const next of stops) {
    clock = Math.max(clock + sec[at * PLACES + next.at]!, next.startSec);
    if (clock >= next.endSec) return false;
    clock += next.serviceSec;
    at = next.at;
  }
  return clock + sec[at * PLACES + one.node + 1]! <= one.endSec;
}

/** Rows of travel: the vans' stops one after the other, then the nodes' homes. */
export function problemOf(one: Town): PromiseProblem {
  const { sec, m, vans } = one;
  let row = 0;
  const places = [...vans.flatMap((it) => it.stops.map(({ at }) => at)), ...one.nodes.map((_, n) => n + 1)];
  const firstHome = places.length - one.nodes.length;
  const shifts = vans.map((it): FleetShift => {
    const route = routeOf(one, it);
    const firstRow = row;
    row += it.stops.length;
    return {
      route,
      timeline: timelineOf(route),
      node: it.node,
      firstRow,
      homeRow: firstHome + it.node,
      limitG: it.limitG,
      limitMl: it.limitMl,
      freeG: it.freeG,
      freeMl: it.freeMl,
      has: it.has,
      centsPerM: it.centsPerM,
      centsPerSec: it.centsPerSec,
    };
  });
  const rowOf = (matrix: readonly number[], arc: (place: number) => number) =>
    Int32Array.from(places, (place) => matrix[arc(place)]!);
  const fleet = createFleetRoutes(shifts, one.nodes.length);
  const windows = {
    startSec: Int32Array.from(one.windows, ([start]) => start),
    endSec: Int32Array.from(one.windows, ([, end]) => end),
  };
  return {
    nowSec: one.nowSec,
    cart: one.cart,
    nodes: one.nodes,
    reaches: one.reaches,
    fleet,
    windowCount: one.windows.length,
    asks: [
      {
        rows: {
          toSec: rowOf(sec, (place) => place * PLACES),
          toM: rowOf(m, (place) => place * PLACES),
          fromSec: rowOf(sec, (place) => place),
          fromM: rowOf(m, (place) => place),
        },
        windows,
        index: Int32Array.from(one.windows, (_, w) => w),
        inTime: fleetInTime(fleet, windows),
      },
    ],
    policy: one.policy,
  };
}

function routeOf({ sec, m }: Town, { node, startSec, endSec, stops }: Van): Route {
  const arcs = stops.map(({ at }, p) => (p === 0 ? node + 1 : stops[p - 1]!.at) * PLACES + at);
  const home = stops.length === 0 ? undefined : stops.at(-1)!.at * PLACES + node + 1;
  return createRoute(
    startSec,
    endSec,
    {
      windowStartSec: stops.map((it) => it.startSec),
      windowEndSec: stops.map((it) => it.endSec),
      serviceSec: stops.map((it) => it.serviceSec),
      legSec: arcs.map((arc) => sec[arc]!),
      legM: arcs.map((arc) => m[arc]!),
    },
    home === undefined ? 0 : sec[home]!,
    home === undefined ? 0 : m[home]!,
  );
}
