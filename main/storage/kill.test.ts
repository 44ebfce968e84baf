import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { numberedContent, numberedProject, saveNumber } from './numbered-project.fixture.ts';
import { openStorage } from './open.ts';
import { readProjectFile } from './project-file.ts';

const saver = fileURLToPath(new URL('save-loop.fixture.ts', import.meta.url));

async function withProject(work: (dataDir: string) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'shenghua-kill-'));
  try {
    const storage = await openStorage({ dataDir });
    const asset = await storage.assets.put(numberedContent(1), { mediaType: 'application/octet-stream' });
    storage.projects.create(numberedProject('p', 1, asset));
    storage.close();
    await work(dataDir);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Runs a saver; kills it `afterMs` after its `acknowledgements`th save. Gives the last number it said was saved. */
async function saveUntilKilled(dataDir: string, acknowledgements: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [saver, dataDir, 'p', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    seen += 1;
    if (seen === acknowledgements) void delay(afterMs).then(() => child.kill('SIGKILL'));
  }
  const [code, signal] = (await closed) as [number | null, string | null];
  assert.deepEqual([code, signal], [null, 'SIGKILL']);
  return last;
}

test('kill -9 at any moment: the last acknowledged save or a newer whole one is there, and every file is sound', async () => {
  await withProject(async (dataDir) => {
    let random = 20261122;
    const below = (limit: number) => {
      random = (Math.imul(random, 1103515245) + 12345) & 0x7fffffff;
      return (random >>> 8) % limit;
    };
    let atLeast = 1;
    for (let round = 0; round < 20; round++) {
      atLeast = await saveUntilKilled(dataDir, 1 + below(12), below(25));
      const storage = await openStorage({ dataDir });
      try {
        assert.deepEqual(storage.notices, []);
        const { project, revision } = storage.projects.load('p');
        const number = saveNumber(project);
        assert.ok(
          number === atLeast || number === atLeast + 1,
          `round ${round}: ${number} after ${atLeast} was acknowledged`,
        );
        assert.equal(revision, number);
        const portrait = project.avatar.portrait;
        assert.ok(portrait.kind === 'asset');
        assert.deepEqual(Buffer.from(await storage.assets.read(portrait.asset)), Buffer.from(numberedContent(number)));

        const file = await readProjectFile(join(dataDir, 'talk.json'));
        assert.ok(saveNumber(file.project) >= atLeast - 1);
        assert.ok(file.project.avatar.portrait.kind === 'asset');
        await file.assets.resolve(file.project.avatar.portrait.asset, { verify: true });
      } finally {
        storage.close();
      }
    }
    const storage = await openStorage({ dataDir });
    await storage.assets.collectGarbage({ olderThanMs: 0 });
    storage.close();
    const left = (await readdir(join(dataDir, 'assets'), { recursive: true, withFileTypes: true })).filter((entry) =>
      entry.isFile(),
    );
    assert.equal(left.length, 1, 'only the asset in use stays, no half-written file');
  });
});

test('two processes saving the same project lose no save', async () => {
  await withProject(async (dataDir) => {
    const savers = [1, 2].map(() =>
      spawn(process.execPath, [saver, dataDir, 'p', '40'], { stdio: ['ignore', 'ignore', 'inherit'] }),
    );
    const codes = await Promise.all(savers.map(async (child) => (await once(child, 'close'))[0] as number));
    assert.deepEqual(codes, [0, 0]);
    const storage = await openStorage({ dataDir });
    const { project, revision } = storage.projects.load('p');
    storage.close();
    assert.equal(saveNumber(project), 81);
    assert.equal(revision, 81);
  });
});
