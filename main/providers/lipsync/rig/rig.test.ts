import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rigSettingsSchema } from '../../../../app/document/avatar.ts';
import { EMOTION_BLENDS } from '../../../../app/speech/emotion-presets.ts';
import type { Timeline } from '../../../../app/speech/timeline.ts';
import type { LipSyncSession, Rect } from '../../../engine/ports/lipsync.ts';
import { ENVELOPE_STEP_MS } from '../../../engine/ports/speech.ts';
import { readFace } from './face-frame.ts';
import { FIELDS } from './fields.ts';
import { Blinks } from './idle.ts';
import { rigEngine } from './index.ts';
import type { Pose } from './performance.ts';
import { IRIS, LIP, landmarksAt, plateFixture } from './plate.fixture.ts';
import { RigRenderer } from './renderer.ts';

const rig = rigSettingsSchema.parse({});
const pose = (): Pose => ({
  fields: Object.fromEntries(FIELDS.map((field) => [field, field === 'close' ? 1 : 0])) as Pose['fields'],
  seal: 0,
  tongue: 0,
  eyes: { blink: 0, gazeX: 0, gazeY: 0, lowerLid: 0 },
});
const difference = (a: Uint8Array, b: Uint8Array): number =>
  a.reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

/** Person over background in the region, as the still picture shows it. */
function still(plate: ReturnType<typeof plateFixture>, region: Rect): Uint8Array {
  const out = new Uint8Array(region.width * region.height * 4);
  for (let y = 0; y < region.height; y++) {
    for (let x = 0; x < region.width; x++) {
      const from = ((y + region.y) * plate.width + x + region.x) * 4;
      const layer = plate.person[from + 3]! > 0 ? plate.person : plate.background;
      out.set(layer.subarray(from, from + 3), (y * region.width + x) * 4);
      out[(y * region.width + x) * 4 + 3] = 255;
    }
  }
  return out;
}

const count = (rgba: Uint8Array, [r, g, b]: readonly [number, number, number]): number => {
  let n = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    if (Math.abs(rgba[i]! - r) + Math.abs(rgba[i + 1]! - g) + Math.abs(rgba[i + 2]! - b) < 40) n++;
  }
  return n;
};

test('at rest the picture is itself: only the lips’ seam may differ', () => {
  const plate = plateFixture();
  const renderer = new RigRenderer(plate, rig);
  const { region } = renderer;
  const drawn = renderer.draw(pose());
  const original = still(plate, region);
  const mouthY = plate.height * 0.56 - region.y;
  for (let y = 0; y < region.height; y++) {
    if (Math.abs(y - mouthY) < 8) continue;
    const row = y * region.width * 4;
    assert.ok(
      difference(drawn.subarray(row, row + region.width * 4), original.subarray(row, row + region.width * 4)) <= 1,
      `row ${y}`,
    );
  }
});

test('the mesh covers all of its region: a picture without a cut-out leaves no hole', () => {
  for (const [width, height, iod] of [
    [320, 320, 60],
    [640, 360, 50],
    [360, 640, 70],
    [256, 256, 110],
  ] as const) {
    const plate = plateFixture(width, height, iod);
    for (let i = 3; i < plate.person.length; i += 4) plate.person[i] = 255;
    plate.background.fill(255);
    const renderer = new RigRenderer(plate, rig);
    const { region } = renderer;
    const p = pose();
    p.fields.roll = 0.02;
    const drawn = renderer.draw(p);
    let holes = 0;
    for (let i = 0; i < drawn.length; i += 4)
      if (drawn[i]! > 245 && drawn[i + 1]! > 245 && drawn[i + 2]! > 245) holes++;
    assert.equal(holes, 0, `${width}×${height}: ${holes} of ${region.width * region.height} pixels`);
  }
});

