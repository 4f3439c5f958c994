import { confirm, confirmAgain, confirmAnew, confirmTooLate } from "./confirm-acts.ts";
import { extend, place, release, swap } from "./hold-acts.ts";
import { pause, setCapacity } from "./node-acts.ts";
import { cancel, handOver, move } from "./order-acts.ts";
import type { Attempt, World } from "./world.ts";

type Act = (world: World, attempt: Attempt) => Promise<unknown> | undefined;

/** How often each thing is done, beside each other. */
const ACTS: readonly (readonly [weight: number, act: Act])[] = [
  [46, place],
  [20, confirm],
  [5, confirmTooLate],
  [9, release],
  [6, swap],
  [4, extend],
  [4, confirmAnew],
  [6, move],
  [14, cancel],
  [2, handOver],
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
