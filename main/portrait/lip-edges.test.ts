import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCanvas } from '@napi-rs/canvas';
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import { MAX_SHIFT, snapLips } from './lip-edges.ts';

/** Distance of the eyes in the pictures below. */
const UNIT = 200;
const MOUTH_Y = 300;
const HALF_WIDTH = 80;
const columns = Array.from({ length: 11 }, (_, i) => -HALF_WIDTH + (2 * HALF_WIDTH * i) / 10);
const arch = (u: number): number => 1 - (u / HALF_WIDTH) ** 2;
const contour = (height: (u: number) => number, dy = 0): Point3[] =>
  columns.map((u) => [200 + u, MOUTH_Y + height(u) + dy, 0]);

/** A mouth whose lips reach 26 px up and 30 px down from a dark seam, and landmarks that sit `dy` pixels off them. */
function mouth(dy: number): FaceLandmarks {
  const eye = (x: number) => {
    const upper = Array.from({ length: 9 }, (_, i): Point3 => [x - 28 + 7 * i, 140, 0]);
    return { upper, lower: upper, iris: { x, y: 140, radius: 10 } };
  };
  const flat = Array.from({ length: 5 }, (): Point3 => [100, 100, 0]);
  return {
    lips: {
      outerUpper: contour((u) => -26 * arch(u), dy),
      outerLower: contour((u) => 30 * arch(u), dy),
      innerUpper: contour((u) => -2 * arch(u), dy),
      innerLower: contour((u) => 2 * arch(u), dy),
    },
    eyes: { left: eye(200 - UNIT / 2), right: eye(200 + UNIT / 2) },
    brows: { left: { upper: flat, lower: flat }, right: { upper: flat, lower: flat } },
    oval: Array.from({ length: 36 }, (): Point3 => [200, 200, 0]),
    nose: { bridge: [200, 140, 0], tip: [200, 220, 0], base: [200, 250, 0] },
    cheeks: { left: [100, 250, 0], right: [300, 250, 0] },
  };
}

function picture(withLips: boolean): { width: number; height: number; rgba: Uint8Array } {
  const canvas = createCanvas(400, 400);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#e2b493';
  pen.fillRect(0, 0, 400, 400);
  const lip = (colour: string, depth: number): void => {
    pen.fillStyle = colour;
    pen.beginPath();
    for (let u = -HALF_WIDTH; u <= HALF_WIDTH; u++) pen.lineTo(200 + u, MOUTH_Y + depth * arch(u));
    pen.fill();
  };
  if (withLips) {
    lip('#b4605e', -26);
    lip('#c26f6a', 30);
    pen.fillStyle = '#4a1c1c';
    pen.fillRect(200 - HALF_WIDTH, MOUTH_Y - 1.5, 2 * HALF_WIDTH, 3);
  }
  return { width: 400, height: 400, rgba: new Uint8Array(pen.getImageData(0, 0, 400, 400).data) };
}

const meanError = (points: readonly Point3[], truth: readonly Point3[]): number => {
  const inner = points.slice(2, -2);
  return inner.reduce((sum, p, i) => sum + Math.abs(p[1] - truth[i + 2]![1]), 0) / inner.length;
};

test('contours a few pixels off move onto the lips and the seam, above or below', () => {
  const truth = mouth(0).lips;
  for (const dy of [-6, -3, 3, 6]) {
    const { lips } = snapLips(picture(true), mouth(dy));
    for (const name of ['outerUpper', 'outerLower', 'innerUpper', 'innerLower'] as const) {
      const error = meanError(lips[name], truth[name]);
      assert.ok(error < 1.6, `${name}, ${dy} px off: ${error.toFixed(2)} px after snapping`);
    }
  }
});

test('contours that are right stay, and on bare skin nothing moves', () => {
  const right = snapLips(picture(true), mouth(0)).lips;
  assert.ok(meanError(right.outerUpper, mouth(0).lips.outerUpper) < 1.2);
  assert.ok(meanError(right.innerLower, mouth(0).lips.innerLower) < 1.2);
  const bare = mouth(5);
  assert.deepEqual(snapLips(picture(false), bare).lips.outerUpper, bare.lips.outerUpper);
});

test('lips that touch in the picture touch in the contours, though the mesh held them apart', () => {
  const apart = mouth(0);
  apart.lips.innerUpper = contour((u) => -7 * arch(u));
  apart.lips.innerLower = contour((u) => 7 * arch(u));
  const { innerUpper, innerLower } = snapLips(picture(true), apart).lips;
  const gap = innerLower[5]![1] - innerUpper[5]![1];
  assert.ok(gap >= 0 && gap < 4, `gap ${gap}`);
});

test('teeth shown in a smile stay outside the upper lip, though the mesh drew it across them', () => {
  const canvas = createCanvas(400, 400);
  const pen = canvas.getContext('2d');
  const between = (colour: string, upper: number, lower: number): void => {
    pen.fillStyle = colour;
    pen.beginPath();
    for (let u = -HALF_WIDTH; u <= HALF_WIDTH; u++) pen.lineTo(200 + u, MOUTH_Y + upper * arch(u));
    for (let u = HALF_WIDTH; u >= -HALF_WIDTH; u--) pen.lineTo(200 + u, MOUTH_Y + lower * arch(u));
    pen.fill();
  };
  pen.fillStyle = '#e2b493';
  pen.fillRect(0, 0, 400, 400);
  between('#b4605e', -20, 50);
  between('#ece4da', -6, 28);
  const smile = mouth(0);
  smile.lips.outerUpper = contour((u) => -20 * arch(u));
  smile.lips.innerUpper = contour((u) => 5 * arch(u));
  smile.lips.innerLower = contour((u) => 28 * arch(u));
  smile.lips.outerLower = contour((u) => 50 * arch(u));
  const rgba = new Uint8Array(pen.getImageData(0, 0, 400, 400).data);
  const { lips } = snapLips({ width: 400, height: 400, rgba }, smile);
  assert.ok(Math.abs(lips.innerUpper[5]![1] - (MOUTH_Y - 6)) < 2, `upper lip ends at ${lips.innerUpper[5]![1]}`);
  assert.ok(Math.abs(lips.innerLower[5]![1] - (MOUTH_Y + 28)) < 2, `lower lip begins at ${lips.innerLower[5]![1]}`);
});

test('no point moves farther than the bound, and upper, seam and lower keep their order', () => {
  for (const dy of [-25, -12, 12, 25]) {
    const before = mouth(dy).lips;
    const after = snapLips(picture(true), mouth(dy)).lips;
    for (const name of ['outerUpper', 'outerLower'] as const) {
      for (const [i, p] of after[name].entries()) {
        const moved = Math.hypot(p[0] - before[name][i]![0], p[1] - before[name][i]![1]);
        assert.ok(moved <= MAX_SHIFT * UNIT * Math.SQRT2 + 1e-6, `${name}[${i}] moved ${moved}`);
      }
    }
    for (let i = 0; i < 11; i++) {
      assert.ok(after.innerUpper[i]![1] <= after.innerLower[i]![1] + 1e-6, `seam ${i} at ${dy}`);
    }
    for (let i = 2; i < 9; i++) {
      assert.ok(after.outerUpper[i]![1] < after.innerUpper[i]![1], `upper lip ${i} at ${dy}`);
      assert.ok(after.innerLower[i]![1] < after.outerLower[i]![1], `lower lip ${i} at ${dy}`);
    }
  }
});
