import type { Transact } from "./client.ts";
import { platformMs } from "./client-steps.ts";

/** The platform's clock, which the harness moves, as the clients know it: by its distance from theirs. */
export class PlatformClock {
  #aheadMs = 0;

  nowMs(): number {
    return Date.now() + this.#aheadMs;
  }

  /** Moves it forward for everybody. */
  async jump(transact: Transact, byMs: number): Promise<void> {
    await transact(async (run) => {
      await run((sql) => sql`update app.clock set shift = shift + ${byMs} * interval '1 millisecond'`);
      this.#aheadMs = (await platformMs(run)) - Date.now();
    });
  }
}
