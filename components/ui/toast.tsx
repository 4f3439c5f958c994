"use client";

import { Toast as Base } from "@base-ui/react/toast";
import { X } from "lucide-react";
import { type ReactNode, useCallback } from "react";
import { classNames } from "./class-names.ts";
import { SOFT_TONE, type Tone } from "./tone.ts";

interface ToastData {
  readonly tone: Tone;
}

/**
 * Around the pages that say something in passing. F6 reaches the messages by keyboard. On a phone they come from above: what there is
 * to press is at the bottom.
 */
export function Toasts({ children }: { children: ReactNode }) {
  return (
    <Base.Provider timeout={6000} limit={3}>
      {children}
      <Base.Portal>
        <Base.Viewport className="fixed end-4 top-2 z-70 flex w-[calc(100vw-2rem)] flex-col gap-2 sm:top-auto sm:bottom-4 sm:w-96">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

/** Says something that needs no answer: `toast("Saved")`. What needs one belongs where the eyes are, in a notice. */
export function useToast(): (title: string, options?: { tone?: Tone; description?: string }) => void {
  const { add } = Base.useToastManager<ToastData>();
  return useCallback(
    (title, { tone = "neutral", description } = {}) => {
      add({ title, description, data: { tone }, priority: tone === "late" ? "high" : "low" });
    },
    [add],
  );
}

function ToastList() {
  const { toasts } = Base.useToastManager<ToastData>();
  return toasts.map((toast) => (
    <Base.Root
      key={toast.id}
      toast={toast}
      className="rounded-card border border-line bg-surface shadow-lift-high transition-opacity duration-200 data-ending-style:opacity-0 data-limited:hidden data-starting-style:opacity-0"
    >
      <Base.Content className="flex items-start gap-3 p-3">
        <span
          aria-hidden="true"
          className={classNames(
            "mt-1 h-8 w-1 shrink-0 rounded-full bg-current",
            SOFT_TONE[toast.data?.tone ?? "neutral"],
          )}
        />
        <div className="min-w-0 flex-1 py-1">
          <Base.Title className="font-medium text-sm" />
          <Base.Description className="text-ink-muted text-sm" />
        </div>
        <Base.Close
          aria-label="Dismiss"
          className="grid size-9 place-items-center rounded-control text-ink-muted hover:bg-sunken pointer-coarse:size-11"
        >
          <X className="size-4" aria-hidden="true" />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
