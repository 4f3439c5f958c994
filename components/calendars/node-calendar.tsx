"use client";

import { useMe } from "#components/trpc/use-me.ts";
import { NoSuch } from "#components/ui/no-such.tsx";
import { CalendarScreen } from "./calendar-screen.tsx";

/** For who works at a node: its own days, beside the holidays of its region. */
export function NodeCalendar({ nodeId }: { nodeId: string }) {
  const node = useMe().nodes.find(({ id }) => id === nodeId);
  if (!node) return <NoSuch what="calendar" href="/store" elsewhere="Choose a node" />;
  return <CalendarScreen of={{ regionId: node.regionId, nodeId: node.id, nodes: [node], isOps: false }} />;
}
