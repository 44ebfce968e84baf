/** Sound that is read once and may be read again from where it was last forgotten: what is no text for good yet. */

/** Beyond it the oldest is forgotten: nobody speaks so long without an end. 16 kHz. */
const MOST_SAMPLES = 60 * 16_000;

export class KeptPieces implements AsyncDisposable {
  readonly #source: AsyncIterator<Int16Array>;
  readonly #kept: { at: number; piece: Int16Array }[] = [];
  #taken = 0;
  #pulling: Promise<void> | null = null;
  #failure: { error: unknown } | null = null;
  #reader = 0;
  /** When the source ended, by `performance.now()`; null while it goes on. */
  endedAtMs: number | null = null;

  constructor(source: AsyncIterable<Int16Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Samples taken from the source so far. */
  get taken(): number {
    return this.#taken;
  }

  /** The first sample that the next reader gets. */
  get from(): number {
    return this.#kept[0]?.at ?? this.#taken;
  }

  /** Whole pieces that end before it go. */
  forgetBefore(sample: number): void {
    while (this.#kept.length > 0 && this.#kept[0]!.at + this.#kept[0]!.piece.length <= sample) this.#kept.shift();
  }

  /** Ends the reader before it. */
  async *read(): AsyncGenerator<Int16Array> {
    this.#reader += 1;
    const own = this.#reader;
    let at = this.from;
    while (own === this.#reader) {
      const next = this.#kept.find((each) => each.at >= at);
      if (next) {
        at = next.at + next.piece.length;
        yield next.piece;
        continue;
      }
      if (this.#failure) throw this.#failure.error;
      if (this.endedAtMs !== null) return;
      this.#pulling ??= this.#pull();
      await this.#pulling;
    }
  }

  async #pull(): Promise<void> {
    try {
      const { value, done } = await this.#source.next();
      if (done) this.endedAtMs = performance.now();
      else if (value.length > 0) {
        this.#kept.push({ at: this.#taken, piece: value });
        this.#taken += value.length;
        this.forgetBefore(this.#taken - MOST_SAMPLES);
      }
    } catch (error) {
      this.#failure = { error };
    } finally {
      this.#pulling = null;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#reader += 1;
    // A source that waits for sound which never comes is not waited for.
    void this.#source.return?.().catch(() => undefined);
  }
}
