/** What is killed, and how soon viewers and servers have their stream again: by the times at which its tags reach them. */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { kindOf } from '../main/broadcast/flv/tags.ts';
import { type Bench, type BenchRun, numberOption } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { LiveHost } from './live-host.ts';
import { AUDIBLE, continuity, cutFlv, readTags, soundPeaks, type TimedTag } from './live-media.ts';
import { BenchPlatform } from './live-platform.ts';
import { FPS, liveBenchShow, SENTENCES } from './live-show.ts';
import { KeepingViewer, type SeenTag } from './live-viewer.ts';

const SHOW = 'recovery';
/** Between two faults, so that none is measured in the other's wake. */
const REST_MS = 8_000;
const LOOK_MS = 25;
const BACK_MOST_MS = 90_000;

export const recoveryBench: Bench = {
  name: 'recovery',
  about: 'how soon a stream is back after its encoder, engine, hub, publisher or a server is killed outright',
  options: { away: { value: 'S', about: 'seconds the server stays away the second time (60)' } },
  async run(run) {
    const awayS = numberOption('away', run.options.away, 60);
    const { scratchDir, signal, say } = run;
    await using a = await BenchPlatform.open('platform-a', join(scratchDir, 'a'));
    await using b = await BenchPlatform.open('platform-b', join(scratchDir, 'b'));
    await using host = await LiveHost.start(join(scratchDir, 'live'), signal);
    await host.go(liveBenchShow({ id: SHOW }), { destinations: [a.destination, b.destination] });
    await host.until('both servers', () => a.pieces.length > 0 && b.pieces.length > 0, 30_000);
    const viewer = new KeepingViewer(() => host.flvUrl(SHOW), join(scratchDir, 'viewer.flv'));
    const figures: Figure[] = [];
    try {
      await delay(REST_MS, undefined, { signal });
      figures.push(...(await serverFaults(host, { a, b, viewer }, awayS, run)));
      say('the encoder is killed');
      const encoder = host.kill('encoder');
      await delay(REST_MS, undefined, { signal });
      figures.push(figure('encoderKilled.freeze', freezeAfter(viewer, encoder.atMs), 'ms', { atMost: 3000 }));
      say('the engine is killed');
      figures.push(...(await engineKilled(host, viewer, run)));
      say('the publisher is killed');
      const pieces = b.pieces.length;
      const publisher = host.kill('publisher');
      figures.push(figure('publisherKilled.serverBack', (await backAt(b, pieces, signal)) - publisher.atMs, 'ms'));
      await delay(REST_MS, undefined, { signal });
      figures.push(figure('publisherKilled.viewerFreeze', freezeAfter(viewer, publisher.atMs), 'ms', { atMost: 500 }));
      say('the hub is killed');
      const [connections, before] = [viewer.connections, b.pieces.length];
      const hub = host.kill('hub');
      await delay(REST_MS, undefined, { signal });
      figures.push(
        figure('hubKilled.viewerFreeze', freezeAfter(viewer, hub.atMs), 'ms'),
        figure('hubKilled.viewerConnections', viewer.connections - connections, ''),
        figure('hubKilled.serverConnections', b.pieces.length - before, ''),
        figure('hubKilled.serverGap', await longestGap(b), 'ms'),
      );
    } finally {
      await viewer.close();
    }
    await host.stop(SHOW, true);
    figures.push(figure('processesLeft', await host.end(), '', { atMost: 0 }));
    return figures;
  },
};

/** One server goes and returns; the other must not notice. */
async function serverFaults(
  host: LiveHost,
  { a, b, viewer }: { a: BenchPlatform; b: BenchPlatform; viewer: KeepingViewer },
  awayS: number,
  { signal, say }: BenchRun,
): Promise<Figure[]> {
  const goes = async (seconds: number, onReturn: () => Promise<number | null>): Promise<number> => {
    const pieces = a.pieces.length;
    await a.kill();
    await delay(seconds * 1000, undefined, { signal });
    const returnedMs = await a.start();
    const fromMs = (await onReturn()) ?? returnedMs;
    return (await backAt(a, pieces, signal)) - fromMs;
  };
  const nothing = async (): Promise<null> => null;
  say('a server is away for 5 s');
  const short = await goes(5, nothing);
  await delay(REST_MS, undefined, { signal });
  say(`a server is away for ${awayS} s`);
  const long = await goes(awayS, nothing);
  await delay(REST_MS, undefined, { signal });
  say('a server is away for 25 s and asked for at once');
  const asked = await goes(25, async () => {
    host.reconnectNow(SHOW, a.name);
    return performance.now();
  });
  await delay(REST_MS, undefined, { signal });
  const atHub = continuity(viewer.tags, FPS).missingPictures;
  const other = continuity(await tagsOf(b.pieces[0]!.path), FPS);
  return [
    figure('serverAway5S.back', short, 'ms', { atMost: 3000 }),
    figure('serverAwayLong.back', long, 'ms', { atMost: 60_000 }),
    figure('serverAwayLong.away', awayS, 's'),
    figure('reconnectNow.back', asked, 'ms', { atMost: 2000 }),
    figure('otherServer.connections', b.pieces.length, '', { atMost: 1 }),
    // Beyond those that the encoder, short of CPU, left out for everybody.
    figure('otherServer.lostPictures', Math.max(0, other.missingPictures - atHub), '', { atMost: 0 }),
    figure('hub.missingPictures', atHub, ''),
    figure('otherServer.pictures', other.pictures, ''),
  ];
}

