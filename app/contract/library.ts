/** Finished works. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { CONSENT_STATES, consentSchema } from '../document/consent.ts';
import { EXPORT_PRESETS } from '../document/export-presets.ts';
import { OUTPUT_FORMATS } from '../document/output.ts';
import { idSchema, mediaPathSchema, nothing, procedure } from './base.ts';

export const workFileSchema = z.object({
  kind: z.enum(['video', 'animation', 'sound', 'subtitles', 'timeline']),
  fileName: z.string(),
  mediaType: z.string(),
  bytes: z.number(),
  /** Plays; with `?download` it is saved under its name. */
  path: mediaPathSchema,
});
export type WorkFile = z.infer<typeof workFileSchema>;

export const workSchema = z.object({
  id: idSchema,
  name: z.string(),
  projectId: idSchema,
  projectName: z.string(),
  createdAtMs: z.number(),
  preset: z.enum(EXPORT_PRESETS).nullable(),
  format: z.enum(OUTPUT_FORMATS),
  durationMs: z.number(),
  /** 0 for sound alone. */
  widthPx: z.int(),
  heightPx: z.int(),
  fps: z.number(),
  /** The main file first. */
  files: z.array(workFileSchema).min(1),
  thumbnail: mediaPathSchema.nullable(),
  /** Its main file is not where it was. */
  missing: z.boolean(),
});
export type Work = z.infer<typeof workSchema>;

export const workDetailsSchema = workSchema.extend({
  software: z.string(),
  encoder: z.string(),
  /** The AI label's ProduceID, as in the file. */
  produceId: z.string(),
  aiMarkVisible: z.boolean(),
  wallMs: z.number(),
  /** Whose likeness it shows and by what right, as recorded at the time; null for a drawn avatar or where none was recorded. */
  consent: consentSchema.nullable(),
  /** On the day it was made. */
  consentState: z.enum(CONSENT_STATES),
  /** Of the main file. */
  sha256: z.string(),
  voices: z.array(z.string()),
  /** Where it lies, for people who look for it. */
  folder: z.string(),
});
export type WorkDetails = z.infer<typeof workDetailsSchema>;

const one = z.object({ id: idSchema });

export const library = {
  /** Latest first. */
  list: procedure.input(nothing).output(z.array(workSchema)),
  watch: procedure.input(nothing).output(eventIterator(z.array(workSchema))),
  details: procedure.input(one).output(workDetailsSchema),
  rename: procedure.input(z.object({ id: idSchema, name: z.string().trim().min(1).max(200) })).output(workSchema),
  /** Its files go to the trash for a day; `restore` takes them back. */
  remove: procedure.input(one).output(nothing),
  restore: procedure.input(one).output(workSchema),
  /** Opens the system's file manager on it. Where `capabilities.revealInFolder` is false it fails with `host.not-capable`. */
  reveal: procedure.input(one).output(nothing),
};
