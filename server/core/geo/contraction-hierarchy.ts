import { createMinHeap, type MinHeap, popMin, pushMin } from "#server/core/collections/min-heap.ts";
import { UNREACHED } from "./cost.ts";

/**
 * A contraction hierarchy (Geisberger, Sanders, Schultes, Delling 2008): vertices are taken out of the graph one by
 * one, the least important first, and wherever that would lengthen a fastest path between two neighbours, a shortcut
 * joins them. Every fastest path then climbs to some summit and descends from it.
 *
 * Vertices are numbered so that every arc of the hierarchy joins a vertex with a smaller number to one with a larger
 * that was taken out before it. That makes a sweep over all vertices a plain loop from 0 up.
 *
 * `via` of an arc is the number its maker gave it (≥ 0) or, of a shortcut, `~middle` with the vertex it leads over.
 */
export interface Hierarchy {
  readonly vertexCount: number;
  /** Arcs v → upHead[a], upHead[a] < v, for a from upStart[v] up to upStart[v + 1]. */
  readonly upStart: Int32Array;
  readonly upHead: Int32Array;
  readonly upCost: Float64Array;
  readonly upVia: Int32Array;
  /** Arcs downTail[a] → v, downTail[a] < v, for a from downStart[v] up to downStart[v + 1]. */
  readonly downStart: Int32Array;
  readonly downTail: Int32Array;
  readonly downCost: Float64Array;
  readonly downVia: Int32Array;
}

/** Arcs as parallel arrays; loops and all but the cheapest of parallel arcs are ignored. */
export interface Arcs {
  readonly tail: Int32Array;
  readonly head: Int32Array;
  readonly cost: Float64Array;
}

/**
 * How many vertices a witness search may settle before it gives up and a shortcut is made perhaps in vain. Found by
 * trying on real cities: fewer make too many shortcuts, more take longer and save none.
 */
const SETTLE_LIMIT_ORDERING = 40;
const SETTLE_LIMIT_BUILDING = 200;

/**
 * Vertices by falling importance.
 *
 * The next vertex to go is the one whose removal adds fewest arcs on balance, tempered by how many of its neighbours
 * went before and how deep the hierarchy below it is, so that contraction proceeds evenly over the map. Priorities are
 * recomputed when a vertex comes up, and it waits again if it got worse.
 */
export function orderByImportance(vertexCount: number, arcs: Arcs): Int32Array {
  const graph = createRemainder(vertexCount, arcs, null, SETTLE_LIMIT_ORDERING);
  const depth = new Int32Array(vertexCount);
  const goneNeighbours = new Int32Array(vertexCount);
  const priorityOf = (v: number) => {
    const added = contract(graph, v, false);
    return 2 * added - graph.degree[v]! + depth[v]! + goneNeighbours[v]!;
  };
  const queue = createMinHeap(vertexCount);
  for (let v = 0; v < vertexCount; v++) pushMin(queue, priorityOf(v), v);
  const order = new Int32Array(vertexCount);
  let remaining = vertexCount;
  while (queue.size > 0) {
    const v = queue.values[0]!;
    popMin(queue);
    const priority = priorityOf(v);
    if (queue.size > 0 && priority > queue.keys[0]!) {
      pushMin(queue, priority, v);
      continue;
    }
    contract(graph, v, true);
    order[--remaining] = v;
    for (let a = graph.firstOut[v]!; a >= 0; a = graph.nextOut[a]!) {
      const u = graph.head[a]!;
      depth[u] = Math.max(depth[u]!, depth[v]! + 1);
      goneNeighbours[u]!++;
    }
    for (let a = graph.firstIn[v]!; a >= 0; a = graph.nextIn[a]!) {
      const u = graph.tail[a]!;
      depth[u] = Math.max(depth[u]!, depth[v]! + 1);
      goneNeighbours[u]!++;
    }
    detach(graph, v);
  }
  return order;
}

