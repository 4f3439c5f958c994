import { classNames } from "#components/ui/class-names.ts";

/** How many colours routes have, `--route-1` and on. */
const COLOUR_COUNT = 8;

/** The colour in which a route is drawn on the map. */
export function RouteSwatch({ colour, className }: { colour: number; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={classNames("size-2.5 shrink-0 rounded-full", className)}
      style={{ background: `var(--route-${(colour % COLOUR_COUNT) + 1})` }}
    />
  );
}
