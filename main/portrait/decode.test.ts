import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { StudioError } from '../../app/errors/index.ts';
import { decodePicture, readPictureFile } from './decode.ts';
import { drawPortrait } from './testing/draw-face.ts';

const portrait = drawPortrait(320, 240, [{ x: 150, y: 110, size: 110 }]);
const code = (expected: string) => (error: unknown) => error instanceof StudioError && error.code === expected;
const meanDifference = (a: Uint8Array, b: Uint8Array): number => {
  assert.equal(a.length, b.length);
  return a.reduce((sum, v, i) => sum + Math.abs(v - b[i]!), 0) / a.length;
};

test('every supported encoding of a picture decodes to the same sRGB pixels', async () => {
  const { rgba } = await decodePicture(portrait);
  const encodings: Record<string, [Promise<Buffer>, number]> = {
    jpeg: [sharp(portrait).jpeg({ quality: 95 }).toBuffer(), 3],
    'progressive jpeg': [sharp(portrait).jpeg({ quality: 95, progressive: true }).toBuffer(), 3],
    'cmyk jpeg': [sharp(portrait).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer(), 12],
    'wide-gamut jpeg': [sharp(portrait).withIccProfile('p3').jpeg({ quality: 95 }).toBuffer(), 4],
    '16-bit png': [sharp(portrait).toColourspace('rgb16').png().toBuffer(), 0.6],
    'palette png': [sharp(portrait).png({ palette: true }).toBuffer(), 4],
    'interlaced png': [sharp(portrait).png({ progressive: true }).toBuffer(), 0],
    webp: [sharp(portrait).webp({ quality: 90 }).toBuffer(), 3],
    avif: [sharp(portrait).avif({ quality: 70, effort: 0 }).toBuffer(), 4],
    gif: [sharp(portrait).gif().toBuffer(), 5],
  };
  for (const [name, [bytes, tolerance]] of Object.entries(encodings)) {
    const decoded = await decodePicture(await bytes);
    assert.deepEqual([decoded.width, decoded.height], [320, 240], name);
    const difference = meanDifference(decoded.rgba, rgba);
    assert.ok(difference <= tolerance, `${name}: ${difference}`);
  }
  const grey = await decodePicture(await sharp(portrait).toColourspace('grey16').png().toBuffer());
  const middle = (110 * 320 + 150) * 4;
  assert.equal(grey.rgba[middle], grey.rgba[middle + 1]);
  assert.equal(grey.rgba[middle + 3], 255);
});

test('all eight EXIF orientations come out as libvips turns them', async () => {
  for (let orientation = 1; orientation <= 8; orientation++) {
    const bytes = await sharp(portrait).withMetadata({ orientation }).jpeg({ quality: 100 }).toBuffer();
    const expected = await sharp(bytes).autoOrient().ensureAlpha().raw().toBuffer({ resolveWithObject: true });
    const decoded = await decodePicture(bytes);
    const size = [decoded.width, decoded.height, decoded.sourceWidth, decoded.sourceHeight];
    const { width, height } = expected.info;
    assert.deepEqual(size, [width, height, width, height], `orientation ${orientation}`);
    assert.equal(meanDifference(decoded.rgba, expected.data), 0, `orientation ${orientation}`);
  }
});

test('transparency is kept, large pictures are scaled, animations give their first frame', async () => {
  const cutOut = await decodePicture(drawPortrait(200, 200, [{ x: 100, y: 90, size: 90 }], { transparent: true }));
  assert.equal(cutOut.hasAlpha, true);
  assert.equal(cutOut.rgba[3], 0);
  assert.equal(cutOut.rgba[(90 * 200 + 100) * 4 + 3], 255);

  const large = await decodePicture(await sharp(portrait).resize(4096, 3072).jpeg().toBuffer());
  assert.deepEqual([large.width, large.height, large.sourceWidth], [2048, 1536, 4096]);

  const red = await sharp({ create: { width: 320, height: 240, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  for (const format of ['webp', 'gif'] as const) {
    const bytes = await sharp([portrait, red], { join: { animated: true } })
      .toFormat(format)
      .toBuffer();
    const first = await decodePicture(bytes);
    assert.equal(first.animated, true, format);
    assert.deepEqual([first.width, first.height], [320, 240], format);
    assert.ok(first.rgba[1]! > 150, `${format} shows the first frame, not the red one`);
  }
});

test('bad files are told apart by their content', async () => {
  const iso = (brand: string) =>
    Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0${brand}mif1`)]);
  const cases: [string, Uint8Array][] = [
    ['portrait.empty', new Uint8Array(0)],
    ['portrait.not-a-picture', Buffer.from('holiday photo, honestly')],
    ['portrait.not-a-picture', Buffer.from([1])],
    ['portrait.heic', iso('heic')],
    ['portrait.unsupported-format', iso('mp42').subarray(0, 20)],
    ['portrait.unsupported-format', Buffer.from('%PDF-1.7')],
    ['portrait.svg', Buffer.from('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>')],
    ['portrait.svg', Buffer.from('  <svg width="10" height="10"/>')],
    ['portrait.too-small', await sharp(portrait).resize(1, 1).png().toBuffer()],
    ['portrait.too-small', await sharp(portrait).resize(63, 200, { fit: 'fill' }).jpeg().toBuffer()],
  ];
  for (const format of ['jpeg', 'png', 'webp', 'avif'] as const) {
    const whole = await sharp(portrait).toFormat(format).toBuffer();
    cases.push(['portrait.truncated', whole.subarray(0, Math.floor(whole.length * 0.6))]);
    cases.push(['portrait.truncated', whole.subarray(0, 40)]);
  }
  for (const [expected, bytes] of cases) await assert.rejects(decodePicture(bytes), code(expected), expected);
});

test('a picture too large to hold in memory is refused before it is decoded', async () => {
  // A PNG header may claim any size; nothing behind it is read.
  const header = Buffer.from(portrait);
  header.writeUInt32BE(20_000, 16);
  header.writeUInt32BE(20_000, 20);
  const crc = (await import('node:zlib')).crc32(header.subarray(12, 29));
  header.writeUInt32BE(crc, 29);
  await assert.rejects(decodePicture(header), code('portrait.too-large'));
});

test('a missing file and a folder are named, an abort is passed on', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'shenghua-decode-'));
  try {
    const { signal } = new AbortController();
    await assert.rejects(readPictureFile(join(dir, 'none.jpg'), signal), code('portrait.file-missing'));
    await assert.rejects(readPictureFile(dir, signal), code('portrait.file-unreadable'));
    const reason = new Error('changed my mind');
    await assert.rejects(decodePicture(portrait, AbortSignal.abort(reason)), reason);
    await assert.rejects(readPictureFile(join(dir, 'none.jpg'), AbortSignal.abort(reason)), reason);
  } finally {
    await rm(dir, { recursive: true });
  }
});
