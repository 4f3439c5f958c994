import Link from "next/link";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { CartButton } from "#components/shop/cart-button.tsx";
import { DeliveryButton } from "#components/shop/delivery-button.tsx";
import { LanguageSwitch } from "#components/shop/language-switch.tsx";
import { messagesIn } from "#components/shop/messages.ts";
import { ShopRegions } from "#components/shop/shop-region.tsx";
import { ShopWords } from "#components/shop/words.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { PageShell } from "#components/ui/page-shell.tsx";
import { TopBar } from "#components/ui/top-bar.tsx";
import { serverQueries } from "#server/trpc/server-queries.ts";
import { readerLanguage } from "../reader-language.ts";

export default async function ShopLayout({ children }: { children: ReactNode }) {
  await connection();
  const language = await readerLanguage();
  const say = messagesIn(language);
  const { queryClient, trpc } = serverQueries();
  const regions = await queryClient.fetchQuery(trpc.catalogue.regions.queryOptions());
  if (regions.length === 0)
    return (
      <ShopWords language={language} messages={say}>
        <PageShell bar={<TopBar audience="shopper" />}>
          <EmptyState isPage title={say.shop.noRegion}>
            {say.shop.noRegionHint}
          </EmptyState>
        </PageShell>
      </ShopWords>
    );
  return (
    <ShopWords language={language} messages={say}>
      <ShopRegions regions={regions}>
        <PageShell
          bar={
            <TopBar audience="shopper">
              <DeliveryButton />
              <LanguageSwitch />
              <CartButton />
            </TopBar>
          }
        >
          {children}
          <footer className="mt-16 border-line border-t pt-4 text-sm">
            <Link
              href="/sign-in"
              prefetch={false}
              className="inline-flex min-h-11 items-center text-ink-muted underline"
            >
              {say.shop.staff}
            </Link>
          </footer>
        </PageShell>
      </ShopRegions>
    </ShopWords>
  );
}
