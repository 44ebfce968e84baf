/** Films of digital humans in exports, against the local Bailian: its films are made of what was sent, and show the sound they were made of. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { aiMarkSchema } from '../../app/document/stage.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { CloudRendererId } from '../../app/providers/renderers.ts';
import { type ProviderSettings, providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { createStudio } from '../../main/compose.ts';
import { createProviders } from '../../main/compose-providers.ts';
import { machineClock } from '../../main/engine/policy/clock.ts';
import type { FilmRequest, RenderInput } from '../../main/engine/ports/cloud-renderer.ts';
import { type ExportRequest, exportProject } from '../../main/export/export-project.ts';
import { runCaptured } from '../../main/media/ffmpeg/run.ts';
import { createEspeakProvider } from '../../main/providers/tts/espeak/index.ts';
import { aiMarkSprite } from '../../main/stage/ai-mark.ts';
import { createMemorySecrets } from '../../main/storage/memory-secrets.ts';
import { writeProviderSettings } from '../../main/storage/provider-settings.ts';
import { film, openWorld, smallTalk } from '../../main/studio/exports/queue-world.fixture.ts';
import { CLI } from '../cli/run-cli.ts';
import { wavHeader } from '../servers/bailian/files.ts';
import { MOUTH } from '../servers/bailian/media.ts';
import { startBailian } from '../servers/bailian/server.ts';

const never = new AbortController().signal;
const dataDir = await mkdtemp(join(tmpdir(), 'cloud-renderer-'));
const bailian = await startBailian();
const studio = createStudio({ dataDir });
const embedded = createEspeakProvider();
const { path: ffmpeg } = await studio.ffmpeg(never);
after(async () => {
  await studio[Symbol.asyncDispose]();
  await embedded.dispose();
  await bailian[Symbol.asyncDispose]();
  await rm(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  bailian.faults.clear();
  bailian.requests.length = 0;
  bailian.timing.taskPendingMs = 20;
});

/** Waits a fiftieth of what it is asked to. */
const clock = {
  ...machineClock,
  sleep: (ms: number, signal: AbortSignal) => machineClock.sleep(ms / 50, signal),
};
const set = (
  policy: Partial<ProviderSettings['policy']> = {},
  bailianMore: Partial<ProviderSettings['bailian']> = {},
) =>
  createProviders({
    ...{ dataDir, cacheDir: join(dataDir, 'cache'), environment: {}, clock, seed: 1, embedded },
    secrets: createMemorySecrets({ [SECRETS.bailianKey]: bailian.key }),
    settings: providerSettingsSchema.parse({ bailian: { httpBaseUrl: bailian.httpBaseUrl, ...bailianMore }, policy }),
  });
const submits = () => bailian.requests.filter(({ path }) => path.includes('video-synthesis')).length;
const coded = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

const size = { widthPx: 320, heightPx: 180 };
const FPS = 25;
const talk = (...texts: string[]): Project =>
  newProject({
    ...{ id: 'p', name: 'cloud', portrait: { kind: 'sample', id: 'lin' }, voice: { voiceId: 'espeak:cmn' } },
    script: { lines: texts.map((text, i) => ({ id: `${i}`, text, pauseAfterMs: 700 })) },
    stage: { size },
    output: { preset: 'ultrafast', crf: 10 },
  });

async function make(
  providers: ReturnType<typeof set>,
  project: Project,
  renderer: CloudRendererId,
  more: Partial<ExportRequest> = {},
) {
  const outPath = join(dataDir, `${renderer}.mp4`);
  const assets = { resolve: () => Promise.reject(new Error('no assets here')) };
  return exportProject({ project, assets, outPath, renderer, signal: never, ...more }, { ...studio, providers });
}

