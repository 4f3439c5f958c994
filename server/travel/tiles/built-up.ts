import { type Line, resample } from "../city/plane.ts";
import type { MapSource, RoadClass, SourceArea } from "../map-source.ts";
import { outlinesOf } from "../outlines.ts";

/** Along these people live. */
const LIVED_ON: ReadonlySet<RoadClass> = new Set(["residential", "living_street", "tertiary", "secondary"]);
const METRES_PER_DEGREE = 111_200;
const SPACING_M = 25;

/**
 * Built-up areas guessed from where streets are dense, for an extract that holds none: a city drawn like the
 * countryside around it would not be found on the map.
 */
export function guessBuiltUp(source: MapSource): SourceArea[] {
  const [originLng, originLat] = [source.lng[0] ?? 0, source.lat[0] ?? 0];
  const squeeze = Math.cos((originLat * Math.PI) / 180);
  const doorsteps = source.ways
    .filter((way) => LIVED_ON.has(way.roadClass) && !way.bridge && !way.tunnel)
    .flatMap(({ points }) => {
      const course: Line = Array.from(points, (point) => ({
        x: (source.lng[point]! - originLng) * METRES_PER_DEGREE * squeeze,
        y: (source.lat[point]! - originLat) * METRES_PER_DEGREE,
      }));
      return resample(course, SPACING_M);
    });
  return outlinesOf(doorsteps, 2.5, 60_000).map((rings) => ({
    kind: "built",
    name: "",
    rings: rings.map((ring) =>
      Float64Array.from(
        ring.flatMap(({ x, y }) => [originLng + x / (METRES_PER_DEGREE * squeeze), originLat + y / METRES_PER_DEGREE]),
      ),
    ),
  }));
}
