/** Speech as text: dictated into a line of the script, or heard in a recording with the times of its lines. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { assetRefSchema } from '../document/asset.ts';
import { idSchema, mediaPathSchema, nothing, procedure } from './base.ts';

/** What a page sends: mono s16le. */
export const DICTATION_SAMPLE_RATE = 16_000;
/** Of one piece: two seconds, in base64. */
const MAX_PIECE_CHARACTERS = Math.ceil((2 * DICTATION_SAMPLE_RATE * 2) / 3) * 4;

const listening = {
  /** BCP-47 (`zh`, `yue`, `zh-sichuan`, `en`), best first; none: as it is heard. */
  languages: z.array(z.string().min(1).max(40)).max(8),
  /** Names and terms it should expect. */
  hotWords: z.array(z.string().min(1).max(100)).max(500),
};

export const dictationEventSchema = z.discriminatedUnion('type', [
  /** First: from now on sound is taken under this name. */
  z.object({ type: z.literal('ready'), session: idSchema }),
  /** A sentence so far; what follows under the same number takes its place. */
  z.object({ type: z.literal('partial'), sentence: z.int(), text: z.string() }),
  z.object({ type: z.literal('final'), sentence: z.int(), text: z.string() }),
]);
export type DictationEvent = z.infer<typeof dictationEventSchema>;

/** A line heard in a recording. Times are ms from its first sample. */
export const heardLineSchema = z.object({
  text: z.string(),
  startMs: z.number(),
  endMs: z.number(),
  /** Empty where the vendor tells none. */
  words: z.array(z.object({ text: z.string(), startMs: z.number(), endMs: z.number() })),
});
export type HeardLine = z.infer<typeof heardLineSchema>;

export const subtitleEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), heardMs: z.number(), durationMs: z.number() }),
  /** Last: all lines in their order. */
  z.object({ type: z.literal('done'), durationMs: z.number(), lines: z.array(heardLineSchema) }),
]);
export type SubtitleEvent = z.infer<typeof subtitleEventSchema>;

export const dictation = {
  /** Ends after the last final once `finish` was called; leaving it ends the listening. */
  listen: procedure.input(z.object(listening)).output(eventIterator(dictationEventSchema)),
  /** `index` counts from 0, so that pieces that overtake one another are put in order. `pcm`: base64 of mono s16le at 16 kHz. */
  sound: procedure
    .input(z.object({ session: idSchema, index: z.int().min(0), pcm: z.base64().max(MAX_PIECE_CHARACTERS) }))
    .output(nothing),
  /** `pieces`: how many were sent. */
  finish: procedure.input(z.object({ session: idSchema, pieces: z.int().min(0) })).output(nothing),
  /** An uploaded recording, audio or video. */
  subtitle: procedure
    .input(z.object({ asset: assetRefSchema, ...listening }))
    .output(eventIterator(subtitleEventSchema)),
  writeSubtitles: procedure
    .input(
      z.object({
        lines: z.array(heardLineSchema).max(20_000),
        format: z.enum(['srt', 'vtt']),
        /** Of the recording. */
        name: z.string().max(200),
      }),
    )
    .output(z.object({ path: mediaPathSchema, fileName: z.string() })),
};
