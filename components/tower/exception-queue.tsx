"use client";

import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { classNames } from "#components/ui/class-names.ts";
import { Disclosure } from "#components/ui/disclosure.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { useNow } from "#components/ui/use-now.ts";
import { EXCEPTIONS } from "#server/domain/exception.ts";
import type { TowerException } from "./tower-data.ts";
import { EXCEPTION_ICONS, RESOLUTIONS, reasonWords } from "./tower-looks.ts";

/** What needs a hand, the longest wait first; below, what ended in the last day. */
export function ExceptionQueue({
  open,
  resolved,
  now: platformNow,
  zone,
  selectedId,
  onSelect,
}: {
  open: readonly TowerException[];
  resolved: readonly TowerException[];
  now: string;
  zone: string;
  selectedId: string | undefined;
  onSelect: (exception: TowerException) => void;
}) {
  const now = useNow(platformNow);
  const row = (exception: TowerException, note: ReactNode) => (
    <li key={exception.exceptionId}>
      <ExceptionRow
        exception={exception}
        zone={zone}
        note={note}
        selected={exception.exceptionId === selectedId}
        onSelect={() => onSelect(exception)}
      />
    </li>
  );
  return (
    <>
      <h2 className="sr-only">Open exceptions</h2>
      {open.length === 0 ? (
        <EmptyState icon={<CircleCheck className="size-8" aria-hidden="true" />} title="Nothing needs a hand">
          Every open promise has a plan that keeps it. What goes wrong appears here by itself.
        </EmptyState>
      ) : (
        // What comes is told; how long it has been waiting is not told again every minute.
        <ul aria-live="polite" aria-relevant="additions">
          {open.map((exception) =>
            row(exception, `open for ${formatDuration((now - Date.parse(exception.openedAt)) / 1000)}`),
          )}
        </ul>
      )}
      {resolved.length > 0 && (
        <Disclosure
          title={`Ended in the last day (${resolved.length})`}
          className="border-line border-t px-3 text-ink-muted"
        >
          <ul className="-mx-3">
            {resolved.map((exception) =>
              row(
                exception,
                exception.resolution &&
                  exception.resolvedAt &&
                  `${RESOLUTIONS[exception.resolution]}, ${formatTime(exception.resolvedAt, zone)}`,
              ),
            )}
          </ul>
        </Disclosure>
      )}
    </>
  );
}

function ExceptionRow({
  exception,
  zone,
  note,
  selected,
  onSelect,
}: {
  exception: TowerException;
  zone: string;
  note: ReactNode;
  selected: boolean;
  onSelect: () => void;
}) {
  const Icon = EXCEPTION_ICONS[exception.kind];
  const { order, node, van, door, goods } = exception;
  const isOver = exception.resolvedAt !== null;
  return (
    <button
      type="button"
      aria-pressed={selected}
      onClick={onSelect}
      className={classNames(
        "flex w-full items-start gap-2.5 border-line border-b px-3 py-2.5 text-left -outline-offset-2",
        selected ? "bg-accent-soft" : "hover:bg-sunken/60",
      )}
    >
      <Icon
        className={classNames("mt-0.5 size-4 shrink-0", isOver ? "text-ink-faint" : "text-late")}
        aria-hidden="true"
      />
      <span className="min-w-0 flex-1">
        <span className="flex items-baseline justify-between gap-2">
          <span className={classNames("font-semibold", isOver && "text-ink-muted")}>
            {EXCEPTIONS[exception.kind].title}
          </span>
          <span className="shrink-0 font-medium text-late">{isOver ? null : figureOf(exception)}</span>
        </span>
        <span className="block truncate">
          {door
            ? [order && `${order.number} · ${order.customerName}`, windowOf(door, zone)].filter(Boolean).join(" · ")
            : van
              ? `${van.name} · from ${formatTime(van.startsAt, zone)}`
              : goods?.name}
        </span>
        <span className="block truncate text-ink-muted text-xs">{[node?.name, note].filter(Boolean).join(" · ")}</span>
      </span>
    </button>
  );
}

/** The one figure that says how bad it is. */
export function figureOf({ lateSec, rejectReason, parkReason, goods }: TowerException): string | null {
  if (goods !== null) return `${goods.missingUnits} missing`;
  if (lateSec !== null) return `${formatDuration(lateSec)} late`;
  const reason = rejectReason ?? parkReason;
  return reason === null ? null : reasonWords(reason);
}

function windowOf({ windowStartsAt, windowEndsAt }: NonNullable<TowerException["door"]>, zone: string): string {
  return `${formatTime(windowStartsAt, zone, "short-day")}, ${formatWindow(windowStartsAt, windowEndsAt, zone)}`;
}
