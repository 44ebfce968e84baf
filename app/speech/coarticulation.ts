/**
 * From visemes to a moving mouth: dominance blending after Cohen & Massaro, "Modeling coarticulation in synthetic visual
 * speech" (1993), with two constraints that blending alone does not keep: lips really meet for bilabials, and really rest
 * in silence.
 */
import { MOUTH_KEYS, type MouthShape, toVisemes, VISEME_SHAPES, type Viseme, type VisemeSpan } from './visemes.ts';

/** The mouth at one moment. `seal` 1 forces the lips together; `voice` is the loudness 0..~1.2 of the speaker's own range. */
export interface MouthState extends MouthShape {
  seal: number;
  voice: number;
}

type Group = 'opening' | 'rounding' | 'closure';
const GROUP_OF: Record<keyof MouthShape, Group> = {
  jaw: 'opening',
  wide: 'rounding',
  pucker: 'rounding',
  press: 'closure',
  tuck: 'closure',
  upperLift: 'opening',
  lowerDrop: 'opening',
  tongue: 'opening',
};
const GROUPS: readonly Group[] = ['opening', 'rounding', 'closure'];

/** How strongly each viseme insists on its value, per group. */
const DOMINANCE: Record<Viseme, Record<Group, number>> = {
  sil: { opening: 0.6, rounding: 0.3, closure: 0.5 },
  PP: { opening: 1.6, rounding: 0.35, closure: 4 },
  FF: { opening: 1.4, rounding: 0.5, closure: 4 },
  TH: { opening: 0.8, rounding: 0.3, closure: 1 },
  DD: { opening: 0.8, rounding: 0.25, closure: 1 },
  nn: { opening: 0.8, rounding: 0.25, closure: 1 },
  kk: { opening: 0.6, rounding: 0.12, closure: 1 },
  CH: { opening: 1, rounding: 0.9, closure: 1 },
  SS: { opening: 1.1, rounding: 0.6, closure: 1 },
  RR: { opening: 0.7, rounding: 0.6, closure: 1 },
  aa: { opening: 1.2, rounding: 0.7, closure: 1 },
  E: { opening: 1.1, rounding: 0.8, closure: 1 },
  I: { opening: 1, rounding: 1, closure: 1 },
  O: { opening: 1.1, rounding: 1.1, closure: 1 },
  U: { opening: 1.1, rounding: 1.3, closure: 1 },
};

/** Time constants in ms: how early a shape is prepared and how long it lingers. */
const BEFORE: Record<Group, number> = { opening: 42, rounding: 75, closure: 22 };
const AFTER: Record<Group, number> = { opening: 48, rounding: 65, closure: 22 };

/** Lips move a little before they are heard. */
const LEAD_MS = 28;
const REACH_MS = 350;
/** Muscles low-pass what dominance asks: Gaussian, by quadrature. */
const SMOOTHING: readonly (readonly [number, number])[] = [-28, -14, 0, 14, 28].map((offsetMs) => [
  offsetMs,
  Math.exp(-(offsetMs ** 2) / (2 * 17 ** 2)),
]);

/** Below QUIET the mouth is at rest, from HEARD on it is free; shares of the speaker's loud level. */
const QUIET = 0.02;
const HEARD = 0.07;
const HEARD_RADIUS_MS = 60;

const SEAL_MIN_MS = 56;
const SEAL_RAMP_MS = 60;
const SEAL_RELEASE_MS = 55;
/** A pause of this length is a rest of its own. */
const REST_GAP_MS = 60;

const smoothstep = (t: number): number => {
  const x = t < 0 ? 0 : t > 1 ? 1 : t;
  return x * x * (3 - 2 * x);
};

/** Gaps between phones, and the time before and after speech, become silence that can assert itself. */
function withRests(spans: VisemeSpan[], durationMs: number): VisemeSpan[] {
  const filled: VisemeSpan[] = [];
  let end = -REACH_MS * 2;
  for (const span of spans) {
    if (span.startMs - end > REST_GAP_MS) filled.push({ viseme: 'sil', startMs: end, endMs: span.startMs });
    filled.push(span);
    end = Math.max(end, span.endMs);
  }
  filled.push({ viseme: 'sil', startMs: end, endMs: Math.max(end, durationMs) + REACH_MS * 2 });
  return filled;
}

export interface MouthTrackInput {
  phones: readonly { phone: string; startMs: number; endMs: number }[];
  durationMs: number;
  /** RMS of the sound every `envelopeStepMs`. */
  envelope: Float32Array;
  envelopeStepMs: number;
}

/** The mouth of one utterance as a function of time. */
export class MouthTrack {
  readonly #spans: VisemeSpan[];
  readonly #envelope: Float32Array;
  readonly #stepMs: number;
  /** The speaker's loud level: the 90th percentile of the envelope. */
  readonly #loud: number;

  constructor({ phones, durationMs, envelope, envelopeStepMs }: MouthTrackInput) {
    this.#spans = withRests(toVisemes(phones), durationMs);
    this.#envelope = envelope;
    this.#stepMs = envelopeStepMs;
    const heard = envelope.filter((value) => value > 1e-4).sort();
    this.#loud = Math.max(heard[Math.floor(heard.length * 0.9)] ?? 0, 1e-3);
  }

