import type { Random } from "#server/core/random.ts";
import type { Request } from "./asking.ts";
import type { PlacedHold } from "./client-steps.ts";
import { onFreshPlan, statementsOn } from "./fresh-plan.ts";
import type { KnownHold } from "./known-holds.ts";
import { drawWish, mintId, type Wish } from "./scarce-network.ts";
import { type Attempt, inTwoTabs, type World } from "./world.ts";

// What a shopper does before paying. An act answers undefined when there is nothing to do it with.

const LIFETIMES_SEC = [1, 1, 2, 3, 5, 20] as const;

/** `changed` is what the same shopper wished before. */
export function wishFor({ network, seed }: World, { random, number }: Attempt, changed?: Wish): Wish {
  return drawWish(network, random, `attempt ${number} of ${seed}`, changed);
}

/** A hold that is about to be asked for, with the order that it may become. */
export function beginHold({ log }: World, wish: Wish, random: Random): KnownHold {
  const story = log.begin(wish.parts.map(({ holdId }) => holdId));
  return { story, wish, expiresAtMs: 0, orderId: mintId(random), token: mintToken(random) };
}

export function mintToken(random: Random): string {
  return mintId(random).replaceAll("-", "");
}

export async function place(world: World, attempt: Attempt): Promise<void> {
  const wish = wishFor(world, attempt);
  // One checkout in two tabs: the limit on what it holds is asked by both at once.
  if (!wish.shopper || attempt.random.chance(0.6)) return placeWish(world, attempt, wish);
  await inTwoTabs(world, attempt, (tab, isOther) => placeWish(world, tab, isOther ? wishFor(world, tab, wish) : wish));
}

async function placeWish(world: World, attempt: Attempt, wish: Wish): Promise<void> {
  const hold = beginHold(world, wish, attempt.random);
  const ttlSec = attempt.random.pick(LIFETIMES_SEC);
  await world.ask(attempt, {
    kind: wish.parts.length > 1 ? "hold of two nodes" : "hold",
    statements: statementsOn(wish),
    ask: (transact, look) => onFreshPlan(world, look, wish, (parts) => world.steps.placeHold(transact, parts, ttlSec)),
    ...placing(world, hold),
  });
}

function placing({ known }: World, hold: KnownHold): Required<Pick<Request<PlacedHold>, "answered" | "uncertain">> {
  return {
    answered: ({ expiresAtMs }) => {
      hold.story.placed.isAnswered = true;
      hold.expiresAtMs = expiresAtMs;
      known.addHeld(hold);
    },
    uncertain: () => {
      hold.story.placed.isUncertain = true;
    },
  };
}

/** What is done with a hold that somebody has in hand. */
export type Deed = (world: World, attempt: Attempt, hold: KnownHold) => Promise<unknown>;

/** Done with some hold, if there is one. */
export function withSomeHold(deed: Deed): (world: World, attempt: Attempt) => Promise<unknown> | undefined {
  return (world, attempt) => {
    const hold = world.known.takeHeld(attempt.random);
    return hold && world.known.inTheHandOf(hold, () => deed(world, attempt, hold));
  };
}

export const release: Deed = (world, attempt, { story: { holdId, released } }) =>
  world.ask(attempt, {
    kind: "release",
    statements: 3,
    ask: (transact) => world.steps.releaseHold(transact, holdId),
    answered: (state) => {
      if (released.isAnswered && released.as !== state) {
        world.findings.report([
          { signal: "repeat answered otherwise", detail: `hold ${holdId}: ${released.as}, then ${state}` },
        ]);
      }
      released.isAnswered = true;
      released.as = state;
    },
    uncertain: () => {
      released.isUncertain = true;
    },
  });

/** Another window, or another cart altogether, in the place of what is held. */
export const swap: Deed = (world, attempt, old) => {
  const wish = wishFor(world, attempt, old.wish);
  const hold = beginHold(world, wish, attempt.random);
  const ttlSec = attempt.random.pick(LIFETIMES_SEC);
  const { answered, uncertain } = placing(world, hold);
  const { swapped, holdId, parts: leaving } = old.story;
  return world.ask(attempt, {
    kind: "swap",
    statements: statementsOn(wish),
    ask: (transact, look) =>
      onFreshPlan(
        world,
        look,
        wish,
        (parts) => world.steps.swapHold(transact, holdId, parts, ttlSec),
        new Set(leaving.keys()),
      ),
    answered: (placed) => {
      swapped.isAnswered = true;
      answered(placed);
    },
    uncertain: () => {
      swapped.isUncertain = true;
      uncertain();
    },
  });
};

/** With a key of its own: of two that are at it only one may be given more time. */
export const extend: Deed = (world, attempt, hold) => {
  const extensionId = mintId(attempt.random);
  const ttlSec = attempt.random.pick(LIFETIMES_SEC);
  const extension = world.log.askExtension(hold.story, extensionId);
  return world.ask(attempt, {
    kind: "extend",
    statements: 3,
    ask: (transact) => world.steps.extendHold(transact, hold.story.holdId, extensionId, ttlSec),
    answered: ({ expiresAtMs }) => {
      extension.isAnswered = true;
      extension.untilMs = expiresAtMs;
      hold.expiresAtMs = expiresAtMs;
      world.known.addHeld(hold);
    },
    uncertain: () => {
      extension.isUncertain = true;
    },
  });
};
