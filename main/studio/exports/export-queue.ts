/**
 * The queue of exports. It lives in the database: what waited or ran when the studio ended, however it ended, goes on at the next
 * start. Of all processes that share a data folder one runs the queue, the one that holds its lock; the others add to it and look
 * at it. A job's result lies in `library/<id>/`, and is a work under the same id.
 */
import { randomUUID } from 'node:crypto';
import { isAbsolute, join } from 'node:path';
import type { WireError } from '../../../app/contract/base.ts';
import type { EnqueueRequest, ExportJob, ExportTarget } from '../../../app/contract/exports.ts';
import type { StudioContract } from '../../../app/contract/index.ts';
import { documentFor, exportPresets } from '../../../app/document/export-presets.ts';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { ExportDeps } from '../../export/export-project.ts';
import { safeFileName } from '../../export/file-name.ts';
import { tryProcessLock } from '../../files/process-lock.ts';
import type { Storage } from '../../storage/open.ts';
import type { NewExportJob, StoredJob } from '../../storage/repositories/export-jobs.ts';
import { createBroadcast } from '../broadcast.ts';
import { libraryFolder } from '../library/library-folder.ts';
import type { ServiceOf } from '../service.ts';
import { watchPaced } from '../watch-paced.ts';
import { toWireError } from '../wire-error.ts';
import { createJobProgress, type JobKind } from './job-progress.ts';

export interface ExportQueueDeps {
  studio: ExportDeps;
  storage: Pick<Storage, 'dataDir' | 'assets' | 'exportJobs'>;
  /** The project as it is now, saved or not. @throws StudioError `storage.project-not-found` */
  snapshot(projectId: string, signal: AbortSignal): Promise<{ project: Project; revision: number }>;
  /** Whether whoever asks may name a folder of this machine. */
  mayCopy: boolean;
  /** Jobs at once; 1 unless given. */
  atOnce?: (() => number) | undefined;
  /** A work was made. */
  onWork(): void;
}

export interface ExportQueue extends AsyncDisposable {
  readonly service: ServiceOf<StudioContract['exports']>;
  /** Takes up what is left to do, and runs what is added. Safe to call twice. */
  start(): void;
}

interface Running {
  stop: AbortController;
  progress: ReturnType<typeof createJobProgress>;
  ended: Promise<void>;
}

const TELL_EVERY_MS = 200;
const LOOK_EVERY_MS = 1000;
/** Fewer than the deaths in a row after which the engine is given up: a job that kills it must not take the studio along. */
const MOST_RESTARTS = 4;
const KEPT_ENDING = toWireError(new StudioError('exports.studio-kept-ending', { times: MOST_RESTARTS + 1 }));
const CANCELLED = new DOMException('The export was cancelled', 'AbortError');
const CLOSING = new DOMException('The studio is closing', 'AbortError');

