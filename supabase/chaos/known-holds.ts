import type { Random } from "#server/core/random.ts";
import type { HoldStory } from "./answer-log.ts";
import type { PlatformClock } from "./platform-clock.ts";
import type { Wish } from "./scarce-network.ts";

export interface KnownHold {
  readonly story: HoldStory;
  readonly wish: Wish;
  expiresAtMs: number;
  /** The order that it may become, or has. */
  readonly orderId: string;
  readonly token: string;
}

/** By the hold that keeps it now, as far as is known. */
export interface KnownOrder {
  readonly hold: KnownHold;
  readonly moves: number;
}

export interface KnownPart {
  readonly story: HoldStory;
  readonly partId: string;
}

/** What the clients know, and therefore ask for next. */
export class KnownHolds {
  readonly #clock: PlatformClock;
  /** Held, and those that somebody has in hand at the moment. */
  readonly #held: KnownHold[] = [];
  readonly #inHand: KnownHold[] = [];
  /** Parts that a node has to do with. */
  readonly #parts: KnownPart[] = [];
  /** Confirmed, to be asked for again. */
  readonly settled: KnownHold[] = [];
  readonly #orders: KnownOrder[] = [];
  readonly parked: KnownOrder[] = [];
  /** Paid for too late. */
  readonly missed: KnownHold[] = [];

  constructor(clock: PlatformClock) {
    this.#clock = clock;
  }

  addHeld(hold: KnownHold): void {
    this.#held.push(hold);
  }

  addOrder(order: KnownOrder): void {
    const { hold } = order;
    for (const partId of hold.story.parts.keys()) this.#parts.push({ story: hold.story, partId });
    this.settled.push(hold);
    this.#orders.push(order);
  }

  /** A hold to do something with; often one that somebody else has in hand, and mostly one whose time is not over. */
  takeHeld(random: Random): KnownHold | undefined {
    if (this.#inHand.length > 0 && random.chance(0.3)) return random.pick(this.#inHand);
    const nowMs = this.#clock.nowMs();
    for (let tries = 0; tries < 6 && this.#held.length > 0; tries++) {
      const hold = takeAt(this.#held, random.below(this.#held.length));
      if (hold.expiresAtMs > nowMs || random.chance(0.2)) return hold;
    }
    return undefined;
  }

  /** Taken out, so that nobody else decides about it meanwhile. */
  takeSoonestOver(withinMs: number): KnownHold | undefined {
    const nowMs = this.#clock.nowMs();
    const at = this.#held.findLastIndex(({ expiresAtMs }) => expiresAtMs > nowMs && expiresAtMs < nowMs + withinMs);
    return at < 0 ? undefined : this.#held.splice(at, 1)[0];
  }

  /** What was taken out and is still the same. */
  returnOrder(order: KnownOrder): void {
    this.#orders.push(order);
  }

  /** Often the newest: of the old ones many have been sent back, and nobody can do much with them. */
  takeOrder(random: Random): KnownOrder | undefined {
    if (this.#orders.length === 0) return undefined;
    return random.chance(0.7) ? this.#orders.pop() : takeAt(this.#orders, random.below(this.#orders.length));
  }

  /** A part of an order; now and then it stays where the next one finds it too. */
  takePart(random: Random): KnownPart | undefined {
    if (this.#parts.length === 0) return undefined;
    const at = random.below(this.#parts.length);
    return random.chance(0.85) ? takeAt(this.#parts, at) : this.#parts[at];
  }

  async inTheHandOf<T>(hold: KnownHold, work: () => Promise<T>): Promise<T> {
    this.#inHand.push(hold);
    try {
      return await work();
    } finally {
      this.#inHand.splice(this.#inHand.indexOf(hold), 1);
    }
  }
}

/** In any order: the last one takes its place. */
function takeAt<T>(list: T[], at: number): T {
  const taken = list[at]!;
  list[at] = list.at(-1)!;
  list.pop();
  return taken;
}
