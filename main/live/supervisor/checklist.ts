/** What is looked at before a show goes on air. */
import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { consentWarning, dayOf } from '../../../app/document/consent.ts';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { DISK_LEAST_MB } from '../../../app/live/alarms.ts';
import { checkOutput, describeProblem, PLATFORM_IDS } from '../../../app/live/platforms.ts';
import { pushTarget } from '../../broadcast/publisher/push-url.ts';
import type { LiveDestination } from './live-show.ts';

export const CHECKS = ['ffmpeg', 'destination', 'reach', 'limits', 'disk', 'consent', 'mark', 'background'] as const;
export type CheckId = (typeof CHECKS)[number];

export interface CheckResult {
  id: CheckId;
  /** Which destination it is about; null: the show. */
  destination: string | null;
  /** warning: it can go on air all the same, when somebody says so. */
  state: 'ok' | 'warning' | 'failed';
  error: StudioError | null;
}

export interface CheckRequest {
  project: Project;
  destinations: readonly LiveDestination[];
  recordingDir: string | null;
}

const REACH_MS = 5_000;
/** Of a recording that is just long enough to be worth it. */
const MINUTES_AHEAD = 60;

/** Everything at once; in the order of {@link CHECKS}. */
export async function checkBeforeAir(
  { project, destinations, recordingDir }: CheckRequest,
  deps: { ffmpeg(signal: AbortSignal): Promise<unknown> },
  signal: AbortSignal,
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  const add = (
    id: CheckId,
    destination: string | null,
    severity: 'warning' | 'failed',
    error: StudioError | null,
  ): void => {
    results.push({ id, destination, state: error === null ? 'ok' : severity, error });
  };
  const [noFfmpeg, space, reached] = await Promise.all([
    deps.ffmpeg(signal).then(
      () => null,
      (error: unknown) => {
        signal.throwIfAborted();
        if (error instanceof StudioError) return error;
        throw error;
      },
    ),
    recordingDir === null ? null : freeMb(recordingDir),
    Promise.all(destinations.map((each) => reach(each, signal))),
  ]);
  add('ffmpeg', null, 'failed', noFfmpeg);
  if (destinations.length === 0 && recordingDir === null)
    add('destination', null, 'failed', new StudioError('live.no-destination'));
  for (const [index, { id }] of destinations.entries()) {
    const { invalid, unreachable } = reached[index]!;
    add('destination', id, 'failed', invalid);
    if (invalid === null) add('reach', id, 'warning', unreachable);
    const limit = limitsOf(project, destinations[index]!);
    for (const each of limit) add('limits', id, 'warning', each);
    if (limit.length === 0) add('limits', id, 'warning', null);
  }
  if (space !== null) {
    const { videoKbps, audioKbps } = project.live.output;
    const mbPerMinute = ((videoKbps + audioKbps) * 60) / 8 / 1000;
    const minutes = Math.floor(Math.max(0, space - DISK_LEAST_MB) / mbPerMinute);
    const params = { megabytes: Math.round(space), minutes };
    add('disk', null, 'warning', minutes < MINUTES_AHEAD ? new StudioError('live.little-disk', params) : null);
  }
  add('consent', null, 'warning', consentWarning(project.avatar, dayOf(new Date())));
  add('mark', null, 'warning', project.stage.aiMark.visible ? null : new StudioError('live.mark-off'));
  const isTransparent = project.stage.background.kind === 'transparent';
  add('background', null, 'failed', isTransparent ? new StudioError('live.transparent') : null);
  return results.sort((a, b) => CHECKS.indexOf(a.id) - CHECKS.indexOf(b.id));
}

/** 720p where the picture's own shape decides: what platforms limit is the same for both directions. */
const USUAL = { widthPx: 1280, heightPx: 720 };

function limitsOf({ stage, live }: Project, { id, url }: LiveDestination): StudioError[] {
  const named = live.destinations.find((each) => each.id === id)?.platform;
  const platform = PLATFORM_IDS.find((each) => each === named) ?? platformOf(url);
  const { videoKbps, audioKbps, keyframeSeconds } = live.output;
  const output = { ...(stage.size ?? USUAL), fps: stage.fps, videoKbps, audioKbps, keyframeSeconds, url };
  return checkOutput(platform, output).map(
    (problem) =>
      new StudioError('live.platform-limit', {
        detail: describeProblem(platform, problem, 'en'),
        detailZh: describeProblem(platform, problem, 'zh-CN'),
      }),
  );
}

const HOSTS: readonly [RegExp, (typeof PLATFORM_IDS)[number]][] = [
  [/(^|\.)youtube\.com$/, 'youtube'],
  [/(^|\.)(twitch\.tv|live-video\.net)$/, 'twitch'],
  [/(^|\.)facebook\.com$/, 'facebook'],
  [/(^|\.)bilivideo\.com$/, 'bilibili'],
  [/(^|\.)yximgs\.com$/, 'kuaishou'],
  [/(^|\.)tiktokcdn[\w-]*\.com$/, 'tiktok'],
];
/** By the server's name, where only an address was given. */
function platformOf(url: string): (typeof PLATFORM_IDS)[number] {
  const host = /^rtmps?:\/\/([^/:]+)/i.exec(url)?.[1]?.toLowerCase() ?? '';
  return HOSTS.find(([pattern]) => pattern.test(host))?.[1] ?? 'custom';
}

async function reach(
  { id, url, key }: LiveDestination,
  signal: AbortSignal,
): Promise<{ invalid: StudioError | null; unreachable: StudioError | null }> {
  let target: { host: string; port: number };
  try {
    target = pushTarget(url, key === '' ? undefined : key);
  } catch (error) {
    if (error instanceof StudioError) return { invalid: error, unreachable: null };
    throw error;
  }
  const detail = await new Promise<string | null>((done) => {
    const socket = connect({ host: target.host, port: target.port });
    const late = setTimeout(() => end(`${target.host}:${target.port}, no answer in ${REACH_MS / 1000} s`), REACH_MS);
    const end = (result: string | null): void => {
      clearTimeout(late);
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      done(result);
    };
    const onAbort = (): void => end('');
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once('connect', () => end(null));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      end(`${target.host}:${target.port}, ${error.code ?? error.message}`),
    );
  });
  signal.throwIfAborted();
  return {
    invalid: null,
    unreachable: detail === null ? null : new StudioError('live.server-unreachable', { id, detail }),
  };
}

/** Of the nearest folder that is there already; null: not known. */
async function freeMb(folder: string): Promise<number | null> {
  for (let path = resolve(folder); ; path = dirname(path)) {
    const space = await statfs(path).catch(() => null);
    if (space !== null) return (space.bavail * space.bsize) / 1024 / 1024;
    if (dirname(path) === path) return null;
  }
}
