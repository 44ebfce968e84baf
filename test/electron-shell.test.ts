import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startDesktop } from '../main/electron/desktop.ts';
import {
  createElectronDouble,
  type DoubleOptions,
  type DoubleWindow,
  type ElectronDouble,
  ManualTimers,
} from './electron/double.ts';

const ENGINE = fileURLToPath(new URL('./electron/tiny-engine.ts', import.meta.url));
let folder: string;
let started: Started[] = [];

interface Started {
  electron: ElectronDouble;
  timers: ManualTimers;
  window(): DoubleWindow;
  /** To the engine, as the page would. */
  get(path: string): Promise<Response>;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-shell-'));
  await mkdir(join(folder, 'app', 'renderer', 'dist', 'assets'), { recursive: true });
  await writeFile(join(folder, 'app', 'renderer', 'dist', 'index.html'), '<!doctype html><title>studio</title>');
  await writeFile(join(folder, 'app', 'renderer', 'dist', 'assets', 'index.js'), 'void 0;');
  await writeFile(join(folder, 'app', 'secret.json'), '{}');
  started = [];
});
afterEach(async () => {
  for (const { electron } of started) for (const child of electron.children) child.kill();
  await Promise.all(started.flatMap(({ electron }) => electron.children.map((child) => child.exited)));
  await rm(folder, { recursive: true, force: true });
});