/**
 * The same vertices told branch by branch, to number them by: what lies under a vertex follows it without a gap.
 *
 * In the elimination tree of the order (Liu 1990), the vertices above v are all among v's ancestors, so a walk through
 * the tree from the root, depth first, comes to each vertex after those above it too. A sweep in it looks back at
 * ancestors only, a few hundred numbers that stay in the fastest cache.
 */
export function orderByBranch(vertexCount: number, arcs: Arcs, order: Int32Array): Int32Array {
  const rank = new Int32Array(vertexCount);
  for (let i = 0; i < vertexCount; i++) rank[order[i]!] = i;
  const below = groupByUpperEnd(vertexCount, arcs, rank);

  // Ranks fall with importance; the tree grows from its leaves, the least important vertices.
  const parent = new Int32Array(vertexCount).fill(-1);
  const shortcut = new Int32Array(vertexCount).fill(-1);
  for (let v = vertexCount - 1; v >= 0; v--)
    for (let k = below.start[v]!; k < below.start[v + 1]!; k++) {
      let u = below.rank[k]!;
      while (shortcut[u]! >= 0 && shortcut[u] !== v) {
        const next = shortcut[u]!;
        shortcut[u] = v;
        u = next;
      }
      if (shortcut[u]! < 0) {
        shortcut[u] = v;
        parent[u] = v;
      }
    }

  const firstChild = new Int32Array(vertexCount).fill(-1);
  const nextSibling = new Int32Array(vertexCount).fill(-1);
  const stack: number[] = [];
  for (let v = vertexCount - 1; v >= 0; v--) {
    if (parent[v]! < 0) stack.push(v);
    else {
      nextSibling[v] = firstChild[parent[v]!]!;
      firstChild[parent[v]!] = v;
    }
  }
  const branches = new Int32Array(vertexCount);
  let count = 0;
  while (stack.length > 0) {
    const v = stack.pop()!;
    branches[count++] = order[v]!;
    for (let child = firstChild[v]!; child >= 0; child = nextSibling[child]!) stack.push(child);
  }
  return branches;
}

/** For each vertex, by rank, the less important ones it has an arc to or from; loops lead to none. */
function groupByUpperEnd(vertexCount: number, arcs: Arcs, rank: Int32Array): { start: Int32Array; rank: Int32Array } {
  const upper = arcs.tail.map((tail, a) => Math.min(rank[tail]!, rank[arcs.head[a]!]!));
  const lower = arcs.tail.map((tail, a) => Math.max(rank[tail]!, rank[arcs.head[a]!]!));
  const start = new Int32Array(vertexCount + 1);
  for (let a = 0; a < upper.length; a++) if (upper[a] !== lower[a]) start[upper[a]! + 1]!++;
  for (let v = 0; v < vertexCount; v++) start[v + 1]! += start[v]!;
  const next = start.slice(0, vertexCount);
  const grouped = new Int32Array(start[vertexCount]!);
  for (let a = 0; a < upper.length; a++) if (upper[a] !== lower[a]) grouped[next[upper[a]!]!++] = lower[a]!;
  return { start, rank: grouped };
}

/**
 * The hierarchy of these arcs, taking vertices out from the end of `order` ({@link orderByImportance}), while their
 * numbers are those of {@link orderByBranch}: branch after branch would be a poor order to contract in, because a search
 * for witnesses would have to cross branches that are still whole. `via[a]` is what the hierarchy shall remember arc a
 * by, ≥ 0.
 */
export function buildHierarchy(vertexCount: number, arcs: Arcs, via: Int32Array, order: Int32Array): Hierarchy {
  const graph = createRemainder(vertexCount, arcs, via, SETTLE_LIMIT_BUILDING);
  for (let i = vertexCount - 1; i >= 0; i--) {
    contract(graph, order[i]!, true);
    detach(graph, order[i]!);
  }
  // Every arc is now in the lists of its less important end only, and those lists are what the hierarchy keeps.
  const up = collect(vertexCount, graph.firstOut, graph.nextOut, graph.head, graph);
  const down = collect(vertexCount, graph.firstIn, graph.nextIn, graph.tail, graph);
  return {
    vertexCount,
    upStart: up.start,
    upHead: up.other,
    upCost: up.cost,
    upVia: up.via,
    downStart: down.start,
    downTail: down.other,
    downCost: down.cost,
    downVia: down.via,
  };
}

