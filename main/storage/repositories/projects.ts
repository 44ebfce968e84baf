/** Projects in the database. Every save is one transaction on disk; a writer with an old copy is refused, never obeyed. */
import { randomUUID } from 'node:crypto';
import { type AssetRef, assetRefSchema } from '../../../app/document/asset.ts';
import { parseProject, serialiseProject } from '../../../app/document/migrations.ts';
import type { Project } from '../../../app/document/project.ts';
import { projectAssets } from '../../../app/document/project-assets.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { StudioDatabase } from '../database.ts';

export interface ProjectSummary {
  id: string;
  /** For display: half a surrogate pair in the name shows as U+FFFD here, while the project keeps it. */
  name: string;
  /** Counts saves from 1. */
  revision: number;
  createdAtMs: number;
  updatedAtMs: number;
  /** When it was thrown away; null for one in use. */
  trashedAtMs: number | null;
  /** Of its script. */
  lines: number;
}

export interface StoredProject extends ProjectSummary {
  project: Project;
}

/** An editor's change and the revision it led to. */
export type RecentEdit = readonly [editId: string, revision: number];

export interface SaveOptions {
  /** The new revision, where several changes are saved at once; one more than before unless given. */
  revision?: number | undefined;
  /** Replaces the list of edits; left as it is unless given. */
  recentEdits?: readonly RecentEdit[] | undefined;
}

export interface ProjectRepository {
  /** @throws StudioError `storage.project-exists` */
  create(project: Project): StoredProject;
  /**
   * Saves over revision `expectedRevision` and gives the new one. When it returns, the project survives a power cut.
   * @throws StudioError `storage.project-changed-elsewhere` (nothing was written), `storage.project-not-found`
   */
  save(project: Project, expectedRevision: number, options?: SaveOptions): StoredProject;
  /** @throws StudioError `storage.project-not-found`, `storage.document-newer`, `storage.document-invalid` */
  load(id: string): StoredProject;
  /** As it is stored, whether it can be read or not. @throws StudioError `storage.project-not-found` */
  documentText(id: string): { name: string; text: string };
  /** @throws StudioError `storage.project-not-found` */
  summary(id: string): ProjectSummary;
  recentEdits(id: string): RecentEdit[];
  /** Into the trash (`atMs`) or out of it (null); the document stays. @throws StudioError `storage.project-not-found` */
  setTrashed(id: string, atMs: number | null): ProjectSummary;
  /** Latest change first. Projects that no longer load are listed too, and those in the trash. */
  list(): ProjectSummary[];
  /** @throws StudioError `storage.project-not-found` */
  delete(id: string): void;
  /** A copy under a new id, which may also be given, as may its name. */
  duplicate(id: string, as?: { id?: string; name?: string }): StoredProject;
  /** Pictures of their own that projects show, those of the project changed last first, each once. */
  portraits(most: number): { asset: AssetRef; projectName: string; usedAtMs: number }[];
  /** Whether any project needs the content. */
  isAssetReferenced(sha256: string): boolean;
}

const COLUMNS = `id, name, revision, created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs, trashed_at_ms AS trashedAtMs,
  iif(json_valid(document), coalesce(json_array_length(document, '$.script.lines'), 0), 0) AS lines`;

