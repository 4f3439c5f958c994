import { classNames } from "./class-names.ts";

export type ButtonVariant = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "medium" | "small";

const VARIANT: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line-strong bg-surface text-ink hover:bg-sunken",
  quiet: "text-accent hover:bg-accent-soft",
  danger: "bg-late text-on-late hover:opacity-90",
};

const SIZE: Record<ButtonSize, string> = {
  medium: "min-h-control px-(--control-pad) text-control",
  small: "min-h-9 px-3 text-sm pointer-coarse:min-h-11",
};

/**
 * Words in a line that can be pressed: links in tables and lists of facts. For a finger the room above and below counts as
 * well, 44 pixels in all; a list of them leaves that room.
 */
export const TEXT_BUTTON =
  "relative max-w-full text-start pointer-coarse:after:absolute pointer-coarse:after:inset-x-0 pointer-coarse:after:-inset-y-3";

/** The look of a button, for what is one and for links that look like one. */
export function buttonLook(variant: ButtonVariant = "secondary", size: ButtonSize = "medium"): string {
  return classNames(
    "relative inline-flex items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap select-none",
    "transition-colors duration-150 aria-disabled:cursor-not-allowed aria-disabled:opacity-55",
    VARIANT[variant],
    SIZE[size],
  );
}
