import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { newProject } from '../../app/document/new-project.ts';
import { createStudio, type Studio } from '../compose.ts';
import { loadSampleAvatar } from '../portrait/samples.ts';
import { StageBuilder } from './stage-builder.ts';

test('a face that is moved on while it is being prepared anew is shown at once', { timeout: 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stage-builder-'));
  const studio = createStudio({ dataDir: folder });
  const anew = Promise.withResolvers<void>();
  let prepared = 0;
  /** The first time as it is; the second, after the points have rested, it takes for ever. */
  const prepare: Studio['portraits']['prepare'] = (bytes, options) => {
    if (++prepared === 1) return studio.portraits.prepare(bytes, options);
    anew.resolve();
    return new Promise((_, reject) => {
      options.signal.addEventListener('abort', () => reject(options.signal.reason as Error));
    });
  };
  let shown = Promise.withResolvers<void>();
  const builder = new StageBuilder(
    { portraits: { ...studio.portraits, prepare }, assets: { resolve: () => Promise.reject(new Error('no files')) } },
    320,
    { built: () => shown.resolve(), failed: (error) => shown.reject(error), waiting: () => {} },
  );
  try {
    const project = newProject({ id: 'p', name: 'face', portrait: { kind: 'sample', id: 'lin' } });
    const { landmarks } = await loadSampleAvatar('lin');
    const moved = (by: number) => {
      const points = structuredClone(landmarks);
      for (const point of points.lips.outerLower) point[1] += by;
      return { ...project, avatar: { ...project.avatar, landmarks: points } };
    };
    builder.update(project);
    await shown.promise;
    shown = Promise.withResolvers();
    builder.update(moved(2));
    await shown.promise;
    await anew.promise;
    shown = Promise.withResolvers();
    builder.update(moved(4));
    await shown.promise;
    assert.equal(prepared, 2);
  } finally {
    await builder.dispose();
    await studio[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
});
