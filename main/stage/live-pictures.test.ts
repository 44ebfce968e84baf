import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LiveOverlay, liveOverlaySchema } from '../../app/document/live-overlays.ts';
import { overlayPictures } from './live-pictures.ts';

const SIZE = { widthPx: 640, heightPx: 360 };
const ref = (letter: string) => ({ sha256: letter.repeat(64), mediaType: 'image/png', fileName: `${letter}.png` });
const picture = (id: string, letter: string, width: number): LiveOverlay =>
  liveOverlaySchema.parse({ kind: 'picture', id, picture: ref(letter), place: { x: 0, y: 0, width } });

test('each file is loaded once, and is no larger than the widest place it is shown at', async () => {
  const asked: string[] = [];
  const overlays = [picture('p', 'a', 0.1), picture('q', 'a', 0.5), picture('r', 'b', 0.5), picture('s', 'c', 0.2)];
  const { pictures, troubles } = await overlayPictures(overlays, SIZE, async ({ fileName }) => {
    asked.push(fileName);
    const [width, height] = fileName === 'a.png' ? [2000, 1000] : fileName === 'b.png' ? [30, 20] : [100, 9000];
    return { width: width!, height: height!, rgba: new Uint8Array(width! * height! * 4).fill(200) };
  });
  assert.deepEqual(asked, ['a.png', 'b.png', 'c.png']);
  assert.deepEqual(troubles, []);
  const sizes = [...pictures.values()].map(({ width, height, rgba }) => [
    width,
    height,
    rgba.length === width * height * 4,
  ]);
  assert.deepEqual(sizes, [
    [320, 160, true],
    [30, 20, true],
    [8, 720, true],
  ]);
});

test('a picture that is gone is told of by overlay and file, and the others are there', async () => {
  const { pictures, troubles } = await overlayPictures(
    [picture('logo', 'a', 0.1), picture('x', 'b', 0.1)],
    SIZE,
    async (wanted) => {
      if (wanted.sha256.startsWith('a')) throw new Error('no such file');
      return { width: 2, height: 2, rgba: new Uint8Array(16) };
    },
  );
  assert.deepEqual([...pictures.keys()], ['b'.repeat(64)]);
  assert.deepEqual(
    troubles.map(({ code, params }) => [code, params.overlay, params.name]),
    [['stage.overlay-picture-missing', 'logo', 'a.png']],
  );
});
