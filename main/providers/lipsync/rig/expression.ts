/** How one emotion gives way to the next on the face. What each one is, `app/speech/emotion-blend.ts` says. */
import type { EmotionKey } from '../../../../app/speech/emotion.ts';
import { type EmotionBlend, mixBlends, NEUTRAL_BLEND } from '../../../../app/speech/emotion-blend.ts';
import { REWIND_MS } from './idle.ts';
import { smoothstep } from './math.ts';

type Mood = Pick<EmotionKey, 'atMs' | 'intensity' | 'blend'>;

/** The face prepares a little before the words and settles after they began. */
const FADE_BEFORE_MS = 160;
const FADE_AFTER_MS = 320;

const atIntensity = ({ blend, intensity }: Mood): EmotionBlend => mixBlends(NEUTRAL_BLEND, blend, intensity);

/** The emotions of a session in order, asked in ascending time. */
export class ExpressionTrack {
  #settled: Readonly<EmotionBlend> = NEUTRAL_BLEND;
  #keys: Mood[] = [];

  add(keys: readonly EmotionKey[], offsetMs: number): void {
    for (const key of keys) this.#keys.push({ ...key, atMs: key.atMs + offsetMs });
  }

  /** Forgets what lies ahead and comes to rest. */
  interrupt(atMs: number): void {
    this.#keys = this.#keys.filter((key) => key.atMs <= atMs);
    // From what was on the face at that moment, without a step.
    this.#keys.push({ atMs: atMs + FADE_BEFORE_MS, blend: NEUTRAL_BLEND, intensity: 1 });
  }

  at(ms: number): Readonly<EmotionBlend> {
    while (this.#keys[0] && this.#keys[0].atMs + FADE_AFTER_MS + REWIND_MS < ms)
      this.#settled = mixBlends(this.#settled, atIntensity(this.#keys.shift()!), 1);
    let current = this.#settled;
    for (const key of this.#keys) {
      const amount = smoothstep(key.atMs - FADE_BEFORE_MS, key.atMs + FADE_AFTER_MS, ms);
      if (amount > 0) current = mixBlends(current, atIntensity(key), amount);
    }
    return current;
  }
}
