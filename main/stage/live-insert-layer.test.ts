import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageSchema } from '../../app/document/stage.ts';
import { i420Bytes } from '../../app/media/i420.ts';
import { aiMarkSprite } from './ai-mark.ts';
import { blendSprite } from './i420.ts';
import { createInsertLayer, insertLevel } from './live-insert-layer.ts';

const W = 320;
const H = 180;
const SIZE = { widthPx: W, heightPx: H };
const mark = aiMarkSprite(stageSchema.parse({}).aiMark, SIZE, null)!;
const whole = { x: 0, y: 0, width: W, height: H };
const stage = (): Uint8Array => {
  const frame = Uint8Array.from({ length: i420Bytes(W, H) }, (_, i) => 40 + (i % 50));
  blendSprite(mark, whole, frame, W, H);
  return frame;
};
const grey = (rect: { width: number; height: number }, luma: number): Uint8Array => {
  const picture = new Uint8Array(i420Bytes(rect.width, rect.height)).fill(128);
  return picture.fill(luma, 0, rect.width * rect.height);
};

test('an insert covers its place and nothing else, with the mark over it as over any picture', () => {
  for (const rect of [whole, { x: 200, y: 2, width: 110, height: 60 }]) {
    const layer = createInsertLayer(SIZE, rect, mark, { kind: 'fade', ms: 200 });
    const under = stage();
    const out = new Uint8Array(under.length);
    layer.draw(under, grey(rect, 200), 1, out);
    const expected = new Uint8Array(under.length).fill(128).fill(200, 0, W * H);
    blendSprite(mark, whole, expected, W, H);
    for (let y = 0; y < H; y++) {
      for (let x = 0; x < W; x++) {
        const inside = x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
        assert.equal(out[y * W + x], (inside ? expected : under)[y * W + x], `${x}, ${y}`);
      }
    }
    layer.draw(under, grey(rect, 200), 0, out);
    assert.deepEqual(out, under);
  }
});

test('it fades in between the two, and slides in from outside the stage', () => {
  const rect = { x: 100, y: 40, width: 120, height: 80 };
  const under = stage();
  const out = new Uint8Array(under.length);
  const middle = 80 * W + 160;
  createInsertLayer(SIZE, rect, mark, { kind: 'fade', ms: 200 }).draw(under, grey(rect, 240), 0.5, out);
  assert.ok(Math.abs(out[middle]! - (under[middle]! + 240) / 2) <= 1);
  const slide = createInsertLayer(SIZE, rect, mark, { kind: 'slide-left', ms: 200 });
  const covered = (level: number): number => {
    const shared = under.slice();
    slide.draw(shared, grey(rect, 240), level, shared);
    return shared.subarray(80 * W, 81 * W).indexOf(240);
  };
  assert.equal(covered(1), 100);
  assert.equal(covered(0.5), 210);
  assert.ok(covered(0.1) > 300);
});

test('it comes and goes within its own time, in half a second at most', () => {
  const levels = Array.from({ length: 12 }, (_, i) => insertLevel(i - 1, 10, 25, { kind: 'fade', ms: 160 }));
  assert.deepEqual(levels, [0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 0.75, 0.5, 0.25, 0]);
  assert.equal(insertLevel(500, null, 25, { kind: 'fade', ms: 500 }), 1);
  assert.equal(insertLevel(0, 3, 25, { kind: 'none', ms: 500 }), 1);
});
