/**
 * Frames drawn before they are due, a few of them: asked for, kept, and asked for anew, by whichever thread draws them. What is to be drawn
 * again stays until its replacement is there: a picture that is out of date is better than one that stands still.
 */
import type { LiveFrameSource, StageFrame } from '../../engine/ports/frames.ts';

export interface AheadSource extends Pick<LiveFrameSource<never>, 'frame' | 'rewind' | 'dispose'> {}

/** Frames given up where drawing has fallen behind, so that the one after them comes in time. */
const PASSED_OVER = 2;
/** A mouth may go on so long where its voice was cut off and nothing newer is there; after that it rather stands still. */
const SPEAKS_ON_FRAMES = 3;

interface Part<Source> {
  source: Source;
  /** Its first frame. */
  fromFrame: number;
}

interface Drawn {
  frame: StageFrame;
  /** It is being drawn again. */
  outdated: boolean;
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
  readonly #drawn = new Map<number, Drawn>();
  /** Asked for and not answered, with what tells this asking from one before it. */
  readonly #asked = new Map<number, symbol>();
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
    let ready = 0;
    for (const { outdated } of this.#drawn.values()) if (!outdated) ready++;
    return ready;
  }
  has(index: number): boolean {
    return this.#drawn.get(index)?.outdated === false;
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
      if (!this.has(index)) this.#ask(index);
    }
  }

  #ask(index: number): void {
    const part = this.#parts.findLast(({ fromFrame }) => fromFrame <= index) ?? this.#parts[0]!;
    const asking = Symbol();
    this.#asked.set(index, asking);
    part.source.frame(index).then(
      (frame) => {
        if (this.#asked.get(index) !== asking) return frame.release();
        this.#asked.delete(index);
        if (index < this.#due) {
          frame.release();
          this.fill();
          return;
        }
        this.#drawn.get(index)?.frame.release();
        this.#drawn.set(index, { frame, outdated: false });
        this.#events.drawn(index);
      },
      (error: unknown) => {
        if (error instanceof DOMException && error.name === 'AbortError') return;
        if (this.#asked.get(index) === asking) this.#asked.delete(index);
        this.#lose(part.source, error);
      },
    );
  }

  /** The frame that is due, if it has been drawn; and asks for further ones. The taker releases it. */
  take(index: number): StageFrame | null {
    const drawn = this.#drawn.get(index);
    this.#drawn.delete(index);
    this.#due = index + 1;
    for (const [old, left] of this.#drawn) {
      if (old > index) continue;
      left.frame.release();
      this.#drawn.delete(old);
    }
    if (drawn === undefined && this.#parts.length > 0) this.#catchUp();
    this.#retire();
    this.fill();
    return drawn?.frame ?? null;
  }

  /** Drawing has fallen behind: what can no longer come in time is not drawn at all. */
  #catchUp(): void {
    const late = [...this.#asked.keys()].filter((asked) => asked < this.#due);
    if (late.length < 2) return;
    const first = Math.min(...late);
    for (const { source } of this.#parts) source.rewind(first, null);
    this.#asked.clear();
    this.#next = this.#due + PASSED_OVER;
  }

  /** Frames from `index` on are drawn (again); until then those before stand in. With `cutMs` whoever speaks is cut off there. */
  rewind(index: number, cutMs: number | null): void {
    const from = Math.max(index, this.#due);
    for (const { source } of this.#parts) source.rewind(from, cutMs);
    for (const asked of [...this.#asked.keys()]) if (asked >= from) this.#asked.delete(asked);
    for (const [index, drawn] of this.#drawn) {
      if (index < from) continue;
      drawn.outdated = true;
      if (cutMs === null || index < from + SPEAKS_ON_FRAMES) continue;
      drawn.frame.release();
      this.#drawn.delete(index);
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
    this.#next = Math.max(this.#due, Math.min(this.#next, ...this.#asked.keys()));
    this.#asked.clear();
    this.#events.lost(source, error);
  }

  async dispose(): Promise<void> {
    for (const { frame } of this.#drawn.values()) frame.release();
    this.#drawn.clear();
    await Promise.allSettled(this.#parts.splice(0).map(({ source }) => source.dispose()));
  }
}
