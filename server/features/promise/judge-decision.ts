import { groupLines, heldGroups } from "#server/core/promise/cart-load.ts";
import { findParcels } from "#server/core/promise/find-parcels.ts";
import { findPickups } from "#server/core/promise/find-pickups.ts";
import { findPlans } from "#server/core/promise/find-plans.ts";
import { fleetInTime } from "#server/core/promise/fleet-in-time.ts";
import { createFleetRoutes } from "#server/core/promise/fleet-routes.ts";
import { insertPart } from "#server/core/promise/insert-part.ts";
import {
  PARCEL_STAGE,
  type ParcelLoss,
  type ParcelPart,
  type ParcelProblem,
} from "#server/core/promise/parcel-problem.ts";
import { freeSecBy } from "#server/core/promise/picking-plan.ts";
import {
  PICKUP_STAGE,
  type PickupPart,
  type PickupProblem,
  type PickupStage,
} from "#server/core/promise/pickup-problem.ts";
import {
  hasEverything,
  type PlannedPart,
  type PromiseProblem,
  type SourceNode,
  STAGE,
  type WindowLoss,
} from "#server/core/promise/promise-problem.ts";
import { createRoute, timelineOf } from "#server/core/routing/route.ts";
import type { CertifiedPart, Decision, Judgement } from "#server/domain/decision.ts";
import { policyOf } from "./policy-of.ts";

/**
 * Takes a recorded decision again: the plan that the records lead to with its four checks, what it costs term by term, and
 * what the other nodes would have cost. Null: by these records nothing could have been promised. Pure; needs neither the
 * database nor the map.
 */
export function judgeDecision(decision: Decision): Judgement | null {
  if (decision.service === "pickup") return judgePickup(decision);
  return decision.service === "parcel" ? judgeParcel(decision) : judgeDelivery(decision);
}

function judgeDelivery(decision: Decision): Judgement | null {
  const problem = problemOf(decision);
  const answer = findPlans(problem)[0]!;
  if (!("parts" in answer)) return null;
  return judgementOf(
    decision,
    problem,
    answer,
    (part) => certifiedPart(decision, problem, part),
    (nodes) => {
      const alone = findPlans({ ...problem, nodes })[0]!;
      return "parts" in alone ? { costCents: alone.costCents } : { fails: checkOf(alone) };
    },
  );
}

type Fails = Extract<Judgement["alternatives"][number], { fails: unknown }>["fails"];

/** A plan with its parts certified, and what each other node that has the whole cart comes to by itself. */
function judgementOf<Part extends { readonly node: number }>(
  decision: Decision,
  problem: Pick<PromiseProblem, "cart" | "nodes">,
  {
    parts,
    splitCents,
    costCents,
    boundCents,
  }: Omit<Judgement, "parts" | "alternatives"> & { readonly parts: readonly Part[] },
  certify: (part: Part) => CertifiedPart,
  askAlone: (nodes: SourceNode[]) => { readonly costCents: number } | { readonly fails: Fails },
): Judgement {
  const chosen = parts.length === 1 ? parts[0]!.node : -1;
  return {
    parts: parts.map(certify),
    splitCents,
    costCents,
    boundCents,
    alternatives: problem.nodes.flatMap((node, n) =>
      n === chosen || !hasEverything(node)
        ? []
        : [{ nodeId: decision.nodes[n]!.nodeId, ...askAlone(onlyNode(problem, n)) }],
    ),
  };
}

/** As if no other node had anything. */
function onlyNode({ cart, nodes }: Pick<PromiseProblem, "cart" | "nodes">, n: number): SourceNode[] {
  const nothing = new Uint8Array(cart.count);
  return nodes.map((node, other) => (other === n ? node : { ...node, holds: nothing }));
}

function checkOf({ stage }: WindowLoss): Fails {
  if (stage === STAGE.noStock) return "stock";
  if (stage === STAGE.outsideArea) return "area";
  if (stage === STAGE.cutOff || stage === STAGE.picking) return "workload";
  return stage === STAGE.vansFull ? "route" : "window";
}

