import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { exportJobSchema } from '../../../app/contract/exports.ts';
import { workDetailsSchema } from '../../../app/contract/library.ts';
import { documentFor } from '../../../app/document/export-presets.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { ffmpegsIn } from '../../../test/cli/run-cli.ts';
import { runCaptured } from '../../media/ffmpeg/run.ts';
import { openStorage } from '../../storage/open.ts';
import { toWireError } from '../wire-error.ts';
import { film, type Job, never, openWorld, type QueueWorld, smallTalk, sound } from './queue-world.fixture.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-queue-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;
const works = (): Promise<string[]> => readdir(join(dataDir, 'library')).catch((): string[] => []);
const folder = (id: string): string => join(dataDir, 'library', id);
const state = ({ status }: Job): string => (status.state === 'failed' ? status.error.code : status.state);

/** What ffmpeg says of a file that it decodes whole. */
async function decoded({ studio }: QueueWorld, path: string): Promise<string> {
  const { path: ffmpeg } = await studio.ffmpeg(never);
  const { exitCode, stderr } = await runCaptured(ffmpeg, ['-i', path, '-f', 'null', '-'], { timeoutMs: 60_000 });
  assert.equal(exitCode, 0, stderr);
  return stderr;
}

test('several formats at once: each a whole file with its record, one after the other, the project untouched', async () => {
  await using world = await openWorld(dataDir);
  const consent = {
    person: '王小明',
    relation: 'self' as const,
    scope: '课程',
    grantedOn: '2020-01-01',
    expiresOn: '2021-01-01',
  };
  const picture = await readFile(new URL('../../../resources/avatars/lin/portrait.png', import.meta.url));
  const asset = await world.storage.assets.put(picture, { mediaType: 'image/png', fileName: 'lin.png' });
  const { landmarks } = JSON.parse(
    await readFile(new URL('../../../resources/avatars/lin/avatar.json', import.meta.url), 'utf8'),
  ) as { landmarks: NonNullable<ReturnType<typeof smallTalk>['avatar']['landmarks']> };
  const project = smallTalk({
    portrait: { kind: 'asset', asset },
    avatar: { consent, landmarks },
    stage: { subtitles: { mode: 'srt' } },
  });
  const before = structuredClone(project);
  const small = { widthPx: 64, heightPx: 96 };
  const jobs = await world.enqueue(
    project,
    film({ preset: 'landscape' }),
    film({ preset: 'portrait', size: small }),
    film({ preset: 'transparent', format: 'webm' }),
    film({ preset: 'gif', format: 'gif' }),
    sound({ preset: 'sound' }),
  );
  assert.deepEqual(
    jobs.map(({ fileName }) => fileName),
    [
      '声画-talk-1080p.mp4',
      '声画-talk-9x16.mp4',
      '声画-talk-alpha.webm',
      '声画-talk-preview.gif',
      '声画-talk-sound.wav',
    ],
  );
  const stop = new AbortController();
  const highest = new Map<string, number>();
  for await (const seen of await world.queue.service.watch({}, stop.signal)) {
    for (const job of seen) {
      exportJobSchema.parse(job);
      if (job.status.state !== 'running') continue;
      assert.ok(job.status.progress >= (highest.get(job.id) ?? 0), 'progress never falls');
      highest.set(job.id, job.status.progress);
    }
    assert.ok(seen.filter(({ status }) => status.state === 'running').length <= 1, 'one at a time');
    if (seen.every(({ status }) => status.state !== 'queued' && status.state !== 'running')) break;
  }
  assert.deepEqual(
    (await world.queue.service.list({}, never)).map(state),
    jobs.map(() => 'done'),
  );
  assert.deepEqual(project, before);

  const list = await world.library.service.list({}, never);
  assert.deepEqual(list.map(({ id }) => id).sort(), jobs.map(({ id }) => id).sort());
  for (const work of list) {
    const details = workDetailsSchema.parse(await world.library.service.details({ id: work.id }, never));
    const isFilm = work.format !== 'wav';
    assert.deepEqual(details.consent, isFilm ? project.avatar.consent : null);
    assert.equal(details.consentState, isFilm ? 'expired' : 'not-needed');
    assert.equal(work.missing, false);
    for (const file of work.files) {
      const [, , , id = '', name = ''] = file.path.split('/').map(decodeURIComponent);
      const content = await world.library.media([id, name], { query: new URLSearchParams(), signal: never });
      assert.ok(content?.body.kind === 'file');
      assert.equal((await readFile(content.body.path)).length, file.bytes);
    }
    const main = join(folder(work.id), work.files[0]?.fileName ?? '');
    assert.equal(
      details.sha256,
      createHash('sha256')
        .update(await readFile(main))
        .digest('hex'),
    );
    const told = await decoded(world, main);
    if (work.format !== 'wav') assert.match(told, new RegExp(`${work.widthPx}x${work.heightPx}`));
    if (work.format === 'mp4' || work.format === 'webm') assert.match(told, new RegExp(details.produceId));
    const record = JSON.parse(await readFile(join(folder(work.id), 'work.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(record.produceId, details.produceId);
    assert.deepEqual(record.consent, details.consent);
    assert.equal(record.projectRevision, 7);
    if (work.format === 'wav') assert.equal(work.thumbnail, null);
    else {
      const { width, height, hasAlpha } = await sharp(
        join(folder(work.id), work.thumbnail?.split('/').at(-1) ?? ''),
      ).metadata();
      assert.deepEqual([width, height], [work.widthPx, work.heightPx]);
      assert.equal(hasAlpha, work.preset === 'transparent');
    }
    const kinds = work.files.map(({ kind }) => kind);
    assert.deepEqual(kinds.slice(1), ['subtitles', 'timeline']);
  }
  const alpha = list.find(({ preset }) => preset === 'transparent');
  const { data, info } = await sharp(join(folder(alpha?.id ?? ''), 'poster.png'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  assert.equal(data[info.channels - 1], 0, 'the still keeps what is transparent');
});

test('a job killed with its process starts over at the next start, says so, and leaves one whole film', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('killed.fixture.ts', import.meta.url)), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const [id] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  child.kill('SIGKILL');
  await closed;
  assert.ok((await readdir(folder(id))).length > 0, 'it was in the middle');

  await using world = await openWorld(dataDir);
  const job = await world.ended(id);
  assert.equal(state(job), 'done');
  assert.equal(job.restarts, 1);
  assert.deepEqual((await readdir(folder(id))).sort(), [
    'poster.jpg',
    'work.json',
    '声画-talk.mp4',
    '声画-talk.timeline.json',
  ]);
  assert.match(await decoded(world, join(folder(id), '声画-talk.mp4')), /640x360/);
  assert.equal((await world.library.service.list({}, never)).length, 1);
});

test('a job that its process never survives is given up, so that the studio does; tried again, it may be done', async () => {
  const dying = await openStorage({ dataDir });
  dying.exportJobs.add([
    {
      ...{ id: 'heavy', projectId: 'p', projectName: 'p', projectRevision: 1, name: 'p', fileName: 'p.wav' },
      ...{ target: sound(), document: documentFor(smallTalk(), sound()), copyTo: null },
    },
  ]);
  const error = toWireError(new Error('never shown'));
  for (let restarts = 0; restarts < 4; restarts++) {
    dying.exportJobs.startNext();
    dying.exportJobs.restartRunning(4, error);
  }
  // The fifth process dies too.
  assert.equal(dying.exportJobs.startNext()?.restarts, 4);
  dying.close();

  await using world = await openWorld(dataDir);
  assert.equal(state(await world.ended('heavy')), 'exports.studio-kept-ending');
  await world.queue.service.retry({ id: 'heavy' }, never);
  assert.equal(state(await world.ended('heavy')), 'done');
});

test('a cancelled job leaves no file and no encoder, whether it ran or waited; retried, it is done', async () => {
  await using world = await openWorld(dataDir);
  const large = { widthPx: 640, heightPx: 360 };
  const talk = smallTalk({ script: { lines: [{ id: '1', text: 'Hello, this is a talk.' }] } });
  const [first, second] = await world.enqueue(talk, film({ size: large, output: { preset: 'medium' } }), sound());
  assert.ok(first !== undefined && second !== undefined);
  await world.until(first.id, ({ status }) => status.state === 'running' && status.step === 'render');
  assert.throws(() => world.queue.service.retry({ id: first.id }, never), codeOf('exports.job-under-way'));
  assert.throws(() => world.queue.service.remove({ id: first.id }, never), codeOf('exports.job-under-way'));
  assert.equal(state(await world.queue.service.cancel({ id: second.id }, never)), 'cancelled');
  assert.notDeepEqual(await ffmpegsIn(folder(first.id)), []);
  assert.equal(state(await world.queue.service.cancel({ id: first.id }, never)), 'cancelled');
  assert.deepEqual(await ffmpegsIn(folder(first.id)), []);
  assert.deepEqual(await works(), []);
  assert.equal(state(await world.queue.service.cancel({ id: first.id }, never)), 'cancelled', 'twice is once');

  await world.queue.service.retry({ id: first.id }, never);
  assert.equal(state(await world.ended(first.id)), 'done');
  assert.throws(() => world.queue.service.retry({ id: first.id }, never), codeOf('exports.job-done'));
  await world.queue.service.clearEnded({}, never);
  assert.deepEqual(await world.queue.service.list({}, never), []);
  assert.equal((await world.library.service.list({}, never)).length, 1, 'the work stays');
  for (const act of ['retry', 'remove'] as const)
    assert.throws(() => world.queue.service[act]({ id: 'none' }, never), codeOf('exports.job-not-found'));
  await assert.rejects(async () => world.queue.service.cancel({ id: 'none' }, never), codeOf('exports.job-not-found'));
});

test('a missing file fails the job in words; once it is back, a retry makes the work of the document as it was', async () => {
  await using world = await openWorld(dataDir);
  const overlay = await sharp({ create: { width: 8, height: 8, channels: 4, background: '#f00' } })
    .png()
    .toBuffer();
  const asset = await world.storage.assets.put(overlay, { mediaType: 'image/png', fileName: 'logo.png' });
  const path = await world.storage.assets.resolve(asset);
  await rm(path);
  const project = smallTalk({ stage: { overlays: [{ id: 'o', asset, x: 0, y: 0, width: 0.1 }] } });
  const [job] = await world.enqueue(project, sound());
  const failed = await world.ended(job?.id ?? '');
  assert.equal(state(failed), 'storage.asset-missing');
  assert.deepEqual(await works(), []);
  await world.enqueue(smallTalk({ name: 'another' }), sound());
  await writeFile(path, overlay);
  // A job that may run again keeps its files, though no project names them.
  await world.storage.assets.collectGarbage({ olderThanMs: 0 });
  await world.queue.service.retry({ id: failed.id }, never);
  assert.equal(state(await world.ended(failed.id)), 'done');
  assert.equal((await world.library.service.details({ id: failed.id }, never)).projectName, '声画/talk');
});

test('what cannot be is refused before anything is queued', async () => {
  await using world = await openWorld(dataDir, { mayCopy: false });
  const transparent = smallTalk({ stage: { background: { kind: 'transparent' } } });
  await assert.rejects(world.enqueue(transparent, sound(), film()), codeOf('stage.transparent-needs-alpha'));
  const request = { projectId: 'p', targets: [sound()], name: null, copyTo: '/etc' };
  await assert.rejects(async () => world.queue.service.enqueue(request, never), codeOf('exports.folder-not-allowed'));
  assert.deepEqual(await world.queue.service.list({}, never), []);
});

test('copies go where they were asked, over nothing; one that cannot be made is a warning', async () => {
  await using world = await openWorld(dataDir);
  const out = join(dataDir, 'out');
  await mkdir(out);
  await writeFile(join(out, 'mine.wav'), 'older');
  const ask = async (copyTo: string): Promise<Job> => {
    const request = { projectId: 'p', targets: [sound()], name: 'mine', copyTo };
    const [job] = await world.queue.service.enqueue(request, never);
    return await world.ended(job?.id ?? '');
  };
  const { id } = await ask(out);
  assert.deepEqual((await readdir(out)).sort(), ['mine (2).wav', 'mine.wav']);
  assert.equal(await readFile(join(out, 'mine.wav'), 'utf8'), 'older');
  assert.deepEqual(await readFile(join(out, 'mine (2).wav')), await readFile(join(folder(id), 'mine.wav')));
  const { status } = await ask(join(out, 'mine.wav'));
  assert.ok(status.state === 'done');
  assert.deepEqual(
    status.warnings.map(({ code }) => code),
    ['media.output-not-writable'],
  );
  await assert.rejects(ask('out'), codeOf('exports.folder-not-absolute'));
});

test('closing puts what runs back into the queue, whole', async () => {
  const world = await openWorld(dataDir);
  const [job] = await world.enqueue(smallTalk(), film(), sound());
  await world.until(job?.id ?? '', ({ status }) => status.state === 'running');
  await world[Symbol.asyncDispose]();
  assert.deepEqual(await works(), []);
  await using again = await openWorld(dataDir);
  assert.equal((await again.ended(job?.id ?? '')).restarts, 1);
  for (const { id } of await again.queue.service.list({}, never)) assert.equal(state(await again.ended(id)), 'done');
});

test('of two studios on one folder one runs the queue; the other adds, watches and cancels', async () => {
  await using world = await openWorld(dataDir);
  await using other = await openWorld(dataDir);
  const long = smallTalk({ script: { lines: [{ id: '1', text: 'A long talk. '.repeat(40) }] } });
  const [job] = await other.enqueue(long, film({ size: { widthPx: 640, heightPx: 360 } }));
  const id = job?.id ?? '';
  await world.until(id, ({ status }) => status.state === 'running' && status.step === 'render');
  await other.until(id, ({ status }) => status.state === 'running');
  await other.queue.service.cancel({ id }, never);
  assert.equal(state(await other.ended(id)), 'cancelled');
  assert.deepEqual(await ffmpegsIn(folder(id)), []);
});

test('an end that cannot be written down holds all the same, and is written when it can be', async () => {
  await using world = await openWorld(dataDir);
  let full = true;
  const { exportJobs } = world.storage;
  const failing = {
    ...exportJobs,
    failed: (...args: Parameters<typeof exportJobs.failed>) => {
      if (full) throw new StudioError('storage.disk-full', { path: 'studio.db' });
      exportJobs.failed(...args);
    },
  };
  await world.queue[Symbol.asyncDispose]();
  await using lame = await openWorld(dataDir, { storage: { ...world.storage, exportJobs: failing } });
  const [job] = await lame.enqueue(smallTalk({ script: { lines: [] } }), sound());
  const id = job?.id ?? '';
  assert.equal(state(await lame.ended(id)), 'script.empty');
  assert.equal(exportJobs.load(id).state, 'running');
  full = false;
  await lame.queue.service.remove({ id }, never);
  assert.throws(() => exportJobs.load(id), codeOf('exports.job-not-found'));
});

test('a disk that fills up fails the job in words and leaves nothing of it; with room, a retry makes it', async () => {
  const disk = join(dataDir, 'disk');
  await mkdir(disk);
  const script = 'set -e; mount -t tmpfs -o size=1500k tmpfs "$1"; shift; exec "$@"';
  const fixture = fileURLToPath(new URL('full-disk.fixture.ts', import.meta.url));
  const unshare = process.getuid?.() === 0 ? ['--mount'] : ['--user', '--map-root-user', '--mount'];
  const child = spawn(
    'unshare',
    [...unshare, '/bin/sh', '-c', script, 'sh', disk, process.execPath, fixture, disk, dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  assert.deepEqual(await once(child, 'close'), [0, null]);
  const { full, left, roomy } = JSON.parse(told) as { full: Job['status']; left: string[]; roomy: Job['status'] };
  assert.ok(full.state === 'failed', told);
  assert.match(full.error.code, /^(media|storage)\.disk-full$/);
  assert.deepEqual(left, []);
  assert.equal(roomy.state, 'done', told);
});
