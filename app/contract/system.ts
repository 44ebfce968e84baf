/** The studio itself: what runs, on what machine, and what it has to say unasked. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { idSchema, localeSchema, nothing, procedure, wireErrorSchema, wordsSchema } from './base.ts';

export const systemInfoSchema = z.object({
  software: z.string(),
  version: z.string(),
  /** `process.platform`: `linux`, `darwin`, `win32` … */
  platform: z.string(),
  /** What the system is set to, as far as the studio speaks it. */
  locale: localeSchema,
  dataDir: z.string(),
  /** What this host can do; the interface replaces what it cannot (reveal → download, dialog → upload). */
  capabilities: z.object({
    revealInFolder: z.boolean(),
    chooseFolder: z.boolean(),
  }),
});
export type SystemInfo = z.infer<typeof systemInfoSchema>;

export const machineCheckSchema = z.object({
  /** `machine`, `ffmpeg`, `video-encoder`, `voices`, `face-finder`, `pictures`, `letters`, `data-folder`, `database`, `disk-…` */
  id: z.string(),
  level: z.enum(['ok', 'warning', 'missing']),
  /** What was found. */
  summary: wordsSchema,
  /** What to do about it; wherever the level is not `ok`. */
  fix: wordsSchema.nullable(),
  details: z.array(wordsSchema),
});
export type MachineCheck = z.infer<typeof machineCheckSchema>;

export const machineReportSchema = z.object({
  /** Nothing that an export needs is missing. */
  ready: z.boolean(),
  checks: z.array(machineCheckSchema),
});
export type MachineReport = z.infer<typeof machineReportSchema>;

export const DISK_PARTS = ['projects', 'library', 'cache'] as const;
export const diskUseSchema = z.object({
  /** `projects`: the database, pictures and recordings; `library`: finished works; `cache`: what can be made again. */
  parts: z.array(z.object({ id: z.enum(DISK_PARTS), folder: z.string(), bytes: z.number() })),
  /** Left on the disk of the data folder; null where that cannot be told. */
  freeBytes: z.number().nullable(),
});
export type DiskUse = z.infer<typeof diskUseSchema>;

export const systemEventSchema = z.discriminatedUnion('type', [
  /** Always the first. Another `engineId` than before means that the engine was started anew in between. */
  z.object({ type: z.literal('hello'), engineId: idSchema, startedAtMs: z.number() }),
  /** Something the person should know that no call of theirs brought about; `projectId` where it is about one. */
  z.object({
    type: z.literal('notice'),
    severity: z.enum(['info', 'warning', 'error']),
    error: wireErrorSchema,
    projectId: idSchema.nullable(),
  }),
]);
export type SystemEvent = z.infer<typeof systemEventSchema>;

export const system = {
  info: procedure.input(nothing).output(systemInfoSchema),
  /** Tries everything an export needs; takes some seconds the first time. */
  checkMachine: procedure.input(nothing).output(machineReportSchema),
  /** Counts files; a moment in a folder of many. */
  diskUse: procedure.input(nothing).output(diskUseSchema),
  events: procedure.input(nothing).output(eventIterator(systemEventSchema)),
};
