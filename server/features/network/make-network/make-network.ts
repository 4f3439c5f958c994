import { distanceM } from "#server/core/geo/distance.ts";
import { makeRandom, type Random } from "#server/core/random.ts";
import { foldName } from "#server/travel/fold-name.ts";
import type { Street, Travel } from "#server/travel/travel.ts";
import type { NetworkRow } from "../network-tables.ts";
import type { NetworkRows } from "../write-csv.ts";
import { CATALOGUE, type Good } from "./catalogue.ts";
import { distanceBetween, placeNodes, sample } from "./place-nodes.ts";
import { findSites, type Sites } from "./sites.ts";

export interface NetworkPlan {
  readonly travel: Travel;
  /** Every named street of the same map, longest first. */
  readonly streets: readonly Street[];
  readonly seed: number;
  readonly timeZone: string;
}

type Kind = NetworkRow<"nodes">["kind"];
type Van = Omit<NetworkRow<"vehicles">, "id" | "node_id" | "name">;

/** What nodes of a kind are like: seconds to pick, hours with the hands in them, what share of the goods they hold, vans. */
interface Profile {
  readonly code: string;
  readonly pick: Pick<
    NetworkRow<"nodes">,
    "pick_setup_sec" | "pick_line_sec" | "pick_unit_sec" | "handover_sec" | "handling_cents" | "pick_hour_cents"
  >;
  readonly offersPickup: boolean;
  readonly hours: (weekday: number) => readonly [opens: string, closes: string];
  readonly pickers: readonly [fewest: number, most: number];
  readonly assortment: readonly [least: number, most: number];
  readonly unitsOnHand: readonly [fewest: number, most: number];
  readonly safety: number;
  readonly van: Van;
}

const PROFILES = {
  distribution_centre: {
    code: "DC",
    pick: {
      pick_setup_sec: 60,
      pick_line_sec: 14,
      pick_unit_sec: 3,
      handover_sec: 1200,
      handling_cents: 90,
      pick_hour_cents: 1_650,
    },
    offersPickup: false,
    hours: () => ["05:00", "23:00"],
    pickers: [12, 14],
    assortment: [0.97, 0.99],
    unitsOnHand: [120, 900],
    safety: 10,
    van: {
      limit_weight_g: 1_200_000,
      limit_volume_ml: 11_000_000,
      carries_chilled: true,
      carries_frozen: true,
      shift_cents: 2_600,
      km_cents: 38,
      hour_cents: 1_950,
    },
  },
  micro_fulfilment: {
    code: "MFC",
    pick: {
      pick_setup_sec: 30,
      pick_line_sec: 9,
      pick_unit_sec: 2,
      handover_sec: 600,
      handling_cents: 120,
      pick_hour_cents: 1_700,
    },
    offersPickup: true,
    hours: () => ["06:00", "23:00"],
    pickers: [6, 8],
    assortment: [0.82, 0.9],
    unitsOnHand: [30, 160],
    safety: 3,
    van: {
      limit_weight_g: 750_000,
      limit_volume_ml: 6_500_000,
      carries_chilled: true,
      carries_frozen: true,
      shift_cents: 2_100,
      km_cents: 31,
      hour_cents: 1_900,
    },
  },
  store: {
    code: "STORE",
    pick: {
      pick_setup_sec: 120,
      pick_line_sec: 40,
      pick_unit_sec: 8,
      handover_sec: 900,
      handling_cents: 180,
      pick_hour_cents: 1_900,
    },
    offersPickup: true,
    hours: (weekday) => (weekday === 7 ? ["09:00", "20:00"] : ["08:00", "21:00"]),
    pickers: [2, 4],
    assortment: [0.45, 0.72],
    unitsOnHand: [6, 60],
    safety: 2,
    van: {
      limit_weight_g: 420_000,
      limit_volume_ml: 3_200_000,
      carries_chilled: true,
      carries_frozen: false,
      shift_cents: 1_600,
      km_cents: 24,
      hour_cents: 1_850,
    },
  },
} as const satisfies Partial<Record<Kind, Profile>>;

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7];
const VANS_PER_DISTRIBUTION_CENTRE = 8;
const VANS_PER_MICRO_FULFILMENT = 4;
const STORES_WITH_A_VAN = 12;
/** Two waves: a van leaves with everything on board, so what it carries in the morning is picked the evening before. */
const WAVES = [
  ["07:30", "14:00"],
  ["14:00", "21:30"],
] as const;
/** Each well inside a wave, with the way home after it. */
const DELIVERY_WINDOWS = [
  ["08:00", "10:00", 590],
  ["11:00", "13:00", 390],
  ["15:00", "17:00", 390],
  ["18:00", "20:00", 590],
] as const;
const PICKUP_WINDOWS = [
  ["10:00", "12:00"],
  ["12:00", "14:00"],
  ["14:00", "16:00"],
  ["16:00", "18:00"],
  ["18:00", "20:00"],
] as const;
const PICKUPS_IN_A_WINDOW = 12;
const SATURDAY = 6;
const SATURDAY_EXTRA_CENTS = 100;
const NO_COLD = { carries_chilled: false, carries_frozen: false };
/** One is quick and dear and works on Saturdays, the other takes its time; neither has the cold. */
const CARRIERS = [
  {
    id: "SWIFT",
    name: "Swift Parcels",
    cut_off: "16:00",
    transit_days: 1,
    base_cents: 449,
    kg_cents: 55,
    day_limit_parcels: 400,
    price_cents: 590,
    ...NO_COLD,
    limit_weight_g: 25_000,
    works_on: "123456",
    delivers_from: "09:00",
    delivers_until: "18:00",
  },
  {
    id: "COURIER",
    name: "Courier Union",
    cut_off: "18:30",
    transit_days: 2,
    base_cents: 329,
    kg_cents: 38,
    day_limit_parcels: 600,
    price_cents: 390,
    ...NO_COLD,
    limit_weight_g: 30_000,
    works_on: "12345",
    delivers_from: "08:00",
    delivers_until: "20:00",
  },
] as const;
/** What a centre has and a store has not can be collected there: brought in the morning and once more after noon. */
const LANE_RUNS = [
  { code: "AM", departs: "08:30", arrives: "10:00", limit_orders: 24 },
  { code: "PM", departs: "13:30", arrives: "15:00", limit_orders: 24 },
] as const;
/** With its share of the lorry and the hands that receive it: what a store has is cheaper picked there. */
const LANE_ORDER_CENTS = 600;
const HOLIDAYS = [2026, 2027, 2028].flatMap(
  (year) =>
    [
      [`${year}-12-25`, "Christmas Day"],
      [`${year + 1}-01-01`, "New Year's Day"],
    ] as const,
);
/** Somewhat sooner than the last moment at which it could be picked. */
const CUT_OFFS = [
  { service: "delivery", order_by: "16:00", lead_days: 0, least_lead_min: 120 },
  { service: "pickup", order_by: null, lead_days: null, least_lead_min: 60 },
] as const;
const SAMPLE_ADDRESSES = 12;
const DEGREE_DECIMALS = 6;

