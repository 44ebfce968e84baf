/** Script lines: how they sound, how long they take, what is wrong in them, and where they may come from. */
import { z } from 'zod';
import { assetRefSchema } from '../document/asset.ts';
import { ownEmotionsSchema } from '../document/emotions.ts';
import { pronunciationSchema, scriptLineSchema } from '../document/script.ts';
import { voiceIdSchema, voiceSchema } from '../document/voice.ts';
import { emotionBlendSchema } from '../speech/emotion-blend.ts';
import { VISEMES } from '../speech/visemes.ts';
import { idSchema, mediaPathSchema, procedure, wireErrorSchema } from './base.ts';
import { heardSchema, waveformSchema } from './voices.ts';

const span = { startMs: z.number(), endMs: z.number() };

/** A line with all that decides how it sounds: of an open project, or as given. */
export const lineSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('project'), projectId: idSchema, lineId: idSchema }),
  z.object({
    kind: z.literal('draft'),
    line: scriptLineSchema,
    voice: voiceSchema,
    dictionary: z.array(pronunciationSchema),
    /** The project's own, that the line may name. */
    emotions: ownEmotionsSchema,
  }),
]);
export type LineSource = z.infer<typeof lineSourceSchema>;

const timedTextSchema = z.object({ text: z.string(), from: z.int(), to: z.int(), ...span });

/** A line as it is spoken. Times are ms from its start. */
export const spokenLineSchema = z.object({
  /** Names sound and timing: the same text, voice and settings have the same key. */
  speechKey: z.string(),
  path: mediaPathSchema,
  durationMs: z.number(),
  /** The line without its cues; offsets of words index it. */
  displayText: z.string(),
  phones: z.array(z.object({ phone: z.string(), ...span })),
  words: z.array(timedTextSchema),
  sentences: z.array(timedTextSchema),
  visemes: z.array(z.object({ viseme: z.enum(VISEMES), ...span })),
  waveform: waveformSchema,
  emotions: z.array(
    z.object({
      atMs: z.number(),
      emotion: z.string(),
      intensity: z.number(),
      blend: emotionBlendSchema,
      cue: z.int().optional(),
    }),
  ),
  markers: z.array(z.object({ name: z.string(), argument: z.string(), atMs: z.number() })),
});
export type SpokenLine = z.infer<typeof spokenLineSchema>;

export const estimateRequestSchema = z.object({
  lines: z.array(scriptLineSchema).max(20_000),
  voice: voiceSchema,
  dictionary: z.array(pronunciationSchema),
  emotions: ownEmotionsSchema,
});
export type EstimateRequest = z.infer<typeof estimateRequestSchema>;
export const lineEstimateSchema = z.object({
  lineId: idSchema,
  /** Without the pause after it. */
  durationMs: z.number(),
  /** Measured on sound that is there; otherwise reckoned from the text. */
  measured: z.boolean(),
});
export type LineEstimate = z.infer<typeof lineEstimateSchema>;

export const SCRIPT_FORMATS = ['txt', 'md', 'srt', 'vtt', 'docx', 'csv'] as const;
export type ScriptFormat = (typeof SCRIPT_FORMATS)[number];

/** What a script is written as: its own grammar, words for reading, subtitles. */
export const SCRIPT_EXPORT_FORMATS = ['txt', 'md', 'srt', 'vtt'] as const;
export type ScriptExportFormat = (typeof SCRIPT_EXPORT_FORMATS)[number];

/** What a file says of a line; the document's defaults fill the rest. */
export const importedLineSchema = z.object({
  text: z.string(),
  emotion: z.string().optional(),
  intensity: z.number().min(0).max(1).optional(),
  voiceId: voiceIdSchema.optional(),
  pauseAfterMs: z.number().min(0).max(60_000).optional(),
});
export type ImportedLine = z.infer<typeof importedLineSchema>;
export const importedScriptSchema = z.object({
  format: z.enum(SCRIPT_FORMATS),
  lines: z.array(importedLineSchema),
  /** What was left out or changed on the way in. */
  warnings: z.array(wireErrorSchema),
});
export type ImportedScript = z.infer<typeof importedScriptSchema>;

/** `from`/`to`: UTF-16 offsets into the line's text; the whole line where the place is not known. */
export const lineFaultSchema = z.object({ lineId: idSchema, from: z.int(), to: z.int(), error: wireErrorSchema });
export type LineFault = z.infer<typeof lineFaultSchema>;

export const tryPronunciationSchema = z.object({
  entry: pronunciationSchema,
  voice: voiceSchema,
  /** Heard in it instead of alone; it must contain the written form. */
  sentence: z.string().max(500).nullable().default(null),
});
export type TryPronunciationRequest = z.infer<typeof tryPronunciationSchema>;

export const script = {
  /** When the whole line has been spoken. */
  speakLine: procedure.input(z.object({ source: lineSourceSchema })).output(spokenLineSchema),
  /** At once: a WAV that flows while the line is being spoken; it can be fetched once. */
  listen: procedure.input(z.object({ source: lineSourceSchema })).output(z.object({ path: mediaPathSchema })),
  estimate: procedure.input(estimateRequestSchema).output(z.array(lineEstimateSchema)),
  check: procedure
    .input(
      z.object({
        lines: z.array(z.object({ id: idSchema, text: z.string() })).max(20_000),
        emotions: ownEmotionsSchema,
      }),
    )
    .output(z.array(lineFaultSchema)),
  /** `format` null: by the file's name. */
  importFile: procedure
    .input(
      z.object({
        asset: assetRefSchema,
        format: z.enum(SCRIPT_FORMATS).nullable(),
        emotions: ownEmotionsSchema.default([]),
      }),
    )
    .output(importedScriptSchema),
  exportFile: procedure.input(z.object({ projectId: idSchema, format: z.enum(SCRIPT_EXPORT_FORMATS) })).output(
    z.object({
      path: mediaPathSchema,
      fileName: z.string(),
      /** Of subtitles: lines that nobody has spoken yet, whose times are reckoned from their words. */
      estimatedLines: z.int(),
    }),
  ),
  tryPronunciation: procedure.input(tryPronunciationSchema).output(heardSchema),
};
