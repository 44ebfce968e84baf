/** The eight emotions that everybody has: how each sits on the face, and its colour in the interface. */
import { EMOTIONS, type Emotion, foldEmotionName, isEmotion, type NamedEmotion } from './emotion.ts';
import { type EmotionBlend, NEUTRAL_BLEND } from './emotion-blend.ts';

const rest = NEUTRAL_BLEND;

export const EMOTION_BLENDS: Readonly<Record<Emotion, Readonly<EmotionBlend>>> = {
  neutral: rest,
  happy: {
    ...rest,
    ...{ smile: 1, cheekRaise: 0.55, browRaise: 0.22, lowerLids: 0.45, mouthStretch: 0.12 },
    ...{ energy: 1.2, mouthOpening: 1.05 },
  },
  gentle: {
    ...rest,
    ...{ smile: 0.5, cheekRaise: 0.2, browInner: 0.32, upperLids: 0.06, lowerLids: 0.2, headRoll: 0.025 },
    ...{ energy: 0.8, mouthOpening: 0.92 },
  },
  serious: {
    ...rest,
    ...{ smile: -0.2, browFurrow: 0.55, upperLids: 0.08, mouthPress: 0.12 },
    ...{ energy: 0.65, mouthOpening: 0.92 },
  },
  sad: {
    ...rest,
    ...{ smile: -0.62, browInner: 0.95, upperLids: 0.2, headPitch: 0.05, headRoll: -0.02 },
    ...{ energy: 0.45, mouthOpening: 0.82 },
  },
  surprised: {
    ...rest,
    ...{ smile: 0.05, browRaise: 1, browInner: 0.25, upperLids: -0.6, headPitch: -0.025 },
    ...{ energy: 1.15, mouthOpening: 1.2 },
  },
  angry: {
    ...rest,
    ...{ smile: -0.42, browFurrow: 1.35, browRaise: -0.2, upperLids: 0.1, lowerLids: 0.5, mouthPress: 0.2 },
    ...{ headPitch: 0.025, energy: 1.25, mouthOpening: 1.08 },
  },
  excited: {
    ...rest,
    ...{ smile: 1.08, cheekRaise: 0.55, browRaise: 0.75, upperLids: -0.25, lowerLids: 0.3, mouthStretch: 0.18 },
    ...{ energy: 1.7, mouthOpening: 1.18 },
  },
};

/** Told apart from one another on a light ground and on a dark one; a name stands beside them wherever it matters. */
export const EMOTION_COLOURS: Readonly<Record<Emotion, string>> = {
  neutral: '#8a94a6',
  happy: '#e3a008',
  gentle: '#2fa37c',
  serious: '#4f6bed',
  sad: '#3b8fc4',
  surprised: '#c04fcf',
  angry: '#d9453d',
  excited: '#ef6c1a',
};

/** The emotion of that name: one of the eight, or of the project's own. */
export function findEmotion(name: string, own: readonly NamedEmotion[]): NamedEmotion | undefined {
  const folded = foldEmotionName(name);
  if (isEmotion(folded)) return { name: folded, blend: EMOTION_BLENDS[folded] };
  return own.find((emotion) => foldEmotionName(emotion.name) === folded);
}

/** Every name that a line or a cue may use. */
export const emotionNames = (own: readonly { name: string }[]): string[] => [
  ...EMOTIONS,
  ...own.map(({ name }) => name),
];
