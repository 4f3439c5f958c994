import { gzipSync } from "node:zlib";
import * as z from "zod";
import type { FaultCode } from "../domain/fault.ts";
import { PROBLEM_HEADERS, problemOf } from "../domain/problem.ts";
import { MapFileError } from "./map-file.ts";
import { mapStyle } from "./map-style/map-style.ts";
import type { ServedMap } from "./served-map.ts";
import { MAX_TILE_ZOOM, MIN_TILE_ZOOM } from "./tiles/tile-id.ts";

const YEAR_SEC = 31_536_000;

/** A whole number as it stands in a path: no sign, no leading zero, no exponent. */
const Index = z
  .string()
  .regex(/^(0|[1-9]\d{0,5})$/)
  .transform(Number);
const TileAddress = z
  .strictObject({ z: Index.refine((zoom) => zoom >= MIN_TILE_ZOOM && zoom <= MAX_TILE_ZOOM), x: Index, y: Index })
  .refine((tile) => tile.x < 2 ** tile.z && tile.y < 2 ** tile.z);
const StyleQuery = z.strictObject({ theme: z.enum(["light", "dark"]).default("light") });

/**
 * One tile: 200 gzipped, 204 where the map has nothing, 304 when the reader has it. `params` are the path's parts; the
 * query's `v` is the map's version, and an address with the current one may be kept for good.
 */
export function answerTile(request: Request, params: unknown, open: () => ServedMap): Response {
  const address = TileAddress.safeParse(params);
  const query = queryOf(request);
  if (!address.success || !z.strictObject({ v: z.string().max(64).optional() }).safeParse(query).success)
    return refusal("invalid-request", "the address of a tile is /z/x/y with zooms 8 to 15", "gzip");
  return withMap(open, "gzip", ({ file, tiles }) => {
    const headers = {
      ETag: `"${file.version}"`,
      "Cache-Control": query.v === file.version ? `public, max-age=${YEAR_SEC}, immutable` : "no-cache",
    };
    if (request.headers.get("if-none-match") === headers.ETag) return new Response(null, { status: 304, headers });
    const bytes = tiles.tile(address.data.z, address.data.x, address.data.y);
    if (bytes === null) return new Response(null, { status: 204, headers });
    return new Response(bytes as Uint8Array<ArrayBuffer>, {
      headers: {
        ...headers,
        "Content-Type": "application/vnd.mapbox-vector-tile",
        "Content-Encoding": "gzip",
        "Content-Length": String(bytes.byteLength),
      },
    });
  });
}

/** The style for `?theme=light|dark`; with `replacement`, the reader is sent there instead. */
export function answerStyle(request: Request, open: () => ServedMap, replacement: string | undefined): Response {
  const query = StyleQuery.safeParse(queryOf(request));
  if (!query.success) return refusal("invalid-request", "the only parameter is theme, light or dark", "identity");
  if (replacement) return new Response(null, { status: 307, headers: { Location: replacement } });
  return withMap(open, "identity", ({ file }) => {
    const { name, attribution, bbox } = file.header;
    // Relative, because behind a proxy only the browser knows our address; the map component completes it.
    const tileUrl = `/api/map/tiles/{z}/{x}/{y}?v=${file.version}`;
    const style = mapStyle({ theme: query.data.theme, tileUrl, name, attribution, bbox });
    return Response.json(style, { headers: { "Cache-Control": "no-cache" } });
  });
}

/** A refusal of the tile route from somewhere else, as every body of that route is. */
export async function gzipped(refusal: Response): Promise<Response> {
  const headers = new Headers(refusal.headers);
  headers.set("Content-Encoding", "gzip");
  return new Response(gzipSync(await refusal.arrayBuffer()), { status: refusal.status, headers });
}

function queryOf(request: Request): Record<string, string> {
  return Object.fromEntries(new URL(request.url).searchParams);
}

function withMap(open: () => ServedMap, encoding: Encoding, answer: (map: ServedMap) => Response): Response {
  let map: ServedMap;
  try {
    map = open();
  } catch (error) {
    if (!(error instanceof MapFileError)) throw error;
    // The sentence names a path on our disk: for the operator's log, not for the reader.
    console.error(`map: ${error.message}`);
    return refusal("unavailable", "there is no map to show", encoding);
  }
  return answer(map);
}

/** Every body of the tile route is gzipped, because its header is set in next.config.js for all of them. */
type Encoding = "gzip" | "identity";

function refusal(code: FaultCode, detail: string, encoding: Encoding): Response {
  const problem = problemOf(code, detail);
  const body = JSON.stringify(problem);
  return new Response(encoding === "gzip" ? gzipSync(body) : body, {
    status: problem.status,
    headers: { ...PROBLEM_HEADERS, ...(encoding === "gzip" && { "Content-Encoding": "gzip" }) },
  });
}
