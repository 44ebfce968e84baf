/**
 * Mouth shapes from sound alone: a coarse phone for every moment of a recording whose text nobody gave.
 * Each 10 ms frame is scored against a few classes by cues of acoustic phonetics (Stevens, "Acoustic Phonetics", 1998)
 * measured against the speaker's own range; a Viterbi pass with class durations turns scores into phones.
 */
import { StudioError } from '../../../app/errors/index.ts';
import type { Phone, Sentence, Timeline } from '../../../app/speech/timeline.ts';
import { analyseSpeech, FRAME_MS, MEL_BANDS, MEL_CENTRES_HZ, MEL_FLOOR_DB, type SpeechFrames } from './frames.ts';
import { type PcmFile, samplesToMs } from './pcm-file.ts';
import { detectSpeech, type VoiceActivity } from './voice-activity.ts';

/** Phones an estimate is made of, all in IPA. */
export const ESTIMATED_PHONES = ['', 'a', 'e', 'i', 'o', 'u', 'w', 's', 'ʃ', 'f', 'm', 'n', 'p', 't'] as const;
type Estimated = (typeof ESTIMATED_PHONES)[number];

/** A pause this long ends a sentence. */
const SENTENCE_PAUSE_MS = 350;

/** What a frame sounds like; shares and positions are comparable between frames, levels in dB. */
interface Cues {
  levelDb: Float32Array;
  /** Energy-weighted mel band number within 200–1100 Hz and 750–2900 Hz: stand-ins for F1 and F2. */
  first: Float32Array;
  second: Float32Array;
  /** dB of 3–7.6 kHz, and of 4.5–7.6 kHz, over 100–1000 Hz. */
  hissDb: Float32Array;
  sharpDb: Float32Array;
  /** dB of 80–450 Hz over 600–3000 Hz: high in a nasal's murmur and a voiced closure. */
  murmurDb: Float32Array;
  voiced: Float32Array;
}

const bandsBetween = (lowHz: number, highHz: number): number[] =>
  MEL_CENTRES_HZ.flatMap((hz, band) => (hz >= lowHz && hz <= highHz ? [band] : []));

const POWER = Float64Array.from({ length: 256 }, (_, byte) => 10 ** ((byte / 2 + MEL_FLOOR_DB) / 10));

const cuesOf = (frames: SpeechFrames, activity: VoiceActivity): Cues => {
  const floor = 10 ** ((activity.peakDb - 60) / 10);
  const at = (i: number, band: number): number => POWER[frames.mel[i * MEL_BANDS + band]!]!;
  const power = (i: number, bands: readonly number[]): number => bands.reduce((sum, band) => sum + at(i, band), floor);
  const place = (i: number, bands: readonly number[]): number => {
    let sum = 0;
    let weights = 0;
    for (const band of bands) {
      // The square root keeps one strong harmonic from deciding alone.
      const weight = Math.sqrt(at(i, band));
      sum += weight * band;
      weights += weight;
    }
    return weights > 0 ? sum / weights : bands[0]!;
  };
  const [low, mid, voiceBar] = [bandsBetween(100, 1000), bandsBetween(600, 3000), bandsBetween(80, 450)];
  const [firstRange, secondRange] = [bandsBetween(200, 1100), bandsBetween(750, 2900)];
  const [hiss, sharp] = [bandsBetween(2800, 7600), bandsBetween(4400, 7600)];
  const db = (value: number): number => 10 * Math.log10(value);
  const make = (value: (i: number) => number): Float32Array =>
    Float32Array.from({ length: frames.count }, (_, i) => value(i));
  return {
    levelDb: activity.levelDb,
    first: make((i) => place(i, firstRange)),
    second: make((i) => place(i, secondRange)),
    hissDb: make((i) => db(power(i, hiss)) - db(power(i, low))),
    sharpDb: make((i) => db(power(i, sharp)) - db(power(i, hiss))),
    murmurDb: make((i) => db(power(i, voiceBar)) - db(power(i, mid))),
    voiced: make((i) => frames.voicing[i]! / 255),
  };
};

/** The speaker's own range, taken over clear vowels. */
interface Speaker {
  levelDb: number;
  first: Range;
  second: Range;
}
interface Range {
  low: number;
  high: number;
}

