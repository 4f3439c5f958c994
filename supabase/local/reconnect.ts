/**
 * Seconds until a lost connection to Postgres is tried again, for postgres.js. Its own answer grows to 20 s, which
 * is for a server far away; ours is back within a second of its restart.
 */
export function reconnectSec(attempt: number): number {
  return Math.min(0.05 * 2 ** attempt, 1);
}
