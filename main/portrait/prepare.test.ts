import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import sharp, { type Sharp } from 'sharp';
import { type FaceLandmarks, faceLandmarksSchema, mapLandmarks } from '../../app/document/landmarks.ts';
import { StudioError } from '../../app/errors/index.ts';
import { describeFinding, findingWords } from '../../app/i18n/findings.ts';
import type { Finding, FindingCode } from '../engine/ports/portrait.ts';
import { createPortraitImporter, type PortraitImporter } from './prepare.ts';
import { drawPortrait } from './testing/draw-face.ts';

const FACE = { x: 320, y: 300, size: 280 };
const portrait = drawPortrait(640, 640, [FACE]);
const { signal } = new AbortController();
const code = (expected: string) => (error: unknown) => error instanceof StudioError && error.code === expected;

let dir: string;
let importer: PortraitImporter;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'shenghua-portrait-'));
  importer = createPortraitImporter({ cacheDir: join(dir, 'shared') });
});
after(async () => {
  await importer.dispose();
  await importer.dispose();
  await rm(dir, { recursive: true });
});

const landmarksOf = async (bytes: Uint8Array): Promise<FaceLandmarks> => {
  const { faces } = await importer.inspect(bytes, signal);
  assert.equal(faces.length, 1);
  return faces[0]!.landmarks;
};
const farthest = (a: FaceLandmarks, b: FaceLandmarks): number => {
  const points = (f: FaceLandmarks) => [
    ...Object.values(f.lips).flat(),
    ...f.oval,
    ...f.eyes.left.upper,
    ...f.eyes.right.lower,
  ];
  const others = points(b);
  return Math.max(...points(a).map((p, i) => Math.hypot(p[0] - others[i]![0], p[1] - others[i]![1])));
};

