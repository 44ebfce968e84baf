import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const cruiser = fileURLToPath(
  new URL('../node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', import.meta.url),
);
const config = fileURLToPath(new URL('../.dependency-cruiser.cjs', import.meta.url));

/** Who imports what, and the rule that forbids it (null: allowed). */
const imports: [from: string, to: string, rule: string | null][] = [
  ['app/a.ts', 'zod', null],
  ['app/b.ts', 'node:fs', 'app-is-pure'],
  ['app/c.ts', '../main/media/x.ts', 'app-is-pure'],
  ['app/d.test.ts', 'node:fs', null],
  ['app/e.test.ts', '../main/media/x.ts', 'app-tests-stay-in-app'],
  ['main/engine/a.ts', '../../app/x.ts', null],
  ['main/engine/b.ts', '../storage/x.ts', 'engine-knows-only-ports'],
  ['main/engine/c.ts', '../providers/tts/x.ts', 'engine-knows-only-ports'],
  ['main/engine/d.ts', '../speech/x.ts', null],
  ['main/render/a.ts', '../providers/lipsync/x.ts', null],
  ['main/render/b.ts', '../media/x.ts', 'render-composes-frames'],
  ['main/media/a.ts', '../engine/ports/x.ts', null],
  ['main/media/b.ts', '../pixels/x.ts', null],
  ['main/media/c.ts', '../storage/x.ts', 'areas-are-no-siblings'],
  ['main/media/g.ts', '../files/x.ts', null],
  ['main/media/h.ts', '../net/x.ts', null],
  ['main/files/a.ts', '../storage/x.ts', 'areas-are-no-siblings'],
  ['main/media/d.ts', '../engine/x.ts', 'areas-are-no-siblings'],
  ['main/media/e.ts', '../compose.ts', 'areas-are-no-siblings'],
  ['main/export/a.ts', '../storage/x.ts', null],
  ['main/broadcast/hub/a.ts', 'node-media-server', null],
  ['main/broadcast/publisher/a.ts', '../../media/x.ts', 'areas-are-no-siblings'],
  ['main/broadcast/publisher/b.ts', 'node-media-server', 'only-broadcast-is-a-media-server'],
  ['main/broadcast/testing/a.ts', '../../media/x.ts', null],
  ['main/live/a.ts', '../broadcast/x.ts', null],
  ['main/headless/d.ts', '../export/x.ts', null],
  ['main/engine/e.ts', '../export/x.ts', 'engine-knows-only-ports'],
  ['main/media/f.ts', '../export/x.ts', 'areas-are-no-siblings'],
  ['main/compose.ts', './storage/x.ts', null],
  ['main/studio/a.ts', '../export/x.ts', null],
  ['main/studio/b.ts', '../rpc/x.ts', 'studio-knows-no-transport'],
  ['main/studio/c.ts', 'ws', 'studio-knows-no-transport'],
  ['main/preview/a.ts', '../render/x.ts', null],
  ['main/preview/b.ts', '../studio/x.ts', 'preview-is-below-the-studio'],
  ['main/rpc/a.ts', '../studio/x.ts', null],
  ['main/rpc/b.ts', '../storage/x.ts', 'rpc-has-no-logic'],
  ['main/engine-process/a.ts', '../rpc/x.ts', null],
  ['main/engine-process/b.ts', '../headless/x.ts', 'engine-process-knows-no-host'],
  ['main/headless/a.ts', '../compose.ts', null],
  ['main/providers/tts/a.ts', '../lipsync/x.ts', 'providers-are-no-siblings'],
  ['main/providers/tts/b.ts', '../kit/x.ts', null],
  ['main/electron/a.ts', 'electron', null],
  ['main/headless/b.ts', 'electron', 'only-the-shell-is-electron'],
  ['main/headless/c.ts', '../electron/x.ts', 'nobody-imports-the-shell'],
  ['renderer/a.ts', '../app/x.ts', null],
  ['renderer/b.ts', '../main/media/x.ts', 'renderer-is-a-browser'],
  ['renderer/c.ts', 'node:path', 'renderer-has-no-node'],
  ['native-models/a.ts', '../app/x.ts', null],
  ['native-models/b.ts', '../main/media/x.ts', 'models-are-leaves'],
  ['main/speech/a.ts', '../../scripts/x.ts', 'product-needs-no-tooling'],
  ['scripts/a.ts', '../main/storage/x.ts', null],
  ['main/stage/round.ts', './trip.ts', 'no-cycles'],
  // A circle is told once.
  ['main/stage/trip.ts', './round.ts', null],
  ['main/stage/b.ts', './nowhere.ts', 'resolvable'],
];

test('each forbidden import is caught by its rule, and the allowed ones pass', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shenghua-boundaries-'));
  const write = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  try {
    const packages = ['zod', 'electron', 'ws', 'node-media-server'];
    for (const name of packages) {
      await write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
      await write(`node_modules/${name}/index.js`, 'module.exports = {};');
    }
    const dependencies = Object.fromEntries(packages.map((name) => [name, '1.0.0']));
    await write('package.json', JSON.stringify({ dependencies }));
    for (const [from, to] of imports) {
      const target = join(dirname(from), to);
      if (to.endsWith('/x.ts') || to.endsWith('compose.ts')) await write(target, 'export const x = 1;\n');
    }
    for (const [from, to] of imports) await write(from, `import * as it from '${to}';\nexport const y = it;\n`);

    const folders = ['app', 'main', 'renderer', 'native-models', 'scripts'];
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [cruiser, '--config', config, '--output-type', 'json', ...folders],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    assert.ok(stdout.startsWith('{'), stderr);
    const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
    for (const [from, to, rule] of imports) {
      const broken = new Set(
        summary.violations.filter((violation) => violation.from === from).map((violation) => violation.rule.name),
      );
      assert.deepEqual([...broken], rule === null ? [] : [rule], `${from} → ${to}`);
    }
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
