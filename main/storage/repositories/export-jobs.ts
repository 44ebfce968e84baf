/** The queue of exports on disk. Each change is one transaction; a job is done in the same one that makes its work. */
import type { WireError } from '../../../app/contract/base.ts';
import type { ExportTarget } from '../../../app/contract/exports.ts';
import { parseProject, serialiseProject } from '../../../app/document/migrations.ts';
import type { Project } from '../../../app/document/project.ts';
import { projectAssets } from '../../../app/document/project-assets.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { StudioDatabase } from '../database.ts';
import type { WorkRecord, WorkRepository } from './works.ts';

export interface NewExportJob {
  id: string;
  projectId: string;
  projectName: string;
  projectRevision: number;
  /** Of the work. */
  name: string;
  fileName: string;
  target: ExportTarget;
  /** What is exported: the project as it was, with the target laid over it. */
  document: Project;
  copyTo: string | null;
}

export interface StoredJob extends Omit<NewExportJob, 'document'> {
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** Of a failed one. */
  error: WireError | null;
  /** Of a done one. */
  warnings: WireError[];
  /** How often it was begun anew because its process ended. */
  restarts: number;
  createdAtMs: number;
  startedAtMs: number | null;
  finishedAtMs: number | null;
}

export interface ExportJobRepository {
  /** All or none, in this order. */
  add(jobs: readonly NewExportJob[]): void;
  /** Oldest first. */
  list(): StoredJob[];
  /** @throws StudioError `exports.job-not-found` */
  load(id: string): StoredJob;
  /** @throws StudioError `exports.job-not-found`, `storage.document-newer`, `storage.document-invalid` */
  document(id: string): Project;
  /** Makes the oldest queued job a running one. */
  startNext(): StoredJob | null;
  /** A job that still waits waits no more. @returns whether it did */
  cancelQueued(id: string): boolean;
  /** Tells whoever runs the job, maybe another process. */
  askToStop(id: string): void;
  /** Running jobs that were asked to stop. */
  askedToStop(): string[];
  /**
   * After a process that ran the queue has died: every running job back into its place, unless it was asked to stop (cancelled) or
   * was begun anew `mostRestarts` times already (failed with `error`: it may be what kills the process). Only for who holds the
   * queue's lock.
   */
  restartRunning(mostRestarts: number, error: WireError): void;
  /** At an orderly end: every running job back into its place. */
  putBack(): void;
  cancelled(id: string): void;
  failed(id: string, error: WireError): void;
  done(id: string, work: WorkRecord, warnings: readonly WireError[]): void;
  /** An ended job that is not done goes to the end of the queue, `target` in place of its own. @returns whether it did */
  retry(id: string, target?: ExportTarget): boolean;
  /** @returns whether it had ended and is gone */
  removeEnded(id: string): boolean;
  clearEnded(): void;
  /** Whether another connection has changed the database since this was last asked. */
  changedElsewhere(): boolean;
  /** Whether a job that may still run needs the content. */
  isAssetReferenced(sha256: string): boolean;
}

interface Row extends Omit<StoredJob, 'target' | 'error' | 'warnings'> {
  target: string;
  outcome: string | null;
}
const COLUMNS = `id, state, project_id AS projectId, project_name AS projectName, project_revision AS projectRevision, name,
  file_name AS fileName, target, copy_to AS copyTo, outcome, restarts, created_at_ms AS createdAtMs,
  started_at_ms AS startedAtMs, finished_at_ms AS finishedAtMs`;
const ENDED = "('done', 'failed', 'cancelled')";

