"use client";

import { Snowflake, Thermometer } from "lucide-react";
import Link from "next/link";
import type { SkuId } from "#server/domain/id.ts";
import { fillText } from "./fill-text.ts";
import { ProductArt } from "./product-art.tsx";
import { QuantityStepper } from "./quantity-stepper.tsx";
import { useWords } from "./words.tsx";

export interface Product {
  readonly skuId: SkuId;
  readonly name: string;
  readonly category: string;
  readonly priceCents: number;
  readonly temperature: "ambient" | "chilled" | "frozen";
  readonly availableUnits: number;
}

/** Fewer than this and the shopper is told. */
const SCARCE_UNITS = 6;

export function ProductCard({
  product,
  units,
  currency,
  blocked,
}: {
  product: Product;
  units: number;
  currency: string;
  blocked?: string | undefined;
}) {
  const { say, money } = useWords();
  const { skuId, name, category, priceCents, temperature, availableUnits } = product;
  return (
    <li className="relative flex flex-col overflow-hidden rounded-card border border-line bg-surface">
      <ProductArt skuId={skuId} category={category} className="aspect-4/3 w-full" />
      <div className="flex flex-1 flex-col gap-1 p-3">
        <h2 className="line-clamp-2 min-h-[2lh] text-sm leading-snug tracking-normal">
          <Link
            href={`/product/${skuId}`}
            prefetch={false}
            className="after:absolute after:inset-x-0 after:top-0 after:aspect-4/3 hover:underline"
          >
            {name}
          </Link>
        </h2>
        <p className="flex items-baseline justify-between gap-2">
          <span className="font-semibold">{money(priceCents, currency)}</span>
          <span className="text-ink-muted text-xs">
            {availableUnits > 0 && availableUnits < SCARCE_UNITS ? (
              <span className="text-risk">{fillText(say.shop.onlyLeft, { count: availableUnits })}</span>
            ) : temperature === "frozen" ? (
              <span className="inline-flex items-center gap-1">
                <Snowflake className="size-3.5" aria-hidden="true" />
                {say.shop.frozen}
              </span>
            ) : temperature === "chilled" ? (
              <span className="inline-flex items-center gap-1">
                <Thermometer className="size-3.5" aria-hidden="true" />
                {say.shop.chilled}
              </span>
            ) : null}
          </span>
        </p>
        <div className="mt-auto pt-2">
          <QuantityStepper skuId={skuId} name={name} units={units} limit={availableUnits} blocked={blocked} />
        </div>
      </div>
    </li>
  );
}
