import { messagesIn } from "#components/shop/messages.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { readerLanguage } from "../../../reader-language.ts";

export default async function ProductNotFound() {
  const { shop } = messagesIn(await readerLanguage());
  return (
    <EmptyState isPage title={shop.noLongerSold} action={<ButtonLink href="/">{shop.toShop}</ButtonLink>}>
      {shop.nothingFoundHint}
    </EmptyState>
  );
}
