import { openMapFile } from "#server/travel/map-file.ts";
import type { Street } from "#server/travel/travel.ts";

/** Every named street of a map file, longest first, as its street index lists them. Throws MapFileError. */
export function readStreets(path: string): Street[] {
  const file = openMapFile(path, ["names."]);
  file.close();
  const at = file.array("names.at", "i32");
  const lines = new TextDecoder().decode(file.array("names.display", "u8")).split("\n").slice(0, -1);
  return lines.map((line, i) => {
    const [name = "", place = ""] = line.split("\t");
    return { name, place, lng: at[2 * i]! / 1e7, lat: at[2 * i + 1]! / 1e7 };
  });
}
