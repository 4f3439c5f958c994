import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

/** Something that can wait, behind its name. */
export function Disclosure({
  title,
  open = false,
  className,
  children,
}: {
  title: ReactNode;
  open?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <details open={open} className={classNames("group/disclosure", className)}>
      <summary className="flex min-h-control list-none items-center gap-1.5 font-medium [&::-webkit-details-marker]:hidden">
        <ChevronRight
          className="size-4 shrink-0 text-ink-faint transition-transform group-open/disclosure:rotate-90"
          aria-hidden="true"
        />
        {title}
      </summary>
      {children}
    </details>
  );
}
