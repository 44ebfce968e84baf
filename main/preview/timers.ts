/** Timers by name: a later one takes the place of the one before, and after the end none begins. */
export class Timers {
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #ended = false;

  later(name: string, ms: number, then: () => void): void {
    this.stop(name);
    if (this.#ended) return;
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      then();
    }, ms);
    this.#timers.set(name, timer);
  }

  has(name: string): boolean {
    return this.#timers.has(name);
  }

  stop(name: string): void {
    clearTimeout(this.#timers.get(name));
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
