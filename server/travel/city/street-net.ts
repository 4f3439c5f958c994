import type { RoadClass } from "../map-source.ts";
import { REACH } from "./land.ts";
import { along, besideSegment, crossing, distance, heading, type Line, type Point } from "./plane.ts";

export interface Street {
  readonly roadClass: RoadClass;
  readonly oneway: boolean;
  readonly limitKph: number;
  readonly surface: "paved" | "unpaved";
  /** Nothing may join it at grade: a motorway's carriageways, which only ramps reach. */
  readonly closed: boolean;
  /** What the names are made from. */
  readonly role: StreetRole;
}

export type StreetRole =
  | { readonly kind: "ring" | "ramp" | "boulevard" | "high-street" | "bridge" | "close" | "yard" | "track" }
  | { readonly kind: "quay"; readonly side: "north" | "south" }
  | { readonly kind: "radial" | "country"; readonly toward: string }
  | { readonly kind: "collector" | "local"; readonly quarter: Quarter };

export type Quarter = "old" | "inner" | "suburb" | "town" | "industry" | "country";

const CELL_M = 40;
const WIDE_CELL_M = 120;
const ORIGIN: Point = { x: -REACH.x - 2_000, y: -REACH.y - 2_000 };
const COLUMNS = Math.ceil((2 * (REACH.x + 2_000)) / CELL_M);
const ROWS = Math.ceil((2 * (REACH.y + 2_000)) / CELL_M);
const WIDE_COLUMNS = Math.ceil((2 * (REACH.x + 2_000)) / WIDE_CELL_M);
const WIDE_ROWS = Math.ceil((2 * (REACH.y + 2_000)) / WIDE_CELL_M);

/** A new crossing this near to a junction becomes that junction, so that no block is thinner than a house. */
const WELD_JUNCTION_M = 13;
/** A new crossing this near to a mere bend takes the bend's place. */
const WELD_BEND_M = 2;

export interface Hit {
  readonly edge: number;
  readonly share: number;
  readonly distanceM: number;
}

/**
 * Streets as a planar graph that grows: whatever is drawn is knotted to what it crosses, at once, so the question
 * "what would this next step run into" always has an answer. Edges are short and straight; a street is a run of edges.
 */
