/** Projects in the database. Every save is one transaction on disk; a writer with an old copy is refused, never obeyed. */
import { randomUUID } from 'node:crypto';
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
}

export interface StoredProject extends ProjectSummary {
  project: Project;
}

export interface ProjectRepository {
  /** @throws StudioError `storage.project-exists` */
  create(project: Project): StoredProject;
  /**
   * Saves over revision `expectedRevision` and gives the new one. When it returns, the project survives a power cut.
   * @throws StudioError `storage.project-changed-elsewhere` (nothing was written), `storage.project-not-found`
   */
  save(project: Project, expectedRevision: number): StoredProject;
  /** @throws StudioError `storage.project-not-found`, `storage.document-newer`, `storage.document-invalid` */
  load(id: string): StoredProject;
  /** Latest change first. Projects that no longer load are listed too. */
  list(): ProjectSummary[];
  /** @throws StudioError `storage.project-not-found` */
  delete(id: string): void;
  /** A copy under a new id, which may also be given, as may its name. */
  duplicate(id: string, as?: { id?: string; name?: string }): StoredProject;
  /** Whether any project needs the content. */
  isAssetReferenced(sha256: string): boolean;
}

interface Row {
  id: string;
  name: string;
  revision: number;
  createdAtMs: number;
  updatedAtMs: number;
}
const COLUMNS = 'id, name, revision, created_at_ms AS createdAtMs, updated_at_ms AS updatedAtMs';

export function openProjectRepository({ sql, read, write }: StudioDatabase): ProjectRepository {
  const insert = sql.prepare<[string, string, string, number, number]>(
    'INSERT INTO projects (id, name, revision, document, created_at_ms, updated_at_ms) VALUES (?, ?, 1, ?, ?, ?)',
  );
  const update = sql.prepare<[string, string, number, string]>(
    'UPDATE projects SET name = ?, document = ?, revision = revision + 1, updated_at_ms = ? WHERE id = ?',
  );
  const remove = sql.prepare<[string]>('DELETE FROM projects WHERE id = ?');
  const selectOne = sql.prepare<[string], Row>(`SELECT ${COLUMNS} FROM projects WHERE id = ?`);
  const selectDocument = sql.prepare<[string], string>('SELECT document FROM projects WHERE id = ?').pluck();
  const selectAll = sql.prepare<[], Row>(`SELECT ${COLUMNS} FROM projects ORDER BY updated_at_ms DESC, id`);
  const forgetAssets = sql.prepare<[string]>('DELETE FROM project_assets WHERE project_id = ?');
  const rememberAsset = sql.prepare<[string, string]>('INSERT INTO project_assets (project_id, sha256) VALUES (?, ?)');
  const findReference = sql.prepare<[string], number>('SELECT 1 FROM project_assets WHERE sha256 = ? LIMIT 1').pluck();

  const rowOf = (id: string): Row => {
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
  const load = (id: string): StoredProject => {
    const [row, document] = read(() => sql.transaction(() => [rowOf(id), selectDocument.get(id)] as const)());
    return { ...row, project: parseProject(JSON.parse(document ?? 'null')) };
  };

  return {
    create,
    load,
    save(given, expectedRevision) {
      const project = parseProject(given);
      const document = serialiseProject(project);
      return write(() => {
        const { revision, name } = rowOf(project.id);
        if (revision !== expectedRevision) throw new StudioError('storage.project-changed-elsewhere', { name });
        update.run(project.name, document, Date.now(), project.id);
        replaceAssets(project);
        return { ...rowOf(project.id), project };
      });
    },
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
    isAssetReferenced: (sha256) => read(() => findReference.get(sha256) !== undefined),
  };
}
