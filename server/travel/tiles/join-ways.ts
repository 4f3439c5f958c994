import type { SourceWay } from "../map-source.ts";

export interface JoinedWay {
  readonly way: SourceWay;
  readonly points: readonly number[];
}

/**
 * Joins ways of one street end to end where exactly two of its ways meet: long lines carry labels better, simplify
 * better, and take less room in a tile. The direction of travel is lost.
 */
export function joinWays(ways: readonly SourceWay[], keyOf: (way: SourceWay) => string): JoinedWay[] {
  const groups = new Map<string, SourceWay[]>();
  for (const way of ways) {
    const group = groups.get(keyOf(way));
    if (group === undefined) groups.set(keyOf(way), [way]);
    else group.push(way);
  }
  return [...groups.values()].flatMap(joinGroup);
}

function joinGroup(ways: readonly SourceWay[]): JoinedWay[] {
  const endsAt = new Map<number, number[]>();
  for (const [i, { points }] of ways.entries())
    for (const end of [points[0]!, points.at(-1)!]) {
      const list = endsAt.get(end);
      if (list === undefined) endsAt.set(end, [i]);
      else list.push(i);
    }
  const used = new Set<number>();
  /** Appends way after way to the line's last point, as long as there is no choice. */
  const extend = (points: number[]) => {
    for (;;) {
      const here = points.at(-1)!;
      const meeting = endsAt.get(here)!;
      const next = meeting.length === 2 ? meeting.find((i) => !used.has(i)) : undefined;
      if (next === undefined) return;
      used.add(next);
      const more = Array.from(ways[next]!.points);
      if (more[0] !== here) more.reverse();
      for (const point of more.slice(1)) points.push(point);
    }
  };
  return ways.flatMap((way, i) => {
    if (used.has(i)) return [];
    used.add(i);
    const points = Array.from(way.points);
    extend(points);
    points.reverse();
    extend(points);
    return [{ way, points }];
  });
}
