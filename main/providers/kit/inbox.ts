/** What arrived and was not read yet: pushed by a socket, drawn by one reader, with a bound that the sender is made to feel. */

export interface InboxOptions {
  /** From here on `onFull` holds the sender back; when a quarter is left `onRoom` lets it go on. */
  highWater: number;
  onFull: () => void;
  onRoom: () => void;
}

export class Inbox<T> {
  readonly #options: InboxOptions;
  #items: { item: T; size: number }[] = [];
  #size = 0;
  #held = false;
  #end: { error: unknown } | 'ended' | null = null;
  #wake: (() => void) | null = null;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  push(item: T, size: number): void {
    if (this.#end) return;
    this.#items.push({ item, size });
    this.#size += size;
    if (!this.#held && this.#size >= this.#options.highWater) {
      this.#held = true;
      this.#options.onFull();
    }
    this.#wake?.();
  }

  /** What lies here is still read, then the reading ends. */
  end(): void {
    this.#end ??= 'ended';
    this.#wake?.();
  }

  /** What lies here is still read, then the reading throws. `now`: thrown at once, what lies here is dropped. */
  fail(error: unknown, now = false): void {
    if (now) {
      this.#items = [];
      this.#size = 0;
      this.#end = { error };
    } else this.#end ??= { error };
    this.#wake?.();
  }

  async *read(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const next = this.#items.shift();
      if (next) {
        this.#size -= next.size;
        if (this.#held && this.#size <= this.#options.highWater / 4) {
          this.#held = false;
          this.#options.onRoom();
        }
        yield next.item;
        continue;
      }
      if (this.#end === 'ended') return;
      if (this.#end) throw this.#end.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
