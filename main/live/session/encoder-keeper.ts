/**
 * Keeps an encoder running for as long as the stream does. One that dies, or takes nothing any more, is followed by another at once; after
 * several quick deaths with a pause. A change of quality starts the next one beside: it takes over at a frame, which is its first
 * keyframe, and what it gives waits until the one before has given all it had.
 */
import type { FlvTag } from '../../broadcast/flv/tags.ts';
import { Encoder, type EncoderEnd, type LentFrame } from './encoder.ts';
import { StreamTrack } from './stream-times.ts';

/** How the stream is encoded now; `args` are what ffmpeg is started with. */
export interface Quality {
  step: number;
  videoKbps: number;
  divisor: number;
  widthPx: number;
  heightPx: number;
}

export interface KeeperOptions {
  ffmpegPath: string;
  argsOf(quality: Quality): string[];
  fps: number;
  onTag(tag: FlvTag): void;
  onTrouble(detail: string): void;
}

/** Frames given and not taken, above which further ones are left out, ms of stream. */
const BACKLOG_MS = 1000;
/** With frames to take and nothing taken or given for so long, an encoder hangs. Counted in frames: a stopped laptop counts none. */
const HANG_MS = 3000;
const QUICK_DEATH_MS = 5000;
const RESTART_AFTER_MS = [0, 0, 500, 1000, 2000, 5000];
const FINISH_MS = 2000;

interface Slot {
  encoder: Encoder;
  quality: Quality;
  bornFrame: number;
  /** What it gave while the one before it was not done. */
  held: FlvTag[] | null;
}

export class EncoderKeeper {
  readonly #options: KeeperOptions;
  readonly #track = new StreamTrack();
  #current: Slot | null = null;
  #leaving: Slot | null = null;
  #quality: Quality;
  #quickDeaths = 0;
  #restartAtFrame = 0;
  #closing = false;
  /** Sound of the frames an encoder with a divisor has not been given yet. */
  #sound: Buffer[] = [];
  #carried: { index: number; frame: LentFrame } | null = null;
  #progressSeen = 0;
  #progressAtFrame = 0;
  restarts = 0;
  /** Frames no encoder was given: none was there, or it did not keep up. */
  skipped = 0;

  constructor(options: KeeperOptions, quality: Quality) {
    this.#options = options;
    this.#quality = quality;
  }

  get quality(): Quality {
    return this.#current?.quality ?? this.#quality;
  }
  get pending(): number {
    return this.#current?.encoder.pending ?? 0;
  }
  get speed(): number | null {
    return this.#current?.encoder.speed ?? null;
  }
  get avOffsetMs(): number {
    return this.#current?.encoder.avOffsetMs ?? 0;
  }
  get pid(): number | undefined {
    return this.#current?.encoder.pid;
  }
  get drained(): boolean {
    return this.pending === 0;
  }

  /** From the next frame that can be one's first on. */
  change(quality: Quality): void {
    this.#quality = quality;
  }

