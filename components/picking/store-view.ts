"use client";

import * as z from "zod";
import { useAddressView } from "#components/ui/use-address-view.ts";
import { Day } from "#server/domain/instant.ts";

const StoreView = z.object({
  day: Day.optional().catch(undefined),
  show: z.enum(["orders", "capacity"]).catch("orders"),
});

export const useStoreView = () => useAddressView(StoreView);