async function start(
  options: Partial<DoubleOptions> & {
    argv?: string[];
    platform?: NodeJS.Platform;
    tiny?: string;
    ready?: boolean;
  } = {},
): Promise<Started> {
  const env = { ...process.env, SHENGHUA_DATA: join(folder, 'data'), TINY_ENGINE: options.tiny ?? '' };
  const electron = createElectronDouble({ userData: join(folder, 'user'), env, ...options });
  const timers = new ManualTimers();
  startDesktop(electron.shell, {
    argv: options.argv ?? ['electron'],
    cwd: folder,
    env,
    platform: options.platform ?? 'linux',
    appDir: join(folder, 'app'),
    engineProgram: ENGINE,
    timers,
  });
  if (options.ready !== false) await electron.becomeReady();
  const it: Started = {
    electron,
    timers,
    window: () => electron.windows.at(-1)!,
    get: (path) => electron.fetch(new Request(`studio://app${path}`)),
  };
  started.push(it);
  return it;
}
const pageOf = (it: Started) => it.window().webContents.page;
/** Starts, and lets the page say that it is there. */
async function startWithPage(options: Parameters<typeof start>[0] = {}): Promise<Started> {
  const it = await start(options);
  await pageOf(it).bridge.connect();
  await pageOf(it).engine('running');
  return it;
}
async function until(holds: () => boolean): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    assert.ok(turns < 5000, 'it never came to be');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe('windows and pages', () => {
  test('the window is sandboxed, isolated and without Node, and loads the interface from our own scheme', async () => {
    const it = await start();
    assert.equal(it.electron.windows.length, 1);
    assert.equal(it.window().url, 'studio://app/');
    const { webPreferences, minWidth, minHeight, show } = it.window().options;
    assert.deepEqual(
      [
        webPreferences?.sandbox,
        webPreferences?.contextIsolation,
        webPreferences?.nodeIntegration,
        webPreferences?.webviewTag,
      ],
      [true, true, false, false],
    );
    assert.ok(minWidth! <= 1280 && minHeight! <= 720, 'usable at 1280×720');
    assert.equal(show, false);
    assert.deepEqual(it.window().shown, []);
    it.window().emit('ready-to-show');
    assert.deepEqual(it.window().shown, ['show']);
    assert.ok(it.electron.log.includes('sandbox') && it.electron.log.includes('scheme: studio'));
    assert.ok(it.electron.log.indexOf('scheme: studio') < it.electron.log.findIndex((line) => line.startsWith('tray')));
  });

  test('only files of the interface are served, with a policy that allows no foreign script', async () => {
    const it = await start();
    const page = await it.get('/');
    assert.equal(page.status, 200);
    assert.match(page.headers.get('content-type')!, /^text\/html/);
    const policy = page.headers.get('content-security-policy')!;
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'(;|$)/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.equal((await it.get('/assets/index.js')).headers.get('content-type'), 'text/javascript; charset=utf-8');
    for (const path of [
      '/../secret.json',
      '/..%2fsecret.json',
      '/%2e%2e/secret.json',
      '/assets/..%5c..%5csecret.json',
      '/C:/x.js',
      '/none.js',
      '/assets',
    ]) {
      assert.equal((await it.get(path)).status, 404, path);
    }
    assert.equal((await it.electron.fetch(new Request('studio://elsewhere/'))).status, 404);
    assert.equal((await it.electron.fetch(new Request('studio://app/', { method: 'POST' }))).status, 405);
  });

  test('no page goes elsewhere, opens windows, embeds guests or uses devices', async () => {
    const it = await start();
    const contents = it.window().webContents;
    const goes = (url: string): boolean => {
      let prevented = false;
      contents.emit('will-frame-navigate', { url, preventDefault: () => (prevented = true) });
      return !prevented;
    };
    assert.ok(goes('studio://app/#projects'));
    for (const url of [
      'https://example.com/',
      'file:///etc/passwd',
      'studio://other/',
      'data:text/html,x',
      'studio://app@evil/',
    ])
      assert.ok(!goes(url), url);
    let guest = true;
    contents.emit('will-attach-webview', { preventDefault: () => (guest = false) });
    assert.ok(!guest);
    for (const url of [
      'https://example.com/help',
      'file:///etc/passwd',
      'https://user:word@example.com/',
      'vscode://x',
      'not a url',
    ])
      assert.deepEqual(contents.openHandler?.({ url }), { action: 'deny' });
    assert.deepEqual(it.electron.openedUrls, ['https://example.com/help']);
    assert.ok(it.electron.log.includes('devices: false') && it.electron.log.includes('spelling: false'));
  });

  test('microphone and camera are asked about, once, for our own page alone; everything else is denied', async () => {
    const it = await start();
    const { permissionRequest: request, permissionCheck: check } = it.electron;
    const contents = {} as Parameters<NonNullable<typeof request>>[0];
    const ask = (
      permission: string,
      details: Partial<{ requestingUrl: string; isMainFrame: boolean; mediaTypes: string[] }> = {},
    ): Promise<boolean> =>
      new Promise((resolve) =>
        request!(contents, permission as 'media', resolve, {
          ...{ requestingUrl: 'studio://app/', isMainFrame: true },
          ...(details as object),
        }),
      );
    const allowed = (mediaType: 'audio' | 'video', origin = 'studio://app/'): boolean =>
      check!(null, 'media', origin, { isMainFrame: true, mediaType });

    assert.equal(allowed('audio'), false);
    it.electron.answers.push(0);
    assert.equal(await ask('media', { mediaTypes: ['audio'] }), false, 'the person said no');
    it.electron.answers.push(1);
    assert.deepEqual(
      await Promise.all([ask('media', { mediaTypes: ['audio'] }), ask('media', { mediaTypes: ['audio'] })]),
      [true, true],
    );
    assert.equal(it.electron.asked.length, 2, 'two requests at once are one question');
    assert.equal(allowed('audio'), true);
    assert.equal(allowed('video'), false);
    assert.equal(allowed('audio', 'https://example.com'), false);
    assert.equal(await ask('media', { mediaTypes: ['audio'], requestingUrl: 'https://example.com/' }), false);
    assert.equal(await ask('media', { mediaTypes: ['audio'], isMainFrame: false }), false);
    assert.equal(await ask('media', { mediaTypes: [] }), false);
    for (const permission of [
      'geolocation',
      'notifications',
      'display-capture',
      'clipboard-read',
      'hid',
      'midi',
      'openExternal',
      'local-fonts',
      'unknown',
    ])
      assert.equal(await ask(permission), false, permission);
    assert.equal(it.electron.asked.length, 2);
  });

  test('only our own main frame may call the shell, with what the contract allows', async () => {
    const it = await start();
    await assert.rejects(it.electron.call('chooseFolder', [], 'https://example.com/'), /not for this page/);
    await assert.rejects(it.electron.call('chooseFolder', [], 'studio://app/', false), /not for this page/);
    await assert.rejects(it.electron.call('constructor', []), /no such call/);
    await assert.rejects(it.electron.call('openFile', ['../etc']));
    await assert.rejects(it.electron.call('saveFile', [{ path: 'file:///etc/passwd', fileName: 'x' }]));
    assert.deepEqual(it.electron.opened, []);
  });

  test('a window comes back where it was, never off every screen', async () => {
    const first = await start();
    first.window().bounds = { x: 300, y: 200, width: 1100, height: 700 };
    first.window().close();
    assert.equal(await first.electron.exited, 0);
    const kept = join(folder, 'data', 'desktop', 'window.json');
    await until(() => first.electron.children.length === 1);
    const second = await start();
    const { x, y, width, height } = second.window().options;
    assert.deepEqual({ x, y, width, height }, { x: 300, y: 200, width: 1100, height: 700 });
    for (const [bounds, why] of [
      [{ x: 5000, y: 200, width: 1100, height: 700 }, 'a screen that is gone'],
      [{ x: 300, y: -400, width: 1100, height: 700 }, 'title bar out of reach'],
    ] as const) {
      await writeFile(kept, JSON.stringify({ bounds, maximized: false }));
      const { options } = (await start()).window();
      assert.deepEqual([options.x, options.y], [undefined, undefined], why);
    }
    await writeFile(kept, '{"bounds":');
    assert.equal((await start()).window().options.width, 1440);
  });

  test('a page whose process dies is loaded again, until that is of no use', async () => {
    const it = await start();
    const { webContents } = it.window();
    for (let i = 0; i < 3; i++) webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    assert.equal(webContents.reloads, 3);
    assert.equal(it.electron.asked.length, 0);
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    assert.equal(webContents.reloads, 3);
    assert.equal(it.electron.asked[0]?.type, 'error');
  });
});

