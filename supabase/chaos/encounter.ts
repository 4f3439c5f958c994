import { setTimeout as sleep } from "node:timers/promises";
import type { Transact } from "./client.ts";

/** One of two requests that meet. */
export interface Side {
  /** Its request is under way: from now on it is waited for. */
  enter(): void;
  /** It has its answer, or gets none. */
  leave(): void;
  /** The transactions that decide: each of them stays open until the other side has been met. */
  meeting(transact: Transact): Transact;
}

/** Says whether the session waits for a lock; rejects when nobody can say. */
export type IsWaiting = (pid: number) => Promise<boolean>;

interface State {
  stage: "apart" | "under way" | "about to commit" | "gone";
  pid: number | undefined;
}

const LOOK_EVERY_MS = 2;

/**
 * Two requests of which neither commits before the other waits for a lock, is about to commit too, or is over. So each of them
 * has looked at what there was while the other's transaction was open, however fast the machine is: a lock that is missing shows
 * whenever they meet and not only when they happen to.
 */
export function encounter(isWaiting: IsWaiting): readonly [Side, Side] {
  const here: State = { stage: "apart", pid: undefined };
  const there: State = { stage: "apart", pid: undefined };

  const side = (mine: State, other: State): Side => ({
    enter: () => {
      mine.stage = "under way";
    },
    leave: () => {
      mine.stage = "gone";
    },
    meeting: (transact) => (work) =>
      transact(async (run) => {
        const [row] = await run<{ pid: number }>((sql) => sql`select pg_backend_pid() as pid`);
        mine.pid = row!.pid;
        mine.stage = "under way";
        const answer = await work(run);
        mine.stage = "about to commit";
        while (other.stage === "under way" && !(await waits(other))) await sleep(LOOK_EVERY_MS);
        return answer;
      }),
  });

  // With no server to ask there is nothing to wait for either.
  const waits = async ({ pid }: State) => pid !== undefined && (await isWaiting(pid).catch(() => true));

  return [side(here, there), side(there, here)];
}