/** Every frame's luma, at the stage's size and rate. */
async function frames(path: string): Promise<Uint8Array[]> {
  const { widthPx, heightPx } = size;
  const filters = `scale=${widthPx}:${heightPx},fps=${FPS}`;
  const args = ['-nostdin', '-i', path, '-vf', filters, '-pix_fmt', 'gray', '-f', 'rawvideo', '-'];
  const { stdout } = await runCaptured(ffmpeg, args, { timeoutMs: 60_000, maxBytes: 1 << 28 });
  const bytes = widthPx * heightPx;
  return Array.from({ length: stdout.length / bytes }, (_, i) => stdout.subarray(i * bytes, (i + 1) * bytes));
}

/** How loud it is in each frame's time. */
async function loudness(path: string): Promise<number[]> {
  const { stdout } = await runCaptured(
    ffmpeg,
    ['-nostdin', '-i', path, '-map', '0:a:0', '-ac', '1', '-ar', '16000', '-f', 's16le', '-'],
    { timeoutMs: 60_000, maxBytes: 1 << 28 },
  );
  const pcm = new Int16Array(new Uint8Array(stdout).buffer);
  const step = 16_000 / FPS;
  return Array.from({ length: Math.floor(pcm.length / step) }, (_, i) =>
    pcm.subarray(i * step, (i + 1) * step).reduce((sum, sample) => sum + Math.abs(sample), 0),
  );
}

function meanIn(frame: Uint8Array, rect: { x: number; y: number; width: number; height: number }): number {
  let sum = 0;
  for (let y = rect.y; y < rect.y + rect.height; y++)
    for (let x = rect.x; x < rect.x + rect.width; x++) sum += frame[y * size.widthPx + x]!;
  return sum / (rect.width * rect.height);
}
const mouth = {
  x: Math.round(MOUTH.x * size.widthPx) + 2,
  y: Math.round(MOUTH.y * size.heightPx) + 2,
  width: Math.round(MOUTH.width * size.widthPx) - 4,
  height: Math.round(MOUTH.height * size.heightPx) - 4,
};
const mark = aiMarkSprite(aiMarkSchema.parse({}), size, null)!;

