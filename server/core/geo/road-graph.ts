import { largestStrongComponent } from "./strong-components.ts";

/** Roads as drawn: way w leads over the points `points[start[w]]` … `points[start[w + 1] − 1]`. */
export interface Ways {
  readonly pointCount: number;
  readonly start: Int32Array;
  readonly points: Int32Array;
  /** 0 both ways, 1 along the points only, −1 against them only. */
  readonly oneway: Int8Array;
  /** Ways with the same kind are alike in all that matters to an edge, so that one edge may run on over both. */
  readonly kind: Int32Array;
}

export const ALONG = 1;
export const AGAINST = 2;

/**
 * Roads as a graph: vertices where something is to be decided (junctions, dead ends, changes of kind), edges for the
 * road between two of them. Edge e leads from `from[e]` to `to[e]`; `direction[e]` says which ways it may be driven
 * (ALONG | AGAINST); a one-way edge is always turned so that it is driven ALONG.
 */
export interface RoadGraph {
  readonly vertexCount: number;
  readonly edgeCount: number;
  /** The point at which a vertex lies. */
  readonly vertexPoint: Int32Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly direction: Uint8Array;
  readonly kind: Int32Array;
  /** Edge e leads over the points `shape[shapeStart[e]]` … `shape[shapeStart[e + 1] − 1]`, its ends included. */
  readonly shapeStart: Int32Array;
  readonly shape: Int32Array;
}

/** A stretch of one way between two points where it may be cut. */
interface Piece {
  readonly way: number;
  /** Positions in `ways.points`, both included. */
  readonly first: number;
  readonly last: number;
}

/**
 * The largest part of the road network in which every place can be reached from every other.
 * Ways with fewer than two points are ignored. Order of vertices and edges follows the order of the ways.
 */
export function buildRoadGraph(ways: Ways): RoadGraph {
  const pieces = cutAtJunctions(ways);
  const edges = joinPieces(ways, pieces);
  return keepLargestPart(edges);
}

/**
 * A point is a place to decide unless exactly two segments meet there. Where two ways meet end to end, and nothing
 * else does, they are still cut, and {@link joinPieces} may join them again.
 */
function cutAtJunctions(ways: Ways): Piece[] {
  const segmentEnds = countSegmentEnds(ways);
  const pieces: Piece[] = [];
  for (let way = 0; way < ways.kind.length; way++) {
    const end = ways.start[way + 1]! - 1;
    let first = ways.start[way]!;
    for (let i = first + 1; i <= end; i++) {
      if (i < end && segmentEnds[ways.points[i]!] === 2) continue;
      pieces.push({ way, first, last: i });
      first = i;
    }
  }
  return pieces;
}

function countSegmentEnds(ways: Ways): Uint8Array {
  const counts = new Uint8Array(ways.pointCount);
  const count = (point: number) => {
    if (counts[point]! < 255) counts[point]!++;
  };
  for (let way = 0; way < ways.kind.length; way++)
    for (let i = ways.start[way]!; i < ways.start[way + 1]! - 1; i++) {
      count(ways.points[i]!);
      count(ways.points[i + 1]!);
    }
  return counts;
}

