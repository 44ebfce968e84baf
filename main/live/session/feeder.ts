/**
 * The heart: frame n is due at anchor + n·1000/fps, and then it goes to the encoder with its sound, whatever else has happened. What has not
 * been drawn is the picture before it again; what has not been spoken is silence.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from './clock.ts';
import type { LentFrame } from './encoder.ts';

export interface FeederOptions {
  clock: Clock;
  fps: number;
  firstFrame: number;
  /** Everything that happens at this frame, before it is taken. */
  before(frame: number): void;
  picture(frame: number): LentFrame | null;
  sound(frame: number): Buffer;
  feed(frame: number, picture: LentFrame, sound: Buffer): void;
  late(frame: number): void;
  /** The process stood still so long. */
  stood(ms: number): void;
}

/** Longer than this is no hiccup: the machine slept, and catching up would only flood the encoder. */
const STALL_MS = 1000;

export class Feeder {
  readonly #options: FeederOptions;
  #held: SharedFrame | null = null;
  /** The next frame to be fed. */
  frame: number;
  lateFrames = 0;
  stalls = 0;
  /** When the first frame was due, so that all others are; null before it runs. */
  #anchorMs: number | null = null;

  constructor(options: FeederOptions) {
    this.#options = options;
    this.frame = options.firstFrame;
  }

  /** Stream time that is due now; never behind what was fed. */
  get dueStreamMs(): number {
    const { clock, fps, firstFrame } = this.#options;
    const fedMs = (this.frame * 1000) / fps;
    if (this.#anchorMs === null) return fedMs;
    return Math.max(fedMs, (firstFrame * 1000) / fps + clock.nowMs() - this.#anchorMs);
  }

  /** Until `signal` is aborted; resolves then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, fps, firstFrame } = this.#options;
    this.#anchorMs = clock.nowMs();
    try {
      while (!signal.aborted) {
        const dueMs = this.#anchorMs + ((this.frame - firstFrame) * 1000) / fps;
        await clock.sleepUntil(dueMs, signal);
        const lagMs = clock.nowMs() - dueMs;
        if (lagMs > STALL_MS) {
          this.#anchorMs += lagMs;
          this.stalls++;
          this.#options.stood(lagMs);
        }
        // While it catches up, others get their turn too.
        else if (lagMs > 2) await turn();
        this.#feedOne();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#held?.release();
      this.#held = null;
    }
  }

  #feedOne(): void {
    const index = this.frame;
    const options = this.#options;
    options.before(index);
    const drawn = options.picture(index);
    if (drawn) {
      this.#held?.release();
      this.#held = new SharedFrame(drawn);
    } else {
      this.lateFrames++;
      options.late(index);
    }
    const sound = options.sound(index);
    // Before the very first picture there is nothing to show yet.
    if (this.#held) options.feed(index, this.#held.again(), sound);
    this.frame = index + 1;
  }
}

/** A picture that may be shown several times: given back when the last of its showings is done. */
class SharedFrame {
  readonly #frame: LentFrame;
  #users = 1;

  constructor(frame: LentFrame) {
    this.#frame = frame;
  }

  again(): LentFrame {
    this.#users++;
    let released = false;
    return {
      data: this.#frame.data,
      release: () => {
        if (released) return;
        released = true;
        this.release();
      },
    };
  }

  release(): void {
    this.#users--;
    if (this.#users === 0) this.#frame.release();
  }
}
