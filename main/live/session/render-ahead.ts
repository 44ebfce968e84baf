/** Frames drawn before they are due, a few of them: asked for, kept, thrown away and asked for anew, by whichever thread draws them. */
import type { LiveFrameSource, StageFrame } from '../../engine/ports/frames.ts';

export interface AheadSource extends Pick<LiveFrameSource<never>, 'frame' | 'rewind' | 'dispose'> {}

/** Frames given up where drawing has fallen behind, so that the one after them comes in time. */
const PASSED_OVER = 2;

interface Part<Source> {
  source: Source;
  /** Its first frame. */
  fromFrame: number;
}

export interface AheadEvents<Source> {
  drawn(index: number): void;
  /** The drawing thread is lost. */
  lost(source: Source, error: unknown): void;
}

export class RenderAhead<Source extends AheadSource> {
  readonly max: number;
  readonly #events: AheadEvents<Source>;
  #parts: Part<Source>[] = [];
  readonly #drawn = new Map<number, StageFrame>();
  /** Asked for and not answered. */
  #asked = new Set<number>();
  #generation = 0;
  /** The next to ask for, and the next that is due. */
  #next: number;
  #due: number;

  constructor(max: number, firstFrame: number, events: AheadEvents<Source>) {
    this.max = max;
    this.#events = events;
    this.#next = firstFrame;
    this.#due = firstFrame;
  }

  get ready(): number {
    return this.#drawn.size;
  }
  has(index: number): boolean {
    return this.#drawn.has(index);
  }
  get hasSource(): boolean {
    return this.#parts.length > 0;
  }
  /** The first frame that has not been asked for. */
  get nextFrame(): number {
    return this.#next;
  }
  get sources(): readonly Source[] {
    return this.#parts.map(({ source }) => source);
  }

  /** Takes over from the first frame that was not asked for yet. @returns that frame */
  use(source: Source): number {
    this.#parts.push({ source, fromFrame: this.#next });
    this.fill();
    return this.#next;
  }

  fill(): void {
    while (this.#parts.length > 0 && this.#next < this.#due + this.max) {
      const index = this.#next++;
      const part = this.#parts.findLast(({ fromFrame }) => fromFrame <= index) ?? this.#parts[0]!;
      const generation = this.#generation;
      this.#asked.add(index);
      part.source.frame(index).then(
        (frame) => {
          if (generation !== this.#generation && !this.#asked.has(index)) return frame.release();
          this.#asked.delete(index);
          if (index < this.#due || this.#drawn.has(index)) {
            frame.release();
            this.fill();
            return;
          }
          this.#drawn.set(index, frame);
          this.#events.drawn(index);
        },
        (error: unknown) => {
          if (error instanceof DOMException && error.name === 'AbortError') return;
          this.#asked.delete(index);
          this.#lose(part.source, error);
        },
      );
    }
  }

  /** The frame that is due, if it has been drawn; and asks for further ones. The taker releases it. */
  take(index: number): StageFrame | null {
    const frame = this.#drawn.get(index) ?? null;
    this.#drawn.delete(index);
    this.#due = index + 1;
    for (const [old, left] of this.#drawn) {
      if (old > index) continue;
      left.release();
      this.#drawn.delete(old);
    }
    // Drawing has fallen behind: what can no longer come in time is passed over.
    if (frame === null && this.#parts.length > 0) {
      const late = [...this.#asked].filter((asked) => asked <= index).length;
      if (late > 1) this.rewind(index + 1 + PASSED_OVER, null);
    }
    this.#retire();
    this.fill();
    return frame;
  }

  /** Frames from `index` on are drawn (again). With `cutMs` whoever speaks is cut off there. */
  rewind(index: number, cutMs: number | null): void {
    const from = Math.max(index, this.#due);
    this.#generation++;
    for (const { source } of this.#parts) source.rewind(from, cutMs);
    for (const asked of [...this.#asked]) if (asked >= from || asked < this.#due) this.#asked.delete(asked);
    for (const [drawn, frame] of this.#drawn) {
      if (drawn < from) continue;
      frame.release();
      this.#drawn.delete(drawn);
    }
    this.#next = Math.min(this.#next, from);
  }

  #retire(): void {
    while (this.#parts.length > 1 && this.#parts[1]!.fromFrame <= this.#due) {
      const { source } = this.#parts.shift()!;
      // Frames of it may still be on their way to the encoder; its memory lives until they are released.
      void source.dispose();
    }
  }

  #lose(source: Source, error: unknown): void {
    const before = this.#parts.length;
    this.#parts = this.#parts.filter((part) => part.source !== source);
    if (this.#parts.length === before) return;
    this.#next = Math.max(this.#due, Math.min(this.#next, ...[...this.#asked, this.#next]));
    this.#asked.clear();
    this.#events.lost(source, error);
  }

  async dispose(): Promise<void> {
    for (const frame of this.#drawn.values()) frame.release();
    this.#drawn.clear();
    await Promise.allSettled(this.#parts.splice(0).map(({ source }) => source.dispose()));
  }
}
