import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Framing } from '../../app/document/avatar.ts';
import { presetSize } from '../../app/media/stage-size.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import { handMadePortrait } from './hand-made-portrait.ts';
import { layoutAvatar, separate } from './layout.ts';
import { placeOverlay } from './overlays.ts';
import { decodePicture, div255, overPlane } from './picture.ts';

const auto: Framing = { fit: 'auto', zoom: 1, offsetX: 0, offsetY: 0 };
const WIDE = { widthPx: 640, heightPx: 360 };
const TALL = { widthPx: 360, heightPx: 640 };
const SQUARE = { widthPx: 360, heightPx: 360 };
const photo = handMadePortrait({ width: 400, height: 500, face: 60 });

const row = (plate: AvatarPlate, y: number, channel = 3) =>
  Array.from({ length: plate.width }, (_, x) => plate.person[(y * plate.width + x) * 4 + channel]);
const headShare = (plate: AvatarPlate) => {
  const { oval } = plate.landmarks;
  return (oval[18][1] - oval[0][1]) / plate.height;
};

test('person over background is the picture itself, to the bit, matte edges included', async () => {
  const size = { widthPx: 400, heightPx: 500 };
  const plate = await layoutAvatar(photo, { size, framing: { ...auto, fit: 'contain' }, background: { kind: 'keep' } });
  assert.deepEqual(plate.picture, { x: 0, y: 0, width: 400, height: 500 });
  assert.ok(photo.matte.some((a) => a > 0 && a < 255));
  assert.deepEqual(overPlane(plate.person, plate.background), photo.rgba);
});

test('any seen value splits into person and background exactly', () => {
  for (let a = 1; a < 255; a++) {
    for (const seen of [0, 1, 50, 128, 200, 254, 255]) {
      for (const clean of [0, 77, 255]) {
        for (const typical of [0, 120, 255]) {
          const [p, b] = separate(seen, a, clean, typical);
          assert.ok(p >= 0 && p <= 255 && b >= 0 && b <= 255);
          assert.equal(div255(a * p + (255 - a) * b), seen, `${seen} ${a} ${clean} ${typical}`);
        }
      }
    }
  }
});

test('on every shape the head is well placed, the body reaches the bottom and nothing is left empty', async () => {
  const portraits = {
    tall: photo,
    wide: handMadePortrait({ width: 640, height: 400, face: 55, at: { x: 0.35, y: 0.45 } }),
    small: handMadePortrait({ width: 160, height: 200, face: 24 }),
    close: handMadePortrait({ width: 400, height: 400, face: 110, at: { x: 0.5, y: 0.5 } }),
    far: handMadePortrait({ width: 600, height: 800, face: 34, at: { x: 0.6, y: 0.25 } }),
    cutOut: handMadePortrait({ width: 400, height: 500, face: 60, cutOut: true }),
  };
  for (const [name, portrait] of Object.entries(portraits)) {
    for (const size of [WIDE, TALL, SQUARE]) {
      const what = `${name} on ${size.widthPx}x${size.heightPx}`;
      const plate = await layoutAvatar(portrait, { size, framing: auto, background: { kind: 'keep' } });
      const { oval, eyes } = plate.landmarks;
      assert.ok(
        row(plate, plate.height - 1).some((a) => a === 255),
        `${what}: floats`,
      );
      assert.ok(oval[0][1] > 0 && oval[18][1] < plate.height * 0.95, `${what}: face is cut`);
      assert.ok(headShare(plate) > 0.2 && headShare(plate) < 0.75, `${what}: face is ${headShare(plate)}`);
      const eyesAt = eyes.left.iris.y / plate.height;
      assert.ok(eyesAt > 0.25 && eyesAt < 0.52, `${what}: eyes at ${eyesAt}`);
      const middle = (oval[9][0] + oval[27][0]) / 2 / plate.width;
      assert.ok(middle > 0.3 && middle < 0.7, `${what}: face at ${middle}`);
      assert.ok(
        plate.background.every((byte, i) => i % 4 !== 3 || byte === 255),
        `${what}: a hole`,
      );
    }
  }
});

