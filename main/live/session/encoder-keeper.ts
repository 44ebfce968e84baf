/**
 * Keeps an encoder running for as long as the stream does. One that dies, or takes nothing any more, is followed by another at once; after
 * several quick deaths with a pause. A change of quality starts the next one beside, and lets it encode a few pictures for nobody: only
 * when it has given the first does it take over, at a frame that is a keyframe of it; what it gives waits until the one before has given
 * all it had. However long it takes to start, viewers see nothing of it.
 *
 * One that falls behind is given the picture before again, which costs it little, with the sound that is due: a picture that stands is
 * noticed less than a word that is missing.
 */
import type { FlvTag } from '../../broadcast/flv/tags.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
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
  /** With a keyframe at that frame of the encoder, too. */
  argsOf(quality: Quality, keyframeAt: number): string[];
  fps: number;
  onTag(tag: FlvTag): void;
  onTrouble(detail: string): void;
}

/** Frames given and not taken, above which the picture stands, ms of stream; and above which sound is left out, too. */
const BACKLOG_MS = 1000;
const MOST_BACKLOG_MS = 3000;
/** With frames to take and nothing taken or given for so long, an encoder hangs. Counted in frames: a stopped laptop counts none. */
const HANG_MS = 3000;
const QUICK_DEATH_MS = 5000;
const RESTART_AFTER_MS = [0, 0, 500, 1000, 2000, 5000];
const FINISH_MS = 2000;
/** One that is to take over and has given nothing for so long is given up, and another started so long after. */
const WARM_UP_MS = 20_000;
const WARM_AGAIN_MS = 5000;
/** Samples in a piece of coded sound. */
const AAC_SAMPLES = 1024;
const MOST_WARM_FRAMES = 16;

interface Slot {
  encoder: Encoder;
  quality: Quality;
  bornFrame: number;
}

