import { deflateRawSync, inflateRawSync } from "node:zlib";
import { isReadyFor } from "#server/core/promise/find-pickups.ts";
import type { ParcelProblem } from "#server/core/promise/parcel-problem.ts";
import type { VisitRows } from "#server/core/routing/offer-windows.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { Decision } from "#server/domain/decision.ts";
import type { Fleet, PlannedFleet } from "./fleet.ts";
import type { RunFrom } from "./parcel-world.ts";
import type { PickupWorld } from "./pickup-world.ts";
import type { NodeRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { GroupedCart } from "./to-problem.ts";
import type { Visit } from "./visit.ts";

/** What a wish is decided by, as it was read. */
export interface DecidedWorld {
  readonly fleet: Fleet;
  readonly facts: QuoteFacts;
  readonly nodes: readonly NodeRow[];
  readonly cart: GroupedCart;
}

interface DecidedWish {
  readonly regionId: string;
  readonly channelId: string;
  readonly lines: readonly CartLine[];
  /** Epoch seconds. */
  readonly windowStartSec: number;
  readonly windowEndSec: number;
  readonly visit: Visit;
}

/** Writes down everything that the choice of vans and nodes for a delivery goes by. */
export function recordDelivery(
  world: DecidedWorld,
  wish: DecidedWish,
  planned: PlannedFleet,
  rows: VisitRows,
  reaches: Uint8Array,
): Decision {
  const record = recordOf(world, wish, world.nodes);
  return {
    ...record,
    nodes: record.nodes.map((node, n) => (reaches[n] ? node : { ...node, isInReach: false as const })),
    service: "delivery",
    freePlaces: null,
    runs: [],
    shifts: planned.loaded.map(({ id, version, route }, s) => {
      const { route: _route, timeline: _timeline, ...shift } = planned.routes.shifts[s]!;
      return {
        shiftId: id,
        planVersion: version,
        ...shift,
        route: {
          startSec: route.startSec,
          endSec: route.endSec,
          windowStartSec: [...route.windowStartSec],
          windowEndSec: [...route.windowEndSec],
          serviceSec: [...route.serviceSec],
          legSec: [...route.legSec],
          legM: [...route.legM],
          homeLegSec: route.homeLegSec,
          homeLegM: route.homeLegM,
        },
      };
    }),
    rows: {
      toSec: [...rows.toSec],
      toM: [...rows.toM],
      fromSec: [...rows.fromSec],
      fromM: [...rows.fromM],
    },
  };
}

/** Writes down everything that the choice of nodes and lanes for what is collected goes by; the store comes first. */
export function recordPickup(
  world: DecidedWorld,
  wish: DecidedWish,
  { nodes, problem, rows }: PickupWorld,
  freePlaces: number,
): Decision {
  const { originSec } = world.fleet;
  return {
    ...recordOf(world, wish, nodes),
    service: "pickup",
    freePlaces,
    shifts: [],
    runs: [],
    laneRuns: rows.flatMap(({ laneId, day, arrivesSec }, r) => {
      const run = problem.runs[r]!;
      // The others bring nothing for it.
      if (!isReadyFor(run, problem.windowStartSec[0]!)) return [];
      return [{ laneId, day, arrivesSec: arrivesSec - originSec, ...run }];
    }),
    rows: NO_ROWS,
  };
}

/** Writes down everything that the choice of carriers and nodes for a parcel goes by. */
export function recordParcel(
  world: DecidedWorld,
  wish: DecidedWish,
  problem: ParcelProblem,
  rows: readonly RunFrom[],
): Decision {
  const { originSec } = world.fleet;
  return {
    ...recordOf(world, wish, world.nodes),
    service: "parcel",
    freePlaces: null,
    shifts: [],
    runs: rows.map(({ run }, r) => {
      const { day: _, ...asked } = problem.runs[r]!;
      const startSec = run.startSec - originSec;
      return { carrierId: run.carrierId, fetchedOn: run.day, startSec, endSec: run.endSec - originSec, ...asked };
    }),
    rows: NO_ROWS,
  };
}

const NO_ROWS = { toSec: [], toM: [], fromSec: [], fromM: [] };

function recordOf(
  { fleet, facts, cart }: DecidedWorld,
  { regionId, channelId, lines, windowStartSec, windowEndSec, visit }: DecidedWish,
  nodes: readonly NodeRow[],
): Omit<Decision, "service" | "freePlaces" | "shifts" | "runs" | "laneRuns" | "rows"> {
  const { originSec } = fleet;
  const isPart = visit.startSec !== windowStartSec || visit.endSec !== windowEndSec;
  return {
    originSec,
    nowSec: facts.nowSec - originSec,
    regionId,
    window: { startSec: windowStartSec - originSec, endSec: windowEndSec - originSec },
    ...(isPart && { visit: { startSec: visit.startSec - originSec, endSec: visit.endSec - originSec } }),
    // What is free of anything is what it may still have.
    ...(facts.shares && { channel: { channelId, ...facts.shares } }),
    ...(visit.climb.climbSec > 0 && { climbSec: visit.climb.climbSec }),
    cart: lines.map(({ skuId }, i) => ({ skuId, ...cart.lines[i]! })),
    rules: facts.rules,
    nodes: nodes.map((node) => {
      const { startSec, limitSec, freeSec } = facts.workOf(node.id);
      // Hours that begin when the window is over pick nothing for it.
      const end = startSec.findIndex((sec) => sec >= windowEndSec);
      const upTo = <T>(values: ArrayLike<T>) => Array.from(values).slice(0, end < 0 ? values.length : end);
      const { pickSetupSec, pickLineSec, pickUnitSec, handoverSec, handlingCents, pickHourCents } = node;
      return {
        nodeId: node.id,
        available: [...(facts.stock.get(node.id) ?? [])],
        hours: {
          startSec: upTo(startSec).map((sec) => sec - originSec),
          limitSec: upTo(limitSec),
          freeSec: upTo(freeSec),
        },
        pickSetupSec,
        pickLineSec,
        pickUnitSec,
        handoverSec,
        handlingCents,
        pickHourCents,
      };
    }),
    travelVersion: fleet.travel.version,
  };
}

/** As app.decisions keeps it. */
export function packDecision(decision: Decision): Buffer {
  return deflateRawSync(JSON.stringify(decision), { level: 1 });
}

/** Null: another version of this program wrote it, and this one cannot read it. */
export function unpackDecision(body: Uint8Array): Decision | null {
  const read = Decision.safeParse(JSON.parse(inflateRawSync(body).toString("utf8")));
  return read.success ? read.data : null;
}
