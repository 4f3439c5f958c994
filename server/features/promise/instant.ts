/** Epoch seconds as the wire has them: ISO 8601 in UTC. */
export function instant(epochSec: number): string {
  return new Date(epochSec * 1000).toISOString();
}