export class EncoderKeeper {
  readonly #options: KeeperOptions;
  readonly #track = new StreamTrack();
  #current: Slot | null = null;
  #leaving: Slot | null = null;
  /** Those after it, also if they have ended: what they give waits until it has given all. */
  #behind: Slot[] = [];
  /** Will take over when it is warm. */
  #next: Slot | null = null;
  #nextAtFrame = 0;
  #quality: Quality;
  #quickDeaths = 0;
  #restartAtFrame = 0;
  #closing = false;
  /** Sound of the frames an encoder with a divisor has not been given yet. */
  #sound: Buffer[] = [];
  #carried: { index: number; frame: LentFrame } | null = null;
  #progressSeen = 0;
  #progressAtFrame = 0;
  /** Of the one that is leaving. */
  #leavingSeen = { progress: -1, atFrame: 0 };
  restarts = 0;
  /** Pictures no encoder was given: none was there, or it did not keep up. */
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
    this.#changeOver(index, frame);
    const slot = this.#current;
    if (slot === null) {
      this.#skip(frame);
      return;
    }
    if (this.#hangs(slot, index)) slot.encoder.kill();
    const { encoder, quality } = slot;
    if (quality.divisor === 1) {
      this.#give(encoder, index, frame, pcm);
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
    if (this.#sound.length !== quality.divisor) this.#skip(carried.frame);
    else this.#give(encoder, carried.index, carried.frame, Buffer.concat(this.#sound));
  }

  #give(encoder: Encoder, index: number, frame: LentFrame, sound: Buffer): void {
    const backlogMs = (encoder.pending * 1000 * encoder.divisor) / this.#options.fps;
    if (backlogMs < BACKLOG_MS) {
      encoder.feed(index, frame, sound);
      return;
    }
    this.#skip(frame);
    if (backlogMs < MOST_BACKLOG_MS) encoder.feedAgain(index, sound);
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

  /** Another quality: its encoder is started beside, and takes over when it is warm. */
  #changeOver(index: number, frame: LentFrame): void {
    this.#watchLeaving(index);
    const slot = this.#current;
    if (slot === null) return;
    if (this.#next !== null && !same(this.#next.quality, this.#quality)) this.#giveUpNext(0);
    if (this.#leaving !== null || same(slot.quality, this.#quality)) return;
    const next = this.#next;
    if (next === null) {
      if (index >= this.#nextAtFrame) this.#startNext(index, frame);
      return;
    }
    if (((index - next.bornFrame) * 1000) / this.#options.fps > WARM_UP_MS) {
      this.#giveUpNext(index + this.#framesIn(WARM_AGAIN_MS));
      return;
    }
    if (!next.encoder.isWarm || next.encoder.pending > 0) return;
    if (index % next.quality.divisor !== 0 || index % slot.quality.divisor !== 0) return;
    this.#carried?.frame.release();
    this.#carried = null;
    this.#leaving = slot;
    this.#leavingSeen = { progress: -1, atFrame: index };
    slot.encoder.finish();
    this.#next = null;
    next.bornFrame = index;
    this.#take(next, index);
  }

  #startNext(index: number, frame: LentFrame): void {
    const count = this.#warmFrames(this.#quality.divisor);
    const next = this.#spawn(index, true, count);
    next.encoder.warmUp(new Uint8Array(frame.data), count);
    this.#next = next;
  }

  /** Whole pieces of sound, so that the stream's own begin with it. */
  #warmFrames(divisor: number): number {
    const samples = (SAMPLE_RATE * divisor) / this.#options.fps;
    let count = 4;
    while (count < MOST_WARM_FRAMES && (count * samples) % AAC_SAMPLES !== 0) count++;
    return count;
  }

  #giveUpNext(nextAtFrame: number): void {
    this.#next?.encoder.kill();
    this.#next = null;
    this.#nextAtFrame = nextAtFrame;
  }

  /** One that was told to finish and gives nothing more is not waited for. */
  #watchLeaving(index: number): void {
    const slot = this.#leaving;
    if (slot === null) return;
    const { progress } = slot.encoder;
    if (progress !== this.#leavingSeen.progress) this.#leavingSeen = { progress, atFrame: index };
    else if (index - this.#leavingSeen.atFrame > this.#framesIn(FINISH_MS)) slot.encoder.kill();
  }

  #framesIn(ms: number): number {
    return Math.round((ms * this.#options.fps) / 1000);
  }

  #start(frame: number): void {
    this.#take(this.#spawn(frame, this.#leaving !== null, 0), frame);
  }

  #take(slot: Slot, frame: number): void {
    this.#current = slot;
    if (this.#leaving !== null) this.#behind.push(slot);
    this.#progressAtFrame = frame;
    this.#progressSeen = -1;
  }

  #spawn(frame: number, held: boolean, keyframeAt: number): Slot {
    const quality = this.#quality;
    const slot: Slot = { quality, bornFrame: frame, encoder: undefined as unknown as Encoder };
    const args = this.#options.argsOf(quality, keyframeAt);
    slot.encoder = new Encoder({
      ...{ ffmpegPath: this.#options.ffmpegPath, args, fps: this.#options.fps },
      ...{ divisor: quality.divisor, track: this.#track, held },
      onTag: this.#options.onTag,
      onEnd: (how) => this.#ended(slot, how),
    });
    return slot;
  }

  #ended(slot: Slot, how: EncoderEnd): void {
    if (this.#leaving === slot) {
      this.#leaving = null;
      for (const { encoder } of this.#behind.splice(0)) encoder.letGo();
      return;
    }
    if (this.#next === slot) {
      this.#next = null;
      this.#nextAtFrame = this.#progressAtFrame + this.#framesIn(WARM_AGAIN_MS);
      if (!this.#closing) this.#options.onTrouble(how.detail);
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
    this.#restartAtFrame = this.#progressAtFrame + this.#framesIn(wait);
    this.#options.onTrouble(how.detail);
    const next = this.#next;
    if (next !== null) {
      this.#next = null;
      this.#take(next, this.#progressAtFrame + 1);
      if (this.#leaving === null) next.encoder.letGo();
      return;
    }
    if (wait === 0) this.#start(this.#progressAtFrame + 1);
  }

  /** All that was fed comes out, then it ends; killed when that takes too long. */
  async close(graceful: boolean): Promise<void> {
    this.#closing = true;
    this.#next?.encoder.kill();
    const warming = this.#next?.encoder.exited;
    const slots = [this.#leaving, this.#current].filter((slot) => slot !== null);
    for (const { encoder } of slots) {
      if (graceful) encoder.finish();
      else encoder.kill();
    }
    const timer = setTimeout(() => {
      for (const { encoder } of slots) encoder.kill();
    }, FINISH_MS * 2);
    await Promise.all([...slots.map(({ encoder }) => encoder.exited), warming]);
    clearTimeout(timer);
    this.#carried?.frame.release();
    this.#carried = null;
  }
}

const same = (a: Quality, b: Quality): boolean =>
  a.videoKbps === b.videoKbps && a.divisor === b.divisor && a.widthPx === b.widthPx && a.heightPx === b.heightPx;
