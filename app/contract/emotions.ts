/** The person's own emotions, kept for all projects; a project that uses one has its own copy. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { EMOTIONS } from '../speech/emotion.ts';
import { idSchema, nothing, procedure } from './base.ts';

const signed = z.number().min(-1).max(1).default(0);
const share = z.number().min(0).max(1).default(0);

/** What an emotion does to a face at full intensity. All 0 at rest, −1..1 or 0..1 of what the face can do; the factors are 1. */
export const emotionBlendSchema = z.strictObject({
  /** Both brows up or down. */
  browRaise: signed,
  /** Their inner ends up (worry) or down. */
  browInner: signed,
  /** Drawn together. */
  frown: share,
  /** Upper lids: down (heavy) or, negative, wide open. */
  lids: signed,
  lowerLids: share,
  cheeks: share,
  /** Corners of the mouth: up or down. */
  smile: signed,
  press: share,
  wide: signed,
  /** Where the eyes go: to the picture's right, up. */
  gazeX: signed,
  gazeY: signed,
  /** The head: nod down, turn to the picture's right, tilt clockwise. */
  headPitch: signed,
  headYaw: signed,
  headRoll: signed,
  /** Factors: how often it blinks, how lively the head moves, how far the mouth opens in speech. */
  blinkRate: z.number().min(0).max(3).default(1),
  energy: z.number().min(0).max(2).default(1),
  opening: z.number().min(0.3).max(1.6).default(1),
});
export type EmotionBlend = z.infer<typeof emotionBlendSchema>;

/** An emotion to be shown: one of the studio's, or a blend. */
export const shownEmotionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preset'), emotion: z.enum(EMOTIONS), intensity: z.number().min(0).max(1) }),
  z.object({ kind: z.literal('blend'), blend: emotionBlendSchema, intensity: z.number().min(0).max(1) }),
]);
export type ShownEmotion = z.infer<typeof shownEmotionSchema>;

export const ownEmotionSchema = z.object({
  id: idSchema,
  name: z.string().trim().min(1).max(40),
  blend: emotionBlendSchema,
});
export type OwnEmotion = z.infer<typeof ownEmotionSchema>;

export const emotions = {
  list: procedure.input(nothing).output(z.array(ownEmotionSchema)),
  watch: procedure.input(nothing).output(eventIterator(z.array(ownEmotionSchema))),
  /** Adds, or replaces the one with this id. */
  save: procedure.input(ownEmotionSchema).output(ownEmotionSchema),
  remove: procedure.input(z.object({ id: idSchema })).output(nothing),
};