describe('the engine', () => {
  test('page and engine talk over ports of their own: calls, and the preview with bytes', async () => {
    const it = await startWithPage();
    const { rpc, preview } = await pageOf(it).portsOfRun(1);
    const heard = new Promise((resolve) => rpc.once('message', resolve));
    rpc.postMessage('a call');
    assert.deepEqual(await heard, { echoed: 'a call' });
    const messages: unknown[] = [];
    const both = new Promise<void>((resolve) =>
      preview.on('message', (message) => {
        messages.push(message);
        if (messages.length === 2) resolve();
      }),
    );
    preview.postMessage('{"type":"open"}');
    await both;
    assert.equal(messages[0], 'heard {"type":"open"}');
    assert.deepEqual(messages[1], new Uint8Array([2, 3]).buffer);
    rpc.close();
    preview.close();
  });

  test('an engine that dies is started again after a while, and the page is told and given new ports', async () => {
    const it = await startWithPage();
    await assert.rejects(
      it.electron.fetch(new Request('studio://app/media/crash/now')).then((answer) => {
        if (answer.status === 503) throw new Error('503');
      }),
    );
    const waiting = await pageOf(it).engine('waiting');
    assert.deepEqual(waiting, { state: 'waiting', attempt: 1, retryInMs: 500 });
    // What is asked for meanwhile is answered once the engine is there again.
    const asked = it.get('/media/bytes/3');
    assert.equal(it.electron.children.length, 1);
    it.timers.pass(500);
    assert.deepEqual([...new Uint8Array(await (await asked).arrayBuffer())], [7, 7, 7]);
    assert.equal(it.electron.children.length, 2);
    const { rpc, preview } = await pageOf(it).portsOfRun(2);
    const heard = new Promise((resolve) => rpc.once('message', resolve));
    rpc.postMessage('again');
    assert.deepEqual(await heard, { echoed: 'again' });
    rpc.close();
    preview.close();
  });

  test('an engine that keeps dying waits longer each time, is given up in words, and tried again when asked to', async () => {
    const it = await start({ tiny: 'dies' });
    const waits: number[] = [];
    for (let attempt = 1; attempt < 6; attempt++) {
      const engine = await pageOf(it).event(
        'engine',
        ({ engine }) => engine.state === 'waiting' && engine.attempt === attempt,
      );
      assert.ok(engine.engine.state === 'waiting');
      waits.push(engine.engine.retryInMs);
      if (attempt === 5) it.electron.answers.push(1, 0);
      it.timers.pass(engine.engine.retryInMs);
    }
    assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000]);
    assert.deepEqual(await pageOf(it).engine('failed'), { state: 'failed', error: null });
    await until(() => it.electron.children.length === 7);
    assert.match(it.electron.asked[0]!.message, /engine does not start/);
  });

  test('an engine that says why it cannot start is not started over and over: the person reads why', async () => {
    const it = await start({ tiny: 'refuses', languages: ['zh-CN'] });
    const failed = await pageOf(it).engine('failed');
    assert.equal(failed.state === 'failed' && failed.error?.code, 'storage.disk-full');
    assert.equal(it.electron.children.length, 1);
    assert.match(it.electron.asked[0]!.message, /[\u4e00-\u9fff]/);
    assert.equal(await it.electron.exited, 0, 'the person chose to quit');
  });

  test('secrets are kept encrypted, and not at all where the system has no keychain', async () => {
    const it = await startWithPage();
    const secret = async (path: string): Promise<unknown> => (await it.get(path)).json();
    assert.deepEqual(await secret('/media/secret/key?set=s3cret-word'), { value: 's3cret-word', names: ['key'] });
    const file = join(folder, 'data', 'desktop', 'secrets.json');
    assert.doesNotMatch(await readFile(file, 'utf8'), /s3cret/);
    assert.deepEqual(await secret('/media/secret/__proto__'), { value: null, names: ['key'] });
    assert.deepEqual(await secret('/media/secret/key?delete=1'), { value: null, names: [] });

    await rm(file);
    const bare = await startWithPage({ keychain: false });
    const answer = await bare.get('/media/secret/key?set=s3cret-word');
    assert.deepEqual(await answer.json(), { value: 's3cret-word', names: ['key'] });
    assert.ok(!(await readdir(join(folder, 'data', 'desktop'))).includes('secrets.json'));
  });
});

