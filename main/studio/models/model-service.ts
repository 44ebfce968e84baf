/** Models for the interface: jobs that go on whoever looks, and one picture of all of it. */
import { randomUUID } from 'node:crypto';
import type { StudioContract } from '../../../app/contract/index.ts';
import type { ModelJob, ModelOverview } from '../../../app/contract/models.ts';
import type { StudioError } from '../../../app/errors/index.ts';
import type { DamagedFile, ModelManager, Work } from '../../models/index.ts';
import { createBroadcast, follow, latest } from '../broadcast.ts';
import type { ServiceOf } from '../service.ts';
import { toWireError } from '../wire-error.ts';
import { modelOverview } from './overview.ts';

const TELL_EVERY_MS = 200;
const SPEED_OVER_MS = 3000;

export interface ModelService extends AsyncDisposable {
  readonly calls: ServiceOf<StudioContract['models']>;
}

interface RunningJob {
  job: ModelJob;
  stop: AbortController;
  ended: Promise<void>;
  samples: { atMs: number; bytes: number }[];
}

export function createModelService(deps: {
  models: ModelManager;
  isOffline(): boolean;
  /** After the mode may have changed, until the function it returns is called. */
  onModes(listener: () => void): () => void;
  /** What a person should hear of unasked. */
  tell(error: StudioError): void;
}): ModelService {
  const { models, isOffline, onModes, tell } = deps;
  const jobs = new Map<string, RunningJob>();
  const pokes = createBroadcast<null>();
  const poke = (): void => pokes.emit(null);
  const stopTrials = models.onTrialFailed((error) => {
    tell(error);
    poke();
  });

  let offline = isOffline();
  const stopModes = onModes(() => {
    if (isOffline() === offline) return;
    offline = isOffline();
    poke();
  });

  const read = async (): Promise<ModelOverview> => ({
    ...(await modelOverview(models, isOffline())),
    jobs: [...jobs.values()].map(({ job }) => job),
  });

  function begin(
    kind: ModelJob['kind'],
    model: ModelJob['model'],
    run: (work: Work) => Promise<DamagedFile[] | undefined>,
  ): { jobId: string } {
    for (const { job } of [...jobs.values()]) {
      const same =
        model === null ? job.kind === kind : job.model?.id === model.id && job.model.version === model.version;
      if (!same) continue;
      // What ended is old news once something new begins.
      if (isOver(job)) jobs.delete(job.id);
      else if (model !== null && job.kind === kind) return { jobId: job.id };
    }
    const id = randomUUID();
    const stop = new AbortController();
    const start: ModelJob = {
      ...{ id, kind, model, phase: 'waiting', doneBytes: 0, totalBytes: 0, bytesPerS: null, error: null, damaged: [] },
    };
    const running: RunningJob = { job: start, stop, ended: Promise.resolve(), samples: [] };
    const change = (next: Partial<ModelJob>): void => {
      running.job = { ...running.job, ...next };
      poke();
    };
    const onProgress: Work['onProgress'] = ({ phase, doneBytes, totalBytes }) =>
      change({ phase, doneBytes, totalBytes, bytesPerS: phase === 'downloading' ? speed(running, doneBytes) : null });
    running.ended = run({ signal: stop.signal, onProgress }).then(
      (damaged) => {
        // That it is there now says it all.
        if (kind === 'get' || kind === 'repair') jobs.delete(id);
        change({ phase: 'done', bytesPerS: null, damaged: (damaged ?? []).map(({ path }) => path) });
      },
      (error: unknown) =>
        change(
          stop.signal.aborted
            ? { phase: 'stopped', bytesPerS: null }
            : { phase: 'failed', bytesPerS: null, error: toWireError(error) },
        ),
    );
    jobs.set(id, running);
    poke();
    return { jobId: id };
  }

  return {
    calls: {
      watch: (_, signal) =>
        follow<ModelOverview>(
          signal,
          (push, end) => {
            let timer: NodeJS.Timeout | undefined;
            let reading = false;
            let again = false;
            const tellNow = async (): Promise<void> => {
              timer = undefined;
              if (reading) {
                again = true;
                return;
              }
              reading = true;
              try {
                push(await read());
              } catch {
                // Whoever follows asks again.
                end();
              }
              reading = false;
              if (again) soon();
              again = false;
            };
            const soon = (): void => {
              timer ??= setTimeout(() => void tellNow(), TELL_EVERY_MS).unref();
            };
            void tellNow();
            const stops = [pokes.listen(soon), models.changes(soon)];
            return () => {
              clearTimeout(timer);
              for (const stop of stops) stop();
            };
          },
          latest,
        ),
      get: ({ model, acceptLicence }) =>
        begin('get', model, async (work) => {
          await models.get(model, { ...work, acceptLicence });
          return undefined;
        }),
      verify: ({ model }) => begin('verify', model, (work) => models.verify(model, work)),
      repair: ({ model }) =>
        begin('repair', model, async (work) => {
          await models.repair(model, work);
          return undefined;
        }),
      import: ({ path }) =>
        begin('import', null, async (work) => {
          await models.importFrom(path, work);
          return undefined;
        }),
      bundle: ({ models: names, path }) =>
        begin('bundle', null, async (work) => {
          await models.pack(names, path, work);
          return undefined;
        }),
      async dismiss({ jobId }) {
        const running = jobs.get(jobId);
        if (running === undefined) return {};
        if (isOver(running.job)) jobs.delete(jobId);
        else {
          running.stop.abort(new DOMException('stopped', 'AbortError'));
          await running.ended;
        }
        poke();
        return {};
      },
      async remove({ model }) {
        await models.remove(model);
        poke();
        return {};
      },
      async use({ model, percent }) {
        await models.use(model, percent ?? undefined);
        poke();
        return {};
      },
      rollBack: ({ task }) => models.rollBack(task).finally(poke),
      async limitBandwidth({ bytesPerS }) {
        await models.limitBandwidth(bytesPerS);
        poke();
        return {};
      },
    },
    async [Symbol.asyncDispose]() {
      stopTrials();
      stopModes();
      for (const { stop } of jobs.values()) stop.abort(new DOMException('the studio ends', 'AbortError'));
      await Promise.allSettled([...jobs.values()].map(({ ended }) => ended));
    },
  };
}

const isOver = ({ phase }: ModelJob): boolean => ['done', 'failed', 'stopped'].includes(phase);

function speed({ samples }: RunningJob, bytes: number): number | null {
  const atMs = performance.now();
  samples.push({ atMs, bytes });
  while (samples.length > 2 && atMs - samples[0]!.atMs > SPEED_OVER_MS) samples.shift();
  const first = samples[0]!;
  return atMs - first.atMs < 300 ? null : Math.max(0, ((bytes - first.bytes) / (atMs - first.atMs)) * 1000);
}
