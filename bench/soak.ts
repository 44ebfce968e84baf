/** A show on air for long, recorded by the servers it is sent to, and measured afterwards in what they have. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SessionStatus, UtteranceTrace } from '../app/live/protocol.ts';
import { kindOf } from '../main/broadcast/flv/tags.ts';
import { type Bench, type BenchRun, numberOption, UsageError } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { LiveHost } from './live-host.ts';
import { leadInOf, lipsOf, type SpokenLine, spokenLines } from './live-lips.ts';
import {
  beginnings,
  type Continuity,
  continuity,
  cutFlv,
  pictureLag,
  quietStretches,
  readTags,
  soundPeaks,
  type TimedTag,
  watchStrip,
} from './live-media.ts';
import { BenchPlatform } from './live-platform.ts';
import { growth, handles, rssMb, type Sample, slopePerMinute } from './live-processes.ts';
import { FPS, liveBenchShow } from './live-show.ts';
import { acceleratedFigures } from './soak-accelerated.ts';

const SIZE = { widthPx: 1280, heightPx: 720 };
const SAMPLE_MS = 5_000;
/** A third of the run, at most so long, is not counted against memory and handles. */
const MOST_WARM_UP_MS = 10 * 60_000;
/** The show's own silences are shorter. */
const SILENCE_MS = 2_000;
/** Beginnings of lines that are compared at either end. */
const COMPARED = 120;
const SHOW = 'soak';

export const soakBench: Bench = {
  name: 'soak',
  about: 'a show on air to two servers, one of them killed again and again, measured in what they received',
  options: {
    minutes: { value: 'M', about: 'of real time (60)' },
    kills: { value: 'K', about: 'times the first server is killed and returns (10)' },
    away: { value: 'S', about: 'seconds it stays away (5)' },
    lips: { value: 'S', about: 'seconds at the start and at the end whose lips are looked at (20)' },
    accelerated: { value: 'yes|only', about: 'also, or only, a day of stream time by a virtual clock (no)' },
    hours: { value: 'H', about: 'of stream time, accelerated (24)' },
  },
  async run(run) {
    const { accelerated, hours } = run.options;
    if (accelerated !== undefined && accelerated !== 'yes' && accelerated !== 'only')
      throw new UsageError(`--accelerated is yes or only, not ${accelerated}`);
    const streamHours = numberOption('hours', hours, 24);
    const real = accelerated === 'only' ? [] : await realFigures(run);
    const fast = accelerated === undefined ? [] : await acceleratedFigures(streamHours, run);
    return [...real, ...fast];
  },
};

async function realFigures(run: BenchRun): Promise<Figure[]> {
  const { options, scratchDir, signal, say } = run;
  const minutes = numberOption('minutes', options.minutes, 60);
  const kills = Math.round(numberOption('kills', options.kills, 10));
  const awayMs = numberOption('away', options.away, 5) * 1000;
  const lipsS = numberOption('lips', options.lips, 20);
  if (kills * (awayMs + 10_000) > minutes * 60_000)
    throw new UsageError(`${kills} kills do not fit into ${minutes} min`);
  const lines = await spokenLines(run);
  await using a = await BenchPlatform.open('platform-a', join(scratchDir, 'a'));
  await using b = await BenchPlatform.open('platform-b', join(scratchDir, 'b'));
  await using host = await LiveHost.start(join(scratchDir, 'live'), signal);
  await host.go(liveBenchShow({ id: SHOW }), { destinations: [a.destination, b.destination] });
  await host.until('both servers', () => a.pieces.length > 0 && b.pieces.length > 0, 30_000);
  const first = host.status(SHOW)!.session!;
  const samples: Sample[] = [];
  const sample = (): void => void samples.push({ atMs: performance.now(), processes: host.processes() });
  const timer = setInterval(sample, SAMPLE_MS);
  let traces: UtteranceTrace[] = [];
  let last: SessionStatus = first;
  try {
    const endMs = performance.now() + minutes * 60_000;
    const everyMs = (minutes * 60_000) / (kills + 1);
    for (let i = 0; i < kills; i++) {
      await delay(Math.max(0, everyMs - awayMs), undefined, { signal });
      await a.kill();
      await delay(awayMs, undefined, { signal });
      await a.start();
      say(`${i + 1} of ${kills}: the first server was away for ${awayMs / 1000} s`);
    }
    await delay(Math.max(0, endMs - performance.now()), undefined, { signal });
    traces = await host.traces(SHOW);
    last = host.status(SHOW)?.session ?? first;
  } finally {
    clearInterval(timer);
  }
  say('ending the show');
  await host.stop(SHOW, true);
  const left = await host.end();
  await Promise.all([a.kill(), b.kill()]);
  return [
    figure('minutes', minutes, 'min'),
    figure('serverKills', kills, ''),
    ...(await receivedFigures(a, b, { lines, traces, lipsS }, run)),
    ...processFigures(samples, minutes),
    figure('lateFrames', last.lateFrames - first.lateFrames, '', { atMost: 0 }),
    figure('processesLeft', left, '', { atMost: 0 }),
  ];
}

