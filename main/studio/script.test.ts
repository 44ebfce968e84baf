import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { importedScriptSchema, spokenLineSchema } from '../../app/contract/script.ts';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { scriptLineSchema } from '../../app/document/script.ts';
import { voiceSchema } from '../../app/document/voice.ts';
import { StudioError } from '../../app/errors/index.ts';
import { createStudio, type Studio } from '../compose.ts';
import { speakOptionsOf } from '../engine/stages/speech.ts';
import { planScript } from '../export/speak-script.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { createScriptService } from './script.ts';
import { createSpeakingLines } from './speaking.ts';
import { createSpokenMedia } from './spoken-media.ts';

const signal = new AbortController().signal;
const voice = voiceSchema.parse({});
let folder = '';
let studio: Studio;
let storage: Storage;
let project: Project;
let service: ReturnType<typeof createScriptService>;
let media: ReturnType<typeof createSpokenMedia>;

const lineOf = (text: string, id = 'a') => scriptLineSchema.parse({ id, text });
const draft = (text: string) => ({ kind: 'draft' as const, line: lineOf(text), voice, dictionary: [], emotions: [] });
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'script-service-'));
  studio = createStudio({ dataDir: folder });
  storage = await openStorage({ dataDir: folder });
  project = newProject({
    id: 'p',
    name: 'P',
    portrait: { kind: 'sample', id: 'lin' },
    script: { lines: [lineOf('[happy 0.5]大家好，欢迎！', 'one'), lineOf('It costs 5 dollars.', 'two')] },
  });
  media = createSpokenMedia(studio.speech);
  service = createScriptService({
    speech: studio.speech,
    speaking: createSpeakingLines(studio.speech),
    spoken: media,
    assets: storage.assets,
    lay: async (fileName) => ({ path: `/media/bundle/${fileName}`, fileName }),
    project: () => project,
  });
});
after(async () => {
  storage.close();
  await studio[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function fetched(path: string): Promise<Buffer> {
  const rest = path.split('/').slice(3);
  const found = await media.media(rest, { query: new URLSearchParams(), signal });
  assert.ok(found, path);
  assert.equal(found.mediaType, 'audio/wav');
  if (found.body.kind === 'bytes') return Buffer.from(found.body.bytes);
  assert.equal(found.body.kind, 'stream');
  const pieces: Uint8Array[] = [];
  if (found.body.kind === 'stream') for await (const piece of found.body.pieces) pieces.push(piece.slice());
  return Buffer.concat(pieces);
}

test('a line is spoken as an export speaks it, with all that the editor draws', async () => {
  const said = spokenLineSchema.parse(
    await service.speakLine({ source: { kind: 'project', projectId: 'p', lineId: 'one' } }, signal),
  );
  assert.equal(said.displayText, '大家好，欢迎！');
  assert.deepEqual(
    said.words.map(({ text }) => text),
    [...'大家好欢迎'],
  );
  assert.ok(said.visemes.some(({ viseme }) => viseme === 'aa') && said.phones.length > 8);
  assert.deepEqual(
    said.emotions.map((key) => [key.emotion, key.intensity]),
    [['happy', 0.5]],
  );
  const { peaks, stepMs } = said.waveform;
  assert.ok(Math.abs(peaks.length * stepMs - said.durationMs) <= stepMs);
  assert.ok(Math.max(...peaks) > 0.1 && Math.max(...peaks) <= 1);
  const wav = await fetched(said.path);
  assert.equal(wav.length, 44 + wav.readUInt32LE(40));
  assert.ok(Math.abs(wav.readUInt32LE(40) / 96 - said.durationMs) < 1);

  const { line, plan } = planScript(project)[0]!;
  const exported = await studio.speech.speak(plan, speakOptionsOf(line, project.voice), signal, () => {
    throw new Error('spoken twice');
  });
  assert.ok(exported.pcmPath.includes(said.speechKey));
  await assert.rejects(
    async () => service.speakLine({ source: { kind: 'project', projectId: 'p', lineId: 'gone' } }, signal),
    codeOf('script.line-gone'),
  );
});

test('who listens hears the line while it is made, once; who wants it whole at the same time shares the work', async () => {
  const source = draft(`${'第一句话说得比较长一些，'.repeat(3)}${'后面还有更多的内容要说。'.repeat(12)}`);
  const { path } = await service.listen({ source }, signal);
  assert.match(path, /^\/media\/speech\/live\//);
  const rest = path.split('/').slice(3);
  const live = await media.media(rest, { query: new URLSearchParams(), signal });
  assert.equal(live?.body.kind, 'stream');
  assert.equal(await media.media(rest, { query: new URLSearchParams(), signal }), null);
  let whole = false;
  const spoken = service.speakLine({ source }, signal);
  const finished = Promise.resolve(spoken).then((line) => {
    whole = true;
    return line;
  });
  let bytes = 0;
  let heardBeforeTheEnd = false;
  if (live?.body.kind === 'stream')
    for await (const piece of live.body.pieces) {
      bytes += piece.length;
      if (bytes > 50_000 && !whole) heardBeforeTheEnd = true;
    }
  const line = await finished;
  assert.ok(heardBeforeTheEnd);
  assert.ok(Math.abs((bytes - 44) / 96 - line.durationMs) < 1);
  // Now it is there: a path that stays.
  assert.equal((await service.listen({ source }, signal)).path, line.path);
});

test('an aborted line stops, and the next one is spoken all the same', async () => {
  const stop = new AbortController();
  const long = Promise.resolve(service.speakLine({ source: draft('很长的一句话。'.repeat(200)) }, stop.signal));
  setTimeout(() => stop.abort(new Error('enough')), 30);
  await assert.rejects(long, /enough/);
  assert.ok((await service.speakLine({ source: draft('你好') }, signal)).durationMs > 200);
});

test('durations reckoned for lines nobody fitted them to are near what the voice takes; spoken lines are exact', async () => {
  const texts = [
    '很多人问我，为什么同样的食材，饭店做出来就是比家里好吃？',
    '第一步，把鸡蛋打散，加入少许盐和温水，搅拌均匀。',
    '本店开业大酬宾，全场八折，满200元再送精美礼品一份。',
    '春天来了，公园里的樱花开得正好，周末不妨带上家人一起去走走。',
    'Our office is closed on Monday, but you can still reach us by phone.',
    'First, open the settings page and scroll down until you see the privacy section.',
    'She sold her old bicycle for 85 dollars and bought a much lighter one.',
    '这款 AI 助手支持 Windows 和 macOS 两个平台，安装包只有 80MB。',
    '[rate 1.3]语速快一点，也要能听清楚。[/rate][800ms]好了，我们继续。',
  ];
  const lines = texts.map((text, i) => lineOf(text, `${i}`));
  const ask = { lines: [...lines, lineOf('写到一半的[标记', 'bad')], voice, dictionary: [], emotions: [] };
  const reckoned = await service.estimate(ask, signal);
  assert.ok(reckoned.every(({ measured, durationMs }) => !measured && durationMs > 300));
  // One text says its words, all of them; the language is the project's, so a line spoken alone may be read by another voice.
  const errors: number[] = [];
  for (const [i, { text }] of lines.entries()) {
    const real = (await service.speakLine({ source: draft(text) }, signal)).durationMs;
    errors.push(Math.abs(reckoned[i]!.durationMs - real) / real);
  }
  errors.sort((a, b) => a - b);
  assert.ok(errors[errors.length >> 1]! < 0.08 && errors.at(-1)! < 0.2, errors.map((e) => e.toFixed(3)).join(' '));
  const again = await service.estimate(ask, signal);
  assert.equal(again.filter(({ measured }) => measured).length, lines.length);
});

test('every slip of every line is told at its place, also after characters of two units', async () => {
  const lines = [
    { id: 'a', text: '你好[happy]' },
    { id: 'b', text: '😀[nosuchmood] 和 [rate 9]快[/rate]' },
  ];
  const faults = await service.check({ lines, emotions: [] }, signal);
  assert.deepEqual(
    faults.map(({ lineId, from, to, error }) => [
      lineId,
      lines[1]!.text.slice(from, to),
      error.code,
      error.params.line,
    ]),
    [
      ['b', '[nosuchmood]', 'script.unknown-emotion', 2],
      ['b', '[rate 9]', 'script.out-of-range', 2],
    ],
  );
  const brackets = await service.check({ lines: [{ id: 'c', text: '['.repeat(400_000) }], emotions: [] }, signal);
  assert.ok(brackets.length > 10 && brackets.length <= 100, `${brackets.length}`);
});

test('a script comes in from an uploaded file, and a pronunciation is heard as it will be read', async () => {
  const asset = await storage.assets.put(Buffer.from('第一行\n第二行'), { mediaType: 'text/plain', fileName: 'a.txt' });
  const { lines } = importedScriptSchema.parse(await service.importFile({ asset, format: null, emotions: [] }, signal));
  assert.deepEqual(
    lines.map(({ text }) => text),
    ['第一行', '第二行'],
  );
  const entry = (say: string) => ({ written: 'SQL', say, pinyin: null });
  const long = await service.tryPronunciation({ entry: entry('S Q L 结构化查询语言'), voice, sentence: null }, signal);
  const short = await service.tryPronunciation({ entry: entry('see'), voice, sentence: null }, signal);
  assert.ok(long.durationMs > 2 * short.durationMs);
  assert.ok((await fetched(short.path)).length > 10_000);
});

test('a script goes out in its grammar and comes in as the same lines; subtitles say how much of them is a guess', async () => {
  const lines = [
    { ...lineOf('# 不是注释 [500ms]。', 'x'), pauseAfterMs: 800 },
    { ...lineOf('It is *very* good.', 'y'), emotion: 'happy', intensity: 0.6 },
    lineOf('An [unclosed cue.', 'z'),
  ];
  const own = { ...project, name: 'A/B 稿', script: { ...project.script, lines } };
  const around = { speech: studio.speech, speaking: createSpeakingLines(studio.speech), spoken: media };
  const files = new Map<string, string>();
  const lay = async (fileName: string, text: string) => {
    files.set(fileName, text);
    return { path: `/media/bundle/${fileName}` as const, fileName };
  };
  const other = createScriptService({ ...around, assets: storage.assets, lay, project: () => own });
  const out = async (format: 'txt' | 'md' | 'srt' | 'vtt') => {
    const { fileName, estimatedLines } = await other.exportFile({ projectId: 'p', format }, signal);
    return { text: files.get(fileName)!, fileName, estimatedLines };
  };
  const { text, fileName } = await out('txt');
  assert.doesNotMatch(fileName, /\//);
  assert.deepEqual(text.replace('\uFEFF', '').split('\n'), [
    '\\# 不是注释 [500ms]。[500ms]',
    '[happy 0.6]It is *very* good.',
    'An [unclosed cue.',
    '',
  ]);
  const { text: words } = await out('md');
  assert.match(words, /^# A\/B 稿\n\n\\# 不是注释/);
  assert.match(words, /\n\nIt is very good\.\n\n/);

  const guessed = await out('srt');
  assert.equal(guessed.estimatedLines, 3);
  assert.match(guessed.text, /^\uFEFF1\n00:00:00,400 --> /);
  await other.speakLine({ source: { kind: 'project', projectId: 'p', lineId: 'y' } }, signal);
  const half = await out('vtt');
  assert.equal(half.estimatedLines, 2);
  assert.match(half.text, /^WEBVTT\n[\s\S]*It is very good\./);
  const times = [...half.text.matchAll(/(\S+) --> (\S+)/g)].flatMap(([, from, to]) => [from!, to!]);
  assert.deepEqual(times, times.toSorted(), 'cues follow one another');
});