/**
 * A grocer's network on any road map: the same map, seed and zone give the same rows. Throws TooFewSites.
 */
export function makeNetwork({ travel, streets, seed, timeZone }: NetworkPlan): NetworkRows {
  const random = makeRandom(seed);
  const sites = findSites(travel, streets);
  const { stores, distributionCentres, microFulfilment } = placeNodes(travel, sites, random.fork("nodes"));
  const regionId = regionCode(travel.name);
  const addresses = random.fork("addresses");
  const names = uniqueNames(sites, [...distributionCentres, ...microFulfilment, ...stores]);
  const nodesOf = (kind: keyof typeof PROFILES, chosen: readonly number[]): NetworkRow<"nodes">[] =>
    chosen.map((site, i) => ({
      id: `${regionId}-${PROFILES[kind].code}-${String(i + 1).padStart(kind === "store" ? 2 : 1, "0")}`,
      region_id: regionId,
      kind,
      name: names.get(site)!,
      address: addressAt(sites, site, addresses),
      ...positionOf(sites, site),
      offers_pickup: PROFILES[kind].offersPickup,
      ...PROFILES[kind].pick,
      time_zone: null,
    }));
  const centres = nodesOf("distribution_centre", distributionCentres);
  const micros = nodesOf("micro_fulfilment", microFulfilment);
  const shops = nodesOf("store", stores);
  const nodes = [...centres, ...micros, ...shops];

  const vehicles = makeVehicles(
    regionId,
    centres,
    micros,
    sample([...shops.keys()], STORES_WITH_A_VAN, random.fork("vans"))
      .sort((a, b) => a - b)
      .map((i) => shops[i]!),
  );
  return {
    regions: [
      {
        id: regionId,
        name: travel.name,
        time_zone: timeZone,
        currency: "EUR",
        ...middleOf(travel),
        horizon_days: 8,
        stairs_sec: 20,
        lift_sec: 45,
      },
    ],
    nodes,
    node_hours: makeHours(nodes, random.fork("hours")),
    skus: CATALOGUE.map((good) => ({
      id: good.id,
      name: good.name,
      category: good.category,
      price_cents: good.priceCents,
      weight_g: good.weightG,
      volume_ml: good.volumeMl,
      temperature: good.temperature,
      kept_with: good.keptWith,
    })),
    stock: makeStock(nodes, random.fork("stock")),
    vehicles,
    shifts: vehicles.flatMap(({ id }) =>
      WEEKDAYS.flatMap((weekday) =>
        WAVES.map(([starts, ends]) => ({ vehicle_id: id, weekday, starts, ends, driver: null })),
      ),
    ),
    windows: makeWindows(regionId),
    calendar_days: HOLIDAYS.map(([day, name]) => ({
      ...{ region_id: regionId, node_id: null, day, name },
      ...{ opens: null, closes: null, work_sec: null },
    })),
    blackouts: [],
    cut_offs: makeCutOffs(regionId),
    carriers: CARRIERS.map(({ id, name }) => ({ id, name })),
    carrier_services: [...centres, ...micros].flatMap((node) =>
      CARRIERS.map(({ id, name: _, ...rates }) => ({ carrier_id: id, node_id: node.id, ...rates })),
    ),
    lanes: makeLanes(centres, shops),
    // Vans go wherever a window can still be reached.
    service_areas: [],
    // Everything is sold by the own shop.
    channels: [],
    channel_safety: [],
    addresses: makeAddresses(regionId, sites, addresses),
  };
}

