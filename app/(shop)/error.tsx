"use client";

import { FaultNotice } from "#components/ui/fault-notice.tsx";

export default function ShopError({ reset }: { error: Error; reset: () => void }) {
  return (
    <FaultNotice
      sentence="This page could not be made. Your cart is safe in this browser; try again in a moment."
      onRetry={reset}
    />
  );
}
