"use client";

import { useEffect, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";

/** How long the question stands before the button forgets that it was pressed. */
const ASKS_MS = 5000;

/** For what cannot be taken back: the first press asks in the button's own place, the second does it. */
export function ConfirmButton({
  question,
  onConfirm,
  children,
  variant = "primary",
  ...rest
}: Omit<ButtonProps, "onClick"> & { question: string; onConfirm: () => void }) {
  const [asking, setAsking] = useState(false);
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), ASKS_MS);
    return () => clearTimeout(timer);
  }, [asking]);
  return (
    <Button
      {...rest}
      variant={asking ? "danger" : variant}
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
