import { z } from 'zod';
import { assetRefSchema } from './asset.ts';
import { refuseSharedIds } from './ids.ts';
import { voiceIdSchema } from './voice.ts';

/** Silence after a line where nobody has said otherwise. */
export const DEFAULT_PAUSE_MS = 300;

/** One utterance. `text` is in the script grammar (docs/script.md). */
export const scriptLineSchema = z.strictObject({
  id: z.string().min(1),
  text: z.string(),
  /** A built-in emotion or one of the project's own, by name as written there. */
  emotion: z.string().default('neutral'),
  intensity: z.number().min(0).max(1).default(1),
  voiceId: voiceIdSchema.nullable().default(null),
  pauseAfterMs: z.number().min(0).max(60_000).default(DEFAULT_PAUSE_MS),
});
export type ScriptLine = z.infer<typeof scriptLineSchema>;

/** How a written form is read in this project: `say` replaces it, `pinyin` fixes its characters' sounds. */
export const pronunciationSchema = z.strictObject({
  written: z.string().min(1),
  say: z.string().nullable().default(null),
  pinyin: z.array(z.string()).nullable().default(null),
});
export type Pronunciation = z.infer<typeof pronunciationSchema>;

export const scriptSchema = z.strictObject({
  lines: z.array(scriptLineSchema).superRefine(refuseSharedIds).default([]),
  dictionary: z.array(pronunciationSchema).default([]),
  /** The person's own recording; when set it is heard instead of a voice, and `lines` are what it says (may be empty). */
  recording: assetRefSchema.nullable().default(null),
});
export type Script = z.infer<typeof scriptSchema>;