export function createExportQueue(deps: ExportQueueDeps): ExportQueue {
  const { studio, storage, snapshot, mayCopy, atOnce = () => 1, onWork } = deps;
  const { exportJobs: jobs } = storage;
  const changes = createBroadcast<void>();
  const running = new Map<string, Running>();
  /** Ends that could not be written down, on a full disk: true here, and written as soon as they can be. */
  const unrecorded = new Map<string, WireError | null>();
  let timer: NodeJS.Timeout | undefined;
  let releaseLock: (() => void) | null = null;
  let closed = false;

  const pump = (): void => {
    if (timer === undefined || closed) return;
    try {
      if (releaseLock === null) {
        releaseLock = tryProcessLock(join(storage.dataDir, 'exports.lock'));
        if (releaseLock === null) return;
        jobs.restartRunning(MOST_RESTARTS, KEPT_ENDING);
        changes.emit();
      }
      while (running.size < Math.max(1, atOnce())) {
        const next = jobs.startNext();
        if (next === null) return;
        begin(next);
        changes.emit();
      }
    } catch {
      // The disk is full or the database busy: whoever asks for something hears of it, and the next look tries again.
    }
  };

  const begin = (job: StoredJob): void => {
    const stop = new AbortController();
    const progress = createJobProgress(kindOf(job.target), () => performance.now());
    const run = async (): Promise<void> => {
      try {
        // Fonts, encoders: loaded with the first job, not at the start.
        const { runJob } = await import('./run-job.ts');
        await runJob(
          {
            job,
            document: jobs.document(job.id),
            assets: storage.assets,
            folder: libraryFolder(storage.dataDir, job.id),
            signal: stop.signal,
            onProgress: (told) => {
              progress.report(told);
              changes.emit();
            },
            unwanted: (reason) => reason === CANCELLED,
            commit: (record, warnings) => jobs.done(job.id, record, warnings),
          },
          studio,
        );
        onWork();
      } catch (error) {
        // Closing is no end of the job: it is queued again as a whole.
        if (error !== CLOSING) end(job.id, error === CANCELLED ? null : toWireError(error));
      }
    };
    const ended = run().finally(() => {
      running.delete(job.id);
      changes.emit();
      pump();
    });
    running.set(job.id, { stop, progress, ended });
  };

  /** @param error null: cancelled */
  const end = (id: string, error: WireError | null): void => {
    try {
      if (error === null) jobs.cancelled(id);
      else jobs.failed(id, error);
      unrecorded.delete(id);
    } catch {
      unrecorded.set(id, error);
    }
  };

  const recordEnds = (): void => {
    for (const [id, error] of [...unrecorded]) end(id, error);
  };

  const look = (): void => {
    recordEnds();
    try {
      for (const id of jobs.askedToStop()) running.get(id)?.stop.abort(CANCELLED);
      if (jobs.changedElsewhere()) changes.emit();
    } catch {
      // as in pump
    }
    pump();
  };

  const statusOf = (job: StoredJob): ExportJob['status'] => {
    const unwritten = unrecorded.get(job.id);
    if (unwritten !== undefined)
      return unwritten === null ? { state: 'cancelled' } : { state: 'failed', error: unwritten };
    switch (job.state) {
      case 'running': {
        const progress = running.get(job.id)?.progress.now();
        return { state: 'running', ...(progress ?? { step: 'portrait', progress: 0, etaMs: null }) };
      }
      case 'done':
        return { state: 'done', workId: job.id, warnings: job.warnings };
      case 'failed':
        return { state: 'failed', error: job.error ?? toWireError('unknown') };
      case 'queued':
      case 'cancelled':
        return { state: job.state };
    }
  };
  const shown = (job: StoredJob): ExportJob => {
    const { id, projectId, projectName, fileName, target, createdAtMs, startedAtMs, finishedAtMs, restarts } = job;
    const about = { id, projectId, projectName, fileName, target, createdAtMs, startedAtMs, finishedAtMs, restarts };
    return { ...about, status: statusOf(job) };
  };
  const list = (): ExportJob[] => jobs.list().map(shown);

  return {
    service: {
      async enqueue(request, signal) {
        if (request.copyTo !== null && !mayCopy)
          throw new StudioError('exports.folder-not-allowed', { folder: request.copyTo });
        if (request.copyTo !== null && !isAbsolute(request.copyTo))
          throw new StudioError('exports.folder-not-absolute', { folder: request.copyTo });
        const { project, revision } = await snapshot(request.projectId, signal);
        const added = jobsFor(request, project, revision);
        jobs.add(added);
        changes.emit();
        pump();
        return added.map(({ id }) => shown(jobs.load(id)));
      },
      list,
      watch: (_, signal) => watchPaced(signal, changes, list, TELL_EVERY_MS),
      async cancel({ id }) {
        if (!jobs.cancelQueued(id)) {
          const run = running.get(id);
          if (run === undefined) jobs.askToStop(id);
          run?.stop.abort(CANCELLED);
          await run?.ended;
        }
        changes.emit();
        return shown(jobs.load(id));
      },
      retry({ id }) {
        recordEnds();
        if (!jobs.retry(id))
          throw new StudioError(jobs.load(id).state === 'done' ? 'exports.job-done' : 'exports.job-under-way');
        changes.emit();
        pump();
        return shown(jobs.load(id));
      },
      retryEmbedded({ id }) {
        recordEnds();
        const { renderer: _, ...target } = jobs.load(id).target;
        if (!jobs.retry(id, target))
          throw new StudioError(jobs.load(id).state === 'done' ? 'exports.job-done' : 'exports.job-under-way');
        changes.emit();
        pump();
        return shown(jobs.load(id));
      },
      renderers: async () => [...((await studio.providers?.films.offers()) ?? [])],
      remove({ id }) {
        recordEnds();
        if (!jobs.removeEnded(id)) throw new StudioError('exports.job-under-way', { id: jobs.load(id).id });
        changes.emit();
        return {};
      },
      clearEnded() {
        recordEnds();
        jobs.clearEnded();
        changes.emit();
        return {};
      },
    },
    start() {
      if (timer !== undefined || closed) return;
      timer = setInterval(look, LOOK_EVERY_MS);
      timer.unref();
      look();
    },
    async [Symbol.asyncDispose]() {
      if (closed) return;
      closed = true;
      clearInterval(timer);
      for (const { stop } of running.values()) stop.abort(CLOSING);
      await Promise.all([...running.values()].map(({ ended }) => ended));
      recordEnds();
      try {
        if (releaseLock !== null) jobs.putBack();
      } catch {
        // Rows that still say `running` are queued again by whoever holds the lock next.
      }
      releaseLock?.();
      releaseLock = null;
    },
  };
}

/** @throws StudioError `stage.transparent-needs-alpha`, `storage.document-invalid` */
function jobsFor({ targets, name, copyTo }: EnqueueRequest, project: Project, revision: number): NewExportJob[] {
  const taken = new Set<string>();
  return targets.map((target) => {
    const document = documentFor(project, target);
    const { format } = target;
    if (format === 'mp4' && document.stage.background.kind === 'transparent')
      throw new StudioError('stage.transparent-needs-alpha', { format });
    if (kindOf(target) === 'film' && document.stage.background.kind === 'transparent')
      throw new StudioError('cloud.film-opaque', { provider: target.renderer ?? '' });
    const fileName = freeName(fileStem(name ?? project.name, target), format, taken);
    taken.add(fileName.toLowerCase());
    return {
      id: randomUUID(),
      projectId: project.id,
      projectName: project.name,
      projectRevision: revision,
      name: name?.trim() || project.name,
      fileName,
      target,
      document,
      copyTo,
    };
  });
}

const kindOf = ({ format, renderer = 'embedded' }: ExportTarget): JobKind =>
  format === 'wav' ? 'sound' : renderer === 'embedded' ? 'picture' : 'film';

const fileStem = (name: string, { preset }: ExportTarget): string =>
  safeFileName(name, 'video') + (preset === null ? '' : `-${exportPresets[preset].suffix}`);

function freeName(stem: string, extension: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = `${stem}${number > 1 ? ` (${number})` : ''}.${extension}`;
    if (!taken.has(name.toLowerCase())) return name;
  }
}
