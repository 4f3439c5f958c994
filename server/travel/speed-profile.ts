import type { RoadClass, SourceWay } from "./map-source.ts";

/*
 * How fast a delivery van gets along, by road, and how much longer the same road takes in traffic.
 *
 * Speeds are averages over a stretch with its junctions and lights, on a free road. They start from the class speeds
 * of OSRM's car profile (github.com/Project-OSRM/osrm-backend, profiles/car.lua: 90 km/h on motorways … 25 in
 * residential streets, 0.8 of what is posted) and lie below them in towns, where a van stops at more junctions per
 * kilometre than that profile assumes. Traffic factors follow what the TomTom Traffic Index publishes for European
 * cities of up to a few million people: trips take 35–60 % longer in the peaks and 15–25 % around noon, arterial
 * roads most, residential streets least. They are where a network begins before its own vans have been measured.
 *
 * Changing any number here changes every map compiled afterwards: raise PROFILE_VERSION with it.
 */

export const PROFILE_VERSION = 1;

export const PERIODS = ["night", "morning-peak", "midday", "evening-peak", "evening"] as const;
export type Period = (typeof PERIODS)[number];

interface ClassProfile {
  /** km/h where no limit is known. */
  readonly freeKph: number;
  /** Share of a posted limit that is reached on average. */
  readonly shareOfLimit: number;
  readonly maxKph: number;
  /** Times as long as on a free road, per period. */
  readonly trafficFactor: Readonly<Record<Period, number>>;
}

function inTraffic(night: number, morningPeak: number, midday: number, eveningPeak: number, evening: number) {
  return { night, "morning-peak": morningPeak, midday, "evening-peak": eveningPeak, evening };
}

const CLASS_PROFILES: Readonly<Record<RoadClass, ClassProfile>> = {
  motorway: { freeKph: 95, shareOfLimit: 0.85, maxKph: 105, trafficFactor: inTraffic(1, 1.35, 1.1, 1.4, 1.05) },
  trunk: { freeKph: 72, shareOfLimit: 0.8, maxKph: 95, trafficFactor: inTraffic(1, 1.45, 1.18, 1.5, 1.08) },
  primary: { freeKph: 48, shareOfLimit: 0.75, maxKph: 80, trafficFactor: inTraffic(1, 1.45, 1.22, 1.55, 1.1) },
  secondary: { freeKph: 42, shareOfLimit: 0.7, maxKph: 70, trafficFactor: inTraffic(1, 1.4, 1.2, 1.5, 1.1) },
  tertiary: { freeKph: 36, shareOfLimit: 0.68, maxKph: 60, trafficFactor: inTraffic(1, 1.3, 1.15, 1.35, 1.07) },
  unclassified: { freeKph: 30, shareOfLimit: 0.62, maxKph: 50, trafficFactor: inTraffic(1, 1.2, 1.1, 1.22, 1.05) },
  residential: { freeKph: 23, shareOfLimit: 0.52, maxKph: 35, trafficFactor: inTraffic(1, 1.12, 1.08, 1.15, 1.04) },
  living_street: { freeKph: 10, shareOfLimit: 0.55, maxKph: 15, trafficFactor: inTraffic(1, 1.05, 1.08, 1.08, 1.05) },
  service: { freeKph: 13, shareOfLimit: 0.5, maxKph: 20, trafficFactor: inTraffic(1, 1.05, 1.08, 1.08, 1.02) },
  track: { freeKph: 12, shareOfLimit: 0.5, maxKph: 15, trafficFactor: inTraffic(1, 1, 1, 1, 1) },
};

const UNPAVED_MAX_KPH = 22;

type Paving = Pick<SourceWay, "roadClass" | "limitKph" | "surface">;

/** Tenths of a second, at least one, that a van takes for a stretch of road in a period. */
export function travelTimeDs(way: Paving, lengthM: number, period: Period): number {
  const profile = CLASS_PROFILES[way.roadClass];
  const wished = way.limitKph > 0 ? way.limitKph * profile.shareOfLimit : profile.freeKph;
  const freeKph = Math.min(wished, profile.maxKph, way.surface === "unpaved" ? UNPAVED_MAX_KPH : Infinity);
  const freeSec = lengthM / (freeKph / 3.6);
  return Math.max(1, Math.round(freeSec * profile.trafficFactor[period] * 10));
}

/** From which minute of the local day on a period holds. */
const WEEKDAY: readonly (readonly [fromMinute: number, period: Period])[] = [
  [0, "night"],
  [6 * 60 + 30, "morning-peak"],
  [9 * 60 + 30, "midday"],
  [16 * 60, "evening-peak"],
  [19 * 60 + 30, "evening"],
  [22 * 60, "night"],
];

/** Shopping traffic around noon, no peaks. */
const WEEKEND: typeof WEEKDAY = [
  [0, "night"],
  [8 * 60 + 30, "evening"],
  [10 * 60 + 30, "midday"],
  [19 * 60, "evening"],
  [22 * 60, "night"],
];

/** Index into {@link PERIODS} at a local wall-clock time; minutes past midnight count on into the same day's night. */
export function periodAt(minuteOfDay: number, weekend: boolean): number {
  let current: Period = "night";
  for (const [from, period] of weekend ? WEEKEND : WEEKDAY) if (minuteOfDay >= from) current = period;
  return PERIODS.indexOf(current);
}