export function openExportJobRepository(
  { sql, read, write }: StudioDatabase,
  works: Pick<WorkRepository, 'create'>,
): ExportJobRepository {
  const insert = sql.prepare<(string | number | null)[]>(
    `INSERT INTO export_jobs (id, state, project_id, project_name, project_revision, name, file_name, target, document,
      copy_to, created_at_ms) VALUES (?, 'queued', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertAsset = sql.prepare<[string, string]>('INSERT INTO export_job_assets (job_id, sha256) VALUES (?, ?)');
  const forgetAssets = sql.prepare<[string]>('DELETE FROM export_job_assets WHERE job_id = ?');
  const selectAll = sql.prepare<[], Row>(`SELECT ${COLUMNS} FROM export_jobs ORDER BY number`);
  const selectOne = sql.prepare<[string], Row>(`SELECT ${COLUMNS} FROM export_jobs WHERE id = ?`);
  const selectNext = sql.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM export_jobs WHERE state = 'queued' ORDER BY number LIMIT 1`,
  );
  const selectDocument = sql.prepare<[string], string | null>('SELECT document FROM export_jobs WHERE id = ?').pluck();
  const start = sql.prepare<[number, string]>(
    "UPDATE export_jobs SET state = 'running', started_at_ms = ?, stop_asked = 0 WHERE id = ?",
  );
  const cancelWaiting = sql.prepare<[number, string]>(
    "UPDATE export_jobs SET state = 'cancelled', finished_at_ms = ? WHERE id = ? AND state = 'queued'",
  );
  const askStop = sql.prepare<[string]>("UPDATE export_jobs SET stop_asked = 1 WHERE id = ? AND state = 'running'");
  const selectAsked = sql
    .prepare<[], string>("SELECT id FROM export_jobs WHERE state = 'running' AND stop_asked = 1")
    .pluck();
  const cancelAsked = sql.prepare<[number]>(
    "UPDATE export_jobs SET state = 'cancelled', finished_at_ms = ? WHERE state = 'running' AND stop_asked = 1",
  );
  const failWorn = sql.prepare<[string, number, number]>(
    "UPDATE export_jobs SET state = 'failed', outcome = ?, finished_at_ms = ? WHERE state = 'running' AND restarts >= ?",
  );
  const requeue = sql.prepare<[]>(
    "UPDATE export_jobs SET state = 'queued', started_at_ms = NULL, restarts = restarts + 1 WHERE state = 'running'",
  );
  const end = sql.prepare<[string, string | null, number, string]>(
    'UPDATE export_jobs SET state = ?, outcome = ?, finished_at_ms = ? WHERE id = ?',
  );
  const dropDocument = sql.prepare<[string]>('UPDATE export_jobs SET document = NULL WHERE id = ?');
  const again = sql.prepare<[string | null, string]>(
    `UPDATE export_jobs SET state = 'queued', outcome = NULL, target = coalesce(?, target), started_at_ms = NULL, finished_at_ms = NULL, restarts = 0,
      number = (SELECT max(number) + 1 FROM export_jobs) WHERE id = ? AND state IN ('failed', 'cancelled')`,
  );
  const remove = sql.prepare<[string]>(`DELETE FROM export_jobs WHERE id = ? AND state IN ${ENDED}`);
  const removeAll = sql.prepare<[]>(`DELETE FROM export_jobs WHERE state IN ${ENDED}`);
  const findReference = sql
    .prepare<[string], number>('SELECT 1 FROM export_job_assets WHERE sha256 = ? LIMIT 1')
    .pluck();

  const stored = ({ target, outcome, ...row }: Row): StoredJob => {
    const told: unknown = JSON.parse(outcome ?? 'null');
    return {
      ...row,
      target: JSON.parse(target) as ExportTarget,
      error: row.state === 'failed' ? (told as WireError) : null,
      warnings: row.state === 'done' ? ((told as WireError[] | null) ?? []) : [],
    };
  };
  const load = (id: string): StoredJob => {
    const row = read(() => selectOne.get(id));
    if (row === undefined) throw new StudioError('exports.job-not-found', { id });
    return stored(row);
  };
  let seenVersion: unknown;
  return {
    add(jobs) {
      write(() => {
        for (const job of jobs) {
          const { id, projectId, projectName, projectRevision, name, fileName, target, copyTo } = job;
          const document = parseProject(job.document);
          insert.run(
            ...[id, projectId, projectName, projectRevision, name, fileName, JSON.stringify(target)],
            ...[serialiseProject(document), copyTo, Date.now()],
          );
          for (const { sha256 } of projectAssets(document)) insertAsset.run(id, sha256);
        }
      });
    },
    list: () => read(() => selectAll.all()).map(stored),
    load,
    document(id) {
      const text = read(() => selectDocument.get(id));
      if (text === undefined || text === null) throw new StudioError('exports.job-not-found', { id });
      return parseProject(JSON.parse(text));
    },
    startNext: () =>
      write(() => {
        const next = selectNext.get();
        if (next === undefined) return null;
        start.run(Date.now(), next.id);
        return load(next.id);
      }),
    cancelQueued: (id) => write(() => cancelWaiting.run(Date.now(), id).changes > 0),
    askToStop: (id) => void write(() => askStop.run(id)),
    askedToStop: () => read(() => selectAsked.all()),
    restartRunning(mostRestarts, error) {
      write(() => {
        cancelAsked.run(Date.now());
        failWorn.run(JSON.stringify(error), Date.now(), mostRestarts);
        requeue.run();
      });
    },
    putBack: () => void write(() => requeue.run()),
    cancelled: (id) => void write(() => end.run('cancelled', null, Date.now(), id)),
    failed: (id, error) => void write(() => end.run('failed', JSON.stringify(error), Date.now(), id)),
    done(id, work, warnings) {
      write(() => {
        const { name } = load(id);
        works.create(name, work);
        end.run('done', JSON.stringify(warnings), Date.now(), id);
        dropDocument.run(id);
        forgetAssets.run(id);
      });
    },
    retry: (id, target) => write(() => again.run(target ? JSON.stringify(target) : null, id).changes > 0),
    removeEnded: (id) => write(() => remove.run(id).changes > 0),
    clearEnded: () => void write(() => removeAll.run()),
    changedElsewhere: () =>
      read(() => {
        const version = sql.pragma('data_version', { simple: true });
        const changed = seenVersion !== undefined && version !== seenVersion;
        seenVersion = version;
        return changed;
      }),
    isAssetReferenced: (sha256) => read(() => findReference.get(sha256) !== undefined),
  };
}