async function receivedFigures(
  a: BenchPlatform,
  b: BenchPlatform,
  { lines, traces, lipsS }: { lines: readonly SpokenLine[]; traces: readonly UtteranceTrace[]; lipsS: number },
  run: BenchRun,
): Promise<Figure[]> {
  const { studio, scratchDir, signal, say } = run;
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const of = async ({ pieces }: BenchPlatform): Promise<{ path: string; times: Continuity }[]> => {
    const found: { path: string; times: Continuity }[] = [];
    for (const { path } of pieces) {
      const tags: TimedTag[] = [];
      await readTags(path, (tag) => tags.push({ kind: kindOf(tag), timeMs: tag.timestampMs }));
      const times = continuity(tags, FPS);
      if (times.pictures > 0) found.push({ path, times });
    }
    return found;
  };
  const [ofA, ofB] = [await of(a), await of(b)];
  const all = [...ofA, ...ofB];
  const sum = (pick: (times: Continuity) => number, within = all): number =>
    within.reduce((total, { times }) => total + pick(times), 0);
  const most = (pick: (times: Continuity) => number): number => Math.max(...all.map(({ times }) => pick(times)));

  say('listening to all that was received');
  let [silences, repeated] = [0, 0];
  let longestSilenceMs = 0;
  const steps: { seenMs: number; heardMs: number }[] = [];
  for (const { path } of all) {
    const cut = await cutFlv(path, join(scratchDir, 'received.flv'), 0, Number.POSITIVE_INFINITY);
    const peaks = await soundPeaks(ffmpegPath, cut.path, signal);
    const quiet = quietStretches(peaks, 100).map(({ fromMs, toMs }) => toMs - fromMs);
    longestSilenceMs = Math.max(longestSilenceMs, ...quiet);
    silences += quiet.filter((ms) => ms > SILENCE_MS).length;
    if (path !== ofB[0]?.path) continue;
    const strip = await watchStrip(ffmpegPath, cut.path, SIZE, signal);
    repeated = strip.repeated;
    const flashMs = strip.flashes.map((i) => cut.pictureMs[i] ?? 0);
    steps.push(...beginnings(flashMs, peaks));
  }
  const compared = Math.min(COMPARED, Math.floor(steps.length / 2));
  const leadIn = leadInOf(lines);
  const [start, end] = [pictureLag(steps.slice(0, compared), leadIn), pictureLag(steps.slice(-compared), leadIn)];
  const whole = ofB[0]!;
  const endMs = whole.times.seconds * 1000;
  say('looking at the lips at the start');
  // The first lines of a show may have been drawn while they were due.
  const lipsStart = await lipsOf(whole.path, Math.min(8_000, endMs / 4), lipsS, lines, traces, run);
  say('looking at the lips at the end');
  const lipsEnd = await lipsOf(whole.path, endMs - (lipsS + 12) * 1000, lipsS, lines, traces, run);
  return [
    figure('connectionsA', ofA.length, ''),
    figure('connectionsB', ofB.length, '', { atMost: 1 }),
    figure('receivedA', sum(({ seconds }) => seconds, ofA) / 60, 'min'),
    figure('receivedB', sum(({ seconds }) => seconds, ofB) / 60, 'min'),
    figure(
      'timesBackwards',
      sum(({ backwards }) => backwards),
      '',
      { atMost: 0 },
    ),
    figure(
      'pictureGapMost',
      most(({ pictureGapMs }) => pictureGapMs),
      'ms',
      { atMost: 1000 / FPS + 1 },
    ),
    figure(
      'soundGapMost',
      most(({ soundGapMs }) => soundGapMs),
      'ms',
      { atMost: 22 },
    ),
    figure(
      'missingPicturesB',
      sum(({ missingPictures }) => missingPictures, ofB),
      '',
      { atMost: 0 },
    ),
    figure('repeatedPicturesB', repeated, '', { atMost: 0 }),
    figure('silencesOver2S', silences, '', { atMost: 0 }),
    figure('silenceLongest', longestSilenceMs, 'ms'),
    figure('pictureLagStart', start.ms, 'ms', { atLeast: -40, atMost: 40 }),
    figure('pictureLagEnd', end.ms, 'ms', { atLeast: -40, atMost: 40 }),
    figure('pictureLagDrift', end.ms - start.ms, 'ms', { atLeast: -5, atMost: 5 }),
    figure('flashesCompared', start.taken + end.taken, ''),
    figure('flashesOutOfStep', start.leftOut + end.leftOut, ''),
    figure('lipLagStart', lipsStart.lagMs, 'ms', { atLeast: -40, atMost: 40 }),
    figure('lipLagEnd', lipsEnd.lagMs, 'ms', { atLeast: -40, atMost: 40 }),
    figure('lipCorrelationStart', lipsStart.correlation, ''),
    figure('lipCorrelationEnd', lipsEnd.correlation, ''),
  ];
}

/** What the processes took, after the warm-up. */
export function processFigures(samples: readonly Sample[], minutes: number): Figure[] {
  const beganMs = samples[0]?.atMs ?? 0;
  const warmMs = Math.min(MOST_WARM_UP_MS, (minutes * 60_000) / 3);
  const warm = samples.filter(({ atMs }) => atMs - beganMs >= warmMs);
  const slope = (pick: (sample: Sample) => number): number =>
    slopePerMinute(warm.map((sample) => ({ atMs: sample.atMs, value: pick(sample) })));
  return [
    figure(
      'memorySlope',
      slope((sample) => rssMb(sample)),
      'MB/min',
      { atMost: 1 },
    ),
    ...(['supervisor', 'session', 'encoder', 'hub', 'publisher'] as const).map((role) =>
      figure(
        `memorySlope.${role}`,
        slope((sample) => rssMb(sample, role)),
        'MB/min',
      ),
    ),
    figure('memoryEnd', warm.length === 0 ? Number.NaN : rssMb(warm.at(-1)!), 'MB'),
    figure('handlesGrowth', growth(warm.map(handles)), '', { atMost: 0 }),
    figure('processesGrowth', growth(warm.map(({ processes }) => processes.length)), '', { atMost: 0 }),
    figure('memorySamples', warm.length, ''),
  ];
}
