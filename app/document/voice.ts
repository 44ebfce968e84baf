import { z } from 'zod';

/** `provider:voice`, e.g. `espeak:cmn`. */
export const voiceIdSchema = z.string().regex(/^[a-z0-9-]+:.+$/);

export const voiceSchema = z.strictObject({
  /** null: a fitting embedded voice for each language. */
  voiceId: voiceIdSchema.nullable().default(null),
  /** Overrides by language tag of the text (`zh`, `yue`, `en`): who speaks the English words in a Chinese line. */
  byLanguage: z.record(z.string().regex(/^[a-zA-Z]{2,8}(-[a-zA-Z0-9]{1,8})*$/), voiceIdSchema).default({}),
  rate: z.number().min(0.5).max(2).default(1),
  pitch: z.number().min(0.5).max(2).default(1),
  volume: z.number().min(0).max(2).default(1),
});
export type VoiceSettings = z.infer<typeof voiceSchema>;
