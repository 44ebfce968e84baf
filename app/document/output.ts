import { z } from 'zod';

export const OUTPUT_FORMATS = ['mp4', 'webm', 'wav', 'gif'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

export const outputSchema = z.strictObject({
  format: z.enum(OUTPUT_FORMATS).default('mp4'),
  /** x264 preset when the software encoder is used. */
  preset: z.enum(['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium']).default('veryfast'),
  /** Constant rate factor of the software encoder, 0 (best) .. 51. */
  crf: z.number().min(0).max(51).default(20),
  encoder: z.enum(['auto', 'software']).default('auto'),
  audioBitrateKbps: z.int().min(48).max(320).default(160),
});
export type OutputSettings = z.infer<typeof outputSchema>;
