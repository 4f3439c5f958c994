import type { ComponentProps, ReactNode } from "react";

/** A box to tick, with its label as a target that a thumb can hit. */
export function Checkbox({ label, hint, ...input }: { label: ReactNode; hint?: ReactNode } & ComponentProps<"input">) {
  return (
    <label className="flex min-h-control items-start gap-3 py-1.5">
      <input {...input} type="checkbox" className="mt-0.5 size-5 shrink-0 accent-(--accent)" />
      <span>
        {label}
        {hint && <span className="block text-ink-muted text-sm">{hint}</span>}
      </span>
    </label>
  );
}
