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

async function placeWish(world: World, { tab, random }: Attempt, wish: Wish): Promise<void> {
  const hold = beginHold(world, wish, random);
  const ttlSec = random.pick(LIFETIMES_SEC);
  await world.ask(tab, random, {
    kind: wish.parts.length > 1 ? "hold of two nodes" : "hold",
    statements: statementsOn(wish),
    ask: (transact) => onFreshPlan(world, transact, wish, (parts) => world.steps.placeHold(transact, parts, ttlSec)),
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

export function release(world: World, { tab, random }: Attempt): Promise<unknown> | undefined {
  const hold = world.known.takeHeld(random);
  if (!hold) return undefined;
  const { holdId, released } = hold.story;
  return world.known.inTheHandOf(hold, () =>
    world.ask(tab, random, {
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
    }),
  );
}

/** Another window, or another cart altogether, in the place of what is held. */
export function swap(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const { tab, random } = attempt;
  const old = world.known.takeHeld(random);
  if (!old) return undefined;
  const wish = wishFor(world, attempt, old.wish);
  const hold = beginHold(world, wish, random);
  const ttlSec = random.pick(LIFETIMES_SEC);
  const { answered, uncertain } = placing(world, hold);
  const { swapped, holdId, parts: leaving } = old.story;
  return world.known.inTheHandOf(old, () =>
    world.ask(tab, random, {
      kind: "swap",
      statements: statementsOn(wish),
      ask: (transact) =>
        onFreshPlan(
          world,
          transact,
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
    }),
  );
}

/** Often in two tabs at once, each with a key of its own: only one of them may be given more time. */
export function extend(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const hold = world.known.takeHeld(attempt.random);
  if (!hold) return undefined;
  return world.known.inTheHandOf<unknown>(hold, () =>
    attempt.random.chance(0.5)
      ? extendOnce(world, attempt, hold)
      : inTwoTabs(world, attempt, (tab) => extendOnce(world, tab, hold)),
  );
}

function extendOnce(world: World, { tab, random }: Attempt, hold: KnownHold): Promise<string> {
  const extensionId = mintId(random);
  const ttlSec = random.pick(LIFETIMES_SEC);
  const extension = world.log.askExtension(hold.story, extensionId);
  return world.ask(tab, random, {
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
}
