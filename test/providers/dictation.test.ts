import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DictationEvent, SubtitleEvent } from '../../app/contract/dictation.ts';
import { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
import { ASR_SAMPLE_RATE } from '../../main/engine/ports/asr.ts';
import { locateFfmpeg } from '../../main/media/ffmpeg/locate.ts';
import { createBailianAsr } from '../../main/providers/asr/bailian-asr/index.ts';
import { createQwenAsr } from '../../main/providers/asr/qwen-asr/index.ts';
import { createDictationService } from '../../main/studio/dictation.ts';
import { type AsrWorld, joined, openAsrWorld, silence, TEST_PATIENCE } from './asr-conformance.ts';

const signal = new AbortController().signal;
const asset = { sha256: 'a'.repeat(64), mediaType: 'audio/wav', fileName: 'talk.wav' };
const letters = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '');
let world: AsrWorld;
let folder: string;
let laid: { fileName: string; text: string } | null = null;

before(async () => {
  world = await openAsrWorld();
  folder = await mkdtemp(join(tmpdir(), 'dictation-'));
});
after(async () => {
  await world[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

function service(by: 'words' | 'sentences' = 'words') {
  const { server } = world;
  const access = {
    settings: bailianSettingsSchema.parse({
      httpBaseUrl: server.httpBaseUrl,
      webSocketBaseUrl: server.webSocketBaseUrl,
    }),
    key: async () => server.key,
  };
  // The server hears a whole recording at once.
  const options = { access, patience: { ...TEST_PATIENCE, finishMs: 60_000 } };
  return createDictationService({
    asr: by === 'words' ? createBailianAsr(options) : createQwenAsr(options),
    assets: { resolve: async () => join(folder, 'talk.wav') },
    scratchDir: join(folder, 'scratch'),
    ffmpeg: (stop) => locateFfmpeg({ cacheDir: folder, signal: stop }),
    async lay(fileName, text) {
      laid = { fileName, text };
      return { path: '/media/bundle/x', fileName };
    },
    speed: 30,
  });
}

const piecesOf = (pcm: Int16Array): string[] =>
  Array.from({ length: Math.ceil(pcm.length / 1600) }, (_, i) => {
    const part = pcm.slice(i * 1600, (i + 1) * 1600);
    return Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64');
  });

test('what is dictated becomes text while it is spoken, though pieces overtake one another', async () => {
  const dictation = service();
  const pieces = piecesOf(joined(silence(300), world.speech.zh, silence(1500), world.speech.zh2));
  const events: DictationEvent[] = [];
  const stream = (await dictation.listen({ languages: ['zh'], hotWords: [] }, signal)) as AsyncIterable<DictationEvent>;
  let session = '';
  for await (const event of stream) {
    events.push(event);
    if (event.type !== 'ready') continue;
    session = event.session;
    for (let i = 0; i < pieces.length; i += 2)
      for (const index of [i + 1, i])
        if (index < pieces.length) await dictation.sound({ session, index, pcm: pieces[index]! }, signal);
    await dictation.finish({ session, pieces: pieces.length }, signal);
  }
  const finals = events.filter((event) => event.type === 'final');
  assert.deepEqual(
    finals.map(({ text }) => letters(text)),
    ['今天天气很好我们去公园散步', '欢迎来到声画工作室'],
  );
  assert.ok(events.some((event) => event.type === 'partial' && event.sentence === 0));
  assert.throws(
    () => dictation.sound({ session, index: 0, pcm: pieces[0]! }, signal),
    (failure) => failure instanceof StudioError && failure.code === 'speech.dictation-over',
  );
});

test('who leaves a dictation ends it at the vendor too', async () => {
  const dictation = service();
  const leave = new AbortController();
  const stream = (await dictation.listen(
    { languages: [], hotWords: [] },
    leave.signal,
  )) as AsyncIterable<DictationEvent>;
  await assert.rejects(async () => {
    for await (const event of stream) {
      if (event.type === 'ready')
        for (const [index, pcm] of piecesOf(joined(world.speech.zh, silence(300))).entries())
          await dictation.sound({ session: event.session, index, pcm }, signal);
      else leave.abort(new Error('the page has gone'));
    }
  }, /the page has gone/);
  const last = () => world.server.requests.findLast(({ surface }) => surface === 'asr-task')!;
  for (let i = 0; i < 200 && last().end === null; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(last().end, 'aborted');
});

for (const by of ['words', 'sentences'] as const)
  test(`a recording longer than one stretch gets lines and subtitles in their places (times of ${by})`, async () => {
    const { zh, zh2 } = world.speech;
    const gap = silence(27_000);
    const parts = [zh, zh2, zh, zh2];
    const sound = joined(...parts.flatMap((part) => [gap, part]), silence(2000));
    await writeFile(join(folder, 'talk.wav'), wav(sound));
    const dictation = service(by);
    const events: SubtitleEvent[] = [];
    const input = { asset, languages: ['zh'], hotWords: [] };
    for await (const event of (await dictation.subtitle(input, signal)) as AsyncIterable<SubtitleEvent>)
      events.push(event);
    const done = events.at(-1)!;
    assert.ok(done.type === 'done');
    const totalMs = (sound.length * 1000) / ASR_SAMPLE_RATE;
    const said = done.lines.map(({ text }) => letters(text));
    assert.deepEqual(said, [
      '今天天气很好我们去公园散步',
      '欢迎来到声画工作室',
      '今天天气很好我们去公园散步',
      '欢迎来到声画工作室',
    ]);
    let at = 0;
    for (const [i, part] of parts.entries()) {
      at += gap.length;
      const { startMs, endMs } = done.lines[i]!;
      const [from, to] = [(at * 1000) / ASR_SAMPLE_RATE, ((at + part.length) * 1000) / ASR_SAMPLE_RATE];
      assert.ok(Math.abs(startMs - from) < 400 && Math.abs(endMs - to) < 700, `${startMs}–${endMs}, not ${from}–${to}`);
      at += part.length;
    }
    const progress = events.filter((event) => event.type === 'progress').map(({ heardMs }) => heardMs);
    assert.deepEqual(
      progress,
      progress.toSorted((a, b) => a - b),
    );
    assert.ok(Math.abs(done.durationMs - totalMs) < 50);
    assert.deepEqual(await readdir(join(folder, 'scratch')), [], 'nothing is left behind');

    await dictation.writeSubtitles({ lines: done.lines, format: 'srt', name: asset.fileName }, signal);
    assert.equal(laid?.fileName, 'talk.srt');
    assert.match(laid.text, /00:00:2[67],\d{3} --> 00:00:\d\d,\d{3}\n今天天气很好/);
    await dictation.writeSubtitles({ lines: done.lines, format: 'vtt', name: asset.fileName }, signal);
    assert.match(laid.text, /^WEBVTT\n/);
  });

test('a vendor that fails in the middle of a recording is told, and nothing is left behind', async () => {
  world.server.faults.always('asr-task', { kind: 'cut', afterBytes: 30_000 });
  await writeFile(join(folder, 'talk.wav'), wav(joined(world.speech.zh, silence(3000))));
  try {
    const stream = service().subtitle({ asset, languages: [], hotWords: [] }, signal) as AsyncIterable<SubtitleEvent>;
    await assert.rejects(
      async () => {
        for await (const _ of stream);
      },
      (failure) => failure instanceof StudioError && failure.code === 'cloud.cut-off',
    );
  } finally {
    world.server.faults.clear();
  }
  assert.deepEqual(await readdir(join(folder, 'scratch')), []);
});

function wav(pcm: Int16Array): Uint8Array {
  const bytes = Buffer.alloc(44 + pcm.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + pcm.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(ASR_SAMPLE_RATE, 24);
  bytes.writeUInt32LE(ASR_SAMPLE_RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(pcm.length * 2, 40);
  Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength).copy(bytes, 44);
  return bytes;
}
