/** What the person has chosen for the studio as a whole. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { localeSchema, nothing, procedure } from './base.ts';

export const settingsSchema = z.object({
  /** null: as the system. */
  locale: localeSchema.nullable().default(null),
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  /** Of the whole interface. */
  zoom: z.number().min(0.8).max(2).default(1),
  tourDone: z.boolean().default(false),
  /** Keys of the person's own, by action id. */
  shortcuts: z.record(z.string().max(100), z.string().max(100)).default({}),
  /** Longer side of the preview's picture. */
  previewMaxSidePx: z.int().min(160).max(1920).default(640),
  /** Where copies of exports go; null: only into the library. */
  exportFolder: z.string().nullable().default(null),
  /** Sizes of panels and the like, by name: the interface's own memory. */
  layout: z.record(z.string().max(100), z.number()).default({}),
  lastProjectId: z.string().nullable().default(null),
  /** How dictation and subtitles listen. */
  listening: z
    .object({
      /** BCP-47, a dialect included (`yue`, `zh-sichuan`); '': by the line's voice, else as it is heard. */
      language: z.string().max(40),
      /** Names and terms of the person's own, beside those of a project. */
      words: z.array(z.string().min(1).max(100)).max(300),
    })
    .default({ language: '', words: [] }),
});
export type Settings = z.infer<typeof settingsSchema>;

const changes = settingsSchema.shape;
/** Only what is named changes. Records are replaced whole. */
export const settingsChangeSchema = z.object({
  locale: changes.locale.unwrap().optional(),
  theme: changes.theme.unwrap().optional(),
  zoom: changes.zoom.unwrap().optional(),
  tourDone: changes.tourDone.unwrap().optional(),
  shortcuts: changes.shortcuts.unwrap().optional(),
  previewMaxSidePx: changes.previewMaxSidePx.unwrap().optional(),
  exportFolder: changes.exportFolder.unwrap().optional(),
  layout: changes.layout.unwrap().optional(),
  lastProjectId: changes.lastProjectId.unwrap().optional(),
  listening: changes.listening.unwrap().optional(),
});
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

export const settings = {
  get: procedure.input(nothing).output(settingsSchema),
  set: procedure.input(settingsChangeSchema).output(settingsSchema),
  watch: procedure.input(nothing).output(eventIterator(settingsSchema)),
};
