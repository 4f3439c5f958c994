import { Skeleton } from "#components/ui/skeleton.tsx";

/** The checkout's two columns, before the browser has said what is in the cart. */
export function CheckoutSkeleton() {
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-6" aria-busy="true">
      <div className="flex flex-col gap-3">
        <Skeleton className="h-96 rounded-card" />
        <Skeleton className="h-20 rounded-card" />
        <Skeleton className="h-20 rounded-card" />
      </div>
      <Skeleton className="h-80 rounded-card" />
    </div>
  );
}
