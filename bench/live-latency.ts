/**
 * How soon a stream obeys, by what a player on the hub is sent: each tag's time of arrival, and the sound and the lips that are in it once
 * it is decoded. Nothing that the session says of itself counts.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { SpeechIntent } from '../app/live/protocol.ts';
import type { BenchRun } from './bench.ts';
import { videoShape } from './decode-video.ts';
import { type Figure, figure, quantile } from './figures.ts';
import { closedGap } from './lip-measures.ts';
import { watchFace } from './lips.ts';
import type { LiveHost } from './live-host.ts';
import { AUDIBLE, cutFlv, soundPeaks } from './live-media.ts';
import { QUIET, TALK } from './live-show.ts';
import { KeepingViewer, type SeenTag } from './live-viewer.ts';

const SAYINGS = ['Take care.', 'Thank you all.', 'Take your time.', 'Tell your friends.'] as const;
const INTERRUPTIONS = 3;
/** Said after a silence, so that a mouth has the time to be seen closed. */
const AFTER_SILENCE = '[900ms] Thank you for that question.';
const SPEAKING_MS = 1_500;
/** A mouth is closed when it stays so. */
const STAYS_FRAMES = 5;
const BEFORE_MS = 4_500;
const AFTER_MS = 1_300;

export async function latencyFigures(host: LiveHost, projectId: string, run: BenchRun): Promise<Figure[]> {
  const viewer = new KeepingViewer(() => host.flvUrl(projectId), join(run.scratchDir, 'latency.flv'));
  let asked: { said: number[]; interrupted: number[] };
  const late = (): number => host.status(projectId)?.session?.lateFrames ?? Number.NaN;
  const lateBefore = late();
  let lateAfter = lateBefore;
  try {
    await host.until('a picture', () => viewer.pictures.length > 25, 15_000);
    asked = await askAndWait(host, projectId, run);
    lateAfter = late();
  } finally {
    await viewer.close();
  }
  return [
    ...(await measure(viewer, asked, run)),
    // What was drawn ahead is drawn again when something is said now.
    figure('lateFramesBeforeAsked', lateBefore, ''),
    figure('lateFramesWhileAsked', lateAfter - lateBefore, '', { atMost: 0 }),
  ];
}

async function askAndWait(host: LiveHost, projectId: string, { say, signal }: BenchRun) {
  let number = 0;
  const ask = (text: string, intent: SpeechIntent): number => {
    const atMs = performance.now();
    const id = `bench-${++number}`;
    const manner = { emotion: null, intensity: 1, voiceId: null, resume: 'interrupted' } as const;
    host.command(projectId, { type: 'say', id, text, intent, ...manner });
    return atMs;
  };
  const speaking = () => host.status(projectId)?.session?.speaking ?? null;
  const isQuiet = (): boolean => speaking() === null;
  say('saying something into the quiet');
  host.command(projectId, { type: 'goTo', segmentId: QUIET, line: 0 });
  await host.until('the quiet segment', isQuiet, 20_000);
  const said: number[] = [];
  for (const [i, text] of SAYINGS.entries()) {
    await delay(1_500, undefined, { signal });
    said.push(ask(text, i % 2 === 0 ? 'queue' : 'interrupt'));
    await delay(1_000, undefined, { signal });
    await host.until('said', isQuiet, 15_000);
  }
  say('interrupting the script');
  host.command(projectId, { type: 'goTo', segmentId: TALK, line: 0 });
  const interrupted: number[] = [];
  for (let i = 0; i < INTERRUPTIONS; i++) {
    await host.until('the script', () => speaking()?.source === 'show', 20_000);
    const { id, fromStreamMs } = speaking()!;
    const isWellOn = (): boolean =>
      speaking()?.id === id && host.status(projectId)!.session!.streamMs - fromStreamMs > SPEAKING_MS;
    await host.until('the middle of a sentence', isWellOn, 10_000);
    // Anywhere within a frame and a word.
    await delay(170 * i, undefined, { signal });
    interrupted.push(ask(AFTER_SILENCE, 'interrupt'));
    await host.until('the interruption', () => speaking()?.source === 'desk', 10_000);
  }
  await delay(AFTER_MS + 500, undefined, { signal });
  return { said, interrupted };
}

