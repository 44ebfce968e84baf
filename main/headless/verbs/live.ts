/** A show on air from the command line: checked, supervised, reported on, ended in order. */
import { resolve } from 'node:path';
import type { Project } from '../../../app/document/project.ts';
import { projectAssets } from '../../../app/document/project-assets.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { LiveDuty, LiveStatus } from '../../../app/live/protocol.ts';
import { dutyWords } from '../../../app/policy/status.ts';
import { createStudio } from '../../compose.ts';
import { checkBeforeAir } from '../../live/supervisor/checklist.ts';
import { type HealthServer, startHealthServer } from '../../live/supervisor/health-server.ts';
import type { LiveDestination, LiveShow } from '../../live/supervisor/live-show.ts';
import { createLiveSupervisor } from '../../live/supervisor/live-supervisor.ts';
import { destinationsWithKeys, type KeyOf, resumableShows } from '../../live/supervisor/resume.ts';
import type { AssetSource } from '../../storage/assets.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import { createSecretFile } from '../../storage/secret-file.ts';
import type { Verb, VerbContext, VerbResult } from '../cli.ts';
import { badValue, Interrupted, ManyFaults, usage } from '../faults.ts';
import { openGivenProject } from '../given-project.ts';
import { destinationsFromOptions, keyFromEnvironment, webhookOption } from '../live-options.ts';
import { createLiveProgress } from '../live-progress.ts';
import { durationOption, wholeOption } from '../option-values.ts';
import { projectFromOptions } from '../project-from-options.ts';
import { answerWhy } from './live-why.ts';

/** The rest of a sentence, the closing, and all that is on its way. */
const ORDERLY_END_MS = 11 * 60_000;

interface Asked {
  project: Project;
  destinations: LiveDestination[];
  recordingDir: string | null;
  forMs: number | null;
}

export const liveVerb: Verb = async (context) => {
  const { console, signal, options, studio: where } = context;
  const given = (name: string): string | undefined => {
    const value = options[name];
    return typeof value === 'string' ? value : undefined;
  };
  const read = <T>(name: string, parse: (option: string, value: string) => T, flag = `--${name}`): T | null => {
    const value = given(name);
    return value === undefined ? null : parse(flag, value);
  };
  const why = read('why', (option, value) => wholeOption(option, value, 0, Number.MAX_SAFE_INTEGER));
  const wishes = {
    forMs: read('for', durationOption),
    kbps: read('kbps', (option, value) => wholeOption(option, value, 300, 20_000)),
    healthPort: read('healthPort', (option, value) => wholeOption(option, value, 0, 65_535), '--health-port'),
    webhook: webhookOption(given('webhook') ?? (process.env.SHENGHUA_WEBHOOK || undefined)),
  };
  const subtitles = given('subtitles');
  if (subtitles === 'srt' || subtitles === 'vtt')
    throw badValue('--subtitles', subtitles, { en: 'burn or none, in a stream', zh: ' burn 或 none（直播中）' });
  const destinations = await destinationsFromOptions({ to: context.lists.to, toFile: given('toFile') }, signal);

  await using studio = createStudio(where);
  const storage = await openStorage({ dataDir: studio.paths.dataDir, signal });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => storage.close());
  if (why !== null) return await answerWhy(context, storage, why);
  for (const notice of storage.notices) console.warn(notice);

  const resume = options.resume === true;
  const isAlone = resume && given('project') === undefined && given('portrait') === undefined;
  const asked = isAlone
    ? await lastShow(storage, destinations)
    : await newShow(context, { studio, storage, opened, destinations, ...wishes, record: given('record') });
  if (asked === null) {
    console.note(console.words({ en: 'No show was on air that could go on.', zh: '没有可以继续的直播。' }));
    return { json: { resumed: false } };
  }
  await checkOrSay(context, asked, (stop) => studio.ffmpeg(stop));

  await using supervisor = createLiveSupervisor({
    ...{ dataDir: studio.paths.dataDir, ffmpegPath: where.ffmpegPath, liveShows: storage.liveShows, host: 'command' },
    ...{ ffmpeg: studio.ffmpeg, providers: studio.providers.forChild },
  });
  let health: HealthServer | null = null;
  if (wishes.healthPort !== null) {
    health = await startHealthServer(wishes.healthPort, () => supervisor.shows().map((show) => show.health()));
    opened.defer(() => health?.close());
    const base = `http://127.0.0.1:${health.port}`;
    console.note(
      console.words({ en: `Health: ${base}/health, ${base}/metrics`, zh: `健康检查：${base}/health，${base}/metrics` }),
    );
  }
  const show = await supervisor.goLive({ ...asked, resume, webhook: wishes.webhook }, signal);
  context.mayTakeMs(ORDERLY_END_MS);
  return await follow(context, show, asked);
};

