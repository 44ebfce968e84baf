/** The models of this machine: which there could be, which are here, and what is being done about them. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { MODEL_TASKS, modelEntrySchema, modelIdSchema, modelVersionSchema } from '../models/manifest.ts';
import { idSchema, nothing, procedure, wireErrorSchema } from './base.ts';

export const modelNameSchema = z.object({ id: modelIdSchema, version: modelVersionSchema });
const taskSchema = z.enum(MODEL_TASKS);

export const usesViewSchema = z.object({ uses: z.number(), failures: z.number(), medianMs: z.number().nullable() });

export const modelViewSchema = z.object({
  entry: modelEntrySchema,
  /** `damaged`: a file of it was found to be another than it should be. */
  status: z.enum(['available', 'installed', 'damaged']),
  chosen: z.boolean(),
  trial: z.object({ percent: z.number(), trial: usesViewSchema, standing: usesViewSchema }).nullable(),
  /** On disk when installed, to download otherwise; null where nobody has said yet. */
  bytes: z.number().nullable(),
  /** Of an installed one, by its least: who says that its SHA-256 are right. `first`: nobody, its first download was pinned. */
  trust: z.enum(['manifest', 'source', 'first']).nullable(),
  /** By this machine's memory and disk as measured. */
  fit: z.enum(['fits', 'tight', 'too-large', 'no-disk']),
  /** At most, by how fast this machine reads memory; null where that says nothing. */
  tokensPerS: z.number().nullable(),
});
export type ModelView = z.infer<typeof modelViewSchema>;

export const modelJobSchema = z.object({
  id: idSchema,
  kind: z.enum(['get', 'verify', 'repair', 'import', 'bundle']),
  /** null for an import, which finds out. */
  model: modelNameSchema.nullable(),
  phase: z.enum(['waiting', 'asking', 'downloading', 'checking', 'copying', 'done', 'failed', 'stopped']),
  doneBytes: z.number(),
  totalBytes: z.number(),
  bytesPerS: z.number().nullable(),
  error: wireErrorSchema.nullable(),
  /** Of a verification that found some. */
  damaged: z.array(z.string()),
});
export type ModelJob = z.infer<typeof modelJobSchema>;

export const modelOverviewSchema = z.object({
  /** Task by task, the default first. */
  models: z.array(modelViewSchema),
  /** Those under way, and those that ended since somebody last put them away. */
  jobs: z.array(modelJobSchema),
  machine: z.object({
    cores: z.number(),
    memoryBytes: z.number(),
    freeMemoryBytes: z.number(),
    freeDiskBytes: z.number().nullable(),
    readBytesPerS: z.number(),
  }),
  folder: z.string(),
  diskBytes: z.number(),
  maxBytesPerS: z.number().nullable(),
  offline: z.boolean(),
  /** Where a step back leads somewhere. */
  canRollBack: z.array(taskSchema),
  outcomes: z.array(
    z.object({
      model: modelNameSchema,
      atMs: z.number(),
      passed: z.boolean(),
      detail: z.string(),
      detailZh: z.string(),
    }),
  ),
  /** The person's own list cannot be read. */
  manifestError: wireErrorSchema.nullable(),
});
export type ModelOverview = z.infer<typeof modelOverviewSchema>;

const path = z.string().trim().min(1).max(2000);
const started = z.object({ jobId: idSchema });

export const models = {
  /** At once, and whenever something changed. */
  watch: procedure.input(nothing).output(eventIterator(modelOverviewSchema)),
  /** What follows begins a job and returns; how it goes is in the overview. */
  get: procedure.input(z.object({ model: modelNameSchema, acceptLicence: z.boolean() })).output(started),
  verify: procedure.input(z.object({ model: modelNameSchema })).output(started),
  repair: procedure.input(z.object({ model: modelNameSchema })).output(started),
  /** A folder or file on the machine that the studio runs on. */
  import: procedure.input(z.object({ path })).output(started),
  bundle: procedure.input(z.object({ models: z.array(modelNameSchema).min(1).max(100), path })).output(started),
  /** Stops a job, or puts away one that has ended. */
  dismiss: procedure.input(z.object({ jobId: idSchema })).output(nothing),
  remove: procedure.input(z.object({ model: modelNameSchema })).output(nothing),
  /** From the next utterance on; with `percent`, on trial. */
  use: procedure
    .input(z.object({ model: modelNameSchema, percent: z.int().min(1).max(99).nullable() }))
    .output(nothing),
  rollBack: procedure.input(z.object({ task: taskSchema })).output(modelNameSchema),
  limitBandwidth: procedure.input(z.object({ bytesPerS: z.number().min(1024).nullable() })).output(nothing),
};
