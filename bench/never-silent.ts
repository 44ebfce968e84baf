/**
 * `npm run bench -- never-silent`: a show and an export whose voices and answers come from the cloud first, while the cloud fails at random;
 * judged by what a viewer of the hub was sent, what the desk was told, what the log says, and the finished film.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type Project, projectSchema } from '../app/document/project.ts';
import { seeded } from '../app/document/seeded.ts';
import type { LiveDuty } from '../app/live/protocol.ts';
import { providerSettingsSchema } from '../app/providers/settings.ts';
import { createStudio } from '../main/compose.ts';
import { exportProject } from '../main/export/export-project.ts';
import { liveFolder, readTrace } from '../main/live/supervisor/trace-log.ts';
import { writeProviderSettings } from '../main/storage/provider-settings.ts';
import { ACCOUNT_FAULTS, PASSING_FAULTS } from '../test/servers/bailian/faults.ts';
import { type FakeBailian, startBailian } from '../test/servers/bailian/server.ts';
import { type Bench, type BenchRun, numberOption } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { measureFile } from './lips.ts';
import { LiveHost } from './live-host.ts';
import { continuity, cutFlv, quietStretches, soundPeaks } from './live-media.ts';
import { FPS, liveBenchShow } from './live-show.ts';
import { KeepingViewer } from './live-viewer.ts';
import { benchTalk } from './talks.ts';

const SHOW = 'never-silent';
const VOICE = 'cosyvoice:longanyang';
const SETTLE_MS = 5_000;
const SILENCE_MS = 2_000;
const ASK_EVERY_MS = 20_000;
/** From this share of the time on the account fails too, which nothing but a person mends. */
const ACCOUNT_FROM = 0.85;
/** Shorter than as it comes: the cloud is to be met, and to fail, as often as can be. */
const SETTINGS = { policy: { breakMs: 2_000, cannedAnswers: ['这个问题问得好，我先记下来，一会儿回答您。'] } };
/** Asked so late that they may still wait when it is over. */
const MAY_WAIT = 2;

export const neverSilentBench: Bench = {
  name: 'never-silent',
  about:
    'a show and an export, cloud first, with the cloud failing at random: silence, late frames, switches told, lips',
  options: {
    minutes: { value: 'M', about: 'how long the show is watched (10)' },
    rate: { value: 'R', about: 'share of requests that fare badly (0.3)' },
    lines: { value: 'N', about: 'of the export (12)' },
    seed: { value: 'N', about: 'of what goes wrong (20261123)' },
  },
  async run(run) {
    const { options, scratchDir, say } = run;
    const minutes = numberOption('minutes', options.minutes, 10);
    const rate = numberOption('rate', options.rate, 0.3);
    const lines = Math.round(numberOption('lines', options.lines, 12));
    const seed = Math.round(numberOption('seed', options.seed, 20_261_123));
    await using bailian = await startBailian({ firstByteMs: 150, betweenMs: 10, speechRate: 6 });
    const before = { ...process.env };
    // As a person gives them; the show's processes have them from here.
    Object.assign(process.env, {
      DASHSCOPE_API_KEY: bailian.key,
      DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
      DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
    });
    try {
      const dataDir = join(scratchDir, 'cloud');
      await writeProviderSettings(dataDir, providerSettingsSchema.parse(SETTINGS));
      bailian.faults.random(seed, rate, PASSING_FAULTS);
      say(`exporting ${lines} lines`);
      const film = await exportFigures(dataDir, lines, bailian, run);
      return [...film, ...(await showFigures(dataDir, minutes, seed, bailian, run))];
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
      Object.assign(process.env, before);
    }
  },
};

const THINGS = ['苹果', '雨伞', '茶杯', '围巾', '台灯', '书包', '键盘', '相机', '帽子', '水壶', '毛巾', '手表'];
const PRAISE = ['又轻又结实', '颜色特别好看', '用上好几年都不坏', '今天买最划算', '送朋友很合适', '家里一定用得上'];

