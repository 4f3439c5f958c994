/** Points of one line in order, as ids; closed when the first is also the last. */
export type Line = readonly number[];

/**
 * Joins lines end to end into the longest ones possible. `directed` lines join only in their own direction (coasts,
 * which have their land on the left); others may be turned around (borders of areas).
 */
export function joinLines(lines: readonly Line[], directed: boolean): { closed: Line[]; open: Line[] } {
  const closed: Line[] = [];
  const open: Line[] = [];
  const waiting = new Map<number, Set<number>>();
  const remember = (point: number, line: number) => {
    const there = waiting.get(point);
    if (there === undefined) waiting.set(point, new Set([line]));
    else there.add(line);
  };
  const isClosed = (line: Line) => line.length > 3 && line[0] === line.at(-1);
  const used = new Uint8Array(lines.length);
  lines.forEach((line, i) => {
    if (line.length < 2) used[i] = 1;
    else if (isClosed(line)) {
      closed.push(line);
      used[i] = 1;
    } else {
      remember(line[0]!, i);
      if (!directed) remember(line.at(-1)!, i);
    }
  });
  const take = (point: number): Line | null => {
    for (const i of waiting.get(point) ?? []) {
      if (used[i] === 1) continue;
      used[i] = 1;
      const line = lines[i]!;
      return line[0] === point ? line : [...line].reverse();
    }
    return null;
  };
  const extend = (joined: number[]) => {
    while (!isClosed(joined)) {
      const next = take(joined.at(-1)!);
      if (next === null) return;
      for (let i = 1; i < next.length; i++) joined.push(next[i]!);
    }
  };
  // An open directed chain must be entered at its very first line, so those that nothing leads into go first.
  const heads = new Set(lines.filter((_, i) => used[i] === 0).map((line) => line.at(-1)!));
  const byHead = lines.map((_, i) => i).filter((i) => used[i] === 0);
  if (directed) byHead.sort((a, b) => Number(heads.has(lines[a]![0]!)) - Number(heads.has(lines[b]![0]!)) || a - b);
  for (const i of byHead) {
    if (used[i] === 1) continue;
    used[i] = 1;
    const joined = [...lines[i]!];
    extend(joined);
    if (!directed && !isClosed(joined)) {
      joined.reverse();
      extend(joined);
    }
    (isClosed(joined) ? closed : open).push(joined);
  }
  return { closed, open };
}

/** Twice the area within a closed ring of flattened [x, y] pairs; positive when it runs counter-clockwise. */
export function signedArea(ring: Float64Array): number {
  let sum = 0;
  for (let i = 0; i + 3 < ring.length; i += 2) sum += ring[i]! * ring[i + 3]! - ring[i + 2]! * ring[i + 1]!;
  return sum;
}
