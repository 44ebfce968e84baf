/** The emotions a line and a face can take: eight that everybody has, and a project's own. */
import type { EmotionBlend } from './emotion-blend.ts';

export const EMOTIONS = ['neutral', 'happy', 'gentle', 'serious', 'sad', 'surprised', 'angry', 'excited'] as const;
export type Emotion = (typeof EMOTIONS)[number];
export const isEmotion = (value: string): value is Emotion => (EMOTIONS as readonly string[]).includes(value);

/** An emotion by its name, with what it does to the face. */
export interface NamedEmotion {
  name: string;
  blend: Readonly<EmotionBlend>;
}

/** From `atMs` on (utterance time) the face shows `blend` at `intensity` 0..1, cross-faded from what was before. */
export interface EmotionKey {
  atMs: number;
  /** One of {@link EMOTIONS} or the name of one of the project's own. */
  emotion: string;
  intensity: number;
  blend: Readonly<EmotionBlend>;
  /** Which inline cue of the line's text it comes from, counted from 0; absent where it is the line's own emotion. */
  cue?: number;
}

export const MAX_EMOTION_NAME = 24;
/** Words that mean something else at the beginning of a cue. */
const RESERVED = ['rate', 'pitch', 'volume', 'em', 'say'];
const NAME = /^\p{L}[\p{L}\p{M}\p{N}_-]*$/u;

/** Two names are one emotion when these are equal: capitals do not matter, nor how an accent is encoded. */
export const foldEmotionName = (name: string): string => name.normalize('NFC').toLowerCase();

export type EmotionNameFault = 'characters' | 'too-long' | 'built-in' | 'reserved';

/**
 * Why a project's own emotion cannot be called so; null when it can. A name begins with a letter of any script and goes on with
 * letters, digits, `-` and `_`, so that it can stand in a cue: `[我的微笑 0.8]`.
 */
export function emotionNameFault(name: string): EmotionNameFault | null {
  if (!name.isWellFormed() || !NAME.test(name)) return 'characters';
  if ([...name].length > MAX_EMOTION_NAME) return 'too-long';
  const folded = foldEmotionName(name);
  if (isEmotion(folded)) return 'built-in';
  return RESERVED.includes(folded) ? 'reserved' : null;
}
