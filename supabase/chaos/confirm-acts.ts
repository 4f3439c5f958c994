import { setTimeout as sleep } from "node:timers/promises";
import type { Request } from "./asking.ts";
import type { Run } from "./client.ts";
import { type ClientSteps, type ConfirmedOrder, type Customer, platformMs } from "./client-steps.ts";
import { onFreshPlan, statementsOn } from "./fresh-plan.ts";
import { beginHold, type Deed, mintToken, wishFor } from "./hold-acts.ts";
import type { KnownHold } from "./known-holds.ts";
import { mintId } from "./scarce-network.ts";
import type { Attempt, World } from "./world.ts";

// What a shopper does with a hold that is paid for. An act answers undefined when there is nothing to do it with.

/** So long does a client wait in its transaction for a hold to be over. */
const LONGEST_WAIT_MS = 1500;

export const confirm: Deed = (world, attempt, hold) => confirmHold(world, attempt, hold, false);

/** The transaction begins before the hold's time is over, and asks after it. */
export function confirmTooLate(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const hold = world.known.takeSoonestOver(LONGEST_WAIT_MS);
  return hold && confirmHold(world, attempt, hold, true);
}

async function confirmHold(world: World, attempt: Attempt, hold: KnownHold, isLate: boolean): Promise<void> {
  const { random } = attempt;
  // The button pressed twice, or the same cart in another tab.
  const isSameTab = random.chance(0.7);
  const [orderId, token] = isSameTab ? [hold.orderId, hold.token] : [mintId(random), mintToken(random)];
  const outcome = await world.ask(attempt, {
    ...confirmRequest(world, { ...hold, orderId, token }, isLate),
    kind: isLate ? "confirm too late" : "confirm",
    isPatient: isLate,
    answered: (answer) => confirmedAs(world, { ...hold, orderId, token }, answer),
  });
  if (outcome === "KPEXP") world.known.missed.push(hold);
}

/** Somebody reloads the page: what was answered once is answered again, and nothing is done twice. */
export function confirmAgain(world: World, attempt: Attempt): Promise<unknown> | undefined {
  if (world.known.settled.length === 0) return undefined;
  const hold = attempt.random.pick(world.known.settled);
  return world.ask(attempt, {
    ...confirmRequest(world, hold, false),
    kind: "confirm again",
    answered: (answer) => {
      noteAnswer(world, hold, answer);
    },
  });
}

type Confirmation = Awaited<ReturnType<ClientSteps["confirmHold"]>>;

function confirmRequest(
  { log, steps }: World,
  { story, orderId, token, expiresAtMs }: KnownHold,
  isLate: boolean,
): Pick<Request<Confirmation>, "statements" | "ask" | "uncertain"> {
  const waitForTheEnd = async (run: Run) => {
    const giveUpMs = performance.now() + LONGEST_WAIT_MS;
    for (;;) {
      const leftMs = expiresAtMs - (await platformMs(run));
      if (leftMs < 0 || performance.now() + leftMs > giveUpMs) return;
      await sleep(Math.min(leftMs + 1, 50));
    }
  };
  return {
    statements: 4,
    ask: (transact) => {
      log.askConfirm(story, orderId, token);
      return steps.confirmHold(transact, story.holdId, orderId, customerOf(token), isLate ? waitForTheEnd : undefined);
    },
    uncertain: () => {
      story.confirms.get(orderId)!.isUncertain = true;
    },
  };
}

/** Somebody has paid, and the hold was over by then. */
export function confirmAnew(world: World, attempt: Attempt): Promise<unknown> | undefined {
  const old = world.known.missed.pop();
  if (!old) return undefined;
  const wish = wishFor(world, attempt, old.wish);
  const hold = beginHold(world, wish, attempt.random);
  const { story, orderId, token } = hold;
  const { swapped, holdId, parts: leaving } = old.story;
  return world.ask(attempt, {
    kind: "confirm anew",
    statements: statementsOn(wish),
    ask: (transact, look) => {
      world.log.askConfirm(story, orderId, token);
      return onFreshPlan(
        world,
        look,
        wish,
        (parts) => world.steps.reacquireAndConfirm(transact, holdId, parts, orderId, customerOf(token)),
        new Set(leaving.keys()),
      );
    },
    answered: (answer) => {
      story.placed.isAnswered = true;
      swapped.isAnswered = true;
      confirmedAs(world, hold, answer);
    },
    uncertain: () => {
      story.placed.isUncertain = true;
      swapped.isUncertain = true;
      story.confirms.get(orderId)!.isUncertain = true;
    },
  });
}

type Answer = ConfirmedOrder & { readonly askedAtMs?: number };

function confirmedAs(world: World, hold: KnownHold, answer: Answer): void {
  // Pressed twice it is still one order.
  const isKnown = hold.story.confirms.get(hold.orderId)!.isAnswered;
  noteAnswer(world, hold, answer);
  if (!isKnown) world.known.addOrder({ hold, moves: 0 });
}

function noteAnswer({ log, findings }: World, { story, orderId }: KnownHold, answer: Answer): void {
  const wrong = log.answerConfirm(story, orderId, answer);
  if (wrong) findings.report([wrong]);
}

function customerOf(token: string): Customer {
  return { token, customer_name: "Ana Sousa", customer_phone: "+351 210 000 000" };
}
