import { distanceM } from "#server/core/geo/distance.ts";
import { firstPickup, holdTogether } from "#server/core/promise/find-pickups.ts";
import { hasEverything, type SourceNode } from "#server/core/promise/promise-problem.ts";
import type { Destination } from "#server/domain/cart.ts";
import { NodeId } from "#server/domain/id.ts";
import { instant } from "#server/domain/instant.ts";
import type { PickupPlaceView } from "#server/domain/quote.ts";
import { createTravelRow, type Place, UNREACHABLE_SEC } from "#server/travel/travel.ts";
import type { Fleet } from "./fleet.ts";
import { pickupWorld } from "./pickup-world.ts";
import { policyOf } from "./policy-of.ts";
import type { NodeRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";
import type { GroupedCart } from "./to-problem.ts";

const PICKUP_PLACES = 5;

/** The nearest nodes by road that hand over at the counter and have the whole cart, or get what they lack by the runs of lanes. */
export function pickupPlaces(
  fleet: Fleet,
  facts: QuoteFacts,
  nodes: readonly NodeRow[],
  sources: readonly SourceNode[],
  cart: GroupedCart,
  destination: Destination,
  door: Place | null,
): PickupPlaceView[] {
  const asked = { cart: cart.groups, policy: policyOf(facts.rules) };
  const sourceOf = new Map(nodes.map(({ id }, n) => [id, sources[n]!]));
  const counters = fleet.counters(nodes);
  const way = createTravelRow(counters.node.length);
  if (door) fleet.travel.oneToMany(door, counters.places, fleet.periodAt(facts.nowSec), way);
  else
    for (const [i, n] of counters.node.entries())
      way.distanceM[i] = Math.round(distanceM(nodes[n]!.lng, nodes[n]!.lat, destination.lng, destination.lat));
  const isReached = (i: number) => way.durationSec[i]! < UNREACHABLE_SEC;
  const nearestFirst = [...counters.node.keys()].sort(
    (a, b) => Number(isReached(b)) - Number(isReached(a)) || way.distanceM[a]! - way.distanceM[b]!,
  );

  const views: PickupPlaceView[] = [];
  for (const i of nearestFirst) {
    if (views.length === PICKUP_PLACES) break;
    const store = counters.node[i]!;
    const node = nodes[store]!;
    const isThere = hasEverything(sources[store]!);
    const senders = () => [...new Set(facts.laneRunsTo(node.id).map(({ fromNodeId }) => sourceOf.get(fromNodeId)!))];
    if (!isThere && !holdTogether(asked, [sources[store]!, ...senders()])) continue;
    const windows = facts.pickupsOf(node.id);
    const { problem } = pickupWorld(facts, nodes, sources, store, cart, fleet.originSec, windows.startSec);
    const first = firstPickup(
      problem,
      (w) => windows.free[w]! > 0 && (windows.orderBySec[w] ?? Number.POSITIVE_INFINITY) > facts.nowSec,
    );
    views.push({
      nodeId: NodeId.parse(node.id),
      name: node.name,
      address: node.address,
      lng: node.lng,
      lat: node.lat,
      distanceM: way.distanceM[i]!,
      driveSec: way.durationSec[i]!,
      nextStartsAt: first < 0 ? null : instant(windows.startSec[first]!),
      isBroughtHere: !isThere,
    });
  }
  return views;
}
