/**
 * A supervisor in a process of its own, as the command line and the studio have one, told by a bench what to put on air. Argument: data
 * folder. It ends with its parent.
 */
import { createStudio } from '../main/compose.ts';
import { createLiveSupervisor } from '../main/live/supervisor/live-supervisor.ts';
import { openStorage } from '../main/storage/open.ts';
import type { FromLiveHost, ToLiveHost } from './live-host.ts';

const TOLD_EVERY_MS = 250;

const dataDir = process.argv[2]!;
const { signal } = new AbortController();
const studio = createStudio({ dataDir });
const storage = await openStorage({ dataDir });
const supervisor = createLiveSupervisor({
  ...{ dataDir, liveShows: storage.liveShows, host: 'command', ffmpeg: studio.ffmpeg },
});
const tell = (message: FromLiveHost): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
};
const timer = setInterval(() => {
  for (const show of supervisor.shows())
    tell({ type: 'status', projectId: show.projectId, status: show.status(), flvUrl: show.previewUrl() });
}, TOLD_EVERY_MS);

async function end(): Promise<void> {
  clearInterval(timer);
  await supervisor.close();
  storage.close();
  await studio[Symbol.asyncDispose]();
  process.exit(0);
}

async function take(message: ToLiveHost): Promise<void> {
  switch (message.type) {
    case 'go': {
      const { project, destinations, virtualClock } = message;
      const asked = { project, destinations, recordingDir: null, forMs: null, virtualClock };
      const show = await supervisor.goLive(asked, signal);
      void show.ended.then((error) => tell({ type: 'ended', projectId: project.id, error: error?.code ?? null }));
      break;
    }
    case 'command':
      supervisor.show(message.projectId)?.command(message.command);
      break;
    case 'reconnect':
      supervisor.show(message.projectId)?.reconnectNow(message.destinationId);
      break;
    case 'stop':
      await supervisor.show(message.projectId)?.stop({ graceful: message.graceful });
      break;
    case 'traces':
      tell({ type: 'traces', traces: supervisor.show(message.projectId)?.trace(100_000) ?? [] });
      break;
    case 'end':
      await end();
  }
}

process.on('message', (message: ToLiveHost) => {
  take(message).catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
});
process.on('disconnect', () => void end());
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => {});
tell({ type: 'ready' });
