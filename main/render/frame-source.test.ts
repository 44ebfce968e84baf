import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rigSettingsSchema } from '../../app/document/avatar.ts';
import { aiMarkSchema } from '../../app/document/stage.ts';
import { StudioError } from '../../app/errors/index.ts';
import { openFrameSource } from './frame-source.ts';

const plane = (): Uint8Array => new Uint8Array(4 * 4 * 4);
const setup = {
  plate: { width: 4, height: 4, person: plane(), background: plane(), picture: { x: 0, y: 0, width: 4, height: 4 } },
  ...{ fps: 25, seed: 1, rig: rigSettingsSchema.parse({}), alpha: false, front: [], subtitles: null },
  aiMark: aiMarkSchema.parse({}),
} as unknown as Parameters<typeof openFrameSource>[0];

/** A render thread to which `fate` happens when it is asked for the third frame. */
const threadThat = (fate: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      parentPort.on('message', ({ frames }) => {
        if (frames.some(({ index }) => index === 2)) { ${fate} }
        else parentPort.postMessage({ type: 'frames', frames, faceMs: 1, stageMs: 1 });
      });
      parentPort.postMessage({ type: 'ready', lookAheadMs: 100, memory: new SharedArrayBuffer(8 * 24), offsets: [0, 24, 48, 72, 96, 120, 144, 168], frameBytes: 24 });`)}`,
  );
const withCode =
  (code: string, cause?: RegExp) =>
  (error: unknown): boolean => {
    assert.ok(error instanceof StudioError, String(error));
    assert.equal(error.code, code);
    if (cause) assert.match(String((error.cause as Error).message), cause);
    return true;
  };

for (const [name, fate, expected] of [
  ['throws', `throw new TypeError('a bad triangle');`, withCode('stage.renderer-stopped', /a bad triangle/)],
  ['ends', 'process.exit(3);', withCode('stage.renderer-stopped', /ended \(3\)/)],
  ['hangs', 'for (;;);', withCode('stage.renderer-stalled')],
  [
    'throws a failure that has words',
    `throw Object.assign(new Error('x'), { code: 'stage.font-missing', params: { detail: 'gone' } });`,
    (error: unknown) => withCode('stage.font-missing')(error) && /gone/.test((error as Error).message),
  ],
] as const) {
  test(`a render thread that ${name} mid-way is told in words, to every frame asked for and to come`, async () => {
    const signal = new AbortController().signal;
    const source = await openFrameSource(setup, signal, { worker: threadThat(fate), stallMs: 2_000 });
    for (const index of [0, 1]) (await source.frame(index)).release();
    const frames = [2, 3, 4, 5, 6, 7, 8, 9, 10].map((index) => source.frame(index));
    await Promise.allSettled(frames);
    for (const frame of frames) await assert.rejects(frame, expected);
    await assert.rejects(source.frame(11), expected);
    await source.dispose();
    await source.dispose();
  });
}

test('a thread that cannot begin is told with its cause; an abort comes back as its own reason', async () => {
  const never = new URL(`data:text/javascript,${encodeURIComponent('throw new RangeError("no memory");')}`);
  const { signal } = new AbortController();
  await assert.rejects(
    openFrameSource(setup, signal, { worker: never }),
    withCode('stage.renderer-stopped', /no memory/),
  );
  const controller = new AbortController();
  const source = await openFrameSource(setup, controller.signal, { worker: threadThat('for (;;);') });
  const asked = source.frame(2);
  const reason = new Error('enough');
  controller.abort(reason);
  await assert.rejects(asked, reason);
  await source.dispose();
});
