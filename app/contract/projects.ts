/**
 * Projects: their list, and the editing of one.
 *
 * The engine holds the document; a `revision` counts its changes from 1. An interface shows changes at once, sends them as
 * patches on the revision it knows, and keeps them until they are answered. An edit that is answered is on disk, or `saved` says
 * that it is not yet. After a lost connection: watch again, then send again what was not answered, under the same `editId`; an
 * edit that had arrived is answered and not applied twice.
 */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { assetRefSchema } from '../document/asset.ts';
import { portraitSourceSchema } from '../document/avatar.ts';
import { projectSchema } from '../document/project.ts';
import { stageSchema } from '../document/stage.ts';
import { idSchema, localeSchema, mediaPathSchema, nothing, procedure, wireErrorSchema } from './base.ts';

export const projectSummarySchema = z.object({
  id: idSchema,
  name: z.string(),
  revision: z.int(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
  /** When it was thrown away; null for one in use. */
  trashedAtMs: z.number().nullable(),
  lines: z.int(),
  /** Why it cannot be opened: it was written by a newer version, or is damaged. It is kept as it is. null for one that opens. */
  problem: wireErrorSchema.nullable(),
  /** Changes with the project; 404 while there is none. */
  thumbnail: mediaPathSchema,
});
export type ProjectSummary = z.infer<typeof projectSummarySchema>;

/** As immer makes them. A path names keys of objects and indices of lists; `length` of a list may be replaced. */
export const patchSchema = z.object({
  op: z.enum(['add', 'remove', 'replace']),
  path: z.array(z.union([z.string(), z.int()])),
  value: z.unknown().optional(),
});
export interface Patch {
  op: 'add' | 'remove' | 'replace';
  path: (string | number)[];
  value?: unknown;
}

export const newProjectSchema = z.discriminatedUnion('from', [
  /** Avatar, voice, script and stage of a small talk, ready to play, in the language of the person. */
  z.object({
    from: z.literal('sample'),
    sampleId: idSchema.optional(),
    size: stageSchema.shape.size.unwrap().optional(),
    locale: localeSchema,
    name: z.string().min(1).max(200),
  }),
  /** No line yet. Without a portrait it starts with the first sample avatar. */
  z.object({
    from: z.literal('empty'),
    portrait: portraitSourceSchema.optional(),
    size: stageSchema.shape.size.unwrap().optional(),
    locale: localeSchema,
    name: z.string().min(1).max(200),
  }),
]);
export type NewProjectRequest = z.infer<typeof newProjectSchema>;

const revised = { revision: z.int() };

export const projectEventSchema = z.discriminatedUnion('type', [
  /** The whole: first of all, and again whenever patches cannot tell it. `saved` as in the event of that name. */
  z.object({ type: z.literal('document'), project: projectSchema, ...revised, saved: z.boolean() }),
  /** From `revision - 1` to `revision`. Those with the watcher's own `clientId` are its own edits, echoed. */
  z.object({ type: z.literal('patches'), patches: z.array(patchSchema), clientId: z.string(), ...revised }),
  /** All up to `revision` is on disk; or it is not, for `error`, stays in memory, and is tried again. */
  z.object({ type: z.literal('saved'), ...revised }),
  z.object({ type: z.literal('unsaved'), error: wireErrorSchema, ...revised }),
  /** Thrown away or removed for good; the last event. */
  z.object({ type: z.literal('removed') }),
]);
export type ProjectEvent = z.infer<typeof projectEventSchema>;

export const editRequestSchema = z.object({
  id: idSchema,
  baseRevision: z.int().min(0),
  patches: z.array(patchSchema).max(50_000),
  /** The window that edits. */
  clientId: z.string().min(1).max(100),
  /** New for each edit, the same when it is sent again. */
  editId: z.string().min(1).max(100),
});
export type EditRequest = z.infer<typeof editRequestSchema>;
export const editResultSchema = z.object({
  revision: z.int(),
  /** null: on disk. Otherwise why not yet; the edit itself holds. */
  unsaved: wireErrorSchema.nullable(),
});
export type EditResult = z.infer<typeof editResultSchema>;

const one = z.object({ id: idSchema });
const copied = z.object({ id: idSchema, name: z.string().min(1).max(200) });

export const projects = {
  /** Latest change first, the thrown away among them. */
  list: procedure.input(nothing).output(z.array(projectSummarySchema)),
  /** The list, now and after every change of it. */
  watchList: procedure.input(nothing).output(eventIterator(z.array(projectSummarySchema))),
  get: procedure.input(one).output(z.object({ project: projectSchema, ...revised })),
  create: procedure.input(newProjectSchema).output(projectSummarySchema),
  /** Opens the project for as long as it is listened to. */
  watch: procedure.input(one).output(eventIterator(projectEventSchema)),
  /** Fails with `storage.project-changed-elsewhere` on a stale `baseRevision`, with `storage.document-invalid` on what does not fit. */
  edit: procedure.input(editRequestSchema).output(editResultSchema),
  rename: procedure.input(copied).output(projectSummarySchema),
  duplicate: procedure.input(copied).output(projectSummarySchema),
  /** A document of a window as a project of its own, with a new id: what was to be saved when somebody else was faster. */
  saveAsCopy: procedure
    .input(z.object({ project: projectSchema, name: z.string().min(1).max(200) }))
    .output(projectSummarySchema),
  /** Into the trash; `restore` takes it back, `purge` removes it for good. */
  remove: procedure.input(one).output(projectSummarySchema),
  restore: procedure.input(one).output(projectSummarySchema),
  purge: procedure.input(one).output(nothing),
  emptyTrash: procedure.input(nothing).output(z.object({ removed: z.int() })),
  /** `bundle`: an uploaded `.shenghua` file, or a project's JSON without files of its own. */
  importBundle: procedure.input(z.object({ bundle: assetRefSchema })).output(projectSummarySchema),
  exportBundle: procedure
    .input(one)
    .output(z.object({ path: mediaPathSchema, fileName: z.string(), bytes: z.number() })),
  /** The stored document as it is, also of a project that no longer opens. */
  exportDocument: procedure.input(one).output(z.object({ path: mediaPathSchema, fileName: z.string() })),
};
