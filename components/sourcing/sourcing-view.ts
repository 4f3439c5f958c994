"use client";

import * as z from "zod";
import { useAddressView } from "#components/ui/use-address-view.ts";
import { RegionId } from "#server/domain/id.ts";

/** Whose rules are looked at, as the address has it. Nonsense counts as absent. */
const SourcingView = z.object({ region: RegionId.optional().catch(undefined) });

export const useSourcingView = () => useAddressView(SourcingView);
