/** What a colour says. `late` is for what is broken or lost, `risk` for what will be unless someone acts. */
export type Tone = "neutral" | "accent" | "info" | "ok" | "warn" | "risk" | "late";

/** Text on a soft ground; every pair keeps 4.5 : 1. */
export const SOFT_TONE: Record<Tone, string> = {
  neutral: "bg-sunken text-ink-muted",
  accent: "bg-accent-soft text-accent",
  info: "bg-info-soft text-info",
  ok: "bg-ok-soft text-ok",
  warn: "bg-warn-soft text-warn",
  risk: "bg-risk-soft text-risk",
  late: "bg-late-soft text-late",
};