function certifiedPart(decision: Decision, { nodes, fleet, asks }: PromiseProblem, part: PlannedPart): CertifiedPart {
  const { shiftId, planVersion } = decision.shifts[part.shift]!;
  const shift = fleet.shifts[part.shift]!;
  const { place, load } = part;
  const { grown, legIn, legOut } = insertPart(shift, part, asks[0]!.rows, visitOf(decision));
  const { earliestSec, latestSec } = timelineOf(grown);
  const { route } = shift;
  const isLast = place === route.length;
  return {
    ...stockAndWork(decision, nodes[part.node]!, part),
    window: { startSec: earliestSec[place]!, slackSec: latestSec[place]! - earliestSec[place]! },
    route: {
      shiftId,
      planVersion,
      place,
      stops: route.length,
      extraSec: legIn.sec + legOut.sec + load.serviceSec - (isLast ? route.homeLegSec : route.legSec[place]!),
      extraM: legIn.m + legOut.m - (isLast ? route.homeLegM : route.legM[place]!),
    },
    parcel: null,
    transfer: null,
    terms: { ...part.terms, carrierCents: 0, transferCents: 0 },
  };
}

function stockAndWork(
  { cart, nowSec, nodes }: Decision,
  { hours }: SourceNode,
  { node, groups, pickSec, pickBySec }: Pick<PlannedPart, "node" | "groups" | "pickSec" | "pickBySec">,
): Pick<CertifiedPart, "nodeId" | "stock" | "workload"> {
  const { nodeId, available } = nodes[node]!;
  return {
    nodeId,
    stock: cart.flatMap(({ skuId, units, group }, i) =>
      groups.includes(group) ? { skuId, units, available: available[i]! } : [],
    ),
    workload: { pickSec, freeSec: freeSecBy(hours, nowSec, pickBySec), pickBySec },
  };
}

function judgeParcel(decision: Decision): Judgement | null {
  const problem = parcelProblemOf(decision);
  const answer = findParcels(problem)[0]!;
  if (!("parts" in answer)) return null;
  return judgementOf(
    decision,
    problem,
    answer,
    (part) => certifiedParcel(decision, problem, part),
    (nodes) => {
      const alone = findParcels({ ...problem, nodes })[0]!;
      return "parts" in alone ? { costCents: alone.costCents } : { fails: parcelCheckOf(alone) };
    },
  );
}

function parcelCheckOf({ stage }: ParcelLoss): Fails {
  if (stage === PARCEL_STAGE.noStock) return "stock";
  if (stage === PARCEL_STAGE.cutOff || stage === PARCEL_STAGE.picking) return "workload";
  return stage === PARCEL_STAGE.noCarrier ? "window" : "route";
}

function certifiedParcel(decision: Decision, { nodes }: ParcelProblem, part: ParcelPart): CertifiedPart {
  const { carrierId, fetchedOn, leavesSec, startSec, endSec, free } = decision.runs[part.run]!;
  return {
    ...stockAndWork(decision, nodes[part.node]!, part),
    window: null,
    route: null,
    parcel: { carrierId, fetchedOn, leavesSec, startSec, endSec, weightG: part.load.weightG, free },
    transfer: null,
    terms: { ...part.terms, routeCents: 0, transferCents: 0 },
  };
}

function parcelProblemOf(decision: Decision): ParcelProblem {
  return {
    nowSec: decision.nowSec,
    cart: groupLines(decision.cart),
    nodes: sourcesOf(decision),
    dayCount: 1,
    runs: decision.runs.map((run) => ({ ...run, day: 0 })),
    policy: policyOf(decision.rules),
  };
}

