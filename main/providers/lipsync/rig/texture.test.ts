import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFace } from './face-frame.ts';
import { LIP, plateFixture } from './plate.fixture.ts';
import { cutTexture, luma, retouchCorners, retouchSeam } from './texture.ts';

const IOD = 120;
const plate = plateFixture(480, 480, IOD);
const face = readFace(plate.landmarks);
const region = { x: 0, y: 0, width: plate.width, height: plate.height };
const [middleX, middleY] = [240, 480 * 0.56];
const half = 0.38 * IOD;

function retouched(paint: (x: number, y: number) => boolean): (x: number, y: number) => number {
  const person = plate.person.slice();
  for (let y = 0; y < plate.height; y++) {
    for (let x = 0; x < plate.width; x++) {
      if (paint(x + 0.5 - middleX, y + 0.5 - middleY)) person.set([25, 15, 15], (y * plate.width + x) * 4);
    }
  }
  const texture = cutTexture({ ...plate, person }, region);
  retouchSeam(texture, region, face);
  retouchCorners(texture, region, face);
  return (x, y) => {
    const o = ((Math.floor(middleY + y) + 1) * (plate.width + 2) + Math.floor(middleX + x) + 1) * 4;
    return luma(texture[o]!, texture[o + 1]!, texture[o + 2]!);
  };
}

test('the drawn line between the lips leaves them, and does not stand out past the corners as a whisker', () => {
  const at = retouched((x, y) => Math.abs(y) < 1.6 && Math.abs(x) < half + 0.07 * IOD);
  const lip = luma(...LIP);
  for (const x of [-0.8, -0.5, 0, 0.5, 0.8]) assert.ok(at(x * half, 0) > 0.75 * lip, `on the lip: ${at(x * half, 0)}`);
  for (const side of [-1, 1]) {
    const beyond = at(side * (half + 0.05 * IOD), 0);
    assert.ok(beyond > 130, `past the corner: ${beyond}`);
  }
});

test('lips without a line keep their pointed corners', () => {
  const plain = retouched(() => false);
  const before = cutTexture(plate, region);
  for (const side of [-1, 1]) {
    const x = side * 0.93 * half;
    const o = ((Math.floor(middleY) + 1) * (plate.width + 2) + Math.floor(middleX + x) + 1) * 4;
    const was = luma(before[o]!, before[o + 1]!, before[o + 2]!);
    assert.ok(Math.abs(plain(x, 0) - was) < 6, `${plain(x, 0)} was ${was}`);
  }
});
