/**
 * The sound that goes out: voice, music beneath it, jingles and the sound of inserts, in stereo, on the stream's own count of samples. It is
 * asked for a stretch when that is due and never waits: what has not come is silence.
 */
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { StereoLimiter } from '../../speech/stereo-limiter.ts';
import type { PcmStream } from './pcm-stream.ts';

export interface VoiceSound {
  /** By the stream's samples. */
  startSample: number;
  /** Mono s16. */
  pcm: Int16Array;
  gain: number;
  /** Faded out over {@link FADE_SAMPLES} from here. */
  cutSample: number | null;
}
export interface PlayedSound {
  startSample: number;
  stream: PcmStream;
  gain: number;
  /** null: to its end. */
  endSample: number | null;
}

/** 20 ms. */
export const FADE_SAMPLES = SAMPLE_RATE / 50;
const CEILING_DBTP = -1.5;
/** A volume asked for is reached in 50 ms. */
const RAMP_PER_SAMPLE = 1 / (0.05 * SAMPLE_RATE);
/** Music goes down before the first word, and comes back when nobody has spoken for a while. */
const DUCK_DOWN_S = 0.25;
const DUCK_UP_S = 0.9;
const DUCK_EARLY_SAMPLES = Math.round(0.2 * SAMPLE_RATE);
const DUCK_HOLD_SAMPLES = Math.round(0.6 * SAMPLE_RATE);

/** Where the music comes from: the track that is on, and the next when that has ended. */
export interface MusicSource {
  current(): PcmStream | null;
}

export class Mixer {
  readonly #limiter = new StereoLimiter(CEILING_DBTP);
  #voices: VoiceSound[] = [];
  #sounds: PlayedSound[] = [];
  readonly #music: MusicSource;
  /** The first sample not mixed: ahead of what has been given by the limiter's delay. */
  #mixed: number;
  #given: number;
  #voiceVolume = 1;
  volume = { voice: 1, music: 1 };
  musicLevel = { open: 0, ducked: 0 };
  #duck: number | null = null;
  #left = new Float32Array(0);
  #right = new Float32Array(0);

  constructor(firstSample: number, music: MusicSource) {
    this.#given = firstSample;
    this.#mixed = firstSample;
    this.#music = music;
  }

  /** The first sample a change still reaches. */
  get mixedTo(): number {
    return this.#mixed;
  }

  say(sound: VoiceSound): void {
    this.#voices.push(sound);
  }