/** A chain of pieces becomes an edge: two pieces run on into each other where they are alike and nothing else meets. */
function joinPieces(ways: Ways, pieces: readonly Piece[]): RoadGraph {
  const startOf = (piece: number) => ways.points[pieces[piece]!.first]!;
  const endOf = (piece: number) => ways.points[pieces[piece]!.last]!;
  const onewayOf = (piece: number) => ways.oneway[pieces[piece]!.way]!;
  const kindOf = (piece: number) => ways.kind[pieces[piece]!.way]!;

  // At most two piece ends are remembered per point: with more, or with one, it is a vertex anyway.
  const firstAt = new Int32Array(ways.pointCount).fill(-1);
  const secondAt = new Int32Array(ways.pointCount).fill(-1);
  const meeting = new Uint8Array(ways.pointCount);
  const meet = (point: number, piece: number) => {
    if (firstAt[point]! < 0) firstAt[point] = piece;
    else secondAt[point] = piece;
    if (meeting[point]! < 3) meeting[point]!++;
  };
  for (let piece = 0; piece < pieces.length; piece++) {
    meet(startOf(piece), piece);
    meet(endOf(piece), piece);
  }
  /** The piece in which `piece` runs on at `point`, or −1 when something is to be decided there. */
  const continuation = (piece: number, point: number): number => {
    if (meeting[point] !== 2) return -1;
    const other = firstAt[point] === piece ? secondAt[point]! : firstAt[point]!;
    if (other === piece || kindOf(other) !== kindOf(piece)) return -1;
    // The same sense of travel on both: one must end here and the other start if their one-way signs agree.
    const sameSense = (endOf(piece) === point) === (startOf(other) === point);
    return onewayOf(other) === (sameSense ? onewayOf(piece) : -onewayOf(piece)) ? other : -1;
  };

  const from: number[] = [];
  const to: number[] = [];
  const direction: number[] = [];
  const kind: number[] = [];
  const shapeStart: number[] = [0];
  const shape: number[] = [];
  const used = new Uint8Array(pieces.length);
  const vertexOf = new Int32Array(ways.pointCount).fill(-1);
  const vertexPoint: number[] = [];
  const vertexAt = (point: number): number => {
    if (vertexOf[point]! < 0) vertexOf[point] = vertexPoint.push(point) - 1;
    return vertexOf[point]!;
  };
  /** Walks from `point` over `piece` and whatever it runs on into. */
  const walk = (firstPiece: number, firstPoint: number) => {
    const points: number[] = [firstPoint];
    const oneway = startOf(firstPiece) === firstPoint ? onewayOf(firstPiece) : -onewayOf(firstPiece);
    let piece = firstPiece;
    let point = firstPoint;
    do {
      used[piece] = 1;
      const { first, last } = pieces[piece]!;
      if (startOf(piece) === point) for (let i = first + 1; i <= last; i++) points.push(ways.points[i]!);
      else for (let i = last - 1; i >= first; i--) points.push(ways.points[i]!);
      point = points[points.length - 1]!;
      piece = continuation(piece, point);
    } while (piece >= 0 && used[piece] === 0);
    if (oneway < 0) points.reverse();
    from.push(vertexAt(points[0]!));
    to.push(vertexAt(points[points.length - 1]!));
    direction.push(oneway === 0 ? ALONG | AGAINST : ALONG);
    kind.push(kindOf(firstPiece));
    for (const p of points) shape.push(p);
    shapeStart.push(shape.length);
  };
  for (let piece = 0; piece < pieces.length; piece++) {
    if (used[piece] === 1) continue;
    if (continuation(piece, startOf(piece)) < 0) walk(piece, startOf(piece));
    else if (continuation(piece, endOf(piece)) < 0) walk(piece, endOf(piece));
  }
  // What is left runs in circles that nothing joins; any point of a circle may stand for its end.
  for (let piece = 0; piece < pieces.length; piece++) if (used[piece] === 0) walk(piece, startOf(piece));

  return {
    vertexCount: vertexPoint.length,
    edgeCount: from.length,
    vertexPoint: Int32Array.from(vertexPoint),
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    direction: Uint8Array.from(direction),
    kind: Int32Array.from(kind),
    shapeStart: Int32Array.from(shapeStart),
    shape: Int32Array.from(shape),
  };
}

function keepLargestPart(graph: RoadGraph): RoadGraph {
  const start = new Int32Array(graph.vertexCount + 1);
  const eachArc = (visit: (tail: number, head: number) => void) => {
    for (let e = 0; e < graph.edgeCount; e++) {
      if (graph.direction[e]! & ALONG) visit(graph.from[e]!, graph.to[e]!);
      if (graph.direction[e]! & AGAINST) visit(graph.to[e]!, graph.from[e]!);
    }
  };
  eachArc((tail) => start[tail + 1]!++);
  for (let v = 0; v < graph.vertexCount; v++) start[v + 1]! += start[v]!;
  const next = start.slice(0, graph.vertexCount);
  const head = new Int32Array(start[graph.vertexCount]!);
  eachArc((tail, to) => {
    head[next[tail]!++] = to;
  });
  const kept = largestStrongComponent(graph.vertexCount, start, head);

  const renumbered = new Int32Array(graph.vertexCount).fill(-1);
  const vertexPoint: number[] = [];
  for (let v = 0; v < graph.vertexCount; v++)
    if (kept[v] === 1) renumbered[v] = vertexPoint.push(graph.vertexPoint[v]!) - 1;
  const edges: number[] = [];
  for (let e = 0; e < graph.edgeCount; e++) if (kept[graph.from[e]!] === 1 && kept[graph.to[e]!] === 1) edges.push(e);
  const shapeStart = new Int32Array(edges.length + 1);
  for (let i = 0; i < edges.length; i++)
    shapeStart[i + 1] = shapeStart[i]! + graph.shapeStart[edges[i]! + 1]! - graph.shapeStart[edges[i]!]!;
  const shape = new Int32Array(shapeStart[edges.length]!);
  for (let i = 0; i < edges.length; i++)
    shape.set(graph.shape.subarray(graph.shapeStart[edges[i]!]!, graph.shapeStart[edges[i]! + 1]!), shapeStart[i]!);
  return {
    vertexCount: vertexPoint.length,
    edgeCount: edges.length,
    vertexPoint: Int32Array.from(vertexPoint),
    from: Int32Array.from(edges, (e) => renumbered[graph.from[e]!]!),
    to: Int32Array.from(edges, (e) => renumbered[graph.to[e]!]!),
    direction: Uint8Array.from(edges, (e) => graph.direction[e]!),
    kind: Int32Array.from(edges, (e) => graph.kind[e]!),
    shapeStart,
    shape,
  };
}