/** `values` at p10 and p90, at least `least` apart: a speaker of one vowel is not spread over all of them. */
const rangeOf = (values: number[], least: number, typicalMiddle: number): Range => {
  if (values.length === 0) return { low: typicalMiddle - least / 2, high: typicalMiddle + least / 2 };
  const sorted = values.sort((a, b) => a - b);
  const low = sorted[Math.floor(sorted.length * 0.1)]!;
  const high = sorted[Math.floor(sorted.length * 0.9)]!;
  const slack = Math.max(0, least - (high - low)) / 2;
  return { low: low - slack, high: high + slack };
};

const speakerOf = (cues: Cues, activity: VoiceActivity): Speaker => {
  const spoken = Array.from(cues.levelDb).filter((_, i) => activity.speech[i]);
  spoken.sort((a, b) => a - b);
  const levelDb = spoken[Math.floor(spoken.length * 0.9)]!;
  const first: number[] = [];
  const second: number[] = [];
  for (let i = 0; i < cues.levelDb.length; i++) {
    if (!activity.speech[i] || cues.levelDb[i]! < levelDb - 11 || cues.hissDb[i]! > 14 || cues.voiced[i]! < 0.5)
      continue;
    first.push(cues.first[i]!);
    second.push(cues.second[i]!);
  }
  return { levelDb, first: rangeOf(first, 2.5, 6), second: rangeOf(second, 4, 14.5) };
};

/** Where each vowel lies between the speaker's lowest (0) and highest (1) first and second formant. */
const VOWELS: readonly [phone: Estimated, first: number, second: number][] = [
  ['a', 0.9, 0.3],
  ['e', 0.48, 0.62],
  ['i', 0.12, 0.95],
  ['o', 0.7, 0.08],
  ['u', 0.22, 0.15],
];

/** 0 inside [low, high], growing with the squared distance in units of `width` outside. */
const outside = (value: number, low: number, high: number, width: number): number => {
  const d = value < low ? low - value : value > high ? value - high : 0;
  return (d / width) ** 2;
};

const position = (value: number, { low, high }: Range): number => (value - low) / (high - low);

/** Cost of each of ESTIMATED_PHONES for frame i. `burstHissDb`: hiss of the release that ends the gap i lies in, if it does. */
const frameCosts = (cues: Cues, i: number, speaker: Speaker, burstHissDb: number, costs: Float64Array): void => {
  const level = cues.levelDb[i]! - speaker.levelDb;
  const hiss = cues.hissDb[i]!;
  const sharp = cues.sharpDb[i]!;
  const murmur = cues.murmurDb[i]!;
  const first = position(cues.first[i]!, speaker.first);
  const second = position(cues.second[i]!, speaker.second);
  const unvoiced = outside(cues.voiced[i]!, 0.6, 1, 0.25);
  const vowel = outside(level, -9, 9, 4) + outside(hiss, -30, 15, 5) + 0.5 * unvoiced;
  const cost = (phone: Estimated, value: number): void => {
    costs[ESTIMATED_PHONES.indexOf(phone)] = Math.min(12, value);
  };
  cost('', outside(level, -200, -32, 4) + 1);
  for (const [phone, f1, f2] of VOWELS) {
    cost(
      phone,
      vowel +
        (Math.max(-0.3, Math.min(1.3, first)) - f1) ** 2 * 6 +
        (Math.max(-0.3, Math.min(1.3, second)) - f2) ** 2 * 6,
    );
  }
  const consonant = outside(level, -26, -11, 3.5);
  cost('w', outside(level, -17, -8, 3) + outside(hiss, -40, -9, 4) + outside(second, -2, 0.5, 0.25) + unvoiced);
  cost(
    'm',
    outside(level, -26, -14, 2.5) +
      outside(hiss, -12, 4, 4) +
      outside(second, -2, 0.3, 0.12) +
      outside(murmur, -10, 20, 4) +
      unvoiced,
  );
  cost(
    'n',
    consonant + outside(hiss, -30, 6, 5) + outside(second, 0.4, 2, 0.15) + outside(murmur, -8, 40, 5) + unvoiced,
  );
  const hissing = outside(hiss, 22, 80, 5) + outside(level, -22, 20, 5);
  const place = cues.second[i]!;
  cost('s', hissing + outside(place, 0, 17.2, 0.8));
  cost('ʃ', hissing + outside(place, 17.6, 40, 0.8));
  cost('f', outside(level, -28, -14, 4) + outside(hiss, 3, 22, 4) + outside(sharp, -4, 9, 3) + 1);
  const gap = outside(level, -200, -24, 4);
  cost('p', gap + outside(burstHissDb, 6, 14, 4) + 0.3);
  cost('t', gap + outside(burstHissDb, 17, 90, 4) + 0.3);
};

