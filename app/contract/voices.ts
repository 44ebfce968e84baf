/** Voices, and the person's own recordings. */
import { z } from 'zod';
import { assetRefSchema } from '../document/asset.ts';
import { voiceIdSchema } from '../document/voice.ts';
import { mediaPathSchema, nothing, procedure } from './base.ts';

export const voiceDescriptionSchema = z.object({
  id: voiceIdSchema,
  provider: z.string(),
  name: z.string(),
  /** BCP-47 tags, best first (`cmn`, `yue`, `en-us`). */
  languages: z.array(z.string()),
  gender: z.enum(['female', 'male', 'neutral']),
  runs: z.enum(['local', 'cloud']),
});
export type VoiceDescription = z.infer<typeof voiceDescriptionSchema>;

/** Sound to play, a WAV. */
export const heardSchema = z.object({ path: mediaPathSchema, durationMs: z.number() });
export type Heard = z.infer<typeof heardSchema>;

export const sampleVoiceSchema = z.object({
  voiceId: voiceIdSchema,
  /** null: a greeting in the voice's own language. */
  text: z.string().max(500).nullable().default(null),
  rate: z.number().min(0.5).max(2).default(1),
  pitch: z.number().min(0.5).max(2).default(1),
  volume: z.number().min(0).max(2).default(1),
});
export type SampleVoiceRequest = z.infer<typeof sampleVoiceSchema>;

/** Evenly spread largest absolute values, 0..1. */
export const waveformSchema = z.object({ stepMs: z.number().positive(), peaks: z.array(z.number()) });
export type Waveform = z.infer<typeof waveformSchema>;

export const examinedRecordingSchema = z.object({
  /** Heard through the studio's decoder, so that any format plays. */
  path: mediaPathSchema,
  durationMs: z.number(),
  /** Largest absolute value, 0..1, and loudness. null: silence. */
  peak: z.number(),
  loudnessLufs: z.number().nullable(),
  waveform: waveformSchema,
  findings: z.array(z.enum(['clipped', 'quiet', 'silent', 'noisy'])),
});
export type ExaminedRecording = z.infer<typeof examinedRecordingSchema>;

export const voices = {
  list: procedure.input(nothing).output(z.array(voiceDescriptionSchema)),
  sample: procedure.input(sampleVoiceSchema).output(heardSchema),
  /** An uploaded recording or take. */
  examineRecording: procedure.input(z.object({ asset: assetRefSchema })).output(examinedRecordingSchema),
};
