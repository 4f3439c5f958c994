import { setTimeout as sleep } from "node:timers/promises";
import { instant, NODES } from "#supabase/tests/network-fixture.ts";
import { PICKING_HOURS } from "./scarce-network.ts";
import type { Attempt, World } from "./world.ts";

// What people at the nodes change under the feet of those who ask.

export function setCapacity(world: World, attempt: Attempt): Promise<unknown> {
  const { random } = attempt;
  const { hourSec, opsUserId } = world.network;
  const nodeId = random.pick(Object.values(NODES));
  const startsAt = instant(random.pick(PICKING_HOURS));
  const targetSec = Math.round(hourSec * random.between(0.3, 1.3));
  return world.ask(attempt, {
    kind: "capacity",
    statements: 4,
    ask: (transact) => world.steps.setCapacity(transact, nodeId, startsAt, targetSec, opsUserId),
  });
}

export async function pause(world: World, attempt: Attempt): Promise<void> {
  const { random } = attempt;
  const nodeId = random.pick(Object.values(NODES));
  const pausedMs = random.below(80);
  const set = (isPaused: boolean) =>
    world.ask(attempt, {
      kind: isPaused ? "pause" : "resume",
      statements: 3,
      ask: (transact) => world.steps.setPaused(transact, nodeId, isPaused),
    });
  await set(true);
  await sleep(pausedMs);
  while ((await set(false)) === "gone" && !world.isStopping());
}
