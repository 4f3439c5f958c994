import { dehydrate, HydrationBoundary } from "@tanstack/react-query";
import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { cache } from "react";
import { productJsonLd } from "#components/shop/product-json-ld.ts";
import { ProductView } from "#components/shop/product-view.tsx";
import { regionCentre } from "#components/shop/region-centre.ts";
import { SkuId } from "#server/domain/id.ts";
import { serverQueries } from "#server/trpc/server-queries.ts";

/** The product, and how soon it can be in the middle of the first region: the page's own words and its metadata ask once. */
const readProduct = cache(async (sku: string) => {
  const skuId = SkuId.safeParse(sku);
  if (!skuId.success) return null;
  const { queryClient, trpc } = serverQueries();
  const [region] = await queryClient.fetchQuery(trpc.catalogue.regions.queryOptions());
  if (!region) return null;
  const { regionId } = region;
  const [product] = await queryClient.fetchQuery(
    trpc.catalogue.skusById.queryOptions({ regionId, skuIds: [skuId.data] }),
  );
  if (!product) return null;
  // Without an answer the page stands all the same: it says that the time is not known yet.
  const soonest = await queryClient
    .fetchQuery(trpc.promise.soonest.queryOptions({ regionId, skuId: skuId.data, destination: regionCentre(region) }))
    .catch(() => null);
  return { region, product, soonest, queryClient };
});

export async function generateMetadata({ params }: { params: Promise<{ sku: string }> }): Promise<Metadata> {
  const found = await readProduct((await params).sku);
  return found ? { title: found.product.name } : {};
}

export default async function ProductPage({ params }: { params: Promise<{ sku: string }> }) {
  const found = await readProduct((await params).sku);
  if (!found) notFound();
  const { region, product, soonest, queryClient } = found;
  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <script
        type="application/ld+json"
        // biome-ignore lint/security/noDangerouslySetInnerHtml: JSON in which no "<" is left
        dangerouslySetInnerHTML={{ __html: productJsonLd(product, region, soonest) }}
      />
      <ProductView skuId={product.skuId} />
    </HydrationBoundary>
  );
}
