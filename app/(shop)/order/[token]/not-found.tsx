import { ORDER, SHOP } from "#components/shop/shop-messages.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";

export default function OrderNotFound() {
  return (
    <EmptyState isPage title={ORDER.notFound} action={<ButtonLink href="/">{SHOP.toShop}</ButtonLink>}>
      {ORDER.notFoundHint}
    </EmptyState>
  );
}
