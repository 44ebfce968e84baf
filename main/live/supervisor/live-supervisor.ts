/** All shows of this process: each project at most once on this machine's data folder, and back on air after a reboot. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { ShowPosition } from '../../../app/live/protocol.ts';
import type { RecordingOptions } from '../../broadcast/publisher/protocol.ts';
import { asStorageError } from '../../files/failures.ts';
import { tryProcessLock } from '../../files/process-lock.ts';
import type { LiveHost, LiveShowRepository } from '../../storage/repositories/live-shows.ts';
import { type LiveDestination, type LiveShow, type LiveShowOptions, startLiveShow } from './live-show.ts';
import { type LiveParts, studioParts } from './parts.ts';
import { createRedactor } from './redact.ts';
import { liveFolder, openTraceLog } from './trace-log.ts';
import { createWebhook } from './webhook.ts';

export interface GoLive {
  project: Project;
  destinations: readonly LiveDestination[];
  recordingDir: string | null;
  /** From the first frame on; null: until it is stopped. */
  forMs: number | null;
  /** Goes on where the show stood when it was last on air and was not ended. */
  resume?: boolean | undefined;
  /** Where alarms are posted to. */
  webhook?: string | null | undefined;
  /** Accelerated, for measurements. */
  virtualClock?: boolean | undefined;
}

export interface LiveSupervisor extends AsyncDisposable {
  /**
   * Resolves when the show has begun to start; `signal` is for the call alone.
   * @throws StudioError live.already-on-air, storage.*, media.* (no ffmpeg for the recording)
   */
  goLive(request: GoLive, signal: AbortSignal): Promise<LiveShow>;
  /** Those that are on air or ending. */
  shows(): LiveShow[];
  show(projectId: string): LiveShow | null;
  /** Ends all of them at once; with `comeBack` they go on air again at the next start. */
  close(how?: { comeBack: boolean }): Promise<void>;
}

export interface LiveSupervisorOptions {
  dataDir: string;
  ffmpegPath?: string | undefined;
  liveShows: LiveShowRepository;
  /** Who brings shows back after a reboot. */
  host: LiveHost;
  ffmpeg(signal: AbortSignal): Promise<{ path: string }>;
  /** What a session's process cannot read by itself: see LiveShowOptions. */
  providers?: LiveShowOptions['providers'];
  /** Unless given, the studio's own. */
  parts?: LiveParts | undefined;
}

export function createLiveSupervisor(options: LiveSupervisorOptions): LiveSupervisor {
  const { dataDir, ffmpegPath, liveShows, host, providers, parts = studioParts } = options;
  const running = new Map<string, LiveShow>();
  const close = async ({ comeBack }: { comeBack: boolean } = { comeBack: false }): Promise<void> => {
    await Promise.all([...running.values()].map((show) => show.stop({ graceful: false, comeBack })));
  };
  return {
    async goLive(request, signal) {
      const { project, destinations } = request;
      signal.throwIfAborted();
      const folder = liveFolder(dataDir, project.id);
      await mkdir(folder, { recursive: true }).catch((error: unknown) => {
        throw asStorageError(error, folder);
      });
      const release = tryProcessLock(join(folder, 'on-air.lock'));
      if (release === null) {
        const owner = liveShows.get(project.id)?.owner ?? '?';
        throw new StudioError('live.already-on-air', { name: project.name, owner });
      }
      try {
        const recording = request.recordingDir === null ? null : await recordingOf(request, options, signal);
        signal.throwIfAborted();
        const kept = request.resume === true ? liveShows.get(project.id) : null;
        const position: ShowPosition | null = kept?.onAir === true ? kept.position : null;
        const nowMs = Date.now();
        liveShows.begin({
          projectId: project.id,
          project,
          // An address with the key at its end is a secret as a whole.
          destinations: destinations.map(({ id, url, key }) => ({ id, url: key === '' ? '' : url })),
          recordingDir: request.recordingDir,
          endsAtMs: request.forMs === null ? null : nowMs + request.forMs,
          position,
          streamMs: 0,
          host,
          owner: `${host === 'studio' ? 'studio' : 'command line'}, process ${process.pid}`,
          beganAtMs: nowMs,
        });
        const redactor = createRedactor();
        for (const { key, url } of destinations) redactor.add(key === '' ? url.slice(url.lastIndexOf('/') + 1) : key);
        if (request.webhook) redactor.add(request.webhook);
        const log = openTraceLog(folder, redactor.clean);
        const hook = request.webhook
          ? createWebhook(request.webhook, (detail) =>
              log.write({ type: 'event', what: 'webhook failed', streamMs: null, detail }),
            )
          : null;
        const show = startLiveShow({
          ...{ project, position, destinations, recording, dataDir, ffmpegPath, providers, parts, log, redactor },
          ...{ forMs: request.forMs, virtualClock: request.virtualClock, store: liveShows, webhook: hook },
          onEnded() {
            running.delete(project.id);
            release();
          },
        });
        running.set(project.id, show);
        return show;
      } catch (error) {
        release();
        throw error;
      }
    },
    shows: () => [...running.values()],
    show: (projectId) => running.get(projectId) ?? null,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}

async function recordingOf(
  { project, recordingDir }: GoLive,
  { ffmpeg }: LiveSupervisorOptions,
  signal: AbortSignal,
): Promise<RecordingOptions> {
  const folder = recordingDir!;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw asStorageError(error, folder);
  });
  const { path } = await ffmpeg(signal);
  const limits = project.live.output.recording;
  return {
    folder,
    name: fileName(project.name),
    ffmpegPath: path,
    ...(limits !== null && {
      splitMs: limits.splitMinutes * 60_000,
      splitBytes: limits.splitMegabytes * 1_000_000,
    }),
  };
}

const fileName = (name: string): string =>
  name
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'live';
