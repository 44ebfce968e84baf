import { z } from 'zod';
import { STAGE_SHAPES, type StageSize, stageShapeOf } from '../media/stage-size.ts';
import { assetRefSchema } from './asset.ts';
import { consentSchema } from './consent.ts';
import { faceLandmarksSchema } from './landmarks.ts';

/** How far the embedded renderer goes, all 0..2 with 1 as designed. */
export const rigSettingsSchema = z.strictObject({
  mouth: z.number().min(0).max(2).default(1),
  head: z.number().min(0).max(2).default(1),
  brows: z.number().min(0).max(2).default(1),
  gaze: z.number().min(0).max(2).default(1),
  breathing: z.number().min(0).max(2).default(1),
  /** Blinks per minute at rest. */
  blinksPerMinute: z.number().min(0).max(40).default(15),
  /** Teeth are taken from the picture only when it shows them well, unless forced. */
  teeth: z.enum(['auto', 'picture', 'drawn']).default('auto'),
});
export type RigSettings = z.infer<typeof rigSettingsSchema>;

/**
 * Where the portrait sits on the stage.
 * auto: the head is placed well and the stage filled; cover / contain: as in CSS. `zoom` multiplies, offsets are shares of the stage.
 */
export const framingSchema = z.strictObject({
  fit: z.enum(['auto', 'cover', 'contain']).default('auto'),
  zoom: z.number().min(0.2).max(5).default(1),
  offsetX: z.number().min(-1).max(1).default(0),
  offsetY: z.number().min(-1).max(1).default(0),
});
export type Framing = z.infer<typeof framingSchema>;

export const portraitSourceSchema = z.discriminatedUnion('kind', [
  /** One of the avatars that ship with the studio, by id. */
  z.strictObject({ kind: z.literal('sample'), id: z.string().min(1) }),
  z.strictObject({ kind: z.literal('asset'), asset: assetRefSchema }),
]);
export type PortraitSource = z.infer<typeof portraitSourceSchema>;

export const avatarSchema = z.strictObject({
  portrait: portraitSourceSchema,
  /** Which face, counted from the picture's left; null lets a picture with one face decide for itself. */
  faceIndex: z.int().min(0).nullable().default(null),
  /** Set by hand (or authored): replaces what the face finder says, in pixels of the upright picture. */
  landmarks: faceLandmarksSchema.nullable().default(null),
  framing: framingSchema.prefault({}),
  /** In place of `framing` on stages of that shape. */
  framingByShape: z.partialRecord(z.enum(STAGE_SHAPES), framingSchema).optional(),
  rig: rigSettingsSchema.prefault({}),
  /** null where none was recorded. */
  consent: consentSchema.nullable().default(null),
});
export type Avatar = z.infer<typeof avatarSchema>;

/** The framing that counts on a stage of this size: of a draft, what an edit must change. */
export const framingFor = (
  { framing, framingByShape }: Pick<Avatar, 'framing' | 'framingByShape'>,
  size: StageSize,
): Framing => framingByShape?.[stageShapeOf(size)] ?? framing;
