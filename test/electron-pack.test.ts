import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { Configuration } from 'electron-builder';
import { parse } from 'yaml';
import type { StudioClient } from '../app/contract/index.ts';
import { startDesktop } from '../main/electron/desktop.ts';
import { packDesktop } from '../scripts/pack-desktop.ts';
import { packInstallers } from '../scripts/pack-installers.ts';
import { sortPackages } from '../scripts/pack-packages.ts';
import { createElectronDouble, ManualTimers } from './electron/double.ts';
import { exportTalk } from './electron/export-talk.ts';
import { readFuses, writeStubDist } from './electron/stub-dist.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const MB = 1024 * 1024;
/** Everything but Electron itself, unpacked; installers are about a third of it. */
const BUDGET_BYTES = 330 * MB;
const ARCHIVE_BUDGET_BYTES = 6 * MB;

const config = parse(readFileSync(join(root, 'electron-builder.yml'), 'utf8')) as Configuration;

test('the configuration names every system’s installers, the project file, its licences and icons that are there', () => {
  const targets = (list: unknown): string[] => (list as { target: string }[]).map(({ target }) => target);
  assert.deepEqual(targets(config.mac?.target), ['dmg', 'zip']);
  assert.deepEqual(targets(config.win?.target), ['nsis', 'zip']);
  assert.deepEqual(targets(config.linux?.target), ['AppImage', 'deb', 'tar.gz']);
  const [association] = [config.fileAssociations ?? []].flat();
  assert.deepEqual([association?.ext, association?.role], ['shenghua', 'Editor']);
  assert.deepEqual(config.extraFiles, ['LICENSE', 'THIRD-PARTY-LICENSES.md']);
  assert.equal(config.nsis?.license, 'LICENSE');
  assert.match(String(config.mac?.extendInfo && JSON.stringify(config.mac.extendInfo)), /Microphone.*Camera/s);

  const head = (path: unknown): string => readFileSync(join(root, String(path))).toString('latin1', 0, 8);
  assert.equal(head(config.mac?.icon).slice(0, 4), 'icns');
  assert.equal(head(config.win?.icon).slice(0, 4), '\0\0\x01\0');
  const png = readFileSync(join(root, String(config.linux?.icon), '512x512.png'));
  assert.deepEqual([png.toString('latin1', 1, 4), png.readUInt32BE(16)], ['PNG', 512]);
  const icns = readFileSync(join(root, String(config.mac?.icon)));
  assert.equal(icns.readUInt32BE(4), icns.length);
  assert.match(readFileSync(join(root, String(config.mac?.entitlements)), 'utf8'), /audio-input[\s\S]*camera/);
});

