import { confirm, confirmAgain, confirmAnew, confirmTooLate } from "./confirm-acts.ts";
import { extend, place, release, swap, withSomeHold } from "./hold-acts.ts";
import { pause, setCapacity } from "./node-acts.ts";
import { cancel, handOver, move, park, unpark } from "./order-acts.ts";
import { twoAtOnce } from "./two-at-once.ts";
import type { Attempt, World } from "./world.ts";

type Act = (world: World, attempt: Attempt) => Promise<unknown> | undefined;

/** How often each thing is done, beside each other. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [46, place],
  [18, withSomeHold(confirm)],
  [5, confirmTooLate],
  [8, withSomeHold(release)],
  [5, withSomeHold(swap)],
  [3, withSomeHold(extend)],
  [6, withSomeHold(twoAtOnce)],
  [4, confirmAnew],
  [8, move],
  [14, cancel],
  [2, handOver],
  [5, park],
  [3, unpark],
  [3, confirmAgain],
  [2.5, setCapacity],
  [0.5, pause],
];
const ALL = ACTS.reduce((sum, [weight]) => sum + weight, 0);

/** One thing that a client does, drawn from the mix. */
export async function attemptOne(world: World, attempt: Attempt): Promise<void> {
  let left = attempt.random.next() * ALL;
  const [, act] = ACTS.find(([weight]) => {
    left -= weight;
    return left < 0;
  })!;
  // Nothing there to do it with: somebody has to place something first.
  await (act(world, attempt) ?? place(world, attempt));
}
