import { classNames } from "./class-names.ts";

/** Holds the place of something to come, in its final size. The region around it says `aria-busy`. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span aria-hidden="true" className={classNames("block animate-breathe rounded-control bg-sunken", className)} />
  );
}