test('every action changes what is seen, and none moves the region’s border', () => {
  const plate = plateFixture();
  const renderer = new RigRenderer(plate, rig);
  const { width, height } = renderer.region;
  const rest = renderer.draw(pose()).slice();
  const poses: [string, (p: Pose) => void][] = [
    ...FIELDS.filter((field) => field !== 'close').map((field): [string, (p: Pose) => void] => [
      field,
      (p) => {
        p.fields[field] = ['moveX', 'moveY', 'roll', 'yaw', 'pitch', 'zoom', 'breath'].includes(field) ? 0.05 : 1;
      },
    ]),
    [
      'blink',
      (p) => {
        p.eyes.blink = 1;
      },
    ],
    [
      'wide eyes',
      (p) => {
        p.eyes.blink = -0.6;
      },
    ],
    [
      'gaze x',
      (p) => {
        p.eyes.gazeX = 0.03;
      },
    ],
    [
      'gaze y',
      (p) => {
        p.eyes.gazeY = 0.02;
      },
    ],
    [
      'lower lid',
      (p) => {
        p.eyes.lowerLid = 1;
      },
    ],
  ];
  for (const [name, change] of poses) {
    const p = pose();
    change(p);
    const drawn = renderer.draw(p);
    assert.ok(difference(drawn, rest) > 12, `${name} changes nothing`);
    for (let x = 0; x < width; x++) {
      for (const y of [0, height - 1]) {
        const at = (y * width + x) * 4;
        assert.ok(difference(drawn.subarray(at, at + 4), rest.subarray(at, at + 4)) <= 1, `${name} moves the border`);
      }
    }
  }
  const open = pose();
  open.fields.jaw = 1;
  const mouth = renderer.draw(open).slice();
  open.tongue = 1;
  assert.ok(difference(renderer.draw(open), mouth) > 12, 'the tongue changes nothing');
  open.seal = 1;
  assert.ok(count(renderer.draw(open), LIP) > count(mouth, LIP) * 0.5);
});

test('a seal closes the widest mouth: no pixel of its inside is left', () => {
  const plate = plateFixture();
  const renderer = new RigRenderer(plate, rig);
  const p = pose();
  p.fields.jaw = 1;
  p.fields.upperLift = 1;
  const dark = (rgba: Uint8Array): number => {
    const { region } = renderer;
    const face = readFace(plate.landmarks);
    let n = 0;
    for (let y = -0.05; y < 0.4; y += 0.01) {
      const [sx, sy] = face.frame.toStage(0, y);
      const o = ((Math.round(sy) - region.y) * region.width + Math.round(sx) - region.x) * 4;
      if (rgba[o]! < 75) n++;
    }
    return n;
  };
  assert.ok(dark(renderer.draw(p)) > 3);
  p.seal = 1;
  assert.equal(dark(renderer.draw(p)), 0);
});

test('a blink hides both irises and gives them back unharmed', () => {
  const renderer = new RigRenderer(plateFixture(), rig);
  const before = renderer.draw(pose()).slice();
  const closed = pose();
  closed.eyes.blink = 1;
  assert.ok(count(before, IRIS) > 60);
  assert.ok(count(renderer.draw(closed), IRIS) <= 2);
  assert.deepEqual(renderer.draw(pose()), before);
});

test('on a transparent stage what is not the person stays clear', () => {
  const plate = plateFixture();
  plate.background.fill(0);
  const renderer = new RigRenderer(plate, rig);
  const p = pose();
  p.fields.yaw = 0.03;
  const drawn = renderer.draw(p);
  assert.equal(drawn[3], 0);
  const middle = ((renderer.region.height >> 1) * renderer.region.width + (renderer.region.width >> 1)) * 4;
  assert.equal(drawn[middle + 3], 255);
});

test('blinks come 8 to 25 times a minute, never two within 300 ms, whatever the sentences', () => {
  for (const seed of [1, 2, 3]) {
    const blinks = new Blinks(seed, 15);
    blinks.endsAt(Array.from({ length: 300 }, (_, i) => i * 2000));
    const closedAt: number[] = [];
    let closed = false;
    for (let n = 0; n < 25 * 600; n++) {
      const now = blinks.at(n * 40) > 0.85;
      if (now && !closed) closedAt.push(n * 40);
      closed = now;
    }
    assert.ok(closedAt.length / 10 >= 8 && closedAt.length / 10 <= 25, `${closedAt.length / 10} a minute`);
    for (let i = 1; i < closedAt.length; i++) assert.ok(closedAt[i]! - closedAt[i - 1]! > 300);
  }
});

const papa = (): Timeline => ({
  durationMs: 2000,
  phones: ['p', 'a', 'p', 'a', 'p', 'a', 'p', 'a'].map((phone, i) => ({
    phone,
    startMs: i * 250,
    endMs: i * 250 + 250,
  })),
  words: [],
  sentences: [],
});
async function open(seed: number): Promise<LipSyncSession> {
  const session = await rigEngine.open(plateFixture(), { fps: 25, seed, rig });
  session.speak({
    startMs: 1000,
    timeline: papa(),
    envelope: new Float32Array(2000 / ENVELOPE_STEP_MS).fill(0.2),
    emotions: [{ atMs: 0, emotion: 'happy', intensity: 1, blend: EMOTION_BLENDS.happy }],
    pcm: () => new Float32Array(),
  });
  return session;
}
const frames = (session: LipSyncSession, total: number): Uint8Array[] =>
  Array.from({ length: total }, (_, n) => session.frame(n).slice());

test('the same seed draws the same frames, another seed others', async () => {
  const [a, b, c] = [await open(5), await open(5), await open(6)];
  const first = frames(a, 70);
  assert.deepEqual(frames(b, 70), first);
  assert.ok(frames(c, 70).some((frame, n) => difference(frame, first[n]!) > 8));
});