export function openProjectRepository({ sql, read, write }: StudioDatabase): ProjectRepository {
  const insert = sql.prepare<[string, string, string, number, number]>(
    'INSERT INTO projects (id, name, revision, document, created_at_ms, updated_at_ms) VALUES (?, ?, 1, ?, ?, ?)',
  );
  const update = sql.prepare<[string, string, number, number, string]>(
    'UPDATE projects SET name = ?, document = ?, revision = ?, updated_at_ms = ? WHERE id = ?',
  );
  const updateEdits = sql.prepare<[string, string]>('UPDATE projects SET recent_edits = ? WHERE id = ?');
  const selectEdits = sql.prepare<[string], string>('SELECT recent_edits FROM projects WHERE id = ?').pluck();
  const updateTrashed = sql.prepare<[number | null, string]>('UPDATE projects SET trashed_at_ms = ? WHERE id = ?');
  const selectRevision = sql.prepare<[string], { revision: number; name: string }>(
    'SELECT revision, name FROM projects WHERE id = ?',
  );
  const remove = sql.prepare<[string]>('DELETE FROM projects WHERE id = ?');
  const selectOne = sql.prepare<[string], ProjectSummary>(`SELECT ${COLUMNS} FROM projects WHERE id = ?`);
  const selectDocument = sql.prepare<[string], string>('SELECT document FROM projects WHERE id = ?').pluck();
  const selectAll = sql.prepare<[], ProjectSummary>(`SELECT ${COLUMNS} FROM projects ORDER BY updated_at_ms DESC, id`);
  // Of a bare MAX the other columns are those of its row.
  const selectPortraits = sql.prepare<[number], { asset: string; projectName: string; usedAtMs: number }>(
    `SELECT json_extract(document, '$.avatar.portrait.asset') AS asset, name AS projectName, MAX(updated_at_ms) AS usedAtMs
     FROM projects WHERE json_valid(document) AND json_extract(document, '$.avatar.portrait.kind') = 'asset'
     GROUP BY json_extract(document, '$.avatar.portrait.asset.sha256') ORDER BY usedAtMs DESC LIMIT ?`,
  );
  const forgetAssets = sql.prepare<[string]>('DELETE FROM project_assets WHERE project_id = ?');
  const rememberAsset = sql.prepare<[string, string]>('INSERT INTO project_assets (project_id, sha256) VALUES (?, ?)');
  const findReference = sql.prepare<[string], number>('SELECT 1 FROM project_assets WHERE sha256 = ? LIMIT 1').pluck();

  const rowOf = (id: string): ProjectSummary => {
    const row = selectOne.get(id);
    if (row === undefined) throw new StudioError('storage.project-not-found', { id });
    return row;
  };
  const replaceAssets = (project: Project) => {
    forgetAssets.run(project.id);
    for (const { sha256 } of projectAssets(project)) rememberAsset.run(project.id, sha256);
  };
  const create = (given: Project): StoredProject => {
    const project = parseProject(given);
    const document = serialiseProject(project);
    return write(() => {
      if (selectOne.get(project.id) !== undefined) throw new StudioError('storage.project-exists', { id: project.id });
      const nowMs = Date.now();
      insert.run(project.id, project.name, document, nowMs, nowMs);
      replaceAssets(project);
      return { ...rowOf(project.id), project };
    });
  };
  const stored = (id: string): readonly [ProjectSummary, string] =>
    read(() => sql.transaction(() => [rowOf(id), selectDocument.get(id) ?? ''] as const)());
  const load = (id: string): StoredProject => {
    const [row, document] = stored(id);
    return { ...row, project: parseProject(asJson(document)) };
  };

  return {
    create,
    load,
    documentText(id) {
      const [{ name }, text] = stored(id);
      return { name, text };
    },
    save(given, expectedRevision, { revision: next = expectedRevision + 1, recentEdits } = {}) {
      const project = parseProject(given);
      const document = serialiseProject(project);
      return write(() => {
        const stored = selectRevision.get(project.id);
        if (stored === undefined) throw new StudioError('storage.project-not-found', { id: project.id });
        const { revision, name } = stored;
        if (revision !== expectedRevision) throw new StudioError('storage.project-changed-elsewhere', { name });
        update.run(project.name, document, next, Date.now(), project.id);
        if (recentEdits !== undefined) updateEdits.run(JSON.stringify(recentEdits), project.id);
        replaceAssets(project);
        return { ...rowOf(project.id), project };
      });
    },
    summary: (id) => read(() => rowOf(id)),
    recentEdits: (id) => read(() => JSON.parse(selectEdits.get(id) ?? '[]') as RecentEdit[]),
    setTrashed: (id, atMs) =>
      write(() => {
        updateTrashed.run(atMs, id);
        return rowOf(id);
      }),
    list: () => read(() => selectAll.all()),
    delete(id) {
      write(() => {
        if (remove.run(id).changes === 0) throw new StudioError('storage.project-not-found', { id });
      });
    },
    duplicate(id, { id: newId = randomUUID(), name } = {}) {
      const { project } = load(id);
      return create({ ...project, id: newId, name: name ?? project.name });
    },
    portraits: (most) =>
      read(() => selectPortraits.all(most)).flatMap(({ asset, ...used }) => {
        const known = assetRefSchema.safeParse(JSON.parse(asset)).data;
        return known ? [{ asset: known, ...used }] : [];
      }),
    isAssetReferenced: (sha256) => read(() => findReference.get(sha256) !== undefined),
  };
}

/** @throws StudioError `storage.document-invalid` */
function asJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch (cause) {
    throw new StudioError(
      'storage.document-invalid',
      { detail: 'its text is damaged', detailZh: '其内容已损坏' },
      { cause },
    );
  }
}
