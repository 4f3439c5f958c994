import type { Metadata } from "next";
import { NodeCalendar } from "#components/calendars/node-calendar.tsx";

export const metadata: Metadata = { title: "Calendar" };

export default async function NodeCalendarPage({ params }: { params: Promise<{ node: string }> }) {
  return <NodeCalendar nodeId={(await params).node} />;
}
