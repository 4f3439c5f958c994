import { expect, test } from "vitest";
import type { EventKind } from "#server/domain/event.ts";
import { orderTimeline } from "./order-timeline.ts";

const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 8, minute));
const events = (...kinds: EventKind[]) => kinds.map((kind, minute) => ({ kind, at: at(minute) }));

test("a delivery stands at the step it has reached, with the times of those behind it", () => {
  const steps = orderTimeline("delivery", "ready", events("order_confirmed", "order_ready"));
  expect(steps).toEqual([
    { step: "confirmed", progress: "done", at: at(0).toISOString() },
    { step: "ready", progress: "current", at: at(1).toISOString() },
    { step: "on_the_way", progress: "ahead", at: null },
    { step: "arrived", progress: "ahead", at: null },
    { step: "delivered", progress: "ahead", at: null },
  ]);
});

test("a delivered order has nothing ahead and nothing current", () => {
  const steps = orderTimeline("pickup", "delivered", events("order_confirmed", "order_ready", "order_delivered"));
  expect(steps.map((step) => step.progress)).toEqual(["done", "done", "done"]);
});

test("a failed attempt ends the path where delivery would have been", () => {
  const steps = orderTimeline(
    "delivery",
    "failed",
    events("order_confirmed", "order_ready", "order_handed_over", "order_on_the_way", "order_arrived", "order_failed"),
  );
  expect(steps.at(-1)).toEqual({ step: "failed", progress: "done", at: at(5).toISOString() });
});

test("an order that was given up shows no step that it never reached", () => {
  const steps = orderTimeline("pickup", "failed", events("order_confirmed", "order_rejected", "order_failed"));
  expect(steps.map((step) => `${step.step} ${step.progress}`)).toEqual(["confirmed done", "failed done"]);
});

test("an order that lost its store waits for another one", () => {
  const steps = orderTimeline("pickup", "unplaced", events("order_confirmed", "order_ready", "order_rejected"));
  expect(steps.map((step) => `${step.step} ${step.progress}`)).toEqual([
    "confirmed done",
    "unplaced current",
    "ready ahead",
    "delivered ahead",
  ]);
});

test("the next store picks from the start, and its times count", () => {
  const lost = ["order_confirmed", "order_ready", "order_rejected", "order_replaced"] as const;
  const waiting = orderTimeline("delivery", "confirmed", events(...lost));
  expect(waiting[0]).toEqual({ step: "confirmed", progress: "current", at: at(0).toISOString() });
  expect(waiting[1]).toEqual({ step: "ready", progress: "ahead", at: null });

  const picked = orderTimeline("delivery", "ready", events(...lost, "order_ready"));
  expect(picked[1]).toEqual({ step: "ready", progress: "current", at: at(4).toISOString() });
});