describe('finding the face', () => {
  test('contours run from picture left to right, the oval clockwise, and lie on the drawn features', async () => {
    const { lips, eyes, oval, nose } = faceLandmarksSchema.parse(await landmarksOf(portrait));
    for (const line of [...Object.values(lips), eyes.left.upper, eyes.left.lower, eyes.right.upper, eyes.right.lower]) {
      assert.ok(line[0]![0] < line.at(-1)![0]);
    }
    assert.ok(eyes.left.iris.x < nose.tip[0] && nose.tip[0] < eyes.right.iris.x);
    assert.ok(oval[9]![0] > oval[27]![0] && oval[18]![1] > oval[0]![1]);
    // In the drawing: irises 34 of 200 units beside the middle and 20 above it, the seam of the lips about 56 below.
    const unit = FACE.size / 200;
    for (const [iris, side] of [[eyes.left.iris, -1] as const, [eyes.right.iris, 1] as const]) {
      assert.ok(
        Math.hypot(iris.x - (FACE.x + side * 34 * unit), iris.y - (FACE.y - 20 * unit)) < 5,
        JSON.stringify(iris),
      );
    }
    const seam = (lips.innerUpper[5]![1] + lips.innerLower[5]![1]) / 2;
    assert.ok(Math.abs(seam - (FACE.y + 56 * unit)) < 3, `seam at ${seam}`);
    assert.ok(Math.abs(lips.outerUpper[0]![0] - (FACE.x - 27 * unit)) < 5, `corner at ${lips.outerUpper[0]![0]}`);
  });

  test('the same picture in other encodings gives the same face', async () => {
    const truth = await landmarksOf(portrait);
    const encodings = {
      jpeg: sharp(portrait).jpeg({ quality: 92 }),
      '16-bit': sharp(portrait).toColourspace('rgb16').png(),
      cmyk: sharp(portrait).toColourspace('cmyk').jpeg({ quality: 95 }),
      webp: sharp(portrait).webp({ quality: 90 }),
      avif: sharp(portrait).avif({ quality: 70, effort: 0 }),
      'exif-rotated': sharp(await sharp(portrait).rotate(90).png().toBuffer())
        .withMetadata({ orientation: 8 })
        .jpeg({ quality: 92 }),
    };
    for (const [name, encoding] of Object.entries(encodings)) {
      const distance = farthest(await landmarksOf(await encoding.toBuffer()), truth);
      assert.ok(distance < 4, `${name}: ${distance.toFixed(2)} px`);
    }
  });

  test('faces are found small in a wide picture, filling it, and turned on their side', async () => {
    await landmarksOf(drawPortrait(1600, 900, [{ x: 1200, y: 300, size: 100 }]));
    await landmarksOf(drawPortrait(700, 700, [{ x: 350, y: 340, size: 640 }]));
    const { faces } = await importer.inspect(await sharp(portrait).rotate(90).png().toBuffer(), signal);
    assert.ok(Math.abs(faces[0]!.pose.rollDeg - 90) < 10, `${faces[0]?.pose.rollDeg}`);
  });

  test('several faces are counted from the left and one must be chosen', async () => {
    const two = drawPortrait(1000, 600, [
      { x: 760, y: 300, size: 200 },
      { x: 250, y: 280, size: 240 },
    ]);
    const { faces } = await importer.inspect(two, signal);
    assert.deepEqual(
      faces.map((face) => face.index),
      [0, 1],
    );
    assert.ok(faces[0]!.box.x < 300 && faces[1]!.box.x > 600);
    const options = { landmarks: null, signal };
    await assert.rejects(importer.prepare(two, { ...options, faceIndex: null }), code('portrait.several-faces'));
    await assert.rejects(importer.prepare(two, { ...options, faceIndex: 2 }), code('portrait.no-such-face'));
    const chosen = await importer.prepare(two, { ...options, faceIndex: 1 });
    assert.equal(chosen.face.index, 1);
    assert.equal(chosen.faces.length, 2);
    assert.equal(chosen.matte[300 * 1000 + 760], 255);
  });

  test('no face and a face too small are refused', async () => {
    const options = { faceIndex: null, landmarks: null, signal };
    await assert.rejects(importer.prepare(drawPortrait(300, 300, []), options), code('portrait.no-face'));
    const small = drawPortrait(300, 300, [{ x: 150, y: 130, size: 50 }]);
    await assert.rejects(importer.prepare(small, options), code('portrait.face-too-small'));
  });
});

