"use client";

import type { ReactNode } from "react";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { useWords } from "./words.tsx";

/** The picker's own layout, waiting: switch, eight days, the windows of one. */
export function SlotPickerSkeleton({ wishFields }: { wishFields?: ReactNode }) {
  return (
    <div className="flex flex-col gap-4" aria-busy="true">
      <Skeleton className="h-13 w-full min-[30rem]:w-96" />
      {wishFields}
      <SlotRowsSkeleton />
    </div>
  );
}

/** The days and windows alone, while the switch above them stands. */
export function SlotRowsSkeleton() {
  const { say } = useWords();
  return (
    <div className="flex flex-col gap-4" aria-busy="true">
      <p className="sr-only" role="status">
        {say.picker.loading}
      </p>
      <div className="flex gap-2 overflow-hidden py-1">
        {["a", "b", "c", "d", "e", "f", "g", "h"].map((day) => (
          <Skeleton key={day} className="h-19 min-w-19 flex-1 shrink-0" />
        ))}
      </div>
      <div className="grid grid-cols-1 gap-2 min-[36rem]:grid-cols-2">
        {["a", "b", "c", "d"].map((row) => (
          <Skeleton key={row} className="h-17" />
        ))}
      </div>
    </div>
  );
}
