import { setImmediate } from "node:timers/promises";
import type { WindowAnswer } from "#server/core/promise/promise-problem.ts";
import type { Queryable } from "#server/db/database.ts";
import type { CartLine, Destination } from "#server/domain/cart.ts";
import { OWN_SHOP } from "#server/domain/channel.ts";
import { SkuId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import {
  type SampleChoice,
  SourcingPreview,
  SourcingPreviewRequest,
  type SourcingSample,
} from "#server/domain/sourcing-preview.ts";
import type { SourcingRules } from "#server/domain/sourcing-rules.ts";
import { opsProcedure } from "#server/trpc/procedure.ts";
import { offerWriter } from "./offer-writer.ts";
import { planWindows } from "./plan-windows.ts";
import { policyOf } from "./policy-of.ts";
import { type PromiseServices, promiseServices } from "./promise-services.ts";
import { readNodes, readRegion } from "./queries.ts";
import { readFacts } from "./quote-facts.ts";
import { parcelDays } from "./quote-parcels.ts";
import { groupCart, sourcesOf, toPromiseProblem } from "./to-problem.ts";

const SAMPLE_DOORS = 4;
/** Lines of the carts that each door asks for; two units of every third. */
const SAMPLE_LINES = [2, 6, 14] as const;

/**
 * What other sourcing rules would change: the same carts at the same doors, planned by the engine with both. Reads what a
 * quote reads, writes nothing. Faults: not-found (the region).
 */
export async function previewSourcing(
  services: PromiseServices,
  { regionId, rules }: SourcingPreviewRequest,
): Promise<SourcingPreview> {
  const { db } = services;
  const [region, nodes, doors, carts] = await Promise.all([
    readRegion(db, regionId),
    readNodes(db, regionId),
    readSampleDoors(db, regionId),
    readSampleCarts(db, regionId),
  ]);
  const fleet = services.fleetOf(region);
  const { originSec } = fleet;
  const nameOf = new Map(nodes.map(({ id, name }) => [id, name]));
  const samples: SourcingSample[] = [];
  for (const destination of doors) {
    const door = fleet.travel.snap(destination.lng, destination.lat);
    const reaches = door ? await services.areas.reach(db, nodes, door) : new Uint8Array(nodes.length);
    for (const lines of carts) {
      const facts = await readFacts(db, services.mirrorOf(regionId), regionId, lines);
      const planned = fleet.prepare(nodes, await fleet.load(db, facts.shifts.id, facts.shifts.version));
      const cart = groupCart(lines, facts.skus);
      const sources = sourcesOf(facts, nodes, cart, originSec);
      const { startSec, endSec } = facts.windows;
      const spans = startSec.map((start, w) => ({ startSec: start, endSec: endSec[w]! }));
      const answersBy = (by: SourcingRules): WindowAnswer[] =>
        door
          ? planWindows(
              facts,
              nodes,
              toPromiseProblem(fleet, { ...facts, rules: by }, sources, reaches, planned, cart, door, spans),
            )
          : [];
      const writeOffer = offerWriter(regionId, facts.nowSec, lines, destination, OWN_SHOP);
      const choiceBy = (by: SourcingRules, answers: readonly WindowAnswer[], w: number): SampleChoice => ({
        delivery: deliveryOf(by, answers[w]),
        openWindows: answers.filter(isOpen).length,
        parcel: parcelOf(parcelDays({ ...facts, rules: by }, nodes, sources, cart, originSec, writeOffer).outcomes),
      });
      const before = answersBy(facts.rules);
      const after = answersBy(rules);
      const both = spans.findIndex((_, w) => isOpen(before[w]) && isOpen(after[w]));
      const w = both >= 0 ? both : spans.findIndex((_, at) => isOpen(before[at]) || isOpen(after[at]));
      const window = spans[w];
      samples.push({
        address: destination.address,
        goods: lines.map(({ units }, i) => ({ name: facts.skus[i]!.name, units })),
        window: window ? { startsAt: instant(window.startSec), endsAt: instant(window.endSec) } : null,
        before: choiceBy(facts.rules, before, w),
        after: choiceBy(rules, after, w),
      });
      // Two dozen searches in a row: who shops meanwhile comes in between.
      await setImmediate();
    }
  }
  return { timeZone: region.timeZone, samples };

  function deliveryOf(by: SourcingRules, answer: WindowAnswer | undefined): SampleChoice["delivery"] {
    if (!answer || !("parts" in answer)) return null;
    const { weights } = policyOf(by);
    const cents = answer.parts.reduce(
      (sum, { terms: { handlingCents, pickingCents, routeCents } }) =>
        sum + handlingCents / weights.handling + pickingCents / weights.picking + routeCents / weights.route,
      0,
    );
    return {
      nodes: answer.parts.map(({ node }) => nodes[node]!.name).sort(),
      costCents: Math.round(cents),
    };
  }

  function parcelOf(outcomes: ReturnType<typeof parcelDays>["outcomes"]): SampleChoice["parcel"] {
    for (const outcome of outcomes)
      if ("claims" in outcome)
        return {
          nodes: outcome.claims.pts.map(({ nod }) => nameOf.get(nod) ?? nod).sort(),
          carriers: [...outcome.carriers].sort(),
        };
    return null;
  }
}

function isOpen(answer: WindowAnswer | undefined): boolean {
  return answer !== undefined && "parts" in answer;
}

/** Addresses of the region's list, spread over it; the same ones every time. */
async function readSampleDoors(db: Queryable, regionId: string): Promise<Destination[]> {
  return db<Destination[]>`
    select label as address, lng, lat from public.sample_addresses
    where region_id = ${regionId} order by md5(label), label limit ${SAMPLE_DOORS}`;
}

/** Carts of what the region's nodes have on their shelves; the same ones as long as they have them. */
async function readSampleCarts(db: Queryable, regionId: string): Promise<CartLine[][]> {
  const most = SAMPLE_LINES.reduce((sum, lines) => sum + lines, 0);
  const rows = await db<{ id: string }[]>`
    select k.id from public.skus k
    where exists (
      select from public.inventory_levels l join public.nodes n on n.id = l.node_id
      where l.sku_id = k.id and n.region_id = ${regionId} and n.paused_at is null and l.on_hand - l.shortage - l.reserved - l.safety > 1
    )
    order by md5(k.id), k.id limit ${most}`;
  const skuIds = rows.map(({ id }) => SkuId.parse(id));
  let from = 0;
  return SAMPLE_LINES.flatMap((lines) => {
    const chosen = skuIds.slice(from, from + lines);
    from += lines;
    return chosen.length === 0 ? [] : [chosen.map((skuId, i) => ({ skuId, units: i % 3 === 2 ? 2 : 1 }))];
  });
}

/** promise.previewSourcing */
export const preview = opsProcedure
  .input(SourcingPreviewRequest)
  .output(SourcingPreview)
  .query(({ ctx, input }) => previewSourcing(promiseServices(ctx.platform), input));