function correlation(a: readonly number[], b: readonly number[]): number {
  const n = Math.min(a.length, b.length);
  const mean = (row: readonly number[]) => row.slice(0, n).reduce((sum, each) => sum + each, 0) / n;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** The vendor's picture with the sound it was made of, all of its length, under our mark. */
async function isTheVendors(path: string, film: string | null, frameCount: number): Promise<void> {
  const shown = await frames(path);
  assert.ok(Math.abs(shown.length - frameCount) <= 1, `${shown.length} frames of ${frameCount}`);
  const alike = correlation(
    shown.map((frame) => meanIn(frame, mouth)),
    await loudness(path),
  );
  assert.ok(alike > 0.8, `the picture follows the sound: ${alike.toFixed(2)}`);
  if (film === null) return;
  const made = await frames(film);
  const middle = Math.floor(Math.min(made.length, shown.length) / 2);
  const differs = (rect: typeof mouth) => Math.abs(meanIn(shown[middle]!, rect) - meanIn(made[middle]!, rect));
  assert.ok(differs(mark) > 2, 'the mark is ours');
  assert.ok(differs({ x: 100, y: 60, width: 120, height: 80 }) < 3, 'the person is theirs');
}

const films = () => readdir(join(dataDir, 'cache', 'films')).then((all) => all.filter((name) => name.endsWith('.mp4')));

test('an export through each renderer shows the vendor’s picture to our sound under our mark; made again it is not asked for again', async () => {
  await using providers = set();
  const spent = () => providers.spentTodayYuan();
  for (const renderer of ['liveportrait', 's2v', 'videoretalk'] as const) {
    const before = new Set(await films().catch(() => []));
    const report = await make(providers, talk('你好，大家好。'), renderer);
    assert.deepEqual([report.renderer, report.warnings], [renderer, []]);
    const made = (await films()).filter((name) => !before.has(name));
    assert.equal(made.length, 1);
    await isTheVendors(report.out, join(dataDir, 'cache', 'films', made[0]!), report.frames);
    const perSecond = { liveportrait: 0.02, s2v: 0.9, videoretalk: 0.08 }[renderer];
    const seconds = Math.max(renderer === 'videoretalk' ? 2 : 0, report.durationMs / 1000);
    assert.ok(Math.abs(spent()[renderer]! - perSecond * seconds) < 0.06, `${spent()[renderer]} yuan`);
  }
  assert.equal(submits(), 3);
  const subtitled = { ...talk('你好，大家好。') };
  subtitled.stage = { ...subtitled.stage, subtitles: { ...subtitled.stage.subtitles, mode: 'burn' } };
  const again = await make(providers, subtitled, 'liveportrait');
  assert.equal(again.renderer, 'liveportrait');
  assert.equal(submits(), 3, 'only the subtitles are new');
});

test('what is longer than the vendor takes is parted in a pause and joined again', async () => {
  await using providers = set();
  const line = '今天我们来介绍一下这个产品，它有很多优点，也有一些需要注意的地方，请大家认真听完。';
  const report = await make(providers, talk(line, line), 's2v');
  assert.ok(report.durationMs > 19_500 && report.durationMs < 35_000, `${report.durationMs}`);
  assert.equal(submits(), 2);
  await isTheVendors(report.out, null, report.frames);
});

test('killed while the film is being made, the same command takes it up: one submission, one film', async () => {
  bailian.timing.taskPendingMs = 4000;
  const out = join(dataDir, 'killed.mp4');
  const args = ['export', '--portrait', 'sample:lin', '--text', 'Killed once.', '--voice', 'espeak:cmn'];
  const run = () =>
    spawn(process.execPath, [CLI, ...args, '--size', '320x180', '--renderer', 'liveportrait', '--json', '--out', out], {
      env: {
        ...process.env,
        ...{ SHENGHUA_DATA: dataDir, DASHSCOPE_API_KEY: bailian.key, DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl },
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  const first = run();
  const looks = () => bailian.requests.filter(({ path }) => /\/tasks\/[\w-]+$/.test(path)).length;
  while (looks() === 0) {
    assert.equal(first.exitCode, null, 'it ended by itself');
    await machineClock.sleep(50, never);
  }
  first.kill('SIGKILL');
  await once(first, 'close');
  await assert.rejects(stat(out));
  const second = run();
  let told = '';
  second.stdout.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  assert.deepEqual(await once(second, 'close'), [0, null]);
  assert.equal((JSON.parse(told) as { renderer: string }).renderer, 'liveportrait');
  assert.equal(submits(), 1);
});

test('when the vendor fails the embedded renderer stands in and it is told; cloud only stops, and leaves nothing', async () => {
  const refused = { kind: 'error-event', code: 'InvalidFile.Resolution', message: 'no', afterChunks: 0 } as const;
  const project = talk('没有成功。');
  await using first = set();
  bailian.faults.always('tasks', { kind: 'error', status: 400, code: 'Arrearage', message: 'overdue' });
  const report = await make(first, project, 'liveportrait');
  assert.equal(report.renderer, 'embedded');
  assert.deepEqual(
    report.warnings.map(({ code }) => code),
    ['cloud.billing', 'cloud.renderer-replaced'],
  );
  assert.deepEqual(
    first.recentEvents().flatMap((event) => (event.type === 'switched' ? [[event.stage, event.from, event.to]] : [])),
    [['film', 'liveportrait', 'embedded']],
  );
  assert.deepEqual(first.spentTodayYuan().liveportrait ?? 0, set().spentTodayYuan().liveportrait ?? 0);
  bailian.faults.clear();
  await using only = set({ mode: 'cloud-only' });
  bailian.faults.next('tasks', refused);
  const outPath = join(dataDir, 'nothing.mp4');
  await assert.rejects(make(only, project, 'videoretalk', { outPath }), coded('cloud.task-failed'));
  await assert.rejects(stat(outPath));
  await using offline = set({ mode: 'offline' });
  bailian.requests.length = 0;
  await assert.rejects(make(offline, project, 's2v'), coded('cloud.offline'));
  await using elsewhere = set({}, { region: 'singapore', httpBaseUrl: null });
  await assert.rejects(make(elsewhere, project, 's2v'), coded('cloud.region-unsupported'));
  assert.equal(bailian.requests.length, 0);
});

test('the queue offers what there is a key for, cancels what was not begun, and makes here what the cloud could not', async () => {
  const folder = join(dataDir, 'queue');
  await mkdir(folder);
  const settings = { bailian: { httpBaseUrl: bailian.httpBaseUrl }, policy: { mode: 'cloud-only' } };
  await writeProviderSettings(folder, providerSettingsSchema.parse(settings));
  await using world = await openWorld(folder);
  const offered = async () => (await world.queue.service.renderers({}, never)).map(({ id, lacks }) => [id, lacks]);
  const all = ['videoretalk', 'liveportrait', 's2v'];
  assert.deepEqual(
    await offered(),
    all.map((id) => [id, 'key']),
  );
  await world.studio.providers.secrets.set(SECRETS.bailianKey, bailian.key);
  assert.deepEqual(
    await offered(),
    all.map((id) => [id, null]),
  );
  bailian.timing.taskPendingMs = 60_000;
  const target = film({ renderer: 'liveportrait' });
  const [unwanted] = await world.enqueue(smallTalk({ voice: { voiceId: 'espeak:cmn' } }), target);
  const waits = ({ status }: Awaited<ReturnType<typeof world.ended>>) =>
    status.state !== 'queued' && (status.state !== 'running' || status.step === 'film');
  const begun = (await world.until(unwanted!.id, waits)).status;
  assert.equal(begun.state, 'running', JSON.stringify(begun));
  while (submits() === 0) await machineClock.sleep(20, never);
  await machineClock.sleep(100, never);
  await world.queue.service.cancel({ id: unwanted!.id }, never);
  assert.equal(bailian.requests.filter(({ path, status }) => path.endsWith('/cancel') && status === 200).length, 1);

  bailian.faults.always('tasks', { kind: 'error', status: 400, code: 'Arrearage', message: 'overdue' });
  const [job] = await world.enqueue(smallTalk({ voice: { voiceId: 'espeak:cmn' } }), target);
  const { status } = await world.ended(job!.id);
  assert.ok(status.state === 'failed' && status.error.code === 'cloud.billing', JSON.stringify(status));
  await world.queue.service.retryEmbedded({ id: job!.id }, never);
  const made = await world.ended(job!.id);
  assert.deepEqual([made.status.state, made.target.renderer], ['done', undefined]);
});

test('each end of a task has its own error; money is spent for films alone', async () => {
  const clip = join(dataDir, 'clip.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=640x640:rate=25:duration=2.2'];
  const encoded = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-y', clip];
  await runCaptured(ffmpeg, [...source, ...encoded], { timeoutMs: 60_000 });
  const bytes = await readFile(clip);
  const pcm = Buffer.alloc(48_000 * 2 * 2.1, 40);
  const input: RenderInput = {
    parameters: {},
    person: { kind: 'film', bytes, widthPx: 640, heightPx: 640, fps: 25, durationMs: 2200 },
    sound: { bytes: Buffer.concat([wavHeader(pcm.length, 48_000), pcm]), durationMs: 2100 },
  };
  let number = 0;
  const ask = async (
    providers: ReturnType<typeof set>,
    more: Partial<FilmRequest> = {},
    signal = never,
  ): Promise<string> => {
    const key = String(number++).padStart(64, '0');
    const renderer = await providers.films.renderer('videoretalk');
    const request = { renderer, key, seconds: 2.1, input: async () => input, onState: () => {}, unwanted: () => true };
    return providers.films.film({ ...request, ...more }, signal);
  };
  await using providers = set();
  const spent = () => providers.spentTodayYuan().videoretalk ?? 0;
  const before = spent();
  const fails = async (expected: string, fault: { code: string; message: string }) => {
    bailian.faults.next('tasks', { kind: 'error-event', ...fault, afterChunks: 0 });
    await assert.rejects(ask(providers), coded(expected), expected);
  };
  await fails('cloud.task-failed', { code: 'InternalError.Algo', message: 'inference failed' });
  await fails('cloud.unsafe-text', { code: 'DataInspectionFailed', message: 'Input data may contain …' });
  bailian.faults.next('tasks', { kind: 'error', status: 430, code: 'Audio.DecoderError', message: 'no' });
  await assert.rejects(ask(providers), coded('cloud.audio-rejected'));
  assert.ok(Math.abs(spent() - before) < 1e-9, 'nothing was made');

  // Refused where it costs nothing: nobody was asked.
  bailian.requests.length = 0;
  const small = { ...input, person: { ...input.person, widthPx: 320 } };
  await assert.rejects(ask(providers, { input: async () => small }), coded('cloud.input-unfit'));
  const short = { ...input, sound: { ...input.sound, durationMs: 900 } };
  await assert.rejects(ask(providers, { input: async () => short }), coded('cloud.input-unfit'));
  await using poor = set({ dailyBudgetYuan: before + 0.1 });
  await assert.rejects(ask(poor), coded('cloud.budget-spent'));
  assert.equal(bailian.requests.length, 0);

  // A busy account and a question without an answer are waited out; a lost answer to the request itself is not asked for twice.
  bailian.faults.next('tasks', { kind: 'error', status: 429, code: 'Throttling.RateQuota', message: 'later' });
  let looked = false;
  const onState = (state: string) => {
    if (state === 'waiting' && !looked) bailian.faults.next('tasks', { kind: 'cut', afterBytes: 0 }, 2);
    looked = true;
  };
  assert.ok((await stat(await ask(providers, { onState }))).size > 1000);
  const paid = spent();
  assert.ok(Math.abs(paid - before - 0.08 * 2.1) < 0.01, `${paid - before}`);
  bailian.requests.length = 0;
  bailian.faults.next('tasks', { kind: 'cut', afterBytes: 0 });
  await assert.rejects(
    ask(providers),
    (error) => error instanceof StudioError && /cut-off|unreachable/.test(error.code),
  );
  assert.equal(submits(), 1);

  // Cancelled: by who no longer wants it, and by somebody at the vendor.
  bailian.timing.taskPendingMs = 5000;
  const stop = new AbortController();
  const waiting = (then: () => void) => (state: string) => {
    if (state === 'waiting') then();
  };
  await assert.rejects(
    ask(providers, { onState: waiting(() => stop.abort(new Error('enough'))) }, stop.signal),
    /enough/,
  );
  const cancelAll = async (): Promise<void> => {
    const headers = { authorization: `Bearer ${bailian.key}` };
    const list = (await (await fetch(`${bailian.httpBaseUrl}/tasks?status=PENDING`, { headers })).json()) as {
      data: { task_id: string }[];
    };
    for (const { task_id } of list.data)
      await fetch(`${bailian.httpBaseUrl}/tasks/${task_id}/cancel`, { headers, method: 'POST', body: '{}' });
  };
  const cancelled = ask(providers, { onState: waiting(() => void cancelAll()) });
  await assert.rejects(cancelled, coded('cloud.task-cancelled'));
  assert.ok(Math.abs(spent() - paid) < 1e-9, 'what was not begun costs nothing');
  bailian.timing.taskPendingMs = 20;

  // The link dies before the film is here; the task itself is forgotten.
  const late = (state: string) => {
    if (state === 'fetching') bailian.advance(25 * 3600_000);
  };
  await assert.rejects(ask(providers, { onState: late }), coded('cloud.task-lost'));
  const forgotten = ask(providers, { onState: waiting(() => bailian.advance(25 * 3600_000)) });
  await assert.rejects(forgotten, coded('cloud.task-lost'));
});
