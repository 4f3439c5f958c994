"use client";

import { X } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";

/** Details of what is selected, beside the map. Escape closes; it takes the focus when it opens for another thing. */
export function DetailPanel({
  title,
  aside,
  onClose,
  children,
}: {
  title: string;
  aside?: ReactNode;
  onClose: () => void;
  children: ReactNode;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another title is another thing
  useEffect(() => {
    heading.current?.focus();
  }, [title]);
  return (
    <section
      aria-label={title}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
      className="flex max-h-full min-h-0 flex-col overflow-hidden rounded-card border border-line bg-surface shadow-lift-high"
    >
      <header className="flex items-center gap-2 border-line border-b py-2 pr-2 pl-4">
        <h2
          ref={heading}
          tabIndex={-1}
          className="min-w-0 flex-1 scroll-mt-20 truncate font-semibold text-base outline-none"
        >
          {title}
        </h2>
        {aside}
        <button
          type="button"
          aria-label="Close the details"
          onClick={onClose}
          className="grid size-control place-items-center rounded-control text-ink-muted hover:bg-sunken"
        >
          <X className="size-4" aria-hidden="true" />
        </button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">{children}</div>
    </section>
  );
}

/** Label and value, one below the other. */
export function Facts({ children }: { children: ReactNode }) {
  return <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">{children}</dl>;
}

export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </>
  );
}
