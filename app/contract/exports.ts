/** The queue of exports. It outlives the interface and the engine: what was waiting or running at an end goes on at the next start. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { EXPORT_PRESETS } from '../document/export-presets.ts';
import { OUTPUT_FORMATS, outputSchema } from '../document/output.ts';
import { backgroundSchema, FRAME_RATES, stageSchema, subtitlesSchema } from '../document/stage.ts';
import { CLOUD_RENDERERS, RENDERERS } from '../providers/renderers.ts';
import { idSchema, nothing, procedure, wireErrorSchema } from './base.ts';

export type { ExportPresetId } from '../document/export-presets.ts';

/** The document's own defaults are taken off: what is absent here must stay absent. */
const { preset, crf, encoder, audioBitrateKbps } = outputSchema.shape;

/** One file to be made. Whatever is absent is as the project (or the preset) says. */
export const exportTargetSchema = z.object({
  preset: z.enum(EXPORT_PRESETS).nullable(),
  format: z.enum(OUTPUT_FORMATS),
  size: stageSchema.shape.size.unwrap().optional(),
  fps: z.union(FRAME_RATES.map((rate) => z.literal(rate))).optional(),
  background: backgroundSchema.optional(),
  subtitles: subtitlesSchema.shape.mode.unwrap().optional(),
  output: z
    .object({
      preset: preset.unwrap(),
      crf: crf.unwrap(),
      encoder: encoder.unwrap(),
      audioBitrateKbps: audioBitrateKbps.unwrap(),
    })
    .partial()
    .optional(),
  /** Who moves the face; the embedded renderer unless given. */
  renderer: z.enum(RENDERERS).optional(),
});
export type ExportTarget = z.infer<typeof exportTargetSchema>;

export const enqueueSchema = z.object({
  projectId: idSchema,
  /** Each becomes a job of its own, on the document as it is now. */
  targets: z.array(exportTargetSchema).min(1).max(20),
  /** Of the work in the library and its files; made safe for file systems. null: the project's name. */
  name: z.string().max(200).nullable(),
  /** A folder that gets a copy of each finished file; only where the host can choose one. */
  copyTo: z.string().nullable().default(null),
});
export type EnqueueRequest = z.infer<typeof enqueueSchema>;

export const EXPORT_STEPS = ['portrait', 'speech', 'loudness', 'film', 'render', 'finish'] as const;

export const jobStateSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('queued') }),
  z.object({
    state: z.literal('running'),
    step: z.enum(EXPORT_STEPS),
    /** Of all steps together, 0..1. */
    progress: z.number().min(0).max(1),
    /** Left to go; null while it cannot be told. */
    etaMs: z.number().nullable(),
  }),
  z.object({ state: z.literal('done'), workId: idSchema, warnings: z.array(wireErrorSchema) }),
  z.object({ state: z.literal('failed'), error: wireErrorSchema }),
  z.object({ state: z.literal('cancelled') }),
]);
export type JobState = z.infer<typeof jobStateSchema>;

export const exportJobSchema = z.object({
  id: idSchema,
  projectId: idSchema,
  projectName: z.string(),
  /** The file's name. */
  fileName: z.string(),
  target: exportTargetSchema,
  createdAtMs: z.number(),
  startedAtMs: z.number().nullable(),
  finishedAtMs: z.number().nullable(),
  /** How often it was begun anew because the studio ended in the middle of it. */
  restarts: z.int(),
  status: jobStateSchema,
});
export type ExportJob = z.infer<typeof exportJobSchema>;

/** A renderer in the cloud, as it may be offered for an export. */
export const rendererOfferSchema = z.object({
  id: z.enum(CLOUD_RENDERERS),
  /** Why it cannot be chosen now; null: it can. */
  lacks: z.enum(['key', 'region', 'offline']).nullable(),
  yuanPerSecond: z.number(),
  secondsAtOnce: z.number(),
});
export type RendererOffer = z.infer<typeof rendererOfferSchema>;

const one = z.object({ id: idSchema });

export const exports = {
  enqueue: procedure.input(enqueueSchema).output(z.array(exportJobSchema)),
  list: procedure.input(nothing).output(z.array(exportJobSchema)),
  /** The whole queue, oldest first: now, and after every change (progress at most ten times a second). */
  watch: procedure.input(nothing).output(eventIterator(z.array(exportJobSchema))),
  cancel: procedure.input(one).output(exportJobSchema),
  /** A failed or cancelled job once more, on the document it was made of. */
  retry: procedure.input(one).output(exportJobSchema),
  /** Takes an ended job off the list; its work stays in the library. */
  remove: procedure.input(one).output(nothing),
  /** Vendors that make the whole picture, for money and in minutes. */
  renderers: procedure.input(nothing).output(z.array(rendererOfferSchema)),
  /** A failed or cancelled job once more, its picture made by the embedded renderer. */
  retryEmbedded: procedure.input(one).output(exportJobSchema),
  clearEnded: procedure.input(nothing).output(nothing),
};
