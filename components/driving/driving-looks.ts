import type { StateLooks } from "#components/ui/state-badge.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { LeftWith } from "#server/domain/delivery-wishes.ts";
import type { ShiftState, StopState, Temperature } from "#server/domain/state.ts";

export const SHIFT_LOOKS: StateLooks<ShiftState> = {
  planned: { label: "Not started", tone: "neutral" },
  under_way: { label: "Under way", tone: "accent" },
  done: { label: "Done", tone: "ok" },
  cancelled: { label: "Cancelled", tone: "late" },
};

export const STOP_LOOKS: StateLooks<StopState> = {
  planned: { label: "To come", tone: "neutral" },
  arrived: { label: "At the door", tone: "accent" },
  delivered: { label: "Delivered", tone: "ok" },
  failed: { label: "Not delivered", tone: "late" },
};

/** Whom or where an order was left with. */
export const LEFT_WITH: Record<LeftWith, string> = {
  customer: "Handed over",
  safe_place: "Left in the safe place",
  neighbour: "Left with a neighbour",
};

/** What a driver must know about the goods; ambient goods need no word. */
export const TEMPERATURE_LOOKS: Record<Temperature, { readonly label: string; readonly tone: Tone } | null> = {
  ambient: null,
  chilled: { label: "Chilled", tone: "info" },
  frozen: { label: "Frozen", tone: "accent" },
};
