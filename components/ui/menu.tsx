"use client";

import { Menu as Base } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface MenuAction {
  readonly label: ReactNode;
  readonly onSelect: () => void;
  readonly danger?: boolean;
  /** Why it cannot be done now; shown under its label. */
  readonly disabledReason?: string | undefined;
}

/** Actions behind one button. `trigger` is a button element; it gets the menu's behaviour. */
export function Menu({ trigger, actions }: { trigger: ReactElement; actions: readonly MenuAction[] }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-60 outline-none">
          <Base.Popup className="min-w-48 rounded-control border border-line bg-surface py-1 text-control shadow-lift-high outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            {actions.map((action, place) => (
              <Base.Item
                // biome-ignore lint/suspicious/noArrayIndexKey: a menu's actions keep their places while it is open
                key={place}
                disabled={Boolean(action.disabledReason)}
                onClick={action.onSelect}
                className={classNames(
                  "flex min-h-control cursor-default flex-col justify-center px-3 outline-none select-none data-highlighted:bg-sunken",
                  action.danger && "text-late",
                )}
              >
                {action.label}
                {action.disabledReason && <span className="text-ink-muted text-xs">{action.disabledReason}</span>}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
