"use client";

import { useWords } from "#components/shop/words.tsx";
import { FaultNotice } from "#components/ui/fault-notice.tsx";

export default function ShopError({ reset }: { error: Error; reset: () => void }) {
  return <FaultNotice sentence={useWords().say.shop.broken} onRetry={reset} />;
}
