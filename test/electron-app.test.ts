import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { _electron } from 'playwright-core';
import { buildRenderer } from '../scripts/build-renderer.ts';
import { electronProgram } from '../scripts/electron-program.ts';
import { packDesktop } from '../scripts/pack-desktop.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

test('the studio in Electron itself: a locked-down window, the interface in it, an engine that answers, a clean end', async () => {
  const program = electronProgram();
  if (program === null) {
    // Said, and true: where the program is there, this must not pass without running it.
    const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
    for (const path of ['electron', 'electron.exe', 'Electron.app'])
      assert.ok(!existsSync(join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), path)), path);
    console.log('Not run in Electron: its program is not installed here (npx install-electron fetches it).');
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-electron-'));
  try {
    await buildRenderer();
    const out = join(root, 'dist', 'desktop-test');
    await packDesktop({ out, rendererDir: join(root, 'renderer', 'dist') });
    const app = await _electron.launch({
      executablePath: program,
      // A root user, as in a container, has no sandbox to give.
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), out],
      env: { ...(process.env as Record<string, string>), SHENGHUA_DATA: join(folder, 'data') },
    });
    try {
      const page = await app.firstWindow();
      assert.equal(page.url(), 'studio://app/');
      await page.waitForSelector('#root > *');
      const world = await page.evaluate(async () => ({
        node: 'process' in globalThis || 'require' in globalThis,
        bridge: 'shenghuaDesktop' in globalThis,
        isolated: 'crossOriginIsolated' in globalThis,
        // The engine answers through the protocol, once it is there.
        media: (await fetch('/media/asset/none')).status,
      }));
      assert.deepEqual(world, { node: false, bridge: true, isolated: true, media: 404 });
      const preferences = await app.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        return (
          window!.webContents as unknown as { getLastWebPreferences(): Record<string, unknown> }
        ).getLastWebPreferences();
      });
      assert.deepEqual(
        [preferences.sandbox, preferences.contextIsolation, preferences.nodeIntegration],
        [true, true, false],
      );
    } finally {
      await app.close();
    }
    assert.equal(app.process().exitCode, 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
