import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import sharp from 'sharp';
import { StudioError } from '../../app/errors/index.ts';
import { backgroundWithoutPerson } from './background.ts';
import { decodePicture } from './decode.ts';
import { examineFace } from './doctor.ts';
import { interOcularPx } from './face-measures.ts';
import { snapLips } from './lip-edges.ts';
import { personMatte } from './matte.ts';
import { unpackPatches } from './patches.ts';
import { createPixelThread } from './pixel-thread.ts';
import { cutOutPerson } from './pixel-work.ts';
import { loadSampleAvatar } from './samples.ts';

const { signal } = new AbortController();
const thread = createPixelThread();
after(() => thread.dispose());

/** A sample as it is drawn, a cut-out; or over its background as a photo would come. */
async function sampleOf(id: string, kind: 'cut-out' | 'photo') {
  const { portrait, background, meta, landmarks } = await loadSampleAvatar(id, signal);
  if (kind === 'cut-out') return { bytes: portrait, landmarks };
  const bytes = await sharp(background)
    .resize(meta.portrait.widthPx, meta.portrait.heightPx, { fit: 'cover' })
    .composite([{ input: Buffer.from(portrait) }])
    .jpeg()
    .toBuffer();
  return { bytes, landmarks };
}
const code = (expected: string) => (error: unknown) => error instanceof StudioError && error.code === expected;

describe('the thread an import is done in', () => {
  for (const [id, kind] of [
    ['lin', 'photo'],
    ['mika', 'cut-out'],
  ] as const) {
    test(`gives for ${id} as a ${kind} what the steps give here, to the byte`, async () => {
      const { bytes, landmarks } = await sampleOf(id, kind);
      const here = await decodePicture(bytes, signal);
      const there = await thread.decode(bytes, signal);
      assert.deepEqual({ ...there, rgba: null }, { ...here, rgba: null });
      assert.equal(Buffer.compare(there.rgba, here.rgba), 0);

      const [face] = await thread.describe(there, [{ landmarks, confidence: 0.9 }], { snap: true }, signal);
      assert.deepEqual(face!.landmarks, snapLips(here, landmarks));
      assert.deepEqual(face!.findings, examineFace(here, face!.landmarks, 0.9));

      const matte = personMatte(here, landmarks);
      const background = backgroundWithoutPerson(here, matte, Math.max(4, 0.12 * interOcularPx(landmarks)));
      const cut = await thread.cutOut(there, landmarks, signal);
      assert.equal(Buffer.compare(cut.rgba, here.rgba), 0);
      assert.equal(Buffer.compare(cut.matte, matte), 0);
      assert.equal(Buffer.compare(cut.background, background), 0);
      assert.equal(Buffer.compare(unpackPatches(...cut.patches, here.rgba)!, background), 0);
    });
  }

  test('takes the work off the thread that asks', async () => {
    const { bytes, landmarks } = await sampleOf('lin', 'photo');
    const picture = await thread.decode(bytes, signal);
    const [own, all] = [process.threadCpuUsage(), process.cpuUsage()];
    for (let i = 0; i < 3; i++) await thread.cutOut(picture, landmarks, signal);
    const [ownUsed, allUsed] = [process.threadCpuUsage(own), process.cpuUsage(all)];
    assert.ok(ownUsed.user < allUsed.user / 4, `${ownUsed.user} of ${allUsed.user} µs`);
  });

  test('is left at once by an abort, with its reason, and answers the next all the same', async () => {
    const { bytes, landmarks } = await sampleOf('lin', 'photo');
    const picture = await thread.decode(bytes, signal);
    const reason = new Error('moved on');
    const controller = new AbortController();
    const running = thread.cutOut(picture, landmarks, controller.signal);
    const behind = thread.describe(picture, [{ landmarks, confidence: 1 }], { snap: false }, signal);
    controller.abort(reason);
    await assert.rejects(running, reason);
    assert.equal((await behind).length, 1);
    await assert.rejects(thread.cutOut(picture, landmarks, controller.signal), reason);
  });

  test('rests between its steps', async () => {
    const { bytes, landmarks } = await sampleOf('mika', 'cut-out');
    const picture = await decodePicture(bytes, signal);
    const reason = new Error('moved on');
    let rests = 0;
    const stop = (at: number) => () => {
      if (++rests === at) throw reason;
    };
    assert.throws(() => cutOutPerson(picture, landmarks, stop(1)), reason);
    rests = 0;
    assert.throws(() => cutOutPerson(picture, landmarks, stop(2)), reason);
  });

  test('says what is wrong with a file, and with itself once it is disposed', async () => {
    await assert.rejects(
      thread.decode(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), signal),
      code('portrait.svg'),
    );
    const other = createPixelThread();
    const { bytes } = await sampleOf('mika', 'cut-out');
    const cut = assert.rejects(other.decode(bytes, signal), code('portrait.analysis-failed'));
    await other.dispose();
    await cut;
    await other.dispose();
    await assert.rejects(other.decode(bytes, signal), code('portrait.analysis-failed'));
  });
});