/** No two are alike, so that none is found in the cache. */
const sentenceOf = (i: number): string => {
  const pick = (from: readonly string[], salt: number): string => from[seeded(salt, i) % from.length]!;
  return `第${i + 1}件是${pick(THINGS, 7)}，${pick(PRAISE, 11)}，原价${20 + (i % 70)}块，现在便宜${1 + (i % 9)}块。`;
};

function cloudShow(minutes: number): Project {
  const count = Math.ceil(minutes * 30);
  const lines = Array.from({ length: count }, (_, i) => ({ id: `line-${i}`, text: sentenceOf(i), pauseAfterMs: 300 }));
  const show = liveBenchShow({ id: SHOW, size: { widthPx: 640, heightPx: 360 }, videoKbps: 900 });
  return projectSchema.parse({
    ...show,
    voice: { ...show.voice, voiceId: VOICE },
    live: { ...show.live, show: { ...show.live.show, segments: [{ kind: 'script', id: 'talk', lines, times: 100 }] } },
  });
}

async function showFigures(
  dataDir: string,
  minutes: number,
  seed: number,
  bailian: FakeBailian,
  run: BenchRun,
): Promise<Figure[]> {
  const { scratchDir, signal, say } = run;
  await using host = await LiveHost.start(dataDir, signal);
  const project = cloudShow(minutes);
  say('going on air');
  await host.go(project);
  await delay(SETTLE_MS, undefined, { signal });
  const seen: LiveDuty[] = [];
  host.onStatus = (_, { duties }) => {
    for (const duty of duties)
      if (!seen.some((each) => each.stage === duty.stage && each.sinceMs === duty.sinceMs)) seen.push(duty);
  };
  const first = host.status(SHOW)!.session!;
  const from = bailian.requests.length;
  const viewer = new KeepingViewer(() => host.flvUrl(SHOW), join(scratchDir, 'show.flv'));
  say(`watching for ${minutes} min`);
  const beganMs = performance.now();
  const endMs = beganMs + minutes * 60_000;
  let asked = 0;
  let owed: (typeof ACCOUNT_FAULTS)[number][] | null = null;
  while (performance.now() < endMs) {
    await delay(Math.min(ASK_EVERY_MS, Math.max(0, endMs - performance.now())), undefined, { signal });
    const share = (performance.now() - beganMs) / (endMs - beganMs);
    if (share > ACCOUNT_FROM && owed === null) {
      owed = [...ACCOUNT_FAULTS];
      for (const fault of owed) bailian.faults.next(seeded(seed, owed.length) % 2 === 0 ? 'tts-task' : 'any', fault);
      say('now the account fails too');
    }
    if (share >= 0.98) break;
    const question = `${THINGS[asked % THINGS.length]}第${asked + 1}次问：怎么用？`;
    const intent = (['queue', 'interrupt'] as const)[asked % 2]!;
    host.command(SHOW, {
      ...{ type: 'ask', id: `ask-${asked}`, question, intent },
      ...{ voiceId: null, resume: 'interrupted', answer: null },
    });
    asked++;
  }
  await delay(Math.max(0, endMs - performance.now()), undefined, { signal });
  const last = host.status(SHOW)!;
  const traces = await host.traces(SHOW);
  await viewer.close();
  await host.stop(SHOW, false);
  const left = await host.end();
  const requests = bailian.requests.slice(from);
  const answered = traces.filter(({ id, toStreamMs }) => id.startsWith('ask-') && toStreamMs !== null);

  say('listening to all that was sent');
  const ffmpegPath = (await run.studio.ffmpeg(signal)).path;
  const cut = await cutFlv(viewer.path, join(scratchDir, 'watched.flv'), 0, Number.POSITIVE_INFINITY);
  const quiet = quietStretches(await soundPeaks(ffmpegPath, cut.path, signal), 100).map(
    ({ fromMs, toMs }) => toMs - fromMs,
  );
  const times = continuity(viewer.tags, FPS);
  const events = (await readTrace(liveFolder(dataDir, SHOW))).flatMap((entry) =>
    entry.type === 'event' ? [entry] : [],
  );
  const logged = events.filter(({ what }) => what === 'duty').map(({ detail }) => detail);
  const skipped = events.filter(
    ({ what, detail }) => what === 'error' && detail.startsWith('session.sentence-skipped'),
  );
  const untold = seen.filter(
    ({ stage, provider, error }) =>
      !logged.some(
        (detail) =>
          detail.startsWith(`${stage} `) && detail.includes(provider) && (!error || detail.includes(error.code)),
      ),
  );
  const bad = requests.filter(({ end, code }) => code !== null || end === 'fault');
  return [
    figure('minutes', times.seconds / 60, 'min', { atLeast: minutes * 0.95 }),
    figure('silencesOver2S', quiet.filter((ms) => ms > SILENCE_MS).length, '', { atMost: 0 }),
    figure('silenceLongest', Math.max(0, ...quiet), 'ms'),
    figure('lateFrames', last.session!.lateFrames - first.lateFrames, '', { atMost: 0 }),
    figure('missingPictures', times.missingPictures, '', { atMost: 0 }),
    figure('sentencesLeftOut', skipped.length, '', { atMost: 0 }),
    figure('sessionRestarts', last.restarts.session, '', { atMost: 0 }),
    figure('linesSpoken', traces.filter(({ source }) => source === 'show').length, ''),
    figure('questionsAsked', asked, ''),
    figure('questionsAnswered', answered.length, '', { atLeast: asked - MAY_WAIT }),
    figure('requestsToTheCloud', requests.length, ''),
    figure('requestsThatFaredBadly', bad.length, ''),
    figure('switchesAtTheDesk', seen.length, '', { atLeast: 2 }),
    figure('switchesInTheLog', logged.length, '', { atLeast: seen.length }),
    figure('switchesMidUtterance', logged.filter((detail) => /in the middle/.test(detail)).length, ''),
    figure('switchesNotInTheLog', untold.length, '', { atMost: 0 }),
    figure('processesLeft', left, '', { atMost: 0 }),
  ];
}

