/**
 * Draws the sample avatars into resources/avatars.
 *   node scripts/draw-avatars/run.ts            writes the files
 *   node scripts/draw-avatars/run.ts --check    draws again and fails if the files differ from the code
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import sharp from 'sharp';
import { type SampleAvatar, sampleAvatarIndexSchema, sampleAvatarSchema } from '../../app/document/sample-avatars.ts';
import { type AvatarDrawing, BACKGROUND_PX, PORTRAIT_PX } from './avatar-drawing.ts';
import { Painter } from './brush.ts';
import { chen } from './chen.ts';
import { landmarksOf } from './face-design.ts';
import { lin } from './lin.ts';
import { mika } from './mika.ts';

const AVATARS: readonly AvatarDrawing[] = [lin, chen, mika];
const ROOT = new URL('../../resources/avatars/', import.meta.url);
const SUPERSAMPLING = 2;

interface Drawn {
  json: SampleAvatar;
  portrait: Buffer;
  background: Buffer;
}

async function draw(avatar: AvatarDrawing): Promise<Drawn> {
  const big = new Painter(PORTRAIT_PX, PORTRAIT_PX, SUPERSAMPLING);
  avatar.paint(big);
  const side = PORTRAIT_PX * SUPERSAMPLING;
  const portrait = await sharp(rawOf(big), { raw: { width: side, height: side, channels: 4 } })
    .resize(PORTRAIT_PX, PORTRAIT_PX, { kernel: 'mitchell' })
    .png({ compressionLevel: 9, adaptiveFiltering: true })
    .toBuffer();
  const room = new Painter(BACKGROUND_PX.width, BACKGROUND_PX.height, 1);
  avatar.paintBackground(room);
  const background = await sharp(rawOf(room), { raw: { ...BACKGROUND_PX, channels: 4 } })
    .flatten({ background: '#000000' })
    .jpeg({ quality: 90, chromaSubsampling: '4:4:4' })
    .toBuffer();
  const json = sampleAvatarSchema.parse({
    ...avatar.meta,
    portrait: { file: 'portrait.png', widthPx: PORTRAIT_PX, heightPx: PORTRAIT_PX },
    background: { file: 'background.jpg', widthPx: BACKGROUND_PX.width, heightPx: BACKGROUND_PX.height },
    landmarks: landmarksOf(avatar.face),
  });
  return { json, portrait, background };
}

function rawOf(p: Painter): Buffer {
  const { width, height } = p.canvas;
  return Buffer.from(p.ctx.getImageData(0, 0, width, height).data.buffer);
}

const indexOf = (drawn: readonly Drawn[]) =>
  sampleAvatarIndexSchema.parse({ avatars: drawn.map(({ json: { landmarks: _, ...summary } }) => summary) });

const asText = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

async function put(name: string, content: Buffer | string): Promise<void> {
  const target = new URL(name, ROOT);
  await mkdir(new URL('.', target), { recursive: true });
  const partial = new URL(`${target.href}.partial`);
  await writeFile(partial, content, { flush: true });
  await rename(partial, target);
  console.log(`${fileURLToPath(target)}  ${(Buffer.byteLength(content) / 1024).toFixed(0)} KiB`);
}

/** Rasterisers round differently between machines: a few pixels may differ, and all of them by a little. */
async function pictureDiffers(name: string, fresh: Buffer): Promise<string | null> {
  const [a, b] = await Promise.all(
    [readFile(new URL(name, ROOT)), fresh].map(async (f) =>
      sharp(await f)
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true }),
    ),
  );
  if (a.info.width !== b.info.width || a.info.height !== b.info.height) return `${name}: another size`;
  let sum = 0;
  let far = 0;
  for (let i = 0; i < a.data.length; i++) {
    const d = Math.abs(a.data[i] - b.data[i]);
    sum += d;
    if (d > 32) far++;
  }
  const mean = sum / a.data.length;
  const share = far / a.data.length;
  return mean > 0.6 || share > 0.002
    ? `${name}: mean difference ${mean.toFixed(2)}, ${(share * 100).toFixed(2)} % far off`
    : null;
}

async function jsonDiffers(name: string, fresh: unknown): Promise<string | null> {
  const stored: unknown = JSON.parse(await readFile(new URL(name, ROOT), 'utf8'));
  return isDeepStrictEqual(stored, JSON.parse(JSON.stringify(fresh))) ? null : `${name}: differs from the drawing`;
}

const drawn: Drawn[] = [];
for (const avatar of AVATARS) drawn.push(await draw(avatar));

if (process.argv.includes('--check')) {
  const wrong: (string | null)[] = [await jsonDiffers('index.json', indexOf(drawn))];
  for (const { json, portrait, background } of drawn) {
    wrong.push(await jsonDiffers(`${json.id}/avatar.json`, json));
    wrong.push(await pictureDiffers(`${json.id}/portrait.png`, portrait));
    wrong.push(await pictureDiffers(`${json.id}/background.jpg`, background));
  }
  const lines = wrong.filter((line) => line !== null);
  for (const line of lines) process.stderr.write(`${line}\n`);
  if (lines.length) {
    process.stderr.write('Run node scripts/draw-avatars/run.ts and look at the result before committing it.\n');
    process.exitCode = 1;
  } else console.log(`${drawn.length} avatars match the code that draws them.`);
} else {
  for (const { json, portrait, background } of drawn) {
    await put(`${json.id}/portrait.png`, portrait);
    await put(`${json.id}/background.jpg`, background);
    await put(`${json.id}/avatar.json`, asText(json));
  }
  await put('index.json', asText(indexOf(drawn)));
}
