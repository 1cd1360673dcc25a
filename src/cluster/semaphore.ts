// A counting semaphore: limits how much work is done at a time.

export class Semaphore {
  #permits: number;
  readonly #waiting: (() => void)[] = [];

  constructor(permits: number) {
    this.#permits = permits;
  }

  /** Runs the work when there is a permit for it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#permits > 0) this.#permits--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#permits++;
    }
  }

  /** Starts all waiting work at once, without permits: its owner has ended, and rejects it. */
  flush(): void {
    for (const next of this.#waiting.splice(0)) next();
  }
}
