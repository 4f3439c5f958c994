"use client";

import * as z from "zod";
import { useAddressView } from "#components/ui/use-address-view.ts";
import { NodeId, RegionId } from "#server/domain/id.ts";
import { Day } from "#server/domain/instant.ts";

/** What is looked at, as the address has it. Nonsense counts as absent. */
const CalendarView = z.object({
  region: RegionId.optional().catch(undefined),
  /** Of the region's calendar: one node's alone. */
  node: NodeId.optional().catch(undefined),
  /** A day of the first week. */
  from: Day.optional().catch(undefined),
  /** Opened. */
  day: Day.optional().catch(undefined),
});

export const useCalendarView = () => useAddressView(CalendarView);
