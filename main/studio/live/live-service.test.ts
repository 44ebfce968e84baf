import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Patch } from '../../../app/contract/projects.ts';
import type { SystemEvent } from '../../../app/contract/system.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { LiveStatus } from '../../../app/live/protocol.ts';
import { type FakeParts, fakeParts } from '../../live/supervisor/fake-parts.fixture.ts';
import { createLiveSupervisor } from '../../live/supervisor/live-supervisor.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import { createSecretFile } from '../../storage/secret-file.ts';
import { createProjectService, type ProjectService } from '../projects.ts';
import { createLiveService, type LiveService } from './live-service.ts';

const KEY = 'sk_live_very_secret_77';
const unhurried = AbortSignal.timeout(120_000);

let dataDir: string;
let storage: Storage;
let projects: ProjectService;
let live: LiveService;
let parts: FakeParts;
let told: SystemEvent[];
/** What the destination's address names: answers to being reached. */
let server: ReturnType<typeof createTcpServer>;
let url: string;

const open = async (): Promise<void> => {
  storage = await openStorage({ dataDir });
  parts = fakeParts();
  projects = createProjectService({
    storage,
    sample: () => Promise.reject(new Error('none')),
    firstPortrait: async () => ({ kind: 'sample', id: 'lin' }),
    tell: (event) => told.push(event),
  });
  const ffmpeg = async () => ({ path: '/usr/bin/ffmpeg' }) as never;
  live = createLiveService({
    ...{ storage, projects, secrets: createSecretFile(dataDir), tell: (event) => told.push(event) },
    studio: { paths: { dataDir, cacheDir: dataDir, tempDir: dataDir }, ffmpeg },
    recordingFolder: () => join(dataDir, 'recordings'),
    supervisor: async () =>
      createLiveSupervisor({ dataDir, liveShows: storage.liveShows, host: 'studio', parts, ffmpeg }),
  });
};
const close = async (): Promise<void> => {
  await live[Symbol.asyncDispose]();
  projects[Symbol.dispose]();
  storage.close();
};
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-live-service-'));
  told = [];
  server = createTcpServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `rtmp://127.0.0.1:${(server.address() as AddressInfo).port}/app`;
  await open();
});
afterEach(async () => {
  await close();
  server.close();
  await rm(dataDir, { recursive: true, force: true });
});

let edits = 0;
const edit = (id: string, patches: Patch[]): void => {
  const { revision } = projects.current(id);
  edits += 1;
  projects.edit({ id, baseRevision: revision, patches, clientId: 'test', editId: `e${edits}` }, unhurried);
};
async function shop(): Promise<string> {
  const { id } = await projects.create({ from: 'empty', locale: 'en', name: 'Shop' }, unhurried);
  edit(id, [
    {
      op: 'replace',
      path: ['live', 'destinations'],
      value: [{ id: 'one', platform: 'custom', name: 'Mine', server: url, enabled: true }],
    },
  ]);
  return id;
}
const statuses = async (): Promise<LiveStatus[]> => {
  for await (const shows of await live.calls.watch({}, unhurried)) return shows as LiveStatus[];
  return [];
};
const until = async (wanted: (shows: LiveStatus[]) => boolean): Promise<LiveStatus[]> => {
  for await (const shows of await live.calls.watch({}, unhurried)) {
    if (wanted(shows as LiveStatus[])) return shows as LiveStatus[];
  }
  throw new Error('the watching has ended');
};
const isOnAir = (shows: LiveStatus[]): boolean =>
  shows.some(({ state, session }) => state === 'on-air' && session !== null);
const goLive = (projectId: string, more = {}) =>
  live.calls.goLive({ projectId, record: false, ignoreWarnings: true, ...more }, unhurried);
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