export class StreetNet {
  readonly x: number[] = [];
  readonly y: number[] = [];
  /** Live edges at each node. */
  readonly at: number[][] = [];
  readonly streets: Street[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  readonly streetOf: number[] = [];
  readonly isBridge: boolean[] = [];
  readonly alive: boolean[] = [];

  /** Each edge under every cell it touches: for crossings. */
  private readonly head = new Int32Array(COLUMNS * ROWS).fill(-1);
  private readonly filedEdge: number[] = [];
  private readonly filedNext: number[] = [];
  /** Each edge under the wide cell of its middle: for looking far. */
  private readonly wideHead = new Int32Array(WIDE_COLUMNS * WIDE_ROWS).fill(-1);
  private readonly wideNext: number[] = [];

  /** Whether a street hangs in the air here: over water, or over a motorway. */
  private readonly spans: (p: Point, street: Street) => boolean;

  constructor(spans: (p: Point, street: Street) => boolean) {
    this.spans = spans;
  }

  addStreet(street: Street): number {
    return this.streets.push(street) - 1;
  }

  addNode(p: Point): number {
    this.x.push(p.x);
    this.y.push(p.y);
    return this.at.push([]) - 1;
  }

  point(node: number): Point {
    return { x: this.x[node]!, y: this.y[node]! };
  }

  isJunction(node: number): boolean {
    return this.at[node]!.length !== 2;
  }

  edgeBetween(a: number, b: number): number | undefined {
    return this.at[a]!.find((edge) => this.from[edge] === b || this.to[edge] === b);
  }

  addEdge(from: number, to: number, street: number): void {
    if (from === to || this.edgeBetween(from, to) !== undefined) return;
    const [a, b, what] = [this.point(from), this.point(to), this.streets[street]!];
    this.file(
      from,
      to,
      street,
      [a, along(a, b, 0.5), b].some((p) => this.spans(p, what)),
    );
  }

  /**
   * Lays a course through the net and returns its nodes. It knots itself to every street it crosses, except that
   * motorways are bridged. It starts at `start` when given, else at a new node, or at the street the first point is on.
   */
  draw(course: Line, street: number, start?: number, end?: number): number[] {
    let current = start ?? this.nodeOn(course[0]!);
    const nodes = [current];
    const goTo = (node: number) => {
      if (node === current) return;
      this.addEdge(current, node, street);
      nodes.push(node);
      current = node;
    };
    for (let i = 1; i < course.length; i++) {
      const isLast = i === course.length - 1;
      const target = isLast && end !== undefined ? this.point(end) : course[i]!;
      // Each pass ends at a crossing or at the target; the limit only guards against knots that tie themselves again.
      for (let pass = 0; pass < 8; pass++) {
        const here = this.point(current);
        const hit = this.firstHit(here, target, current, isLast ? end : undefined);
        if (hit === null) break;
        goTo(this.attach(hit.edge, hit.share));
      }
      if (isLast && end !== undefined) goTo(end);
      else if (distance(this.point(current), target) > 1) goTo(this.nodeOn(target));
    }
    return nodes;
  }

  /** The node on whatever street passes within a metre, or a new one; motorways are passed over. */
  nodeOn(p: Point): number {
    const near = this.nearestEdge(p, 1, (edge) => !this.streets[this.streetOf[edge]!]!.closed);
    return near === null ? this.addNode(p) : this.attach(near.edge, near.share);
  }

  /** Makes the place on an edge a node, or takes a node that is near enough. */
  attach(edge: number, share: number): number {
    const from = this.from[edge]!;
    const to = this.to[edge]!;
    const p = along(this.point(from), this.point(to), share);
    const [near, far] = share < 0.5 ? [from, to] : [to, from];
    for (const node of [near, far]) {
      const reach = this.isJunction(node) ? WELD_JUNCTION_M : WELD_BEND_M;
      if (distance(p, this.point(node)) < reach) return node;
    }
    const node = this.addNode(p);
    this.remove(edge);
    this.file(from, node, this.streetOf[edge]!, this.isBridge[edge]!);
    this.file(node, to, this.streetOf[edge]!, this.isBridge[edge]!);
    return node;
  }

  /** The first street that a straight step would cross; motorways and whatever touches the two given nodes are not seen. */
  firstHit(a: Point, b: Point, startNode?: number, endNode?: number): Hit | null {
    return this.scan(a, b, startNode, endNode, false);
  }

  /** Like {@link firstHit}, and motorways count. */
  firstObstacle(a: Point, b: Point): Hit | null {
    return this.scan(a, b, undefined, undefined, true);
  }

  private scan(a: Point, b: Point, startNode?: number, endNode?: number, withClosed?: boolean): Hit | null {
    let found: Hit | null = null;
    const length = distance(a, b);
    this.visit(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y), (edge) => {
      const from = this.from[edge]!;
      const to = this.to[edge]!;
      if (from === startNode || to === startNode || from === endNode || to === endNode) return;
      if (withClosed !== true && this.streets[this.streetOf[edge]!]!.closed) return;
      const meet = crossing(a, b, this.point(from), this.point(to));
      if (meet === null) return;
      const distanceM = meet.share * length;
      if (found === null || distanceM < found.distanceM) found = { edge, share: meet.otherShare, distanceM };
    });
    return found;
  }

  nearestEdge(p: Point, reachM: number, wanted: (edge: number) => boolean): Hit | null {
    let found: Hit | null = null;
    this.visit(p.x - reachM, p.y - reachM, p.x + reachM, p.y + reachM, (edge) => {
      if (!wanted(edge)) return;
      const near = besideSegment(p, this.point(this.from[edge]!), this.point(this.to[edge]!));
      if (near.distanceM <= reachM && (found === null || near.distanceM < found.distanceM))
        found = { edge, share: near.share, distanceM: near.distanceM };
    });
    return found;
  }