describe('the packed program', () => {
  let folder: string;
  let app: string;
  let unpacked: string;
  let archive: Map<string, { unpacked: boolean }>;
  let files: string[];
  let needed: string[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shenghua-pack-'));
    const rendererDir = join(folder, 'interface');
    await mkdir(join(rendererDir, 'assets'), { recursive: true });
    await writeFile(join(rendererDir, 'index.html'), '<!doctype html>');
    await writeFile(join(rendererDir, 'assets', 'index.js'), 'void 0;');
    const version = (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock).packages[
      'node_modules/electron'
    ]!.version;
    await writeStubDist(join(folder, 'electron'), version);
    const code = await packDesktop({ out: join(root, 'dist', 'desktop'), rendererDir });
    needed = sortPackages(join(root, 'package-lock.json'), code.packages).needed;
    await packInstallers(code, {
      dir: true,
      overrides: {
        ...{ electronDist: join(folder, 'electron'), electronVersion: version },
        directories: { output: join(folder, 'out') },
      },
    });
    app = join(folder, 'out', 'linux-unpacked');
    unpacked = join(app, 'resources', 'app.asar.unpacked');
    archive = readArchive(readFileSync(join(app, 'resources', 'app.asar')));
    files = (await readdir(unpacked, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => relative(unpacked, join(entry.parentPath, entry.name)));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('keeps shell and interface in the archive, and the whole engine beside it as real files', () => {
    for (const path of [
      'main/electron/main.js',
      'main/electron/preload.cjs',
      'renderer/dist/index.html',
      'renderer/dist/assets/index.js',
      'resources/icons/tray.png',
    ])
      assert.equal(archive.get(path)?.unpacked, false, path);
    for (const path of [
      'package.json',
      'main/electron/engine/main.js',
      'main/render/frame-worker.js',
      'main/providers/tts/espeak/worker.js',
      'native-models/face-mesh/face-mesh-worker.js',
      'native-models/llama/child.js',
      'main/pixels/pixels.wasm',
      'resources/avatars/index.json',
    ]) {
      assert.equal(archive.get(path)?.unpacked, true, path);
      assert.ok(existsSync(join(unpacked, path)), path);
    }
    const manifest = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(
      [manifest.main, manifest.type, manifest.devDependencies],
      ['main/electron/main.js', 'module', undefined],
    );
  });

  test('holds exactly the packages that the engine needs, for this platform alone, and ffmpeg that can be run', () => {
    const packed = new Set(
      files.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0]).filter((name) => name !== undefined),
    );
    // Where one lies follows from what lies beside it, and a package for another platform is not installed.
    const named = (folder: string, places: Iterable<string>): string[] => [
      ...new Set(
        [...places].map((place) => {
          const { version } = JSON.parse(readFileSync(join(folder, place, 'package.json'), 'utf8')) as {
            version: string;
          };
          return `${place.split('node_modules/').at(-1)} ${version}`;
        }),
      ),
    ];
    assert.deepEqual(
      named(unpacked, packed).sort(),
      named(
        root,
        needed.filter((place) => existsSync(join(root, place))),
      ).sort(),
    );
    assert.ok(
      !packed.has('node_modules/react') &&
        !packed.has('node_modules/typescript') &&
        !packed.has('node_modules/electron'),
    );

    const here = `${process.platform}-${process.arch}`;
    const native = files.filter((path) => path.endsWith('.node'));
    assert.ok(native.length >= 3, native.join());
    for (const path of native) assert.ok(path.replaceAll('/', '-').includes(here), path);
    const ffmpeg = files.find((path) => path.endsWith(`@ffmpeg-installer/${here}/ffmpeg`));
    assert.ok(ffmpeg !== undefined && (statSync(join(unpacked, ffmpeg)).mode & 0o111) !== 0);
  });

  test('holds no test, source, type or map, its licences, and stays within its size', async () => {
    const all = [...archive.keys()];
    assert.deepEqual(
      all.filter((path) => /\.(ts|mts|cts|map)$|\.test\.|\.fixture\.|(^|\/)testing\//.test(path)),
      [],
    );
    assert.deepEqual(
      all.filter((path) => /^(bench|scripts|test|docs)\//.test(path)),
      [],
    );
    for (const name of ['LICENSE', 'THIRD-PARTY-LICENSES.md']) assert.ok((await stat(join(app, name))).size > 1000);
    const bytes = files.reduce((sum, path) => sum + statSync(join(unpacked, path)).size, 0);
    const archiveBytes = statSync(join(app, 'resources', 'app.asar')).size;
    console.log(`packed: ${(bytes / MB).toFixed(1)} MB beside the archive, ${(archiveBytes / MB).toFixed(1)} MB in it`);
    assert.ok(bytes < BUDGET_BYTES, `${bytes} bytes beside the archive`);
    assert.ok(archiveBytes < ARCHIVE_BUDGET_BYTES, `${archiveBytes} bytes in the archive`);
  });

  test('cannot be made to run other code: fuses', async () => {
    const fuses = readFuses(await readFile(join(app, 'shenghua-studio')));
    assert.deepEqual(
      [fuses.runAsNode, fuses.enableNodeOptionsEnvironmentVariable, fuses.enableNodeCliInspectArguments],
      [false, false, false],
    );
    assert.deepEqual([fuses.onlyLoadAppFromAsar, fuses.enableEmbeddedAsarIntegrityValidation], [true, true]);
    assert.equal(fuses.grantFileProtocolExtraPrivileges, false);
  });

  test('has a preload script that loads nothing but electron', async () => {
    const text = await readFile(join(root, 'dist', 'desktop', 'main', 'electron', 'preload.cjs'), 'utf8');
    assert.ok(text.length < 8000, `${text.length} characters`);
    const required: string[] = [];
    const exposed: Record<string, unknown> = {};
    const run = new Function('require', 'process', 'window', text) as (...given: unknown[]) => void;
    run(
      (name: string) => {
        required.push(name);
        return {
          contextBridge: { exposeInMainWorld: (key: string, api: unknown) => (exposed[key] = api) },
          ipcRenderer: { on: () => {}, off: () => {}, invoke: () => {} },
        };
      },
      { argv: ['x', '--studio-version=1.2.3'], platform: 'linux' },
      {},
    );
    assert.deepEqual(required, ['electron']);
    assert.deepEqual((exposed.shenghuaDesktop as { version: string }).version, '1.2.3');
  });

  test('runs its engine from where it was packed, and exports with it', async () => {
    const env = { ...process.env, SHENGHUA_DATA: join(folder, 'data'), PATH: '/nowhere' };
    const electron = createElectronDouble({ userData: join(folder, 'user'), env });
    startDesktop(electron.shell, {
      ...{ argv: ['electron'], cwd: folder, env, platform: 'linux', timers: new ManualTimers() },
      ...{ appDir: unpacked, engineProgram: join(unpacked, 'main/electron/engine/main.js') },
    });
    try {
      await electron.becomeReady();
      const { page } = electron.windows[0]!.webContents;
      await page.bridge.connect();
      const { rpc: port, preview } = await page.portsOfRun(1);
      const rpc: StudioClient = createORPCClient<StudioClient>(new RPCLink({ port }));
      port.start();
      // With the ffmpeg it brings: nothing of this machine's is in its PATH.
      const workId = await exportTalk(rpc, { kind: 'sample', id: 'mika' });
      const { files: made, durationMs } = await rpc.library.details({ id: workId });
      const film = await electron.fetch(new Request(`studio://app${made[0]!.path}`));
      assert.equal(Buffer.from(await film.arrayBuffer()).toString('latin1', 4, 8), 'ftyp');
      assert.ok(durationMs > 500, `${durationMs} ms`);
      electron.shell.app.quit();
      assert.equal(await electron.children[0]!.exited, 0);
      port.close();
      preview.close();
    } finally {
      for (const child of electron.children) {
        child.kill();
        await child.exited;
      }
    }
  });
});

interface Lock {
  packages: Record<string, { version: string }>;
}

interface ArchiveEntry {
  files?: Record<string, ArchiveEntry>;
  unpacked?: boolean;
}
/** Paths of an asar archive's files. https://github.com/electron/asar#format */
function readArchive(bytes: Buffer): Map<string, { unpacked: boolean }> {
  const found = new Map<string, { unpacked: boolean }>();
  const walk = (entry: ArchiveEntry, path: string): void => {
    if (entry.files === undefined) found.set(path, { unpacked: entry.unpacked === true });
    else for (const [name, inner] of Object.entries(entry.files)) walk(inner, path === '' ? name : `${path}/${name}`);
  };
  walk(JSON.parse(bytes.toString('utf8', 16, 16 + bytes.readUInt32LE(12))) as ArchiveEntry, '');
  return found;
}
