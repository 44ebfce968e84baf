import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type FaceLandmarks, faceLandmarksSchema } from '../../../../app/document/landmarks.ts';
import {
  boxOf,
  fittedTo,
  GROUPS,
  handlesOf,
  isGroupMoved,
  moved,
  movesOfGroup,
  movesOfHandle,
  pointAt,
  refsOfGroup,
  transformed,
  withGroupFrom,
} from './face-points.ts';

const authored = JSON.parse(
  readFileSync(new URL('../../../../resources/avatars/lin/avatar.json', import.meta.url), 'utf8'),
) as { landmarks: FaceLandmarks };
const face = faceLandmarksSchema.parse(authored.landmarks);
const picture = { widthPx: 1280, heightPx: 1280 };
const alone = { symmetric: false, reach: 0 };
const handle = (of: FaceLandmarks, ref: string) => handlesOf(of).find(({ refs }) => refs.includes(ref))!;

test('every point of the landmarks hangs on exactly one handle', () => {
  const refs = handlesOf(face).flatMap((each) => each.refs);
  assert.equal(refs.length, new Set(refs).size);
  assert.deepEqual([...refs].sort(), [...refsOfGroup('face')].sort());
  assert.equal(refs.length, 44 + 36 + 20 + 36 + 5 + 2);
});

test('points that lie on one another move together, whichever face it is turned to', () => {
  for (const turned of [face, transformed(face, { x: 640, y: 640 }, 0.7, 0.4)]) {
    const corner = handle(turned, 'eyes.left.lower.0');
    assert.deepEqual([...corner.refs].sort(), ['eyes.left.lower.0', 'eyes.left.upper.0']);
    const next = moved(turned, movesOfHandle(turned, corner, { x: -4, y: 2 }, alone), picture);
    assert.deepEqual(pointAt(next, 'eyes.left.upper.0'), pointAt(next, 'eyes.left.lower.0'));
    assert.ok(Math.abs(pointAt(next, 'eyes.left.upper.0').x - corner.x + 4) < 0.002);
    assert.ok(!isGroupMoved(next, turned, 'eyeRight') && isGroupMoved(next, turned, 'eyeLeft'));
  }
});

test('a symmetric move keeps a symmetric face symmetric about its own axis, upright or tilted', () => {
  for (const angle of [0, 0.35]) {
    const turned = transformed(face, { x: 640, y: 600 }, 0.8, angle);
    const point = handle(turned, 'lips.outerUpper.2');
    const next = moved(turned, movesOfHandle(turned, point, { x: 5, y: -7 }, { symmetric: true, reach: 1 }), picture);
    const upright = transformed(next, { x: 640, y: 600 }, 1 / 0.8, -angle);
    const before = (ref: string) => pointAt(face, ref);
    const shift = (ref: string) => ({
      x: pointAt(upright, ref).x - before(ref).x,
      y: pointAt(upright, ref).y - before(ref).y,
    });
    for (const [left, right] of [
      ['lips.outerUpper.2', 'lips.outerUpper.8'],
      ['lips.outerUpper.1', 'lips.outerUpper.9'],
    ] as const) {
      assert.ok(Math.abs(shift(left).x + shift(right).x) < 0.02, `${angle} ${left}`);
      assert.ok(Math.abs(shift(left).y - shift(right).y) < 0.02, `${angle} ${left}`);
      assert.ok(Math.hypot(shift(left).x, shift(left).y) > 2);
    }
    const middle = handle(turned, 'lips.outerUpper.5');
    const raised = moved(turned, movesOfHandle(turned, middle, { x: 6, y: 3 }, { symmetric: true, reach: 0 }), picture);
    const back = transformed(raised, { x: 640, y: 600 }, 1 / 0.8, -angle);
    assert.ok(
      Math.abs(pointAt(back, 'lips.outerUpper.5').x - before('lips.outerUpper.5').x) < 0.02,
      'the middle stays',
    );
  }
});

test('neighbours follow less and less, and never past the reach', () => {
  const point = handle(face, 'oval.18');
  const moves = movesOfHandle(face, point, { x: 0, y: 10 }, { symmetric: false, reach: 2 });
  const by = [16, 17, 18, 19, 20].map((index) => moves.get(`oval.${index}`)?.y ?? 0);
  assert.deepEqual(
    by.map((value) => Math.round(value * 10) / 10),
    [2.5, 7.5, 10, 7.5, 2.5],
  );
  assert.equal(moves.has('oval.15'), false);
});

test('a group moves as one, stays in the picture, and goes back to where it was found', () => {
  for (const group of GROUPS) {
    const next = moved(face, movesOfGroup(face, group, { x: 9000, y: -3 }, false), picture);
    assert.ok(boxOf(next, group).x + boxOf(next, group).width <= 1280, group);
    assert.ok(isGroupMoved(next, face, group), group);
    const back = GROUPS.reduce((of, each) => withGroupFrom(of, face, each), next);
    assert.deepEqual(back, face, group);
  }
});

test('a face put into a picture without one has its proportions and lies inside', () => {
  const fitted = fittedTo(face, { widthPx: 400, heightPx: 900 });
  const box = boxOf(fitted, 'face');
  assert.ok(box.x > 0 && box.y > 0 && box.x + box.width < 400 && box.y + box.height < 900, JSON.stringify(box));
  const shape = (of: FaceLandmarks) => boxOf(of, 'lipsOuter').width / boxOf(of, 'face').width;
  assert.ok(Math.abs(shape(fitted) - shape(face)) < 0.01);
});
