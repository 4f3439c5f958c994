/** The name, with its mark: a window in time, kept. */
export function Wordmark({ markOnly = "never" }: { markOnly?: "never" | "narrow" }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold text-xl tracking-tight">
      <svg viewBox="0 0 24 24" className="size-6" aria-hidden="true">
        <rect x="1" y="1" width="22" height="22" rx="7" className="fill-accent" />
        <path
          d="M6.5 12.5l3.6 3.6L17.5 8.5"
          className="stroke-on-accent"
          fill="none"
          strokeWidth="2.6"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </svg>
      <span className={markOnly === "narrow" ? "max-sm:sr-only" : undefined}>Kept</span>
    </span>
  );
}