describe('files', () => {
  test('a picture chosen in the system’s dialog reaches the studio as an upload', async () => {
    const it = await startWithPage();
    const picture = join(folder, '我的照片.png');
    await writeFile(picture, 'pixels');
    it.electron.chosen.push(picture);
    assert.deepEqual(await pageOf(it).bridge.openFile('picture'), {
      type: 'opened',
      kind: 'picture',
      asset: { sha256: 'ab'.repeat(32), mediaType: 'image/png', fileName: '我的照片.png' },
    });
    assert.deepEqual(await pageOf(it).bridge.openFile('picture'), { type: 'cancelled' });
    await writeFile(picture, '');
    it.electron.chosen.push(picture);
    const full = await pageOf(it).bridge.openFile('picture');
    assert.equal(full.type === 'failed' && full.error.code, 'storage.disk-full');
    const pipe = join(folder, 'pipe.png');
    if (process.platform !== 'win32') execFileSync('mkfifo', [pipe]);
    for (const unreadable of [join(folder, 'gone.png'), folder, pipe]) {
      it.electron.chosen.push(unreadable);
      const failed = await pageOf(it).bridge.openFile('picture');
      assert.equal(failed.type === 'failed' && failed.error.code, 'storage.asset-source-unreadable', unreadable);
    }
  });

  test('a work is saved where the person says, whole or not at all, and may then be revealed', async () => {
    const it = await startWithPage();
    const { bridge } = pageOf(it);
    const target = join(folder, 'talk.mp4');
    assert.equal(await bridge.reveal(target), false);
    it.electron.chosen.push(target);
    assert.deepEqual(await bridge.saveFile({ path: '/media/bytes/300000', fileName: '../a:b.mp4' }), {
      type: 'saved',
      path: target,
    });
    assert.equal((await readFile(target)).length, 300_000);
    assert.equal(it.electron.opened[0]?.options.defaultPath, '.._a_b.mp4');
    assert.equal(await bridge.reveal(target), true);
    assert.equal(await bridge.reveal('/etc/passwd'), false);
    assert.equal(await bridge.reveal(join(folder, 'data', '..', 'app', 'secret.json')), false);
    assert.deepEqual(it.electron.revealed, [target]);

    it.electron.chosen.push(join(folder, 'nothing.mp4'), join(folder, 'no', 'folder.mp4'));
    assert.equal((await bridge.saveFile({ path: '/media/nothing', fileName: 'x.mp4' })).type, 'failed');
    const unwritable = await bridge.saveFile({ path: '/media/bytes/9', fileName: 'x.mp4' });
    assert.match(unwritable.type === 'failed' ? unwritable.error.code : '', /^storage\./);
    assert.deepEqual((await readdir(folder)).sort(), ['app', 'talk.mp4']);
  });

  test('a project file opened from outside reaches the page, now or once there is one', async () => {
    const project = join(folder, 'Talk.shenghua');
    await writeFile(project, 'bundle');
    const it = await start({ argv: ['electron', '--no-sandbox', 'Talk.shenghua'] });
    assert.equal(pageOf(it).events.filter(({ type }) => type === 'opened').length, 0);
    await pageOf(it).bridge.connect();
    const { file } = await pageOf(it).event('opened');
    assert.equal(file.type === 'opened' && file.asset.fileName, 'Talk.shenghua');

    // macOS: with an event, also before there is a window.
    const mac = await start({ platform: 'darwin', ready: false });
    let prevented = false;
    mac.electron.app.emit('open-file', { preventDefault: () => (prevented = true) }, project);
    await mac.electron.becomeReady();
    await pageOf(mac).bridge.connect();
    assert.equal((await pageOf(mac).event('opened')).file.type, 'opened');
    assert.ok(prevented);
  });

  test('a second start hands its file over and shows the first; it starts nothing itself', async () => {
    const it = await startWithPage();
    await writeFile(join(folder, 'b.shenghua'), 'bundle');
    it.window().minimized = true;
    it.electron.app.emit('second-instance', {}, ['electron', '--flag', 'b.shenghua'], folder);
    const { file } = await pageOf(it).event('opened');
    assert.equal(file.type === 'opened' && file.asset.fileName, 'b.shenghua');
    assert.equal(it.window().minimized, false);
    assert.deepEqual(it.window().shown.slice(-2), ['show', 'focus']);

    const second = await start({ firstInstance: false });
    assert.deepEqual(
      [second.electron.windows.length, second.electron.children.length, second.electron.log],
      [0, 0, ['quit']],
    );
  });
});

