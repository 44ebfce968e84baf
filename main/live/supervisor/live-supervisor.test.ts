import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { newProject } from '../../../app/document/new-project.ts';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { type LiveStatus, liveStatusSchema } from '../../../app/live/protocol.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import { fakeParts } from './fake-parts.fixture.ts';
import type { LiveShow } from './live-show.ts';
import { createLiveSupervisor, type LiveSupervisor } from './live-supervisor.ts';
import { SILENCE_MS } from './session-process.ts';
import { liveFolder } from './trace-log.ts';

let folder: string;
let storage: Storage;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-live-'));
  storage = await openStorage({ dataDir: folder });
});
after(async () => {
  storage.close();
  await rm(folder, { recursive: true, force: true });
});

const KEY = 'sk_live_very_secret_77';
const project = (id: string, name = 'Shop'): Project =>
  newProject({ id, name, portrait: { kind: 'sample', id: 'lin' } });
const supervise = (parts = fakeParts()): { parts: ReturnType<typeof fakeParts>; supervisor: LiveSupervisor } => ({
  parts,
  supervisor: createLiveSupervisor({
    ...{ dataDir: folder, liveShows: storage.liveShows, host: 'command', parts },
    ffmpeg: async () => ({ path: '/usr/bin/ffmpeg' }),
  }),
});
const request = (id: string, more = {}) => ({
  ...{ project: project(id), destinations: [{ id: 'one', url: 'rtmp://127.0.0.1/app', key: KEY }] },
  ...{ recordingDir: null, forMs: null },
  ...more,
});
const unhurried = AbortSignal.timeout(120_000);
const reach = async (show: LiveShow, wanted: (status: LiveStatus) => boolean): Promise<LiveStatus> => {
  for await (const status of show.watch(unhurried)) if (wanted(status)) return status;
  throw new Error(`the show ended: ${JSON.stringify(show.status())}`);
};
const onAir = (status: LiveStatus): boolean => status.state === 'on-air' && status.session !== null;
const starts = (show: LiveShow) =>
  show.trace(1000).flatMap(({ id, text }) => (id === 'start' ? [JSON.parse(text)] : []));
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('a show goes on air, is told to stop, finishes in order, and leaves no process and no key behind', async () => {
  const { supervisor, parts } = supervise();
  const show = await supervisor.goLive(request('clean'), unhurried);
  const status = await reach(show, onAir);
  liveStatusSchema.parse(status);
  assert.deepEqual(
    status.destinations.map(({ id, state }) => [id, state]),
    [['one', 'live']],
  );
  const pids = parts.sessions.map(({ pid }) => pid);
  await show.stop({ graceful: true });
  assert.equal(await show.ended, null);
  assert.deepEqual(
    show
      .trace(2)
      .map(({ id, text }) => `${id} ${text}`)
      .slice(-1),
    ['stop true'],
  );
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(parts.open(), []);
  assert.equal(show.status().state, 'off');
  assert.equal(supervisor.show('clean'), null);
  assert.throws(() => show.command({ type: 'resume' }), { code: 'live.not-on-air' });
  const log = await readFile(join(liveFolder(folder, 'clean'), 'trace.jsonl'), 'utf8');
  assert.match(log, /publishing to rtmp:\/\/127\.0\.0\.1/);
  for (const by of ['hub', 'publisher']) assert.match(log, new RegExp(`a ${by} that says`));
  for (const secret of [KEY, ...parts.tokens]) assert.ok(!log.includes(secret), `${secret} in the log`);
  assert.equal(storage.liveShows.get('clean')?.onAir, false);
});

