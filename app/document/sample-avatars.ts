/** The avatars that ship with the studio, drawn by its own code: `resources/avatars/<id>/avatar.json` and `resources/avatars/index.json`. */
import { z } from 'zod';
import { faceLandmarksSchema } from './landmarks.ts';

const id = z.string().regex(/^[a-z][a-z0-9-]*$/);
const words = z.object({ en: z.string().min(1), 'zh-CN': z.string().min(1) });
/** A file beside avatar.json; never a path that leaves its folder. */
const fileName = z.string().regex(/^[a-z0-9-]+\.(png|jpg)$/);
const picture = z.object({ file: fileName, widthPx: z.int().positive(), heightPx: z.int().positive() });

export const sampleAvatarSchema = z.object({
  id,
  name: words,
  description: words,
  gender: z.enum(['female', 'male', 'neutral']),
  style: z.enum(['painterly', 'poster', 'cartoon']),
  /** PNG with alpha, upright, sRGB. */
  portrait: picture,
  /** The room that suits the avatar, without anybody in it. */
  background: picture,
  /** Hints for choosing a voice: a gender and factors on rate and pitch, 1 being the voice's own. */
  voice: z.object({
    gender: z.enum(['female', 'male']),
    rate: z.number().min(0.5).max(2),
    pitch: z.number().min(0.5).max(2),
  }),
  /** In pixels of the portrait, taken from the curves it was drawn with. */
  landmarks: faceLandmarksSchema,
});
export type SampleAvatar = z.infer<typeof sampleAvatarSchema>;

export const sampleAvatarIndexSchema = z.object({
  avatars: z.array(sampleAvatarSchema.omit({ landmarks: true })).min(1),
});
export type SampleAvatarSummary = z.infer<typeof sampleAvatarIndexSchema>['avatars'][number];
