"use client";

import { useEffect, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";
import { classNames } from "./class-names.ts";

/** How long the question stands before the button forgets that it was pressed. */
const ASKS_MS = 5000;

/** For what cannot be taken back: the first press asks in the button's own place, the second does it. */
export function ConfirmButton({
  question,
  onConfirm,
  children,
  variant = "primary",
  danger = false,
  className,
  ...rest
}: Omit<ButtonProps, "onClick"> & {
  question: string;
  onConfirm: () => void;
  /** Something is lost by it. */
  danger?: boolean;
}) {
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), ASKS_MS);
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <Button
      {...rest}
      variant={asking ? (danger ? "danger" : "primary") : variant}
      className={classNames(className, asking && "outline-3 outline-accent-line outline-offset-2")}
      onBlur={() => setAsking(false)}
      onKeyDown={(event) => event.key === "Escape" && setAsking(false)}
      onClick={() => {
        setAsking(!asking);
        if (asking) onConfirm();
      }}
    >
      <span aria-live="polite">{asking ? question : children}</span>
    </Button>
  );
}