async function measure(
  viewer: KeepingViewer,
  { said, interrupted }: { said: number[]; interrupted: number[] },
  run: BenchRun,
): Promise<Figure[]> {
  const { scratchDir, signal, studio, say } = run;
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const whole = await cutFlv(viewer.path, join(scratchDir, 'latency-cut.flv'), 0, Number.POSITIVE_INFINITY);
  const peaks = await soundPeaks(ffmpegPath, whole.path, signal);
  const { sounds, pictures } = viewer;
  const spokenMs = said.map((atMs) => {
    const from = Math.max(0, streamAt(sounds, atMs) - whole.fromMs);
    const first = peaks.findIndex((peak, ms) => ms > from && peak >= AUDIBLE);
    return first < 0 ? Number.NaN : arrivalOf(sounds, whole.fromMs + first) - atMs;
  });
  const silentMs = interrupted.map((atMs) => {
    const from = streamAt(sounds, atMs) - whole.fromMs;
    const last = lastHeard(peaks, Math.max(0, Math.floor(from)));
    return arrivalOf(sounds, whole.fromMs + last + 1) - atMs;
  });
  const closedMs: number[] = [];
  for (const [i, atMs] of interrupted.entries()) {
    say(`looking at the lips of interruption ${i + 1}`);
    const atStream = streamAt(pictures, atMs);
    const path = join(scratchDir, 'interruption.flv');
    const cut = await cutFlv(viewer.path, path, atStream - BEFORE_MS, atStream + AFTER_MS);
    const shape = await videoShape(ffmpegPath, path, signal);
    const { track } = await watchFace(ffmpegPath, path, shape, (BEFORE_MS + AFTER_MS) / 1000, signal, () => undefined);
    const limit = closedGap(track);
    const closed = track.lipGap.findIndex(
      (_, frame) =>
        (cut.pictureMs[frame] ?? 0) + cut.fromMs > atStream &&
        track.lipGap.slice(frame, frame + STAYS_FRAMES).every((gap) => gap <= limit),
    );
    closedMs.push(closed < 0 ? Number.NaN : arrivalOf(pictures, cut.fromMs + cut.pictureMs[closed]!) - atMs);
  }
  const listed = (values: number[]): string => values.map((ms) => Math.round(ms)).join(', ');
  say(
    `first sound after ${listed(spokenMs)} ms; silence after ${listed(silentMs)} ms; mouth closed after ${listed(closedMs)} ms`,
  );
  const worst = (values: number[]): number => (values.some(Number.isNaN) ? Number.NaN : Math.max(...values));
  return [
    figure('textToFirstSpokenFrame', worst(spokenMs), 'ms', { atMost: 600 }),
    figure('textToFirstSpokenFrameMedian', quantile(spokenMs, 0.5), 'ms'),
    figure('interruptionToSilence', worst(silentMs), 'ms', { atMost: 200 }),
    figure('interruptionToClosedMouth', worst(closedMs), 'ms', { atMost: 200 }),
    figure('interruptionToClosedMouthMedian', quantile(closedMs, 0.5), 'ms'),
  ];
}

/** Where the stream was for a viewer at that moment. */
const streamAt = (tags: readonly SeenTag[], atMs: number): number =>
  (tags.findLast((tag) => tag.atMs <= atMs) ?? tags[0]!).timeMs;
/** When the viewer had what is shown or heard then. */
const arrivalOf = (tags: readonly SeenTag[], streamMs: number): number =>
  tags.findLast(({ timeMs }) => timeMs <= streamMs)?.atMs ?? Number.NaN;

const SILENCE_MS = 400;
/** The last millisecond with sound before a long silence that begins at or after `fromMs`. */
function lastHeard(peaks: Float32Array, fromMs: number): number {
  let last = fromMs;
  for (let ms = fromMs; ms < peaks.length && ms - last < SILENCE_MS; ms++) if (peaks[ms]! >= AUDIBLE) last = ms;
  return last;
}