async function exportFigures(dataDir: string, count: number, bailian: FakeBailian, run: BenchRun): Promise<Figure[]> {
  const { scratchDir, signal } = run;
  const sentences = Array.from({ length: count }, (_, i) => sentenceOf(10_000 + i));
  const talk = await benchTalk({ text: sentences.join('\n') });
  const project = { ...talk.project, voice: { ...talk.project.voice, voiceId: VOICE } };
  const [outPath, timelinePath] = [join(scratchDir, 'film.mp4'), join(scratchDir, 'film.json')];
  const from = bailian.requests.length;
  await using studio = createStudio({ dataDir });
  const report = await exportProject({ ...talk, project, outPath, timelinePath, signal }, studio);
  const switched = studio.providers.recentEvents().filter(({ type }) => type === 'switched').length;
  const lips = await measureFile(outPath, timelinePath, 60, run);
  const unspoken = await unspokenIn(timelinePath, sentences);
  return [
    figure('export.duration', report.durationMs / 1000, 's'),
    figure('export.requests', bailian.requests.length - from, ''),
    figure('export.switches', switched, ''),
    figure('export.lettersUnspoken', unspoken, '', { atMost: 0 }),
    ...lips.map((each) => ({ ...each, name: `export.${each.name}` })),
  ];
}

const timelineSchema = z.object({ words: z.array(z.object({ text: z.string() })) });
const lettersOf = (text: string): string[] => text.match(/[\p{L}\p{N}]/gu) ?? [];

/** Letters of the script, in their order, that no word of the film's timeline stands for; one said twice is said. */
async function unspokenIn(timelinePath: string, sentences: readonly string[]): Promise<number> {
  const { words } = timelineSchema.parse(JSON.parse(await readFile(timelinePath, 'utf8')));
  const said = words.flatMap(({ text }) => lettersOf(text));
  let [at, missing] = [0, 0];
  for (const letter of sentences.flatMap(lettersOf)) {
    const found = said.indexOf(letter, at);
    if (found < 0 || found - at > 40) missing++;
    else at = found + 1;
  }
  return missing;
}
