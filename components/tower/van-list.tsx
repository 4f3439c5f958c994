"use client";

import { Badge } from "#components/ui/badge.tsx";
import { classNames } from "#components/ui/class-names.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatDuration } from "#components/ui/format-duration.ts";
import { formatTime } from "#components/ui/format-time.ts";
import { Meter } from "#components/ui/meter.tsx";
import { StateBadge } from "#components/ui/state-badge.tsx";
import type { ShiftState } from "#server/domain/state.ts";
import { routeColours } from "./route-colours.ts";
import { RouteSwatch } from "./route-swatch.tsx";
import type { TowerNode, TowerRoute } from "./tower-data.ts";
import { SHIFT_LOOKS } from "./tower-looks.ts";

/** What can still go wrong leads; among the planned, those with something to do. */
const RANK: Record<ShiftState, number> = { under_way: 0, planned: 1, done: 2, cancelled: 3 };

/** The vans of the day. */
export function VanList({
  routes,
  nodes,
  zone,
  selectedId,
  onSelect,
}: {
  routes: readonly TowerRoute[];
  nodes: readonly TowerNode[];
  zone: string;
  selectedId: string | undefined;
  onSelect: (shiftId: string) => void;
}) {
  if (routes.length === 0)
    return (
      <EmptyState title="No vans on this day">Roster a shift in the network's files and import them again.</EmptyState>
    );
  const nodeNames = new Map(nodes.map((node) => [node.nodeId as string, node.name]));
  const colours = routeColours(routes);
  const sorted = [...routes].sort(
    (a, b) =>
      RANK[a.state] - RANK[b.state] || b.lateSec - a.lateSec || Number(b.stops.length > 0) - Number(a.stops.length > 0),
  );
  return (
    <ul>
      {sorted.map((route) => {
        const doneCount = route.stops.filter((stop) => stop.finishedAt !== null).length;
        return (
          <li key={route.shiftId}>
            <button
              type="button"
              aria-pressed={route.shiftId === selectedId}
              onClick={() => onSelect(route.shiftId)}
              className={classNames(
                "flex w-full items-start gap-2.5 border-line border-b px-3 py-2 text-left -outline-offset-2",
                route.shiftId === selectedId ? "bg-accent-soft" : "hover:bg-sunken/60",
              )}
            >
              <RouteSwatch colour={colours.get(route.shiftId) ?? 0} className="mt-1.5" />
              <span className="min-w-0 flex-1">
                <span className="flex items-center gap-2">
                  <span className="min-w-0 flex-1 truncate font-semibold">{route.vanName}</span>
                  <span className="text-ink-muted text-xs">
                    {route.stops.length === 0 ? "no stops" : `${doneCount} of ${route.stops.length} stops`}
                  </span>
                  {route.lateSec > 0 ? (
                    <Badge tone="late">{formatDuration(route.lateSec)} late</Badge>
                  ) : (
                    <StateBadge state={route.state} looks={SHIFT_LOOKS} />
                  )}
                </span>
                <span className="block truncate text-ink-muted">
                  {formatTime(route.startsAt, zone)}–{formatTime(route.endsAt, zone)}
                  {route.driverName && ` · ${route.driverName}`} · {nodeNames.get(route.nodeId)}
                </span>
                {route.state === "under_way" && (
                  <Meter
                    label={`Stops done of ${route.vanName}`}
                    value={doneCount}
                    max={route.stops.length}
                    className="mt-1"
                  />
                )}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
