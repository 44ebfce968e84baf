/** A studio with storage, queue and library in a folder, for tests. */
import type { z } from 'zod';
import type { ExportTarget, exportJobSchema } from '../../../app/contract/exports.ts';
import { newProject } from '../../../app/document/new-project.ts';
import type { Project } from '../../../app/document/project.ts';
import { createStudio, type Studio } from '../../compose.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import { createLibrary, type Library } from '../library/library.ts';
import { createExportQueue, type ExportQueue, type ExportQueueDeps } from './export-queue.ts';

export const never = new AbortController().signal;

/** Says "Hi." unless told otherwise, in about a second. */
export const smallTalk = (more: Partial<Parameters<typeof newProject>[0]> = {}): Project =>
  newProject({
    ...{ id: 'p', name: '声画/talk', portrait: { kind: 'sample', id: 'lin' } },
    script: { lines: [{ id: '1', text: 'Hi.', pauseAfterMs: 0 }] },
    ...more,
  });

export const TINY = { widthPx: 96, heightPx: 64 };
export const film = (more: Partial<ExportTarget> = {}): ExportTarget => ({
  ...{ preset: null, format: 'mp4', size: TINY, output: { preset: 'ultrafast' } },
  ...more,
});
export const sound = (more: Partial<ExportTarget> = {}): ExportTarget => ({ preset: null, format: 'wav', ...more });

/** As the service gives it. */
export type Job = z.input<typeof exportJobSchema>;

export interface QueueWorld extends AsyncDisposable {
  studio: Studio;
  storage: Storage;
  queue: ExportQueue;
  library: Library;
  /** What the library was asked to reveal. */
  revealed: string[];
  enqueue(project: Project, ...targets: ExportTarget[]): Promise<Job[]>;
  /** Waits until the job looks so. */
  until(id: string, looks: (job: Job) => boolean): Promise<Job>;
  ended(id: string): Promise<Job>;
}

export async function openWorld(
  dataDir: string,
  { cacheIn = dataDir, ...more }: Partial<ExportQueueDeps> & { cacheIn?: string } = {},
): Promise<QueueWorld> {
  const studio = createStudio({ dataDir: cacheIn });
  const storage = await openStorage({ dataDir });
  const revealed: string[] = [];
  const library = createLibrary({ storage, reveal: async (path) => void revealed.push(path) });
  let current = smallTalk();
  const queue = createExportQueue({
    ...{ studio, storage, mayCopy: true, onWork: library.changed },
    snapshot: async () => ({ project: current, revision: 7 }),
    ...more,
  });
  queue.start();
  const until: QueueWorld['until'] = async (id, looks) => {
    const stop = new AbortController();
    try {
      for await (const jobs of await queue.service.watch({}, stop.signal)) {
        const job = jobs.find((each) => each.id === id);
        if (job !== undefined && looks(job)) return job;
      }
      throw new Error('the queue stopped telling');
    } finally {
      stop.abort();
    }
  };
  return {
    ...{ studio, storage, queue, library, revealed, until },
    async enqueue(project, ...targets) {
      current = project;
      return await queue.service.enqueue({ projectId: project.id, targets, name: null, copyTo: null }, never);
    },
    ended: (id) => until(id, ({ status }) => status.state !== 'queued' && status.state !== 'running'),
    async [Symbol.asyncDispose]() {
      await queue[Symbol.asyncDispose]();
      storage.close();
      await studio[Symbol.asyncDispose]();
    },
  };
}
