"use client";

import { useQuery } from "@tanstack/react-query";
import { AddressPicker, type PickedPoint } from "#components/map/address-picker.tsx";
import { BaseMap } from "#components/map/base-map.tsx";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Select } from "#components/ui/select.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { RegionId } from "#server/domain/id.ts";

const ZOOM = 11.5;

/** One of the sample addresses, or any place on the map. */
export function DoorChooser({
  regionId,
  door,
  onChoose,
}: {
  regionId: RegionId;
  door: PickedPoint | null;
  onChoose: (point: PickedPoint) => void;
}) {
  const trpc = useTRPC();
  const samples = useQuery(trpc.addresses.samples.queryOptions({ regionId, limit: 50 }, { staleTime: Infinity }));
  const regions = useQuery(trpc.catalogue.regions.queryOptions(undefined, { staleTime: Infinity }));
  const region = regions.data?.find((one) => one.regionId === regionId);
  const chosen = samples.data?.find(({ lng, lat }) => lng === door?.lng && lat === door.lat);
  return (
    <section className="flex flex-col gap-2" aria-label="Door">
      <Select
        label="Door"
        placeholder={door ? "A place on the map" : "Choose an address, or click the map"}
        options={(samples.data ?? []).map(({ address }) => ({ value: address, label: address }))}
        value={chosen?.address ?? null}
        onValueChange={(address) => {
          const sample = samples.data?.find((one) => one.address === address);
          if (sample) onChoose(sample);
        }}
      />
      <div className="h-56 overflow-hidden rounded-card border border-line">
        {region ? (
          <BaseMap
            label="Map of the region: the door"
            view={{ center: door ? [door.lng, door.lat] : [region.lng, region.lat], zoom: ZOOM }}
          >
            <AddressPicker value={door} onPick={onChoose} label="Door" />
          </BaseMap>
        ) : (
          <Skeleton className="h-full" />
        )}
      </div>
    </section>
  );
}
