import { type RefinementCtx, z } from 'zod';
import { emotionNames } from '../speech/emotion-presets.ts';
import { avatarSchema } from './avatar.ts';
import { ownEmotionsSchema } from './emotions.ts';
import { liveSchema } from './live.ts';
import { outputSchema } from './output.ts';
import { scriptSchema } from './script.ts';
import { stageSchema } from './stage.ts';
import { voiceSchema } from './voice.ts';

/** The version this build writes. Raise it together with a named migration in `migrations.ts`. */
export const PROJECT_VERSION = 3;

const records = z.strictObject({
  version: z.literal(PROJECT_VERSION),
  id: z.string().min(1),
  name: z.string().min(1).max(200),
  avatar: avatarSchema,
  voice: voiceSchema.prefault({}),
  /** The project's own emotions, beside the built-in ones. */
  emotions: ownEmotionsSchema.default([]),
  script: scriptSchema.prefault({}),
  stage: stageSchema.prefault({}),
  output: outputSchema.prefault({}),
  live: liveSchema.prefault({}),
  /** Same seed, same document, same frames. */
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});

/** Every line's emotion is a built-in one or the project's own. */
function refuseUnknownEmotions(project: z.infer<typeof records>, context: RefinementCtx): void {
  const values = emotionNames(project.emotions);
  const known = new Set(values);
  for (const [index, { emotion }] of project.script.lines.entries()) {
    if (!known.has(emotion))
      context.addIssue({ code: 'invalid_value', path: ['script', 'lines', index, 'emotion'], values, input: emotion });
  }
}

/** What else is wrong in a document does not hide an unknown emotion, as long as lines and emotions can be read at all. */
const READABLE = z.object({
  emotions: z.array(z.object({ name: z.string() })),
  script: z.object({ lines: z.array(z.object({ emotion: z.string() })) }),
});
export const projectSchema = records.superRefine(refuseUnknownEmotions, {
  when: ({ value }) => READABLE.safeParse(value).success,
});
export type Project = z.infer<typeof projectSchema>;
