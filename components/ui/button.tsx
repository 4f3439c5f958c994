"use client";

import { type ComponentProps, type MouseEvent, useId } from "react";
import { type ButtonSize, type ButtonVariant, buttonLook } from "./button-look.ts";
import { classNames } from "./class-names.ts";
import { Spinner } from "./spinner.tsx";

export interface ButtonProps extends Omit<ComponentProps<"button">, "disabled"> {
  readonly variant?: ButtonVariant;
  readonly size?: ButtonSize;
  /** Its action runs: clicks are ignored, the width stays, and a screen reader hears "busy". */
  readonly pending?: boolean | undefined;
  /** Why it cannot be pressed now, in words. It stays in the tab order, so that the reason can be found by keyboard. */
  readonly disabledReason?: string | null | undefined;
  /** Where the reason stands: under the button, or in a bubble on hover and focus where there is no room. */
  readonly reason?: "below" | "bubble";
}

export function Button({
  variant,
  size,
  pending = false,
  disabledReason,
  reason = "below",
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const off = Boolean(disabledReason) || pending;
  const press = (event: MouseEvent<HTMLButtonElement>) => {
    if (off) event.preventDefault();
    else onClick?.(event);
  };
  const button = (
    <button
      type="button"
      {...rest}
      onClick={press}
      aria-disabled={off || undefined}
      aria-busy={pending || undefined}
      aria-describedby={disabledReason ? reasonId : rest["aria-describedby"]}
      className={classNames(buttonLook(variant, size), className)}
    >
      {pending && <Spinner className="absolute" />}
      <span className={classNames("inline-flex items-center gap-2", pending && "opacity-0")}>{children}</span>
    </button>
  );
  if (!disabledReason) return button;
  if (reason === "below")
    return (
      <span className="flex max-w-full flex-col items-start gap-1.5">
        {button}
        <span id={reasonId} className="text-ink-muted text-sm">
          {disabledReason}
        </span>
      </span>
    );
  return (
    <span className="group/reason relative flex">
      {button}
      <span
        id={reasonId}
        role="tooltip"
        className="pointer-events-none absolute top-full start-0 z-30 mt-1 hidden w-max max-w-64 rounded-control bg-ink px-2.5 py-1.5 text-canvas text-xs group-focus-within/reason:block group-hover/reason:block"
      >
        {disabledReason}
      </span>
    </span>
  );
}
