"use client";

import { useMe } from "#components/trpc/use-me.ts";
import { CalendarScreen, NoSuchCalendar } from "./calendar-screen.tsx";

/** For who works at a node: its own days, beside the holidays of its region. */
export function NodeCalendar({ nodeId }: { nodeId: string }) {
  const node = useMe().nodes.find(({ id }) => id === nodeId);
  if (!node) return <NoSuchCalendar />;
  return <CalendarScreen of={{ regionId: node.regionId, nodeId: node.id, nodes: [node], isOps: false }} />;
}
