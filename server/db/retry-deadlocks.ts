import { isDeadlock } from "./fault-of-error.ts";

/**
 * Runs a transaction again that Postgres ended because it and another waited for each other, `mostTries` times in all at most.
 * `onRetry` is told before each further try.
 */
export async function retryDeadlocks<T>(
  mostTries: number,
  transact: () => Promise<T>,
  onRetry: () => void = () => {},
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transact();
    } catch (error) {
      if (!isDeadlock(error) || attempt === mostTries) throw error;
      onRetry();
    }
  }
}