  /** Whoever speaks at `sample` or later falls silent there. */
  cut(sample: number): void {
    const at = Math.max(sample, this.#mixed);
    this.#voices = this.#voices.filter((voice) => voice.startSample < at);
    for (const voice of this.#voices) voice.cutSample = Math.min(voice.cutSample ?? at, at);
  }

  play(sound: PlayedSound): void {
    this.#sounds.push(sound);
  }

  /** Ends what is played besides voice and music. */
  stopSounds(): void {
    for (const sound of this.#sounds)
      sound.endSample = Math.min(sound.endSample ?? Number.MAX_SAFE_INTEGER, this.#mixed + FADE_SAMPLES);
  }

  /** Goes on at another sample: the process stood still. */
  get givenTo(): number {
    return this.#given;
  }

  /** The sound up to `toSample`, s16le stereo. */
  take(toSample: number): Buffer {
    const length = toSample - this.#given;
    const out = Buffer.allocUnsafe(length * 4);
    let done = 0;
    // The limiter holds back its look-ahead: once, at the beginning, that much more goes in.
    let waste = this.#given + StereoLimiter.delay - this.#mixed;
    while (done < length) {
      const count = waste > 0 ? waste : length - done;
      this.#mix(count);
      if (waste > 0) {
        waste = 0;
        continue;
      }
      for (let i = 0; i < count; i++) {
        out.writeInt16LE(pcm16(this.#left[i]!), (done + i) * 4);
        out.writeInt16LE(pcm16(this.#right[i]!), (done + i) * 4 + 2);
      }
      done += count;
    }
    this.#given = toSample;
    return out;
  }

  #mix(count: number): void {
    if (this.#left.length !== count) {
      this.#left = new Float32Array(count);
      this.#right = new Float32Array(count);
    }
    const left = this.#left.fill(0);
    const right = this.#right.fill(0);
    const from = this.#mixed;
    this.#addMusic(left, right, from, count);
    this.#addSounds(left, right, from, count);
    this.#addVoices(left, right, from, count);
    this.#limiter.process(left, right);
    this.#mixed = from + count;
  }

  #addMusic(left: Float32Array, right: Float32Array, from: number, count: number): void {
    const { open, ducked } = this.musicLevel;
    const speaking = this.#voices.some(
      ({ startSample, pcm, cutSample }) =>
        startSample - DUCK_EARLY_SAMPLES < from + count &&
        (cutSample ?? startSample + pcm.length) + DUCK_HOLD_SAMPLES > from,
    );
    const target = (speaking ? ducked : open) * this.volume.music;
    this.#duck ??= open * this.volume.music;
    const before = this.#duck;
    const seconds = target < before ? DUCK_DOWN_S : DUCK_UP_S;
    const after = target + (before - target) * Math.exp(-count / SAMPLE_RATE / (seconds / 3));
    this.#duck = after;
    for (let done = 0; done < count; ) {
      const stream = this.#music.current();
      if (stream === null) break;
      const gain = (at: number): number => before + ((after - before) * at) / count;
      const mixed = stream.mixInto(left, right, done, count - done, gain(done), gain(count));
      if (mixed === 0) break;
      done += mixed;
    }
  }

  #addSounds(left: Float32Array, right: Float32Array, from: number, count: number): void {
    this.#sounds = this.#sounds.filter(({ stream, endSample }) => {
      const over = stream.ended || (endSample !== null && endSample <= from);
      if (over) stream.close();
      return !over;
    });
    for (const { startSample, stream, gain, endSample } of this.#sounds) {
      const offset = Math.max(0, startSample - from);
      const end = endSample === null ? count : Math.min(count, endSample - from);
      if (end > offset) {
        const last = endSample !== null && endSample <= from + count;
        stream.mixInto(left, right, offset, end - offset, gain, last ? 0 : gain);
      }
    }
  }

  #addVoices(left: Float32Array, right: Float32Array, from: number, count: number): void {
    const volumeFrom = this.#voiceVolume;
    const most = RAMP_PER_SAMPLE * count;
    this.#voiceVolume += Math.max(-most, Math.min(most, this.volume.voice - volumeFrom));
    const step = (this.#voiceVolume - volumeFrom) / count;
    for (const { startSample, pcm, gain, cutSample } of this.#voices) {
      const first = Math.max(0, startSample - from);
      const end =
        cutSample === null ? startSample + pcm.length : Math.min(startSample + pcm.length, cutSample + FADE_SAMPLES);
      const last = Math.min(count, end - from);
      for (let i = first; i < last; i++) {
        const at = from + i;
        const fade = cutSample !== null && at > cutSample ? 1 - (at - cutSample) / FADE_SAMPLES : 1;
        const sample = (pcm[at - startSample]! / 32_768) * gain * fade * (volumeFrom + step * i);
        left[i]! += sample;
        right[i]! += sample;
      }
    }
    // A voice is kept as long as the music is down for it.
    this.#voices = this.#voices.filter(
      ({ startSample, pcm, cutSample }) =>
        Math.min(startSample + pcm.length, cutSample ?? Number.MAX_SAFE_INTEGER) + DUCK_HOLD_SAMPLES + FADE_SAMPLES >
        from,
    );
  }

  /** Closes what is played. */
  dispose(): void {
    for (const { stream } of this.#sounds.splice(0)) stream.close();
    this.#voices = [];
  }
}

const pcm16 = (sample: number): number => Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
