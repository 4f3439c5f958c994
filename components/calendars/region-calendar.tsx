"use client";

import { useMe } from "#components/trpc/use-me.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { CalendarScreen } from "./calendar-screen.tsx";
import { useCalendarView } from "./calendar-view.ts";

/** For ops: the region that the address names, or the first, with all its nodes or one. */
export function RegionCalendar() {
  const me = useMe();
  const [view] = useCalendarView();
  const region = me.regions.find(({ id }) => id === view.region) ?? me.regions[0];
  if (!region) return <EmptyState isPage title="There is no network yet" />;
  const nodes = me.nodes.filter(({ regionId }) => regionId === region.id);
  const nodeId = nodes.find(({ id }) => id === view.node)?.id ?? null;
  return <CalendarScreen key={nodeId} of={{ regionId: region.id, nodeId, nodes, isOps: true }} />;
}
