// A counting semaphore.

export class Semaphore {
  #permits: number;
  readonly #waiting: (() => void)[] = [];

  constructor(permits: number) {
    this.#permits = permits;
  }

  /** Waits for a permit, then runs the work. */
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

  /** Starts all waiting work at once, without permits: after the end of a coordinator the work only rejects. */
  flush(): void {
    for (const next of this.#waiting.splice(0)) next();
  }
}
