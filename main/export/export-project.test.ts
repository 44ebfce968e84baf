import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { EMOTION_BLENDS } from '../../app/speech/emotion-presets.ts';
import { ENVELOPE_STEP_MS } from '../engine/ports/speech.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { SpeechStage } from '../engine/stages/speech.ts';
import { type ExportDeps, exportProject } from './export-project.ts';
import { subtitlePath } from './side-files.ts';

let folder = '';
let spoken = 0;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'export-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Says one word a line: a second of a tone. */
const speech: Pick<SpeechStage, 'speak'> = {
  async speak({ displayText }, { lineId, pauseAfterMs }) {
    spoken++;
    const pcmPath = join(folder, 'tone.s16');
    const tone = Int16Array.from({ length: SAMPLE_RATE }, (_, i) => 8000 * Math.sin(i / 20));
    await writeFile(pcmPath, new Uint8Array(tone.buffer));
    const span = { startMs: 0, endMs: 1000 };
    const text = { text: displayText, from: 0, to: displayText.length, ...span };
    return {
      ...{ lineId, displayText, pcmPath, samples: SAMPLE_RATE, pauseAfterMs, markers: [] },
      timeline: { durationMs: 1000, phones: [{ phone: 'a', ...span }], words: [text], sentences: [text] },
      envelope: new Float32Array(1000 / ENVELOPE_STEP_MS).fill(0.2),
      emotions: [{ atMs: 0, emotion: 'neutral', intensity: 1, blend: EMOTION_BLENDS.neutral }],
    };
  },
};

const project = (): Project =>
  newProject({
    ...{ id: 'p', name: 'two words', portrait: { kind: 'sample', id: 'lin' } },
    script: {
      lines: ['Hello', 'World'].map((text, i) => ({ id: `${i}`, text, pauseAfterMs: 500 })),
    },
    stage: { subtitles: { mode: 'srt' } },
    output: { format: 'wav' },
  } as Parameters<typeof newProject>[0]);

function ask(outFolder: string, timelinePath: string, signal = new AbortController().signal) {
  const deps = {
    ...{ speech, software: 'test', paths: { cacheDir: join(folder, 'cache'), tempDir: join(folder, 'temp') } },
    ffmpeg: () => Promise.reject(new Error('sound needs none')),
  } as unknown as ExportDeps;
  const assets = { resolve: () => Promise.reject(new Error('no assets here')) };
  const request = { project: project(), assets, outPath: join(outFolder, 'talk.wav'), timelinePath, signal };
  return { request, run: (more = {}) => exportProject({ ...request, ...more }, deps) };
}
const coded =
  (code: string) =>
  (error: unknown): boolean =>
    error instanceof StudioError && error.code === code;

test('sound, subtitles and timeline appear together; the timeline’s visemes rest between the lines', async () => {
  const out = join(folder, 'together');
  const report = await ask(out, join(out, 'deep', 'talk.json')).run();
  assert.deepEqual((await readdir(out)).sort(), ['deep', 'talk.srt', 'talk.wav']);
  assert.equal(report.subtitles, join(out, 'talk.srt'));
  const { visemes, durationMs } = JSON.parse(await readFile(join(out, 'deep', 'talk.json'), 'utf8')) as {
    visemes: { viseme: string; startMs: number; endMs: number }[];
    durationMs: number;
  };
  assert.deepEqual(
    visemes.map(({ viseme }) => viseme),
    ['sil', 'aa', 'sil', 'aa', 'sil'],
  );
  assert.equal(visemes[0]!.startMs, 0);
  for (const [i, { startMs }] of visemes.slice(1).entries()) assert.equal(startMs, visemes[i]!.endMs);
  assert.equal(visemes.at(-1)!.endMs, durationMs);
});

test('a timeline that cannot be written, or would lie on another output, is refused before a word is spoken', async () => {
  const out = join(folder, 'refused');
  await mkdir(out);
  await writeFile(join(out, 'file'), '');
  const before = spoken;
  await assert.rejects(ask(out, join(out, 'file', 'talk.json')).run(), coded('media.output-not-writable'));
  await assert.rejects(ask(out, join(out, 'talk.srt')).run(), coded('media.output-is-input'));
  assert.equal(spoken, before);
  assert.deepEqual(await readdir(out), ['file']);
});

test('whenever an export is stopped, nothing at all is left behind', async () => {
  for (const moment of ['speech 0', 'speech 2', 'loudness 0', 'loudness 1']) {
    const out = join(folder, `stopped at ${moment}`);
    const controller = new AbortController();
    const reason = new Error('enough');
    const onProgress = ({ step, done }: { step: string; done: number }): void => {
      if (`${step} ${done}` === moment) controller.abort(reason);
    };
    await assert.rejects(ask(out, join(out, 'talk.json'), controller.signal).run({ onProgress }), reason);
    assert.deepEqual(await readdir(out), [], moment);
    assert.deepEqual(await readdir(join(folder, 'temp')), [], moment);
  }
});

test('subtitles take the video’s name, however it is written', () => {
  for (const [out, expected] of [
    ['a/talk.mp4', 'a/talk.srt'],
    ['a.b/talk', 'a.b/talk.srt'],
    ['a/.mp4', 'a/.mp4.srt'],
    ['.mp4', '.mp4.srt'],
    ['talk.v2.mp4', 'talk.v2.srt'],
  ] as const)
    assert.equal(subtitlePath(out, 'srt'), expected);
});
