import { onFreshPlan, statementsOn } from "./fresh-plan.ts";
import { beginHold } from "./hold-acts.ts";
import type { KnownOrder, KnownPart } from "./known-holds.ts";
import { drawMove, mintId } from "./scarce-network.ts";
import { type Attempt, inTwoTabs, type World } from "./world.ts";

// What becomes of a confirmed order. An act answers undefined when there is nothing to do it with.

/** To another window, often in two tabs that know of the same one: it is moved once. */
export function move(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const order = world.known.takeOrder(attempt.random);
  return order && moveKnown(world, attempt, order);
}

async function moveKnown(world: World, attempt: Attempt, order: KnownOrder): Promise<void> {
  if (attempt.random.chance(0.4)) {
    await moveOnce(world, attempt, order);
    return;
  }
  const outcomes = await inTwoTabs(world, attempt, (tab) => moveOnce(world, tab, order));
  if (outcomes.every((outcome) => outcome === "done")) {
    const detail = `order ${order.hold.orderId}, by two who knew of one window`;
    world.findings.report([{ signal: "moved twice", detail }]);
  }
}

function moveOnce(world: World, attempt: Attempt, { hold: old, moves }: KnownOrder): Promise<string> {
  const { random, number } = attempt;
  const { orderId, token } = old;
  const wish = drawMove(world.network, random, `move ${number} of ${world.seed}`, old.wish);
  const hold = { ...beginHold(world, wish, random), orderId, token };
  const { story } = hold;
  return world.ask(attempt, {
    kind: "move",
    statements: statementsOn(wish),
    ask: (transact, look) => {
      world.log.askConfirm(story, orderId, token);
      return onFreshPlan(
        world,
        look,
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

/** What a node does with its part of an order. */
type PartDeed = (world: World, attempt: Attempt, part: KnownPart) => Promise<unknown>;

function withSomePart(deed: PartDeed) {
  return (world: World, attempt: Attempt): Promise<unknown> | undefined => {
    const part = world.known.takePart(attempt.random);
    return part && deed(world, attempt, part);
  };
}

/** Sends it back, though it was confirmed. */
const cancelPart: PartDeed = (world, attempt, { story, partId }) => {
  const { rejected } = story.parts.get(partId)!;
  return world.ask(attempt, {
    kind: "cancel",
    statements: 4,
    ask: (transact) => world.steps.rejectPart(transact, partId, world.network.opsUserId),
    answered: () => {
      rejected.isAnswered = true;
    },
    uncertain: () => {
      rejected.isUncertain = true;
    },
  });
};
export const cancel = withSomePart(cancelPart);

const handOverPart: PartDeed = (world, attempt, { story, partId }) => {
  const { handedOver } = story.parts.get(partId)!;
  return world.ask(attempt, {
    kind: "hand over",
    statements: 8,
    ask: (transact) => world.steps.handOverPart(transact, partId, world.network.opsUserId),
    answered: () => {
      handedOver.isAnswered = true;
    },
    uncertain: () => {
      handedOver.isUncertain = true;
    },
  });
};
export const handOver = withSomePart(handOverPart);

/** Parked while somebody is at one of its parts, or moves it; or before that: then they must be told to wait. */
export function park(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const order = world.known.takeOrder(attempt.random);
  return order && parkKnown(world, attempt, order);
}

async function parkKnown(world: World, attempt: Attempt, order: KnownOrder): Promise<void> {
  const { story } = order.hold;
  const meanwhile = (at: Attempt): Promise<unknown> => {
    const part = { story, partId: at.random.pick([...story.parts.keys()]) };
    const what = at.random.next();
    if (what < 0.6) return handOverPart(world, at, part);
    return what < 0.8 ? cancelPart(world, at, part) : moveOnce(world, at, order);
  };
  if (attempt.random.chance(0.6)) {
    await inTwoTabs(world, attempt, (tab, isOther) => (isOther ? meanwhile(tab) : parkOnce(world, tab, order)));
  } else {
    await parkOnce(world, attempt, order);
    await meanwhile(attempt);
  }
}

async function parkOnce(world: World, attempt: Attempt, order: KnownOrder): Promise<void> {
  const { orderId } = order.hold;
  const parkingId = mintId(attempt.random);
  const parking = world.log.askParking(orderId, parkingId);
  const outcome = await world.ask(attempt, {
    kind: "park",
    statements: 4,
    ask: (transact) => world.steps.parkOrder(transact, orderId, parkingId, world.network.opsUserId),
    answered: () => {
      parking.isAnswered = true;
    },
    uncertain: () => {
      parking.isUncertain = true;
    },
  });
  if (outcome === "done") world.known.parked.push(order);
}

export function unpark(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const order = world.known.parked.pop();
  return order && unparkKnown(world, attempt, order);
}

async function unparkKnown(world: World, attempt: Attempt, order: KnownOrder): Promise<void> {
  const { orderId } = order.hold;
  await world.ask(attempt, {
    kind: "unpark",
    statements: 4,
    ask: (transact) => world.steps.unparkOrder(transact, orderId, world.network.opsUserId),
    ...world.log.askUnparking(orderId),
  });
  world.known.returnOrder(order);
}
