/**
 * What a model is before it is on this machine: what it does, what runs it, its files and where they are had, its licence, what memory
 * it wants. The built-in list is `built-in.ts`; a person may add entries of their own in the same form.
 */
import { z } from 'zod';

export const MODEL_TASKS = ['llm', 'asr', 'vad', 'punctuation', 'tts', 'embedding', 'lipsync'] as const;
export type ModelTask = (typeof MODEL_TASKS)[number];

export const MODEL_RUNTIMES = ['llama', 'sherpa', 'onnx'] as const;
export type ModelRuntime = (typeof MODEL_RUNTIMES)[number];

/** Names that no Windows takes, with or without an extension. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A path inside a model's folder, on any system: parts joined by `/`, none of which leads out, is hidden, or is no name somewhere. */
export function isModelPath(path: string): boolean {
  const parts = path.split('/');
  return (
    path.length <= 200 &&
    parts.length <= 8 &&
    parts.every(
      (part) =>
        part.length > 0 &&
        part.length <= 120 &&
        !part.startsWith('.') &&
        !/[. ]$/.test(part) &&
        !/[\u0000-\u001f\u007f\\:*?"<>|]/.test(part) &&
        !RESERVED.test(part),
    )
  );
}

const path = z.string().min(1).max(200).refine(isModelPath, 'a path inside the model’s folder');
const words = z.strictObject({ zh: z.string().max(500), en: z.string().max(500) });
const url = z.url({ protocol: /^https?$/ }).max(1000);
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);

export const modelFileSchema = z.strictObject({
  path,
  /** null: not known beforehand; the length the first source tells is taken. */
  bytes: z.int().min(1).nullable(),
  /** null: none is published; what the first download had is pinned, and said to be. */
  sha256: sha256Schema.nullable(),
  /** The same bytes from several places, first choice first; none for files that only a person can bring. */
  sources: z.array(url).max(8),
});
export type ModelFile = z.infer<typeof modelFileSchema>;

export const modelIdSchema = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,60}$/);
export const modelVersionSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,60}$/)
  .refine((version) => !/[.]$/.test(version));

export const modelEntrySchema = z.strictObject({
  id: modelIdSchema,
  version: modelVersionSchema,
  task: z.enum(MODEL_TASKS),
  runtime: z.enum(MODEL_RUNTIMES),
  /**
   * The architecture, as the runtime's side calls it. llama: `qwen3`, `qwen2`, `bert` …; sherpa asr: `zipformer` (streaming),
   * `paraformer` (streaming), `sense-voice`, `whisper`; vad: `silero`; punctuation: `ct-transformer`; tts: `vits`, `matcha`, `kokoro`.
   */
  family: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/),
  name: words,
  /** BCP 47, most fluent first. */
  languages: z.array(z.string().min(2).max(20)).max(200),
  licence: z.strictObject({ name: z.string().min(1).max(100), url: url.nullable(), commercial: z.boolean() }),
  /** Main memory wanted while it is loaded, with what a usual context or sentence adds. */
  memoryBytes: z.int().min(0),
  /** Quality and speed, as a person choosing wants to read it. */
  notes: words,
  files: z.array(modelFileSchema).min(1).max(500),
  /**
   * The runtime's own, by family; a value that names a file is its path in the model's folder. llama: `model`, `contextTokens`;
   * zipformer: `encoder`, `decoder`, `joiner`, `tokens`; paraformer: `encoder`, `decoder`, `tokens`; sense-voice: `model`, `tokens`;
   * whisper: `encoder`, `decoder`, `tokens`; silero, ct-transformer: `model`; vits: `model`, `lexicon`, `tokens`, `ruleFsts`;
   * matcha: `acousticModel`, `vocoder`, `lexicon`, `tokens`, `ruleFsts`; kokoro: `model`, `voices`, `tokens`, `dataDir`, `lexicon`.
   */
  settings: z.record(z.string().max(60), z.union([z.string().max(500), z.number(), z.boolean()])),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

/** Each file's path once, whatever the letter case: on some systems two would be one. */
export const modelManifestSchema = z.strictObject({
  models: z
    .array(
      modelEntrySchema.refine(
        ({ files }) => new Set(files.map((file) => file.path.toLowerCase())).size === files.length,
        'a path is named twice',
      ),
    )
    .max(500),
});

/** A model that lies whole in a folder of this machine. Its settings' file names are relative to `folder`. */
export interface InstalledModel {
  entry: ModelEntry;
  folder: string;
  /** Every file's SHA-256 was found to be the published or pinned one, when it came or when last checked. */
  verified: boolean;
}
