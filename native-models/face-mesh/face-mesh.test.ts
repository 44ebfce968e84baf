import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFaceMesh } from './face-mesh.ts';
import { cutSquare, type Square, squareToPicture } from './square-crop.ts';

test('a point of a turned, scaled cut comes from where it says it comes from', () => {
  // Red is the place across, green the place down: every pixel knows where it is.
  const [width, height] = [250, 200];
  const rgba = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgba.set([x, y, 0, 255], (y * width + x) * 4);
  const squares: Square[] = [
    { centreX: 125, centreY: 100, side: 60, angleRad: 0 },
    { centreX: 110, centreY: 90, side: 80, angleRad: 0.5 },
    { centreX: 125, centreY: 100, side: 120, angleRad: -2.4 },
    { centreX: 120, centreY: 98, side: 130, angleRad: 1.2 },
  ];
  for (const square of squares) {
    for (const size of [32, 64]) {
      const rgb = cutSquare({ width, height, rgba }, square, size);
      for (const [i, j] of [
        [4, 5],
        [20, 9],
        [27, 28],
      ] as const) {
        const [x, y] = squareToPicture(square, size, i + 0.5, j + 0.5);
        const o = (j * size + i) * 3;
        // A pixel's colour belongs to its middle; cuts that shrink are averages.
        assert.ok(Math.abs(rgb[o]! - (x - 0.5)) < 1.6, `${JSON.stringify(square)} x ${rgb[o]} ${x}`);
        assert.ok(Math.abs(rgb[o + 1]! - (y - 0.5)) < 1.6, `${JSON.stringify(square)} y ${rgb[o + 1]} ${y}`);
      }
    }
  }
});

test('an abort ends a search at once with its reason; the next search starts afresh; dispose is final', async () => {
  const mesh = createFaceMesh();
  const picture = { width: 96, height: 96, rgba: new Uint8Array(96 * 96 * 4).fill(200) };
  const controller = new AbortController();
  const reason = new Error('changed my mind');
  const running = mesh.find(picture, controller.signal);
  controller.abort(reason);
  await assert.rejects(running, reason);
  const { signal } = new AbortController();
  assert.deepEqual(await mesh.find(picture, signal), []);
  const cut = assert.rejects(mesh.find(picture, signal), /disposed/);
  await mesh.dispose();
  await cut;
  await mesh.dispose();
  await assert.rejects(mesh.find(picture, signal), /disposed/);
});
