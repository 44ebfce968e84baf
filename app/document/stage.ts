import { z } from 'zod';
import { assetRefSchema } from './asset.ts';
import { refuseSharedIds } from './ids.ts';

const colour = z.string().regex(/^#[0-9a-f]{6}$/i);

export const backgroundSchema = z.discriminatedUnion('kind', [
  /** The portrait's own background. */
  z.strictObject({ kind: z.literal('keep') }),
  z.strictObject({ kind: z.literal('blur'), radius: z.number().min(1).max(100).default(24) }),
  z.strictObject({ kind: z.literal('colour'), colour }),
  z.strictObject({ kind: z.literal('picture'), asset: assetRefSchema }),
  /** Only for outputs that carry alpha. */
  z.strictObject({ kind: z.literal('transparent') }),
]);
export type Background = z.infer<typeof backgroundSchema>;

export const CORNERS = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;

/** The visible mark that says the picture is AI-made. `height` is a share of the stage's shorter side (the rules ask for 0.05). */
export const aiMarkSchema = z.strictObject({
  visible: z.boolean().default(true),
  text: z.string().min(1).max(40).default('AI生成'),
  corner: z.enum(CORNERS).default('top-right'),
  height: z.number().min(0.02).max(0.2).default(0.05),
});
export type AiMark = z.infer<typeof aiMarkSchema>;

export const subtitlesSchema = z.strictObject({
  mode: z.enum(['burn', 'srt', 'vtt', 'none']).default('burn'),
  karaoke: z.boolean().default(false),
  /** Letter height as a share of the stage's shorter side. */
  size: z.number().min(0.02).max(0.15).default(0.052),
  colour: colour.default('#ffffff'),
  highlight: colour.default('#ffd54a'),
});
export type SubtitleSettings = z.infer<typeof subtitlesSchema>;

/** A still picture above or behind the avatar; place and width as shares of the stage. */
export const overlaySchema = z.strictObject({
  id: z.string().min(1),
  asset: assetRefSchema,
  x: z.number().min(-1).max(2),
  y: z.number().min(-1).max(2),
  width: z.number().positive().max(3),
  opacity: z.number().min(0).max(1).default(1),
  layer: z.enum(['behind', 'front']).default('front'),
});
export type Overlay = z.infer<typeof overlaySchema>;

export const FRAME_RATES = [24, 25, 30, 50, 60] as const;

export const stageSchema = z.strictObject({
  /** Even, 64..4096. null: 720p in the shape nearest to the portrait's. */
  size: z
    .strictObject({
      widthPx: z.int().multipleOf(2).min(64).max(4096),
      heightPx: z.int().multipleOf(2).min(64).max(4096),
    })
    .nullable()
    .default(null),
  fps: z.union(FRAME_RATES.map((rate) => z.literal(rate))).default(25),
  background: backgroundSchema.prefault({ kind: 'keep' }),
  subtitles: subtitlesSchema.prefault({}),
  overlays: z.array(overlaySchema).superRefine(refuseSharedIds).default([]),
  aiMark: aiMarkSchema.prefault({}),
});
export type Stage = z.infer<typeof stageSchema>;