test('a session that is killed, falls or hangs comes back where it was, with the stream’s clock and what the desk had asked', async () => {
  const { supervisor, parts } = supervise();
  const show = await supervisor.goLive(request('falls'), unhurried);
  await reach(show, (status) => onAir(status) && (storage.liveShows.get('falls')?.position?.line ?? 0) >= 2);
  const say = {
    type: 'say' as const,
    text: 'Later',
    intent: 'queue' as const,
    emotion: null,
    intensity: 1,
    voiceId: null,
  };
  show.command({ ...say, id: 'waits', resume: 'next' });
  show.command({ type: 'volume', voice: 0.5 });
  const atLine = storage.liveShows.get('falls')!.position!.line;
  const atStreamMs = show.status().session!.streamMs;
  process.kill(parts.sessions.at(-1)!.pid, 'SIGKILL');
  const recovering = await reach(show, ({ state }) => state === 'recovering');
  assert.equal(recovering.session, null);
  assert.equal(recovering.lastError?.code, 'live.session-fell');
  await reach(show, (status) => onAir(status) && status.restarts.session === 1);
  const second = starts(show).at(-1);
  assert.ok(second.position.line >= atLine);
  // Behind its clock when it was last heard of, it may have caught up before it died.
  assert.ok(second.fromStreamMs >= atStreamMs + 700, `${atStreamMs}, then ${second.fromStreamMs}`);
  assert.deepEqual(
    second.commands.map((each: { type: string }) => each.type),
    ['volume', 'say'],
  );

  show.command({ ...say, id: 'fall', text: 'fall', resume: 'next' });
  // It is said again, and the next one falls over it too; then somebody drops it.
  await reach(show, ({ restarts }) => restarts.session >= 2);
  show.command({ ...say, id: 'instead', intent: 'replace', resume: 'next' });
  await reach(show, (status) => onAir(status) && status.restarts.session >= 2);
  const before = show.status().restarts.session;
  show.command({ ...say, id: 'hang', text: 'hang', intent: 'replace', resume: 'next' });
  const hung = await reach(show, ({ restarts }) => restarts.session > before);
  assert.match(String(hung.lastError?.params.detail), /silent/);
  const beforeIt = starts(show).at(-1).fromStreamMs;
  await reach(show, (status) => onAir(status) && starts(show).at(-1).fromStreamMs > beforeIt);
  // Viewers' clocks went on while it was silent.
  assert.ok(starts(show).at(-1).fromStreamMs - beforeIt >= SILENCE_MS - 500);
  assert.deepEqual(hung.restarts.hub + hung.restarts.publisher, 0);
  await show.stop({ graceful: false });
});

test('a hub that falls comes back, and session and publisher are told where', async () => {
  const { supervisor, parts } = supervise();
  const show = await supervisor.goLive(request('hub'), unhurried);
  await reach(show, onAir);
  parts.hubs.at(-1)!.kill();
  await reach(show, ({ state }) => state === 'recovering');
  await reach(show, (status) => onAir(status) && status.restarts.hub === 1);
  const moved = parts.hubs.at(-1)!;
  await reach(show, () => show.trace(100).some(({ id, text }) => id === 'hub' && text === moved.publishUrl('show')));
  assert.equal(parts.publishers.at(-1)!.source, moved.flvUrl('show'));
  assert.equal(parts.sessions.length, 1);

  parts.publishers.at(-1)!.kill();
  await reach(show, (status) => onAir(status) && status.restarts.publisher === 1);
  assert.deepEqual(parts.publishers.at(-1)!.destinations, [{ id: 'one', url: 'rtmp://127.0.0.1/app', key: KEY }]);
  assert.equal(parts.sessions.length, 1);
  await show.stop({ graceful: false });
});

