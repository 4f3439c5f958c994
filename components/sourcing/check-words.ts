import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime } from "#components/ui/format-time.ts";
import type { Tone } from "#components/ui/tone.ts";
import type { CheckName, ExplainedPart, ExplainedWindow } from "#server/domain/explanation.ts";

/** Roads are not asked for places that leave no time whatever the way: then nobody knows how late one is. */
const NO_TIME_SEC = 86_400;

/** Each check by its word and its colour. */
export const CHECKS: Record<CheckName, { readonly word: string; readonly tone: Tone }> = {
  stock: { word: "Stock", tone: "late" },
  window: { word: "Window", tone: "info" },
  workload: { word: "Workload", tone: "warn" },
  route: { word: "Route", tone: "risk" },
};

export function outcomeOf({ binding }: Pick<ExplainedWindow, "binding">): {
  readonly word: string;
  readonly tone: Tone;
} {
  return binding ? CHECKS[binding.check] : { word: "Offered", tone: "ok" };
}

export function windowWords({ window }: ExplainedPart, zone: string): string[] {
  const { isInReach, cutOffAt, lastOrderAt } = window;
  return [
    isInReach ? "The door is in the service area." : "The door is outside of the service area.",
    cutOffAt ? `Cut-off ${formatTime(cutOffAt, zone, "day-time")}.` : "No cut-off by rule.",
    lastOrderAt
      ? `To be picked before the van leaves: order by ${formatTime(lastOrderAt, zone, "day-time")}.`
      : "No hour is worked here before the van leaves.",
  ];
}

export function workloadWords({ workload }: ExplainedPart, zone: string): string[] {
  if (!workload) return ["No shift of this node is known, so there is no hour to pick by."];
  const { passed, wantedSec, freeSec, pickBy, nextFreeAt } = workload;
  const short = wantedSec - freeSec;
  return [
    `${wantedSec} s of picking wanted, ${freeSec} s free before ${formatTime(pickBy, zone, "day-time")}${passed ? "." : `: ${short} s short.`}`,
    ...(passed
      ? []
      : [
          nextFreeAt
            ? `The next hour with room for all of it begins ${formatTime(nextFreeAt, zone, "day-time")}.`
            : "No later hour has room for all of it.",
        ]),
  ];
}

export function routeWords({ route }: ExplainedPart, zone: string): string[] {
  if (!route) return ["No shift of this node is planned and still to leave."];
  const shift = `${route.vehicle}, ${formatTime(route.startsAt, zone, "day-time")} to ${formatTime(route.endsAt, zone)}`;
  if (route.gapSec > 0) return [`The nearest shift misses the window by ${formatDuration(route.gapSec)}: ${shift}.`];
  const cold = [route.lacksChilled && "chilled", route.lacksFrozen && "frozen"].filter(Boolean).join(" and ");
  const load = `${kilograms(route.weightG)} and ${litres(route.volumeMl)} to carry`;
  const shortOf = (g: number, ml: number) =>
    [g > 0 && kilograms(g), ml > 0 && litres(ml)].filter(Boolean).join(" and ");
  const limit = shortOf(route.overLimitG, route.overLimitMl);
  const free = shortOf(route.overFreeG, route.overFreeMl);
  return [
    `${shift}.`,
    ...(cold ? [`It does not carry ${cold} goods.`] : []),
    limit
      ? `${load}: ${limit} more than the empty van takes.`
      : free
        ? `${load}: ${free} more than is free.`
        : `${load}: there is room.`,
    route.lateSec === 0
      ? "There is a place in its route."
      : route.lateWhenEmptySec > 0 && route.lateWhenEmptySec < NO_TIME_SEC
        ? `Too late by ${formatDuration(route.lateWhenEmptySec)} even if it came here only.`
        : route.lateSec >= NO_TIME_SEC
          ? "No place in its route leaves time for one more stop."
          : `Its best place is ${formatDuration(route.lateSec)} too late for the window, or for the stops behind it.`,
  ];
}

const kilograms = (g: number) => `${(g / 1000).toFixed(g < 10_000 ? 1 : 0)} kg`;
const litres = (ml: number) => `${(ml / 1000).toFixed(ml < 10_000 ? 1 : 0)} l`;
