import { NEEDS } from "#server/core/promise/cart-load.ts";
import { type ExplainedRunPart, explainParcels, explainPickups } from "#server/core/promise/explain-runs.ts";
import { findParcels } from "#server/core/promise/find-parcels.ts";
import { PARCEL_STAGE, type ParcelStage } from "#server/core/promise/parcel-problem.ts";
import { PICKUP_STAGE, type PickupStage } from "#server/core/promise/pickup-problem.ts";
import type { CheckName, ExplainedPart, ExplainedWindow } from "#server/domain/explanation.ts";
import { Fault } from "#server/domain/fault.ts";
import type { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import type { Reason, ReasonCode } from "#server/domain/reason.ts";
import { type ExplainedWorld, explainedChecks, reasonAt } from "./explained-checks.ts";
import { PARCEL_REASON, PICKUP_REASON } from "./loss-reason.ts";
import { arrivalDays, cutOffAt, type RunFrom, runsOf, toParcelProblem } from "./parcel-world.ts";
import { pickupWorld } from "./pickup-world.ts";
import type { NodeRow } from "./queries.ts";

/** To which of the four checks each step of the search for parcels belongs, and of that for pickups. */
const CHECK_OF_PARCEL: Record<ParcelStage, CheckName> = {
  [PARCEL_STAGE.noStock]: "stock",
  [PARCEL_STAGE.noCarrier]: "route",
  [PARCEL_STAGE.cold]: "route",
  [PARCEL_STAGE.tooHeavy]: "route",
  [PARCEL_STAGE.cutOff]: "window",
  [PARCEL_STAGE.picking]: "workload",
  [PARCEL_STAGE.carrierFull]: "route",
};
const CHECK_OF_PICKUP: Record<PickupStage, CheckName> = {
  [PICKUP_STAGE.noStock]: "stock",
  [PICKUP_STAGE.noRun]: "route",
  [PICKUP_STAGE.cutOff]: "window",
  [PICKUP_STAGE.picking]: "workload",
  [PICKUP_STAGE.runFull]: "route",
};

/** Every day on which a carrier brings parcels. `hasHours`: hours of the day are wished, which no carrier keeps. */
export function explainParcelDays(world: ExplainedWorld, hasHours: boolean): ExplainedWindow[] {
  const { facts, nodes, sources, cart, originSec } = world;
  const rows = runsOf(facts, nodes);
  const days = arrivalDays(rows);
  const problemOf = (from: readonly RunFrom[]) =>
    toParcelProblem(facts, sources, cart, originSec, from, days.size, ({ arrivesOn }) => days.get(arrivesOn)!.index);
  const answers = findParcels(problemOf(rows.map(({ node, run }) => ({ node, run: cutOffAt(run, facts.nowSec) }))));
  const problem = problemOf(rows);
  const cutOffSec = (r: number) => (rows[r]!.run.orderBySec ?? Number.POSITIVE_INFINITY) - originSec;
  const spans = [...days.values()];
  return explainParcels(problem, answers, cutOffSec).map(({ binding, parts }, d) => ({
    startsAt: instant(spans[d]!.startSec),
    endsAt: instant(spans[d]!.endSec),
    binding: hasHours
      ? { check: "window", reason: { code: "outside_wish" } }
      : binding === null
        ? null
        : { check: CHECK_OF_PARCEL[binding], reason: reasonOf(PARCEL_REASON[binding], parts, originSec) },
    parts: parts.map((part) => {
      const row = part.run?.run == null ? null : rows[part.run.run]!.run;
      const run = row && { name: row.carrier, leavesSec: row.leavesSec, arrivesSec: row.startSec };
      return partOf(world, nodes[part.node]!, part, run);
    }),
    places: null,
  }));
}

/** Every window of a store's counter. Faults: not-found (no node, or one that hands nothing over). */
export function explainCounter(world: ExplainedWorld, nodeId: NodeId | undefined): ExplainedWindow[] {
  const { facts, nodes, sources, cart, originSec } = world;
  const store = nodes.findIndex((row) => row.id === nodeId && row.offersPickup);
  if (nodeId === undefined || store < 0) throw new Fault("not-found", nodeId);
  const isPaused = nodes[store]!.paused;
  const windows = facts.pickupsOf(nodeId);
  const collected = pickupWorld(facts, nodes, sources, store, cart, originSec, windows.startSec);
  return explainPickups(collected.problem).map(({ binding, parts }, w) => {
    const startSec = windows.startSec[w]!;
    const orderBySec = windows.orderBySec[w] ?? Number.POSITIVE_INFINITY;
    return {
      startsAt: instant(startSec),
      endsAt: instant(windows.endSec[w]!),
      binding: isPaused ? { check: "window", reason: { code: "node_paused" } } : bindingOf(binding, parts, w),
      parts: parts.map((part) => {
        const row = part.run?.run == null ? null : collected.rows[part.run.run]!;
        const from = collected.nodes[part.node]!;
        const cutOff = part.run && { ...part.run, cutOffSec: Math.min(part.run.cutOffSec, orderBySec - originSec) };
        const run = row
          ? { name: from.name, leavesSec: row.startSec, arrivesSec: row.readySec }
          : part.run && { name: null, leavesSec: startSec, arrivesSec: null };
        return partOf(world, from, { ...part, run: cutOff }, run);
      }),
      places: windows.free[w]!,
    };
  });

  /** In the order of a quote: what nobody has is no question of the hour, and the counter is asked last. */
  function bindingOf(
    stage: PickupStage | null,
    parts: readonly ExplainedRunPart[],
    w: number,
  ): ExplainedWindow["binding"] {
    const orderBySec = windows.orderBySec[w] ?? null;
    if (stage !== PICKUP_STAGE.noStock && orderBySec !== null && orderBySec <= facts.nowSec)
      return { check: "window", reason: { code: "cut_off_passed", at: instant(orderBySec) } };
    if (stage !== null)
      return { check: CHECK_OF_PICKUP[stage], reason: reasonOf(PICKUP_REASON[stage], parts, originSec) };
    return windows.free[w]! < 1 ? { check: "window", reason: { code: "pickup_full" } } : null;
  }
}

/** What leaves a node with a part, or what the store hands over itself when the window starts. */
interface RunWords {
  readonly name: string | null;
  readonly leavesSec: number;
  readonly arrivesSec: number | null;
}

function partOf(
  world: ExplainedWorld,
  node: NodeRow,
  { groups, load, pickSec, run }: ExplainedRunPart,
  words: RunWords | null,
): ExplainedPart {
  const cutOffSec = run?.cutOffSec ?? Number.POSITIVE_INFINITY;
  return {
    ...explainedChecks(world, { node, groups, pickSec, isInReach: null, cutOffSec, picking: run }),
    route: null,
    run: run &&
      words && {
        passed: run.lacks === 0 && run.overLimitG === 0 && run.free > 0,
        name: words.name,
        leavesAt: instant(words.leavesSec),
        arrivesAt: words.arrivesSec === null ? null : instant(words.arrivesSec),
        lacksChilled: (run.lacks & NEEDS.chilled) !== 0,
        lacksFrozen: (run.lacks & NEEDS.frozen) !== 0,
        weightG: load.weightG,
        overLimitG: run.overLimitG,
        free: run.free,
      },
  };
}

/** With the latest cut-off, or the first hour that has room again. */
function reasonOf(code: ReasonCode, parts: readonly ExplainedRunPart[], originSec: number): Reason {
  const times = parts.flatMap(({ fails, run }) => {
    if (!run) return [];
    if (code === "cut_off_passed" && fails === PARCEL_STAGE.cutOff) return Math.min(run.cutOffSec, run.lastStartSec);
    return code === "picking_full" && fails === PARCEL_STAGE.picking ? (run.nextFreeSec ?? []) : [];
  });
  return reasonAt(code, times, originSec);
}
