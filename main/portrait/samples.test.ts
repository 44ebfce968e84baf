import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import type { Point3 } from '../../app/document/landmarks.ts';
import { listSampleAvatars, loadSampleAvatar } from './samples.ts';

const between = (a: Point3, b: Point3): [number, number] => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

test('there are two hosts of different gender and style, and a cartoon', async () => {
  const all = await listSampleAvatars();
  const hosts = all.filter((a) => a.style !== 'cartoon');
  assert.ok(hosts.length >= 2 && hosts.length < all.length);
  assert.equal(new Set(hosts.map((a) => a.gender)).size, 2);
  assert.equal(new Set(hosts.map((a) => a.style)).size, 2);
});

for (const { id, portrait: declared } of await listSampleAvatars()) {
  test(`${id}: a cut-out of the declared size that reaches the bottom edge and stands clear of the top and sides of the head`, async () => {
    const { data, info } = await sharp((await loadSampleAvatar(id)).portrait)
      .raw()
      .toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height, info.channels], [declared.widthPx, declared.heightPx, 4]);
    const alpha = (x: number, y: number): number => data[(y * info.width + x) * 4 + 3];
    for (let x = 0; x < info.width; x++) assert.equal(alpha(x, 4), 0, `something touches the top at ${x}`);
    for (let y = 0; y < 700; y++) assert.equal(alpha(2, y) + alpha(info.width - 3, y), 0);
    assert.equal(alpha(info.width / 2, info.height - 1), 255);
  });

  test(`${id}: landmarks lie on what the picture shows`, async () => {
    const { portrait, landmarks } = await loadSampleAvatar(id);
    const { data, info } = await sharp(portrait).raw().toBuffer({ resolveWithObject: true });
    const pixel = ([x, y]: readonly number[]): { r: number; g: number; b: number; a: number } => {
      const o = (Math.round(y) * info.width + Math.round(x)) * 4;
      return { r: data[o], g: data[o + 1], b: data[o + 2], a: data[o + 3] };
    };
    const luma = (p: { r: number; g: number; b: number }): number => 0.3 * p.r + 0.59 * p.g + 0.11 * p.b;
    const redness = (p: { r: number; g: number; b: number }): number => (p.r - p.g) / luma(p);
    const { lips, eyes, oval, brows } = landmarks;
    for (const i of [3, 5, 7]) {
      const skinAbove = pixel([lips.outerUpper[i][0], lips.outerUpper[i][1] - 6]);
      assert.ok(
        redness(pixel(between(lips.outerUpper[i], lips.innerUpper[i]))) > redness(skinAbove) * 1.25,
        `upper lip ${i}`,
      );
      assert.ok(
        redness(pixel(between(lips.innerLower[i], lips.outerLower[i]))) > redness(skinAbove) * 1.25,
        `lower lip ${i}`,
      );
    }
    for (const eye of [eyes.left, eyes.right]) {
      const { x, y, radius } = eye.iris;
      const white = pixel([(eye.upper[0][0] + x - radius) / 2 + 2, y + 2]);
      assert.ok(luma(pixel([x, y + radius * 0.1])) < luma(white) - 80, 'pupil darker than the white');
      assert.ok(eye.upper[4][1] < y && eye.lower[4][1] > y);
      assert.ok(eye.lower[4][1] - eye.upper[4][1] > radius * 1.8, 'the iris is seen whole');
    }
    for (const brow of [brows.left, brows.right]) {
      const skin = pixel([brow.lower[2][0], brow.lower[2][1] + 10]);
      assert.ok(
        luma(pixel(between(brow.upper[2], brow.lower[2]))) < luma(skin) - 30,
        'brow darker than the lid below it',
      );
    }
    assert.equal(Math.max(...oval.map((p) => p[1])), oval[18][1]);
    const [mx, my] = between(oval[0], oval[18]);
    for (const [x, y] of oval)
      assert.equal(
        pixel([x + 3 * Math.sign(mx - x), y + 3 * Math.sign(my - y)]).a,
        255,
        'the outline lies on the person',
      );
    for (const inner of [lips.innerUpper, lips.innerLower]) {
      assert.deepEqual(inner[0].slice(0, 2), lips.outerUpper[0].slice(0, 2));
      assert.deepEqual(inner[10].slice(0, 2), lips.outerUpper[10].slice(0, 2));
    }
  });
}

test('an id nobody knows is told together with the ones there are', async () => {
  for (const id of ['nobody', '../lin', ''])
    await assert.rejects(loadSampleAvatar(id), {
      code: 'portrait.unknown-sample',
      params: { id, known: 'lin, chen, mika' },
    });
});
