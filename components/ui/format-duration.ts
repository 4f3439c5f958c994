/** "45 s", "12 min", "1 h 05 min", "2 days": as exact as a person needs. Never negative: say in words which way it lies. */
export function formatDuration(seconds: number): string {
  const sec = Math.abs(Math.round(seconds));
  if (sec < 60) return `${sec} s`;
  const minutes = Math.floor(sec / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.round(hours / 24)} days`;
}
