import type { LngLat } from "#server/domain/units.ts";
import { distanceM } from "./distance.ts";

/** The point at `fraction` (0 … 1) of a line's length. The line has at least one point. */
export function pointAlong(line: readonly LngLat[], fraction: number): LngLat {
  let lengthM = 0;
  for (let i = 1; i < line.length; i++) lengthM += segmentM(line[i - 1]!, line[i]!);
  let leftM = lengthM * Math.min(1, Math.max(0, fraction));
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1]!, line[i]!];
    const stretchM = segmentM(from, to);
    if (leftM <= stretchM && stretchM > 0) {
      const share = leftM / stretchM;
      return [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    }
    leftM -= stretchM;
  }
  return line.at(-1)!;
}

function segmentM(from: LngLat, to: LngLat): number {
  return distanceM(from[0], from[1], to[0], to[1]);
}
