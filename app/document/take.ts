import { z } from 'zod';
import { assetRefSchema } from './asset.ts';

/** What somebody has spoken into the microphone for a project. The document names one only when it is used, as its recording. */
export const takeSchema = z.strictObject({
  id: z.string().min(1).max(100),
  projectId: z.string().min(1).max(100),
  name: z.string().trim().min(1).max(200),
  asset: assetRefSchema,
  durationMs: z.number().min(0),
  /** Unix ms. */
  recordedAtMs: z.int(),
});
export type Take = z.infer<typeof takeSchema>;
