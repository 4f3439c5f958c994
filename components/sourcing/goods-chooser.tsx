"use client";

import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useDeferredValue, useState } from "react";
import { useTRPC } from "#components/trpc/connection.tsx";
import { Button } from "#components/ui/button.tsx";
import { TextField } from "#components/ui/field.tsx";
import { Stepper } from "#components/ui/stepper.tsx";
import type { CartLine } from "#server/domain/cart.ts";
import type { RegionId } from "#server/domain/id.ts";

const MOST_FOUND = 6;
const MOST_UNITS = 999;

/** A cart to ask for: goods by a word of their name, and how many. */
export function GoodsChooser({
  regionId,
  lines,
  onChange,
}: {
  regionId: RegionId;
  lines: readonly CartLine[];
  onChange: (lines: readonly CartLine[]) => void;
}) {
  const trpc = useTRPC();
  const [typed, setTyped] = useState("");
  const search = useDeferredValue(typed);
  const found = useQuery(
    trpc.catalogue.skus.queryOptions(
      { regionId, search, limit: MOST_FOUND + lines.length },
      { placeholderData: (shown) => shown },
    ),
  );
  const skuIds = lines.map(({ skuId }) => skuId);
  const named = useQuery(
    trpc.catalogue.skusById.queryOptions(
      { regionId, skuIds },
      { enabled: skuIds.length > 0, placeholderData: (shown) => shown },
    ),
  );
  const names = new Map([...(named.data ?? []), ...(found.data?.items ?? [])].map(({ skuId, name }) => [skuId, name]));
  const offered = found.data?.items.filter(({ skuId }) => !skuIds.includes(skuId)).slice(0, MOST_FOUND) ?? [];
  return (
    <section className="flex flex-col gap-2" aria-label="Goods">
      <TextField
        label="Goods"
        type="search"
        placeholder="Search goods"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <ul className="flex flex-wrap gap-1.5" aria-label="Goods found">
        {offered.map(({ skuId, name }) => (
          <li key={skuId}>
            <Button size="small" onClick={() => onChange([...lines, { skuId, units: 1 }])} aria-label={`Add ${name}`}>
              {name}
            </Button>
          </li>
        ))}
        {found.data && offered.length === 0 && (
          <li className="text-ink-muted text-sm">No other goods are called that.</li>
        )}
      </ul>
      <ul className="flex flex-col gap-1.5" aria-label="Goods chosen">
        {lines.map(({ skuId, units }) => {
          const name = names.get(skuId) ?? skuId;
          return (
            <li key={skuId} className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate">{name}</span>
              <Stepper
                label={name}
                value={units}
                min={1}
                max={MOST_UNITS}
                onChange={(next) =>
                  onChange(lines.map((line) => (line.skuId === skuId ? { skuId, units: next } : line)))
                }
              />
              <Button
                variant="quiet"
                size="small"
                aria-label={`Take ${name} out`}
                onClick={() => onChange(lines.filter((line) => line.skuId !== skuId))}
              >
                <X className="size-4" aria-hidden="true" />
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
