import { onFreshPlan, statementsOn } from "./fresh-plan.ts";
import { beginHold } from "./hold-acts.ts";
import type { KnownOrder } from "./known-holds.ts";
import { drawMove } from "./scarce-network.ts";
import { type Attempt, inTwoTabs, type World } from "./world.ts";

// What becomes of a confirmed order. An act answers undefined when there is nothing to do it with.

/** To another window, often in two tabs that know of the same one: it is moved once. */
export function move(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const order = world.known.takeOrder(attempt.random);
  return order && moveKnown(world, attempt, order);
}

async function moveKnown(world: World, attempt: Attempt, order: KnownOrder): Promise<void> {
  if (attempt.random.chance(0.6)) {
    await moveOnce(world, attempt, order);
    return;
  }
  const outcomes = await inTwoTabs(world, attempt, (tab) => moveOnce(world, tab, order));
  if (outcomes.every((outcome) => outcome === "done")) {
    const detail = `order ${order.hold.orderId}, by two who knew of one window`;
    world.findings.report([{ signal: "moved twice", detail }]);
  }
}

function moveOnce(world: World, { tab, random, number }: Attempt, { hold: old, moves }: KnownOrder): Promise<string> {
  const { orderId, token } = old;
  const wish = drawMove(world.network, random, `move ${number} of ${world.seed}`, old.wish);
  const hold = { ...beginHold(world, wish, random), orderId, token };
  const { story } = hold;
  return world.ask(tab, random, {
    kind: "move",
    statements: statementsOn(wish),
    ask: (transact) => {
      world.log.askConfirm(story, orderId, token);
      return onFreshPlan(
        world,
        transact,
        wish,
        (parts) => world.steps.moveOrder(transact, orderId, moves, parts),
        new Set(old.story.parts.keys()),
      );
    },
    answered: () => {
      story.placed.isAnswered = true;
      old.story.moved.isAnswered = true;
      world.log.answerConfirm(story, orderId, old.story.confirms.get(orderId)!.order!);
      world.known.addOrder({ hold, moves: moves + 1 });
    },
    uncertain: () => {
      story.placed.isUncertain = true;
      old.story.moved.isUncertain = true;
      story.confirms.get(orderId)!.isUncertain = true;
    },
  });
}

/** A node sends its part back, though it was confirmed. */
export function cancel(world: World, { tab, random }: Attempt): Promise<unknown> | undefined {
  const known = world.known.takePart(random);
  if (!known) return undefined;
  const { rejected } = known.story.parts.get(known.partId)!;
  return world.ask(tab, random, {
    kind: "cancel",
    statements: 4,
    ask: (transact) => world.steps.rejectPart(transact, known.partId, world.network.opsUserId),
    answered: () => {
      rejected.isAnswered = true;
    },
    uncertain: () => {
      rejected.isUncertain = true;
    },
  });
}

export function handOver(world: World, { tab, random }: Attempt): Promise<unknown> | undefined {
  const known = world.known.takePart(random);
  if (!known) return undefined;
  const { handedOver } = known.story.parts.get(known.partId)!;
  return world.ask(tab, random, {
    kind: "hand over",
    statements: 8,
    ask: (transact) => world.steps.handOverPart(transact, known.partId, world.network.opsUserId),
    answered: () => {
      handedOver.isAnswered = true;
    },
    uncertain: () => {
      handedOver.isUncertain = true;
    },
  });
}
