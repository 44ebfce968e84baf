/** How long a picture nobody has seen before takes until it can speak, and how long it takes the second time. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { loadSampleAvatar } from '../main/portrait/samples.ts';
import { type Bench, numberOption } from './bench.ts';
import { runChild } from './children.ts';
import { figure, median } from './figures.ts';
import type { ImportTimes } from './import-child.ts';

export const importBench: Bench = {
  name: 'import',
  about: 'portrait import, ms: cold (fresh process, nothing cached) and cached',
  options: {
    avatar: { value: 'ID', about: 'a sample avatar, flattened over its background into a plain JPEG (lin)' },
    portrait: { value: 'FILE', about: 'a picture of your own instead' },
    repeats: { value: 'N', about: 'fresh processes; the middle one counts (3)' },
  },
  async run({ options, scratchDir, signal, say }) {
    const picture = options.portrait
      ? resolve(options.portrait)
      : await plainPicture(options.avatar ?? 'lin', scratchDir, signal);
    const repeats = numberOption('repeats', options.repeats, 3);
    const times: ImportTimes[] = [];
    for (let i = 0; i < repeats; i++) {
      const cacheDir = join(scratchDir, `portraits-${i}`);
      await mkdir(cacheDir);
      const taken = await runChild<ImportTimes>(
        new URL('./import-child.ts', import.meta.url),
        [picture, cacheDir],
        signal,
      );
      say(
        `import ${i + 1} of ${repeats}: cold ${Math.round(taken.coldMs)} ms, cached ${Math.round(taken.cachedMs)} ms`,
      );
      times.push(taken);
    }
    const middle = (key: keyof ImportTimes): number => median(times.map((one) => one[key]));
    return [
      figure('coldMs', middle('coldMs'), 'ms', { atMost: 3000 }),
      figure('cachedMs', middle('cachedMs'), 'ms', { atMost: 150 }),
      figure('ofColdLoadingCode', middle('loadMs'), 'ms'),
      figure('megapixels', middle('megapixels'), 'MP'),
    ];
  },
};

/** A sample avatar as a photo would come: opaque, a background, no landmarks, so that every step of the import has work. */
async function plainPicture(id: string, folder: string, signal: AbortSignal): Promise<string> {
  const { portrait, background, meta } = await loadSampleAvatar(id, signal);
  const { widthPx, heightPx } = meta.portrait;
  const jpeg = await sharp(background)
    .resize(widthPx, heightPx, { fit: 'cover' })
    .composite([{ input: Buffer.from(portrait) }])
    .jpeg({ quality: 92 })
    .toBuffer();
  const path = join(folder, `${id}.jpg`);
  await writeFile(path, jpeg);
  return path;
}