describe('work that runs', () => {
  test('keeps the machine awake and the window unthrottled, and is told in the tray', async () => {
    const it = await startWithPage();
    const { webContents } = it.window();
    await it.get('/media/exports/2');
    await until(() => !webContents.throttling);
    assert.ok(it.electron.log.includes('awake: prevent-app-suspension'));
    assert.ok(it.electron.log.includes('tray: Shenghua Studio · Exporting: 50 %, 2 left'));
    await it.get('/media/exports/0');
    await until(() => webContents.throttling);
    assert.ok(it.electron.log.includes('may sleep'));
  });

  test('a show on air keeps the machine awake and the window unthrottled until it is off air', async () => {
    const it = await startWithPage();
    const { webContents } = it.window();
    await it.get('/media/show/on-air');
    await until(() => !webContents.throttling);
    assert.ok(it.electron.log.includes('awake: prevent-app-suspension'));
    await it.get('/media/show/off');
    await until(() => webContents.throttling);
    assert.ok(it.electron.log.includes('may sleep'));
  });

  test('is asked about before leaving: going on, leaving when it is done, leaving now', async () => {
    const it = await startWithPage();
    await it.get('/media/exports/1');
    await until(() => !it.window().webContents.throttling);

    it.electron.answers.push(0);
    assert.equal(it.window().close(), false, 'the window stays while it is asked');
    await until(() => it.electron.asked.length === 1);
    await new Promise((resolve) => setImmediate(resolve));
    it.electron.answers.push(1);
    it.electron.shell.app.quit();
    await until(() => it.window().shown.includes('hide'));
    // The person comes back: what was waited for is no longer a reason to leave.
    it.electron.app.emit('activate');
    await it.get('/media/exports/0');
    await until(() => it.window().webContents.throttling);
    assert.ok(!it.electron.log.includes('exit'));

    await it.get('/media/exports/1');
    await until(() => !it.window().webContents.throttling);
    it.electron.answers.push(1);
    it.electron.shell.app.quit();
    await until(() => it.window().shown.filter((what) => what === 'hide').length === 2);
    await it.get('/media/exports/0');
    assert.equal(await it.electron.exited, 0);
    assert.equal(await it.electron.children[0]!.exited, 0, 'the engine ended by itself');
    assert.ok(it.window().destroyed);
  });

  test('leaving takes the engine along, even one that does not listen', async () => {
    const it = await startWithPage();
    it.electron.shell.app.quit();
    assert.equal(await it.electron.exited, 0);
    assert.equal(await it.electron.children[0]!.exited, 0);

    const deaf = await startWithPage();
    deaf.electron.children[0]!.postMessage = () => {};
    deaf.electron.shell.app.quit();
    deaf.timers.pass(8000);
    assert.equal(await deaf.electron.exited, 0);
    await deaf.electron.children[0]!.exited;
  });
});

