import type { CartLine, Destination } from "#server/domain/cart.ts";
import type { FaultCode } from "#server/domain/fault.ts";
import type { HoldId } from "#server/domain/id.ts";
import { isCart } from "./cart-store.ts";
import { COLOUR_SCHEMES, type ColourScheme } from "./colour-scheme.ts";
import { isDestination } from "./delivery-store.ts";
import { type Language, languageOf } from "./language.ts";
import type { SlotMode } from "./slot-board.ts";

// What the embedded picker and the page around it say to each other. docs/embed.md explains it to that page's authors.

/** Stands in every message as `kept`. It rises when a message changes its meaning; new messages and fields do not raise it. */
export const EMBED_VERSION = 1;

/** What the page around it may say. */
export type HostMessage =
  /** `partial`: the shopper may be asked to go on without what there is too little of. */
  | { readonly type: "cart"; readonly lines: readonly CartLine[]; readonly partial: boolean }
  | { readonly type: "address"; readonly destination: Destination }
  | { readonly type: "language"; readonly language: Language }
  | { readonly type: "scheme"; readonly scheme: ColourScheme }
  /** The order of the held window is confirmed: it is no longer the picker's. */
  | { readonly type: "confirmed" };

/** What the picker says. */
export type PickerMessage =
  /** It listens: send the cart and the address. */
  | { readonly type: "ready" }
  | { readonly type: "height"; readonly heightPx: number }
  /** A window is held for the shopper until `expiresAt`; a former one is given back. */
  | {
      readonly type: "chosen";
      readonly holdId: HoldId;
      readonly mode: SlotMode;
      readonly nodeId: string | null;
      /** Whose parcel it is; empty of what is none. */
      readonly carriers: readonly string[];
      readonly startsAt: string;
      readonly endsAt: string;
      readonly timeZone: string;
      readonly priceCents: number;
      readonly currency: string;
      readonly expiresAt: string;
      /** What is held: the cart, or what there is of it. */
      readonly lines: readonly CartLine[];
      /** What it lacks of the cart: units by SKU. */
      readonly leftOut: readonly CartLine[];
    }
  /** A window that was chosen is not the shopper's, or no longer. Nothing is held unless `chosen` was said of another. */
  | {
      readonly type: "lost";
      readonly reason: LossReason;
      readonly startsAt: string;
      readonly endsAt: string;
      readonly nearest: { readonly startsAt: string; readonly endsAt: string } | null;
    }
  /** A message was not understood. */
  | { readonly type: "refused"; readonly what: string };

export type LossReason = "over" | "cartChanged" | "addressChanged" | FaultCode;

/** Whether a message is meant for the picker at all: others talk in the same window. */
export function isForPicker(data: unknown): data is { readonly kept: unknown; readonly type?: unknown } {
  return typeof data === "object" && data !== null && "kept" in data;
}

/** A message of the page around it, or what is wrong with it. */
export function readHostMessage(data: { readonly kept: unknown }): HostMessage | { readonly wrong: string } {
  const given = data as Readonly<Record<string, unknown>>;
  if (given.kept !== EMBED_VERSION) return { wrong: `version ${String(given.kept)}: this is ${EMBED_VERSION}` };
  switch (given.type) {
    case "cart":
      if (!isCart(given.lines)) return { wrong: "cart: lines" };
      return { type: "cart", lines: given.lines, partial: given.partial === "allowed" };
    case "address":
      return isDestination(given.destination)
        ? { type: "address", destination: given.destination }
        : { wrong: "address: destination" };
    case "language": {
      const language = typeof given.language === "string" ? languageOf(given.language) : null;
      return language ? { type: "language", language } : { wrong: "language: language" };
    }
    case "scheme": {
      const scheme = COLOUR_SCHEMES.find((each) => each === given.scheme);
      return scheme ? { type: "scheme", scheme } : { wrong: "scheme: scheme" };
    }
    case "confirmed":
      return { type: "confirmed" };
    default:
      return { wrong: "type" };
  }
}