/** What a show is made of, brought to where its process and the next one find it. */
async function newShow(
  context: VerbContext,
  made: {
    studio: ReturnType<typeof createStudio>;
    storage: Storage;
    opened: AsyncDisposableStack;
    destinations: LiveDestination[];
    forMs: number | null;
    kbps: number | null;
    record: string | undefined;
  },
): Promise<Asked> {
  const { signal } = context;
  const { studio, storage, opened, forMs, kbps, record } = made;
  const listVoices = async () => (await Promise.all(studio.voices.map((provider) => provider.voices(signal)))).flat();
  const openProject = async (path: string) => opened.use(await openGivenProject(path, studio.paths.tempDir, signal));
  const { project: read, assets } = await projectFromOptions(context, listVoices, openProject);
  const { preset } = context.options;
  const output = {
    ...read.live.output,
    ...(kbps !== null && { videoKbps: kbps }),
    ...(typeof preset === 'string' && { preset: read.output.preset }),
  };
  const project = { ...read, live: { ...read.live, output } };
  await keepAssets(project, assets, storage, signal);
  const destinations = made.destinations.length > 0 ? made.destinations : await ofProject(project, storage.dataDir);
  return { project, destinations, recordingDir: record === undefined ? null : resolve(record), forMs };
}

/** Files named on the command line or lying beside a project: the session, and the one after a reboot, look for them in the store. */
async function keepAssets(
  project: Project,
  source: AssetSource,
  { assets }: Storage,
  signal: AbortSignal,
): Promise<void> {
  for (const ref of projectAssets(project)) {
    const path = await source.resolve(ref, { signal, verify: true });
    await assets.put(path, { signal, mediaType: ref.mediaType, fileName: ref.fileName });
  }
}

/** Those that the project names and that are switched on. */
async function ofProject({ live }: Project, dataDir: string): Promise<LiveDestination[]> {
  const wanted = live.destinations.filter(({ enabled, server }) => enabled && server !== '');
  return await destinationsWithKeys(
    { destinations: wanted.map(({ id, server }) => ({ id, url: server })) },
    keyIn(dataDir),
  );
}

/** The environment goes before what the studio keeps on this data folder. */
const keyIn =
  (dataDir: string): KeyOf =>
  async (id, number) =>
    keyFromEnvironment(number) ?? (await createSecretFile(dataDir).get(`stream-key:${id}`));

/** The show that was on air when its process ended. Addresses given now go before those it had. */
async function lastShow({ liveShows, dataDir }: Storage, given: LiveDestination[]): Promise<Asked | null> {
  const [found] = resumableShows(liveShows, { host: 'command', withinMs: Number.POSITIVE_INFINITY });
  if (found === undefined) return null;
  const { record, forMs } = found;
  const destinations = given.length > 0 ? given : await destinationsWithKeys(record, keyIn(dataDir));
  return { project: record.project, destinations, recordingDir: record.recordingDir, forMs };
}

