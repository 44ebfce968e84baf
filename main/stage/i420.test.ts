import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blendSprite, copyRect, I420Canvas, makeSprite, rgbaRegionToI420a } from './i420.ts';

/** ITU-R BT.709, limited range, in floating point. */
function yuv(r: number, g: number, b: number): [number, number, number] {
  const y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return [16 + (219 * y) / 255, 128 + (224 * (b - y)) / 1.8556 / 255, 128 + (224 * (r - y)) / 1.5748 / 255];
}
/** A small generator with a seed: the same pictures every time. */
function noise(length: number, seed = 1): Uint8Array {
  const out = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    out[i] = state >>> 24;
  }
  return out;
}
const near = (actual: number, expected: number, tolerance: number, what: string) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual} for ${expected}`);

test('every colour converts to within one step of the BT.709 formula', () => {
  const levels = [0, 1, 2, 15, 16, 17, 63, 64, 100, 127, 128, 129, 180, 200, 254, 255];
  const rgba = new Uint8Array(16);
  const canvas = new I420Canvas(2, 2);
  const frame = canvas.newFrame();
  for (const r of levels) {
    for (const g of levels) {
      for (const b of levels) {
        for (let i = 0; i < 16; i += 4) rgba.set([r, g, b, 255], i);
        canvas.draw(rgba, { x: 0, y: 0, width: 2, height: 2 }, frame);
        const [y, u, v] = yuv(r, g, b);
        near(frame[0], y, 0.51, 'Y');
        near(frame[3], y, 0.51, 'Y of the last');
        near(frame[4], u, 0.51, 'U');
        near(frame[5], v, 0.51, 'V');
        if (r === g && g === b) assert.deepEqual([frame[4], frame[5]], [128, 128]);
      }
    }
  }
});

test('a region lands where it belongs, chroma is the mean of four, and not a byte outside changes', () => {
  const [W, H] = [20, 14];
  const rect = { x: 6, y: 4, width: 10, height: 6 };
  // Not at a word's boundary in its buffer.
  const src = noise(rect.width * rect.height * 4 + 3, 7).subarray(3);
  const before = noise((W * H * 3) / 2, 9);
  const canvas = new I420Canvas(W, H);
  const frame = canvas.newFrame();
  frame.set(before);
  canvas.draw(src, rect, frame);
  const inside = (x: number, y: number) => x >= 6 && x < 16 && y >= 4 && y < 10;
  const px = (x: number, y: number) => [...src.subarray(((y - 4) * 10 + x - 6) * 4, ((y - 4) * 10 + x - 6) * 4 + 3)];
  for (let y = 0; y < H; y++) {
    for (let x = 0; x < W; x++) {
      const at = y * W + x;
      if (!inside(x, y)) assert.equal(frame[at], before[at]);
      else near(frame[at], yuv(...(px(x, y) as [number, number, number]))[0], 0.51, `Y ${x},${y}`);
    }
  }
  for (let y = 0; y < H; y += 2) {
    for (let x = 0; x < W; x += 2) {
      const at = W * H + (y / 2) * (W / 2) + x / 2;
      if (!inside(x, y)) {
        assert.deepEqual([frame[at], frame[at + 70]], [before[at], before[at + 70]]);
        continue;
      }
      const four = [px(x, y), px(x + 1, y), px(x, y + 1), px(x + 1, y + 1)];
      const mean = [0, 1, 2].map((c) => four.reduce((sum, p) => sum + p[c], 0) / 4) as [number, number, number];
      const [, u, v] = yuv(...mean);
      near(frame[at], u, 0.51, 'U');
      near(frame[at + 70], v, 0.51, 'V');
    }
  }
});

test('with alpha, clear pixels lend no colour to their neighbours', () => {
  const rgba = new Uint8Array([200, 30, 30, 255, 0, 255, 0, 0, 0, 255, 0, 0, 200, 30, 30, 128]);
  const frame = new Uint8Array(10);
  rgbaRegionToI420a(rgba, { x: 0, y: 0, width: 2, height: 2 }, frame, 2, 2);
  const [y, u, v] = yuv(200, 30, 30);
  assert.deepEqual([...frame.subarray(6)], [255, 0, 0, 128]);
  near(frame[0], y, 0.51, 'Y');
  assert.equal(frame[1], 16);
  near(frame[4], u, 1, 'U');
  near(frame[5], v, 1, 'V');
});

test('a sprite blends as its colours over the frame, inside the clip and the frame alone', () => {
  const [W, H] = [32, 24];
  const rgba = noise(12 * 10 * 4, 3);
  for (let i = 3; i < rgba.length; i += 12) rgba[i] = 0;
  for (const [x, y, clip] of [
    [10, 6, { x: 0, y: 0, width: W, height: H }],
    [-4, 18, { x: 0, y: 0, width: W, height: H }],
    [26, -6, { x: 28, y: 0, width: 4, height: 2 }],
  ] as const) {
    const sprite = makeSprite(rgba, 12, 10, x, y);
    const before = noise((W * H * 3) / 2, 5).map((b) => 16 + (b % 219));
    const frame = before.slice();
    blendSprite(sprite, clip, frame, W, H);
    for (let row = 0; row < H; row++) {
      for (let col = 0; col < W; col++) {
        const [sx, sy] = [col - x, row - y];
        const on = sx >= 0 && sx < 12 && sy >= 0 && sy < 10;
        const clipped = col < clip.x || row < clip.y || col >= clip.x + clip.width || row >= clip.y + clip.height;
        const at = row * W + col;
        if (!on || clipped) {
          assert.equal(frame[at], before[at], `${col},${row}`);
          continue;
        }
        const [r, g, b, a] = rgba.subarray((sy * 12 + sx) * 4, (sy * 12 + sx) * 4 + 4);
        near(frame[at], (yuv(r, g, b)[0] * a + before[at] * (255 - a)) / 255, 1.05, `${col},${row}`);
        if (a === 0) assert.equal(frame[at], before[at]);
      }
    }
  }
});

test('a sprite over a clear frame brings its own colour and alpha', () => {
  const frame = new Uint8Array(10);
  rgbaRegionToI420a(new Uint8Array(16), { x: 0, y: 0, width: 2, height: 2 }, frame, 2, 2);
  const sprite = makeSprite(
    Uint8Array.from({ length: 16 }, (_, i) => [250, 200, 40, 96][i % 4]),
    2,
    2,
    0,
    0,
  );
  blendSprite(sprite, { x: 0, y: 0, width: 2, height: 2 }, frame, 2, 2, true);
  const [y, u, v] = yuv(250, 200, 40);
  near(frame[0], y, 1.5, 'Y');
  near(frame[4], u, 1.5, 'U');
  near(frame[5], v, 1.5, 'V');
  assert.deepEqual([...frame.subarray(6)], [96, 96, 96, 96]);
});

test('a copied rectangle is the same in all planes and leaves the rest alone', () => {
  const [W, H] = [16, 12];
  const [from, to] = [noise(W * H * 2.5, 1), noise(W * H * 2.5, 2)];
  const target = to.slice();
  copyRect(from, target, { x: 4, y: -2, width: 6, height: 8 }, W, H, true);
  const source = (x: number, y: number) => x >= 4 && x < 10 && y < 6;
  const quarter = (W * H) / 4;
  target.forEach((value, i) => {
    const chroma = i >= W * H && i < W * H * 1.5;
    const p = chroma ? (i - W * H) % quarter : i % (W * H * 1.5);
    const [x, y] = chroma ? [(p % 8) * 2, Math.floor(p / 8) * 2] : [p % W, Math.floor(p / W)];
    assert.equal(value, (source(x, y) ? from : to)[i], `byte ${i}`);
  });
});
