/** Help with writing the script: a language model drafts lines, or writes those there are anew. Nothing is changed until the interface says so. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, nothing, procedure } from './base.ts';

export const WRITING_TASKS = ['draft', 'rewrite', 'shorten', 'vary', 'translate', 'emotions'] as const;
export type WritingTask = (typeof WRITING_TASKS)[number];

const lineSchema = z.object({
  id: idSchema,
  /** In the script's grammar. */
  text: z.string().max(20_000),
  emotion: z.string().max(100),
  intensity: z.number().min(0).max(1),
});

export const writingRequestSchema = z.object({
  task: z.enum(WRITING_TASKS),
  /** The lines it is about; for a draft those it goes on from, and there may be none. */
  lines: z.array(lineSchema).max(200),
  /** What the person wants: the subject of a draft, how to rewrite. */
  wish: z.string().trim().max(4000).default(''),
  /** Of a translation: a language's name or tag. */
  language: z.string().trim().max(60).nullable().default(null),
  /** Emotions that may be named, the project's own among them. */
  emotions: z.array(z.string().max(100)).min(1).max(200),
});
export type WritingRequest = z.infer<typeof writingRequestSchema>;

/** In order. Of a draft `line` counts from 0; of everything else it is the line's place in the request. */
export const writingEventSchema = z.discriminatedUnion('type', [
  /** More of a line's text, as it is being written. */
  z.object({ type: z.literal('text'), line: z.int().min(0), text: z.string() }),
  /** It is done. Fields that are absent stay as they are. `text` is in the script's grammar, and parses. */
  z.object({
    type: z.literal('line'),
    line: z.int().min(0),
    text: z.string().optional(),
    emotion: z.string().optional(),
    intensity: z.number().min(0).max(1).optional(),
  }),
]);
export type WritingEvent = z.infer<typeof writingEventSchema>;

export const writing = {
  /** Whether there is a language model to ask; the reason where there is none is the error of `write`. */
  ready: procedure.input(nothing).output(z.object({ ready: z.boolean() })),
  /** Ends when all is written; ending it early stops the model. */
  write: procedure.input(writingRequestSchema).output(eventIterator(writingEventSchema)),
};
