import type { MapSource, SourceWay } from "./map-source.ts";

/** A town for tests: straight streets every `stepDeg` from west to east and from south to north, all two-way. */
export function gridTown(west: number, south: number, columns: number, rows: number, stepDeg: number): MapSource {
  const at = (column: number, row: number) => row * columns + column;
  const lng = new Float64Array(columns * rows);
  const lat = new Float64Array(columns * rows);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      lng[at(column, row)] = west + column * stepDeg;
      lat[at(column, row)] = south + row * stepDeg;
    }
  const street = (name: string, points: number[]): SourceWay => ({
    points: Int32Array.from(points),
    roadClass: "residential",
    oneway: 0,
    limitKph: 50,
    surface: "paved",
    bridge: false,
    tunnel: false,
    name,
  });
  const range = (length: number) => Array.from({ length }, (_, i) => i);
  return {
    name: "Gridton",
    attribution: "Made up for tests",
    lng,
    lat,
    ways: [
      ...range(rows).map((row) =>
        street(
          `Row ${row}`,
          range(columns).map((column) => at(column, row)),
        ),
      ),
      ...range(columns).map((column) =>
        street(
          `Column ${column}`,
          range(rows).map((row) => at(column, row)),
        ),
      ),
    ],
    areas: [],
    places: [],
  };
}
