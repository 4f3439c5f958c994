import { z } from "zod";
import type { EventKind } from "#server/domain/event.ts";
import { Instant } from "#server/domain/instant.ts";
import type { OrderState, Service } from "#server/domain/state.ts";

export const TimelineStep = z.object({
  step: z.enum(["confirmed", "ready", "on_the_way", "arrived", "delivered", "failed", "unplaced"]),
  progress: z.enum(["done", "current", "ahead"]),
  /** When it was reached; null ahead of it. */
  at: Instant.nullable(),
});
export type TimelineStep = z.output<typeof TimelineStep>;

interface TimedEvent {
  readonly kind: EventKind;
  readonly at: Date;
}

const PATHS: Record<Service, readonly OrderState[]> = {
  delivery: ["confirmed", "ready", "on_the_way", "arrived", "delivered"],
  parcel: ["confirmed", "ready", "on_the_way", "delivered"],
  pickup: ["confirmed", "ready", "delivered"],
};

/** The event that brings an order into a state. Total: a new state needs its event before this compiles. */
const REACHED_BY: Record<OrderState, EventKind> = {
  confirmed: "order_confirmed",
  ready: "order_ready",
  on_the_way: "order_on_the_way",
  arrived: "order_arrived",
  delivered: "order_delivered",
  failed: "order_failed",
  unplaced: "order_rejected",
};

/**
 * The steps of an order from confirmation to the door, `events` oldest first.
 *
 * A failed order ends in "failed" behind what it has reached; one that lost its store stands at "unplaced" until another
 * takes it: that one picks from the start, so the latest time of each step is the one that counts.
 */
export function orderTimeline(service: Service, state: OrderState, events: readonly TimedEvent[]): TimelineStep[] {
  // A van's goods are on the way when it leaves, a carrier's once it has them; what is brought to a store is ready once it is there.
  const eventsOf = (step: OrderState): readonly EventKind[] =>
    service === "parcel" && step === "on_the_way"
      ? ["order_handed_over"]
      : step === "ready"
        ? [REACHED_BY.ready, "order_received"]
        : [REACHED_BY[step]];
  const reachedAt = (step: OrderState) =>
    events.findLast((event) => eventsOf(step).includes(event.kind))?.at.toISOString() ?? null;

  const path: OrderState[] =
    state === "failed"
      ? [...PATHS[service].filter((step) => step !== "delivered" && reachedAt(step) !== null), "failed"]
      : state === "unplaced"
        ? ["confirmed", "unplaced", ...PATHS[service].slice(1)]
        : [...PATHS[service]];
  const here = path.indexOf(state);
  return path.map((step, place) => ({
    step,
    progress: place < here || (place === here && isLast(state)) ? "done" : place === here ? "current" : "ahead",
    at: place <= here ? reachedAt(step) : null,
  }));
}

function isLast(state: OrderState): boolean {
  return state === "delivered" || state === "failed";
}