/** The graph of vertices that are not yet contracted: arcs in two linked lists, by tail and by head. */
interface Remainder {
  readonly firstOut: Int32Array;
  readonly firstIn: Int32Array;
  /** Arcs in and out; a vertex that was contracted keeps its last number. */
  readonly degree: Int32Array;
  arcCount: number;
  tail: Int32Array;
  head: Int32Array;
  cost: Float64Array;
  via: Int32Array;
  nextOut: Int32Array;
  nextIn: Int32Array;
  // What a witness search needs and leaves clean behind it.
  readonly settleLimit: number;
  readonly reached: Float64Array;
  readonly touched: Int32Array;
  touchedCount: number;
  readonly heap: MinHeap;
  readonly isTarget: Uint8Array;
}

function createRemainder(vertexCount: number, arcs: Arcs, via: Int32Array | null, settleLimit: number): Remainder {
  const capacity = arcs.tail.length * 2 + 16;
  const graph: Remainder = {
    firstOut: new Int32Array(vertexCount).fill(-1),
    firstIn: new Int32Array(vertexCount).fill(-1),
    degree: new Int32Array(vertexCount),
    arcCount: 0,
    tail: new Int32Array(capacity),
    head: new Int32Array(capacity),
    cost: new Float64Array(capacity),
    via: new Int32Array(capacity),
    nextOut: new Int32Array(capacity),
    nextIn: new Int32Array(capacity),
    settleLimit,
    reached: new Float64Array(vertexCount).fill(UNREACHED),
    touched: new Int32Array(vertexCount),
    touchedCount: 0,
    heap: createMinHeap(),
    isTarget: new Uint8Array(vertexCount),
  };
  for (let a = 0; a < arcs.tail.length; a++)
    addArc(graph, arcs.tail[a]!, arcs.head[a]!, arcs.cost[a]!, via === null ? 0 : via[a]!);
  return graph;
}

/** Adds the arc, or makes the one that is already there cheaper. */
function addArc(graph: Remainder, tail: number, head: number, cost: number, via: number): void {
  if (tail === head) return;
  for (let a = graph.firstOut[tail]!; a >= 0; a = graph.nextOut[a]!) {
    if (graph.head[a] !== head) continue;
    if (cost < graph.cost[a]!) {
      graph.cost[a] = cost;
      graph.via[a] = via;
    }
    return;
  }
  if (graph.arcCount === graph.tail.length) growArcs(graph);
  const a = graph.arcCount++;
  graph.tail[a] = tail;
  graph.head[a] = head;
  graph.cost[a] = cost;
  graph.via[a] = via;
  graph.nextOut[a] = graph.firstOut[tail]!;
  graph.firstOut[tail] = a;
  graph.nextIn[a] = graph.firstIn[head]!;
  graph.firstIn[head] = a;
  graph.degree[tail]!++;
  graph.degree[head]!++;
}

/**
 * Joins the neighbours of v wherever a fastest path leads over v and no path without it is as fast.
 * Returns how many shortcuts that takes; adds them only when `apply` is set.
 */
function contract(graph: Remainder, v: number, apply: boolean): number {
  const { firstOut, firstIn, reached, isTarget } = graph;
  let added = 0;
  for (let into = firstIn[v]!; into >= 0; into = graph.nextIn[into]!) {
    const from = graph.tail[into]!;
    const costIn = graph.cost[into]!;
    let farthest = -1;
    let targets = 0;
    for (let out = firstOut[v]!; out >= 0; out = graph.nextOut[out]!) {
      const to = graph.head[out]!;
      if (to === from) continue;
      farthest = Math.max(farthest, costIn + graph.cost[out]!);
      isTarget[to] = 1;
      targets++;
    }
    if (targets > 0) {
      searchWitnesses(graph, from, v, farthest, targets);
      for (let out = firstOut[v]!; out >= 0; out = graph.nextOut[out]!) {
        const to = graph.head[out]!;
        isTarget[to] = 0;
        if (to === from) continue;
        const through = costIn + graph.cost[out]!;
        if (reached[to]! <= through) continue;
        added++;
        if (apply) addArc(graph, from, to, through, ~v);
      }
      for (let i = 0; i < graph.touchedCount; i++) reached[graph.touched[i]!] = UNREACHED;
    }
  }
  return added;
}