test('what stands in the way is told with which destination it is about, and keeps the show off the air', async () => {
  const { id: projectId } = await projects.create({ from: 'empty', locale: 'en', name: 'Bare' }, unhurried);
  const checked = async () =>
    (await live.calls.checklist({ projectId, record: false }, unhurried)).filter(({ level }) => level !== 'ok');
  assert.deepEqual(
    (await checked()).map(({ id, destinationId, level, error }) => [id, destinationId, level, error?.code]).at(0),
    ['destination', null, 'problem', 'live.no-destination'],
  );
  edit(projectId, [
    {
      op: 'replace',
      path: ['live', 'destinations'],
      value: [
        { id: 'none', platform: 'custom', name: 'Nowhere', server: '', enabled: true },
        { id: 'tube', platform: 'youtube', name: '', server: url, enabled: true },
        { id: 'off', platform: 'custom', name: '', server: '', enabled: false },
      ],
    },
  ]);
  const problems = (await checked()).filter(({ level }) => level === 'problem');
  assert.deepEqual(problems.map(({ id, destinationId, error }) => [id, destinationId, error?.code]).sort(), [
    ['destination', 'none', 'live.server-missing'],
    ['key', 'tube', 'live.key-missing'],
  ]);
  await assert.rejects(async () => await goLive(projectId), codeOf('live.not-ready'));
  assert.deepEqual(await statuses(), []);
});

test('keys go in and never out: not in an answer, not in a status, not in a file of the data folder', async () => {
  const projectId = await shop();
  assert.deepEqual(await live.calls.whichKeys({ destinationIds: ['one', 'two'] }, unhurried), []);
  await live.calls.setKey({ destinationId: 'one', key: KEY }, unhurried);
  assert.deepEqual(await live.calls.whichKeys({ destinationIds: ['one', 'two'] }, unhurried), ['one']);
  await goLive(projectId);
  const shows = await until(isOnAir);
  assert.deepEqual(parts.publishers.at(-1)?.destinations, [{ id: 'one', url, key: KEY }]);
  await live.calls.setKey({ destinationId: 'one', key: `${KEY}-new` }, unhurried);
  assert.equal(parts.publishers.at(-1)?.destinations[0]?.key, `${KEY}-new`);
  const checks = await live.calls.checklist({ projectId, record: false }, unhurried);
  const trace = await live.calls.trace({ projectId, count: 100 }, unhurried);
  assert.ok(!JSON.stringify([shows, checks, trace, told, projects.current(projectId)]).includes(KEY));
  await live.calls.stop({ projectId, graceful: false }, unhurried);
  for (const name of await readdir(dataDir, { recursive: true })) {
    const bytes = await readFile(join(dataDir, name)).catch(() => null);
    assert.ok(bytes === null || !bytes.includes(KEY), name);
  }
  await live.calls.deleteKey({ destinationId: 'one' }, unhurried);
  assert.deepEqual(await live.calls.whichKeys({ destinationIds: ['one'] }, unhurried), []);
});

test('the address for alarms is tried, kept as a secret, given to the show, and only its host is told', async () => {
  const bodies: string[] = [];
  const hook = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    bodies.push(body);
    response.writeHead(request.url?.startsWith('/hook') ? 204 : 404).end();
  }).listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const host = `127.0.0.1:${(hook.address() as AddressInfo).port}`;
  const trial = async () => await live.calls.tryAlarmHook({}, unhurried);
  await assert.rejects(trial, codeOf('live.webhook-missing'));
  assert.deepEqual(await live.calls.setAlarmHook({ address: `http://${host}/gone?token=${KEY}` }, unhurried), { host });
  await assert.rejects(trial, (error: unknown) => {
    assert.ok(error instanceof StudioError);
    assert.deepEqual([error.code, error.params], ['live.webhook-failed', { host, detail: 'HTTP 404' }]);
    return true;
  });
  const address = `http://${host}/hook?token=${KEY}`;
  await live.calls.setAlarmHook({ address }, unhurried);
  await trial();
  assert.equal(JSON.parse(bodies.at(-1)!).event, 'test');
  assert.deepEqual(await live.calls.alarmHook({}, unhurried), { host });
  hook.close();
  hook.closeAllConnections();
  assert.equal((await live.calls.setAlarmHook({ address: null }, unhurried)).host, null);
});

test('a second show of the same project is refused with the reason; stopped, it says so and can begin again', async () => {
  const projectId = await shop();
  await live.calls.setKey({ destinationId: 'one', key: KEY }, unhurried);
  await goLive(projectId);
  await assert.rejects(async () => await goLive(projectId), codeOf('live.already-on-air'));
  await until(isOnAir);
  await live.calls.stop({ projectId, graceful: true }, unhurried);
  assert.deepEqual(
    (await statuses()).map(({ projectId: id, state }) => [id, state]),
    [[projectId, 'off']],
  );
  assert.throws(
    () => live.calls.command({ projectId, command: { type: 'resume' } }, unhurried),
    codeOf('live.not-on-air'),
  );
  await goLive(projectId);
  assert.equal((await until(isOnAir)).length, 1);
});

