import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { decodePreviewEvent, encodePreviewRequest } from '../../../app/contract/preview-wire.ts';
import type { ProjectEvent, ProjectSummary } from '../../../app/contract/projects.ts';
import type { Settings } from '../../../app/contract/settings.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { startHost } from './host.ts';
import { type Page, ServedStudio } from './testing/served-studio.ts';

const MB = 1024 * 1024;
// A PNG's first bytes are enough to be taken for one.
const PNG = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(3000, 7)]);

describe('the host', () => {
  let studio: ServedStudio;
  const crashes: StudioError[] = [];
  before(async () => {
    studio = await ServedStudio.open({ onCrash: (error) => crashes.push(error) });
    await studio.enter();
  });
  after(() => studio.close());

  const upload = async (body: Uint8Array, name: string, type = 'application/octet-stream') => {
    const headers = { 'content-type': type, 'x-file-name': encodeURIComponent(name) };
    const answer = await studio.fetch('/upload', { method: 'POST', headers, body });
    return { status: answer.status, json: JSON.parse(String(answer.body)) };
  };
  const create = async ({ rpc }: Page, name = 'One'): Promise<ProjectSummary> =>
    await rpc.projects.create({ from: 'empty', locale: 'en', name });
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  test('shows its page to who came by the link, with headers that let nothing else in', async () => {
    const { status, headers, body } = await studio.fetch('/');
    assert.equal(status, 200);
    assert.match(String(body), /<title>studio/);
    assert.match(
      String(headers['content-security-policy']),
      /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
    );
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal((await studio.fetch('/assets/index-abc.js')).status, 200);
    const stranger = await studio.fetch('/', { headers: { cookie: '', accept: 'text/html' } });
    assert.equal(stranger.status, 401);
    assert.doesNotMatch(String(stranger.body), /<title>studio/);
  });

  test('a program reads health and metrics with their token, a page with its session, a stranger not at all', async () => {
    const stranger = { cookie: '' };
    const program = { ...stranger, authorization: `Bearer ${studio.host.metricsToken}` };
    for (const path of ['/health', '/metrics']) {
      assert.equal((await studio.fetch(path, { headers: stranger })).status, 401);
      assert.equal((await studio.fetch(path)).status, 200);
      assert.equal((await studio.fetch(path, { headers: program })).status, 200);
    }
    const { body } = await studio.fetch('/health', { headers: program });
    assert.deepEqual(JSON.parse(String(body)), { healthy: true, shows: [] });
    assert.equal((await studio.fetch('/', { headers: program })).status, 401);
  });

  test('the link’s page sets the cookie and leads on', async () => {
    const url = new URL(studio.host.newUrl());
    const answer = await studio.fetch(url.pathname + url.search, { headers: { cookie: '' } });
    assert.equal(answer.status, 200);
    assert.match(String(answer.body), /http-equiv="refresh" content="0;url=\/"/);
    // Else a browser asks for /favicon.ico, which is not there.
    assert.match(String(answer.body), /<link rel="icon" href="data:,">/);
    assert.equal((await studio.fetch(url.pathname + url.search, { headers: { cookie: '' } })).status, 403);
  });

  test('refuses foreign hosts and origins, sockets too', async () => {
    assert.equal((await studio.fetch('/', { headers: { host: 'evil.example' } })).status, 400);
    const origin = 'http://evil.example';
    assert.equal((await studio.fetch('/upload', { method: 'POST', headers: { origin }, body: PNG })).status, 403);
    const refusals: [string, Record<string, string>, number][] = [
      ['/rpc', { origin }, 403],
      ['/preview', { origin }, 403],
      ['/rpc', { cookie: '' }, 401],
      ['/preview', { cookie: 'shenghua=1' }, 401],
      ['/rpc', { host: `evil.example:${studio.host.port}` }, 400],
      ['/elsewhere', {}, 404],
    ];
    for (const [path, headers, status] of refusals) {
      const socket = studio.socket(path, headers);
      const [error] = (await once(socket, 'error')) as [Error];
      assert.match(error.message, new RegExp(`${status}`), `${path} ${JSON.stringify(headers)}`);
    }
  });

  test('no path leads out of what is served', async () => {
    await writeFile(join(studio.dataDir, 'diary.txt'), 'private');
    const { json } = await upload(PNG, 'a.png');
    const paths = [
      '/../data/diary.txt',
      '/..%2fdata%2fdiary.txt',
      '/assets/../../data/diary.txt',
      '/assets/%2e%2e/%2e%2e/data/diary.txt',
      '/%00',
      '//etc/passwd',
      '//',
      '//[',
      '/media/asset/../../diary.txt',
      '/media/asset/..%2f..%2fdiary.txt',
      `/media/asset/${json.sha256}/..`,
      `/media/asset/${json.sha256.toUpperCase()}`,
      '/media/library/..%2f..%2f/diary.txt',
      '/media/library/../studio.db',
      '/media/bundle/..%5c..%5cdiary.txt/x',
      '/media/thumbnail/%2e%2e',
      '/media/constructor/x',
      '/media/__proto__/x',
      '/media/asset/%E0%A4%A',
      '/media/',
      '/media/asset',
    ];
    for (const path of paths) {
      const { status, body } = await studio.fetch(path);
      assert.ok(status === 404 || status === 400, `${path}: ${status}`);
      assert.doesNotMatch(String(body), /private|root:/);
    }
  });

  test('takes a file in under its content and gives it back whole or in part', async () => {
    const { status, json } = await upload(PNG, 'me 我.png', 'text/html');
    const sha256 = createHash('sha256').update(PNG).digest('hex');
    assert.deepEqual(
      { status, json },
      { status: 200, json: { sha256, mediaType: 'image/png', fileName: 'me 我.png' } },
    );
    const path = `/media/asset/${sha256}`;
    const whole = await studio.fetch(path);
    assert.equal(whole.headers['content-type'], 'image/png');
    assert.deepEqual(whole.body, PNG);
    const ranges: [string, number, Buffer, string | undefined][] = [
      ['bytes=0-9', 206, PNG.subarray(0, 10), `bytes 0-9/${PNG.length}`],
      ['bytes=3000-', 206, PNG.subarray(3000), `bytes 3000-${PNG.length - 1}/${PNG.length}`],
      ['bytes=-5', 206, PNG.subarray(-5), `bytes ${PNG.length - 5}-${PNG.length - 1}/${PNG.length}`],
      ['bytes=2990-999999', 206, PNG.subarray(2990), `bytes 2990-${PNG.length - 1}/${PNG.length}`],
      [`bytes=${PNG.length}-`, 416, Buffer.alloc(0), `bytes */${PNG.length}`],
      ['bytes=5-2', 200, PNG, undefined],
      ['lines=1-2', 200, PNG, undefined],
    ];
    for (const [range, expected, content, contentRange] of ranges) {
      const answer = await studio.fetch(path, { headers: { range } });
      assert.equal(answer.status, expected, range);
      assert.deepEqual(answer.body, content, range);
      assert.equal(answer.headers['content-range'], contentRange, range);
    }
    const head = await studio.fetch(path, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, String(PNG.length), 0]);
  });

  test('a file that a page would run is a download, whatever it is called', async () => {
    const script = '<script>parent.stolen = 1</script>';
    const evil: [string, string, string][] = [
      ['x.svg', 'image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg" onload="x()">${script}</svg>`],
      ['x.html', 'text/html', script],
      ['x.png', 'image/png', script],
      ['x.xml', 'application/xml', `<?xml version="1.0"?>${script}`],
    ];
    for (const [name, type, content] of evil) {
      const { json } = await upload(Buffer.from(content), name, type);
      const { headers } = await studio.fetch(
        `/media/asset/${json.sha256}?download=${encodeURIComponent('a"\r\nx: y<b>.html')}`,
      );
      assert.equal(headers['content-type'], 'application/octet-stream', name);
      assert.match(
        String(headers['content-disposition']),
        /^attachment; filename\*=UTF-8''a%22%0D%0Ax%3A%20y%3Cb%3E\.html$/,
      );
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.match(String(headers['content-security-policy']), /sandbox/);
    }
  });

  test('an upload’s name is a name: no folders, no control characters, no end', async () => {
    const names: [string, string][] = [
      ['../../../etc/passwd', 'passwd'],
      ['C:\\Windows\\win.ini', 'win.ini'],
      ['a\r\nSet-Cookie: x=1', 'aSet-Cookie: x=1'],
      ['gpj.\u202eexe', 'gpj.exe'],
      ['<img src=x onerror=alert(1)>.png', '<img src=x onerror=alert(1)>.png'],
      ['..', '..'],
      ['长'.repeat(900), '长'.repeat(200)],
    ];
    for (const [given, kept] of names) assert.equal((await upload(PNG, given)).json.fileName, kept);
    assert.equal(
      (await studio.fetch('/upload', { method: 'POST', headers: { 'x-file-name': '%E0%A4%A' }, body: PNG })).status,
      200,
    );
    assert.deepEqual(
      (await readdir(join(studio.dataDir, 'assets'), { recursive: true })).filter((name) => /passwd|win/.test(name)),
      [],
    );
  });

  test('a file over the limit is refused before it is sent', async () => {
    const before = await assetFiles();
    const answer = await rawUpload(`content-length: ${1024 * MB}`, Buffer.alloc(10));
    assert.match(answer, /^HTTP\/1\.1 413 /);
    assert.match(answer, /host\.upload-too-large/);
    assert.deepEqual(await assetFiles(), before);
  });

  test('an upload that breaks off leaves nothing', async () => {
    const before = await assetFiles();
    const socket = connect(studio.host.port, '127.0.0.1');
    socket.write(uploadHead(`content-length: ${5 * MB}`));
    socket.write(Buffer.alloc(2 * MB, 1));
    await until(async () => (await assetFiles()).length > before.length);
    socket.destroy();
    await until(async () => (await assetFiles()).length === before.length);
  });

  const assetFiles = async () =>
    (await readdir(join(studio.dataDir, 'assets'), { recursive: true }))
      .filter((name) => !/^[0-9a-f]{2}$/.test(name))
      .sort();
  const uploadHead = (length: string): string =>
    [
      'POST /upload HTTP/1.1',
      `host: ${studio.authority}`,
      `origin: http://${studio.authority}`,
      `cookie: ${studio.cookie}`,
      length,
      '\r\n',
    ].join('\r\n');
  const rawUpload = async (length: string, body: Buffer): Promise<string> => {
    const socket = connect(studio.host.port, '127.0.0.1');
    socket.write(uploadHead(length));
    socket.write(body);
    let text = '';
    for await (const piece of socket) {
      text += piece;
      if (text.includes('}}')) break;
    }
    return text;
  };

  test('errors reach the page as the contract says, in calls and for input that is none', async () => {
    using page = studio.page();
    await assert.rejects(
      page.rpc.projects.get({ id: 'nobody' }),
      (error: { code?: string; defined?: boolean; data?: unknown }) => {
        assert.deepEqual(error.data, { code: 'storage.project-not-found', params: { id: 'nobody' }, retryable: false });
        return error.code === 'STUDIO_ERROR' && error.defined === true;
      },
    );
    await assert.rejects(
      page.rpc.projects.get({ id: 7 } as never),
      (error: { data?: { code?: string } }) => error.data?.code === 'host.request-invalid',
    );
    await assert.rejects(
      (async () => {
        for await (const _ of await page.rpc.projects.watch({ id: 'nobody' }));
      })(),
      (error: { data?: { code?: string } }) => error.data?.code === 'storage.project-not-found',
    );
  });

  test('two windows see each other’s edits; the slower of two at once is refused', async () => {
    using mine = studio.page();
    using theirs = studio.page();
    const { id } = await create(mine);
    const watching = await theirs.rpc.projects.watch({ id });
    const next = async (): Promise<ProjectEvent> => (await watching.next()).value as ProjectEvent;
    assert.equal((await next()).type, 'document');
    const html = '<img src=x onerror=alert(1)> \u202e </script>';
    const edit = (page: Page, editId: string, value: string) =>
      page.rpc.projects.edit({
        ...{ id, baseRevision: 1, clientId: editId, editId },
        patches: [{ op: 'replace', path: ['name'], value }],
      });
    const results = await Promise.allSettled([edit(mine, 'm', html), edit(theirs, 't', 'Theirs')]);
    assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const lost = results.find((result) => result.status === 'rejected');
    assert.equal(lost?.reason.data.code, 'storage.project-changed-elsewhere');
    const told = await next();
    assert.ok(told.type === 'patches' && told.revision === 2);
    const { project } = await mine.rpc.projects.get({ id });
    assert.equal(project.name, results[0]?.status === 'fulfilled' ? html : 'Theirs');
  });

  test('when the engine is killed it is started again, and what was answered is there', async () => {
    const id = await (async () => {
      using page = studio.page();
      const project = await create(page);
      await page.rpc.projects.edit({
        ...{ id: project.id, baseRevision: 1, clientId: 'a', editId: 'e1' },
        patches: [{ op: 'replace', path: ['name'], value: 'Kept' }],
      });
      const closed = once(page.socket, 'close');
      const pid = studio.host.engine.pid;
      assert.ok(pid !== null);
      process.kill(pid, 'SIGKILL');
      await closed;
      // Its sockets close a moment before its end is known; a page would come again by itself.
      await until(async () => studio.host.engine.pid !== pid);
      return project.id;
    })();
    using page = studio.page();
    const { project, revision } = await page.rpc.projects.get({ id });
    assert.deepEqual([project.name, revision], ['Kept', 2]);
    // What was sent again because no answer had come.
    const again = await page.rpc.projects.edit({
      ...{ id, baseRevision: 1, clientId: 'a', editId: 'e1' },
      patches: [{ op: 'replace', path: ['name'], value: 'Kept' }],
    });
    assert.equal(again.revision, 2);
    assert.equal(crashes.at(-1)?.code, 'host.engine-crashed');
  });

  test('when the host starts anew, a page comes back with its old cookie', async () => {
    using page = studio.page();
    const { id } = await create(page, 'Before');
    const first = studio.host.engine.pid;
    const closed = once(page.socket, 'close');
    await studio.restart();
    await closed;
    assert.ok(first !== null && !isAlive(first), 'the old engine is gone');
    using back = studio.page();
    assert.equal((await back.rpc.projects.get({ id })).project.name, 'Before');
  });

  test('a preview of a project that is gone is told so, and the engine runs on', async () => {
    const { pid } = studio.host.engine;
    const socket = studio.socket('/preview');
    await once(socket, 'open');
    const told = once(socket, 'message');
    socket.send(encodePreviewRequest({ type: 'open', projectId: 'gone', maxSidePx: 128, generation: 1 }));
    const event = decodePreviewEvent(String((await told)[0]));
    assert.equal(event?.type === 'failed' && event.error.code, 'storage.project-not-found');
    socket.terminate();
    assert.equal(studio.host.engine.pid, pid);
  });

  test('media that fail say why, as calls do', async () => {
    using page = studio.page();
    const { id } = await create(page, 'Damaged');
    const { default: Database } = await import('better-sqlite3');
    const sql = new Database(join(studio.dataDir, 'studio.db'));
    sql.prepare('UPDATE projects SET document = ? WHERE id = ?').run('{', id);
    sql.close();
    const { status, body } = await studio.fetch(`/media/thumbnail/${id}`);
    assert.equal(status, 500);
    assert.equal(JSON.parse(String(body)).error.code, 'storage.document-invalid');
  });

  test('what the engine knows its host by stands in no list of processes', {
    skip: process.platform !== 'linux' && 'needs /proc',
  }, async () => {
    using page = studio.page();
    await page.rpc.system.info({});
    const words = (await readFile(`/proc/${studio.host.engine.pid}/cmdline`, 'utf8')).split('\0');
    const [given = ''] = words.slice(words.findIndex((word) => word.endsWith('child.ts')) + 1);
    assert.deepEqual(Object.keys(JSON.parse(given)).sort(), ['dataDir', 'path']);
  });

  test('settings are kept, checked and told', async () => {
    using page = studio.page();
    const watching = await page.rpc.settings.watch({});
    const next = async (): Promise<Settings> => (await watching.next()).value as Settings;
    assert.equal((await next()).theme, 'system');
    await page.rpc.settings.set({ theme: 'dark', layout: { left: 240 } });
    const { theme, layout, zoom } = await next();
    assert.deepEqual({ theme, layout, zoom }, { theme: 'dark', layout: { left: 240 }, zoom: 1 });
    await assert.rejects(page.rpc.settings.set({ zoom: 9 }));
    assert.equal((await page.rpc.settings.get({})).theme, 'dark');
  });

  test('a port that is taken is told', async () => {
    const { dataDir, rendererDir } = studio;
    await assert.rejects(
      startHost({ dataDir, rendererDir, port: studio.host.port }),
      (error) => error instanceof StudioError && error.code === 'host.port-taken',
    );
  });
});

test('an engine that cannot open its data says why, once, and is not tried for ever', async () => {
  const crashes: StudioError[] = [];
  const studio = await ServedStudio.open({ onCrash: (error) => crashes.push(error) });
  try {
    await studio.enter();
    using first = studio.page();
    await first.rpc.system.info({});
    await studio.host.close();
    await writeFile(join(studio.dataDir, 'studio.db'), await foreignDatabase());
    await studio.restart();
    const { status, body } = await studio.fetch('/media/thumbnail/x');
    assert.equal(status, 503);
    assert.match(String(body), /storage\.database-foreign/);
    assert.equal((await studio.fetch('/')).status, 200, 'the page itself is still served');
  } finally {
    await studio.close();
  }
});

async function foreignDatabase(): Promise<Buffer> {
  const { default: Database } = await import('better-sqlite3');
  const sql = new Database(':memory:');
  sql.exec('CREATE TABLE notes (text TEXT)');
  const bytes = sql.serialize();
  sql.close();
  return bytes;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
