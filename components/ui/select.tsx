"use client";

import { Select as Base } from "@base-ui/react/select";
import { Check, ChevronsUpDown } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";
import { INPUT_LOOK } from "./input.tsx";

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
}

export function Select<Value extends string>({
  label,
  options,
  value,
  onValueChange,
  placeholder,
  hideLabel = false,
  className,
}: {
  label: string;
  options: readonly SelectOption<Value>[];
  value: Value | null;
  onValueChange: (value: Value) => void;
  placeholder?: string;
  hideLabel?: boolean;
  className?: string;
}) {
  return (
    <div className={classNames("flex flex-col gap-1.5", className)}>
      <Base.Root items={options} value={value} onValueChange={(next) => next !== null && onValueChange(next)}>
        <Base.Label className={hideLabel ? "sr-only" : "font-medium text-control"}>{label}</Base.Label>
        <Base.Trigger
          className={classNames(INPUT_LOOK, "flex h-control items-center justify-between gap-2 text-start select-none")}
        >
          <Base.Value placeholder={placeholder} className="truncate data-placeholder:text-ink-faint" />
          <Base.Icon className="text-ink-faint">
            <ChevronsUpDown className="size-4" aria-hidden="true" />
          </Base.Icon>
        </Base.Trigger>
        <Base.Portal>
          <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-60 outline-none">
            <Base.Popup className="max-h-(--available-height) min-w-(--anchor-width) overflow-y-auto rounded-control border border-line bg-surface py-1 text-control shadow-lift-high outline-none transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
              <Base.List>
                {options.map((option) => (
                  <Base.Item
                    key={option.value}
                    value={option.value}
                    className="grid min-h-control cursor-default grid-cols-[1.25rem_1fr] items-center gap-1 px-2 pe-4 outline-none select-none data-highlighted:bg-sunken"
                  >
                    <Base.ItemIndicator className="col-start-1 text-accent">
                      <Check className="size-4" aria-hidden="true" />
                    </Base.ItemIndicator>
                    <Base.ItemText className="col-start-2">{option.label}</Base.ItemText>
                  </Base.Item>
                ))}
              </Base.List>
            </Base.Popup>
          </Base.Positioner>
        </Base.Portal>
      </Base.Root>
    </div>
  );
}