/** For each frame of a gap within speech, the strongest hiss in the 40 ms after it; NaN-free: 0 elsewhere. */
const burstsAfterGaps = (cues: Cues, activity: VoiceActivity, speaker: Speaker): Float32Array => {
  const bursts = new Float32Array(cues.levelDb.length);
  let ahead = 0;
  for (let i = bursts.length - 1; i >= 0; i--) {
    const inGap = activity.speech[i] === 1 && cues.levelDb[i]! < speaker.levelDb - 21;
    if (!inGap) {
      ahead = Number.NEGATIVE_INFINITY;
      for (let k = i; k < Math.min(bursts.length, i + 4); k++) ahead = Math.max(ahead, cues.hissDb[k]!);
    }
    bursts[i] = inGap ? ahead : 0;
  }
  return bursts;
};

/** Cost of changing to another phone, in frames of a clear mismatch: what keeps phones from flickering. */
const SWITCH_COST = 3.2;

const decodePhones = (cues: Cues, activity: VoiceActivity, speaker: Speaker): Uint8Array => {
  const states = ESTIMATED_PHONES.length;
  const count = cues.levelDb.length;
  const bursts = burstsAfterGaps(cues, activity, speaker);
  const cameFrom = new Uint8Array(count * states);
  let total = new Float64Array(states);
  const costs = new Float64Array(states);
  for (let i = 0; i < count; i++) {
    if (activity.speech[i]) frameCosts(cues, i, speaker, bursts[i]!, costs);
    else costs.fill(30).fill(0, 0, 1);
    let cheapest = 0;
    for (let s = 1; s < states; s++) if (total[s]! < total[cheapest]!) cheapest = s;
    const switched = total[cheapest]! + SWITCH_COST;
    const next = new Float64Array(states);
    for (let s = 0; s < states; s++) {
      const stay = total[s]! <= switched;
      cameFrom[i * states + s] = stay ? s : cheapest;
      next[s] = (stay ? total[s]! : switched) + costs[s]!;
    }
    total = next;
  }
  const path = new Uint8Array(count);
  let state = 0;
  for (let s = 1; s < states; s++) if (total[s]! < total[state]!) state = s;
  for (let i = count - 1; i >= 0; i--) {
    path[i] = state;
    state = cameFrom[i * states + state]!;
  }
  return path;
};

/**
 * Guesses phones (ESTIMATED_PHONES) from the sound; `words` is empty, `sentences` are the stretches between long pauses,
 * without text. Deterministic. Throws `speech.recording-silent`.
 */
export async function estimateTimeline(recording: PcmFile, signal?: AbortSignal): Promise<Timeline> {
  const frames = await analyseSpeech(recording, signal);
  const activity = detectSpeech(frames);
  if (!activity.speech.includes(1)) throw new StudioError('speech.recording-silent');
  const cues = cuesOf(frames, activity);
  const path = decodePhones(cues, activity, speakerOf(cues, activity));
  const durationMs = samplesToMs(recording.samples);
  const phones: Phone[] = [];
  for (let from = 0; from < path.length; ) {
    let to = from;
    while (to < path.length && path[to] === path[from]) to++;
    const startMs = from * FRAME_MS;
    const endMs = to === path.length ? durationMs : Math.min(durationMs, to * FRAME_MS);
    if (endMs > startMs) phones.push({ phone: ESTIMATED_PHONES[path[from]!]!, startMs, endMs });
    from = to;
  }
  return { durationMs, phones, words: [], sentences: sentencesOf(phones) };
}

const sentencesOf = (phones: readonly Phone[]): Sentence[] => {
  const sentences: Sentence[] = [];
  let open: Sentence | undefined;
  for (const { phone, startMs, endMs } of phones) {
    if (phone === '' && endMs - startMs >= SENTENCE_PAUSE_MS) open = undefined;
    if (phone === '') continue;
    if (!open) {
      open = { text: '', from: 0, to: 0, startMs, endMs };
      sentences.push(open);
    }
    open.endMs = endMs;
  }
  return sentences;
};
