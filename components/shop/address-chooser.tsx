"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MapPin, Map as MapSheet } from "lucide-react";
import dynamic from "next/dynamic";
import { type KeyboardEvent, useDeferredValue, useId, useRef, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { Destination } from "#server/domain/cart.ts";
import { placeKey } from "./delivery-store.ts";
import type { ShopRegion } from "./shop-region.tsx";
import { useWords } from "./words.tsx";

const MIN_QUERY_CHARS = 2;

// The map's code is by far the largest of the shop: fetched when the map is asked for, not before.
const AddressMap = dynamic(() => import("./address-map.tsx").then((module) => module.AddressMap), { ssr: false });

/** A street that is searched for, one of the samples, or a point on the map. */
export function AddressChooser({
  region,
  chosen,
  onChoose,
}: {
  region: ShopRegion;
  chosen: Destination | null;
  onChoose: (destination: Destination) => void;
}) {
  const trpc = useTRPC();
  const { say, count, error } = useWords();
  const [typed, setTyped] = useState("");
  const query = useDeferredValue(typed.trim());
  const searching = query.length >= MIN_QUERY_CHARS;
  const streets = useQuery(
    trpc.addresses.streets.queryOptions({ query }, { enabled: searching, placeholderData: keepPreviousData }),
  );
  const samples = useQuery(trpc.addresses.samples.queryOptions({ regionId: region.regionId }));
  const [mapWanted, setMapWanted] = useState(false);
  const [mapOpen, setMapOpen] = useState(false);
  const list = useRef<HTMLDivElement>(null);
  const statusId = useId();

  const found = searching ? (streets.data ?? []) : [];
  const intoList = (event: KeyboardEvent) => {
    const first = list.current?.querySelector("button");
    if (!first || !searching) return;
    if (event.key === "ArrowDown") {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Enter" && found[0]) {
      event.preventDefault();
      onChoose(found[0]);
    }
  };
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label={say.address.search}
        hint={say.address.searchHint}
        placeholder={say.address.searchPlaceholder}
        type="search"
        autoComplete="street-address"
        maxLength={80}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={intoList}
      />
      <p id={statusId} className="sr-only" aria-live="polite">
        {searching && streets.isSuccess && count(say.address.found, found.length)}
      </p>
      <div ref={list}>
        {searching ? (
          streets.isError ? (
            <FaultNotice sentence={error(streets.error)} onRetry={() => streets.refetch()} />
          ) : streets.isPending ? (
            <ListSkeleton />
          ) : found.length === 0 ? (
            <p className="text-ink-muted">{say.address.notFound}</p>
          ) : (
            <AddressList addresses={found} chosen={chosen} onChoose={onChoose} />
          )
        ) : (
          <>
            <h3 className="mb-2 font-medium text-ink-muted text-sm">{say.address.samples}</h3>
            {samples.isPending ? (
              <ListSkeleton />
            ) : samples.isError ? (
              <FaultNotice sentence={error(samples.error)} onRetry={() => samples.refetch()} />
            ) : (
              <AddressList addresses={samples.data} chosen={chosen} onChoose={onChoose} />
            )}
          </>
        )}
      </div>
      <div>
        <Button
          onClick={() => {
            setMapWanted(true);
            setMapOpen(true);
          }}
        >
          <MapSheet className="size-4" aria-hidden="true" />
          {say.address.onMap}
        </Button>
      </div>
      {mapWanted && (
        <AddressMap
          open={mapOpen}
          onOpenChange={setMapOpen}
          region={region}
          start={chosen}
          onChoose={(destination) => {
            setMapOpen(false);
            onChoose(destination);
          }}
        />
      )}
    </div>
  );
}

function AddressList({
  addresses,
  chosen,
  onChoose,
}: {
  addresses: readonly Destination[];
  chosen: Destination | null;
  onChoose: (destination: Destination) => void;
}) {
  const step = (event: KeyboardEvent<HTMLUListElement>) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const buttons = [...event.currentTarget.querySelectorAll("button")];
    const place = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const next = buttons[place + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };
  return (
    <ul className="grid gap-1 sm:grid-cols-2" onKeyDown={step}>
      {addresses.map((address) => {
        const current = chosen !== null && placeKey(chosen) === placeKey(address) && chosen.address === address.address;
        return (
          <li key={`${address.address} ${placeKey(address)}`}>
            <button
              type="button"
              aria-current={current ? "true" : undefined}
              className="flex min-h-11 w-full items-center gap-2.5 rounded-control px-3 py-2 text-start text-sm hover:bg-sunken aria-current:bg-accent-soft"
              onClick={() => onChoose(address)}
            >
              <MapPin className="size-4 shrink-0 text-ink-faint" aria-hidden="true" />
              {address.address}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function ListSkeleton() {
  return (
    <div className="grid gap-1 sm:grid-cols-2" aria-busy="true">
      {["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"].map((place) => (
        <Skeleton key={place} className="h-11" />
      ))}
    </div>
  );
}
