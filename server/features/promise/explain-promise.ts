import { NEEDS } from "#server/core/promise/cart-load.ts";
import {
  explainWindows,
  type ExplainedPart as PartFigures,
  type ExplainedWindow as WindowFigures,
} from "#server/core/promise/explain-windows.ts";
import type { WindowSpan } from "#server/core/promise/group-windows.ts";
import { STAGE, type Stage } from "#server/core/promise/promise-problem.ts";
import { OWN_SHOP } from "#server/domain/channel.ts";
import {
  type CheckName,
  type ExplainedPart,
  type ExplainedWindow,
  ExplainRequest,
  Explanation,
} from "#server/domain/explanation.ts";
import { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import type { Reason } from "#server/domain/reason.ts";
import type { Service } from "#server/domain/state.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";
import { readVanShare, withinShares } from "./channel-shares.ts";
import { explainCounter, explainParcelDays } from "./explain-runs.ts";
import { explainedChecks, reasonAt } from "./explained-checks.ts";
import { type LoadedShift, type PlannedFleet, prepareFleet } from "./fleet.ts";
import { DELIVERY_REASON } from "./loss-reason.ts";
import { planWindows } from "./plan-windows.ts";
import { planWithinShare } from "./plan-within-share.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { type NodeRow, readClosedWindows, readVehicleNames } from "./queries.ts";
import { type QuoteFacts, readFacts } from "./quote-facts.ts";
import { groupCart, shiftsWithin, sourcesOf, toPromiseProblem } from "./to-problem.ts";
import { climbOf, narrowWindows } from "./visit.ts";

/** To which of the four checks each step of the search belongs. */
const CHECK_OF_STAGE: Record<Stage, CheckName> = {
  [STAGE.noStock]: "stock",
  [STAGE.noShift]: "route",
  [STAGE.outsideArea]: "window",
  [STAGE.goods]: "route",
  [STAGE.tooFar]: "route",
  [STAGE.cutOff]: "window",
  [STAGE.picking]: "workload",
  [STAGE.vansFull]: "route",
};

/**
 * Every window of the coming days in which a van, a carrier or a store could serve a cart, with the check that binds it and the figures of
 * all four: what operations look at when a shopper asks why. Reads what a quote reads, holds nothing.
 * Faults: not-found (region, SKU, or a node that hands nothing over), wish-too-narrow.
 */
export async function explainPromise(services: PromiseServices, request: ExplainRequest): Promise<Explanation> {
  const { db } = services;
  const { regionId, lines, destination, service, nodeId, wishes = {}, channelId = OWN_SHOP } = request;
  const [facts, closed] = await Promise.all([
    readFacts(db, services.mirrorOf(regionId), regionId, lines, channelId),
    readClosedWindows(db, regionId),
  ]);
  const { region, nodes, skus } = facts;
  const fleet = services.fleetOf(region);
  const { originSec } = fleet;
  const cart = groupCart(lines, skus, service === "delivery" ? climbOf(wishes, region).climbSec : 0);
  const vanShare = service === "delivery" ? await readVanShare(db, region, channelId, facts, originSec) : null;
  const door = fleet.travel.snap(destination.lng, destination.lat);
  const planned = fleet.prepare(nodes, await fleet.load(db, facts.shifts.id, facts.shifts.version));
  const vehicles = await readVehicleNames(db, facts.shifts.id);
  const reaches = door ? await services.areas.reach(db, nodes, door) : new Uint8Array(nodes.length);
  const { windows } = facts;
  const spans = windows.startSec.map((startSec, w) => ({ startSec, endSec: windows.endSec[w]! }));
  const visits = narrowWindows(spans, wishes, region.timeZone);
  const availableAt = (node: NodeRow) => [...(facts.stock.get(node.id) ?? lines.map(() => 0))];

  const figures = (by: QuoteFacts): WindowFigures[] => {
    if (!door) return spans.map(() => ({ binding: STAGE.outsideArea, parts: [] }));
    const problem = toPromiseProblem(
      fleet,
      by,
      sourcesOf(by, nodes, cart, originSec),
      reaches,
      planned,
      cart,
      door,
      visits.map((visit, w) => visit ?? spans[w]!),
    );
    const cutOffSec = (n: number, w: number) => by.cutOffs.orderBySec(nodes[n]!.id, w) - originSec;
    return explainWindows(problem, planWindows(by, nodes, problem), cutOffSec);
  };
  const deliveries = (by: QuoteFacts): ExplainedWindow[] => {
    const open = figures(by).map(({ binding, parts }, w): ExplainedWindow => {
      const span = { startsAt: instant(windows.startSec[w]!), endsAt: instant(windows.endSec[w]!), places: null };
      // Windows that leave no time for the visit are closed whatever the vans do.
      if (!visits[w]) return { ...span, binding: { check: "window", reason: { code: "outside_wish" } }, parts: [] };
      return {
        ...span,
        binding:
          binding === null ? null : { check: CHECK_OF_STAGE[binding], reason: reasonOf(binding, parts, originSec) },
        parts: parts.map((part) => toPart(part)),
      };
    });
    const shut = closed.map(({ startSec, endSec }): ExplainedWindow => {
      const binding = { check: "window", reason: { code: "day_closed" } } as const;
      return { startsAt: instant(startSec), endsAt: instant(endSec), binding, parts: [], places: null };
    });
    return [...open, ...shut].sort((a, b) => a.startsAt.localeCompare(b.startsAt));
  };
  const worldOf = (by: QuoteFacts) => {
    return { facts: by, nodes, sources: sourcesOf(by, nodes, cart, originSec), cart, originSec };
  };
  const world = worldOf(facts);
  const explained: Record<Service, (by: QuoteFacts) => ExplainedWindow[]> = {
    delivery: deliveries,
    parcel: (by) => explainParcelDays(worldOf(by), Boolean(wishes.notBefore || wishes.notAfter)),
    pickup: (by) => explainCounter(worldOf(by), nodeId),
  };
  /** Whether vans have room for it, and none within the channel's share. */
  const isOverVans = (visit: WindowSpan, window: WindowSpan): boolean => {
    if (!vanShare || !door) return false;
    const by = withinShares(facts, channelId);
    const sources = sourcesOf(by, nodes, cart, originSec);
    const ask = (loaded: readonly LoadedShift[]) => {
      const some = prepareFleet(fleet.travel, nodes, loaded);
      return { planned: some, problem: toPromiseProblem(fleet, by, sources, reaches, some, cart, door, [visit]) };
    };
    const within = shiftsWithin(planned.loaded, window.startSec, window.endSec);
    return !("parts" in planWithinShare(within, ask, vanShare, visit, window).answer);
  };
  const explainShares = (): ExplainedWindow[] => {
    const limited = explained[service](withinShares(facts, channelId));
    if (!facts.shares) return limited;
    const unlimited = explained[service](facts);
    const keyOf = (startsAt: string, endsAt: string) => `${startsAt} ${endsAt}`;
    const spanAt = new Map(
      spans.map((window, w) => [
        keyOf(instant(window.startSec), instant(window.endSec)),
        { window, visit: visits[w] ?? window },
      ]),
    );
    return limited.map((window, i): ExplainedWindow => {
      const reason = { code: "share_used" } as const;
      if (window.binding)
        return unlimited[i]!.binding ? window : { ...window, binding: { check: window.binding.check, reason } };
      const asked = spanAt.get(keyOf(window.startsAt, window.endsAt));
      return asked && isOverVans(asked.visit, asked.window)
        ? { ...window, binding: { check: "route", reason } }
        : window;
    });
  };
  return {
    now: instant(facts.nowSec),
    timeZone: region.timeZone,
    service,
    lines: lines.map(({ skuId, units }, i) => ({ skuId, name: skus[i]!.name, units })),
    nodes: nodes.map((node, n) => ({
      nodeId: NodeId.parse(node.id),
      name: node.name,
      isPaused: node.paused,
      isInReach: reaches[n] === 1,
      available: availableAt(node),
    })),
    mostNodes: facts.rules.mostNodes,
    isOnRoad: door !== null,
    windows: explainShares(),
  };

  function toPart({ node, groups, load, isInReach, cutOffSec, pickSec, van }: PartFigures): ExplainedPart {
    return {
      ...explainedChecks(world, { node: nodes[node]!, groups, pickSec, isInReach, cutOffSec, picking: van }),
      route: van && routeOf(planned, van, load),
      run: null,
    };
  }

  function routeOf(
    { loaded }: PlannedFleet,
    van: NonNullable<PartFigures["van"]>,
    { weightG, volumeMl }: PartFigures["load"],
  ): ExplainedPart["route"] {
    const { id, row } = loaded[van.shift]!;
    const { gapSec, lacks, overLimitG, overLimitMl, overFreeG, overFreeMl, lateSec, lateWhenEmptySec } = van;
    return {
      passed: gapSec + lacks + overLimitG + overLimitMl + overFreeG + overFreeMl + lateSec === 0,
      shiftId: id,
      vehicle: vehicles.get(id) ?? id,
      startsAt: instant(row.startSec),
      endsAt: instant(row.endSec),
      gapSec,
      lacksChilled: (lacks & NEEDS.chilled) !== 0,
      lacksFrozen: (lacks & NEEDS.frozen) !== 0,
      weightG,
      volumeMl,
      overLimitG,
      overLimitMl,
      overFreeG,
      overFreeMl,
      lateSec,
      lateWhenEmptySec,
    };
  }
}

/** As the shopper is told it: with the latest cut-off, or the first hour that has room again. */
function reasonOf(binding: Stage, parts: readonly PartFigures[], originSec: number): Reason {
  const code = DELIVERY_REASON[binding];
  const failing = parts.filter(({ fails }) => fails === binding);
  const times = failing.flatMap(({ cutOffSec, van }) => {
    if (binding === STAGE.cutOff) return Math.min(cutOffSec, van?.lastStartSec ?? cutOffSec);
    return binding === STAGE.picking ? (van?.nextFreeSec ?? []) : [];
  });
  return reasonAt(code, times, originSec);
}

/** promise.explain */
export const explain = opsProcedure
  .input(ExplainRequest)
  .output(Explanation)
  .query(({ ctx, input }) => explainPromise(promiseServices(ctx.platform), input));
