/** The README's pictures, from real exports: `docs/images/talking-faces.jpg` and `preview.gif`. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions } from 'sharp';
import { createStudio } from '../main/compose.ts';

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const TILE = 240;
const CAPTION = 24;
const GAP = 3;
/** Each mood with a word whose middle shows the mouth. */
const CAST: Record<string, [mood: string, words: string][]> = {
  lin: [
    ['happy', 'Hi there, my friend'],
    ['gentle', 'It is all right'],
    ['excited', 'Amazing, we made it'],
    ['sad', 'I am sorry about that'],
  ],
  chen: [
    ['serious', 'Please read this'],
    ['angry', 'No, not again'],
    ['happy', 'Good morning, all'],
    ['surprised', 'Oh, what was that'],
  ],
  mika: [
    ['excited', 'Yay, a party'],
    ['sad', 'It is over, oh no'],
    ['happy', 'Nice to meet you'],
    ['surprised', 'What a lovely house'],
  ],
};

const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
const run = (command: string, args: string[]): void => {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stderr}`);
};
const exportVideo = (args: string[]): void => run(process.execPath, [at('main/headless/cli.ts'), 'export', ...args]);

interface Timed {
  sentences: { startMs: number; endMs: number }[];
  visemes: { viseme: string; startMs: number; endMs: number }[];
}
/** A moment in the sentence at which the mouth is well open. */
function openMouth({ visemes }: Timed, { startMs, endMs }: { startMs: number; endMs: number }): number {
  const inside = visemes.filter((v) => v.startMs > startMs + 250 && v.endMs < endMs);
  const best =
    ['aa', 'O', 'E', 'I'].flatMap((wanted) => inside.filter(({ viseme }) => viseme === wanted))[0] ?? inside[0]!;
  return (best.startMs + best.endMs) / 2;
}

try {
  await using studio = createStudio();
  const { path: ffmpeg } = await studio.ffmpeg(new AbortController().signal);
  const tiles: OverlayOptions[] = [];
  for (const [column, [id, moods]] of Object.entries(CAST).entries()) {
    const [video, timeline] = [join(folder, `${id}.mp4`), join(folder, `${id}.json`)];
    const script = moods.map(([mood, words]) => `[${mood}] ${words}.`).join('\n');
    const look = ['--size', '720x720', '--subtitles', 'none', '--ai-mark', 'off'];
    exportVideo(['--portrait', `sample:${id}`, '--text', script, ...look, '--out', video, '--timeline', timeline]);
    const timed = JSON.parse(readFileSync(timeline, 'utf8')) as Timed;
    for (const [i, sentence] of timed.sentences.entries()) {
      const still = join(folder, `${id}-${i}.png`);
      const crop = 'crop=440:440:140:80';
      run(ffmpeg, [
        '-v',
        'error',
        '-y',
        '-ss',
        String(openMouth(timed, sentence) / 1000),
        '-i',
        video,
        '-vf',
        crop,
        '-frames:v',
        '1',
        still,
      ]);
      const left = GAP + (column * 2 + (i % 2)) * (TILE + GAP * 2);
      const top = GAP + Math.floor(i / 2) * (TILE + CAPTION + GAP * 3);
      const words = `<svg width="${TILE}" height="${CAPTION}"><rect width="100%" height="100%" fill="#f1f3f5"/><text x="50%" y="16" text-anchor="middle" font-family="monospace" font-size="14" fill="#333">[${moods[i]![0]}]</text></svg>`;
      tiles.push({ input: await sharp(still).resize(TILE, TILE).png().toBuffer(), left, top });
      tiles.push({ input: Buffer.from(words), left, top: top + TILE });
    }
  }
  const width = 6 * (TILE + GAP * 2);
  const height = 2 * (TILE + CAPTION + GAP * 3) - GAP;
  await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite(tiles)
    .jpeg({ quality: 86 })
    .toFile(at('docs/images/talking-faces.jpg'));
  const hello = '[happy] 大家好！Nice to meet you.\n[surprised] 只要一张照片？';
  exportVideo([
    '--portrait',
    'sample:lin',
    '--text',
    hello,
    '--size',
    '360x360',
    '--out',
    at('docs/images/preview.gif'),
  ]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
