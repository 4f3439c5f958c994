"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc/connection.tsx";
import type { CartLine } from "#server/domain/cart.ts";
import type { SkuId } from "#server/domain/id.ts";
import { useCart } from "./cart-store.ts";
import type { Product } from "./product-card.tsx";
import { useShopRegion } from "./shop-region.tsx";

export interface CartGood {
  readonly line: CartLine;
  /** Null for what is no longer sold. */
  readonly product: Product | null;
  /** Why no window can be found with this line as it is. */
  readonly trouble: "gone" | "short" | null;
}

export interface CartGoods {
  readonly lines: readonly CartLine[];
  /** Null until the catalogue has answered. */
  readonly goods: readonly CartGood[] | null;
  /** Null with them: a sum that is not known is not nothing. */
  readonly goodsCents: number | null;
  readonly error: unknown;
  readonly retry: () => void;
}

/** The cart with what the catalogue says of it today: names, prices, and what cannot be had. */
export function useCartGoods(): CartGoods {
  const trpc = useTRPC();
  const lines = useCart();
  const { regionId } = useShopRegion();
  // Sorted, so that the same goods in another order are the same question.
  const skuIds = lines.map((line) => line.skuId).sort() as SkuId[];
  const query = useQuery(
    trpc.catalogue.skusById.queryOptions(
      { regionId, skuIds },
      { enabled: skuIds.length > 0, placeholderData: keepPreviousData },
    ),
  );
  const known = query.data && new Map<string, Product>(query.data.map((product) => [product.skuId, product]));
  const goods =
    lines.length === 0
      ? []
      : known
        ? lines
            // A line that was added a moment ago is not in the answer that is still shown.
            .filter((line) => known.has(line.skuId) || !query.isPlaceholderData)
            .map((line) => goodOf(line, known.get(line.skuId)))
        : null;
  return {
    lines,
    goods,
    goodsCents:
      goods === null ? null : goods.reduce((sum, good) => sum + good.line.units * (good.product?.priceCents ?? 0), 0),
    error: query.error,
    retry: () => void query.refetch(),
  };
}

function goodOf(line: CartLine, product: Product | undefined): CartGood {
  if (!product) return { line, product: null, trouble: "gone" };
  return { line, product, trouble: product.availableUnits < line.units ? "short" : null };
}
