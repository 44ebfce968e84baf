/** Shows on air on this machine, as many at once as asked for, measured by what players on their hubs are sent. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SessionStatus } from '../app/live/protocol.ts';
import { type Bench, type BenchRun, numberOption } from './bench.ts';
import { type Figure, figure, median } from './figures.ts';
import { LiveHost } from './live-host.ts';
import { latencyFigures } from './live-latency.ts';
import { continuity, cutFlv, watchStrip } from './live-media.ts';
import { cpuByRole, type Sample } from './live-processes.ts';
import { FPS, liveBenchShow } from './live-show.ts';
import { KeepingViewer } from './live-viewer.ts';

const SETTLE_MS = 8_000;
const SIZE = { widthPx: 1280, heightPx: 720 };

export const liveBench: Bench = {
  name: 'live',
  about:
    'shows on air at once at 720p25, x264 veryfast, into the hub: late frames, CPU, how soon they speak and fall silent',
  options: {
    sessions: { value: 'N', about: 'shows at once (2)' },
    minutes: { value: 'M', about: 'how long they are watched (5)' },
  },
  async run(run) {
    const sessions = Math.round(numberOption('sessions', run.options.sessions, 2));
    const minutes = numberOption('minutes', run.options.minutes, 5);
    await using host = await LiveHost.start(join(run.scratchDir, 'live'), run.signal);
    const ids = Array.from({ length: sessions }, (_, i) => `show-${i + 1}`);
    run.say('the first show goes on air');
    await host.go(liveBenchShow({ id: ids[0]! }));
    const latencies = await latencyFigures(host, ids[0]!, run);
    for (const id of ids.slice(1)) {
      run.say(`${id} goes on air`);
      await host.go(liveBenchShow({ id }));
    }
    const watched = await watch(host, ids, minutes, run);
    const left = await host.end();
    return [...latencies, ...watched, figure('processesLeft', left, '', { atMost: 0 })];
  },
};

async function watch(host: LiveHost, ids: readonly string[], minutes: number, run: BenchRun): Promise<Figure[]> {
  const { signal, say, scratchDir, studio } = run;
  await delay(SETTLE_MS, undefined, { signal });
  say(`watching ${ids.length} for ${minutes} min`);
  const viewers = ids.map((id) => new KeepingViewer(() => host.flvUrl(id), join(scratchDir, `${id}.flv`)));
  const told = new Map<string, SessionStatus[]>(ids.map((id) => [id, []]));
  host.onStatus = (id, { session }) => {
    if (session !== null) told.get(id)?.push(session);
  };
  const sample = (): Sample => ({ atMs: performance.now(), processes: host.processes() });
  const first = sample();
  try {
    await delay(minutes * 60_000, undefined, { signal });
  } finally {
    await Promise.all(viewers.map((viewer) => viewer.close()));
  }
  const cores = cpuByRole(first, sample());
  host.onStatus = () => undefined;
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  let [missing, repeated, backwards] = [0, 0, 0];
  for (const viewer of viewers) {
    const times = continuity(viewer.tags, FPS);
    missing += times.missingPictures;
    backwards += times.backwards;
    const cut = await cutFlv(viewer.path, join(scratchDir, 'watched.flv'), 0, Number.POSITIVE_INFINITY);
    repeated += (await watchStrip(ffmpegPath, cut.path, SIZE, signal)).repeated;
  }
  const all = [...told.values()];
  const late = all.map((each) => (each.at(-1)?.lateFrames ?? Number.NaN) - (each[0]?.lateFrames ?? 0));
  const statuses = all.flat();
  const speeds = statuses.flatMap(({ encoderSpeed }) => (encoderSpeed === null ? [] : [encoderSpeed]));
  const share = (role: Parameters<typeof cores.get>[0]): number => ((cores.get(role) ?? 0) / ids.length) * 100;
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  return [
    figure('sessions', ids.length, ''),
    figure('watched', minutes, 'min'),
    figure('lateFrames', sum(late), '', { atMost: 0 }),
    // Of the pictures that came, by their ticker; and of those that did not, by the times of the others.
    figure('repeatedPictures', repeated, '', { atMost: 0 }),
    figure('missingPictures', missing, '', { atMost: 0 }),
    figure('timesBackwards', backwards, '', { atMost: 0 }),
    figure('cpuPerSession', (sum(cores.values()) / ids.length) * 100, '% of a core'),
    ...(['session', 'encoder', 'hub', 'publisher'] as const).map((role) =>
      figure(`cpuPerSession.${role}`, share(role), '% of a core'),
    ),
    figure('renderAheadMedian', median(statuses.map(({ renderAhead }) => renderAhead)), 'frames'),
    figure('renderAheadLeast', Math.min(...statuses.map(({ renderAhead }) => renderAhead)), 'frames'),
    figure('renderAheadMost', statuses.at(-1)?.renderAheadMax ?? Number.NaN, 'frames'),
    figure('encoderSpeedLeast', Math.min(...speeds), '×'),
  ];
}
