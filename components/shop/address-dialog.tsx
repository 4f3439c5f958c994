"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { AddressChooser } from "./address-chooser.tsx";
import { deliverTo, shopIn, useDelivery } from "./delivery-store.ts";
import { ADDRESS, SHOP } from "./shop-messages.ts";
import { useShopRegion, useShopRegions } from "./shop-region.tsx";

/** The address, and the region where there is more than one. */
export function AddressDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const regions = useShopRegions();
  const region = useShopRegion();
  const { destination } = useDelivery();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={ADDRESS.title} description={ADDRESS.note}>
      <div className="flex flex-col gap-5">
        {regions.length > 1 && (
          <Select
            label={SHOP.region}
            options={regions.map(({ regionId, name }) => ({ value: regionId, label: name }))}
            value={region.regionId}
            onValueChange={shopIn}
          />
        )}
        <AddressChooser
          key={region.regionId}
          region={region}
          chosen={destination}
          onChoose={(chosen) => {
            deliverTo(region.regionId, chosen);
            onOpenChange(false);
          }}
        />
      </div>
    </Dialog>
  );
}
