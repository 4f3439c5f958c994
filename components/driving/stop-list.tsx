import { Disclosure } from "#components/ui/disclosure.tsx";
import { formatTime, formatWindow } from "#components/ui/format-time.ts";
import { StateBadge } from "#components/ui/state-badge.tsx";
import { expectedAt } from "#server/domain/expected-at.ts";
import { FAIL_REASONS } from "#server/domain/fail-reason.ts";
import type { RunStop } from "./driving-data.ts";
import { LEFT_WITH, STOP_LOOKS } from "./driving-looks.ts";
import { Temperatures } from "./next-stop.tsx";

/** The other doors of the run, in driving order. */
export function StopList({
  title,
  stops,
  firstPlace,
  zone,
  open = false,
}: {
  title: string;
  stops: readonly RunStop[];
  firstPlace: number;
  zone: string;
  open?: boolean;
}) {
  return (
    <Disclosure title={title} open={open}>
      <ol className="overflow-hidden rounded-card border border-line bg-surface">
        {stops.map((stop, index) => (
          <li key={stop.stopId} className="flex items-start gap-3 border-line border-b px-4 py-3 last:border-b-0">
            <span className="w-6 shrink-0 text-right font-semibold text-ink-muted">{firstPlace + index}</span>
            <div className="min-w-0 flex-1">
              <p className="font-medium">{stop.address}</p>
              <p className="text-ink-muted text-sm">
                {formatWindow(stop.windowStartsAt, stop.windowEndsAt, zone)}
                {stop.order ? ` · ${stop.order.customerName}` : " · held, not ordered yet"}
                {stop.finishedAt
                  ? ` · ${formatTime(stop.finishedAt, zone)}`
                  : ` · expected ${formatTime(expectedAt(stop), zone)}`}
                {stop.leftWith && stop.leftWith !== "customer" && ` · ${LEFT_WITH[stop.leftWith].toLowerCase()}`}
                {stop.failReason && ` · ${FAIL_REASONS[stop.failReason].toLowerCase()}`}
              </p>
              {stop.order && stop.finishedAt === null && <Temperatures temperatures={stop.order.temperatures} />}
            </div>
            {stop.state !== "planned" && <StateBadge state={stop.state} looks={STOP_LOOKS} />}
          </li>
        ))}
      </ol>
    </Disclosure>
  );
}
