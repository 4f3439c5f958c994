import { classNames } from "#components/ui/class-names.ts";
import type { ShareUse } from "./share-words.ts";

/**
 * What a channel has, as a bar of a hundred percent: of all that is to come (full colour), where it has most (pale), and a line
 * where its share ends. The figures belong beside it in words.
 */
export function ShareBar({ label, use, share }: { label: string; use: ShareUse; share: number | null }) {
  const isUsedUp = share !== null && use.mostPercent >= share;
  const width = (percent: number) => ({ width: `${Math.min(100, percent)}%` });
  return (
    <div className="relative h-2 rounded-full bg-sunken">
      <meter className="sr-only" aria-label={label} min={0} max={100} value={Math.min(100, use.mostPercent)} />
      <div
        aria-hidden="true"
        className={classNames("absolute inset-y-0 start-0 rounded-full opacity-40", isUsedUp ? "bg-warn" : "bg-accent")}
        style={width(use.mostPercent)}
      />
      <div
        aria-hidden="true"
        className={classNames("absolute inset-y-0 start-0 rounded-full", isUsedUp ? "bg-warn" : "bg-accent")}
        style={width(use.percent)}
      />
      {share !== null && (
        <div
          aria-hidden="true"
          className="absolute -inset-y-1 w-0.5 rounded-full bg-ink"
          style={{ insetInlineStart: `${share}%` }}
        />
      )}
    </div>
  );
}
