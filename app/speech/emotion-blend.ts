/**
 * What an emotion does to a face: one number for each thing that the face can do, so that a mood can be mixed, faded and
 * drawn as sliders. {@link EMOTION_CONTROLS} is the one list of them; schema, neutral face and editor follow from it.
 */
import { z } from 'zod';

export type EmotionControlGroup = 'brows' | 'eyes' | 'cheeks' | 'mouth' | 'head' | 'life';

interface ControlShape {
  group: EmotionControlGroup;
  min: number;
  max: number;
  /** The resting face, and what a control that is left out has. */
  default: number;
  step: number;
  /** How a value is told to people: `value * shownScale`, then the unit. */
  shownScale: number;
  shownUnit: '%' | '°' | '×';
}

const share = (group: EmotionControlGroup, min: number, max: number): ControlShape => ({
  ...{ group, min, max, default: 0, step: 0.01, shownScale: 100, shownUnit: '%' },
});
/** Radians. */
const angle = (max: number): ControlShape => ({
  ...{ group: 'head', min: -max, max, default: 0, step: 0.0025, shownScale: 180 / Math.PI, shownUnit: '°' },
});
const factor = (group: EmotionControlGroup, min: number, max: number): ControlShape => ({
  ...{ group, min, max, default: 1, step: 0.05, shownScale: 1, shownUnit: '×' },
});
/** Of the distance between the eyes. */
const gaze = (max: number): ControlShape => ({
  ...{ group: 'eyes', min: -max, max, default: 0, step: 0.001, shownScale: 100 / max, shownUnit: '%' },
});

/** "Left" and "right" are the picture's. */
const CONTROLS = {
  /** The whole brows: − lowered, + raised. */
  browRaise: share('brows', -1, 1.5),
  /** Their inner ends: + raised as in worry; − lowered while the outer ends rise. */
  browInner: share('brows', -1, 1.5),
  /** Drawn together and down, as in anger. */
  browFurrow: share('brows', 0, 1.5),
  /** The upper lids: − wide open, + drooping; 1 is closed. */
  upperLids: share('eyes', -1, 1),
  /** The lower lids come up, as in a squint or a smile. */
  lowerLids: share('eyes', 0, 1),
  /** Where the eyes rest: − left, + right. Glances go on around it. */
  gazeX: gaze(0.06),
  /** − up, + down. */
  gazeY: gaze(0.04),
  cheekRaise: share('cheeks', 0, 1),
  /** Mouth corners: − down, + up. */
  smile: share('mouth', -1, 1.5),
  /** − narrow, + stretched sideways. */
  mouthStretch: share('mouth', -0.5, 1),
  /** Rounded and pushed forward. */
  mouthRound: share('mouth', 0, 1),
  /** Lips pressed thin while no sound opens them. */
  mouthPress: share('mouth', 0, 1),
  /** How far the mouth opens when it speaks. */
  mouthOpening: factor('mouth', 0.4, 1.6),
  /** + bowed, − thrown back. */
  headPitch: angle(0.12),
  /** Turned: − left, + right. */
  headYaw: angle(0.12),
  /** Tilted: − left, + right. */
  headRoll: angle(0.12),
  /** How much head and body move. */
  energy: factor('life', 0, 2),
  /** Times the avatar's own blinks per minute. */
  blinks: factor('life', 0, 4),
} as const satisfies Record<string, ControlShape>;

export type EmotionControlKey = keyof typeof CONTROLS;
export type EmotionBlend = Record<EmotionControlKey, number>;

export interface EmotionControl extends ControlShape {
  key: EmotionControlKey;
  /** Names of words in the interface's dictionary: the control's own and its group's. */
  labelKey: `emotion.control.${EmotionControlKey}`;
  groupKey: `emotion.group.${EmotionControlGroup}`;
}

export const EMOTION_CONTROL_KEYS = Object.keys(CONTROLS) as EmotionControlKey[];

/** In the order to draw them; those of one group stand together. */
export const EMOTION_CONTROLS: readonly EmotionControl[] = EMOTION_CONTROL_KEYS.map((key) => ({
  ...CONTROLS[key],
  key,
  labelKey: `emotion.control.${key}` as const,
  groupKey: `emotion.group.${CONTROLS[key].group}` as const,
}));

export const emotionBlendSchema = z.strictObject(
  Object.fromEntries(
    EMOTION_CONTROLS.map(({ key, min, max, default: rest }) => [key, z.number().min(min).max(max).default(rest)]),
  ) as Record<EmotionControlKey, z.ZodDefault<z.ZodNumber>>,
);

export const NEUTRAL_BLEND: Readonly<EmotionBlend> = Object.freeze(emotionBlendSchema.parse({}));

/** `from` at 0, `to` at 1. */
export function mixBlends(from: Readonly<EmotionBlend>, to: Readonly<EmotionBlend>, amount: number): EmotionBlend {
  const result = { ...from };
  for (const key of EMOTION_CONTROL_KEYS) result[key] = from[key] + (to[key] - from[key]) * amount;
  return result;
}
