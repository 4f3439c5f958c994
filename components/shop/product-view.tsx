"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { SkuId } from "#server/domain/id.ts";
import { useCart } from "./cart-store.ts";
import { ProductArt } from "./product-art.tsx";
import { ProductPromise } from "./product-promise.tsx";
import { QuantityStepper } from "./quantity-stepper.tsx";
import { useShopRegion } from "./shop-region.tsx";
import { useWords } from "./words.tsx";

/** One product: what it is and costs, how soon it can come, and into the cart. */
export function ProductView({ skuId }: { skuId: SkuId }) {
  const trpc = useTRPC();
  const { say, money, error } = useWords();
  const { regionId, currency } = useShopRegion();
  const units = useCart().find((line) => line.skuId === skuId)?.units ?? 0;
  const query = useQuery(trpc.catalogue.skusById.queryOptions({ regionId, skuIds: [skuId] }));
  if (query.isError) return <FaultNotice sentence={error(query.error)} onRetry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton className="h-96 rounded-card" />;
  const product = query.data[0];
  if (!product) return <FaultNotice tone="warn" sentence={say.shop.noLongerSold} />;
  const { name, category, priceCents, availableUnits } = product;
  return (
    <article className="grid items-start gap-6 sm:grid-cols-2">
      <ProductArt skuId={skuId} category={category} className="aspect-4/3 w-full rounded-card" />
      <div className="flex flex-col gap-4">
        <div>
          <p className="text-ink-muted text-sm">{category}</p>
          <h1 className="font-semibold text-2xl sm:text-3xl">{name}</h1>
          <p className="mt-1 font-semibold text-xl">{money(priceCents, currency)}</p>
        </div>
        <ProductPromise skuId={skuId} />
        <div className="w-full max-w-56">
          <QuantityStepper skuId={skuId} name={name} units={units} limit={availableUnits} />
        </div>
      </div>
    </article>
  );
}