async function engineKilled(host: LiveHost, viewer: KeepingViewer, run: BenchRun): Promise<Figure[]> {
  const { signal, studio, scratchDir } = run;
  const speaking = () => host.status(SHOW)?.session?.speaking ?? null;
  const isWellOn = (): boolean => {
    const now = speaking();
    return now !== null && host.status(SHOW)!.session!.streamMs - now.fromStreamMs > 1_500;
  };
  // Not the one whose sentence the loop begins with: that could be a beginning from the start.
  const isInside = (): boolean => lineOf(speaking()?.text) > 1 && isWellOn();
  await host.until('the middle of a sentence', isInside, 60_000);
  const before = lineOf(speaking()?.text);
  const restarts = host.status(SHOW)!.restarts.session;
  const engine = host.kill('session');
  const isAnother = (): boolean => host.status(SHOW)!.restarts.session > restarts && speaking() !== null;
  await host.until('speaking again', isAnother, 60_000);
  const after = lineOf(speaking()?.text);
  await delay(REST_MS, undefined, { signal });
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const cut = await cutFlv(viewer.path, join(scratchDir, 'engine.flv'), 0, Number.POSITIVE_INFINITY);
  const peaks = await soundPeaks(ffmpegPath, cut.path, signal);
  const { from, to } = gapAfter(viewer.sounds, engine.atMs);
  const first = peaks.findIndex((peak, ms) => ms >= to.timeMs - cut.fromMs && peak >= AUDIBLE);
  const heardAtMs = viewer.sounds.findLast(({ timeMs }) => timeMs <= first + cut.fromMs)?.atMs ?? Number.NaN;
  return [
    figure('engineKilled.speakingAgain', first < 0 ? Number.NaN : heardAtMs - engine.atMs, 'ms', { atMost: 6000 }),
    figure('engineKilled.freeze', freezeAfter(viewer, engine.atMs), 'ms'),
    // What the stream's clock says of the gap, against what a viewer's did: 0 is a stream that went on where viewers were.
    figure('engineKilled.clockOff', to.timeMs - from.timeMs - (to.atMs - from.atMs), 'ms'),
    figure('engineKilled.sentencesAhead', (after - before + SENTENCES.length) % SENTENCES.length, '', {
      atLeast: 0,
      atMost: 1,
    }),
  ];
}

const lineOf = (text: string | undefined): number => SENTENCES.findIndex((sentence) => text?.endsWith(sentence));

/** The longest time without anything new that began at most this long after a fault. */
const NOTICED_MS = 6_000;

function gapAfter(tags: readonly SeenTag[], faultMs: number): { from: SeenTag; to: SeenTag } {
  let [from, to] = [tags[0]!, tags[0]!];
  for (const [i, tag] of tags.entries()) {
    const before = tags[i - 1];
    if (before === undefined || tag.atMs < faultMs || before.atMs > faultMs + NOTICED_MS) continue;
    if (tag.atMs - before.atMs > to.atMs - from.atMs) [from, to] = [before, tag];
  }
  return { from, to };
}

function freezeAfter(viewer: KeepingViewer, faultMs: number): number {
  const { from, to } = gapAfter(viewer.pictures, faultMs);
  return to.atMs - from.atMs;
}

async function tagsOf(path: string): Promise<TimedTag[]> {
  const tags: TimedTag[] = [];
  await readTags(path, (tag) => tags.push({ kind: kindOf(tag), timeMs: tag.timestampMs }));
  return tags;
}

/** When a server has a picture in a connection after its first `pieces`. */
async function backAt(platform: BenchPlatform, pieces: number, signal: AbortSignal): Promise<number> {
  const fromMs = performance.now();
  for (let looked = pieces; performance.now() - fromMs < BACK_MOST_MS; ) {
    const piece = platform.pieces[looked];
    if (piece !== undefined) {
      const tags = await tagsOf(piece.path);
      if (tags.some(({ kind }) => kind === 'keyframe')) return performance.now();
      if (platform.pieces.length > looked + 1) looked++;
    }
    await delay(LOOK_MS, undefined, { signal });
  }
  return Number.NaN;
}

/** Between two pictures of the connection a server has now. */
async function longestGap({ pieces }: BenchPlatform): Promise<number> {
  return continuity(await tagsOf(pieces.at(-1)!.path), FPS).pictureGapMs;
}