function judgePickup(decision: Decision): Judgement | null {
  const problem = pickupProblemOf(decision);
  const answer = findPickups(problem)[0]!;
  if (!("parts" in answer) || (decision.freePlaces ?? 0) < 1) return null;
  return judgementOf(
    decision,
    problem,
    answer,
    (part) => certifiedPickup(decision, problem, part),
    (nodes) => {
      const alone = findPickups({ ...problem, nodes })[0]!;
      return "parts" in alone ? { costCents: alone.costCents } : { fails: CHECK_OF_PICKUP[alone.stage] };
    },
  );
}

const CHECK_OF_PICKUP: Record<PickupStage, Fails> = {
  [PICKUP_STAGE.noStock]: "stock",
  [PICKUP_STAGE.noRun]: "window",
  [PICKUP_STAGE.cutOff]: "workload",
  [PICKUP_STAGE.picking]: "workload",
  [PICKUP_STAGE.runFull]: "route",
};

function certifiedPickup(decision: Decision, { nodes }: PickupProblem, part: PickupPart): CertifiedPart {
  const run = part.run === null ? null : decision.laneRuns![part.run]!;
  return {
    ...stockAndWork(decision, nodes[part.node]!, part),
    window: null,
    route: null,
    parcel: null,
    transfer: run && {
      laneId: run.laneId,
      day: run.day,
      leavesSec: run.leavesSec,
      arrivesSec: run.arrivesSec,
      readySec: run.readySec,
      weightG: part.load.weightG,
      free: run.free,
    },
    terms: { ...part.terms, routeCents: 0, carrierCents: 0 },
  };
}

function pickupProblemOf(decision: Decision): PickupProblem {
  const policy = policyOf(decision.rules);
  return {
    nowSec: decision.nowSec,
    cart: groupLines(decision.cart),
    nodes: sourcesOf(decision),
    store: 0,
    windowStartSec: [decision.window.startSec],
    runs: decision.laneRuns ?? [],
    policy: decision.laneRuns ? policy : { ...policy, busy: { ...policy.busy, hourCents: 0 } },
  };
}

// ------------------------------------------------------------------------------------------------ from records to a problem

function problemOf(decision: Decision): PromiseProblem {
  const { rules, rows, shifts } = decision;
  const visit = visitOf(decision);
  const cart = groupLines(decision.cart, decision.climbSec ?? 0);
  const fleet = createFleetRoutes(
    shifts.map(({ shiftId: _id, planVersion: _version, route, ...shift }) => {
      const driven = createRoute(route.startSec, route.endSec, route, route.homeLegSec, route.homeLegM);
      return { ...shift, route: driven, timeline: timelineOf(driven) };
    }),
    decision.nodes.length,
  );
  const windows = { startSec: Int32Array.of(visit.startSec), endSec: Int32Array.of(visit.endSec) };
  return {
    nowSec: decision.nowSec,
    cart,
    nodes: sourcesOf(decision),
    reaches: Uint8Array.from(decision.nodes, ({ isInReach }) => (isInReach === false ? 0 : 1)),
    fleet,
    windowCount: 1,
    asks: [
      {
        rows: {
          toSec: Int32Array.from(rows.toSec),
          toM: Int32Array.from(rows.toM),
          fromSec: Int32Array.from(rows.fromSec),
          fromM: Int32Array.from(rows.fromM),
        },
        windows,
        index: Int32Array.of(0),
        inTime: fleetInTime(fleet, windows),
      },
    ],
    policy: policyOf(rules),
  };
}

/** When service may start. */
function visitOf({ window, visit }: Decision): Decision["window"] {
  return visit ?? window;
}

function sourcesOf({ nodes, cart }: Decision): SourceNode[] {
  return nodes.map(({ nodeId: _id, isInReach: _reach, available, hours, ...node }) => ({
    ...node,
    holds: heldGroups(cart, available.length > 0 ? available : cart.map(() => 0)),
    hours: {
      startSec: Int32Array.from(hours.startSec),
      limitSec: Int32Array.from(hours.limitSec),
      freeSec: Int32Array.from(hours.freeSec),
    },
  }));
}
