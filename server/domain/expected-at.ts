interface PlannedStop {
  readonly windowStartsAt: string;
  readonly startAt: string;
  /** When the van gets there as the drive goes; null before it left. */
  readonly etaAt: string | null;
}

/** When a door is expected to be served, as ISO 8601 in UTC: a van that comes early waits for its window to open. */
export function expectedAt({ windowStartsAt, startAt, etaAt }: PlannedStop): string {
  if (etaAt === null) return startAt;
  return Date.parse(etaAt) < Date.parse(windowStartsAt) ? windowStartsAt : etaAt;
}