/** Dijkstra from `source` around `avoided`, until the targets are settled, `limit` is passed or patience is out. */
function searchWitnesses(graph: Remainder, source: number, avoided: number, limit: number, targets: number): void {
  const { reached, touched, heap, firstOut, nextOut, head, cost, isTarget } = graph;
  heap.size = 0;
  reached[source] = 0;
  touched[0] = source;
  let touchedCount = 1;
  let patience = graph.settleLimit;
  let open = targets;
  pushMin(heap, 0, source);
  while (heap.size > 0) {
    const key = heap.keys[0]!;
    const u = heap.values[0]!;
    if (key > limit || patience-- === 0) break;
    popMin(heap);
    if (key > reached[u]!) continue;
    if (isTarget[u] === 1 && --open === 0) break;
    for (let a = firstOut[u]!; a >= 0; a = nextOut[a]!) {
      const w = head[a]!;
      if (w === avoided) continue;
      const through = key + cost[a]!;
      if (through >= reached[w]! || through > limit) continue;
      if (reached[w] === UNREACHED) touched[touchedCount++] = w;
      reached[w] = through;
      pushMin(heap, through, w);
    }
  }
  graph.touchedCount = touchedCount;
}

/** Takes v out of its neighbours' lists; its own lists stay, they are its part of the hierarchy. */
function detach(graph: Remainder, v: number): void {
  const { firstOut, nextOut, firstIn, nextIn, tail, head, degree } = graph;
  for (let a = firstOut[v]!; a >= 0; a = nextOut[a]!) {
    unlink(firstIn, nextIn, head[a]!, a);
    degree[head[a]!]!--;
  }
  for (let a = firstIn[v]!; a >= 0; a = nextIn[a]!) {
    unlink(firstOut, nextOut, tail[a]!, a);
    degree[tail[a]!]!--;
  }
}

function unlink(first: Int32Array, next: Int32Array, vertex: number, arc: number): void {
  if (first[vertex] === arc) {
    first[vertex] = next[arc]!;
    return;
  }
  let a = first[vertex]!;
  while (next[a] !== arc) a = next[a]!;
  next[a] = next[arc]!;
}

function collect(vertexCount: number, first: Int32Array, next: Int32Array, far: Int32Array, graph: Remainder) {
  const start = new Int32Array(vertexCount + 1);
  for (let v = 0; v < vertexCount; v++) {
    let count = 0;
    for (let a = first[v]!; a >= 0; a = next[a]!) count++;
    start[v + 1] = start[v]! + count;
  }
  const arcCount = start[vertexCount]!;
  const other = new Int32Array(arcCount);
  const cost = new Float64Array(arcCount);
  const via = new Int32Array(arcCount);
  for (let v = 0; v < vertexCount; v++) {
    let at = start[v]!;
    for (let a = first[v]!; a >= 0; a = next[a]!, at++) {
      other[at] = far[a]!;
      cost[at] = graph.cost[a]!;
      via[at] = graph.via[a]!;
    }
  }
  return { start, other, cost, via };
}

function growArcs(graph: Remainder): void {
  const capacity = graph.tail.length * 2;
  const wider = (array: Int32Array) => {
    const copy = new Int32Array(capacity);
    copy.set(array);
    return copy;
  };
  const cost = new Float64Array(capacity);
  cost.set(graph.cost);
  graph.cost = cost;
  graph.tail = wider(graph.tail);
  graph.head = wider(graph.head);
  graph.via = wider(graph.via);
  graph.nextOut = wider(graph.nextOut);
  graph.nextIn = wider(graph.nextIn);
}
