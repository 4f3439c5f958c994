import type { DeliveryWindow, FleetShift, Parcel, SourceNode } from "#server/core/promise/delivery-windows.ts";
import type { WorkHours } from "#server/core/promise/picking-plan.ts";
import type { VisitTravel } from "#server/core/routing/insertion.ts";
import type { CartLine } from "#server/domain/cart.ts";
import { SECONDS_PER_HOUR } from "#server/domain/units.ts";
import { createTravelRow, type Place, type PlaceList } from "#server/travel/travel.ts";
import type { Fleet, LoadedShift } from "./fleet.ts";
import type { NodeRow, SkuRow } from "./queries.ts";
import type { QuoteFacts } from "./quote-facts.ts";

/** Rows, ids and instants end here: beyond this file there are indices, typed arrays and seconds since the origin. */
export interface PromiseProblem {
  readonly nowSec: number;
  readonly parcel: Parcel;
  readonly nodes: readonly SourceNode[];
  readonly nodeRows: readonly NodeRow[];
  readonly shifts: readonly FleetShift[];
  readonly loaded: readonly LoadedShift[];
  readonly windows: readonly DeliveryWindow[];
}

/** At the door: park, carry, hand over. A minute more for what does not fit into one walk. */
const DOOR_SEC = 180;
const CARRIED_AT_ONCE_G = 15_000;
const FURTHER_WALK_SEC = 60;

export function parcelOf(lines: readonly CartLine[], skus: readonly SkuRow[]): Parcel {
  let weightG = 0;
  let volumeMl = 0;
  lines.forEach((line, i) => {
    weightG += line.units * skus[i]!.weightG;
    volumeMl += line.units * skus[i]!.volumeMl;
  });
  return {
    weightG,
    volumeMl,
    needsChilled: skus.some((sku) => sku.temperature === "chilled"),
    needsFrozen: skus.some((sku) => sku.temperature === "frozen"),
    serviceSec: DOOR_SEC + (Math.ceil(weightG / CARRIED_AT_ONCE_G) - 1) * FURTHER_WALK_SEC,
  };
}

export function pickSecAt(node: NodeRow, lines: readonly CartLine[]): number {
  const units = lines.reduce((sum, line) => sum + line.units, 0);
  return node.pickSetupSec + lines.length * node.pickLineSec + units * node.pickUnitSec;
}

/** A node's hours in seconds since the origin. */
export function workHoursOf(facts: Pick<QuoteFacts, "workOf">, nodeId: string, originSec: number): WorkHours {
  const { startSec, freeSec } = facts.workOf(nodeId);
  return { startSec: startSec.map((sec) => sec - originSec), freeSec };
}