/** @throws ManyFaults what failed; StudioError live.warnings-stand without --force */
async function checkOrSay(
  { console, signal, options }: VerbContext,
  asked: Asked,
  ffmpeg: (signal: AbortSignal) => Promise<unknown>,
): Promise<void> {
  const results = await checkBeforeAir(asked, { ffmpeg }, signal);
  const errorsOf = (state: 'warning' | 'failed'): StudioError[] =>
    results.flatMap((each) => (each.state === state && each.error !== null ? [each.error] : []));
  const failed = errorsOf('failed');
  const warnings = errorsOf('warning');
  for (const warning of warnings) console.warn(warning);
  if (failed.some(({ code }) => code === 'live.no-destination')) throw usage('live.no-destination');
  if (failed.length > 0) throw new ManyFaults([...failed, new StudioError('live.not-ready', { count: failed.length })]);
  if (warnings.length > 0 && options.force !== true)
    throw new StudioError('live.warnings-stand', { count: warnings.length });
}

/** “Speaking with espeak since 14:02: rate limit”, once for each change; that the first choice is on duty is told only when it is back. */
function dutyNotes({ locale }: VerbContext['console'], say: (line: string) => void): (status: LiveStatus) => void {
  const told = new Map<string, LiveDuty>();
  return ({ duties }) => {
    for (const duty of duties) {
      const before = told.get(duty.stage);
      told.set(duty.stage, duty);
      const isNew = before === undefined ? duty.error !== null : before.sinceMs !== duty.sinceMs;
      if (isNew) say(dutyWords(duty, duty.provider, locale));
    }
  };
}

async function follow({ console, signal }: VerbContext, show: LiveShow, asked: Asked): Promise<VerbResult> {
  const progress = createLiveProgress({ stream: process.stderr, console });
  const stop = (): void => {
    const bySystem = signal.reason instanceof Interrupted && signal.reason.bySystem;
    void show.stop({ graceful: !bySystem, comeBack: bySystem });
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const stopAlarms = show.onAlarm(({ type, alarm }) => {
    if (type === 'raised')
      progress.say(`⚠ ${console.tell(new StudioError(alarm.error.code, alarm.error.params)).message}`);
  });
  const tellDuties = dutyNotes(console, progress.say);
  let last: LiveStatus = show.status();
  let onAirSaid = false;
  let worstAvOffsetMs = 0;
  for await (const status of show.watch()) {
    if (status.session !== null) last = status;
    worstAvOffsetMs = Math.max(worstAvOffsetMs, Math.abs(status.session?.worstAvOffsetMs ?? 0));
    progress.update(status);
    tellDuties(status);
    if (status.state === 'on-air' && !onAirSaid) {
      onAirSaid = true;
      progress.say(console.words({ en: 'On air. Ctrl-C ends the show in order.', zh: '已开播。按 Ctrl-C 有序结束。' }));
    }
  }
  const failure = await show.ended;
  stopAlarms();
  signal.removeEventListener('abort', stop);
  progress.end();
  const { session } = last;
  const report = {
    projectId: show.projectId,
    wasOnAir: onAirSaid,
    streamMs: Math.round(session?.streamMs ?? 0),
    uptimeMs: show.status().uptimeMs,
    frames: session?.frames ?? 0,
    lateFrames: session?.lateFrames ?? 0,
    worstAvOffsetMs,
    restarts: last.restarts,
    encoderRestarts: session?.encoderRestarts ?? 0,
    destinations: last.destinations.map(({ id, state, reconnects, droppedFrames, sentBytes, lastError }) => ({
      ...{ id, state, reconnects, droppedFrames, sentBytes, lastError: lastError?.code ?? null },
    })),
    recording: asked.recordingDir,
    lastError: show.status().lastError?.code ?? null,
  };
  if (failure === null)
    console.print(
      console.words({
        en: `Off air after ${Math.round(report.uptimeMs / 1000)} s: ${report.frames} frames, ${report.lateFrames} late.`,
        zh: `已下播，共 ${Math.round(report.uptimeMs / 1000)} 秒：${report.frames} 帧，其中迟到 ${report.lateFrames} 帧。`,
      }),
    );
  return { json: report, failure: failure ?? undefined };
}
