import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { StudioClient } from '../app/contract/index.ts';
import { startDesktop } from '../main/electron/desktop.ts';
import { createElectronDouble, ManualTimers } from './electron/double.ts';
import { exportTalk } from './electron/export-talk.ts';

const ENGINE = fileURLToPath(new URL('../main/electron/engine/main.ts', import.meta.url));

test('the desktop from start to quit: window, handshake, a portrait by dialog, an export, saved, gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-boot-'));
  const env = { ...process.env, SHENGHUA_DATA: join(folder, 'data') };
  const electron = createElectronDouble({ userData: join(folder, 'user'), env });
  try {
    await mkdir(join(folder, 'app', 'renderer', 'dist'), { recursive: true });
    await writeFile(join(folder, 'app', 'renderer', 'dist', 'index.html'), '<!doctype html>');
    startDesktop(electron.shell, {
      ...{ argv: ['electron'], cwd: folder, env, platform: 'linux' },
      ...{ appDir: join(folder, 'app'), engineProgram: ENGINE, timers: new ManualTimers() },
    });
    await electron.becomeReady();
    const { page } = electron.windows[0]!.webContents;
    assert.equal((await electron.fetch(new Request(electron.windows[0]!.url))).status, 200);

    await page.bridge.connect();
    const { rpc: port, preview } = await page.portsOfRun(1);
    const rpc: StudioClient = createORPCClient<StudioClient>(new RPCLink({ port }));
    port.start();
    const info = await rpc.system.info({});
    assert.equal(info.dataDir, join(folder, 'data'));
    assert.deepEqual(info.capabilities, { revealInFolder: true, chooseFolder: true });

    electron.chosen.push(fileURLToPath(new URL('../resources/avatars/lin/portrait.png', import.meta.url)));
    const picture = await page.bridge.openFile('picture');
    assert.ok(picture.type === 'opened');
    const stored = await electron.fetch(new Request(`studio://app/media/asset/${picture.asset.sha256}`));
    assert.equal(stored.headers.get('content-type'), 'image/png');
    assert.deepEqual(
      Buffer.from(await stored.arrayBuffer()),
      await readFile(new URL('../resources/avatars/lin/portrait.png', import.meta.url)),
    );
    const part = await electron.fetch(
      new Request(`studio://app/media/asset/${picture.asset.sha256}`, { headers: { range: 'bytes=1-3' } }),
    );
    assert.deepEqual([part.status, await part.text()], [206, 'PNG']);

    const workId = await exportTalk(rpc, { kind: 'asset', asset: picture.asset });
    assert.ok(electron.log.includes('awake: prevent-app-suspension'), 'the machine was kept awake while it ran');

    const work = await rpc.library.details({ id: workId });
    const target = join(folder, 'talk.mp4');
    electron.chosen.push(target);
    const saved = await page.bridge.saveFile({ path: work.files[0]!.path, fileName: work.files[0]!.fileName });
    assert.deepEqual(saved, { type: 'saved', path: target });
    const film = await readFile(target);
    assert.equal(film.length, work.files[0]!.bytes);
    assert.equal(film.toString('latin1', 4, 8), 'ftyp');
    await rpc.library.reveal({ id: workId });
    assert.equal(electron.revealed.length, 1);

    electron.shell.app.quit();
    assert.equal(await electron.exited, 0);
    assert.equal(await electron.children[0]!.exited, 0, 'the engine ended by itself');
    assert.deepEqual(electron.asked, [], 'nothing ran any more, nothing was asked');
    port.close();
    preview.close();
  } finally {
    for (const child of electron.children) {
      child.kill();
      await child.exited;
    }
    await rm(folder, { recursive: true, force: true });
  }
});
