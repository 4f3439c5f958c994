import type { Random } from "../random.ts";
import type { Prepared } from "./prepare.ts";
import { ABSENT, type Routes, retime, takeOut } from "./routes.ts";
import { remember, type Undo } from "./undo.ts";

/** Visits that a ruin takes out, on average, and how many of one route at most (SISR, table 1). */
const MEAN_REMOVED = 10;
const LONGEST_STRING = 10;
/** How often a string keeps some visits in its middle, and how often one more than it had. */
const SPLIT_CHANCE = 0.5;
const KEEP_MORE_CHANCE = 0.01;

/**
 * Takes strings of neighbouring visits out of neighbouring routes (slack induction by string removals: Christiaens,
 * Vanden Berghe 2020), appends them to `absent` from `absentCount` on, and returns how many there are then, or −1 when a
 * route cannot be driven without what was taken from it.
 */
export function removeStrings(
  prepared: Prepared,
  routes: Routes,
  undo: Undo,
  random: Random,
  meanSize: number,
  absent: Int32Array,
  absentCount: number,
): number {
  const { visitCount: n, adjacent, locked } = prepared;
  const longest = Math.max(1, Math.min(LONGEST_STRING, meanSize));
  const mostStrings = (4 * MEAN_REMOVED) / (1 + longest) - 1;
  const strings = Math.max(1, Math.floor(random.next() * mostStrings + 1));

  const around = adjacent[random.below(n)]!;
  let count = absentCount;
  let isDrivable = true;
  for (let a = 0, ruined = 0; a < around.length && ruined < strings; a++) {
    const visit = around[a]!;
    const route = routes.routeOf[visit]!;
    if (route === ABSENT || locked[visit] || undo.savedIn[route] === undo.step) continue;
    remember(prepared, routes, undo, route);
    const most = Math.min(routes.size[route]!, longest);
    const length = Math.floor(random.next() * most + 1);
    count = takeString(prepared, routes, random, visit, length, absent, count);
    isDrivable = retime(prepared, routes, route) < Number.POSITIVE_INFINITY && isDrivable;
    ruined++;
  }
  return isDrivable ? count : -1;
}

/** Takes up to `length` visits around `visit`, next to each other but for a few that may be kept in their middle. */
function takeString(
  prepared: Prepared,
  routes: Routes,
  random: Random,
  visit: number,
  length: number,
  absent: Int32Array,
  absentCount: number,
): number {
  const { visitCount: n, locked } = prepared;
  const { next, previous } = routes;
  const isFree = (node: number): boolean => node < n && !locked[node];
  let kept = 0;
  if (length > 1 && random.chance(SPLIT_CHANCE)) {
    kept = 1;
    while (random.chance(KEEP_MORE_CHANCE)) kept++;
  }

  // The visit stands anywhere in the string; one that would run over an end of the route moves away from it.
  const span = length + kept;
  let first = visit;
  for (let back = random.below(span); back > 0 && isFree(previous[first]!); back--) first = previous[first]!;
  let reach = 1;
  for (let node = first; reach < span && next[node]! < n; node = next[node]!) reach++;
  for (; reach < span && isFree(previous[first]!); reach++) first = previous[first]!;

  const keepFrom = kept > 0 ? 1 + random.below(length - 1) : span;
  let count = absentCount;
  let node = first;
  for (let i = 0; i < reach; i++) {
    const following = next[node]!;
    if (i < keepFrom || i >= keepFrom + kept) {
      takeOut(prepared, routes, node);
      absent[count++] = node;
    }
    node = following;
  }
  return count;
}