test('what cannot ever work fails with its reason, and everything is closed', async () => {
  const { supervisor, parts } = supervise();
  const show = await supervisor.goLive(request('never', { project: project('never', 'impossible') }), unhurried);
  const failure = await show.ended;
  assert.equal(failure?.code, 'live.no-destination');
  assert.equal(show.status().state, 'failed');
  assert.equal(show.status().lastError?.code, 'live.no-destination');
  assert.deepEqual(parts.open(), []);

  // What another start may get over is tried again, for a while.
  const retried = await supervisor.goLive(
    request('retried', { project: project('retried', 'never ready') }),
    unhurried,
  );
  assert.equal((await retried.ended)?.code, 'stage.renderer-stopped');
  assert.equal(retried.status().restarts.session, 6);
  assert.deepEqual(parts.open(), []);

  const refusing = fakeParts();
  refusing.openHub = async () => {
    throw new StudioError('live.hub-fell', { detail: 'no port' });
  };
  const other = await supervise(refusing).supervisor.goLive(request('no-hub'), unhurried);
  assert.equal((await other.ended)?.code, 'live.cannot-start');
  assert.match((await other.ended)!.message, /hub.*6/);
});

test('the show’s own end and the end of its time end it in order', async () => {
  const { supervisor, parts } = supervise();
  const own = await supervisor.goLive(request('own-end'), unhurried);
  await reach(own, onAir);
  own.command({
    ...{ type: 'say', id: 'e', text: 'end', intent: 'queue', emotion: null, intensity: 1 },
    voiceId: null,
    resume: 'next',
  });
  assert.equal(await own.ended, null);
  const timed = await supervisor.goLive(request('timed', { forMs: 1200 }), unhurried);
  assert.equal(await timed.ended, null);
  assert.ok(timed.trace(10).some(({ id, text }) => id === 'stop' && text === 'true'));
  assert.deepEqual(parts.open(), []);
});

test('a second live on the same project is refused with who has it, by this process and by another', async () => {
  const { supervisor } = supervise();
  const show = await supervisor.goLive(request('twice'), unhurried);
  const refused = { code: 'live.already-on-air', message: new RegExp(`Shop.*process ${process.pid}`) };
  await assert.rejects(supervisor.goLive(request('twice'), unhurried), refused);
  await assert.rejects(supervise().supervisor.goLive(request('twice'), unhurried), refused);
  const beside = await supervisor.goLive(request('beside'), unhurried);
  await Promise.all([show.stop({ graceful: false }), beside.stop({ graceful: false })]);
  const again = await supervisor.goLive(request('twice'), unhurried);
  await again.stop({ graceful: false });
});

const LIVE_CHILD = fileURLToPath(new URL('./live-child.fixture.ts', import.meta.url));

test('killing the supervisor leaves no process; its show is free at once, and goes on where it was', async () => {
  const child: ChildProcess = fork(LIVE_CHILD, [folder], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const pids = await new Promise<number[]>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number[]));
    child.once('exit', () => reject(new Error('the other process fell')));
  });
  const { supervisor } = supervise();
  await assert.rejects(supervisor.goLive(request('orphan'), unhurried), {
    code: 'live.already-on-air',
    message: new RegExp(`process ${child.pid}`),
  });
  // Stopped and woken (a laptop's sleep), it does not take its own silence for its children's.
  child.kill('SIGSTOP');
  await delay(SILENCE_MS + 1500);
  child.kill('SIGCONT');
  await delay(1500);
  assert.ok(pids.every(isAlive), 'the session was killed for its supervisor’s sleep');

  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  while (pids.some(isAlive)) await delay(20, undefined, { signal: unhurried });
  const kept = storage.liveShows.get('orphan');
  assert.ok(kept?.onAir === true && kept.position !== null && kept.position.line >= 3);

  const show = await supervisor.goLive(request('orphan', { resume: true }), unhurried);
  await reach(show, onAir);
  assert.deepEqual(starts(show)[0].position, kept.position);
  // A process that ends, as at a reboot, ends no show.
  await show.stop({ graceful: false, comeBack: true });
  assert.equal(storage.liveShows.get('orphan')?.onAir, true);
  const fresh = await supervisor.goLive(request('orphan'), unhurried);
  await reach(fresh, onAir);
  assert.equal(starts(fresh)[0].position, null);
  await fresh.stop({ graceful: false });
});
