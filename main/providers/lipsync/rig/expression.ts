/** How each emotion sits on the face, and how one gives way to the next. */
import { EMOTIONS, type Emotion, type EmotionKey } from '../../../../app/speech/emotion.ts';
import { mix, smoothstep } from './math.ts';

/** Values added to the face at full intensity. `lids` > 0 droops, < 0 opens wide; `energy` and `opening` multiply. */
export interface Expression {
  smile: number;
  cheek: number;
  browRaise: number;
  browInner: number;
  frown: number;
  lids: number;
  lowerLid: number;
  press: number;
  wide: number;
  pitch: number;
  roll: number;
  /** How lively the head moves. */
  energy: number;
  /** How far the mouth opens when it speaks. */
  opening: number;
}

const rest: Expression = {
  smile: 0,
  cheek: 0,
  browRaise: 0,
  browInner: 0,
  frown: 0,
  lids: 0,
  lowerLid: 0,
  press: 0,
  wide: 0,
  pitch: 0,
  roll: 0,
  energy: 1,
  opening: 1,
};

const EXPRESSIONS: Record<Emotion, Expression> = {
  neutral: rest,
  happy: { ...rest, smile: 1, cheek: 0.55, browRaise: 0.22, lowerLid: 0.45, wide: 0.12, energy: 1.2, opening: 1.05 },
  gentle: {
    ...rest,
    smile: 0.5,
    cheek: 0.2,
    browInner: 0.32,
    lids: 0.06,
    lowerLid: 0.2,
    roll: 0.025,
    energy: 0.8,
    opening: 0.92,
  },
  serious: { ...rest, smile: -0.2, frown: 0.55, lids: 0.08, press: 0.12, energy: 0.65, opening: 0.92 },
  sad: { ...rest, smile: -0.62, browInner: 0.95, lids: 0.2, pitch: 0.05, roll: -0.02, energy: 0.45, opening: 0.82 },
  surprised: {
    ...rest,
    smile: 0.05,
    browRaise: 1,
    browInner: 0.25,
    lids: -0.6,
    pitch: -0.025,
    energy: 1.15,
    opening: 1.2,
  },
  angry: {
    ...rest,
    smile: -0.42,
    frown: 1.35,
    browRaise: -0.2,
    lids: 0.1,
    lowerLid: 0.5,
    press: 0.2,
    pitch: 0.025,
    energy: 1.25,
    opening: 1.08,
  },
  excited: {
    ...rest,
    smile: 1.08,
    cheek: 0.55,
    browRaise: 0.75,
    lids: -0.25,
    lowerLid: 0.3,
    wide: 0.18,
    energy: 1.7,
    opening: 1.18,
  },
};

const KEYS = Object.keys(rest) as (keyof Expression)[];
/** The face prepares a little before the words and settles after they began. */
const FADE_BEFORE_MS = 160;
const FADE_AFTER_MS = 320;

function blend(from: Expression, emotion: Emotion, intensity: number, amount: number): Expression {
  const target = EXPRESSIONS[emotion];
  const result = { ...from };
  for (const key of KEYS) result[key] = mix(from[key], mix(rest[key], target[key], intensity), amount);
  return result;
}

/** The emotions of a session in order, asked in ascending time. */
export class ExpressionTrack {
  #settled: Expression = rest;
  #keys: EmotionKey[] = [];

  add(keys: readonly EmotionKey[], offsetMs: number): void {
    for (const key of keys) this.#keys.push({ ...key, atMs: key.atMs + offsetMs });
  }

  /** Forgets what lies ahead and comes to rest. */
  interrupt(atMs: number): void {
    this.#keys = this.#keys.filter((key) => key.atMs <= atMs);
    this.#keys.push({ atMs, emotion: EMOTIONS[0], intensity: 1 });
  }

  at(ms: number): Expression {
    while (this.#keys[0] && this.#keys[0].atMs + FADE_AFTER_MS < ms) {
      const { emotion, intensity } = this.#keys.shift()!;
      this.#settled = blend(this.#settled, emotion, intensity, 1);
    }
    let current = this.#settled;
    for (const { atMs, emotion, intensity } of this.#keys) {
      const amount = smoothstep(atMs - FADE_BEFORE_MS, atMs + FADE_AFTER_MS, ms);
      if (amount > 0) current = blend(current, emotion, intensity, amount);
    }
    return current;
  }
}
