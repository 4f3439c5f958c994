import type { Map as MapLibreMap } from "maplibre-gl";

/** Outlines on a square from −1 to 1, y down; the first is a circle. */
const SHAPES = {
  circle: null,
  square: [
    [-0.82, -0.82],
    [0.82, -0.82],
    [0.82, 0.82],
    [-0.82, 0.82],
  ],
  diamond: [
    [0, -1.05],
    [1.05, 0],
    [0, 1.05],
    [-1.05, 0],
  ],
  hexagon: [
    [-0.54, -0.94],
    [0.54, -0.94],
    [1.08, 0],
    [0.54, 0.94],
    [-0.54, 0.94],
    [-1.08, 0],
  ],
  /** Points north; turned by its heading. */
  arrow: [
    [0, -1.1],
    [0.86, 0.92],
    [0, 0.5],
    [-0.86, 0.92],
  ],
} as const;

export type MarkerShape = keyof typeof SHAPES;

export interface MarkerLook {
  readonly shape: MarkerShape;
  readonly fill: string;
  readonly rim: string;
  /** Half the width in pixels, without the rim. */
  readonly radiusPx: number;
  readonly rimPx: number;
}

const PIXEL_RATIO = 2;
const ROUNDING_PX = 2.5;

/** Draws a marker and gives it to the map under a name, or replaces the one of that name. */
export function addMarkerImage(map: MapLibreMap, name: string, look: MarkerLook): void {
  if (map.hasImage(name)) map.removeImage(name);
  map.addImage(name, drawMarker(look), { pixelRatio: PIXEL_RATIO });
}

function drawMarker({ shape, fill, rim, radiusPx, rimPx }: MarkerLook): ImageData {
  const size = Math.ceil(2 * (1.15 * radiusPx + rimPx + ROUNDING_PX)) * PIXEL_RATIO;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const context = canvas.getContext("2d")!;
  context.translate(size / 2, size / 2);
  context.scale(PIXEL_RATIO, PIXEL_RATIO);
  context.beginPath();
  const outline = SHAPES[shape];
  if (outline === null) context.arc(0, 0, radiusPx, 0, 2 * Math.PI);
  else for (const [x, y] of outline) context.lineTo(x * radiusPx, y * radiusPx);
  context.closePath();
  // Strokes with round joins under the fill: the wide one is the rim, the narrow one rounds the corners.
  context.lineJoin = "round";
  context.strokeStyle = rim;
  context.lineWidth = 2 * (rimPx + ROUNDING_PX / 2);
  context.stroke();
  context.strokeStyle = fill;
  context.lineWidth = ROUNDING_PX;
  context.stroke();
  context.fillStyle = fill;
  context.fill();
  return context.getImageData(0, 0, size, size);
}