export function toPromiseProblem(
  fleet: Fleet,
  facts: Pick<QuoteFacts, "nowSec" | "nodeIds" | "workOf">,
  nodeRows: readonly NodeRow[],
  loaded: readonly LoadedShift[],
  lines: readonly CartLine[],
  parcel: Parcel,
  door: Place,
  windows: readonly { startSec: number; endSec: number }[],
): PromiseProblem {
  const { originSec } = fleet;
  const able = new Set(facts.nodeIds);
  const serving = nodeRows.filter((node) => able.has(node.id));
  const nodeIndex = new Map(serving.map((node, i) => [node.id, i]));

  const nodes: SourceNode[] = serving.map((node) => ({
    hours: workHoursOf(facts, node.id, originSec),
    pickSec: pickSecAt(node, lines),
    handoverSec: node.handoverSec,
    handlingCents: node.handlingCents,
  }));

  // A home is a node at a time of day: the way back is driven when the shift ends.
  const homes = new Map<string, { index: number; node: NodeRow; period: number }>();
  let offset = 0;
  const shifts = loaded.map((shift): FleetShift => {
    const { row, route, timeline } = shift;
    const node = nodeIndex.get(shift.nodeId) ?? -1;
    let home = homes.get(`${shift.nodeId} ${shift.homePeriod}`);
    if (!home && node >= 0) {
      home = { index: homes.size, node: serving[node]!, period: shift.homePeriod };
      homes.set(`${shift.nodeId} ${shift.homePeriod}`, home);
    }
    const first = offset;
    offset += route.length;
    return {
      route,
      timeline,
      node,
      offset: first,
      home: home?.index ?? 0,
      limitG: row.limitG,
      limitMl: row.limitMl,
      freeG: row.limitG - row.claimedG,
      freeMl: row.limitMl - row.claimedMl,
      carriesChilled: row.carriesChilled,
      carriesFrozen: row.carriesFrozen,
      rates: { centsPerM: row.kmCents / 1000, centsPerSec: row.hourCents / SECONDS_PER_HOUR },
    };
  });

  const travelAt = travelOfDoor(fleet, loaded, offset, [...homes.values()], door);
  return {
    nowSec: facts.nowSec - originSec,
    parcel,
    nodes,
    nodeRows: serving,
    shifts,
    loaded,
    windows: windows.map((window) => ({
      startSec: window.startSec - originSec,
      endSec: window.endSec - originSec,
      travel: travelAt(fleet.periodAt(window.startSec)),
    })),
  };
}

/**
 * Travel between the door and every stop and home, by the period of the window asked for. Stops and homes stand in one
 * list, homes last, so that each period costs one search a direction.
 */
function travelOfDoor(
  fleet: Fleet,
  loaded: readonly LoadedShift[],
  stopCount: number,
  homes: readonly { node: NodeRow; period: number }[],
  door: Place,
): (period: number) => VisitTravel {
  const { travel } = fleet;
  const homePlaces = travel.snapAll(
    homes.map((home) => home.node.lng),
    homes.map((home) => home.node.lat),
  );
  const places = concatPlaces([...loaded.map((shift) => shift.places), homePlaces]);
  const periods = new Uint8Array(places.length);
  let offset = 0;
  for (const shift of loaded) {
    periods.set(shift.stopPeriod, offset);
    offset += shift.route.length;
  }
  homes.forEach((home, i) => {
    periods[stopCount + i] = home.period;
  });

  // On the way from the door every place is reached at a time of day of its own.
  const from = createTravelRow(places.length);
  const row = createTravelRow(places.length);
  for (const period of new Set(periods)) {
    travel.oneToMany(door, places, period, row);
    for (let i = 0; i < periods.length; i++) {
      if (periods[i] !== period) continue;
      from.durationSec[i] = row.durationSec[i]!;
      from.distanceM[i] = row.distanceM[i]!;
    }
  }

  const known = new Map<number, VisitTravel>();
  return (period) => {
    let at = known.get(period);
    if (!at) {
      const to = createTravelRow(places.length);
      travel.manyToOne(places, door, period, to);
      at = {
        toSec: to.durationSec,
        toM: to.distanceM,
        fromSec: from.durationSec,
        fromM: from.distanceM,
        homeToSec: to.durationSec.subarray(stopCount),
        homeToM: to.distanceM.subarray(stopCount),
        homeFromSec: from.durationSec.subarray(stopCount),
        homeFromM: from.distanceM.subarray(stopCount),
      };
      known.set(period, at);
    }
    return at;
  };
}

function concatPlaces(lists: readonly PlaceList[]): PlaceList {
  const length = lists.reduce((sum, list) => sum + list.length, 0);
  const all = {
    length,
    lng: new Float64Array(length),
    lat: new Float64Array(length),
    edge: new Int32Array(length),
    along: new Float64Array(length),
  };
  let offset = 0;
  for (const list of lists) {
    all.lng.set(list.lng, offset);
    all.lat.set(list.lat, offset);
    all.edge.set(list.edge, offset);
    all.along.set(list.along, offset);
    offset += list.length;
  }
  return all;
}