/** The code of a region from its map's name: "São João" is SAO-JOAO. */
export function regionCode(name: string): string {
  const code = foldName(name)
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 12)
    .replace(/-$/, "");
  return code === "" ? "CITY" : code;
}

function makeVehicles(
  regionId: string,
  centres: readonly NetworkRow<"nodes">[],
  micros: readonly NetworkRow<"nodes">[],
  shops: readonly NetworkRow<"nodes">[],
): NetworkRow<"vehicles">[] {
  const homes = [
    ...centres.flatMap((node) => Array<NetworkRow<"nodes">>(VANS_PER_DISTRIBUTION_CENTRE).fill(node)),
    ...micros.flatMap((node) => Array<NetworkRow<"nodes">>(VANS_PER_MICRO_FULFILMENT).fill(node)),
    ...shops,
  ];
  return homes.map((node, i) => {
    const number = String(i + 1).padStart(2, "0");
    const { van } = PROFILES[node.kind as keyof typeof PROFILES];
    // Every third of the stores' small vans has a freezer box.
    const carriesFrozen = van.carries_frozen || i % 3 === 0;
    return {
      id: `${regionId}-VAN-${number}`,
      node_id: node.id,
      name: `Van ${number}`,
      ...van,
      carries_frozen: carriesFrozen,
    };
  });
}

function makeHours(nodes: readonly NetworkRow<"nodes">[], random: Random): NetworkRow<"node_hours">[] {
  return nodes.flatMap(({ id, kind }) => {
    const { hours, pickers } = profileOf(kind);
    const atWork = pickers[0] + random.below(pickers[1] - pickers[0] + 1);
    return WEEKDAYS.map((weekday) => {
      const [opens, closes] = hours(weekday);
      return { node_id: id, weekday, opens, closes, work_sec: atWork * 3600 };
    });
  });
}

function makeStock(nodes: readonly NetworkRow<"nodes">[], random: Random): NetworkRow<"stock">[] {
  // What sells well is in every store; the rest is there or not.
  const popularity = new Map(CATALOGUE.map((good) => [good, random.next()]));
  return nodes.flatMap(({ id, kind }) => {
    const { assortment, unitsOnHand, safety } = profileOf(kind);
    const share = random.between(...assortment);
    const rank = new Map(CATALOGUE.map((good) => [good, popularity.get(good)! + random.between(0, 0.35)]));
    const listed = CATALOGUE.toSorted((a, b) => rank.get(a)! - rank.get(b)!).slice(
      0,
      Math.round(share * CATALOGUE.length),
    );
    return listed.toSorted(byId).map((good) => {
      const usual = Math.round(random.between(...unitsOnHand));
      const fate = random.next();
      const on_hand = fate < 0.02 ? 0 : fate < 0.07 ? Math.min(usual, safety + random.below(4)) : usual;
      return { node_id: id, sku_id: good.id, on_hand, safety };
    });
  });
}

function byId(a: Good, b: Good): number {
  return a.id < b.id ? -1 : 1;
}