  /** Starts it before the first frame is due. */
  open(frame: number): void {
    if (this.#current === null && !this.#closing) this.#start(frame);
  }

  /** Frame `index` and its sound: taken or left out, never waited for. */
  feed(index: number, frame: LentFrame, pcm: Buffer): void {
    if (this.#current === null && index >= this.#restartAtFrame) this.#start(index);
    this.#changeOver(index);
    const slot = this.#current;
    if (slot === null) {
      this.#skip(frame);
      return;
    }
    if (this.#hangs(slot, index)) slot.encoder.kill();
    const { encoder, quality } = slot;
    const frameMs = 1000 / this.#options.fps;
    if (quality.divisor === 1) {
      if (encoder.pending * frameMs >= BACKLOG_MS) this.#skip(frame);
      else encoder.feed(index, frame, pcm);
      return;
    }
    // The first of each group is the picture; it goes with the sound of all of them.
    if (index % quality.divisor === 0) {
      this.#carried?.frame.release();
      this.#carried = { index, frame };
      this.#sound = [pcm];
    } else {
      frame.release();
      this.#sound.push(pcm);
    }
    const carried = this.#carried;
    if (carried === null || index % quality.divisor !== quality.divisor - 1) return;
    this.#carried = null;
    if (this.#sound.length !== quality.divisor || encoder.pending * frameMs * quality.divisor >= BACKLOG_MS)
      this.#skip(carried.frame);
    else encoder.feed(carried.index, carried.frame, Buffer.concat(this.#sound));
  }

  #skip(frame: LentFrame): void {
    this.skipped++;
    frame.release();
  }

  #hangs({ encoder }: Slot, index: number): boolean {
    if (encoder.progress !== this.#progressSeen || encoder.pending === 0) {
      this.#progressSeen = encoder.progress;
      this.#progressAtFrame = index;
      return false;
    }
    return ((index - this.#progressAtFrame) * 1000) / this.#options.fps > HANG_MS;
  }

  #changeOver(index: number): void {
    const slot = this.#current;
    if (slot === null || this.#leaving !== null || same(slot.quality, this.#quality)) return;
    if (index % this.#quality.divisor !== 0 || index % slot.quality.divisor !== 0) return;
    this.#carried?.frame.release();
    this.#carried = null;
    this.#leaving = slot;
    slot.encoder.finish();
    setTimeout(() => slot.encoder.kill(), FINISH_MS).unref();
    this.#start(index, []);
  }

  #start(frame: number, held: FlvTag[] | null = null): void {
    const quality = this.#quality;
    const slot: Slot = { quality, bornFrame: frame, held, encoder: undefined as unknown as Encoder };
    slot.encoder = new Encoder({
      ...{ ffmpegPath: this.#options.ffmpegPath, args: this.#options.argsOf(quality), fps: this.#options.fps },
      ...{ divisor: quality.divisor, track: this.#track },
      onTag: (tag) => {
        if (slot.held) slot.held.push(tag);
        else this.#options.onTag(tag);
      },
      onEnd: (how) => this.#ended(slot, how),
    });
    this.#current = slot;
    this.#progressAtFrame = frame;
    this.#progressSeen = -1;
  }

  #ended(slot: Slot, how: EncoderEnd): void {
    if (this.#leaving === slot) {
      this.#leaving = null;
      const next = this.#current;
      if (next?.held) {
        const held = next.held;
        next.held = null;
        for (const tag of held) this.#options.onTag(tag);
      }
      return;
    }
    if (this.#current !== slot) return;
    this.#current = null;
    this.#carried?.frame.release();
    this.#carried = null;
    if (this.#closing) return;
    this.restarts++;
    const { fps } = this.#options;
    const last = slot.bornFrame;
    const lived = ((this.#progressAtFrame - last) * 1000) / fps;
    this.#quickDeaths = lived < QUICK_DEATH_MS ? this.#quickDeaths + 1 : 0;
    const wait = RESTART_AFTER_MS[Math.min(this.#quickDeaths, RESTART_AFTER_MS.length - 1)]!;
    this.#restartAtFrame = this.#progressAtFrame + Math.round((wait * fps) / 1000);
    this.#options.onTrouble(how.detail);
    if (wait === 0) this.#start(this.#progressAtFrame + 1);
  }

  /** All that was fed comes out, then it ends; killed when that takes too long. */
  async close(graceful: boolean): Promise<void> {
    this.#closing = true;
    const slots = [this.#leaving, this.#current].filter((slot) => slot !== null);
    for (const { encoder } of slots) {
      if (graceful) encoder.finish();
      else encoder.kill();
    }
    const timer = setTimeout(() => {
      for (const { encoder } of slots) encoder.kill();
    }, FINISH_MS * 2);
    await Promise.all(slots.map(({ encoder }) => encoder.exited));
    clearTimeout(timer);
    this.#carried?.frame.release();
    this.#carried = null;
  }
}

const same = (a: Quality, b: Quality): boolean =>
  a.videoKbps === b.videoKbps && a.divisor === b.divisor && a.widthPx === b.widthPx && a.heightPx === b.heightPx;