  /** Whether a street already runs the same way, within about 35 degrees, closer than `reachM`. */
  runsBeside(p: Point, direction: Point, reachM: number): boolean {
    const square = reachM * reachM;
    const first = wideColumnOf(p.x - reachM);
    const last = wideColumnOf(p.x + reachM);
    const bottom = wideRowOf(p.y - reachM);
    const top = wideRowOf(p.y + reachM);
    for (let row = bottom; row <= top; row++)
      for (let column = first; column <= last; column++)
        for (let edge = this.wideHead[row * WIDE_COLUMNS + column]!; edge !== -1; edge = this.wideNext[edge]!) {
          if (!this.alive[edge]) continue;
          const ax = this.x[this.from[edge]!]!;
          const ay = this.y[this.from[edge]!]!;
          const dx = this.x[this.to[edge]!]! - ax;
          const dy = this.y[this.to[edge]!]! - ay;
          const lengthSquare = dx * dx + dy * dy;
          const aligned = dx * direction.x + dy * direction.y;
          if (aligned * aligned < 0.66 * lengthSquare) continue;
          const px = p.x - ax - dx / 2;
          const py = p.y - ay - dy / 2;
          if (px * px + py * py < square) return true;
        }
    return false;
  }

  /** Each live edge whose cells touch the box, some more than once. */
  private visit(west: number, south: number, east: number, north: number, see: (edge: number) => void): void {
    for (let row = rowOf(south); row <= rowOf(north); row++)
      for (let column = columnOf(west); column <= columnOf(east); column++)
        for (let entry = this.head[row * COLUMNS + column]!; entry !== -1; entry = this.filedNext[entry]!)
          if (this.alive[this.filedEdge[entry]!]) see(this.filedEdge[entry]!);
  }

  private file(from: number, to: number, street: number, isBridge: boolean): void {
    const edge = this.from.push(from) - 1;
    this.to.push(to);
    this.streetOf.push(street);
    this.isBridge.push(isBridge);
    this.alive.push(true);
    this.at[from]!.push(edge);
    this.at[to]!.push(edge);
    const [ax, ay, bx, by] = [this.x[from]!, this.y[from]!, this.x[to]!, this.y[to]!];
    const wideCell = wideRowOf((ay + by) / 2) * WIDE_COLUMNS + wideColumnOf((ax + bx) / 2);
    this.wideNext.push(this.wideHead[wideCell]!);
    this.wideHead[wideCell] = edge;
    for (let row = rowOf(Math.min(ay, by)); row <= rowOf(Math.max(ay, by)); row++)
      for (let column = columnOf(Math.min(ax, bx)); column <= columnOf(Math.max(ax, bx)); column++) {
        const entry = this.filedEdge.push(edge) - 1;
        this.filedNext.push(this.head[row * COLUMNS + column]!);
        this.head[row * COLUMNS + column] = entry;
      }
  }

  remove(edge: number): void {
    this.alive[edge] = false;
    for (const node of [this.from[edge]!, this.to[edge]!]) {
      const list = this.at[node]!;
      list.splice(list.indexOf(edge), 1);
    }
  }

  headingOf(edge: number): Point {
    return heading(this.point(this.from[edge]!), this.point(this.to[edge]!));
  }
}

function columnOf(x: number): number {
  return Math.min(COLUMNS - 1, Math.max(0, Math.floor((x - ORIGIN.x) / CELL_M)));
}

function rowOf(y: number): number {
  return Math.min(ROWS - 1, Math.max(0, Math.floor((y - ORIGIN.y) / CELL_M)));
}

function wideColumnOf(x: number): number {
  return Math.min(WIDE_COLUMNS - 1, Math.max(0, Math.floor((x - ORIGIN.x) / WIDE_CELL_M)));
}

function wideRowOf(y: number): number {
  return Math.min(WIDE_ROWS - 1, Math.max(0, Math.floor((y - ORIGIN.y) / WIDE_CELL_M)));
}
