import type { ExceptionKind } from "./state.ts";

interface Sentences {
  readonly title: string;
  /** For the operator: what would end it. */
  readonly remedy: string;
}

/** What each kind of exception says to the person who deals with it. */
export const EXCEPTIONS: Record<ExceptionKind, Sentences> = {
  hold_unplannable: {
    title: "A hold fits no route",
    remedy: "Add a van or lengthen a shift in this window, or call the customer and agree on another one.",
  },
  order_rejected: {
    title: "Order without a node",
    remedy:
      "No other node can serve it in time. Move stock or raise a node's capacity, or call the customer and end what is missing.",
  },
  van_late: {
    title: "Van runs late",
    remedy: "Call the customers whose window it will miss, or send another van to the last stops.",
  },
  transfer_late: {
    title: "Goods not at the store in time",
    remedy:
      "They missed their run, or the store has not received them. Find them and receive them at the store; if they are lost, the store says so, and others are sought.",
  },
  order_parked: {
    title: "A parked order must go on",
    remedy:
      "Settle what it waits for and release it, or move it to a later window: soon it can no longer be picked in time.",
  },
  stock_short: {
    title: "Reserved goods are not there",
    remedy:
      "Count the shelf again or bring goods in. Otherwise reject the orders that cannot be picked, so that another node takes them.",
  },
};
