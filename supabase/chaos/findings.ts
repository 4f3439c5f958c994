import type { Violation } from "./violation.ts";

export interface Found extends Violation {
  /** How many attempts had been begun when it was noticed. */
  readonly afterAttempts: number;
}

const MOST_FOUND = 20;

/** What was found wrong so far, each thing once. */
export class Findings {
  readonly #found: Found[] = [];
  readonly #attempts: () => number;
  readonly #most: number;

  /** `isFirstEnough`: nobody asks for a second one. */
  constructor(attempts: () => number, isFirstEnough: boolean) {
    this.#attempts = attempts;
    this.#most = isFirstEnough ? 1 : MOST_FOUND;
  }

  get all(): readonly Found[] {
    return this.#found;
  }

  get areEnough(): boolean {
    return this.#found.length >= this.#most;
  }

  report(violations: readonly Violation[]): void {
    for (const violation of violations) {
      const isKnown = this.#found.some((f) => f.signal === violation.signal && f.detail === violation.detail);
      if (!isKnown && this.#found.length < MOST_FOUND) {
        this.#found.push({ ...violation, afterAttempts: this.#attempts() });
      }
    }
  }
}
