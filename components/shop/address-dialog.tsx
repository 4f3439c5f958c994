"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { AddressChooser } from "./address-chooser.tsx";
import { deliverTo, shopIn, useDelivery } from "./delivery-store.ts";
import { useShopRegion, useShopRegions } from "./shop-region.tsx";
import { useWords } from "./words.tsx";

/** The address, and the region where there is more than one. */
export function AddressDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const regions = useShopRegions();
  const region = useShopRegion();
  const { destination } = useDelivery();
  const { say } = useWords();
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={say.address.title} description={say.address.note}>
      <div className="flex flex-col gap-5">
        {regions.length > 1 && (
          <Select
            label={say.shop.region}
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