function makeWindows(regionId: string): NetworkRow<"windows">[] {
  return WEEKDAYS.flatMap((weekday) => [
    ...DELIVERY_WINDOWS.map(([starts, ends, price]) => ({
      region_id: regionId,
      service: "delivery" as const,
      weekday,
      starts,
      ends,
      price_cents: price + (weekday === SATURDAY ? SATURDAY_EXTRA_CENTS : 0),
      limit_orders: null,
    })),
    ...PICKUP_WINDOWS.map(([starts, ends]) => ({
      region_id: regionId,
      service: "pickup" as const,
      weekday,
      starts,
      ends,
      price_cents: 0,
      limit_orders: PICKUPS_IN_A_WINDOW,
    })),
  ]);
}

/** Every store is served by the centre that is nearest as the crow flies; the lorries have the cold. */
function makeLanes(
  centres: readonly NetworkRow<"nodes">[],
  shops: readonly NetworkRow<"nodes">[],
): NetworkRow<"lanes">[] {
  return shops.flatMap((shop) => {
    const away = centres.map((centre) => distanceM(centre.lng, centre.lat, shop.lng, shop.lat));
    const centre = centres[away.indexOf(Math.min(...away))];
    if (!centre) return [];
    return LANE_RUNS.map(({ code, ...run }) => ({
      id: `${shop.id}-${code}`,
      from_node_id: centre.id,
      to_node_id: shop.id,
      ...run,
      arrives_after_days: 0,
      handling_min: 45,
      base_cents: LANE_ORDER_CENTS,
      kg_cents: 5,
      works_on: "1234567",
      carries_chilled: true,
      carries_frozen: true,
      is_active: true,
    }));
  });
}

function makeCutOffs(regionId: string): NetworkRow<"cut_offs">[] {
  return CUT_OFFS.flatMap((rule) =>
    WEEKDAYS.map((weekday) => ({ region_id: regionId, node_id: null, weekday, ...rule })),
  );
}

/** Addresses that lie far from each other, so that trying them shows different vans and windows. */
function makeAddresses(regionId: string, sites: Sites, random: Random): NetworkRow<"addresses">[] {
  // Most people live in the denser half of the streets.
  const middling = sites.density.toSorted()[sites.length >> 1]!;
  const lived = [...sites.x.keys()].filter((site) => sites.density[site]! >= middling);
  const pool = sample(lived, 60, random);
  const chosen = [pool[0]!];
  while (chosen.length < SAMPLE_ADDRESSES) {
    const apart = pool.map((site) => Math.min(...chosen.map((other) => distanceBetween(sites, site, other))));
    // Not simply the farthest: those are all at the edge of the map.
    const far = pool.filter((_, i) => apart[i]! >= 0.5 * Math.max(...apart));
    chosen.push(random.pick(far));
  }
  return chosen
    .map((site) => ({ region_id: regionId, label: addressAt(sites, site, random), ...positionOf(sites, site) }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

function profileOf(kind: Kind): Profile {
  return PROFILES[kind as keyof typeof PROFILES];
}

/** Named for the quarter, and for the street where a quarter has several. */
function uniqueNames(sites: Sites, chosen: readonly number[]): Map<number, string> {
  const inPlace = Map.groupBy(chosen, (site) => sites.streets[site]!.place);
  const names = new Map<number, string>();
  const used = new Set<string>();
  for (const site of chosen) {
    const { name: street, place } = sites.streets[site]!;
    const alone = place !== "" && inPlace.get(place)?.length === 1;
    const name = shortened(alone ? place : place === "" ? street : `${place}, ${street}`, 72);
    names.set(site, used.has(name) ? `${name} ${used.size}` : name);
    used.add(name);
  }
  return names;
}

function addressAt(sites: Sites, site: number, random: Random): string {
  const { name, place } = sites.streets[site]!;
  const street = `${shortened(name, 100)} ${1 + random.below(140)}`;
  return place === "" ? street : `${street}, ${shortened(place, 80)}`;
}

function shortened(text: string, length: number): string {
  return [...text].slice(0, length).join("").trim();
}

function positionOf(sites: Sites, site: number): { lng: number; lat: number } {
  return { lng: rounded(sites.places.lng[site]!), lat: rounded(sites.places.lat[site]!) };
}

function middleOf({ bbox: [west, south, east, north] }: Travel): { lng: number; lat: number } {
  return { lng: rounded((west + east) / 2), lat: rounded((south + north) / 2) };
}

function rounded(degrees: number): number {
  return Number(degrees.toFixed(DEGREE_DECIMALS));
}