describe('the source doctor', () => {
  const findings = async (bytes: Uint8Array): Promise<Map<FindingCode, Finding['severity']>> => {
    const { faces } = await importer.inspect(bytes, signal);
    assert.ok(faces.length > 0, 'a face is found');
    return new Map(faces[0]!.findings.map((finding) => [finding.code, finding.severity]));
  };

  test('a good portrait has nothing worse than advice', async () => {
    const found = await findings(drawPortrait(1400, 1400, [{ x: 700, y: 640, size: 760 }]));
    assert.deepEqual(
      [...found.values()].filter((severity) => severity !== 'info'),
      [],
    );
  });

  test('each fault raises its own finding', async () => {
    const cover = (width: number, height: number, background: string) =>
      sharp({ create: { width, height, channels: 3, background } })
        .png()
        .toBuffer();
    const faults: [FindingCode, Sharp][] = [
      ['blurred', sharp(portrait).blur(7)],
      ['too-dark', sharp(portrait).linear(0.25, 0)],
      ['too-bright', sharp(portrait).linear(2.2, 30)],
      ['cut-off', sharp(portrait).extract({ left: 0, top: 0, width: 640, height: 400 })],
      ['face-tilted', sharp(portrait).rotate(22, { background: '#a9bccf' })],
      ['face-too-small', sharp(portrait).resize(260)],
      ['occluded', sharp(portrait).composite([{ input: await cover(130, 300, '#2f5a33'), left: 190, top: 150 }])],
    ];
    const clean = await findings(portrait);
    for (const [fault, bytes] of faults) {
      assert.ok(!clean.has(fault), `${fault} on the clean portrait`);
      const found = await findings(await bytes.png().toBuffer());
      assert.ok(found.has(fault), `${fault} missed: ${[...found.keys()].join(' ')}`);
    }
  });

  test('coloured light from one side and warm, dark pictures are no cover', async () => {
    const light = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640"><defs><linearGradient id="g">
        <stop offset="0.35" stop-color="#4a78ff" stop-opacity="0.6"/><stop offset="0.65" stop-color="#ff9a2e" stop-opacity="0.35"/>
      </linearGradient></defs><rect width="640" height="640" fill="url(#g)"/></svg>`,
    );
    const lit = await sharp(portrait)
      .composite([{ input: light }])
      .png()
      .toBuffer();
    const warm = await sharp(portrait).linear([0.75, 0.5, 0.32], [0, 0, 0]).gamma(1.3).png().toBuffer();
    for (const bytes of [lit, warm]) assert.ok(!(await findings(bytes)).has('occluded'));
  });

  test('every finding has words and advice in both languages', () => {
    const words: Record<FindingCode, unknown> = findingWords;
    for (const finding of Object.keys(words) as FindingCode[]) {
      for (const locale of ['en', 'zh-CN'] as const) {
        const { message, advice } = describeFinding(finding, locale);
        assert.equal(/\p{Script=Han}/u.test(message) && /\p{Script=Han}/u.test(advice), locale === 'zh-CN', finding);
      }
    }
  });
});

describe('the matte and the background', () => {
  test('the matte covers the drawn person and nothing else', async () => {
    const { matte } = await importer.prepare(portrait, { faceIndex: null, landmarks: null, signal });
    const truth = await sharp(drawPortrait(640, 640, [FACE], { transparent: true }))
      .extractChannel(3)
      .raw()
      .toBuffer();
    let [both, either] = [0, 0];
    for (let i = 0; i < matte.length; i++) {
      const [a, b] = [matte[i]! > 127, truth[i]! > 127];
      if (a && b) both++;
      if (a || b) either++;
    }
    assert.ok(both / either > 0.95, `overlap ${(both / either).toFixed(3)}`);
    assert.equal(matte[20 * 640 + 20], 0);
    assert.ok(
      matte.some((v) => v > 20 && v < 235),
      'edges are soft',
    );
  });

  test('behind the person stands the wall, and away from them every pixel is the picture', async () => {
    const { matte, background, rgba } = await importer.prepare(portrait, { faceIndex: null, landmarks: null, signal });
    // The wall is a vertical run of greys between its two ends: #c3d3e2 above, #8fa6bd below.
    for (const [x, y] of [
      [320, 300],
      [320, 160],
      [250, 420],
      [320, 560],
    ] as const) {
      const t = y / 640;
      const wall = [195 - 52 * t, 211 - 45 * t, 226 - 37 * t];
      for (let c = 0; c < 3; c++) {
        const value = background[(y * 640 + x) * 4 + c]!;
        assert.ok(Math.abs(value - wall[c]!) < 16, `${x},${y} channel ${c}: ${value}, wall ${wall[c]}`);
      }
    }
    let [kept, changedFar] = [0, 0];
    for (let y = 0; y < 130; y++) {
      for (let x = 0; x < 120; x++) {
        const i = y * 640 + x;
        assert.equal(matte[i], 0);
        kept++;
        for (let c = 0; c < 4; c++) if (background[i * 4 + c] !== rgba[i * 4 + c]) changedFar++;
      }
    }
    assert.ok(kept > 0 && changedFar === 0);
  });

  test("a cut-out's own transparency is its matte", async () => {
    const bytes = drawPortrait(640, 640, [FACE], { transparent: true });
    const { matte, rgba } = await importer.prepare(bytes, { faceIndex: null, landmarks: null, signal });
    assert.ok(matte.every((v, i) => v === rgba[i * 4 + 3]));
  });
});

describe('landmarks given, cache, abort', () => {
  const isolated = async (run: (own: PortraitImporter, cacheDir: string) => Promise<void>): Promise<void> => {
    const cacheDir = await mkdtemp(join(dir, 'own-'));
    const own = createPortraitImporter({ cacheDir });
    try {
      await run(own, cacheDir);
    } finally {
      await own.dispose();
    }
  };

  test('given landmarks are used as they are, even where no face would be found', async () => {
    const landmarks = await landmarksOf(portrait);
    await isolated(async (own) => {
      const wall = drawPortrait(640, 640, []);
      const prepared = await own.prepare(wall, { faceIndex: null, landmarks, signal });
      assert.deepEqual(prepared.face.landmarks, landmarks);
      assert.equal(prepared.faces.length, 1);
      const elsewhere = mapLandmarks(landmarks, 1, 5000, 0);
      const options = { faceIndex: null, landmarks: elsewhere, signal };
      await assert.rejects(own.prepare(wall, options), code('portrait.landmarks-outside'));
    });
  });

  test('a second import reads the same from disk; a damaged entry is made anew', async () => {
    await isolated(async (own, cacheDir) => {
      const options = { faceIndex: null, landmarks: null, signal };
      const first = await own.prepare(portrait, options);
      assert.deepEqual(await own.prepare(portrait, options), first);
      const names = (await readdir(cacheDir)).sort();
      assert.equal(names.length, 2);
      const path = join(cacheDir, names.find((name) => name.endsWith('.portrait'))!);
      const entries = new Map(
        await Promise.all(names.map(async (name) => [name, await readFile(join(cacheDir, name))] as const)),
      );

      for (const damage of [
        (b: Buffer) => b.subarray(0, b.length >> 1),
        (b: Buffer) => Buffer.from(b).fill(7, 30, 60),
        () => Buffer.alloc(0),
      ]) {
        for (const [name, bytes] of entries) await writeFile(join(cacheDir, name), damage(bytes));
        // Made anew, and read once it is kept.
        for (const _ of Array(2)) assert.deepEqual(await own.prepare(portrait, options), first);
        assert.deepEqual((await readdir(cacheDir)).sort(), names);
        assert.deepEqual(await readFile(path), entries.get(path.slice(cacheDir.length + 1)));
      }
    });
  });

  test('what was prepared is in the cache when the importer has been disposed', async () => {
    const cacheDir = await mkdtemp(join(dir, 'own-'));
    const own = createPortraitImporter({ cacheDir });
    await own.prepare(portrait, { faceIndex: null, landmarks: null, signal });
    await own.dispose();
    assert.equal((await readdir(cacheDir)).filter((name) => name.endsWith('.portrait')).length, 2);
  });

  test('an unwritable cache does not stop an import', async () => {
    const file = join(dir, 'a-file');
    await writeFile(file, '');
    const own = createPortraitImporter({ cacheDir: join(file, 'below') });
    try {
      assert.equal((await own.inspect(portrait, signal)).faces.length, 1);
    } finally {
      await own.dispose();
    }
  });

  test('an abort is passed on with its own reason, and the importer works on until it is disposed', async () => {
    await isolated(async (own) => {
      const reason = new Error('changed my mind');
      const options = { faceIndex: null, landmarks: null };
      await assert.rejects(own.prepare(portrait, { ...options, signal: AbortSignal.abort(reason) }), reason);
      const controller = new AbortController();
      const running = own.inspect(portrait, controller.signal);
      setImmediate(() => controller.abort(reason));
      await assert.rejects(running, reason);
      assert.equal((await own.inspect(portrait, signal)).faces.length, 1);
      await own.dispose();
      await assert.rejects(own.inspect(drawPortrait(300, 300, []), signal), code('portrait.analysis-failed'));
    });
  });
});
