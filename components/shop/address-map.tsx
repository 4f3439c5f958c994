"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { AddressPicker, type PickedPoint } from "#components/map/address-picker.tsx";
import { BaseMap } from "#components/map/base-map.tsx";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { TextField } from "#components/ui/field.tsx";
import type { Destination } from "#server/domain/cart.ts";
import { fillText } from "./fill-text.ts";
import type { ShopRegion } from "./shop-region.tsx";
import { useWords } from "./words.tsx";

const STREET_ZOOM = 15;
const REGION_ZOOM = 11.5;
/** Nearer than this to the pin, a van stops at the pin. */
const RIGHT_THERE_M = 15;

/** A pin on the map, moved to where a van can stop, and the words for the driver. */
export function AddressMap({
  open,
  onOpenChange,
  region,
  start,
  onChoose,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  region: ShopRegion;
  start: Destination | null;
  onChoose: (destination: Destination) => void;
}) {
  const trpc = useTRPC();
  const { say, distance, error } = useWords();
  const [point, setPoint] = useState<PickedPoint | null>(start && { lng: start.lng, lat: start.lat });
  const [words, setWords] = useState<string | null>(start?.address ?? null);
  const snap = useQuery(
    trpc.addresses.snap.queryOptions(point ?? { lng: 0, lat: 0 }, {
      enabled: point !== null,
      placeholderData: keepPreviousData,
    }),
  );
  const address = (
    words ??
    (point ? fillText(say.address.describeDefault, { lat: point.lat.toFixed(4), lng: point.lng.toFixed(4) }) : "")
  ).trim();
  const reachable = snap.data?.reachable === true ? snap.data : null;
  const stop =
    reachable &&
    (reachable.offM < RIGHT_THERE_M
      ? say.address.stopsThere
      : fillText(say.address.stopsNear, { distance: distance(reachable.offM) }));
  const trouble = !point
    ? say.address.pickFirst
    : snap.isError
      ? error(snap.error)
      : snap.data?.reachable === false
        ? say.address.unreachable
        : address === ""
          ? say.address.describeMissing
          : null;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      place="wide"
      title={say.address.mapTitle}
      description={say.address.mapHint}
      footer={
        <div className="flex flex-col gap-3">
          <TextField
            label={say.address.describe}
            value={words ?? address}
            maxLength={200}
            disabled={!point}
            onChange={(event) => setWords(event.target.value)}
          />
          <div className="flex flex-col justify-between gap-3 sm:flex-row sm:items-center">
            <p className="min-h-5 text-ink-muted text-sm" aria-live="polite">
              {trouble ?? (reachable && !snap.isPlaceholderData && stop)}
            </p>
            <Button
              variant="primary"
              className="grow"
              pending={point !== null && snap.isFetching}
              disabledReason={trouble}
              reason="bubble"
              onClick={() => reachable && onChoose({ lng: reachable.lng, lat: reachable.lat, address })}
            >
              {say.address.use}
            </Button>
          </div>
        </div>
      }
    >
      <div className="-m-5 h-[calc(100%+2.5rem)] min-h-64">
        <BaseMap
          label={say.address.mapLabel}
          view={
            start
              ? { center: [start.lng, start.lat], zoom: STREET_ZOOM }
              : { center: [region.lng, region.lat], zoom: REGION_ZOOM }
          }
        >
          <AddressPicker
            value={point}
            onPick={(picked) => {
              setPoint(picked);
              // Words for another place would send the driver astray.
              setWords(null);
            }}
          />
        </BaseMap>
      </div>
    </Dialog>
  );
}
