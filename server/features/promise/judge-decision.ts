import { pickingCents, pickSecAt } from "#server/core/promise/ask-picking.ts";
import { allGroups, groupLines, heldGroups } from "#server/core/promise/cart-load.ts";
import { findParcels } from "#server/core/promise/find-parcels.ts";
import { findPlans } from "#server/core/promise/find-plans.ts";
import { createFleetRoutes } from "#server/core/promise/fleet-routes.ts";
import { insertPart } from "#server/core/promise/insert-part.ts";
import {
  PARCEL_STAGE,
  type ParcelLoss,
  type ParcelPart,
  type ParcelProblem,
} from "#server/core/promise/parcel-problem.ts";
import { freeSecBy, isBeforeCutOff, planPicking } from "#server/core/promise/picking-plan.ts";
import {
  hasEverything,
  type PlannedPart,
  type PromiseProblem,
  type SourceNode,
  STAGE,
  type WindowLoss,
} from "#server/core/promise/promise-problem.ts";
import { weighSources } from "#server/core/promise/weigh-terms.ts";
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
  const chosen = answer.parts.length === 1 ? answer.parts[0]!.node : -1;
  return {
    parts: answer.parts.map((part) => certifiedPart(decision, problem, part)),
    splitCents: answer.splitCents,
    costCents: answer.costCents,
    boundCents: answer.boundCents,
    alternatives: problem.nodes.flatMap((node, n) =>
      n === chosen || !hasEverything(node) ? [] : alternativeOf(decision, problem, n),
    ),
  };
}

function alternativeOf(decision: Decision, problem: PromiseProblem, n: number): Judgement["alternatives"][number] {
  const { nodeId } = decision.nodes[n]!;
  const alone = findPlans({ ...problem, nodes: onlyNode(problem, n) })[0]!;
  return "parts" in alone ? { nodeId, costCents: alone.costCents } : { nodeId, fails: checkOf(alone) };
}

/** As if no other node had anything. */
function onlyNode({ cart, nodes }: Pick<PromiseProblem, "cart" | "nodes">, n: number): SourceNode[] {
  const nothing = new Uint8Array(cart.count);
  return nodes.map((node, other) => (other === n ? node : { ...node, holds: nothing }));
}

function checkOf({ stage }: WindowLoss): "stock" | "area" | "workload" | "window" | "route" {
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
    terms: { ...part.terms, carrierCents: 0 },
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
  const chosen = answer.parts.length === 1 ? answer.parts[0]!.node : -1;
  return {
    parts: answer.parts.map((part) => certifiedParcel(decision, problem, part)),
    splitCents: answer.splitCents,
    costCents: answer.costCents,
    boundCents: answer.boundCents,
    alternatives: problem.nodes.flatMap((node, n) => {
      if (n === chosen || !hasEverything(node)) return [];
      const { nodeId } = decision.nodes[n]!;
      const alone = findParcels({ ...problem, nodes: onlyNode(problem, n) })[0]!;
      return "parts" in alone ? { nodeId, costCents: alone.costCents } : { nodeId, fails: parcelCheckOf(alone) };
    }),
  };
}

function parcelCheckOf({ stage }: ParcelLoss): "stock" | "workload" | "window" | "route" {
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
    terms: { ...part.terms, routeCents: 0 },
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
  const { nowSec, window, freePlaces } = decision;
  const cart = groupLines(decision.cart);
  const problem = { nodes: sourcesOf(decision), policy: policyOf(decision.rules) };
  const source = weighSources(problem).nodes[0]!;
  const groups = allGroups(cart);
  const pickSec = pickSecAt(source, cart, groups);
  const pickBySec = window.startSec - source.handoverSec;
  const isPossible =
    hasEverything(source) &&
    (freePlaces ?? 0) > 0 &&
    isBeforeCutOff(source.hours, nowSec, pickSec, pickBySec) &&
    planPicking(source.hours, nowSec, pickSec, pickBySec);
  if (!isPossible) return null;
  const { handlingCents } = source;
  const terms = {
    handlingCents,
    pickingCents: pickingCents(source, pickSec),
    busyCents: 0,
    routeCents: 0,
    carrierCents: 0,
  };
  const costCents = terms.handlingCents + terms.pickingCents;
  const part = { node: 0, groups, pickSec, pickBySec };
  return {
    parts: [{ ...stockAndWork(decision, source, part), window: null, route: null, parcel: null, terms }],
    splitCents: 0,
    costCents,
    boundCents: costCents,
    alternatives: [],
  };
}

// ------------------------------------------------------------------------------------------------ from records to a problem

function problemOf(decision: Decision): PromiseProblem {
  const { rules, rows, shifts } = decision;
  const visit = visitOf(decision);
  const cart = groupLines(decision.cart, decision.climbSec ?? 0);
  return {
    nowSec: decision.nowSec,
    cart,
    nodes: sourcesOf(decision),
    reaches: Uint8Array.from(decision.nodes, ({ isInReach }) => (isInReach === false ? 0 : 1)),
    fleet: createFleetRoutes(
      shifts.map(({ shiftId: _id, planVersion: _version, route, ...shift }) => {
        const driven = createRoute(route.startSec, route.endSec, route, route.homeLegSec, route.homeLegM);
        return { ...shift, route: driven, timeline: timelineOf(driven) };
      }),
      decision.nodes.length,
    ),
    windowCount: 1,
    asks: [
      {
        rows: {
          toSec: Int32Array.from(rows.toSec),
          toM: Int32Array.from(rows.toM),
          fromSec: Int32Array.from(rows.fromSec),
          fromM: Int32Array.from(rows.fromM),
        },
        windows: { startSec: Int32Array.of(visit.startSec), endSec: Int32Array.of(visit.endSec) },
        index: Int32Array.of(0),
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