test('a background narrower than the stage goes on past the picture without a step', async () => {
  const plate = await layoutAvatar(photo, { size: WIDE, framing: auto, background: { kind: 'keep' } });
  const { picture } = plate;
  assert.ok(picture.x > 20 && picture.x + picture.width < WIDE.widthPx - 20);
  const mean = (x: number, c: number) => {
    let sum = 0;
    for (let y = 20; y < 340; y++) sum += plate.background[(y * plate.width + x) * 4 + c];
    return sum / 320;
  };
  for (const edge of [picture.x, picture.x + picture.width]) {
    for (let c = 0; c < 3; c++) assert.ok(Math.abs(mean(edge, c) - mean(edge - 1, c)) < 4);
  }
  // Nothing black or unset further out.
  for (const x of [0, 5, plate.width - 1]) for (let c = 0; c < 3; c++) assert.ok(mean(x, c) > 50);
});

test('shoulders cut by the sides of the picture fade out instead of ending in a line', async () => {
  const portrait = handMadePortrait({ width: 300, height: 460, face: 60, shoulders: 4 });
  const plate = await layoutAvatar(portrait, { size: WIDE, framing: auto, background: { kind: 'keep' } });
  const bottom = row(plate, plate.height - 1);
  const { x, width } = plate.picture;
  assert.ok(x > 0 && x + width < plate.width);
  assert.equal(bottom[x], 0);
  assert.equal(bottom[Math.round(x + width / 2)], 255);
  for (let i = 1; i < plate.width; i++) assert.ok(Math.abs(bottom[i] - bottom[i - 1]) < 48, `step at ${i}`);
});

test('each kind of background stands behind the person, whose edge is drawn in before a wall that is not its own', async () => {
  const kinds = {
    keep: await layoutAvatar(photo, { size: SQUARE, framing: auto, background: { kind: 'keep' } }),
    colour: await layoutAvatar(photo, {
      size: SQUARE,
      framing: auto,
      background: { kind: 'colour', colour: '#2060A0' },
    }),
    clear: await layoutAvatar(photo, { size: SQUARE, framing: auto, background: { kind: 'transparent' } }),
    blur: await layoutAvatar(photo, { size: SQUARE, framing: auto, background: { kind: 'blur', radius: 24 } }),
    picture: await layoutAvatar(photo, {
      size: SQUARE,
      framing: auto,
      background: { kind: 'picture', picture: { width: 1, height: 1, rgba: new Uint8Array([9, 8, 7, 255]) } },
    }),
  };
  const same = (a: AvatarPlate, b: AvatarPlate): boolean => Buffer.compare(a.person, b.person) === 0;
  assert.ok(same(kinds.blur, kinds.keep) && same(kinds.clear, kinds.colour) && same(kinds.picture, kinds.colour));
  let drawnIn = 0;
  for (let i = 3; i < kinds.keep.person.length; i += 4) {
    const [own, other] = [kinds.keep.person[i], kinds.colour.person[i]];
    assert.ok(other <= own + 12, `${other} where it was ${own}`);
    if (own === 255) assert.ok(other > 230, `solid inside: ${other}`);
    if (own > 30 && own < 110 && other < own - 8) drawnIn++;
  }
  assert.ok(drawnIn > 100);
  assert.deepEqual([...kinds.colour.background.subarray(0, 4)], [0x20, 0x60, 0xa0, 255]);
  assert.deepEqual([...kinds.picture.background.subarray(400, 404)], [9, 8, 7, 255]);
  assert.ok(kinds.clear.background.every((byte) => byte === 0));
  // Blurred: far less difference between neighbours than in the kept one.
  const rough = ({ background }: AvatarPlate) => {
    let sum = 0;
    for (let i = 4; i < 360 * 4 * 40; i += 4) sum += Math.abs(background[i] - background[i - 4]);
    return sum;
  };
  assert.ok(rough(kinds.blur) < rough(kinds.keep) / 5);
});

