import { ArrowRightLeft, type LucideIcon, Package, ShoppingBag, Truck } from "lucide-react";
import type { StateLooks } from "#components/ui/state-badge.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { FulfilmentState, NodeKind, Service, Temperature } from "#server/domain/state.ts";

const TASK_LOOKS: StateLooks<FulfilmentState> = {
  to_pick: { label: "To pick", tone: "neutral" },
  ready: { label: "Ready", tone: "info" },
  handed_over: { label: "In the van", tone: "ok" },
  received: { label: "At the store", tone: "info" },
  delivered: { label: "Delivered", tone: "ok" },
  failed: { label: "Not delivered", tone: "late" },
  rejected: { label: "Rejected", tone: "risk" },
  repromised: { label: "Moved to another window", tone: "neutral" },
};

/** Of a service; what has left is with whoever brings it. */
export function taskLooks(service: Service): StateLooks<FulfilmentState> {
  return { ...TASK_LOOKS, handed_over: { label: LEFT_WITH[service], tone: "ok" } };
}

/** A pickup leaves its node only where it is brought to another. */
const LEFT_WITH: Record<Service, string> = { delivery: "In the van", parcel: "With the carrier", pickup: "On the run" };

/** What other nodes bring, as the store sees it. */
export const BROUGHT_LOOKS: StateLooks<FulfilmentState> = {
  ...TASK_LOOKS,
  to_pick: { label: "Being picked", tone: "neutral" },
  ready: { label: "Waits for its run", tone: "neutral" },
  handed_over: { label: "On its way", tone: "accent" },
  received: { label: "Here", tone: "info" },
};

/** In which part of the queue a task stands. */
export const SECTION_OF: Record<FulfilmentState, "pick" | "ready" | "gone"> = {
  to_pick: "pick",
  ready: "ready",
  handed_over: "gone",
  received: "gone",
  delivered: "gone",
  failed: "gone",
  rejected: "gone",
  repromised: "gone",
};

interface ServiceLook {
  readonly icon: LucideIcon;
  readonly label: string;
  /** What handing over means for it. */
  readonly handOver: string;
  readonly question: string;
}

export const SERVICE_LOOKS: Record<Service, ServiceLook> = {
  delivery: { icon: Truck, label: "Delivery", handOver: "Into the van", question: "Is it in the van?" },
  parcel: { icon: Package, label: "Parcel", handOver: "To the carrier", question: "Has the carrier got it?" },
  pickup: { icon: ShoppingBag, label: "Pickup", handOver: "To the customer", question: "Has the customer got it?" },
};

/** In the place of the service's, of what a run takes to another node. */
export const RUN_LOOK: ServiceLook = {
  icon: ArrowRightLeft,
  label: "Pickup elsewhere",
  handOver: "Onto the run",
  question: "Is it on the run?",
};

export const TEMPERATURE_LOOKS: Record<Temperature, { readonly label: string; readonly tone: Tone }> = {
  ambient: { label: "Ambient", tone: "neutral" },
  chilled: { label: "Chilled", tone: "info" },
  frozen: { label: "Frozen", tone: "accent" },
};

export const NODE_KINDS: Record<NodeKind, string> = {
  store: "Store",
  distribution_centre: "Distribution centre",
  micro_fulfilment: "Micro-fulfilment",
  partner: "Partner",
};

/** Less time than this and somebody should be picking it. */
const SOON_SEC = 45 * 60;

/** How the time left until the last moment for picking reads. */
export function slackTone(slackSec: number): Extract<Tone, "neutral" | "warn" | "late"> {
  return slackSec <= 0 ? "late" : slackSec < SOON_SEC ? "warn" : "neutral";
}
