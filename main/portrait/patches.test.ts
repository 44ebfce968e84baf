import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packPatches, unpackPatches } from './patches.ts';

test('a picture comes back from its patches, whatever it shares with the other', () => {
  const from = Uint8Array.from({ length: 4 * 500 }, (_, i) => (i * 7) % 251);
  const changes: number[][] = [[], [0], [499], [3, 4, 5, 12, 60, 61], Array.from({ length: 500 }, (_, i) => i)];
  for (const pixels of changes) {
    const picture = from.slice();
    for (const pixel of pixels) picture[pixel * 4 + (pixel % 4)]! ^= 255;
    const [runs, patches] = packPatches(picture, from);
    assert.ok(patches.length <= 4 * 16 * pixels.length, `${patches.length} bytes for ${pixels.length} pixels`);
    assert.deepEqual(unpackPatches(runs, patches, from), picture);
  }
});

test('patches of another picture are refused', () => {
  const from = new Uint8Array(400);
  const picture = from.slice().fill(9, 200);
  const [runs, patches] = packPatches(picture, from);
  assert.equal(unpackPatches(runs, patches, from.subarray(0, 300)), null);
  assert.equal(unpackPatches(runs, patches.subarray(4), from), null);
  assert.equal(unpackPatches(runs.subarray(1), patches, from), null);
});