test('what is edited reaches the air once it has come to rest, destinations without the session being told', async () => {
  const projectId = await shop();
  await live.calls.setKey({ destinationId: 'one', key: KEY }, unhurried);
  await goLive(projectId);
  await until(isOnAir);
  const before = storage.liveShows.get(projectId)!.project;
  for (const gapMs of [100, 200, 300])
    edit(projectId, [{ op: 'replace', path: ['live', 'show', 'gapMs'], value: gapMs }]);
  while (storage.liveShows.get(projectId)!.project.live.show.gapMs === before.live.show.gapMs) await delay(50);
  assert.equal(storage.liveShows.get(projectId)!.project.live.show.gapMs, 300, 'only what it came to');
  const sent = storage.liveShows.get(projectId)!.project;
  edit(projectId, [{ op: 'replace', path: ['live', 'destinations', 0, 'enabled'], value: false }]);
  while (parts.publishers.at(-1)!.destinations.length > 0) await delay(50);
  assert.deepEqual(
    storage.liveShows.get(projectId)!.project.live,
    sent.live,
    'the session is not told of destinations',
  );
});

test('an overlay that was just added can be shown at once, and another look of it needs no other stage', async () => {
  const projectId = await shop();
  await live.calls.setKey({ destinationId: 'one', key: KEY }, unhurried);
  await goLive(projectId);
  await until(isOnAir);
  const told: string[] = [];
  const session = parts.sessions.at(-1)!;
  const send = session.send.bind(session);
  session.send = (request) => {
    if (request.type === 'command') told.push(request.command.type);
    send(request);
  };
  const overlay = { kind: 'price', id: 'p', place: { x: 0, y: 0, width: 0.2 }, price: '9' };
  edit(projectId, [{ op: 'replace', path: ['live', 'overlays'], value: [overlay] }]);
  await live.calls.command({ projectId, command: { type: 'overlay', id: 'p', shown: true } }, unhurried);
  assert.deepEqual(told, ['setOverlay', 'overlay']);
  edit(projectId, [{ op: 'replace', path: ['live', 'overlays', 0, 'price'], value: '8' }]);
  while (!told.includes('project')) await delay(50);
  assert.deepEqual(told.slice(2), ['setOverlay', 'project']);
});

test('a studio that ends while on air goes back on air when it starts again, and not once the show was stopped', async () => {
  const projectId = await shop();
  await live.calls.setKey({ destinationId: 'one', key: KEY }, unhurried);
  await goLive(projectId);
  await until(isOnAir);
  await close();
  await open();
  await live.resume();
  assert.equal((await until(isOnAir))[0]?.projectId, projectId);
  assert.deepEqual(parts.publishers.at(-1)?.destinations, [{ id: 'one', url, key: KEY }]);
  await live.calls.stop({ projectId, graceful: false }, unhurried);
  await close();
  await open();
  await live.resume();
  assert.deepEqual(await statuses(), []);
  assert.deepEqual(told, []);
});

test('the stream is handed on without its address, for as long as somebody looks', async (t) => {
  const projectId = await shop();
  const media = (name: string) => live.media([name], { query: new URLSearchParams(), signal: unhurried });
  assert.equal(await media(`${projectId}.flv`), null);
  await live.calls.setKey({ destinationId: 'one', key: KEY }, unhurried);
  let closed = false;
  const hub = createServer((_, response) => {
    response.write('FLV');
    response.on('close', () => {
      closed = true;
    });
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
  t.after(() => hub.close());
  const openHub = parts.openHub;
  parts.openHub = async (options) => ({
    ...(await openHub(options)),
    flvUrl: () => `http://127.0.0.1:${(hub.address() as AddressInfo).port}/live/show.flv?token=play`,
  });
  await goLive(projectId);
  await until(isOnAir);
  const content = await media(`${projectId}.flv`);
  assert.ok(content?.body.kind === 'stream' && content.mediaType === 'video/x-flv');
  for await (const piece of content.body.pieces) {
    assert.equal(Buffer.from(piece).toString(), 'FLV');
    break;
  }
  while (!closed) await delay(10);
  assert.equal(await media('other.flv'), null);
  assert.equal(await media(projectId), null);
});
