import type { Prepared } from "./prepare.ts";
import { costOfRoute, markAbsent, noteIdle, type Routes } from "./routes.ts";
import { noteLoads } from "./segments.ts";

/** The routes that one step of the search touches, as they were before it. */
export interface Undo {
  step: number;
  /** The step in which each route was saved last. */
  readonly savedIn: Int32Array;
  routeCount: number;
  readonly route: Int32Array;
  /** What the saved routes cost together. */
  cost: number;
  /** Nodes of the r-th saved route: `from[r] … from[r + 1] − 1` of the arrays below. */
  readonly from: Int32Array;
  readonly node: Int32Array;
  readonly ready: Int32Array;
  readonly latest: Int32Array;
  readonly breaksTaken: Int32Array;
  readonly calm: Int32Array;
  readonly stepSec: Int32Array;
  readonly throughSec: Int32Array;
  readonly arcCost: Float64Array;
  readonly loaded: Int32Array;
}

export function createUndo({ visitCount, vehicleCount, loadCount }: Prepared): Undo {
  const nodeCount = visitCount + 2 * vehicleCount;
  return {
    step: 0,
    savedIn: new Int32Array(vehicleCount).fill(-1),
    routeCount: 0,
    route: new Int32Array(vehicleCount),
    cost: 0,
    from: new Int32Array(vehicleCount + 1),
    node: new Int32Array(nodeCount),
    ready: new Int32Array(nodeCount),
    latest: new Int32Array(nodeCount),
    breaksTaken: new Int32Array(nodeCount),
    calm: new Int32Array(nodeCount),
    stepSec: new Int32Array(nodeCount),
    throughSec: new Int32Array(nodeCount),
    arcCost: new Float64Array(nodeCount),
    loaded: new Int32Array(vehicleCount * loadCount),
  };
}

export function beginStep(undo: Undo): void {
  undo.step++;
  undo.routeCount = 0;
  undo.cost = 0;
}

/** Saves a route before its first change in this step. */
export function remember(prepared: Prepared, routes: Routes, undo: Undo, route: number): void {
  if (undo.savedIn[route] === undo.step) return;
  const { visitCount: n, vehicleCount: m, loadCount, isPlain } = prepared;
  undo.savedIn[route] = undo.step;
  undo.cost += costOfRoute(prepared, routes, route);
  const r = undo.routeCount++;
  undo.route[r] = route;
  let at = undo.from[r]!;
  const end = n + m + route;
  for (let node = n + route; ; node = routes.next[node]!) {
    undo.node[at] = node;
    undo.ready[at] = routes.ready[node]!;
    undo.latest[at] = routes.latest[node]!;
    undo.breaksTaken[at] = routes.breaksTaken[node]!;
    undo.arcCost[at] = routes.arcCost[node]!;
    if (!isPlain) {
      undo.calm[at] = routes.times.calm[node]!;
      undo.stepSec[at] = routes.times.stepSec[node]!;
      undo.throughSec[at] = routes.times.throughSec[node]!;
    }
    at++;
    if (node === end) break;
  }
  undo.from[r + 1] = at;
  for (let d = 0; d < loadCount; d++) undo.loaded[r * loadCount + d] = routes.loaded[route * loadCount + d]!;
}

/** What this step has changed in the cost of routes so far. */
export function changeOf(prepared: Prepared, routes: Routes, undo: Undo): number {
  let cost = 0;
  for (let r = 0; r < undo.routeCount; r++) cost += costOfRoute(prepared, routes, undo.route[r]!);
  return cost - undo.cost;
}

/** Puts every touched route back. The first `absentCount` of `absent` are the visits that were in none before the step. */
export function restore(prepared: Prepared, routes: Routes, undo: Undo, absent: Int32Array, absentCount: number): void {
  for (let a = 0; a < absentCount; a++) markAbsent(routes, absent[a]!);
  const { loadCount, isPlain, hasPickups } = prepared;
  const { next, previous } = routes;
  for (let r = 0; r < undo.routeCount; r++) {
    const route = undo.route[r]!;
    const from = undo.from[r]!;
    const to = undo.from[r + 1]!;
    for (let at = from; at < to; at++) {
      const node = undo.node[at]!;
      routes.routeOf[node] = route;
      routes.ready[node] = undo.ready[at]!;
      routes.latest[node] = undo.latest[at]!;
      routes.breaksTaken[node] = undo.breaksTaken[at]!;
      routes.arcCost[node] = undo.arcCost[at]!;
      if (!isPlain) {
        routes.times.calm[node] = undo.calm[at]!;
        routes.times.stepSec[node] = undo.stepSec[at]!;
        routes.times.throughSec[node] = undo.throughSec[at]!;
      }
      if (at > from) {
        previous[node] = undo.node[at - 1]!;
        routes.outCost[undo.node[at - 1]!] = undo.arcCost[at]!;
      }
      if (at + 1 < to) next[node] = undo.node[at + 1]!;
    }
    routes.size[route] = to - from - 2;
    if (routes.size[route] === 0) noteIdle(prepared, routes, route);
    for (let d = 0; d < loadCount; d++) routes.loaded[route * loadCount + d] = undo.loaded[r * loadCount + d]!;
    if (hasPickups) noteLoads(prepared, routes, route);
  }
}
