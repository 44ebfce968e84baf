/** The person's own emotions, kept for all projects; a project that uses one has its own copy. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { ownEmotionSchema } from '../document/emotions.ts';
import { EMOTIONS } from '../speech/emotion.ts';
import { emotionBlendSchema } from '../speech/emotion-blend.ts';
import { idSchema, nothing, procedure } from './base.ts';

/** An emotion to be shown: one of the studio's, or a blend. */
export const shownEmotionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('preset'), emotion: z.enum(EMOTIONS), intensity: z.number().min(0).max(1) }),
  z.object({ kind: z.literal('blend'), blend: emotionBlendSchema, intensity: z.number().min(0).max(1) }),
]);
export type ShownEmotion = z.infer<typeof shownEmotionSchema>;

export const emotions = {
  /** Sorted by name. */
  list: procedure.input(nothing).output(z.array(ownEmotionSchema)),
  watch: procedure.input(nothing).output(eventIterator(z.array(ownEmotionSchema))),
  /** Adds, or replaces the one with this id. Fails with `storage.emotion-name-taken` where another has the name. */
  save: procedure.input(ownEmotionSchema).output(ownEmotionSchema),
  remove: procedure.input(z.object({ id: idSchema })).output(nothing),
};
