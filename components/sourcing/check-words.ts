import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime } from "#components/ui/format-time.ts";
import type { Tone } from "#components/ui/tone.ts";
import type { CheckName, ExplainedPart, ExplainedWindow, Explanation } from "#server/domain/explanation.ts";
import type { Service } from "#server/domain/state.ts";

/** Roads are not asked for places that leave no time whatever the way: then nobody knows how late one is. */
const NO_TIME_SEC = 86_400;

/** Each check by its word and its colour. */
export const CHECKS: Record<CheckName, { readonly word: string; readonly tone: Tone }> = {
  stock: { word: "Stock", tone: "late" },
  window: { word: "Window", tone: "info" },
  workload: { word: "Workload", tone: "warn" },
  route: { word: "Route", tone: "risk" },
};

export const SERVICE_WORDS: Record<Service, string> = {
  delivery: "Delivery by van",
  parcel: "Parcel",
  pickup: "Pickup",
};

/** What a check is called: what moves the goods is a route, a carrier or a run. */
export function checkWord(check: CheckName, service: Service): string {
  return check === "route" ? MOVERS[service].check : CHECKS[check].word;
}

/** By what it moves: the check, and what has to be picked in time for. */
const MOVERS: Record<Service, { readonly check: string; readonly leaves: string }> = {
  delivery: { check: "Route", leaves: "the van leaves" },
  parcel: { check: "Carrier", leaves: "the carrier comes" },
  pickup: { check: "Run", leaves: "it leaves or is handed over" },
};

export function outcomeOf(
  { binding }: Pick<ExplainedWindow, "binding">,
  service: Service,
): { readonly word: string; readonly tone: Tone } {
  if (!binding) return { word: "Offered", tone: "ok" };
  return { word: checkWord(binding.check, service), tone: CHECKS[binding.check].tone };
}

export function windowWords(
  part: ExplainedPart,
  { places }: Pick<ExplainedWindow, "places">,
  { service, timeZone }: Pick<Explanation, "service" | "timeZone">,
): string[] {
  const { isInReach, cutOffAt, lastOrderAt } = part.window;
  const { leaves } = MOVERS[service];
  return [
    ...(isInReach === null
      ? []
      : [isInReach ? "The door is in the service area." : "The door is outside of the service area."]),
    ...(places === null ? [] : [places > 0 ? `Places left at the counter: ${places}.` : "The counter is full then."]),
    ...(part.route === null && part.run === null
      ? []
      : [
          cutOffAt ? `Cut-off ${formatTime(cutOffAt, timeZone, "day-time")}.` : "No cut-off by rule.",
          lastOrderAt
            ? `Order by ${formatTime(lastOrderAt, timeZone, "day-time")}: then it can be picked before ${leaves}.`
            : `No hour is worked here before ${leaves}.`,
        ]),
  ];
}

export function workloadWords({ workload }: ExplainedPart, zone: string): string[] {
  if (!workload) return ["Nothing leaves this node for it, so there is no hour to pick by."];
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

export function runWords({ run }: ExplainedPart, service: Service, zone: string): string[] {
  if (!run)
    return [
      service === "parcel"
        ? "No carrier fetches here what would come on this day."
        : "No run from this node is ready before the window starts, and no more than a day before.",
    ];
  if (run.name === null) return ["The goods are on the store's own shelves: nothing has to be brought."];
  const cold = [run.lacksChilled && "chilled", run.lacksFrozen && "frozen"].filter(Boolean).join(" and ");
  const leaves = formatTime(run.leavesAt, zone, "day-time");
  const arrives = run.arrivesAt && formatTime(run.arrivesAt, zone, "day-time");
  return [
    service === "parcel"
      ? `${run.name} fetches ${leaves}.`
      : `The run from ${run.name} leaves ${leaves}, ready ${arrives}.`,
    ...(cold ? [`It does not carry ${cold} goods.`] : []),
    run.overLimitG > 0
      ? `${kilograms(run.weightG)} to carry: ${kilograms(run.overLimitG)} more than its heaviest parcel.`
      : `${kilograms(run.weightG)} to carry.`,
    run.free > 0
      ? `It still takes ${run.free} ${service === "parcel" ? "parcels" : "orders"}.`
      : `It takes no more ${service === "parcel" ? "parcels" : "orders"}.`,
  ];
}

const kilograms = (g: number) => `${(g / 1000).toFixed(g < 10_000 ? 1 : 0)} kg`;
const litres = (ml: number) => `${(ml / 1000).toFixed(ml < 10_000 ? 1 : 0)} l`;
