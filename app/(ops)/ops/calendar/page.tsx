import type { Metadata } from "next";
import { RegionCalendar } from "#components/calendars/region-calendar.tsx";

export const metadata: Metadata = { title: "Calendar" };

export default function CalendarPage() {
  return <RegionCalendar />;
}
