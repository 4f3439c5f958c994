"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { useReaderLanguage } from "./reader-language.tsx";

const PLACE = {
  /** In the middle; on a phone it rises from the bottom edge. */
  center:
    "inset-x-0 bottom-0 max-h-[92dvh] w-full rounded-t-2xl data-ending-style:translate-y-8 data-starting-style:translate-y-8 sm:inset-auto sm:top-1/2 sm:left-1/2 sm:max-w-lg sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl sm:data-ending-style:-translate-y-[46%] sm:data-starting-style:-translate-y-[46%]",
  /** Along the edge where lines end, full height. */
  end: "inset-y-0 end-0 h-dvh w-full max-w-md data-ending-style:translate-x-12 data-starting-style:translate-x-12 rtl:data-ending-style:-translate-x-12 rtl:data-starting-style:-translate-x-12 sm:rounded-s-2xl",
  /** Almost the whole screen: maps. */
  wide: "inset-x-0 bottom-0 h-[94dvh] w-full rounded-t-2xl data-ending-style:translate-y-8 data-starting-style:translate-y-8 sm:inset-6 sm:mx-auto sm:h-auto sm:max-w-4xl sm:rounded-2xl",
} as const;

export interface DialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly place?: keyof typeof PLACE;
  readonly children: ReactNode;
  /** Stays in sight below the scrolling content: what to do with it. */
  readonly footer?: ReactNode;
}

/** A modal: focus stays inside, Escape and the backdrop close it, focus returns to where it was. */
export function Dialog({ open, onOpenChange, title, description, place = "center", children, footer }: DialogProps) {
  const { words } = useReaderLanguage();
  return (
    <Base.Root open={open} onOpenChange={(next) => onOpenChange(next)}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-shade transition-opacity duration-200 data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup
          className={classNames(
            "fixed z-50 flex flex-col bg-surface text-ink shadow-lift-high outline-none",
            "transition-[opacity,translate] duration-200 ease-out data-ending-style:opacity-0 data-starting-style:opacity-0",
            PLACE[place],
          )}
        >
          <header className="flex items-start gap-3 border-line border-b px-5 py-4">
            <div className="min-w-0 flex-1">
              <Base.Title className="font-semibold text-lg leading-snug">{title}</Base.Title>
              {description && (
                <Base.Description className="mt-0.5 text-ink-muted text-sm">{description}</Base.Description>
              )}
            </div>
            <Base.Close
              aria-label={words.close}
              className="-mt-1.5 -me-2 grid size-10 place-items-center rounded-control text-ink-muted hover:bg-sunken pointer-coarse:size-11"
            >
              <X className="size-5" aria-hidden="true" />
            </Base.Close>
          </header>
          <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-5">{children}</div>
          {footer && (
            <footer className="border-line border-t px-5 pt-4 pb-[max(1rem,env(safe-area-inset-bottom))]">
              {footer}
            </footer>
          )}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
