export type Position = readonly [lng: number, lat: number];

/** A line cut at a share of its length, 0 … 1: what lies before and after. Both hold the place of the cut. */
export function splitLine(line: readonly Position[], share: number): { done: Position[]; ahead: Position[] } {
  if (share <= 0 || line.length < 2) return { done: [], ahead: [...line] };
  if (share >= 1) return { done: [...line], ahead: [] };
  // Degrees of longitude are shorter than those of latitude; one factor for the whole line will do.
  const squeeze = Math.cos((line[0]![1] * Math.PI) / 180);
  const lengths = line.slice(1).map(([lng, lat], i) => Math.hypot((lng - line[i]![0]) * squeeze, lat - line[i]![1]));
  let left = share * lengths.reduce((sum, length) => sum + length, 0);
  for (const [i, length] of lengths.entries()) {
    if (left > length || length === 0) {
      left -= length;
      continue;
    }
    const [a, b] = [line[i]!, line[i + 1]!];
    const cut: Position = [a[0] + ((b[0] - a[0]) * left) / length, a[1] + ((b[1] - a[1]) * left) / length];
    return { done: [...line.slice(0, i + 1), cut], ahead: [cut, ...line.slice(i + 1)] };
  }
  return { done: [...line], ahead: [] };
}
