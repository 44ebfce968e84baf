/** Sound as a vendor takes it: frames of 100 ms, held back for nothing, with silence where the source pauses. */
import { ASR_SAMPLE_RATE } from '../../engine/ports/asr.ts';

/** 3,200 bytes, as every vendor here recommends. */
export const FRAME_SAMPLES = ASR_SAMPLE_RATE / 10;
/** So much silence that a task which ends in it means that, and not a fault: vendors speak of 60 s, counted by their own ear. */
const LONG_SILENCE = 20 * ASR_SAMPLE_RATE;
/** How long the news of a vendor's hanging up may take. */
const KEPT_FRAMES = 30;
const MS_PER_SAMPLE = 1000 / ASR_SAMPLE_RATE;

/** s16le, whatever the machine's own order. */
export function bytesOf(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setInt16(2 * i, samples[i]!, true);
  return bytes;
}

/** Reads a source piece by piece; several tasks at a vendor may follow one another on it, and none loses what another asked for. */
export class SoundFrames {
  readonly #source: AsyncIterator<Int16Array>;
  #rest = new Int16Array(0);
  #ended = false;
  #next: Promise<Int16Array | null> | null = null;
  #takenSamples = 0;
  #silentSamples = 0;
  /** What was taken since a long silence ended, as long as it is little. */
  #sinceSilence: Int16Array[] | null = null;
  #again: Int16Array[] = [];

  constructor(sound: AsyncIterable<Int16Array>) {
    this.#source = sound[Symbol.asyncIterator]();
  }

  /** Where the next frame lies in the source. */
  get takenMs(): number {
    return this.#takenSamples * MS_PER_SAMPLE;
  }

  /** Nothing could be heard for long, or it has just ended. */
  get afterLongSilence(): boolean {
    return this.#silentSamples >= LONG_SILENCE || this.#sinceSilence !== null;
  }

  /** Gives once more what was taken since a long silence ended: who hung up in the silence did not hear it. */
  rewindToSilence(): void {
    this.#again = [...(this.#sinceSilence ?? []), ...this.#again];
    for (const { length } of this.#sinceSilence ?? []) this.#takenSamples -= length;
    this.#sinceSilence = null;
    this.#silentSamples = LONG_SILENCE;
  }

  /** The next frame, not taken yet: the same until {@link take}. null: the sound has ended. */
  peek(): Promise<Int16Array | null> {
    if (this.#again.length > 0) return Promise.resolve(this.#again[0]!);
    this.#next ??= this.#gather();
    return this.#next;
  }

  take(frame: Int16Array): void {
    if (frame === this.#again[0]) this.#again.shift();
    else this.#next = null;
    this.#takenSamples += frame.length;
    const audible = isAudible(frame);
    if (audible && this.#silentSamples >= LONG_SILENCE) this.#sinceSilence = [];
    this.#silentSamples = audible ? 0 : this.#silentSamples + frame.length;
    this.#sinceSilence?.push(frame);
    if ((this.#sinceSilence?.length ?? 0) > KEPT_FRAMES) this.#sinceSilence = null;
  }

  async #gather(): Promise<Int16Array | null> {
    while (this.#rest.length < FRAME_SAMPLES && !this.#ended) {
      const { done, value } = await this.#source.next();
      if (done) this.#ended = true;
      else if (value.length > 0) this.#rest = joined(this.#rest, value);
    }
    if (this.#rest.length === 0) return null;
    const frame = this.#rest.subarray(0, FRAME_SAMPLES);
    this.#rest = this.#rest.subarray(frame.length);
    return frame;
  }

  /** Takes what cannot be heard. false: nothing else came. */
  async skipSilence(signal: AbortSignal): Promise<boolean> {
    for (;;) {
      const frame = await this.peek();
      signal.throwIfAborted();
      if (frame === null) return false;
      if (isAudible(frame)) return true;
      this.take(frame);
    }
  }

  /** Lets the source go; it may be waiting for a microphone, and is not waited for. */
  close(): void {
    this.#ended = true;
    void Promise.resolve(this.#source.return?.()).catch(() => {});
  }
}

function joined(before: Int16Array, after: Int16Array): Int16Array<ArrayBuffer> {
  const all = new Int16Array(before.length + after.length);
  all.set(before);
  all.set(after, before.length);
  return all;
}

/** From the time of a vendor's task, with silence put in and counted from the task's own beginning, to that of the source. */
export class TaskTimes {
  readonly #baseMs: number;
  readonly #inserted: { atMs: number; ms: number }[] = [];
  #sentMs = 0;

  constructor(baseMs: number) {
    this.#baseMs = baseMs;
  }

  /** Of everything sent, on the source's time. */
  get soundMs(): number {
    return this.toSource(this.#sentMs);
  }

  sent(samples: number): void {
    this.#sentMs += samples * MS_PER_SAMPLE;
  }

  sentSilence(samples: number): void {
    const ms = samples * MS_PER_SAMPLE;
    this.#inserted.push({ atMs: this.#sentMs, ms });
    this.#sentMs += ms;
  }

  /** Never outside the sound sent so far. */
  toSource(taskMs: number): number {
    const within = Math.max(0, Math.min(taskMs, this.#sentMs));
    let silence = 0;
    for (const { atMs, ms } of this.#inserted) silence += Math.max(0, Math.min(ms, within - atMs));
    return Math.round(this.#baseMs + within - silence);
  }
}

const AUDIBLE = 330; // −40 dBFS

const isAudible = (samples: Int16Array): boolean => samples.some((sample) => Math.abs(sample) > AUDIBLE);
