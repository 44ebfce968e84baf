/** What the benches let be said, and by whom. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { newProject } from '../app/document/new-project.ts';
import type { Project } from '../app/document/project.ts';
import { StudioError } from '../app/errors/index.ts';
import { parseScriptTextOrThrow } from '../app/speech/script/script-text.ts';
import type { AssetSource } from '../main/storage/assets.ts';

export interface Talk {
  project: Project;
  assets: AssetSource;
}

/** Some 25 seconds, two languages, several moods, every lip sound of either language, real pauses. */
const LINES = [
  { emotion: 'happy', text: '大家好，欢迎来到声画！一张照片，一段话，就能变成会说话的数字人。' },
  { emotion: 'gentle', text: 'Hello, and welcome. My mouth moves because the sound moves it.' },
  { emotion: 'serious', text: '不买显卡，也不下载模型，普通笔记本就行。[600ms] 明白吗？' },
  { emotion: 'excited', text: 'A plain picture, a bit of text, and a movie pops up!' },
  { emotion: 'neutral', text: '明天晚上八点半，我们不见不散。[500ms] Bye bye.' },
] as const;

/** What `npm run demo` says. */
export const demoScript = (): Promise<string> =>
  readFile(new URL('../scripts/demo.script.txt', import.meta.url), 'utf8');

export interface TalkOptions {
  /** A shipped avatar's id. */
  avatar?: string | undefined;
  /** A picture of one's own instead. */
  portrait?: string | undefined;
  /** A script instead of the benches' own words, as in docs/script.md: one utterance a line. */
  text?: string | undefined;
  /** How many times everything is said. Each time its number comes first, so that no line is said twice. */
  rounds?: number | undefined;
  preset?: Project['output']['preset'] | undefined;
  format?: Project['output']['format'] | undefined;
}

/** 1280 × 720 at 25 fps, x264, subtitles burnt in, the AI mark on: what a person gets who changes nothing. */
export async function benchTalk(options: TalkOptions = {}): Promise<Talk> {
  const { avatar = 'lin', portrait, text, rounds, preset = 'veryfast', format = 'mp4' } = options;
  const said = text === undefined ? LINES : parseScriptTextOrThrow(text).map((line) => ({ text: line.text }));
  const lines = Array.from({ length: rounds ?? 1 }, (_, round) =>
    said.map((line, i) => ({
      ...line,
      id: `line-${round}-${i}`,
      text: rounds === undefined ? line.text : `${round * said.length + i + 1}. ${line.text}`,
    })),
  ).flat();
  const path = portrait === undefined ? undefined : resolve(portrait);
  const project = newProject({
    id: 'bench',
    name: 'Bench',
    portrait: path === undefined ? { kind: 'sample', id: avatar } : { kind: 'asset', asset: await assetOf(path) },
    script: { lines },
    stage: { size: { widthPx: 1280, heightPx: 720 }, fps: 25 },
    output: { format, preset, encoder: 'software' },
  });
  return {
    project,
    assets: { resolve: (ref) => (path ? Promise.resolve(path) : Promise.reject(missing(ref.fileName))) },
  };
}

const missing = (fileName: string): StudioError =>
  new StudioError('storage.asset-missing', { fileName, path: fileName });

async function assetOf(path: string): Promise<{ sha256: string; mediaType: string; fileName: string }> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new StudioError('portrait.file-missing', { path }, { cause });
  });
  // What kind of picture it is, the decoder tells from the bytes.
  return {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    mediaType: 'application/octet-stream',
    fileName: basename(path),
  };
}
