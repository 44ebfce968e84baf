import assert from 'node:assert/strict';
import { test } from 'node:test';
import { i420Bytes } from '../app/media/i420.ts';
import { differingBytes } from './frame-identity.ts';

const [width, height] = [16, 8];
const frame = (): Uint8Array => new Uint8Array(i420Bytes(width, height)).fill(100);
/** A pixel of the frame and the chroma it shares. */
const paint = (into: Uint8Array, x: number, y: number): void => {
  const chroma = width * height + (y >> 1) * (width / 2) + (x >> 1);
  for (const at of [y * width + x, chroma, chroma + (width * height) / 4]) into[at] = 1;
};

test('what changes inside the rectangles is not counted, overlapping or reaching out of the frame as they may be', () => {
  const changed = frame();
  for (let y = 2; y < 6; y++) for (let x = 4; x < 12; x++) paint(changed, x, y);
  for (let y = 6; y < 8; y++) for (let x = 0; x < 16; x++) paint(changed, x, y);
  const places = [
    { x: 8, y: 2, width: 4, height: 4 },
    { x: 4, y: 2, width: 6, height: 4 },
    { x: -2, y: 6, width: 40, height: 10 },
  ];
  assert.equal(differingBytes(frame(), changed, width, height, places), 0);
  assert.equal(differingBytes(frame(), changed, width, height, []), 64 + 2 * 16);
});

test('a single byte outside is counted, in every plane', () => {
  const places = [{ x: 4, y: 2, width: 8, height: 4 }];
  for (const [x, y] of [
    [3, 2],
    [12, 5],
    [8, 1],
    [15, 7],
  ] as const) {
    const changed = frame();
    paint(changed, x, y);
    assert.equal(differingBytes(frame(), changed, width, height, places), 3, `${x}, ${y}`);
  }
});
