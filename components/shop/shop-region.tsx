"use client";

import { createContext, type ReactNode, useContext } from "react";
import type { RegionId } from "#server/domain/id.ts";
import { useDelivery } from "./delivery-store.ts";

export interface ShopRegion {
  readonly regionId: RegionId;
  readonly name: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly lng: number;
  readonly lat: number;
}

const RegionsContext = createContext<readonly ShopRegion[]>([]);

/** The regions that are served; there is at least one where this stands. */
export function ShopRegions({ regions, children }: { regions: readonly ShopRegion[]; children: ReactNode }) {
  return <RegionsContext value={regions}>{children}</RegionsContext>;
}

export function useShopRegions(): readonly ShopRegion[] {
  return useContext(RegionsContext);
}

/** The region of the chosen address, or the first one. */
export function useShopRegion(): ShopRegion {
  const regions = useShopRegions();
  const { regionId } = useDelivery();
  const region = regions.find((each) => each.regionId === regionId) ?? regions[0];
  if (!region) throw new Error("useShopRegion needs <ShopRegions> with a region around it");
  return region;
}