test('a cut-out takes its own suggested background, and a drawn one when it has none', async () => {
  const cutOut = handMadePortrait({ width: 400, height: 500, face: 60, cutOut: true });
  const sampleBackground = { width: 2, height: 2, rgba: new Uint8Array(16).fill(200) };
  sampleBackground.rgba.forEach((_, i, all) => {
    if (i % 4 === 3) all[i] = 255;
  });
  const given = await layoutAvatar(cutOut, {
    size: WIDE,
    framing: auto,
    background: { kind: 'keep' },
    sampleBackground,
  });
  assert.deepEqual([...given.background.subarray(0, 3)], [200, 200, 200]);
  const drawn = await layoutAvatar(cutOut, { size: WIDE, framing: auto, background: { kind: 'keep' } });
  assert.ok(drawn.background.every((byte) => byte > 100));
  // No dark or bright rim: half-clear pixels carry the person's own colour.
  for (let i = 0; i < drawn.person.length; i += 4) {
    const a = drawn.person[i + 3];
    if (a > 30 && a < 225)
      assert.ok(drawn.person[i + 2] > 85 && drawn.person[i + 2] < 165, String(drawn.person[i + 2]));
  }
});

test('cover, contain, zoom and offsets do what they say', async () => {
  const place = async (framing: Partial<Framing>) =>
    (await layoutAvatar(photo, { size: SQUARE, framing: { ...auto, ...framing }, background: { kind: 'keep' } }))
      .picture;
  assert.deepEqual(await place({ fit: 'contain' }), { x: 36, y: 0, width: 288, height: 360 });
  const cover = await place({ fit: 'cover' });
  assert.equal(cover.width, 360);
  assert.ok(cover.y <= 0 && cover.y + cover.height >= 360);
  const [plain, moved] = [await place({}), await place({ offsetX: 0.1, offsetY: -0.05 })];
  assert.equal(moved.x, plain.x + 36);
  assert.equal(moved.y, plain.y - 18);
  assert.ok(Math.abs((await place({ zoom: 1.5 })).width / plain.width - 1.5) < 0.01);
  // Wholly off the stage: still a full background, nobody on it.
  const gone = await layoutAvatar(photo, {
    size: SQUARE,
    framing: { fit: 'contain', zoom: 0.2, offsetX: 1, offsetY: 1 },
    background: { kind: 'keep' },
  });
  assert.ok(row(gone, 100).every((a) => a === 0));
  assert.equal(gone.background[3], 255);
});

test('an overlay behind the avatar is in the background, scaled, cut to the stage and weighed by its opacity', async () => {
  const red = { width: 2, height: 2, rgba: Uint8Array.from({ length: 16 }, (_, i) => [255, 0, 0, 255][i % 4]) };
  const overlay = {
    id: 'a',
    asset: { sha256: '0'.repeat(64), mediaType: 'image/png', fileName: '' },
    x: -0.1,
    y: 0,
    width: 0.2,
    opacity: 0.5,
    layer: 'behind' as const,
  };
  const placed = await placeOverlay(overlay, red, SQUARE);
  assert.deepEqual([placed?.x, placed?.y, placed?.picture.width, placed?.picture.height], [0, 0, 36, 72]);
  assert.equal(await placeOverlay({ ...overlay, x: 1.5 }, red, SQUARE), null);
  const plate = await layoutAvatar(photo, {
    size: SQUARE,
    framing: auto,
    background: { kind: 'colour', colour: '#000000' },
    behind: placed ? [placed] : [],
  });
  assert.deepEqual([...plate.background.subarray(0, 4)], [128, 0, 0, 255]);
  assert.deepEqual([...plate.background.subarray(40 * 4, 41 * 4)], [0, 0, 0, 255]);
});

test('a picture that is none is told by name', async () => {
  await assert.rejects(decodePicture(new TextEncoder().encode('not a picture'), 'notes.png'), {
    code: 'stage.bad-picture',
  });
});

test('the largest preset lays out as well', async () => {
  const size = presetSize(1080, 'landscape');
  const plate = await layoutAvatar(photo, { size, framing: auto, background: { kind: 'keep' } });
  assert.equal(plate.person.length, 1920 * 1080 * 4);
  assert.equal(plate.picture.y + plate.picture.height >= 1080, true);
});
