import { type RefinementCtx, z } from 'zod';
import { emotionNameFault, foldEmotionName, MAX_EMOTION_NAME } from '../speech/emotion.ts';
import { emotionBlendSchema } from '../speech/emotion-blend.ts';
import { refuseSharedIds } from './ids.ts';

const FAULTS = {
  characters: 'a name is letters, digits, "-" and "_", and begins with a letter',
  'too-long': `a name has at most ${MAX_EMOTION_NAME} characters`,
  'built-in': 'this is the name of a built-in emotion',
  reserved: 'this name is a cue of the script language',
} as const;

/** An emotion of the project's own. Lines and inline cues name it as they name the built-in ones. */
export const ownEmotionSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().superRefine((name, context) => {
    const fault = emotionNameFault(name);
    if (fault !== null) context.addIssue({ code: 'custom', message: FAULTS[fault] });
  }),
  colour: z.string().regex(/^#[0-9a-f]{6}$/i),
  blend: emotionBlendSchema.prefault({}),
});
export type OwnEmotion = z.infer<typeof ownEmotionSchema>;

function refuseSharedNames(emotions: readonly OwnEmotion[], context: RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { name }] of emotions.entries()) {
    const folded = foldEmotionName(name);
    if (seen.has(folded))
      context.addIssue({ code: 'custom', path: [index, 'name'], message: `"${name}" is used twice` });
    seen.add(folded);
  }
}

export const ownEmotionsSchema = z
  .array(ownEmotionSchema)
  .max(200)
  .superRefine(refuseSharedIds)
  .superRefine(refuseSharedNames);
