/** Lets many work at once, until somebody needs them all to stand still. */
export class Gate {
  #open: PromiseWithResolvers<void> | undefined;
  #inside = 0;
  #emptied: PromiseWithResolvers<void> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  /** Runs `work` once the gate is open. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    while (this.#open) await this.#open.promise;
    this.#inside++;
    try {
      return await work();
    } finally {
      this.#inside--;
      if (this.#inside === 0) this.#emptied?.resolve();
    }
  }

  /**
   * Closes the gate, runs `first` while those inside may still be at work, and `then` once they have all come out. One
   * caller after the other. Not to be called from inside.
   */
  standStill<T>(then: () => Promise<T>, first: () => Promise<void> = async () => {}): Promise<T> {
    const turn = this.#turn.then(async () => {
      this.#open = Promise.withResolvers();
      try {
        await first();
        this.#emptied = Promise.withResolvers();
        if (this.#inside > 0) await this.#emptied.promise;
        return await then();
      } finally {
        const { resolve } = this.#open;
        this.#open = undefined;
        this.#emptied = undefined;
        resolve();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }
}