describe('menu', () => {
  const labels = (items: Electron.MenuItemConstructorOptions[]): (string | undefined)[] =>
    items.flatMap((item) => [item.label, ...(Array.isArray(item.submenu) ? labels(item.submenu) : [])]);
  const find = (it: Started, id: string) => {
    const all = (items: Electron.MenuItemConstructorOptions[]): Electron.MenuItemConstructorOptions[] =>
      items.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? all(item.submenu) : [])]);
    return it.electron.menus.flatMap(all).findLast((item) => item.id === id)!;
  };

  test('sends actions to the page and speaks the language that the person chose', async () => {
    const it = await startWithPage();
    find(it, 'export.open').click?.({} as Electron.MenuItem, undefined, {} as Electron.KeyboardEvent);
    assert.equal((await pageOf(it).event('action')).action, 'export.open');
    assert.equal(find(it, 'edit.undo').registerAccelerator, false, 'the page hears its keys itself');
    await until(() => it.electron.shell.nativeTheme.themeSource === 'dark');
    await it.get('/media/language/zh-CN');
    await until(() => find(it, 'export.open').label === '导出…');
    assert.equal(it.electron.shell.nativeTheme.themeSource, 'light');
    const bar = it.electron.menus.findLast((menu) => menu.some(({ label }) => label === '文件'))!;
    for (const label of labels(bar)) assert.ok(label === undefined || /[\u4e00-\u9fff]/.test(label), label);
  });

  test('on macOS the menu takes its keys, but none that people type with', async () => {
    const it = await start({ platform: 'darwin', languages: ['zh-Hans-CN'] });
    assert.equal(find(it, 'edit.undo').registerAccelerator, true);
    assert.equal(find(it, 'preview.toggle').accelerator, undefined);
    assert.equal(find(it, 'quit').label, '退出');
  });
});
