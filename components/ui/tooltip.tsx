"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

/** A short note on hover and focus. Never the only place where something is said: touch has no hover. */
export function Tooltip({ note, children }: { note: ReactNode; children: ReactElement }) {
  return (
    <Base.Provider delay={300}>
      <Base.Root>
        <Base.Trigger render={children} />
        <Base.Portal>
          <Base.Positioner sideOffset={6} className="z-60">
            <Base.Popup className="max-w-72 rounded-control bg-ink px-2.5 py-1.5 text-canvas text-xs transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
              {note}
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </Base.Provider>
  );
}
