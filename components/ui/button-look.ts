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

/** The look of a button, for what is one and for links that look like one. */
export function buttonLook(variant: ButtonVariant = "secondary", size: ButtonSize = "medium"): string {
  return classNames(
    "relative inline-flex items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap select-none",
    "transition-colors duration-150 aria-disabled:cursor-not-allowed aria-disabled:opacity-55",
    VARIANT[variant],
    SIZE[size],
  );
}