test('an interruption closes the mouth within 200 ms and it stays closed', async () => {
  const session = await open(5);
  const insideShown = (rgba: Uint8Array): number => {
    let n = 0;
    for (let i = 0; i < rgba.length; i += 4) if (rgba[i]! < 75 && rgba[i + 1]! < 30) n++;
    return n;
  };
  // 1375 ms is the middle of the first vowel: the mouth is open.
  const shown = frames(session, 36).map(insideShown);
  assert.ok(Math.max(...shown.slice(-3)) > 20);
  session.interrupt(1400);
  for (let n = 36; n < 70; n++) {
    const left = insideShown(session.frame(n));
    if (n * 40 >= 1600) assert.ok(left <= 2, `${n * 40} ms: ${left} pixels of the mouth's inside`);
  }
});

/** Every frame of a talk by a person who fills the stage, over a background that must never be seen. */
async function uncovered(
  landmarks: ReturnType<typeof plateFixture>['landmarks'],
  width = 320,
  height = 320,
): Promise<number> {
  const plate = { ...plateFixture(width, height), landmarks };
  for (let i = 3; i < plate.person.length; i += 4) plate.person[i] = 255;
  for (let i = 0; i < plate.background.length; i += 4) plate.background.set([0, 255, 0, 255], i);
  const session = await rigEngine.open(plate, { fps: 25, seed: 5, rig });
  const { region } = session;
  assert.ok(region.x >= 0 && region.y >= 0 && region.x + region.width <= width && region.y + region.height <= height);
  session.speak({
    ...{
      startMs: 0,
      timeline: papa(),
      emotions: [{ atMs: 0, emotion: 'surprised', intensity: 1, blend: EMOTION_BLENDS.surprised }],
    },
    ...{ envelope: new Float32Array(2000 / ENVELOPE_STEP_MS).fill(0.2), pcm: () => new Float32Array() },
  });
  let seen = 0;
  for (const frame of frames(session, 40)) {
    for (let i = 0; i < frame.length; i += 4) if (frame[i]! < 90 && frame[i + 1]! > 200) seen++;
  }
  return seen;
}

test('a mouth at the stage’s edge, outside it or far away is drawn without a hole and without a trap', async () => {
  for (const [x, y] of [
    [0, 180],
    [320, 320],
    [160, -30],
    [160, 0],
    [-40, 160],
    [160, 900],
    [-900, -900],
  ] as const) {
    const face = landmarksAt(x, y, 60);
    for (const lip of [face.lips.innerLower, face.lips.outerLower])
      for (const [i, point] of lip.entries()) point[1] += 12 * Math.sin((Math.PI * i) / 10);
    assert.equal(await uncovered(face), 0, `mouth at ${x}, ${y}`);
  }
  // Large and tilted, its open mouth just above the stage: rounding must not leave the texture's memory.
  const tilted = (degrees: number, [cx, cy]: readonly [number, number], iod: number) => {
    const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    const face = landmarksAt(0, 0, iod);
    const turn = (value: unknown): unknown => {
      if (Array.isArray(value) && typeof value[0] === 'number') {
        const [x, y, z] = value as [number, number, number];
        return [cx + x * cos - y * sin, cy + x * sin + y * cos, z];
      }
      if (Array.isArray(value)) return value.map(turn);
      if (value === null || typeof value !== 'object') return value;
      if (!('radius' in value))
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, turn(inner)]));
      const { x, y, radius } = value as { x: number; y: number; radius: number };
      return { x: cx + x * cos - y * sin, y: cy + x * sin + y * cos, radius };
    };
    return turn(face) as typeof face;
  };
  await uncovered(tilted(-16, [227, -15], 145));
  for (const degrees of [90, 180, 270])
    assert.equal(await uncovered(tilted(degrees, [160, 160], 50)), 0, `turned by ${degrees}°`);
  assert.equal(await uncovered(landmarksAt(320, 280, 1000), 640, 480), 0, 'a face much larger than the stage');
  assert.equal(await uncovered(landmarksAt(160, 180, 3)), 0, 'a face of a few pixels');
});

test('points that make up no face are refused in words: swapped sides, a mouth in one point', async () => {
  const refused = { name: 'StudioError', code: 'portrait.landmarks-unusable' };
  const swapped = landmarksAt(160, 180, 60);
  swapped.eyes = { left: swapped.eyes.right, right: swapped.eyes.left };
  await assert.rejects(uncovered(swapped), refused);
  const flat = landmarksAt(160, 180, 60);
  for (const contour of Object.values(flat.lips)) for (const point of contour) point[0] = 160;
  await assert.rejects(uncovered(flat), refused);
});