  /** The mouth at `ms` from the start of the utterance. */
  at(ms: number): MouthState {
    const state: MouthState = {
      jaw: 0,
      wide: 0,
      pucker: 0,
      press: 0,
      tuck: 0,
      upperLift: 0,
      lowerDrop: 0,
      tongue: 0,
      seal: 0,
      voice: 0,
    };
    let weightSum = 0;
    for (const [offsetMs, weight] of SMOOTHING) {
      this.#blend(ms + LEAD_MS + offsetMs, weight, state);
      weightSum += weight;
    }
    for (const key of MOUTH_KEYS) state[key] /= weightSum;
    const heard = this.#soundShapes(ms, state);
    this.#constrain(ms, heard, state);
    return state;
  }

  /** First span that ends after `ms`. Ends ascend. */
  #firstAfter(ms: number): number {
    let low = 0;
    let high = this.#spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#spans[middle]!.endMs < ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #blend(ms: number, weight: number, into: MouthShape): void {
    const sums: Record<Group, number> = { opening: 0.02, rounding: 0.02, closure: 0.02 };
    const values = { jaw: 0, wide: 0, pucker: 0, press: 0, tuck: 0, upperLift: 0, lowerDrop: 0, tongue: 0 };
    for (let i = this.#firstAfter(ms - REACH_MS); i < this.#spans.length; i++) {
      const span = this.#spans[i]!;
      if (span.startMs > ms + REACH_MS) break;
      const half = Math.max(1, (span.endMs - span.startMs) / 2);
      const before = ms < span.startMs;
      const away = before ? span.startMs - ms : ms > span.endMs ? ms - span.endMs : 0;
      const inside = away === 0 ? 1 - 0.12 * Math.min(1, Math.abs(ms - span.startMs - half) / half) : 0.88;
      const settled = Math.min(1, 0.45 + (half * 2) / 140);
      const shape = VISEME_SHAPES[span.viseme];
      const byGroup = { opening: 0, rounding: 0, closure: 0 };
      for (const group of GROUPS) {
        const constant = before ? BEFORE[group] : AFTER[group];
        byGroup[group] = DOMINANCE[span.viseme][group] * settled * inside * Math.exp(-away / constant);
        sums[group] += byGroup[group];
      }
      for (const key of MOUTH_KEYS) values[key] += byGroup[GROUP_OF[key]] * shape[key];
    }
    for (const key of MOUTH_KEYS) into[key] += (weight * values[key]) / sums[GROUP_OF[key]];
  }

  /** Loudness at `ms` as a share of the speaker's loud level, 0..~1.2. */
  voiceAt(ms: number): number {
    return this.#loudness(ms, 20);
  }

  /** RMS over `radiusMs` to both sides, as a share of the speaker's loud level. */
  #level(ms: number, radiusMs: number): number {
    const from = Math.max(0, Math.floor((ms - radiusMs) / this.#stepMs));
    const to = Math.min(this.#envelope.length - 1, Math.ceil((ms + radiusMs) / this.#stepMs));
    let energy = 0;
    for (let i = from; i <= to; i++) energy += this.#envelope[i]! ** 2;
    const steps = (2 * radiusMs) / this.#stepMs;
    return Math.sqrt(energy / steps) / this.#loud;
  }

  /** The loudest moment within `radiusMs`, as a share of the speaker's loud level. */
  #loudness(ms: number, radiusMs: number): number {
    const from = Math.max(0, Math.floor((ms - radiusMs) / this.#stepMs));
    const to = Math.min(this.#envelope.length - 1, Math.ceil((ms + radiusMs) / this.#stepMs));
    let peak = 0;
    for (let i = from; i <= to; i++) peak = Math.max(peak, this.#envelope[i]!);
    return peak / this.#loud;
  }

  /** Louder speech opens wider; where nothing is heard at all the mouth does not speak, whatever the phones say. */
  #soundShapes(ms: number, state: MouthState): number {
    state.voice = this.voiceAt(ms);
    state.jaw *= Math.min(1.15, 0.72 + 0.45 * state.voice);
    const heard = smoothstep((this.#level(ms, HEARD_RADIUS_MS) - QUIET) / (HEARD - QUIET));
    for (const key of ['jaw', 'upperLift', 'lowerDrop', 'tongue'] as const) state[key] *= heard;
    return heard;
  }

  #constrain(ms: number, heard: number, state: MouthState): void {
    let seal = 0;
    let tuck = 0;
    for (let i = this.#firstAfter(ms - REACH_MS); i < this.#spans.length; i++) {
      const span = this.#spans[i]!;
      if (span.startMs > ms + REACH_MS) break;
      if (span.viseme !== 'PP' && span.viseme !== 'FF') continue;
      let from = span.startMs - LEAD_MS * 0.35;
      let to = span.endMs - 18;
      if (to - from < SEAL_MIN_MS) {
        const middle = (from + to) / 2;
        from = middle - SEAL_MIN_MS / 2;
        to = middle + SEAL_MIN_MS / 2;
      }
      const release = span.viseme === 'PP' ? SEAL_RELEASE_MS : 80;
      const hold = smoothstep(ms < from ? 1 - (from - ms) / SEAL_RAMP_MS : ms > to ? 1 - (ms - to) / release : 1);
      if (span.viseme === 'PP') seal = Math.max(seal, hold);
      else tuck = Math.max(tuck, hold * heard);
    }
    state.jaw *= 1 - 0.97 * seal;
    state.upperLift *= 1 - seal;
    state.lowerDrop *= 1 - seal;
    state.press = Math.max(state.press * (1 - tuck), 0.85 * seal);
    state.jaw = state.jaw * (1 - tuck) + Math.min(state.jaw, 0.12) * tuck;
    state.lowerDrop *= 1 - tuck;
    state.upperLift = Math.max(state.upperLift, 0.45 * tuck * (1 - seal));
    state.tuck = tuck * (1 - seal);
    state.seal = seal;
  }
}
