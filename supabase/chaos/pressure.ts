const FIRST_AT_ONCE = 4;
/** Answers that come sooner let one more in, those that take longer send some away. */
const GOOD_MS = 120;
const BAD_MS = 400;
const AFTER_BAD = 0.7;
const CALM_MS = 500;

/**
 * How many requests are under way at once: as many as the machine answers in good time. With all of sixty-four at work
 * on two cores nothing would be measured but their queue, and a sweeper in it would look as if it did not sweep.
 */
export class Pressure {
  readonly #most: number;
  #limit = FIRST_AT_ONCE;
  #under = 0;
  #easedMs = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#under >= Math.max(1, Math.floor(this.#limit))) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#under++;
    try {
      return await work();
    } finally {
      this.#under--;
      for (let free = this.#limit - this.#under; free >= 1 && this.#waiting.length > 0; free--)
        this.#waiting.shift()!();
    }
  }

  /** What an answer took. */
  told(ms: number): void {
    const nowMs = performance.now();
    if (ms < GOOD_MS) this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    else if (ms > BAD_MS && nowMs - this.#easedMs > CALM_MS) {
      this.#easedMs = nowMs;
      this.#limit = Math.max(FIRST_AT_ONCE, this.#limit * AFTER_BAD);
    }
  }

  /** Everything is cold again. */
  begin(): void {
    this.#limit = FIRST_AT_ONCE;
  }
}
