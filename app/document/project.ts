import { z } from 'zod';
import { avatarSchema } from './avatar.ts';
import { outputSchema } from './output.ts';
import { scriptSchema } from './script.ts';
import { stageSchema } from './stage.ts';
import { voiceSchema } from './voice.ts';

/** The version this build writes. Raise it together with a named migration in `migrations.ts`. */
export const PROJECT_VERSION = 1;

export const projectSchema = z.strictObject({
  version: z.literal(PROJECT_VERSION),
  id: z.string().min(1),
  name: z.string().min(1).max(200),
  avatar: avatarSchema,
  voice: voiceSchema.prefault({}),
  script: scriptSchema.prefault({}),
  stage: stageSchema.prefault({}),
  output: outputSchema.prefault({}),
  /** Same seed, same document, same frames. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type Project = z.infer<typeof projectSchema>;
