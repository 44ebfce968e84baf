import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { createStudio, type Studio } from '../compose.ts';
import { loadSampleAvatar } from '../portrait/samples.ts';
import { StageBuilder } from './stage-builder.ts';

type Prepare = Studio['portraits']['prepare'];

/** Runs `body` with a stage of Lin, cut out as drawn or as a photo; `show` waits until the stage of a document stands. */
async function withStage(
  kind: 'cut-out' | 'photo',
  prepareAs: (prepare: Prepare) => Prepare,
  body: (
    show: (project: Project) => Promise<void>,
    at: (by: number) => Project,
    nextShown: () => Promise<void>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'stage-builder-'));
  const studio = createStudio({ dataDir: folder });
  const lin = await loadSampleAvatar('lin');
  const photo = join(folder, 'photo.jpg');
  await writeFile(photo, await sharp(lin.portrait).flatten({ background: '#7a8794' }).jpeg().toBuffer());
  let shown = Promise.withResolvers<void>();
  const builder = new StageBuilder(
    {
      portraits: { ...studio.portraits, prepare: prepareAs(studio.portraits.prepare) },
      assets: { resolve: async () => photo },
    },
    320,
    { built: () => shown.resolve(), failed: (error) => shown.reject(error), waiting: () => {} },
  );
  const asset = { sha256: '0'.repeat(64), mediaType: 'image/jpeg', fileName: 'photo.jpg' };
  const portrait = kind === 'photo' ? { kind: 'asset' as const, asset } : { kind: 'sample' as const, id: 'lin' };
  const project = newProject({ id: 'p', name: 'face', portrait });
  try {
    await body(
      async (next) => {
        shown = Promise.withResolvers();
        builder.update(next);
        await shown.promise;
      },
      (by) => {
        const landmarks = structuredClone(lin.landmarks);
        for (const point of landmarks.lips.outerLower) point[1] += by;
        return { ...project, avatar: { ...project.avatar, landmarks } };
      },
      async () => {
        shown = Promise.withResolvers();
        await shown.promise;
      },
    );
  } finally {
    await builder.dispose();
    await studio[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

test('a face that is moved on while it is being prepared anew is shown at once', { timeout: 60_000 }, async () => {
  const anew = Promise.withResolvers<void>();
  let prepared = 0;
  /** The first time as it is; the second, after the points have rested, it takes for ever. */
  const once =
    (prepare: Prepare): Prepare =>
    (bytes, options) => {
      if (++prepared === 1) return prepare(bytes, options);
      anew.resolve();
      return new Promise((_, reject) => {
        options.signal.addEventListener('abort', () => reject(options.signal.reason as Error));
      });
    };
  await withStage('photo', once, async (show, at) => {
    await show(at(0));
    await show(at(2));
    await anew.promise;
    await show(at(4));
    assert.equal(prepared, 2);
  });
});

test('a photo is prepared anew when its points have rested, and shown so', { timeout: 60_000 }, async () => {
  let prepared = 0;
  const counted =
    (prepare: Prepare): Prepare =>
    (bytes, options) => {
      prepared++;
      return prepare(bytes, options);
    };
  await withStage('photo', counted, async (show, at, nextShown) => {
    await show(at(0));
    await show(at(2));
    assert.equal(prepared, 1, 'what hangs on the points is not waited for');
    await nextShown();
    assert.equal(prepared, 2, 'and follows');
  });
});

test('a cut-out is not prepared anew for points that have rested', { timeout: 60_000 }, async ({ mock }) => {
  let prepared = 0;
  const counted =
    (prepare: Prepare): Prepare =>
    (bytes, options) => {
      prepared++;
      return prepare(bytes, options);
    };
  await withStage('cut-out', counted, async (show, at) => {
    await show(at(0));
    mock.timers.enable({ apis: ['setTimeout'] });
    await show(at(2));
    mock.timers.tick(60_000);
    // Time enough to begin preparing: the same files are read by whoever does.
    for (let i = 0; i < 5; i++) await loadSampleAvatar('lin');
    await show(at(4));
    assert.equal(prepared, 1);
    mock.timers.reset();
  });
});
