"use client";

import { Minus, Plus } from "lucide-react";
import { useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import type { SkuId } from "#server/domain/id.ts";
import { setUnits } from "./cart-store.ts";
import { fillText } from "./fill-text.ts";
import { useWords } from "./words.tsx";

const STEP =
  "grid size-11 place-items-center rounded-control text-accent hover:bg-accent-soft aria-disabled:cursor-not-allowed aria-disabled:text-ink-faint aria-disabled:opacity-60";

/** "Add", then − n +. The place it takes stays the same, and so does the focus. */
export function QuantityStepper({
  skuId,
  name,
  units,
  limit,
  blocked,
}: {
  skuId: SkuId;
  name: string;
  units: number;
  /** The most that can be had. */
  limit: number;
  /** Why nothing can be added at all. */
  blocked?: string | undefined;
}) {
  const { say } = useWords();
  const add = useRef<HTMLButtonElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  const full = units >= limit;
  if (units === 0)
    return (
      <Button
        ref={add}
        variant="secondary"
        className="h-11 w-full"
        aria-label={fillText(say.shop.addNamed, { name })}
        disabledReason={limit === 0 ? say.shop.soldOut : blocked}
        reason="bubble"
        onClick={() => {
          setUnits(skuId, 1);
          requestAnimationFrame(() => more.current?.focus());
        }}
      >
        {limit === 0 ? say.shop.soldOut : say.shop.add}
      </Button>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex row in every browser, and needs a legend
    <div
      role="group"
      aria-label={fillText(say.shop.unitsOf, { name })}
      className="flex h-11 items-center justify-between rounded-control border border-accent-line bg-accent-soft/50"
    >
      <button
        type="button"
        className={STEP}
        aria-label={fillText(say.shop.fewer, { name })}
        onClick={() => {
          setUnits(skuId, units - 1);
          if (units === 1) requestAnimationFrame(() => add.current?.focus());
        }}
      >
        <Minus className="size-4" aria-hidden="true" />
      </button>
      <output className="min-w-8 text-center font-semibold">{units}</output>
      <button
        ref={more}
        type="button"
        className={STEP}
        aria-label={fillText(say.shop.more, { name })}
        aria-disabled={full || undefined}
        title={full ? say.shop.noMore : undefined}
        onClick={() => !full && setUnits(skuId, units + 1)}
      >
        <Plus className="size-4" aria-hidden="true" />
      </button>
    </div>
  );
}
