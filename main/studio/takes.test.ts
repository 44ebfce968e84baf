import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newProject } from '../../app/document/new-project.ts';
import { takeSchema } from '../../app/document/take.ts';
import { StudioError } from '../../app/errors/index.ts';
import { openStorage } from '../storage/open.ts';
import { createTakeService } from './takes.ts';

test('takes stay with their project, keep their sound from being tidied away, and are told to every window', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'takes-'));
  const storage = await openStorage({ dataDir });
  const stop = new AbortController();
  try {
    for (const id of ['p', 'q'])
      storage.projects.create(newProject({ id, name: id, portrait: { kind: 'sample', id: 'lin' } }));
    const service = createTakeService(storage.takes, storage.assets);
    await writeFile(join(dataDir, 'a.wav'), 'sound');
    const asset = await storage.assets.put(join(dataDir, 'a.wav'), { mediaType: 'audio/wav' });
    const take = takeSchema.parse({
      id: 't1',
      projectId: 'p',
      name: 'Take 1',
      asset,
      durationMs: 900.5,
      recordedAtMs: 5,
    });

    const news = (await service.watch({ projectId: 'p' }, stop.signal))[Symbol.asyncIterator]();
    const told = async () => ((await news.next()).value as { name: string }[]).map(({ name }) => name);
    assert.deepEqual(await told(), []);
    await service.save(take, stop.signal);
    assert.deepEqual(await told(), ['Take 1']);
    await service.save({ ...take, name: 'The good one' }, stop.signal);
    assert.deepEqual(await told(), ['The good one']);
    assert.deepEqual(await service.list({ projectId: 'p' }, stop.signal), [{ ...take, name: 'The good one' }]);
    assert.deepEqual(await service.list({ projectId: 'q' }, stop.signal), []);

    assert.equal((await storage.assets.collectGarbage({ olderThanMs: 0 })).removed, 0);
    await service.remove({ id: 't1' }, stop.signal);
    assert.deepEqual(await told(), []);
    assert.equal((await storage.assets.collectGarbage({ olderThanMs: 0 })).removed, 1);
    await assert.rejects(
      async () => service.save(take, stop.signal),
      (error: unknown) => error instanceof StudioError && error.code === 'storage.asset-missing',
    );
  } finally {
    stop.abort();
    storage.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
