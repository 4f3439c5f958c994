import * as z from "zod";

/** Of one area: enough for a coast, and few enough to be asked for each door. */
const MOST_POINTS = 5000;

/** A height may stand behind the two; it is left out. */
const Position = z
  .tuple([z.number().min(-180).max(180), z.number().min(-85).max(85)], z.number())
  .refine((numbers) => numbers.length <= 3, "more than three numbers")
  .transform(([lng, lat]): [number, number] => [lng, lat]);
const Ring = z
  .array(Position)
  .min(4)
  .refine((points) => {
    const [first, last] = [points[0]!, points.at(-1)!];
    return first[0] === last[0] && first[1] === last[1];
  }, "a ring ends where it begins");
const Polygon = z.array(Ring).min(1);

const PolygonShape = { type: z.literal("Polygon"), coordinates: Polygon };
const MultiPolygonShape = { type: z.literal("MultiPolygon"), coordinates: z.array(Polygon).min(1) };
const isFewPoints = (geometry: AreaGeometry) => pointsOf(geometry) <= MOST_POINTS;
const TOO_MANY_POINTS = `more than ${MOST_POINTS} points`;

/** A GeoJSON geometry (RFC 7946) of one part or several, each an outline and the holes in it. */
export const AreaGeometry = z
  .discriminatedUnion("type", [z.strictObject(PolygonShape), z.strictObject(MultiPolygonShape)])
  .refine(isFewPoints, TOO_MANY_POINTS);
export type AreaGeometry =
  | { type: "Polygon"; coordinates: [number, number][][] }
  | { type: "MultiPolygon"; coordinates: [number, number][][][] };

/** As others write it, with a bounding box or names of their own beside. */
const ForeignGeometry = z
  .discriminatedUnion("type", [z.object(PolygonShape), z.object(MultiPolygonShape)])
  .refine(isFewPoints, TOO_MANY_POINTS);

/** Drives are asked for noon of a working day, whatever the window: a door is in the area or it is not. */
export const AREA_DRIVE_MINUTE = 720;

/** The doors that a node's vans go to; null where there is no such limit. */
export const ServiceArea = z.strictObject({
  /** From the node to the door at AREA_DRIVE_MINUTE. */
  mostDriveSec: z.int().min(60).max(36_000).nullable(),
  area: AreaGeometry.nullable(),
});
export type ServiceArea = z.infer<typeof ServiceArea>;

/** Each part with its rings, whichever kind it is. */
export function partsOf(geometry: AreaGeometry): [number, number][][][] {
  return geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
}

export function pointsOf(geometry: AreaGeometry): number {
  return partsOf(geometry).reduce((sum, rings) => sum + rings.reduce((points, ring) => points + ring.length, 0), 0);
}

const Feature = z.object({ type: z.literal("Feature"), geometry: ForeignGeometry });
const FeatureCollection = z.object({ type: z.literal("FeatureCollection"), features: z.array(Feature).min(1) });

/** The area in a GeoJSON text: a geometry, a feature, or all features of a collection together. Null where it holds none. */
export function areaOfGeoJson(text: string): AreaGeometry | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const geometry = ForeignGeometry.safeParse(value);
  if (geometry.success) return geometry.data;
  const feature = Feature.safeParse(value);
  if (feature.success) return feature.data.geometry;
  const collection = FeatureCollection.safeParse(value);
  if (!collection.success) return null;
  const coordinates = collection.data.features.flatMap((one) => partsOf(one.geometry));
  const all = AreaGeometry.safeParse({ type: "MultiPolygon", coordinates });
  return all.success ? all.data : null;
}
